package auth

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"hypha/internal/settings"
)

// codeLetters are those that nobody takes for another: 32, so that a random byte chooses evenly.
const codeLetters = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"

// SetupNeeded reports whether there is no user yet.
func (s *Service) SetupNeeded(ctx context.Context) (bool, error) {
	s.mu.Lock()
	done := s.setupDone
	s.mu.Unlock()
	if done {
		return false, nil
	}
	n, err := s.store.Users.Count(ctx, "")
	if err != nil {
		return false, err
	}
	if n > 0 {
		s.finishSetup()
	}
	return n == 0, nil
}

// SetupCode returns the code XXXX-XXXX that the first user must know, "" when there is a user. The code lies in the file
// setup-code until it is used, so that it outlives a restart.
func (s *Service) SetupCode(ctx context.Context) (string, error) {
	needed, err := s.SetupNeeded(ctx)
	if err != nil || !needed {
		return "", err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.setupCode == "" {
		if s.setupCode, err = s.loadCode(); err != nil {
			return "", fmt.Errorf("setup code: %w", err)
		}
	}
	return s.setupCode, nil
}

// loadCode reads the code, or makes a new one.
func (s *Service) loadCode() (string, error) {
	if s.cfg.Dir == "" {
		return newCode(), nil
	}
	text, err := os.ReadFile(s.codeFile())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	if code := string(bytes.TrimSpace(text)); len(plainCode(code)) == codeLength {
		return code, nil
	}
	code := newCode()
	if err := os.MkdirAll(filepath.Dir(s.codeFile()), 0o700); err != nil {
		return "", err
	}
	// A file that was there with another mode would keep it.
	if err := os.Remove(s.codeFile()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	return code, os.WriteFile(s.codeFile(), []byte(code+"\n"), 0o600)
}

const codeLength = 8

func newCode() string {
	raw := make([]byte, codeLength)
	rand.Read(raw) // never fails
	for i, b := range raw {
		raw[i] = codeLetters[int(b)%len(codeLetters)]
	}
	return string(raw[:4]) + "-" + string(raw[4:])
}

// plainCode is a code as people may type it: in any case, with or without the dash.
func plainCode(code string) string {
	return strings.ToUpper(strings.NewReplacer("-", "", " ", "").Replace(code))
}

// Setup creates the first user, an administrator, and signs them in. Errors are ErrSetupDone, ErrBadCode, *TooManyError
// and option.Errors for username and password.
func (s *Service) Setup(ctx context.Context, code, username, password string, from Client) (User, Session, error) {
	source := sourceOf(from.Address)
	want, err := s.SetupCode(ctx)
	if err != nil {
		return User{}, Session{}, err
	}
	if want == "" {
		return User{}, Session{}, ErrSetupDone
	}
	if err := errors.Join(s.sources.take(source), s.codes.take("")); err != nil {
		return User{}, Session{}, err
	}
	if subtle.ConstantTimeCompare([]byte(plainCode(code)), []byte(plainCode(want))) != 1 {
		s.cfg.OnEvent("setup_failed", "", from.Address)
		return User{}, Session{}, ErrBadCode
	}
	s.sources.giveBack(source)
	s.codes.giveBack("")
	row, err := s.newUser(ctx, username, password, Admin)
	if err != nil {
		return User{}, Session{}, err
	}
	err = s.store.Tx(ctx, func(tx *settings.Store) error {
		n, err := tx.Users.Count(ctx, "")
		if err != nil {
			return err
		}
		if n > 0 {
			return ErrSetupDone
		}
		return tx.Users.Create(ctx, &row)
	})
	if err != nil {
		return User{}, Session{}, err
	}
	s.finishSetup()
	s.cfg.OnEvent("setup", username, from.Address)
	session, err := s.open(ctx, row, from)
	return userOf(row), session, err
}

// finishSetup forgets the code for good.
func (s *Service) finishSetup() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.setupDone, s.setupCode = true, ""
	if s.cfg.Dir == "" {
		return
	}
	if err := os.Remove(s.codeFile()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		s.cfg.Logger.Warn("used setup code was not deleted", "error", err) // it opens nothing any more
	}
}
