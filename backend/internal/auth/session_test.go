package auth

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hypha/internal/settings"
)

func TestSessionSlidesAndEnds(t *testing.T) {
	within(t, func(t *testing.T, s *Service, store *settings.Store) {
		add(t, s, "maya", Admin)
		session := login(t, s, "maya")
		const day = 24 * time.Hour
		for range 60 { // used daily it outlives its 30 days
			<-time.After(day)
			if p := principal(t, s, session); !p.Renewed || time.Until(p.ExpiresAt) != 30*day {
				t.Fatalf("%+v", p)
			}
		}
		before, err := store.Sessions.OfUser(t.Context(), 1)
		if err != nil {
			t.Fatal(err)
		}
		for range 500 { // five minutes of requests
			<-time.After(600 * time.Millisecond)
			principal(t, s, session)
		}
		after, err := store.Sessions.OfUser(t.Context(), 1)
		if err != nil || len(after) != 1 || !after[0].LastUsedAt.Equal(before[0].LastUsedAt) {
			t.Errorf("requests wrote to the database: %+v, %v", after, err)
		}
		<-time.After(30 * day)
		if _, err := s.BySession(t.Context(), session.Secret); !errors.Is(err, ErrExpired) {
			t.Errorf("unused for 30 days: %v, want %v", err, ErrExpired)
		}
		login(t, s, "maya")
		if all, err := store.Sessions.OfUser(t.Context(), 1); err != nil || len(all) != 1 {
			t.Errorf("%d sessions, %v: the old one was not cleared away", len(all), err)
		}
	})
}

func TestLogoutEndsOneSessionAtOnce(t *testing.T) {
	within(t, func(t *testing.T, s *Service, _ *settings.Store) {
		add(t, s, "maya", Admin)
		one, two := login(t, s, "maya"), login(t, s, "maya")
		p := principal(t, s, one)
		principal(t, s, two)
		if err := s.Logout(t.Context(), p); err != nil {
			t.Fatal(err)
		}
		if _, err := s.BySession(t.Context(), one.Secret); !errors.Is(err, ErrUnknown) {
			t.Errorf("after logout: %v, want %v", err, ErrUnknown)
		}
		if _, err := s.Recheck(t.Context(), p); !errors.Is(err, ErrUnknown) {
			t.Errorf("a connection that is still open: %v, want %v", err, ErrUnknown)
		}
		principal(t, s, two)
		for _, secret := range []string{"", "x", one.Secret + "x"} {
			if _, err := s.BySession(t.Context(), secret); !errors.Is(err, ErrUnknown) {
				t.Errorf("%q: %v, want %v", secret, err, ErrUnknown)
			}
		}
	})
}

func TestOldestSessionsEnd(t *testing.T) {
	within(t, func(t *testing.T, s *Service, store *settings.Store) {
		add(t, s, "maya", Admin)
		first := login(t, s, "maya")
		for range maxSessions {
			<-time.After(time.Second)
			principal(t, s, first) // remembered; that it is in use is noted only every few minutes
			login(t, s, "maya")
		}
		if _, err := s.BySession(t.Context(), first.Secret); !errors.Is(err, ErrUnknown) {
			t.Errorf("the first of %d: %v, want %v", maxSessions+1, err, ErrUnknown)
		}
		if all, err := store.Sessions.OfUser(t.Context(), 1); err != nil || len(all) != maxSessions {
			t.Errorf("%d sessions, %v", len(all), err)
		}
	})
}

func TestStoredSecretsAreHashes(t *testing.T) {
	within(t, func(t *testing.T, s *Service, store *settings.Store) {
		add(t, s, "maya", Admin)
		session := login(t, s, "maya")
		_, token, err := s.CreateToken(t.Context(), principal(t, s, session), NewToken{Name: "ci"})
		if err != nil {
			t.Fatal(err)
		}
		copied := filepath.Join(t.TempDir(), "copy.db")
		if err := store.Backup(t.Context(), copied); err != nil {
			t.Fatal(err)
		}
		raw, err := os.ReadFile(copied)
		if err != nil {
			t.Fatal(err)
		}
		for _, secret := range []string{session.Secret, token, password} {
			if strings.Contains(string(raw), secret) || len(secret) < 8 {
				t.Errorf("%q is in the database", secret)
			}
		}
	})
}
