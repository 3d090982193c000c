package auth

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"sync"
	"time"
)

const (
	// pairingTTL is how long a person has to take the other device out of the pocket.
	pairingTTL   = 5 * time.Minute
	pairingBytes = 16
	maxPairings  = 100
)

// ErrBadPairing says that a pairing code is unknown, used up or too old.
var ErrBadPairing = errors.New("pairing code is unknown, used or too old")

// pairingBook keeps the digests of pairing codes in memory: after a restart a person asks for a new one.
type pairingBook struct {
	mu sync.Mutex
	by *lru[digest, ticket]
}

func newPairingBook() pairingBook { return pairingBook{by: newLRU[digest, ticket](maxPairings)} }

// Pair returns a code with which another device is signed in as the user of p, once, within five minutes. Only somebody who
// is signed in with a session may: a token is given to a program for what it shall do, and no more. Otherwise ErrForbidden.
func (s *Service) Pair(p Principal) (code string, expires time.Time, err error) {
	if p.SessionID == 0 {
		return "", time.Time{}, ErrForbidden
	}
	raw := make([]byte, pairingBytes)
	rand.Read(raw) // never fails
	code, expires = base64.RawURLEncoding.EncodeToString(raw), time.Now().Add(pairingTTL)
	s.pairings.mu.Lock()
	defer s.pairings.mu.Unlock()
	s.pairings.by.put(digestOf(code), ticket{who: p, until: expires})
	return code, expires, nil
}

// Redeem uses up a pairing code and signs the device in. Errors are ErrBadPairing and *TooManyError; the code is worth
// nothing either when the session that asked for it has ended meanwhile.
func (s *Service) Redeem(ctx context.Context, code string, from Client) (User, Session, error) {
	source := sourceOf(from.Address)
	if err := s.sources.take(source); err != nil {
		return User{}, Session{}, err
	}
	d := digestOf(code)
	s.pairings.mu.Lock()
	t, ok := s.pairings.by.get(d)
	s.pairings.by.remove(d)
	s.pairings.mu.Unlock()
	if !ok || !time.Now().Before(t.until) {
		s.cfg.OnEvent("pairing_failed", "", from.Address)
		return User{}, Session{}, ErrBadPairing
	}
	s.sources.giveBack(source)
	p, err := s.Recheck(ctx, t.who)
	if errors.Is(err, ErrUnknown) || errors.Is(err, ErrExpired) {
		return User{}, Session{}, ErrBadPairing
	}
	if err != nil {
		return User{}, Session{}, err
	}
	row, err := s.store.Users.Get(ctx, p.User.ID)
	if err != nil {
		return User{}, Session{}, fmt.Errorf("pair a device: %w", err)
	}
	session, err := s.open(ctx, row, from)
	if err != nil {
		return User{}, Session{}, err
	}
	s.cfg.OnEvent("paired", row.Username, from.Address)
	return userOf(row), session, nil
}

// OpenSession is one of a user's signed-in browsers.
type OpenSession struct {
	ID         int64
	Address    string // where it was opened from
	Agent      string // what the browser calls itself
	CreatedAt  time.Time
	LastUsedAt time.Time // exact to ten minutes
	ExpiresAt  time.Time // unless it is used before
}

// Sessions lists the sessions of p's user, the one used last first.
func (s *Service) Sessions(ctx context.Context, p Principal) ([]OpenSession, error) {
	rows, err := s.store.Sessions.OfUser(ctx, p.User.ID)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	all := make([]OpenSession, 0, len(rows))
	for _, row := range rows {
		if now.Before(row.ExpiresAt) {
			all = append(all, OpenSession{
				ID: row.ID, Address: row.Address, Agent: row.Agent, CreatedAt: row.CreatedAt, LastUsedAt: row.LastUsedAt, ExpiresAt: row.ExpiresAt,
			})
		}
	}
	return all, nil
}

// EndSession ends a session of p's user, or returns settings.ErrNotFound. A token may not, for it could lock its owner
// out: ErrForbidden.
func (s *Service) EndSession(ctx context.Context, p Principal, id int64) error {
	if p.SessionID == 0 {
		return ErrForbidden
	}
	defer s.revoked()
	return s.store.Sessions.DeleteOne(ctx, p.User.ID, id)
}
