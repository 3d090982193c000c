package auth

import (
	"errors"
	"strings"
	"testing"
	"time"

	"hypha/internal/settings"
)

func TestAPairingCodeSignsOneDeviceIn(t *testing.T) {
	within(t, func(t *testing.T, s *Service, store *settings.Store) {
		add(t, s, "maya", Operator)
		p := principal(t, s, login(t, s, "maya"))
		code, expires, err := s.Pair(p)
		if err != nil || time.Until(expires) != pairingTTL || len(code) < 20 {
			t.Fatalf("%q until %v, %v", code, expires, err)
		}
		phone := Client{Address: "192.0.2.7", Agent: "phone"}
		u, session, err := s.Redeem(t.Context(), code, phone)
		if err != nil || u.Username != "maya" || u.Role != Operator {
			t.Fatalf("%+v, %v", u, err)
		}
		there := principal(t, s, session)
		if there.SessionID == p.SessionID {
			t.Error("the phone has the session of the desk")
		}
		if _, _, err := s.Redeem(t.Context(), code, phone); !errors.Is(err, ErrBadPairing) {
			t.Errorf("a second time: %v, want %v", err, ErrBadPairing)
		}
		all, err := s.Sessions(t.Context(), p)
		if err != nil || len(all) != 2 || all[0].Agent != "phone" && all[1].Agent != "phone" {
			t.Fatalf("%+v, %v", all, err)
		}
		// Nothing of the code itself lies anywhere.
		if rows, err := store.Sessions.OfUser(t.Context(), 1); err != nil || strings.Contains(string(rows[0].Hash), code) {
			t.Errorf("%v", err)
		}
		if err := s.EndSession(t.Context(), p, there.SessionID); err != nil {
			t.Fatal(err)
		}
		if _, err := s.BySession(t.Context(), session.Secret); !errors.Is(err, ErrUnknown) {
			t.Errorf("the phone after its session was ended: %v, want %v", err, ErrUnknown)
		}
	})
}

func TestAPairingCodeEnds(t *testing.T) {
	within(t, func(t *testing.T, s *Service, _ *settings.Store) {
		add(t, s, "maya", Admin)
		session := login(t, s, "maya")
		p := principal(t, s, session)
		old, _, err := s.Pair(p)
		if err != nil {
			t.Fatal(err)
		}
		<-time.After(pairingTTL)
		if _, _, err := s.Redeem(t.Context(), old, home()); !errors.Is(err, ErrBadPairing) {
			t.Errorf("after five minutes: %v, want %v", err, ErrBadPairing)
		}
		left, _, err := s.Pair(p)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Logout(t.Context(), p); err != nil {
			t.Fatal(err)
		}
		if _, _, err := s.Redeem(t.Context(), left, home()); !errors.Is(err, ErrBadPairing) {
			t.Errorf("after its session has ended: %v, want %v", err, ErrBadPairing)
		}
	})
}

func TestPairingCodesCannotBeTriedForEver(t *testing.T) {
	within(t, func(t *testing.T, s *Service, _ *settings.Store) {
		for range 50 {
			if _, _, err := s.Redeem(t.Context(), "guess", home()); !errors.Is(err, ErrBadPairing) {
				t.Fatalf("%v, want %v", err, ErrBadPairing)
			}
		}
		if _, _, err := s.Redeem(t.Context(), "guess", home()); !tooMany(err) {
			t.Errorf("the 51st guess: %v", err)
		}
	})
}

func TestATokenNeitherPairsNorEndsSessions(t *testing.T) {
	within(t, func(t *testing.T, s *Service, _ *settings.Store) {
		add(t, s, "maya", Admin)
		p := principal(t, s, login(t, s, "maya"))
		_, secret, err := s.CreateToken(t.Context(), p, NewToken{Name: "ci", Role: Viewer})
		if err != nil {
			t.Fatal(err)
		}
		token, err := s.ByToken(t.Context(), secret)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := s.Pair(token); !errors.Is(err, ErrForbidden) {
			t.Errorf("pair: %v, want %v", err, ErrForbidden)
		}
		if err := s.EndSession(t.Context(), token, p.SessionID); !errors.Is(err, ErrForbidden) {
			t.Errorf("end a session: %v, want %v", err, ErrForbidden)
		}
	})
}

func TestNobodyEndsTheSessionOfAnother(t *testing.T) {
	within(t, func(t *testing.T, s *Service, _ *settings.Store) {
		add(t, s, "maya", Admin)
		add(t, s, "noor", Admin)
		maya, noor := principal(t, s, login(t, s, "maya")), login(t, s, "noor")
		if err := s.EndSession(t.Context(), maya, principal(t, s, noor).SessionID); !errors.Is(err, settings.ErrNotFound) {
			t.Errorf("%v, want %v", err, settings.ErrNotFound)
		}
		principal(t, s, noor)
	})
}
