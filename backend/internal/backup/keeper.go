package backup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"sync"
	"time"
)

// ErrRunning says that a backup is being made already.
var ErrRunning = errors.New("a backup is being made")

// KeeperConfig says what a Keeper saves, how often, and where.
type KeeperConfig struct {
	Dir      string
	Place    Place
	Every    time.Duration
	Keep     int       // chains: a full backup with those that continue it
	FullEach int       // so many backups make a chain
	Program  string    // version
	Floor    time.Time // the clock is wrong while it shows less: nothing is made
	OnChange func(State)
	Logger   *slog.Logger

	open func(context.Context) (target, error) // tests
}

// State says how saving goes.
type State struct {
	At       time.Time // of the last backup that worked; zero when there is none
	File     string    // its name
	Bytes    int64     // its size
	Err      error     // why the last try failed
	Failures int       // in a row
	Mended   bool      // it works again, after a failure
	Running  bool
	Next     time.Time
}

const (
	firstAfter = time.Minute     // a start has other things to do
	retryFirst = 5 * time.Minute // doubled with each failure
	retryMost  = 6 * time.Hour
	within     = 12 * time.Hour   // a backup that takes longer is given up
	clockWait  = 10 * time.Minute // for a clock that is wrong
	tellEvery  = 24 * time.Hour   // that all goes well
	listWithin = 30 * time.Second
)

// Keeper makes backups on a schedule and removes old ones. Its methods may be called by several at once.
type Keeper struct {
	cfg   KeeperConfig
	asked chan struct{} // holds one request

	mu    sync.Mutex
	state State
	told  time.Time // that all goes well
}

// NewKeeper makes a Keeper; Run makes it work.
func NewKeeper(cfg KeeperConfig) *Keeper {
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	if cfg.OnChange == nil {
		cfg.OnChange = func(State) {}
	}
	if cfg.open == nil {
		cfg.open = cfg.Place.open
	}
	return &Keeper{cfg: cfg, asked: make(chan struct{}, 1)}
}

// State says how it goes.
func (k *Keeper) State() State {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.state
}

// Ask has a backup made now. ErrRunning says that one is being made, or was asked for.
func (k *Keeper) Ask() error {
	if k.State().Running {
		return ErrRunning
	}
	select {
	case k.asked <- struct{}{}:
		return nil
	default:
		return ErrRunning
	}
}

// List returns the backups at the place, the newest last.
func (k *Keeper) List(ctx context.Context) ([]Stored, error) {
	ctx, cancel := context.WithTimeout(ctx, listWithin)
	defer cancel()
	t, err := k.cfg.open(ctx)
	if err != nil {
		return nil, err
	}
	all, err := t.List(ctx)
	return sorted(all), errors.Join(err, t.Close())
}

// Run makes backups until ctx ends; one that is being made is then given up, and leaves nothing.
func (k *Keeper) Run(ctx context.Context) error {
	for wait := firstAfter; ; {
		k.set(func(s *State) { s.Next = time.Now().Add(wait) })
		timer := time.NewTimer(wait)
		asked := false
		select {
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		case <-k.asked:
			timer.Stop()
			asked = true
		case <-timer.C:
		}
		if !asked && time.Now().Before(k.cfg.Floor) {
			wait = clockWait
			continue
		}
		k.set(func(s *State) { s.Running = true })
		next, err := k.turn(ctx, asked)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		wait = next
		if err != nil {
			wait = k.failed(err)
		}
	}
}

func (k *Keeper) set(change func(*State)) {
	k.mu.Lock()
	defer k.mu.Unlock()
	change(&k.state)
}

// failed notes a failure, tells of the first one, and returns when to try again.
func (k *Keeper) failed(err error) time.Duration {
	k.mu.Lock()
	k.state.Running, k.state.Err, k.state.Mended = false, err, false
	k.state.Failures++
	now := k.state
	k.mu.Unlock()
	if now.Failures == 1 {
		k.cfg.OnChange(now)
		k.cfg.Logger.Error("the backup failed; it is tried again", "error", err)
	}
	wait := retryMost
	if now.Failures < 8 {
		wait = min(wait, retryFirst<<(now.Failures-1))
	}
	return min(wait, k.cfg.Every)
}

// worked notes that there is a backup and old ones are gone, and tells of it when that is news.
func (k *Keeper) worked(s Stored, fresh bool) {
	k.mu.Lock()
	mended := k.state.Failures > 0
	k.state = State{At: s.At, File: s.Name, Bytes: s.Bytes, Mended: mended}
	tell := mended || fresh && (k.told.IsZero() || time.Since(k.told) >= tellEvery)
	if tell {
		k.told = time.Now()
	}
	now := k.state
	k.mu.Unlock()
	if tell {
		k.cfg.OnChange(now)
	}
}

