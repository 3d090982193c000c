package auth

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"hypha/internal/settings"
)

func TestPasswordHash(t *testing.T) {
	s := New(nil, Config{})
	hash, err := s.hash.create(t.Context(), password)
	if err != nil || !strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Fatalf("%s, %v", hash, err)
	}
	if ok, outdated, err := s.hash.verify(t.Context(), password, hash); !ok || outdated || err != nil {
		t.Errorf("%v, %v, %v", ok, outdated, err)
	}
	if ok, _, err := s.hash.verify(t.Context(), password+"x", hash); ok || err != nil {
		t.Errorf("wrong password: %v, %v", ok, err)
	}
	for _, bad := range []string{
		"", "x", "$argon2i" + hash[9:], strings.Replace(hash, "v=19", "v=16", 1), strings.Replace(hash, "m=19456", "m=4000000000", 1),
		strings.Replace(hash, "t=2", "t=0", 1), strings.Replace(hash, "p=1", "p=0", 1), hash[:40], hash + "$", hash + "*",
	} {
		if ok, _, err := s.hash.verify(t.Context(), password, bad); ok || !errors.Is(err, errHash) {
			t.Errorf("%s: %v, %v", bad, ok, err)
		}
	}
}

func TestHashesWaitForASlot(t *testing.T) {
	h := newHasher(cheap(), 1)
	h.slots <- struct{}{}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := h.create(ctx, password); !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want %v", err, context.Canceled)
	}
	h.waiting.Store(maxWaiting)
	if _, err := h.create(t.Context(), password); !tooMany(err) {
		t.Errorf("%v, want too many", err)
	}
}

func TestOldHashIsRenewedAtLogin(t *testing.T) {
	within(t, func(t *testing.T, s *Service, store *settings.Store) {
		add(t, s, "maya", Admin)
		newer := New(store, Config{Cost: Cost{MemoryKiB: 16, Passes: 1, Threads: 1}})
		for range 2 {
			login(t, newer, "maya")
		}
		if row, err := store.Users.ByName(t.Context(), "maya"); err != nil || !strings.Contains(row.PasswordHash, "m=16,") {
			t.Errorf("%s, %v", row.PasswordHash, err)
		}
	})
}

func TestFieldsOfAUser(t *testing.T) {
	within(t, func(t *testing.T, s *Service, _ *settings.Store) {
		long := strings.Repeat("ü", 64)
		for name, c := range map[string]struct {
			username, password string
			role               Role
			want               string
		}{
			"all wrong":     {"", "", "king", "username password role"},
			"space before":  {" maya", password, Viewer, "username"},
			"line break":    {"ma\nya", password, Viewer, "username"},
			"not UTF-8":     {"\xff", password, Viewer, "username"},
			"too long":      {long + "u", password, Viewer, "username"},
			"seven letters": {"a", "äöüäöüä", Viewer, "password"},
			"long password": {"a", strings.Repeat("x", 257), Viewer, "password"},
			"longest":       {long, strings.Repeat("x", 256), Viewer, "no field error"},
			"eight letters": {"b c", "äöüäöüäö", Operator, "no field error"},
		} {
			_, err := s.AddUser(t.Context(), c.username, c.password, c.role)
			if got := fields(err); got != c.want || (c.want == "no field error") != (err == nil) {
				t.Errorf("%s: %q, %v; want %q", name, got, err, c.want)
			}
		}
		if _, err := s.AddUser(t.Context(), "B C", password, Viewer); !errors.Is(err, settings.ErrConflict) {
			t.Errorf("taken name: %v, want %v", err, settings.ErrConflict)
		}
	})
}

func TestSomeoneRemainsWhoCanAdminister(t *testing.T) {
	within(t, func(t *testing.T, s *Service, _ *settings.Store) {
		maya, noor := add(t, s, "maya", Admin), add(t, s, "noor", Operator)
		viewer, admin := Viewer, Admin
		_, demoted := s.UpdateUser(t.Context(), maya.ID, UserChange{Role: &viewer})
		if deleted := s.DeleteUser(t.Context(), maya.ID); !errors.Is(demoted, ErrLastAdmin) || !errors.Is(deleted, ErrLastAdmin) {
			t.Errorf("%v, %v; want %v", demoted, deleted, ErrLastAdmin)
		}
		if u, err := s.UpdateUser(t.Context(), noor.ID, UserChange{Role: &admin}); err != nil || u.Role != Admin {
			t.Fatalf("%+v, %v", u, err)
		}
		if err := s.DeleteUser(t.Context(), maya.ID); err != nil {
			t.Error(err)
		}
		if err := s.DeleteUser(t.Context(), 99); !errors.Is(err, settings.ErrNotFound) {
			t.Errorf("%v, want %v", err, settings.ErrNotFound)
		}
		if users, total, err := s.Users(t.Context(), 0, 0); err != nil || total != 1 || users[0].Username != "noor" {
			t.Errorf("%+v, %d, %v", users, total, err)
		}
	})
}

