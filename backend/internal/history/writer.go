package history

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"hypha/internal/measure"
)

// Appender is the part of a Store that a Writer needs. When it also has Sync(ctx) error, the Writer calls that every
// WriterConfig.SyncEvery, which bounds what a power cut can take.
type Appender interface {
	Append(ctx context.Context, readings []measure.Reading) error
}

type syncer interface {
	Sync(ctx context.Context) error
}

// WriterConfig sets up a Writer. Store is needed, everything else has a default.
type WriterConfig struct {
	Store     Appender
	Every     time.Duration // between commits; default 1 s
	SyncEvery time.Duration // between syncs; default 5 s
	Batch     int           // readings that are committed without waiting for Every, and at most at once; default 5 000
	Bound     int           // readings that may wait; default 100 000 (3 MB)
	RetryMax  time.Duration // longest pause after a failed commit; the first is Every; default 30 s
	Floor     time.Time     // an instant that is past for certain: before it, the machine's clock is wrong; zero: it never is
	DrainTime time.Duration // for the last commit, when Run is told to stop; default 5 s

	// OnChange is told when the store or its syncs begin to fail, when readings begin to be lost, and when it works again. Calls
	// come one at a time from Run and must not block.
	OnChange func(WriterState)
	Logger   *slog.Logger // default: none
}

// WriterState says how a Writer fares.
type WriterState struct {
	Queued    int    // readings that wait, with those being committed
	Committed uint64 // readings stored since the start
	Lost      uint64 // readings dropped since the start, because the store failed for longer than Bound holds
	Commits   uint64 // successful calls of Append
	Held      int    // readings that wait for the machine's clock to be set, beside Queued
	Err       error  // why the store fails; nil = it works
	SyncErr   error  // why what is stored would not survive a power cut; nil = it would
}

// Writer gathers readings and commits them in batches. It loses nothing as long as the store works: when Bound readings
// wait, Push waits too. While the store fails, nobody waits: readings are kept up to Bound, then the oldest are dropped
// and counted.
//
// Push, Flush and State are for any goroutine; one at a time calls Run. What waits outlives Run, which can be called
// again.
type Writer struct {
	cfg   WriterConfig  // fixed
	began time.Time     // fixed
	wake  chan struct{} // one token: Run has something to look at

	unsynced atomic.Bool // something was stored after the last sync

	mu       sync.Mutex
	waiting  []measure.Reading // oldest first
	inflight []measure.Reading // being committed: older than waiting, and no longer changed
	accepted uint64            // by Push so far; = committed + lost + what waits
	state    WriterState       // but Queued
	flushTo  uint64            // someone waits until so many of accepted are settled
	lost     uint64            // state.Lost when the store worked last
	alarmed  bool              // OnChange knows that readings are lost in this outage
	changed  chan struct{}     // closed, and made anew, after each try and each drop
	held     []measure.Reading // taken while the clock was wrong
}

// NewWriter returns a Writer that waits for Run.
func NewWriter(cfg WriterConfig) *Writer {
	orDefault(&cfg.Every, time.Second)
	orDefault(&cfg.SyncEvery, 5*time.Second)
	orDefault(&cfg.Batch, 5_000)
	orDefault(&cfg.Bound, 100_000)
	orDefault(&cfg.RetryMax, 30*time.Second)
	orDefault(&cfg.DrainTime, 5*time.Second)
	if cfg.OnChange == nil {
		cfg.OnChange = func(WriterState) {}
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	return &Writer{cfg: cfg, began: time.Now(), wake: make(chan struct{}, 1), changed: make(chan struct{})}
}

func orDefault[T int | time.Duration](v *T, def T) {
	if *v <= 0 {
		*v = def
	}
}

// Push hands over readings, all or none; the slice stays the caller's. It waits only while the queue is full and the
// store works. A value that is not finite is an *InvalidError. A nil error means that the readings will be stored, not
// that they are: see Flush.
func (w *Writer) Push(ctx context.Context, readings []measure.Reading) error {
	if err := Check(readings); err != nil {
		return err
	}
	w.mu.Lock()
	if w.hold(readings) {
		w.mu.Unlock()
		return nil
	}
	// A load larger than the bound gets in when nothing else waits.
	for w.state.Err == nil && w.queued() > 0 && w.queued()+len(readings) > w.cfg.Bound {
		w.flushTo = w.accepted // make room now, not at the next tick
		changed := w.changed
		w.mu.Unlock()
		w.poke()
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("history queue is full: %w", ctx.Err())
		}
		w.mu.Lock()
	}
	defer w.mu.Unlock()
	w.waiting = append(w.waiting, readings...)
	w.accepted += uint64(len(readings))
	if w.state.Err != nil {
		w.shed()
	}
	if len(w.waiting) >= w.cfg.Batch {
		w.poke()
	}
	return nil
}

