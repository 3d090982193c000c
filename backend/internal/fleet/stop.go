package fleet

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"hypha/internal/output"
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
	store *settings.Store
	mu    sync.RWMutex
	now   storedStop
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

// StopAll brings every output to its safe level and keeps it there until ReleaseStop. The latch holds from the first
// moment; the error names outputs that could not be reached, which are tried again until they are safe.
func (f *Fleet) StopAll(ctx context.Context, reason, by string) (Stop, error) {
	s := storedStop{Stopped: true, Reason: reason, Since: time.Now(), By: by}
	if f.stop.latched() {
		s.Since = time.Time(*f.stop.view().Since) // it holds since then; the outputs are made safe once more
	}
	f.stop.set(s)
	saved := f.cfg.Store.KV.Set(ctx, stopKey, s)
	f.mu.RLock()
	all := make(map[string]*output.Output, len(f.driving))
	for ref, out := range f.driving {
		all[string(ref)] = out
	}
	f.mu.RUnlock()
	var wg sync.WaitGroup
	var mu sync.Mutex
	var errs []error
	for ref, out := range all {
		wg.Go(func() {
			if err := out.MakeSafe(ctx, "stop", "everything was stopped by "+by); err != nil {
				mu.Lock()
				errs = append(errs, fmt.Errorf("%s: %w", ref, err))
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	message := "Everything was stopped"
	if reason != "" {
		message += ": " + reason
	}
	f.journal.add("alert", "stop", by, message, map[string]any{"stopped": true, "reason": reason})
	if saved != nil {
		errs = append(errs, fmt.Errorf("the stop would not survive a restart: %w", saved))
	}
	return f.stop.view(), errors.Join(errs...)
}

// ReleaseStop lets outputs be driven again; they stay safe until somebody does.
func (f *Fleet) ReleaseStop(ctx context.Context, by string) error {
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
