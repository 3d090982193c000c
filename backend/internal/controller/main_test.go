package controller

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fake is a controller made of functions; nil ones succeed, a nil run waits for its context.
type fake struct {
	initialize, run, stop func(context.Context) error
	inits, runs, stops    atomic.Int32
}

func (f *fake) Initialize(ctx context.Context) error {
	f.inits.Add(1)
	if f.initialize == nil {
		return nil
	}
	return f.initialize(ctx)
}

func (f *fake) Run(ctx context.Context) error {
	f.runs.Add(1)
	if f.run == nil {
		<-ctx.Done()
		return ctx.Err()
	}
	return f.run(ctx)
}

func (f *fake) Stop(ctx context.Context) error {
	f.stops.Add(1)
	if f.stop == nil {
		return nil
	}
	return f.stop(ctx)
}

// after returns a function that takes d and then fails with err, or ends with its context.
func after(d time.Duration, err error) func(context.Context) error {
	return func(ctx context.Context) error {
		select {
		case <-time.After(d):
			return err
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// checked is a fake that can be asked for its health.
type checked struct {
	fake
	health func(context.Context) Health
}

func (c *checked) HealthCheck(ctx context.Context) Health { return c.health(ctx) }

// recorder keeps what OnChange was told.
type recorder struct {
	mu  sync.Mutex
	all []Status
}

func (r *recorder) add(s Status) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.all = append(r.all, s)
}

// states returns the states of a ref in order, each run of equal ones once.
func (r *recorder) states(ref Ref) []State {
	r.mu.Lock()
	defer r.mu.Unlock()
	var states []State
	for _, s := range r.all {
		if s.Ref == ref {
			states = append(states, s.State)
		}
	}
	return slices.Compact(states)
}

// bubble runs f in virtual time with a manager whose backoff always waits the full bound (but for
// a nanosecond), so that schedules can be counted on.
func bubble(t *testing.T, f func(t *testing.T, m *Manager, r *recorder)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		r := &recorder{}
		m := NewManager(Config{
			OnChange: r.add, Logger: slog.New(slog.DiscardHandler), Rand: func() float64 { return 1 },
		})
		defer func() { // also after FailNow, or the bubble could not end
			if err := m.Close(context.Background()); err != nil {
				t.Log("close:", err)
			}
		}()
		f(t, m, r)
	})
}

func start(t *testing.T, m *Manager, ref Ref, c Controller, p Policy) {
	t.Helper()
	if err := m.Start(ref, c, p); err != nil {
		t.Fatal(err)
	}
	synctest.Wait()
}

// sleep advances virtual time and lets everything settle.
func sleep(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

func wantState(t *testing.T, m *Manager, ref Ref, want State) Status {
	t.Helper()
	s, ok := m.Status(ref)
	if !ok || s.State != want {
		t.Fatalf("%s is %q (%s), want %q", ref, s.State, s.Error, want)
	}
	return s
}

func wantStates(t *testing.T, r *recorder, ref Ref, want ...State) {
	t.Helper()
	if got := r.states(ref); !slices.Equal(got, want) {
		t.Errorf("%s went through %q, want %q", ref, got, want)
	}
}
