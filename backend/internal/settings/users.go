package settings

import (
	"context"
	"encoding/json"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"hypha/internal/sqlite"
)

// Users is the repository of users. Deleting one deletes its sessions, tokens and preferences.
type Users struct{ db *sqlite.DB }

// List returns users by id, and how many there are. A limit of 0 is none.
func (r *Users) List(ctx context.Context, limit, offset int) (users []User, total int64, err error) {
	q := r.db.Read.WithContext(ctx).Model(&User{}).Session(&gorm.Session{})
	if err := q.Count(&total).Error; err != nil {
		return nil, 0, sqlite.Translate(err, "list users")
	}
	users = []User{}
	err = page(q, limit, offset).Order("id").Find(&users).Error
	return users, total, sqlite.Translate(err, "list users")
}

// Get returns user id, or ErrNotFound.
func (r *Users) Get(ctx context.Context, id int64) (u User, err error) {
	err = r.db.Read.WithContext(ctx).Where("id = ?", id).First(&u).Error
	return u, sqlite.Translate(err, "user %d", id)
}

// ByName returns the user of that name, whatever the case, or ErrNotFound.
func (r *Users) ByName(ctx context.Context, username string) (u User, err error) {
	err = r.db.Read.WithContext(ctx).Where("username = ?", username).First(&u).Error
	return u, sqlite.Translate(err, "user %q", username)
}

// Create stores a new user and gives it its id. ErrConflict when the name is taken.
func (r *Users) Create(ctx context.Context, u *User) error {
	u.ID = 0
	return sqlite.Translate(r.db.Write.WithContext(ctx).Create(u).Error, "create user %q", u.Username)
}

// Update applies change to user id in one transaction. An error of change ends it without effect and is returned as it
// is.
func (r *Users) Update(ctx context.Context, id int64, change func(*User) error) (u User, err error) {
	var refused error
	err = r.db.Write.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		if err := tx.Where("id = ?", id).First(&u).Error; err != nil {
			return err
		}
		created := u.CreatedAt
		if refused = change(&u); refused != nil {
			return refused
		}
		u.ID, u.CreatedAt = id, created
		return tx.Save(&u).Error
	})
	if refused != nil {
		return User{}, refused
	}
	return u, sqlite.Translate(err, "update user %d", id)
}

// Delete deletes user id for good, or returns ErrNotFound.
func (r *Users) Delete(ctx context.Context, id int64) error {
	return sqlite.Translate(oneRow(r.db.Write.WithContext(ctx).Where("id = ?", id).Delete(&User{})), "delete user %d", id)
}

// Count says how many users have the role; "" = any.
func (r *Users) Count(ctx context.Context, role string) (n int64, err error) {
	q := r.db.Read.WithContext(ctx).Model(&User{})
	if role != "" {
		q = q.Where("role = ?", role)
	}
	return n, sqlite.Translate(q.Count(&n).Error, "count users")
}

// Sessions is the repository of sessions.
type Sessions struct{ db *sqlite.DB }

// Create stores a new session and gives it its id.
func (r *Sessions) Create(ctx context.Context, s *Session) error {
	s.ID = 0
	return sqlite.Translate(r.db.Write.WithContext(ctx).Create(s).Error, "create session")
}

// ByHash returns the session with that hash, expired or not, or ErrNotFound.
func (r *Sessions) ByHash(ctx context.Context, hash []byte) (s Session, err error) {
	err = r.db.Read.WithContext(ctx).Where("hash = ?", hash).First(&s).Error
	return s, sqlite.Translate(err, "session")
}

// OfUser returns the sessions of a user, the one used last first.
func (r *Sessions) OfUser(ctx context.Context, user int64) ([]Session, error) {
	all := []Session{}
	err := r.db.Read.WithContext(ctx).Where("user_id = ?", user).Order("last_used_at DESC, id DESC").Find(&all).Error
	return all, sqlite.Translate(err, "sessions of user %d", user)
}

// Touch notes that session id was used and until when it now lasts.
func (r *Sessions) Touch(ctx context.Context, id int64, used, expires time.Time) error {
	err := r.db.Write.WithContext(ctx).Model(&Session{}).Where("id = ?", id).
		UpdateColumns(map[string]any{"last_used_at": used, "expires_at": expires}).Error
	return sqlite.Translate(err, "session %d", id)
}

// Delete ends session id. A session that is gone is no error.
func (r *Sessions) Delete(ctx context.Context, id int64) error {
	return sqlite.Translate(r.db.Write.WithContext(ctx).Where("id = ?", id).Delete(&Session{}).Error, "delete session %d", id)
}