// Flush has everything that was pushed before stored, and returns nil when it is. When the store fails, Flush returns
// why; the readings stay in the queue.
func (w *Writer) Flush(ctx context.Context) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	target := w.accepted
	w.flushTo = max(w.flushTo, target)
	for w.state.Err == nil && w.settled() < target {
		w.poke()
		changed := w.changed
		w.mu.Unlock()
		var err error
		select {
		case <-changed:
		case <-ctx.Done():
			err = ctx.Err()
		}
		w.mu.Lock()
		if err != nil {
			return fmt.Errorf("flush history: %w", err)
		}
	}
	if w.state.Err != nil {
		return fmt.Errorf("flush history: %w", w.state.Err)
	}
	return nil
}

// State says how the writer fares.
func (w *Writer) State() WriterState {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.snapshot()
}

// All below is called with mu held unless it says otherwise.

func (w *Writer) snapshot() WriterState {
	s := w.state
	s.Queued = w.queued()
	return s
}

// settled says how many of accepted no longer wait.
func (w *Writer) settled() uint64 { return w.state.Committed + w.state.Lost }

func (w *Writer) queued() int { return len(w.waiting) + len(w.inflight) }

// shed drops the oldest readings beyond the bound. Those being committed cannot be taken back.
func (w *Writer) shed() {
	n := min(w.queued()-w.cfg.Bound, len(w.waiting))
	if n <= 0 {
		return
	}
	w.waiting = w.waiting[n:]
	w.state.Lost += uint64(n)
	w.broadcast()
	if !w.alarmed {
		w.poke()
	}
}

func (w *Writer) broadcast() {
	close(w.changed)
	w.changed = make(chan struct{})
}

// poke is for any goroutine, with or without mu.
func (w *Writer) poke() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// take moves the oldest readings, at most a batch, to inflight. Without mu.
func (w *Writer) take() []measure.Reading {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := min(len(w.waiting), w.cfg.Batch)
	w.inflight = w.waiting[:n:n]
	if w.waiting = w.waiting[n:]; len(w.waiting) == 0 {
		w.waiting = nil // lets go of the array
	}
	return w.inflight
}

// settle notes how the commit of inflight went. Without mu. It reports whether more must be committed at once.
func (w *Writer) settle(err error) (more bool) {
	w.mu.Lock()
	n, before := len(w.inflight), w.state.Err
	if err == nil {
		w.state.Committed += uint64(n)
		w.state.Commits++
		w.lost, w.alarmed = w.state.Lost, false
	} else {
		w.waiting = append(w.inflight, w.waiting...) // copies: inflight has no room behind it
	}
	w.inflight = nil
	w.state.Err = err
	if err != nil {
		w.shed()
	}
	more = err == nil && (len(w.waiting) >= w.cfg.Batch || w.settled() < w.flushTo)
	w.broadcast()
	state := w.snapshot()
	w.mu.Unlock()
	switch {
	case err != nil && before == nil:
		w.cfg.Logger.Error("history store fails, readings wait", "error", err, "queued", state.Queued)
		w.cfg.OnChange(state)
	case err == nil && before != nil:
		w.cfg.Logger.Info("history store works again", "queued", state.Queued, "lost", state.Lost)
		w.cfg.OnChange(state)
	}
	return more
}

// alarm tells once an outage that readings are being lost. Without mu.
func (w *Writer) alarm() {
	w.mu.Lock()
	state := w.snapshot()
	tell := state.Err != nil && state.Lost > w.lost && !w.alarmed
	w.alarmed = w.alarmed || tell
	w.mu.Unlock()
	if tell {
		w.cfg.Logger.Error("history queue is full, readings are lost", "error", state.Err, "lost", state.Lost)
		w.cfg.OnChange(state)
	}
}

var errNoDrain = errors.New("readings were not stored before the end")
