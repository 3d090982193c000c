package controller

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestHealthDegradesAndRecovers(t *testing.T) {
	bubble(t, func(t *testing.T, m *Manager, r *recorder) {
		var health atomic.Value
		health.Store(Health{OK: true})
		c := &checked{health: func(context.Context) Health { return health.Load().(Health) }}
		start(t, m, "a", c, Policy{})
		sleep(30 * time.Second)
		wantState(t, m, "a", Running)
		health.Store(Health{Message: "lamp is dark"})
		sleep(60 * time.Second) // two bad ones
		if s := wantState(t, m, "a", Degraded); s.Error != "lamp is dark" {
			t.Errorf("status %+v", s)
		}
		health.Store(Health{OK: true})
		sleep(30 * time.Second)
		if s := wantState(t, m, "a", Running); s.Error != "" || s.Restarts != 0 {
			t.Errorf("status %+v", s)
		}
		wantStates(t, r, "a", Initializing, Running, Degraded, Running)
	})
}

func TestFailedHealthChecksInARowRestart(t *testing.T) {
	for name, c := range map[string]struct {
		check func(context.Context) Health
		third time.Duration // when the third check has failed
	}{
		"bad":   {func(context.Context) Health { return Health{} }, 30 * time.Second},
		"panic": {func(context.Context) Health { panic("nil map") }, 30 * time.Second},
		"late":  {func(ctx context.Context) Health { <-ctx.Done(); return Health{} }, 33 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, m *Manager, r *recorder) {
				third, c := c.third, &checked{health: c.check}
				start(t, m, "a", c, Policy{HealthPeriod: 10 * time.Second, HealthTimeout: time.Second})
				sleep(third - time.Millisecond)
				wantState(t, m, "a", Degraded)
				if c.stops.Load() != 0 {
					t.Error("restarted after two failures")
				}
				sleep(time.Millisecond)
				if s := wantState(t, m, "a", BackingOff); c.stops.Load() != 1 || s.AbandonedCalls != 0 {
					t.Errorf("%d stops, status %+v", c.stops.Load(), s)
				}
				sleep(time.Second)
				wantState(t, m, "a", Running)
				wantStates(t, r, "a", Initializing, Running, Degraded, BackingOff, Initializing, Running)
			})
		})
	}
}

func TestOnlyFailuresInARowRestart(t *testing.T) {
	bubble(t, func(t *testing.T, m *Manager, r *recorder) {
		var n atomic.Int32
		c := &checked{health: func(context.Context) Health { return Health{OK: n.Add(1)%3 == 0} }}
		start(t, m, "a", c, Policy{})
		sleep(time.Hour)
		if c.stops.Load() != 0 {
			t.Errorf("%d restarts", c.stops.Load())
		}
	})
}

func TestHangingHealthCheckIsAbandonedOnce(t *testing.T) {
	bubble(t, func(t *testing.T, m *Manager, r *recorder) {
		release, calls := make(chan struct{}), atomic.Int32{}
		c := &checked{health: func(context.Context) Health { calls.Add(1); <-release; return Health{OK: true} }}
		start(t, m, "a", c, Policy{HealthPeriod: 10 * time.Second, HealthTimeout: time.Second, HealthFailures: 5})
		sleep(35 * time.Second)
		if s := wantState(t, m, "a", Degraded); s.AbandonedCalls != 1 || calls.Load() != 1 {
			t.Errorf("%d calls, status %+v", calls.Load(), s)
		}
		close(release)
		synctest.Wait()
		wantState(t, m, "a", Degraded) // that answer is too old to count
		sleep(10 * time.Second)
		wantState(t, m, "a", Running)
	})
}

func TestHealthIsNotAskedBeforeRunOrAfterIt(t *testing.T) {
	bubble(t, func(t *testing.T, m *Manager, r *recorder) {
		var calls atomic.Int32
		c := &checked{health: func(context.Context) Health { calls.Add(1); return Health{OK: true} }}
		c.initialize, c.run = after(29*time.Second, nil), after(29*time.Second, errDevice)
		start(t, m, "a", c, Policy{Backoff: Backoff{Initial: time.Hour, Cap: time.Hour}})
		sleep(50 * time.Minute)
		if calls.Load() != 0 {
			t.Errorf("%d health checks", calls.Load())
		}
	})
}

func TestReporter(t *testing.T) {
	bubble(t, func(t *testing.T, m *Manager, r *recorder) {
		var inRun Reporter
		c := &fake{
			initialize: func(ctx context.Context) error { FromContext(ctx).Degraded("no broker yet"); return nil },
			run: func(ctx context.Context) error {
				inRun = FromContext(ctx)
				<-ctx.Done()
				return nil
			},
		}
		start(t, m, "a", c, Policy{})
		if s := wantState(t, m, "a", Degraded); s.Error != "no broker yet" {
			t.Errorf("status %+v", s)
		}
		inRun.Recovered()
		wantState(t, m, "a", Running)
		inRun.Degraded("")
		inRun.Degraded("two of three channels fail")
		inRun.Abandoned()
		if s := wantState(t, m, "a", Degraded); s.Error != "two of three channels fail" || s.AbandonedCalls != 1 {
			t.Errorf("status %+v", s)
		}
		if err := m.Stop(t.Context(), "a"); err != nil {
			t.Fatal(err)
		}
		inRun.Degraded("too late")
		inRun.Recovered()
		inRun.Abandoned()
		if s := wantState(t, m, "a", Stopped); s.AbandonedCalls != 2 {
			t.Errorf("status %+v", s)
		}
		wantStates(t, r, "a", Initializing, Degraded, Running, Degraded, Stopping, Stopped)
		quiet := FromContext(context.Background()) // does nothing, and is there
		quiet.Degraded("x")
		quiet.Recovered()
		quiet.Abandoned()
	})
}

func TestDegradedRunDoesNotEndTheSeries(t *testing.T) {
	bubble(t, func(t *testing.T, m *Manager, r *recorder) {
		c := &fake{run: func(ctx context.Context) error {
			FromContext(ctx).Degraded("no value in range")
			return after(time.Hour, errDevice)(ctx)
		}}
		start(t, m, "a", c, Policy{})
		sleep(2*time.Hour + time.Minute)
		if s := wantState(t, m, "a", Degraded); s.Attempt != 3 {
			t.Errorf("attempt %d, want 3", s.Attempt)
		}
	})
}