// DeleteOfUser ends all sessions of a user but the one kept (0 = none) and says how many.
func (r *Sessions) DeleteOfUser(ctx context.Context, user, keep int64) (int64, error) {
	done := r.db.Write.WithContext(ctx).Where("user_id = ? AND id <> ?", user, keep).Delete(&Session{})
	return done.RowsAffected, sqlite.Translate(done.Error, "delete sessions of user %d", user)
}

// Trim ends the sessions of a user beyond the keep that were used last and says how many.
func (r *Sessions) Trim(ctx context.Context, user int64, keep int) (int64, error) {
	done := r.db.Write.WithContext(ctx).Where(`id IN (SELECT id FROM sessions WHERE user_id = ?
		ORDER BY last_used_at DESC, id DESC LIMIT -1 OFFSET ?)`, user, keep).Delete(&Session{})
	return done.RowsAffected, sqlite.Translate(done.Error, "trim sessions of user %d", user)
}

// DeleteExpired deletes the sessions that ended before the given time and says how many.
func (r *Sessions) DeleteExpired(ctx context.Context, before time.Time) (int64, error) {
	done := r.db.Write.WithContext(ctx).Where("expires_at < ?", before).Delete(&Session{})
	return done.RowsAffected, sqlite.Translate(done.Error, "delete expired sessions")
}

// Tokens is the repository of API tokens.
type Tokens struct{ db *sqlite.DB }

// Create stores a new token and gives it its id. ErrReference when its user is gone.
func (r *Tokens) Create(ctx context.Context, t *Token) error {
	t.ID = 0
	return sqlite.Translate(r.db.Write.WithContext(ctx).Create(t).Error, "create token %q", t.Name)
}

// List returns the tokens of a user (0 = of all) by id, and how many there are. A limit of 0 is none.
func (r *Tokens) List(ctx context.Context, user int64, limit, offset int) (tokens []Token, total int64, err error) {
	q := r.db.Read.WithContext(ctx).Model(&Token{})
	if user != 0 {
		q = q.Where("user_id = ?", user)
	}
	q = q.Session(&gorm.Session{})
	if err := q.Count(&total).Error; err != nil {
		return nil, 0, sqlite.Translate(err, "list tokens")
	}
	tokens = []Token{}
	err = page(q, limit, offset).Order("id").Find(&tokens).Error
	return tokens, total, sqlite.Translate(err, "list tokens")
}

// Get returns token id, or ErrNotFound.
func (r *Tokens) Get(ctx context.Context, id int64) (t Token, err error) {
	err = r.db.Read.WithContext(ctx).Where("id = ?", id).First(&t).Error
	return t, sqlite.Translate(err, "token %d", id)
}

// ByHash returns the token with that hash, expired or not, or ErrNotFound.
func (r *Tokens) ByHash(ctx context.Context, hash []byte) (t Token, err error) {
	err = r.db.Read.WithContext(ctx).Where("hash = ?", hash).First(&t).Error
	return t, sqlite.Translate(err, "token")
}

// Touch notes when token id was used.
func (r *Tokens) Touch(ctx context.Context, id int64, used time.Time) error {
	err := r.db.Write.WithContext(ctx).Model(&Token{}).Where("id = ?", id).UpdateColumn("last_used_at", used).Error
	return sqlite.Translate(err, "token %d", id)
}

// Delete deletes token id for good, or returns ErrNotFound.
func (r *Tokens) Delete(ctx context.Context, id int64) error {
	return sqlite.Translate(oneRow(r.db.Write.WithContext(ctx).Where("id = ?", id).Delete(&Token{})), "delete token %d", id)
}

// Preferences is the repository of what the user interface remembers for each user.
type Preferences struct{ db *sqlite.DB }

// Get returns the preferences of a user, {} when there are none.
func (r *Preferences) Get(ctx context.Context, user int64) (json.RawMessage, error) {
	var found []Preference
	err := r.db.Read.WithContext(ctx).Where("user_id = ?", user).Find(&found).Error
	if err != nil || len(found) == 0 || found[0].Data == nil {
		return json.RawMessage("{}"), sqlite.Translate(err, "preferences of user %d", user)
	}
	return found[0].Data, nil
}

// Set replaces the preferences of a user. ErrReference when the user is gone.
func (r *Preferences) Set(ctx context.Context, user int64, data json.RawMessage) error {
	p := Preference{UserID: user, Data: data}
	err := r.db.Write.WithContext(ctx).Clauses(clause.OnConflict{UpdateAll: true}).Create(&p).Error
	return sqlite.Translate(err, "preferences of user %d", user)
}
