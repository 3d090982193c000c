package auth

import (
	"context"
	"errors"
	"strings"
	"time"

	"hypha/internal/settings"
)

const (
	// tokenPrefix tells tokens from other secrets, for people and for scanners of leaked secrets.
	tokenPrefix = "hyp_"

	// touchEvery is how exact "last used" is: one write in that time instead of one a request.
	touchEvery = 10 * time.Minute
)

// BySession returns who a session belongs to, and prolongs it. ErrUnknown and ErrExpired mean: sign in again.
func (s *Service) BySession(ctx context.Context, secret string) (Principal, error) {
	if secret == "" {
		return Principal{}, ErrUnknown
	}
	return s.bySession(ctx, digestOf(secret))
}

// ByToken returns who a token acts for. ErrUnknown and ErrExpired mean: use another one.
func (s *Service) ByToken(ctx context.Context, secret string) (Principal, error) {
	if !strings.HasPrefix(secret, tokenPrefix) {
		return Principal{}, ErrUnknown
	}
	return s.byToken(ctx, digestOf(secret))
}

// Recheck returns p as it is now, or ErrUnknown or ErrExpired when its session or token has ended: for connections that
// outlive a request.
func (s *Service) Recheck(ctx context.Context, p Principal) (Principal, error) {
	switch {
	case p.SessionID != 0:
		return s.bySession(ctx, p.digest)
	case p.TokenID != 0:
		return s.byToken(ctx, p.digest)
	}
	u, err := s.store.Users.Get(ctx, p.User.ID)
	if err != nil {
		return Principal{}, unknown(err)
	}
	return principalOf(u), nil
}

// AsUser returns the principal for a user of that name who is known by other means: the shell of the machine.
func (s *Service) AsUser(ctx context.Context, username string) (Principal, error) {
	u, err := s.store.Users.ByName(ctx, username)
	if err != nil {
		return Principal{}, err
	}
	return principalOf(u), nil
}

func principalOf(u settings.User) Principal {
	return Principal{User: userOf(u), Role: Role(u.Role)}
}

func (s *Service) bySession(ctx context.Context, d digest) (Principal, error) {
	known, epoch, ok := s.found.get(d)
	if ok {
		return known, nil
	}
	row, err := s.store.Sessions.ByHash(ctx, d[:])
	if err != nil {
		return Principal{}, unknown(err)
	}
	now := time.Now()
	if !now.Before(row.ExpiresAt) {
		return Principal{}, ErrExpired
	}
	u, err := s.store.Users.Get(ctx, row.UserID)
	if err != nil {
		return Principal{}, unknown(err)
	}
	p := principalOf(u)
	p.SessionID, p.ExpiresAt, p.digest = row.ID, row.ExpiresAt, d
	if now.Sub(row.LastUsedAt) >= min(touchEvery, s.cfg.SessionTTL/10) {
		until := now.Add(s.cfg.SessionTTL)
		if err := s.store.Sessions.Touch(ctx, row.ID, now, until); err != nil {
			s.cfg.Logger.Warn("session was not prolonged", "error", err) // a full disk must not lock people out
		} else {
			p.ExpiresAt, p.Renewed = until, true
		}
	}
	s.found.put(d, p, epoch)
	return p, nil
}

func (s *Service) byToken(ctx context.Context, d digest) (Principal, error) {
	known, epoch, ok := s.found.get(d)
	if ok {
		return known, nil
	}
	row, err := s.store.Tokens.ByHash(ctx, d[:])
	if err != nil {
		return Principal{}, unknown(err)
	}
	now := time.Now()
	if row.ExpiresAt != nil && !now.Before(*row.ExpiresAt) {
		return Principal{}, ErrExpired
	}
	u, err := s.store.Users.Get(ctx, row.UserID)
	if err != nil {
		return Principal{}, unknown(err)
	}
	p := principalOf(u)
	p.TokenID, p.TokenName, p.digest = row.ID, row.Name, d
	p.Role = lower(p.Role, Role(row.Role)) // the user may have been given less since
	if row.ExpiresAt != nil {
		p.ExpiresAt = *row.ExpiresAt
	}
	if row.LastUsedAt == nil || now.Sub(*row.LastUsedAt) >= touchEvery {
		if err := s.store.Tokens.Touch(ctx, row.ID, now); err != nil {
			s.cfg.Logger.Warn("use of a token was not noted", "error", err)
		}
	}
	s.found.put(d, p, epoch)
	return p, nil
}

// revoked is called after every change that takes something from someone.
func (s *Service) revoked() { s.found.clear() }

// unknown turns the store's ErrNotFound into ErrUnknown.
func unknown(err error) error {
	if errors.Is(err, settings.ErrNotFound) {
		return ErrUnknown
	}
	return err
}
