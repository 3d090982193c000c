package auth

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"hypha/internal/option"
	"hypha/internal/settings"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// cheap makes hashing fast; TestPasswordHash looks at the real cost.
func cheap() Cost { return Cost{MemoryKiB: 8, Passes: 1, Threads: 1} }

const password = "correct horse"

func home() Client { return Client{Address: "192.0.2.1", Agent: "test"} }

// within runs a test in virtual time with a service over a real database.
func within(t *testing.T, test func(t *testing.T, s *Service, store *settings.Store)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		store, err := settings.Open(t.Context(), dir, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := store.Close(); err != nil {
				t.Error(err)
			}
		})
		test(t, New(store, Config{Dir: dir, Cost: cheap()}), store)
	})
}

func add(t *testing.T, s *Service, name string, role Role) User {
	t.Helper()
	u, err := s.AddUser(t.Context(), name, password, role)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func login(t *testing.T, s *Service, name string) Session {
	t.Helper()
	_, session, err := s.Login(t.Context(), name, password, home())
	if err != nil {
		t.Fatal(err)
	}
	return session
}

func principal(t *testing.T, s *Service, session Session) Principal {
	t.Helper()
	p, err := s.BySession(t.Context(), session.Secret)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// fields returns the names of the fields that an error complains of.
func fields(err error) string {
	var errs option.Errors
	if !errors.As(err, &errs) {
		return "no field error"
	}
	var names []string
	for _, e := range errs {
		names = append(names, e.Field)
	}
	return strings.Join(names, " ")
}

func tooMany(err error) bool {
	var e *TooManyError
	return errors.As(err, &e) && e.RetryAfter > 0
}

func TestSetupHappensOnce(t *testing.T) {
	within(t, func(t *testing.T, s *Service, store *settings.Store) {
		ctx := t.Context()
		code, err := s.SetupCode(ctx)
		if err != nil || !regexp.MustCompile(`^[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}$`).MatchString(code) {
			t.Fatalf("code %q, %v", code, err)
		}
		info, err := os.Stat(filepath.Join(s.cfg.Dir, "setup-code"))
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("file: %v, %v; want mode 0600", info, err)
		}
		restarted := New(store, Config{Dir: s.cfg.Dir, Cost: cheap()})
		if again, err := restarted.SetupCode(ctx); again != code || err != nil {
			t.Errorf("after a restart: %q, %v; want the same code", again, err)
		}
		if _, _, err := s.Setup(ctx, "AAAA-AAAA", "maya", password, home()); !errors.Is(err, ErrBadCode) {
			t.Errorf("wrong code: %v, want %v", err, ErrBadCode)
		}
		if _, _, err := s.Setup(ctx, code, " ", "short", home()); fields(err) != "username password" {
			t.Errorf("wrong fields: %v", err)
		}
		typed := strings.ToLower(strings.Replace(code, "-", " ", 1))
		u, session, err := s.Setup(ctx, typed, "maya", password, home())
		if err != nil || u.Role != Admin || principal(t, s, session).By() != "user:maya" {
			t.Fatalf("setup: %+v, %v", u, err)
		}
		if _, _, err := s.Setup(ctx, code, "eve", password, home()); !errors.Is(err, ErrSetupDone) {
			t.Errorf("second setup: %v, want %v", err, ErrSetupDone)
		}
		if _, _, err := restarted.Setup(ctx, code, "eve", password, home()); !errors.Is(err, ErrSetupDone) {
			t.Errorf("second setup in another process: %v, want %v", err, ErrSetupDone)
		}
		if code, err := s.SetupCode(ctx); code != "" || err != nil {
			t.Errorf("code after setup: %q, %v", code, err)
		}
		if _, err := os.Stat(filepath.Join(s.cfg.Dir, "setup-code")); err == nil {
			t.Error("the file of the code is still there")
		}
	})
}

func TestOfSetupsAtTheSameTimeOneWins(t *testing.T) {
	within(t, func(t *testing.T, s *Service, _ *settings.Store) {
		code, err := s.SetupCode(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		results := make(chan error)
		for _, name := range []string{"a", "b", "c", "d", "e"} {
			go func() {
				_, _, err := s.Setup(context.Background(), code, name, password, home())
				results <- err
			}()
		}
		won := 0
		for range 5 {
			if err := <-results; err == nil {
				won++
			} else if !errors.Is(err, ErrSetupDone) {
				t.Error(err)
			}
		}
		if won != 1 {
			t.Errorf("%d first users", won)
		}
	})
}

func TestSetupCodeCannotBeTriedForEver(t *testing.T) {
	within(t, func(t *testing.T, s *Service, _ *settings.Store) {
		code, err := s.SetupCode(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		tries := 0
		for ; tries < 1000; tries++ {
			if _, _, err = s.Setup(t.Context(), "AAAA-AAAA", "x", password, home()); !errors.Is(err, ErrBadCode) {
				break
			}
		}
		if !tooMany(err) || tries > 50 {
			t.Errorf("after %d tries: %v", tries, err)
		}
		<-time.After(time.Minute)
		if _, _, err := s.Setup(t.Context(), code, "maya", password, home()); err != nil {
			t.Errorf("the owner, a minute later: %v", err)
		}
	})
}

func TestLoginSaysOnlyYesOrNo(t *testing.T) {
	within(t, func(t *testing.T, s *Service, _ *settings.Store) {
		add(t, s, "Maya", Admin)
		if u, _, err := s.Login(t.Context(), "maya", password, home()); err != nil || u.Username != "Maya" {
			t.Errorf("%+v, %v", u, err)
		}
		for name, c := range map[string][2]string{
			"wrong password": {"Maya", "wrong"}, "no password": {"Maya", ""}, "unknown": {"eve", password},
			"no name": {"", password}, "endless password": {"Maya", strings.Repeat("x", 1<<20)},
			"endless name": {strings.Repeat("x", 1<<20), password}, "not text": {"\xff\x00", "\xff\x00"},
		} {
			if _, session, err := s.Login(t.Context(), c[0], c[1], home()); err != ErrBadCredentials || session.Secret != "" {
				t.Errorf("%s: %v, want %v itself", name, err, ErrBadCredentials)
			}
		}
	})
}

func TestUnknownUsersCostAsMuchAsKnownOnes(t *testing.T) {
	within(t, func(t *testing.T, s *Service, store *settings.Store) {
		add(t, s, "maya", Admin)
		row, err := store.Users.ByName(t.Context(), "maya")
		if err != nil {
			t.Fatal(err)
		}
		genuine, salt, key, err := parse(row.PasswordHash)
		fake, fakeSalt, fakeKey, fakeErr := parse(s.decoy)
		if err != nil || fakeErr != nil || genuine != fake || len(salt) != len(fakeSalt) || len(key) != len(fakeKey) {
			t.Errorf("%+v (%v) and %+v (%v) do not cost the same", genuine, err, fake, fakeErr)
		}
	})
}

func TestWrongLoginsAreLimited(t *testing.T) {
	within(t, func(t *testing.T, s *Service, _ *settings.Store) {
		add(t, s, "maya", Admin)
		add(t, s, "noor", Admin)
		wrong := func(name string, from Client) (n int, err error) {
			for ; n < 1000; n++ {
				if _, _, err = s.Login(t.Context(), name, "wrong", from); err != ErrBadCredentials {
					break
				}
			}
			return n, err
		}
		n, err := wrong("maya", home())
		var limit *TooManyError
		if !errors.As(err, &limit) || n != 10 || limit.RetryAfter != time.Minute {
			t.Errorf("after %d tries: %v; want a minute's pause after 10", n, err)
		}
		if _, _, err := s.Login(t.Context(), "MAYA", password, home()); !tooMany(err) {
			t.Errorf("the right password during the pause: %v", err)
		}
		if _, _, err := s.Login(t.Context(), "maya", password, Client{Address: "198.51.100.7"}); err != nil {
			t.Errorf("the same user from elsewhere: %v", err)
		}
		if _, _, err := s.Login(t.Context(), "noor", password, home()); err != nil {
			t.Errorf("another user: %v", err)
		}
		<-time.After(time.Minute)
		if _, _, err := s.Login(t.Context(), "maya", password, home()); err != nil {
			t.Errorf("after the pause: %v", err)
		}
		if n, err := wrong("maya", home()); n != 10 || !tooMany(err) {
			t.Errorf("after a right login: %d tries, %v; want 10 again", n, err)
		}
		names := 0
		for ; names < 1000; names++ { // many names from one house: IPv6 hosts change their address at will
			from := Client{Address: "2001:db8::" + string(rune('a'+names%6))}
			if _, _, err = s.Login(t.Context(), strings.Repeat("x", names%50+1), "wrong", from); err != ErrBadCredentials {
				break
			}
		}
		if names > 50 || !tooMany(err) {
			t.Errorf("%d wrong names from one network: %v", names, err)
		}
	})
}

func TestManyLoginsAtOnceGetNoMoreTries(t *testing.T) {
	within(t, func(t *testing.T, s *Service, _ *settings.Store) {
		add(t, s, "maya", Admin)
		results := make(chan error)
		for range 60 {
			go func() {
				_, _, err := s.Login(context.Background(), "maya", "wrong", home())
				results <- err
			}()
		}
		computed := 0
		for range 60 {
			if err := <-results; err == ErrBadCredentials {
				computed++
			} else if !tooMany(err) {
				t.Error(err)
			}
		}
		if computed > 10 {
			t.Errorf("%d passwords were tried, want at most 10", computed)
		}
	})
}
