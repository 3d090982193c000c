package auth

import (
	"context"
	"errors"
	"time"

	"hypha/internal/option"
	"hypha/internal/settings"
)

// Session is a new session. Its secret is told only here.
type Session struct {
	Secret    string // for the cookie
	ExpiresAt time.Time
}

// maxSessions a user has at a time; the one unused longest ends first.
const maxSessions = 50

// Login signs a user in. Errors are ErrBadCredentials and *TooManyError.
func (s *Service) Login(ctx context.Context, username, password string, from Client) (User, Session, error) {
	source := sourceOf(from.Address)
	account := accountOf(username) + "\x00" + source
	if err := s.logins.take(account); err != nil {
		return User{}, Session{}, err
	}
	if err := s.sources.take(source); err != nil {
		s.logins.giveBack(account)
		return User{}, Session{}, err
	}
	row, err := s.authenticate(ctx, username, password)
	if errors.Is(err, ErrBadCredentials) {
		s.cfg.OnEvent("login_failed", accountOf(username), from.Address)
		return User{}, Session{}, err
	}
	s.sources.giveBack(source)
	if err != nil { // not the caller's fault
		s.logins.giveBack(account)
		return User{}, Session{}, err
	}
	s.logins.forget(account)
	session, err := s.open(ctx, row, from)
	if err != nil {
		return User{}, Session{}, err
	}
	s.cfg.OnEvent("login", row.Username, from.Address)
	return userOf(row), session, nil
}

// authenticate returns the user with that name and password. It takes the same time for a user that does not exist.
func (s *Service) authenticate(ctx context.Context, username, password string) (settings.User, error) {
	row, err := s.store.Users.ByName(ctx, username)
	if err != nil && !errors.Is(err, settings.ErrNotFound) {
		return settings.User{}, err
	}
	exists := err == nil
	if !exists {
		row.PasswordHash = s.decoy
	}
	if len(password) > maxPassword { // no user has one
		exists, password = false, ""
	}
	ok, outdated, err := s.hash.verify(ctx, password, row.PasswordHash)
	switch {
	case errors.Is(err, errHash):
		s.cfg.Logger.Error("user cannot sign in", "user", row.Username, "error", err)
		return settings.User{}, ErrBadCredentials
	case err != nil:
		return settings.User{}, err
	case !ok || !exists:
		return settings.User{}, ErrBadCredentials
	}
	if outdated {
		s.renewHash(ctx, row.ID, row.PasswordHash, password)
	}
	return row, nil
}

// renewHash stores the password at today's cost. It matters to nobody when it fails.
func (s *Service) renewHash(ctx context.Context, id int64, old, password string) {
	hash, err := s.hash.create(ctx, password)
	if err == nil {
		_, err = s.store.Users.Update(ctx, id, func(u *settings.User) error {
			if u.PasswordHash == old { // not changed meanwhile
				u.PasswordHash = hash
			}
			return nil
		})
	}
	if err != nil {
		s.cfg.Logger.Warn("password hash was not renewed", "error", err)
	}
}

// open starts a session.
func (s *Service) open(ctx context.Context, u settings.User, from Client) (Session, error) {
	now := time.Now().UTC()
	if _, err := s.store.Sessions.DeleteExpired(ctx, now); err != nil {
		return Session{}, err
	}
	secret := newSecret()
	d := digestOf(secret)
	row := settings.Session{
		UserID: u.ID, Hash: d[:], Address: from.Address, Agent: from.Agent[:min(len(from.Agent), 200)],
		CreatedAt: now, LastUsedAt: now, ExpiresAt: now.Add(s.cfg.SessionTTL),
	}
	if err := s.store.Sessions.Create(ctx, &row); err != nil {
		return Session{}, err
	}
	ended, err := s.store.Sessions.Trim(ctx, u.ID, maxSessions)
	if ended > 0 {
		s.revoked()
	}
	return Session{Secret: secret, ExpiresAt: row.ExpiresAt}, err
}

// Logout ends the session of p. It is no error when p has none.
func (s *Service) Logout(ctx context.Context, p Principal) error {
	if p.SessionID == 0 {
		return nil
	}
	defer s.revoked()
	if err := s.store.Sessions.Delete(ctx, p.SessionID); err != nil {
		return err
	}
	s.cfg.OnEvent("logout", p.User.Username, "")
	return nil
}

// ChangePassword gives the user of p a new password and ends their other sessions. A wrong current password is a field
// error of "current"; tries are limited as for Login.
func (s *Service) ChangePassword(ctx context.Context, p Principal, current, changed string, from Client) error {
	if err := orNil(checkPassword("new", changed)); err != nil {
		return err
	}
	account := accountOf(p.User.Username) + "\x00" + sourceOf(from.Address)
	if err := s.logins.take(account); err != nil {
		return err
	}
	row, err := s.authenticate(ctx, p.User.Username, current)
	if errors.Is(err, ErrBadCredentials) {
		return option.Errors{{Field: "current", Message: "is not your password"}}
	}
	s.logins.giveBack(account)
	if err != nil {
		return err
	}
	return s.setPassword(ctx, row.ID, changed, p.SessionID)
}

// setPassword stores a checked password and ends the user's sessions but the one kept.
func (s *Service) setPassword(ctx context.Context, id int64, password string, keep int64) error {
	hash, err := s.hash.create(ctx, password)
	if err != nil {
		return err
	}
	defer s.revoked()
	var name string
	err = s.store.Tx(ctx, func(tx *settings.Store) error {
		u, err := tx.Users.Update(ctx, id, func(u *settings.User) error { u.PasswordHash = hash; return nil })
		if err != nil {
			return err
		}
		name = u.Username
		_, err = tx.Sessions.DeleteOfUser(ctx, id, keep)
		return err
	})
	if err == nil {
		s.cfg.OnEvent("password_changed", name, "")
	}
	return err
}
