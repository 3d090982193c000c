// Package budget keeps the disk of the data folder from getting full: settings and control need room, and so do new
// readings. When less is free than is to be kept, the oldest weeks of the history go, one after the other, never the
// newest one.
//
// People are told once when that begins and once when it is over. In between the disk may stay where it is for months: a
// history that has reached the size of its disk.
package budget

import (
	"context"
	"fmt"
	"log/slog"
	"time"
)

// Bounds of what is kept free where nobody has said how much.
const (
	share   = 20 // one part in so many of the disk
	atLeast = 256 << 20
	atMost  = 2 << 30 // a large disk that others fill is no reason to forget
	tiny    = 10      // but never more than one part in so many of a small disk
)

// Default is how much is kept free of a disk of that size, in bytes.
func Default(total uint64) uint64 {
	return min(max(total/share, atLeast), atMost, total/tiny)
}

const (
	week        = 7 * 24 * 3600 * 1000 // ms: what goes at once, as the store keeps it in files
	weeksAtOnce = 4                    // before it is looked again, for what is removed may be in use for a moment
)

// Store is the part of a history that goes.
type Store interface {
	// Oldest returns the instant of the oldest reading; false when there is none.
	Oldest() (int64, bool)
	DropBefore(ctx context.Context, t int64) (int64, error)
}

// Config sets up a Watcher.
type Config struct {
	Dir   string // the data folder
	Store Store
	Keep  func(total uint64) uint64       // bytes to be kept free; default Default
	Space func(dir string) (Space, error) // default SpaceOf
	Every time.Duration                   // between two looks; default 30 s
	Now   func() time.Time                // default time.Now
	Tell  func(State)                     // of the beginning and the end of a shortage; must not block
	Log   *slog.Logger                    // default: none
}

// State says how the disk fares.
type State struct {
	Space
	Keep  uint64
	Short bool
	// Exhausted: there is nothing left that may go.
	Exhausted bool
	Dropped   int64     // readings, in this shortage
	Before    time.Time // they were older
}

// Watcher watches one disk. Only Run touches it.
type Watcher struct {
	cfg   Config
	state State
	// failing: the last look has failed, which is logged once.
	failing bool
}

// New returns a Watcher that waits for Run.
func New(cfg Config) *Watcher {
	if cfg.Keep == nil {
		cfg.Keep = Default
	}
	if cfg.Space == nil {
		cfg.Space = SpaceOf
	}
	if cfg.Every <= 0 {
		cfg.Every = 30 * time.Second
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	return &Watcher{cfg: cfg}
}

// Run looks at the disk until ctx ends.
func (w *Watcher) Run(ctx context.Context) error {
	tick := time.NewTicker(w.cfg.Every)
	defer tick.Stop()
	for {
		err := w.look(ctx)
		if err != nil && ctx.Err() == nil && !w.failing {
			w.cfg.Log.Error("the disk could not be kept from getting full", "error", err)
		}
		w.failing = err != nil
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// look drops what must go now.
func (w *Watcher) look(ctx context.Context) error {
	for range weeksAtOnce {
		if err := w.measure(); err != nil {
			return err
		}
		if w.state.Free >= w.state.Keep {
			return nil
		}
		more, err := w.dropWeek(ctx)
		if err != nil || !more {
			return err
		}
	}
	return w.measure()
}

// measure asks how much is free, and tells of what has changed.
func (w *Watcher) measure() (err error) {
	s := &w.state
	if s.Space, err = w.cfg.Space(w.cfg.Dir); err != nil {
		return fmt.Errorf("ask for the free space of %s: %w", w.cfg.Dir, err)
	}
	s.Keep = w.cfg.Keep(s.Total)
	switch {
	case !s.Short && s.Free < s.Keep:
		*s = State{Space: s.Space, Keep: s.Keep, Short: true}
		_, ok := w.next()
		s.Exhausted = !ok
		w.cfg.Tell(*s)
	case s.Short && s.Free >= s.Keep+s.Keep/8: // not at the first week that goes
		s.Short, s.Exhausted = false, false
		w.cfg.Tell(*s)
	}
	return nil
}

// next is the end of the oldest week; false when that is the newest one, or there is none.
func (w *Watcher) next() (before int64, ok bool) {
	oldest, ok := w.cfg.Store.Oldest()
	if !ok {
		return 0, false
	}
	before = (floor(oldest) + 1) * week
	return before, before <= w.cfg.Now().UnixMilli()-week
}

// floor is the number of the week.
func floor(t int64) int64 {
	n := t / week
	if t%week < 0 {
		n--
	}
	return n
}

// dropWeek lets the oldest week go; false when there is none that may.
func (w *Watcher) dropWeek(ctx context.Context) (bool, error) {
	before, ok := w.next()
	if !ok {
		if !w.state.Exhausted {
			w.state.Exhausted = true
			w.cfg.Tell(w.state)
		}
		return false, nil
	}
	n, err := w.cfg.Store.DropBefore(ctx, before)
	w.state.Dropped += n
	if err != nil {
		return false, err
	}
	w.state.Before = time.UnixMilli(before).UTC()
	w.cfg.Log.Warn("the disk gets full; the oldest week of the history is gone",
		"before", w.state.Before, "readings", n, "free_bytes", w.state.Free, "keep_bytes", w.state.Keep)
	return true, nil
}
