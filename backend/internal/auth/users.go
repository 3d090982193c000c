package auth

import (
	"context"

	"hypha/internal/option"
	"hypha/internal/settings"
)

// newUser checks the fields of a new user and hashes the password.
func (s *Service) newUser(ctx context.Context, username, password string, role Role) (settings.User, error) {
	var errs option.Errors
	errs = append(errs, checkUsername(username)...)
	errs = append(errs, checkPassword("password", password)...)
	errs = append(errs, checkRole(role)...)
	if err := orNil(errs); err != nil {
		return settings.User{}, err
	}
	hash, err := s.hash.create(ctx, password)
	return settings.User{Username: username, Role: string(role), PasswordHash: hash}, err
}

// AddUser creates a user. Errors are option.Errors for username, password and role, and settings.ErrConflict when the
// name is taken, whatever its case.
func (s *Service) AddUser(ctx context.Context, username, password string, role Role) (User, error) {
	row, err := s.newUser(ctx, username, password, role)
	if err != nil {
		return User{}, err
	}
	if err := s.store.Users.Create(ctx, &row); err != nil {
		return User{}, err
	}
	s.finishSetup()
	s.cfg.OnEvent("user_added", username, "")
	return userOf(row), nil
}

// Users lists users by id, and says how many there are. A limit of 0 is none.
func (s *Service) Users(ctx context.Context, limit, offset int) ([]User, int64, error) {
	rows, total, err := s.store.Users.List(ctx, limit, offset)
	users := make([]User, len(rows))
	for i, row := range rows {
		users[i] = userOf(row)
	}
	return users, total, err
}

// User returns user id, or settings.ErrNotFound.
func (s *Service) User(ctx context.Context, id int64) (User, error) {
	row, err := s.store.Users.Get(ctx, id)
	return userOf(row), err
}

// UserChange is what UpdateUser changes; nil = leave it.
type UserChange struct {
	Password *string
	Role     *Role
}

// UpdateUser changes user id, as an administrator does. A new password ends the user's sessions. Errors are
// option.Errors, settings.ErrNotFound and ErrLastAdmin.
func (s *Service) UpdateUser(ctx context.Context, id int64, c UserChange) (User, error) {
	var errs option.Errors
	if c.Password != nil {
		errs = append(errs, checkPassword("password", *c.Password)...)
	}
	if c.Role != nil {
		errs = append(errs, checkRole(*c.Role)...)
	}
	if err := orNil(errs); err != nil {
		return User{}, err
	}
	if c.Role != nil {
		if err := s.setRole(ctx, id, *c.Role); err != nil {
			return User{}, err
		}
	}
	if c.Password != nil {
		if err := s.setPassword(ctx, id, *c.Password, 0); err != nil {
			return User{}, err
		}
	}
	return s.User(ctx, id)
}

func (s *Service) setRole(ctx context.Context, id int64, role Role) error {
	defer s.revoked()
	var name string
	err := s.store.Tx(ctx, func(tx *settings.Store) error {
		u, err := tx.Users.Update(ctx, id, func(u *settings.User) error { u.Role = string(role); return nil })
		if err != nil {
			return err
		}
		name = u.Username
		return adminLeft(ctx, tx)
	})
	if err == nil {
		s.cfg.OnEvent("role_changed", name, "")
	}
	return err
}

// DeleteUser deletes user id with their sessions, tokens and preferences. Errors are settings.ErrNotFound and
// ErrLastAdmin.
func (s *Service) DeleteUser(ctx context.Context, id int64) error {
	defer s.revoked()
	var name string
	err := s.store.Tx(ctx, func(tx *settings.Store) error {
		u, err := tx.Users.Get(ctx, id)
		if err != nil {
			return err
		}
		name = u.Username
		if err := tx.Users.Delete(ctx, id); err != nil {
			return err
		}
		return adminLeft(ctx, tx)
	})
	if err == nil {
		s.cfg.OnEvent("user_deleted", name, "")
	}
	return err
}

func adminLeft(ctx context.Context, tx *settings.Store) error {
	n, err := tx.Users.Count(ctx, string(Admin))
	if err == nil && n == 0 {
		return ErrLastAdmin
	}
	return err
}
