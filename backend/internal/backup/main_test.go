package backup

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/goleak"

	"hypha/internal/history"
	"hypha/internal/history/embedded"
	"hypha/internal/measure"
	"hypha/internal/settings"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// site is a data folder in use.
type site struct {
	t        *testing.T
	dir      string
	settings *settings.Store
	history  *embedded.Store
	sealed   string // a secret
	n        int64  // readings of channel 1 so far
}

const week = 7 * 24 * 3600 * 1000

// newSite makes a folder with an account, a secret, and readings of three weeks.
func newSite(t *testing.T) *site {
	t.Helper()
	s := &site{t: t, dir: filepath.Join(t.TempDir(), "data")}
	s.open()
	s.try(s.settings.Users.Create(t.Context(), &settings.User{Username: "maya", Role: "admin", PasswordHash: "x"}))
	var err error
	s.sealed, err = s.settings.Secrets.Seal("the broker's password")
	s.try(err)
	s.try(os.WriteFile(filepath.Join(s.dir, "hypha.yaml"), []byte("listen: :8081\n"), 0o600))
	s.try(os.WriteFile(filepath.Join(s.dir, "setup-code"), []byte("ABCD-EFGH\n"), 0o600))
	for range 3 {
		s.append(500, week/500)
		s.try(s.history.Seal(t.Context()))
	}
	s.append(100, 1000)
	return s
}

func (s *site) try(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *site) open() {
	s.t.Helper()
	var err error
	s.settings, err = settings.Open(context.Background(), s.dir, slog.New(slog.DiscardHandler))
	s.try(err)
	s.history, err = embedded.Open(context.Background(), s.dir, embedded.Config{OnDamage: func(d embedded.Damage) { s.t.Errorf("%+v", d) }})
	s.try(err)
	s.t.Cleanup(s.close)
}

func (s *site) close() {
	_ = s.history.Close()
	_ = s.settings.Close()
}

// append stores readings of channel 1 that count up, step ms apart.
func (s *site) append(n int, step int64) {
	s.t.Helper()
	last, err := s.history.Latest(context.Background(), []measure.ChannelID{1}, history.End)
	s.try(err)
	at := int64(2900 * week)
	if len(last) > 0 {
		at = last[0].T
	}
	rs := make([]measure.Reading, n)
	for i := range rs {
		s.n++
		at += step
		rs[i] = measure.Reading{Channel: 1, T: at, V: float64(s.n)}
	}
	s.try(s.history.Append(context.Background(), rs))
}

// all returns the readings of channel 1 of a folder that nobody else has open.
func all(t *testing.T, dir string) (values []float64) {
	t.Helper()
	h, err := embedded.Open(t.Context(), dir, embedded.Config{OnDamage: func(d embedded.Damage) { t.Errorf("%+v", d) }})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = h.Close() }() // only read
	err = h.Raw(t.Context(), 1, -history.End-1, history.End, 0, func(r measure.Reading) error {
		values = append(values, r.V)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return values
}

// same fails unless a folder is what the site was with n readings.
func (s *site) same(dir string, n int64) {
	s.t.Helper()
	got := all(s.t, dir)
	if int64(len(got)) != n || n > 0 && (got[0] != 1 || got[n-1] != float64(n)) {
		s.t.Errorf("%d readings, want %d", len(got), n)
	}
	st, err := settings.Open(s.t.Context(), dir, slog.New(slog.DiscardHandler))
	s.try(err)
	defer func() { _ = st.Close() }() // only read
	if _, err := st.Users.ByName(s.t.Context(), "maya"); err != nil {
		s.t.Errorf("the account: %v", err)
	}
	if text, err := st.Secrets.Open(s.sealed); err != nil || text != "the broker's password" {
		s.t.Errorf("the secret: %q, %v", text, err)
	}
	if b, err := os.ReadFile(filepath.Join(dir, "hypha.yaml")); err != nil || string(b) != "listen: :8081\n" {
		s.t.Errorf("the configuration: %q, %v", b, err)
	}
}

// save makes a backup beside the others of the test.
func (s *site) save(name, since string) string {
	s.t.Helper()
	path := filepath.Join(filepath.Dir(s.dir), name)
	o := Options{Program: "test"}
	if since != "" {
		var err error
		o.Since, err = ManifestOf(since)
		s.try(err)
	}
	_, _, err := Save(s.t.Context(), path, s.dir, o)
	s.try(err)
	return path
}

func names(t *testing.T, dir string) (all []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return all
}

// writer is a target's write that stores text.
func writer(text string) func(io.Writer) error {
	return func(w io.Writer) error { _, err := fmt.Fprint(w, text); return err }
}

func at(day int) time.Time { return time.Date(2026, time.March, day, 3, 0, 0, 0, time.UTC) }