func TestWhatIsTakenAwayIsGoneAtOnce(t *testing.T) {
	within(t, func(t *testing.T, s *Service, _ *settings.Store) {
		ctx := t.Context()
		add(t, s, "maya", Admin)
		noor := add(t, s, "noor", Admin)
		here, there := login(t, s, "noor"), login(t, s, "noor")
		p := principal(t, s, here)
		_, secret, err := s.CreateToken(ctx, p, NewToken{Name: "ci"})
		if err != nil {
			t.Fatal(err)
		}
		if p, err := s.ByToken(ctx, secret); err != nil || p.Role != Admin || p.By() != "token:ci" || p.May(Admin) != nil {
			t.Errorf("token: %+v, %v", p, err)
		}
		if err := s.ChangePassword(ctx, p, "wrong", "new password", home()); fields(err) != "current" {
			t.Errorf("wrong current password: %v", err)
		}
		if err := s.ChangePassword(ctx, p, password, "short", home()); fields(err) != "new" {
			t.Errorf("short new password: %v", err)
		}
		if err := s.ChangePassword(ctx, p, password, "new password", home()); err != nil {
			t.Fatal(err)
		}
		principal(t, s, here)
		if _, err := s.BySession(ctx, there.Secret); !errors.Is(err, ErrUnknown) {
			t.Errorf("other session after a change of password: %v, want %v", err, ErrUnknown)
		}
		viewer, chosen := Viewer, "another one"
		if _, err := s.UpdateUser(ctx, noor.ID, UserChange{Role: &viewer}); err != nil {
			t.Fatal(err)
		}
		if p, err := s.ByToken(ctx, secret); err != nil || p.Role != Viewer || !errors.Is(p.May(Operator), ErrForbidden) {
			t.Errorf("token of a demoted user: %+v, %v", p, err)
		}
		if p := principal(t, s, here); p.Role != Viewer {
			t.Errorf("session of a demoted user: %+v", p)
		}
		if _, err := s.UpdateUser(ctx, noor.ID, UserChange{Password: &chosen}); err != nil {
			t.Fatal(err)
		}
		if _, err := s.BySession(ctx, here.Secret); !errors.Is(err, ErrUnknown) {
			t.Errorf("session after an administrator's change: %v, want %v", err, ErrUnknown)
		}
		if err := s.DeleteUser(ctx, noor.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := s.ByToken(ctx, secret); !errors.Is(err, ErrUnknown) {
			t.Errorf("token of a deleted user: %v, want %v", err, ErrUnknown)
		}
	})
}

func TestOtherProcessesAreSeenSoon(t *testing.T) {
	within(t, func(t *testing.T, s *Service, store *settings.Store) {
		add(t, s, "maya", Admin)
		session := login(t, s, "maya")
		principal(t, s, session)
		if err := New(store, Config{Cost: cheap()}).Logout(t.Context(), principal(t, s, session)); err != nil {
			t.Fatal(err)
		}
		<-time.After(10 * time.Second)
		if _, err := s.BySession(t.Context(), session.Secret); !errors.Is(err, ErrUnknown) {
			t.Errorf("%v, want %v", err, ErrUnknown)
		}
	})
}

func TestLateReadIsNotRemembered(t *testing.T) {
	c := newCache(time.Hour)
	_, epoch, _ := c.get(digest{1})
	c.clear() // revoked while the row was being read
	c.put(digest{1}, Principal{}, epoch)
	if _, _, ok := c.get(digest{1}); ok {
		t.Error("a revoked session is remembered")
	}
}

func TestMemoryStaysBounded(t *testing.T) {
	l := newLimiter(3, time.Minute)
	for i := range 3 * maxKeys {
		if err := l.take(fmt.Sprint(i)); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(l.keys.at); n != maxKeys || l.keys.order.Len() != n {
		t.Errorf("%d keys are kept", n)
	}
}
