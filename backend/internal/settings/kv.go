package settings

import (
	"context"
	"encoding/json"
	"fmt"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"hypha/internal/sqlite"
)

// KV keeps single values of the program itself: the latched stop, the count of failed starts, what a function has
// learned. Keys are the business of their users; a prefix with a slash ("function/2/...") keeps them apart.
type KV struct{ db *sqlite.DB }

type entry struct {
	Key   string          `gorm:"primaryKey"`
	Value json.RawMessage `gorm:"serializer:json"`
}

// TableName is for GORM.
func (entry) TableName() string { return "kv" }

// Get decodes the value of key into the pointer and says whether there is one.
func (r *KV) Get(ctx context.Context, key string, into any) (found bool, err error) {
	return get(r.db.Read.WithContext(ctx), key, into)
}

func get(q *gorm.DB, key string, into any) (found bool, err error) {
	var rows []entry
	if err := q.Where("key = ?", key).Find(&rows).Error; err != nil {
		return false, sqlite.Translate(err, "setting %s", key)
	}
	if len(rows) == 0 {
		return false, nil
	}
	if err := json.Unmarshal(orNull(rows[0].Value), into); err != nil {
		return false, fmt.Errorf("setting %s: %w", key, err)
	}
	return true, nil
}

// Set stores value, as JSON, in the place of the one before.
func (r *KV) Set(ctx context.Context, key string, value any) error {
	return set(r.db.Write.WithContext(ctx), key, value)
}

func set(q *gorm.DB, key string, value any) error {
	raw, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("setting %s: %w", key, err)
	}
	err = q.Clauses(clause.OnConflict{UpdateAll: true}).Create(&entry{Key: key, Value: raw}).Error
	return sqlite.Translate(err, "setting %s", key)
}

// Update decodes the value of key, if any, into the pointer, calls change, and stores what the pointer then holds, in
// one transaction. An error of change ends it without effect and is returned as it is.
func (r *KV) Update(ctx context.Context, key string, into any, change func() error) error {
	return r.db.Write.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		if _, err := get(tx, key, into); err != nil {
			return err
		}
		if err := change(); err != nil {
			return err
		}
		return set(tx, key, into)
	})
}

// Delete deletes the value of key. One that is not there is no error.
func (r *KV) Delete(ctx context.Context, key string) error {
	err := r.db.Write.WithContext(ctx).Where("key = ?", key).Delete(&entry{}).Error
	return sqlite.Translate(err, "setting %s", key)
}

// Keys lists the keys that begin with prefix, sorted.
func (r *KV) Keys(ctx context.Context, prefix string) ([]string, error) {
	keys := []string{}
	q := r.db.Read.WithContext(ctx).Model(&entry{}).Where("substr(key, 1, length(?)) = ?", prefix, prefix)
	return keys, sqlite.Translate(q.Order("key").Pluck("key", &keys).Error, "list settings")
}

// orNull is the JSON of a column, whose NULL stands for null.
func orNull(raw json.RawMessage) json.RawMessage {
	if raw == nil {
		return json.RawMessage("null")
	}
	return raw
}
