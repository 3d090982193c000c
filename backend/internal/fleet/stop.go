package fleet

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"hypha/internal/controller"
	"hypha/internal/measure"
	"hypha/internal/settings"
)

// Stop is the state of the latched stop.
type Stop struct {
	Stopped bool   `json:"stopped"`
	Reason  string `json:"reason,omitempty"`
	Since   *Time  `json:"since,omitempty" swaggertype:"string" format:"date-time"`
	By      string `json:"by,omitempty"`
}

const stopKey = "stop"

// latch is the stop of everything. It is kept in the settings, so that a restart does not release it.
type latch struct {
	store  *settings.Store
	change sync.Mutex // held while the latch is set or released, in memory and in the settings
	mu     sync.RWMutex
	now    storedStop
}

type storedStop struct {
	Stopped bool      `json:"stopped"`
	Reason  string    `json:"reason"`
	Since   time.Time `json:"since"`
	By      string    `json:"by"`
}

func newLatch(store *settings.Store) *latch { return &latch{store: store} }

func (l *latch) load(ctx context.Context) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, err := l.store.KV.Get(ctx, stopKey, &l.now)
	return err
}

func (l *latch) latched() bool {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.now.Stopped
}

func (l *latch) view() Stop {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if !l.now.Stopped {
		return Stop{}
	}
	return Stop{Stopped: true, Reason: l.now.Reason, Since: timeOf(&l.now.Since), By: l.now.By}
}

func (l *latch) set(s storedStop) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.now = s
}

// Stopped returns the state of the latched stop.
func (f *Fleet) Stopped() Stop { return f.stop.view() }

// stopAnswer is how long StopAll waits for the outputs before it answers; what takes longer goes on.
const stopAnswer = 5 * time.Second

// StopAll brings every output to its safe level and keeps it there until ReleaseStop. The latch holds from the first
// moment, and what has begun goes on if ctx ends; the error names outputs that could not be reached in time, which are
// tried again until they are safe.
func (f *Fleet) StopAll(ctx context.Context, reason, by string) (Stop, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopAnswer)
	defer cancel()
	saved := f.latch(ctx, reason, by)
	message := "Everything was stopped"
	if reason != "" {
		message += ": " + reason
	}
	f.journal.add("alert", "stop", by, message, map[string]any{"stopped": true, "reason": reason})
	f.mu.RLock()
	waiting := make(map[controller.Ref]bool, len(f.driving))
	reached := make(chan reach, len(f.driving))
	for ref, out := range f.driving {
		waiting[ref] = true
		go func() { reached <- reach{ref, out.MakeSafe(ctx, "stop", "everything was stopped by "+by)} }()
	}
	f.mu.RUnlock()
	var errs []error
	for len(waiting) > 0 && ctx.Err() == nil {
		select {
		case r := <-reached:
			delete(waiting, r.ref)
			if r.err != nil {
				errs = append(errs, fmt.Errorf("%s: %w", r.ref, r.err))
			}
		case <-ctx.Done():
		}
	}
	for _, ref := range slices.Sorted(maps.Keys(waiting)) {
		errs = append(errs, fmt.Errorf("%s: has not answered yet", ref))
	}
	if saved != nil {
		errs = append(errs, fmt.Errorf("the stop would not survive a restart: %w", saved))
	}
	return f.stop.view(), errors.Join(errs...)
}

type reach struct {
	ref controller.Ref
	err error
}

// latch sets the latch. The error says why it would not survive a restart.
func (f *Fleet) latch(ctx context.Context, reason, by string) error {
	f.stop.change.Lock()
	defer f.stop.change.Unlock()
	s := storedStop{Stopped: true, Reason: reason, Since: time.Now(), By: by}
	f.stop.mu.Lock()
	if f.stop.now.Stopped {
		s.Since = f.stop.now.Since // it holds since then; the outputs are made safe once more
		if reason == "" {
			s.Reason = f.stop.now.Reason
		}
	}
	f.stop.now = s
	f.stop.mu.Unlock()
	return f.cfg.Store.KV.Set(ctx, stopKey, s)
}

// ReleaseStop lets outputs be driven again; they stay safe until somebody does.
func (f *Fleet) ReleaseStop(ctx context.Context, by string) error {
	f.stop.change.Lock()
	defer f.stop.change.Unlock()
	if !f.stop.latched() {
		return nil
	}
	if err := f.cfg.Store.KV.Delete(ctx, stopKey); err != nil && !errors.Is(err, settings.ErrNotFound) {
		return err
	}
	f.stop.set(storedStop{})
	f.journal.add("alert", "stop", by, "The stop was released", map[string]any{"stopped": false})
	return nil
}

// watchButton stops everything when the channel of the stop button shows that it is pressed.
func (f *Fleet) watchButton(batch []measure.Reading) {
	if f.cfg.StopInput == 0 {
		return
	}
	for _, r := range batch {
		if r.Channel == f.cfg.StopInput && r.Q.Usable() && r.V >= 0.5 && !f.stop.latched() {
			select {
			case f.pressed <- struct{}{}:
			default: // it is known already
			}
		}
	}
}
