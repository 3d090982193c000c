package auth

import (
	"errors"
	"strings"
	"testing"
	"time"

	"hypha/internal/settings"
)

func TestTokensDoNoMoreThanTheirCreator(t *testing.T) {
	within(t, func(t *testing.T, s *Service, _ *settings.Store) {
		ctx := t.Context()
		add(t, s, "maya", Admin)
		add(t, s, "noor", Operator)
		as := func(name string) Principal {
			p, err := s.AsUser(ctx, name)
			if err != nil {
				t.Fatal(err)
			}
			return p
		}
		past, soon := time.Now().Add(-time.Second), time.Now().Add(time.Hour)
		for name, c := range map[string]struct {
			n    NewToken
			want string
		}{
			"above": {NewToken{Name: "x", Role: Admin}, "role"}, "no role": {NewToken{Name: "x", Role: "king"}, "role"},
			"no name": {NewToken{Role: Viewer}, "name"}, "odd name": {NewToken{Name: "a\tb", ExpiresAt: &past}, "name expires_at"},
			"long name": {NewToken{Name: strings.Repeat("x", 65)}, "name"},
		} {
			if _, secret, err := s.CreateToken(ctx, as("noor"), c.n); fields(err) != c.want || secret != "" {
				t.Errorf("%s: %v, want %s", name, err, c.want)
			}
		}
		short, secret, err := s.CreateToken(ctx, as("noor"), NewToken{Name: "short", ExpiresAt: &soon})
		if err != nil || short.Role != Operator || !strings.HasPrefix(secret, "hyp_") {
			t.Fatalf("%+v, %v", short, err)
		}
		p, err := s.ByToken(ctx, secret)
		if err != nil {
			t.Fatal(err)
		}
		late := soon.Add(time.Hour)
		if _, _, err := s.CreateToken(ctx, p, NewToken{Name: "longer", ExpiresAt: &late}); fields(err) != "expires_at" {
			t.Errorf("a token that outlives its maker: %v", err)
		}
		if child, _, err := s.CreateToken(ctx, p, NewToken{Name: "child"}); err != nil || !child.ExpiresAt.Equal(soon) {
			t.Errorf("%+v, %v; want it to end with its maker", child, err)
		}
		if _, total, err := s.Tokens(ctx, as("maya"), 1, 0); total != 2 || err != nil {
			t.Errorf("an administrator sees %d, %v", total, err)
		}
		mine, _, err := s.CreateToken(ctx, as("maya"), NewToken{Name: "mine"})
		if err != nil {
			t.Fatal(err)
		}
		if list, total, err := s.Tokens(ctx, as("noor"), 0, 0); total != 2 || err != nil || list[0].LastUsedAt == nil {
			t.Errorf("an operator sees %+v, %d, %v", list, total, err)
		}
		if err := s.DeleteToken(ctx, as("noor"), mine.ID); !errors.Is(err, settings.ErrNotFound) {
			t.Errorf("another's token: %v, want %v", err, settings.ErrNotFound)
		}
		<-time.After(time.Hour)
		if _, err := s.ByToken(ctx, secret); !errors.Is(err, ErrExpired) {
			t.Errorf("an hour later: %v, want %v", err, ErrExpired)
		}
		if err := s.DeleteToken(ctx, as("maya"), short.ID); err != nil {
			t.Error(err)
		}
		for _, unknown := range []string{"", "hyp_", secret, "x" + secret} {
			if _, err := s.ByToken(ctx, unknown); !errors.Is(err, ErrUnknown) {
				t.Errorf("%q: %v, want %v", unknown, err, ErrUnknown)
			}
		}
	})
}

func TestTicketsOpenOnce(t *testing.T) {
	within(t, func(t *testing.T, s *Service, _ *settings.Store) {
		ctx := t.Context()
		add(t, s, "maya", Admin)
		p := principal(t, s, login(t, s, "maya"))
		ticket, expires := s.Ticket(p)
		if time.Until(expires) != 30*time.Second {
			t.Errorf("ends %v", expires)
		}
		if got, err := s.ByTicket(ctx, ticket); err != nil || got.User.Username != "maya" {
			t.Errorf("%+v, %v", got, err)
		}
		if _, err := s.ByTicket(ctx, ticket); !errors.Is(err, ErrUnknown) {
			t.Errorf("second use: %v, want %v", err, ErrUnknown)
		}
		late, _ := s.Ticket(p)
		<-time.After(30 * time.Second)
		if _, err := s.ByTicket(ctx, late); !errors.Is(err, ErrExpired) {
			t.Errorf("too late: %v, want %v", err, ErrExpired)
		}
		revoked, _ := s.Ticket(p)
		if err := s.Logout(ctx, p); err != nil {
			t.Fatal(err)
		}
		if _, err := s.ByTicket(ctx, revoked); !errors.Is(err, ErrUnknown) {
			t.Errorf("after logout: %v, want %v", err, ErrUnknown)
		}
		for range 2 * maxTickets {
			s.Ticket(p)
		}
		if n := len(s.tickets.by.at); n != maxTickets {
			t.Errorf("%d tickets are kept", n)
		}
	})
}

func TestRolesAreOrdered(t *testing.T) {
	roles := []Role{"", Viewer, Operator, Admin, "king"}
	for i, have := range roles {
		for k, need := range roles {
			want := i >= k && i > 0 && i < 4 && k > 0 && k < 4
			if have.Allows(need) != want {
				t.Errorf("%q allows %q: %v", have, need, !want)
			}
		}
	}
}

func TestSources(t *testing.T) {
	for address, want := range map[string]string{
		"192.0.2.1": "192.0.2.1", "::ffff:192.0.2.1": "192.0.2.1", "2001:db8:1:2:3::4": "2001:db8:1:2::/64", "fe80::1%eth0": "fe80::/64",
		"": "", "unix": "unix", strings.Repeat("x", 100): strings.Repeat("x", 64),
	} {
		if got := sourceOf(address); got != want {
			t.Errorf("%s: %s, want %s", address, got, want)
		}
	}
}
