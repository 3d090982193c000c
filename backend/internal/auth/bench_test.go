package auth

import (
	"log/slog"
	"testing"

	"hypha/internal/settings"
)

// BenchmarkBySession is what each request of a browser costs.
func BenchmarkBySession(b *testing.B) {
	store, err := settings.Open(b.Context(), b.TempDir(), slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	defer store.Close() // nothing to lose
	s := New(store, Config{Cost: cheap()})
	if _, err := s.AddUser(b.Context(), "maya", password, Admin); err != nil {
		b.Fatal(err)
	}
	_, session, err := s.Login(b.Context(), "maya", password, home())
	if err != nil {
		b.Fatal(err)
	}
	for name, forget := range map[string]bool{"remembered": false, "from the database": true} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if forget {
					s.found.clear()
				}
				if _, err := s.BySession(b.Context(), session.Secret); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkPassword is what a login costs.
func BenchmarkPassword(b *testing.B) {
	s := New(nil, Config{})
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.hash.create(b.Context(), password); err != nil {
			b.Fatal(err)
		}
	}
}