// turn makes a backup if one is due or asked for, removes old ones, and returns when the next one is due.
func (k *Keeper) turn(ctx context.Context, asked bool) (next time.Duration, err error) {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	t, err := k.cfg.open(ctx)
	if err != nil {
		return 0, fmt.Errorf("reach %s: %w", k.cfg.Place.To, err)
	}
	defer func() { err = errors.Join(err, t.Close()) }()
	all, err := t.List(ctx)
	if err != nil {
		return 0, fmt.Errorf("look at %s: %w", k.cfg.Place.To, err)
	}
	all = sorted(all)
	next, due := k.cfg.Every, true
	if n := len(all); n > 0 && !asked {
		// One from the future was made with a wrong clock, and is no reason to wait.
		if wait := time.Until(all[n-1].At.Add(k.cfg.Every)); wait > 0 && wait <= k.cfg.Every {
			next, due = wait, false
		}
	}
	if due {
		made, err := k.make(ctx, t, all)
		if err != nil {
			return 0, err
		}
		k.set(func(s *State) { s.At, s.File, s.Bytes = made.At, made.Name, made.Bytes })
		k.cfg.Logger.Info("backup made", "file", made.Name, "bytes", made.Bytes)
		all = append(all, made)
	}
	if err := k.rotate(ctx, t, all); err != nil {
		return 0, fmt.Errorf("old backups could not be removed: %w", err)
	}
	k.worked(all[len(all)-1], due)
	return next, nil
}

// make makes a backup that continues the last one, or a full one when a chain is complete or cannot be continued.
func (k *Keeper) make(ctx context.Context, t target, all []Stored) (made Stored, err error) {
	o := Options{Program: k.cfg.Program}
	if n := chainLength(all); n > 0 && n < k.cfg.FullEach {
		if o.Since, err = manifestAt(ctx, t, all[len(all)-1].Name); err != nil {
			k.cfg.Logger.Warn("the last backup cannot be continued; a full one is made", "file", all[len(all)-1].Name, "error", err)
			o.Since = nil
		}
	}
	made.At, made.Full = time.Now().UTC().Truncate(time.Second), o.Since == nil
	for n := len(all); n > 0 && !made.At.After(all[n-1].At) && all[n-1].At.Sub(made.At) < time.Hour; {
		made.At = all[n-1].At.Add(time.Second) // names are given once, and their order is that of the chain
	}
	made.Name = nameOf(made.At, made.Full)
	made.Bytes, err = t.Put(ctx, made.Name, func(w io.Writer) error {
		_, err := Write(ctx, w, k.cfg.Dir, o)
		return err
	})
	if err != nil {
		return made, fmt.Errorf("save to %s: %w", k.cfg.Place.To, err)
	}
	return made, nil
}

// chainLength is how many backups the newest chain has.
func chainLength(all []Stored) int {
	for i, s := range slices.Backward(all) {
		if s.Full {
			return len(all) - i
		}
	}
	return 0
}

// rotate removes the chains before the newest ones. What one that is kept refers to stays, whatever its name says; when
// that cannot be known nothing is removed.
func (k *Keeper) rotate(ctx context.Context, t target, all []Stored) error {
	begin := len(all)
	for left := k.cfg.Keep; begin > 0 && left > 0; {
		begin--
		if all[begin].Full {
			left--
		}
	}
	if begin == 0 {
		return nil
	}
	missing := map[string]bool{} // what kept ones refer to, and is not among them
	var kept []string
	for _, s := range all[begin:] {
		m, err := manifestAt(ctx, t, s.Name)
		if err != nil {
			return fmt.Errorf("read %s: %w", s.Name, err)
		}
		for _, e := range m.Earlier {
			missing[e.ID] = true
		}
		kept = append(kept, m.ID)
	}
	for _, id := range kept {
		delete(missing, id)
	}
	for i := begin - 1; i >= 0; i-- { // those that continue others before these: an end at any moment leaves whole chains
		if len(missing) > 0 {
			m, err := manifestAt(ctx, t, all[i].Name)
			if err != nil && !errors.Is(err, ErrNoBackup) && !errors.Is(err, ErrDamaged) {
				return fmt.Errorf("read %s: %w", all[i].Name, err)
			}
			if err == nil && missing[m.ID] {
				continue // it names all that it refers to, and so does what refers to it
			}
		}
		if err := errors.Join(ctx.Err(), t.Remove(ctx, all[i].Name)); err != nil {
			return fmt.Errorf("remove %s: %w", all[i].Name, err)
		}
	}
	return nil
}
