package settings

import (
	"encoding/json"
	"time"
)

// User may sign in.
type User struct {
	ID           int64  `gorm:"primaryKey"`
	Username     string // unique, whatever the case
	Role         string // admin, operator or viewer
	PasswordHash string // PHC string
	CreatedAt    time.Time
	UpdatedAt    time.Time
}

// Session is a signed-in browser. Only the hash of its secret is stored.
type Session struct {
	ID         int64 `gorm:"primaryKey"`
	UserID     int64
	Hash       []byte // SHA-256 of the secret, unique
	Address    string // where it was opened from
	Agent      string // by which browser
	CreatedAt  time.Time
	LastUsedAt time.Time
	ExpiresAt  time.Time
}

// Token is a secret of a program that acts for a user.
type Token struct {
	ID         int64 `gorm:"primaryKey"`
	UserID     int64
	Name       string
	Role       string
	Hash       []byte // SHA-256 of the secret, unique
	CreatedAt  time.Time
	ExpiresAt  *time.Time // nil = never
	LastUsedAt *time.Time
}

// Preference is what the user interface remembers for a user.
type Preference struct {
	UserID    int64           `gorm:"primaryKey;autoIncrement:false"`
	Data      json.RawMessage `gorm:"serializer:json"`
	UpdatedAt time.Time
}

// Event is one entry of the journal.
type Event struct {
	ID      int64           `gorm:"primaryKey" json:"id"`
	T       int64           `json:"t"`    // ms since the epoch
	Type    string          `json:"type"` // controller, output, audit, alert, system or auth
	Source  string          `json:"source"`
	User    string          `json:"user,omitempty"`
	Message string          `json:"message"`
	Data    json.RawMessage `gorm:"serializer:json" json:"data"`
}

// UserUnit is a unit that a user has added: value in Base = Scale*x + Offset.
type UserUnit struct {
	ID       string `gorm:"primaryKey"`
	Name     string
	Symbol   string
	Decimals int
	Base     string
	Scale    float64
	Offset   float64
}

// UserQuantity is a quantity that a user has added.
type UserQuantity struct {
	ID       string `gorm:"primaryKey"`
	Name     string
	Units    []string `gorm:"serializer:json"` // ids; the first is the usual one
	Decimals int
}
