package controller

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"sync"
)

// Config is what a Manager needs. All fields may be zero.
type Config struct {
	// OnChange gets every change of every controller, one at a time and in order per Ref. It
	// must not block; it may call the manager's Status, List and Counts.
	OnChange func(Status)
	Logger   *slog.Logger   // nil: slog.Default()
	Rand     func() float64 // in [0, 1), for the jitter of retries; nil: a good one
}

// Manager starts, supervises, restarts and stops controllers. All its methods may be called
// from any goroutine.
type Manager struct {
	cfg Config // fixed

	// mu guards the rest. Lock order: Manager.mu, then unit.mu.
	mu     sync.RWMutex
	units  map[Ref]*unit
	closed bool
}

// NewManager returns a manager without controllers. It starts no goroutine.
func NewManager(cfg Config) *Manager {
	if cfg.OnChange == nil {
		cfg.OnChange = func(Status) {}
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.Default()
	}
	if cfg.Rand == nil {
		cfg.Rand = rand.Float64
	}
	return &Manager{cfg: cfg, units: map[Ref]*unit{}}
}

// Start runs c under the name ref and returns at once: Initialize is called in the
// background. It is ErrRunning when another controller has that name and is not stopped.
func (m *Manager) Start(ref Ref, c Controller, p Policy) error {
	if c == nil {
		return fmt.Errorf("start %s: no controller", ref)
	}
	u := newUnit(m, ref, c, p.withDefaults())
	m.mu.Lock()
	if m.closed {
		m.mu.Unlock()
		return ErrClosed
	}
	if old := m.units[ref]; old != nil && !old.over() {
		m.mu.Unlock()
		return fmt.Errorf("%w: %s", ErrRunning, ref)
	}
	m.units[ref] = u
	m.mu.Unlock()
	u.start()
	return nil
}

// Stop stops the controller and waits until it has, for Policy.StopTimeout at most: what does
// not return by then is abandoned. It returns the error of the controller's Stop, or that of
// ctx when ctx ends the waiting; stopping then goes on. A controller that is stopped
// or not known is no error. Its Status is kept until Remove.
func (m *Manager) Stop(ctx context.Context, ref Ref) error {
	u := m.unit(ref)
	if u == nil {
		return nil
	}
	u.askStop()
	return u.wait(ctx)
}

// Remove stops the controller as Stop does and forgets its status.
func (m *Manager) Remove(ctx context.Context, ref Ref) error {
	u := m.unit(ref)
	if u == nil {
		return nil
	}
	u.askStop()
	err := u.wait(ctx)
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.units[ref] == u && u.over() {
		delete(m.units, ref)
	}
	return err
}

// Replace stops the controller named ref, if there is one, and then runs c under that name.
// The old one comes to its end first, for both may want the same pin; that it could
// not stop cleanly is logged and does not keep c from starting. When ctx ends before
// the old one has stopped, c is not started.
func (m *Manager) Replace(ctx context.Context, ref Ref, c Controller, p Policy) error {
	for {
		if err := m.Stop(ctx, ref); err != nil && ctx.Err() != nil {
			return fmt.Errorf("replace %s: %w", ref, err)
		}
		// Somebody else may have started or replaced it in between: then it is theirs that
		// must go, the last one wins.
		if err := m.Start(ref, c, p); !errors.Is(err, ErrRunning) {
			return err
		}
	}
}

// Retry makes a controller that is backing off or has failed try again now. One that runs,
// initializes or stops is left alone. ErrUnknown when there is none.
func (m *Manager) Retry(ref Ref) error {
	u := m.unit(ref)
	if u == nil || u.over() {
		return fmt.Errorf("%w: %s", ErrUnknown, ref)
	}
	u.retry()
	return nil
}

// Status returns what is known about a controller.
func (m *Manager) Status(ref Ref) (Status, bool) {
	u := m.unit(ref)
	if u == nil {
		return Status{}, false
	}
	return u.status(), true
}

// List returns the status of all controllers, sorted by name.
func (m *Manager) List() []Status {
	m.mu.RLock()
	all := make([]Status, 0, len(m.units))
	for _, u := range m.units {
		all = append(all, u.status())
	}
	m.mu.RUnlock()
	slices.SortFunc(all, func(a, b Status) int { return cmp.Compare(a.Ref, b.Ref) })
	return all
}

// Counts returns how many controllers are in each state that has any.
func (m *Manager) Counts() map[State]int {
	counts := map[State]int{}
	m.mu.RLock()
	defer m.mu.RUnlock()
	for _, u := range m.units {
		counts[u.status().State]++
	}
	return counts
}

// Close stops all controllers at the same time and takes no new ones. It takes as long as
// the slowest, and returns the errors of those that did not stop cleanly, or were
// still stopping when ctx ended.
func (m *Manager) Close(ctx context.Context) error {
	m.mu.Lock()
	m.closed = true
	units := make([]*unit, 0, len(m.units))
	for _, u := range m.units {
		units = append(units, u)
	}
	m.mu.Unlock()
	for _, u := range units {
		u.askStop()
	}
	var errs []error
	for _, u := range units {
		if err := u.wait(ctx); err != nil {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

func (m *Manager) unit(ref Ref) *unit {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.units[ref]
}
