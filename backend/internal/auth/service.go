package auth

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"hypha/internal/settings"
)

// What a caller can tell apart.
var (
	ErrBadCredentials = errors.New("name or password is wrong") // never says which
	ErrBadCode        = errors.New("setup code is wrong")
	ErrSetupDone      = errors.New("already set up")
	ErrUnknown        = errors.New("unknown session, token or ticket")
	ErrExpired        = errors.New("session, token or ticket has ended")
	ErrForbidden      = errors.New("not allowed for this role")
	// ErrLastAdmin is a settings.ErrConflict.
	ErrLastAdmin = fmt.Errorf("someone must remain who can administer: %w", settings.ErrConflict)
)

// TooManyError says that tries are refused for a while.
type TooManyError struct{ RetryAfter time.Duration }

func (e *TooManyError) Error() string {
	return fmt.Sprintf("too many tries: wait %v", e.RetryAfter.Round(time.Second))
}

// Config sets up a Service. Every field has a default.
type Config struct {
	Dir        string                         // data folder, for the file of the setup code; "" = keep the code in memory only
	SessionTTL time.Duration                  // a session ends when it is unused for so long; default 30 days
	CacheTTL   time.Duration                  // how long a look-up may be remembered; default 10 s
	Cost       Cost                           // of passwords; default as OWASP advises
	Parallel   int                            // passwords that are computed at a time; default 2, or 1 on one core
	OnEvent    func(action, who, from string) // told "login", "login_failed", "logout", ...; who is a username; must not block
	Logger     *slog.Logger                   // default: none
}

// Service knows users, sessions and tokens.
type Service struct {
	cfg   Config          // fixed, with defaults
	store *settings.Store // fixed
	hash  *hasher
	decoy string // password hash that nothing matches: what unknown users are checked against

	logins  limiter // wrong logins by user and address
	sources limiter // wrong logins and codes by address
	codes   limiter // wrong setup codes of all

	found   cache
	tickets ticketBook

	mu        sync.Mutex
	setupDone bool   // there is a user; never unset
	setupCode string // "" = not loaded yet
}

// New returns a Service over store. It touches nothing.
func New(store *settings.Store, cfg Config) *Service {
	orDefault(&cfg.SessionTTL, 30*24*time.Hour)
	orDefault(&cfg.CacheTTL, 10*time.Second)
	orDefault(&cfg.Parallel, min(2, runtime.GOMAXPROCS(0)))
	if cfg.Cost == (Cost{}) {
		cfg.Cost = Cost{MemoryKiB: 19 * 1024, Passes: 2, Threads: 1}
	}
	if cfg.OnEvent == nil {
		cfg.OnEvent = func(string, string, string) {}
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	return &Service{
		cfg: cfg, store: store,
		hash:    newHasher(cfg.Cost, cfg.Parallel),
		decoy:   decoy(cfg.Cost),
		logins:  newLimiter(10, time.Minute),
		sources: newLimiter(50, 10*time.Second),
		codes:   newLimiter(100, 10*time.Second),
		found:   newCache(cfg.CacheTTL),
		tickets: newTicketBook(),
	}
}

func orDefault[T int | time.Duration](v *T, def T) {
	if *v <= 0 {
		*v = def
	}
}

// codeFile is where the setup code lies until it is used.
func (s *Service) codeFile() string { return filepath.Join(s.cfg.Dir, "setup-code") }

// secretBytes make a secret that cannot be guessed.
const secretBytes = 32

// newSecret returns a random text of 43 characters.
func newSecret() string {
	raw := make([]byte, secretBytes)
	rand.Read(raw) // never fails
	return base64.RawURLEncoding.EncodeToString(raw)
}

// digest is what is stored and looked up of a secret.
type digest [sha256.Size]byte

func digestOf(secret string) digest { return sha256.Sum256([]byte(secret)) }
