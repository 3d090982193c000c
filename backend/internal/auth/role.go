package auth

import (
	"time"

	"hypha/internal/option"
	"hypha/internal/settings"
)

// Role says what someone may do. Each role may do what the one below may.
type Role string

// The roles.
const (
	Viewer   Role = "viewer"   // look
	Operator Role = "operator" // drive outputs, change set-points, write notes
	Admin    Role = "admin"    // configure, and manage users
)

// rank orders the roles; an unknown one may nothing.
func (r Role) rank() int {
	switch r {
	case Viewer:
		return 1
	case Operator:
		return 2
	case Admin:
		return 3
	}
	return 0
}

// Valid reports whether r is one of the three.
func (r Role) Valid() bool { return r.rank() > 0 }

// Allows reports whether r may do what needs the role need.
func (r Role) Allows(need Role) bool { return r.Valid() && need.Valid() && r.rank() >= need.rank() }

// lower returns the lesser of two roles.
func lower(a, b Role) Role {
	if a.rank() < b.rank() {
		return a
	}
	return b
}

func checkRole(r Role) option.Errors {
	if r.Valid() {
		return nil
	}
	return option.Errors{{Field: "role", Message: "must be admin, operator or viewer"}}
}

// User is someone who can sign in.
type User struct {
	ID        int64     `json:"id"`
	Username  string    `json:"username"`
	Role      Role      `json:"role"`
	CreatedAt time.Time `json:"created_at"`
}

func userOf(u settings.User) User {
	return User{ID: u.ID, Username: u.Username, Role: Role(u.Role), CreatedAt: u.CreatedAt}
}

// Principal is who a request comes from.
type Principal struct {
	User      User
	Role      Role      // what the request may do: the user's role, or less through a token
	SessionID int64     // 0 = not through a session
	TokenID   int64     // 0 = not through a token
	TokenName string    // of that token
	ExpiresAt time.Time // zero = never
	Renewed   bool      // ExpiresAt has just been moved: the browser's cookie should follow

	digest digest // of the secret, for Recheck
}

// By names the principal in states of outputs and in the journal: "user:maya", "token:greenhouse".
func (p Principal) By() string {
	if p.TokenID != 0 {
		return "token:" + p.TokenName
	}
	return "user:" + p.User.Username
}

// May returns ErrForbidden unless the principal may do what needs the role.
func (p Principal) May(need Role) error {
	if p.Role.Allows(need) {
		return nil
	}
	return ErrForbidden
}

// Client is where a request comes from.
type Client struct {
	Address string // IP address, without port
	Agent   string // what the browser calls itself
}
