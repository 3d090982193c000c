package controller

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"testing"
	"testing/synctest"
	"time"
)

// hang blocks until release is closed, whatever its context says.
func hang(release <-chan struct{}) func(context.Context) error {
	return func(context.Context) error { <-release; return nil }
}

func TestPanicInEachPhase(t *testing.T) {
	bad := map[string]func(context.Context) error{
		"panic":   func(context.Context) error { panic("nil map") },
		"error":   func(context.Context) error { panic(errDevice) },
		"goexit":  func(context.Context) error { runtime.Goexit(); return nil },
		"nothing": func(context.Context) error { panic(nil) }, // that is the case
	}
	for kind, f := range bad {
		for _, in := range []string{"Initialize", "Run", "Stop"} {
			t.Run(kind+" in "+in, func(t *testing.T) {
				bubble(t, func(t *testing.T, m *Manager, r *recorder) {
					c := &fake{}
					once := func(ctx context.Context) error {
						if c.inits.Load() == 1 {
							return f(ctx)
						}
						if in == "Run" {
							<-ctx.Done()
						}
						return nil
					}
					switch in {
					case "Initialize":
						c.initialize = once
					case "Run":
						c.run = once
					case "Stop":
						c.stop = once
						c.initialize = func(context.Context) error {
							if c.inits.Load() == 1 {
								return errDevice
							}
							return nil
						}
					}
					start(t, m, "a", c, Policy{})
					if s := wantState(t, m, "a", BackingOff); s.Error == "" {
						t.Error("no reason given")
					}
					sleep(time.Second)
					wantState(t, m, "a", Running)
					if c.stops.Load() != 1 || c.inits.Load() != 2 {
						t.Errorf("%d Initialize, %d Stop", c.inits.Load(), c.stops.Load())
					}
				})
			})
		}
	}
}

func TestPanicErrorTellsValueAndPlace(t *testing.T) {
	err := guard(func() error { panic(errDevice) }, nil)
	p, ok := errors.AsType[*PanicError](err)
	if !ok || !errors.Is(err, errDevice) || len(p.Stack) == 0 || err.Error() != "panic: "+errDevice.Error() {
		t.Errorf("%v", err)
	}
}

func TestHangInInitialize(t *testing.T) {
	bubble(t, func(t *testing.T, m *Manager, r *recorder) {
		release := make(chan struct{})
		c := &fake{}
		c.initialize = func(ctx context.Context) error {
			if c.inits.Load() == 1 {
				<-release
			}
			return nil
		}
		start(t, m, "a", c, Policy{InitTimeout: 10 * time.Second})
		sleep(10 * time.Second)
		wantState(t, m, "a", Initializing) // a moment of grace for those who honour their context
		sleep(100 * time.Millisecond)
		if s := wantState(t, m, "a", BackingOff); s.AbandonedCalls != 1 || s.Error != "Initialize "+ErrAbandoned.Error() {
			t.Errorf("status %+v", s)
		}
		if c.stops.Load() != 1 {
			t.Error("Stop was not called")
		}
		sleep(time.Second)
		wantState(t, m, "a", Running)
		close(release) // the abandoned one succeeds at last: nobody cares
		synctest.Wait()
		if s := wantState(t, m, "a", Running); s.AbandonedCalls != 1 || c.runs.Load() != 1 || c.stops.Load() != 1 {
			t.Errorf("%d Run, %d Stop, status %+v", c.runs.Load(), c.stops.Load(), s)
		}
	})
}

func TestInitializeThatHonoursItsTimeoutIsNotAbandoned(t *testing.T) {
	bubble(t, func(t *testing.T, m *Manager, r *recorder) {
		start(t, m, "a", &fake{initialize: func(ctx context.Context) error {
			<-ctx.Done()
			return fmt.Errorf("connect: %w", ctx.Err())
		}}, Policy{InitTimeout: 10 * time.Second})
		sleep(10 * time.Second)
		if s := wantState(t, m, "a", BackingOff); s.AbandonedCalls != 0 || s.Error != "connect: context deadline exceeded" {
			t.Errorf("status %+v", s)
		}
	})
}

func TestHangInRunOrStopDoesNotHoldUpStopping(t *testing.T) {
	for _, c := range []struct {
		name  string
		c     func(release chan struct{}) *fake
		takes time.Duration
	}{
		{"Initialize", func(r chan struct{}) *fake { return &fake{initialize: hang(r)} }, 5 * time.Second},
		{"Run", func(r chan struct{}) *fake { return &fake{run: hang(r)} }, 5 * time.Second},
		{"Stop", func(r chan struct{}) *fake { return &fake{stop: hang(r)} }, 10 * time.Second},
		{"Run and Stop", func(r chan struct{}) *fake { return &fake{run: hang(r), stop: hang(r)} }, 10 * time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			bubble(t, func(t *testing.T, m *Manager, r *recorder) {
				release := make(chan struct{})
				f := c.c(release)
				start(t, m, "stuck", f, Policy{StopTimeout: 10 * time.Second, InitTimeout: time.Hour})
				start(t, m, "well", &fake{}, Policy{})
				begin := time.Now()
				err := m.Close(t.Context())
				if took := time.Since(begin); took != c.takes {
					t.Errorf("took %v, want %v", took, c.takes)
				}
				if !errors.Is(err, ErrAbandoned) {
					t.Errorf("close: %v", err)
				}
				synctest.Wait()
				s := wantState(t, m, "stuck", Stopped)
				if s.AbandonedCalls == 0 || f.stops.Load() != 1 {
					t.Errorf("%d stops, status %+v", f.stops.Load(), s)
				}
				wantStates(t, r, "well", Initializing, Running, Stopping, Stopped)
				close(release)
				synctest.Wait()
				// What Initialize acquired after all is released, for nobody else will.
				if want := map[bool]int32{true: 2, false: 1}[c.name == "Initialize"]; f.stops.Load() != want {
					t.Errorf("%d stops after the hanging call came back, want %d", f.stops.Load(), want)
				}
			})
		})
	}
}

func TestSlowStopGetsItsTime(t *testing.T) {
	bubble(t, func(t *testing.T, m *Manager, r *recorder) {
		var had time.Duration
		f := &fake{
			run: func(ctx context.Context) error { <-ctx.Done(); <-time.After(2 * time.Second); return nil },
			stop: func(ctx context.Context) error {
				deadline, _ := ctx.Deadline()
				had = time.Until(deadline)
				<-time.After(2500 * time.Millisecond)
				return nil
			},
		}
		start(t, m, "a", f, Policy{StopTimeout: 5 * time.Second})
		begin := time.Now()
		if err := m.Stop(t.Context(), "a"); err != nil || time.Since(begin) != 4500*time.Millisecond {
			t.Errorf("stop: %v after %v", err, time.Since(begin))
		}
		if had != 2900*time.Millisecond { // what Run left of the 5 s, less the grace
			t.Errorf("Stop was given %v", had)
		}
	})
}

func TestStopGivesUpWaitingWithItsContext(t *testing.T) {
	bubble(t, func(t *testing.T, m *Manager, r *recorder) {
		start(t, m, "a", &fake{stop: func(context.Context) error { <-time.After(2 * time.Second); return nil }}, Policy{})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := m.Stop(ctx, "a"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("stop: %v", err)
		}
		wantState(t, m, "a", Stopping)
		sleep(time.Second)
		wantState(t, m, "a", Stopped)
	})
}

func TestStopBetweenTriesAndWhileStopIsCalled(t *testing.T) {
	bubble(t, func(t *testing.T, m *Manager, r *recorder) {
		broken := func(context.Context) error { return errDevice }
		f := &fake{initialize: broken, stop: func(context.Context) error { <-time.After(time.Second); return nil }}
		p := Policy{Backoff: Backoff{Initial: time.Minute}}
		start(t, m, "a", f, p)
		start(t, m, "b", f, p)
		wantState(t, m, "a", BackingOff) // and Stop is being called
		begin := time.Now()
		if err := m.Stop(t.Context(), "a"); err != nil || time.Since(begin) != time.Second {
			t.Errorf("stop during Stop: %v after %v", err, time.Since(begin))
		}
		begin = time.Now()
		if err := m.Stop(t.Context(), "b"); err != nil || time.Since(begin) != 0 {
			t.Errorf("stop between tries: %v after %v", err, time.Since(begin))
		}
		if f.stops.Load() != 2 {
			t.Errorf("%d stops", f.stops.Load())
		}
	})
}

func TestRetryWhileStopIsCalledComesAfterIt(t *testing.T) {
	bubble(t, func(t *testing.T, m *Manager, r *recorder) {
		f := &fake{stop: func(context.Context) error { <-time.After(time.Second); return nil }}
		f.initialize = func(context.Context) error {
			if f.inits.Load() == 1 {
				return errDevice
			}
			if f.stops.Load() != 1 {
				t.Error("Initialize beside Stop")
			}
			return nil
		}
		start(t, m, "a", f, Policy{Backoff: Backoff{Initial: time.Minute}})
		if err := m.Retry("a"); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		wantState(t, m, "a", BackingOff)
		sleep(time.Second)
		wantState(t, m, "a", Running)
	})
}

func TestSlowStopOutlastsTheBackoff(t *testing.T) {
	bubble(t, func(t *testing.T, m *Manager, r *recorder) {
		f := &fake{stop: func(context.Context) error { <-time.After(3 * time.Second); return nil }}
		f.initialize = func(context.Context) error {
			if f.inits.Load() == 1 {
				return errDevice
			}
			return nil
		}
		start(t, m, "a", f, Policy{})
		sleep(2 * time.Second)
		wantState(t, m, "a", BackingOff)
		sleep(time.Second)
		wantState(t, m, "a", Running)
	})
}

func TestHangingCallsAreBounded(t *testing.T) {
	bubble(t, func(t *testing.T, m *Manager, r *recorder) {
		release := make(chan struct{})
		f := &fake{initialize: hang(release)}
		start(t, m, "a", f, Policy{InitTimeout: time.Second})
		sleep(time.Hour)
		s := wantState(t, m, "a", BackingOff)
		if f.inits.Load() != maxHanging || s.AbandonedCalls != maxHanging || s.Error != errTooMany.Error() {
			t.Errorf("%d goroutines are lost, status %+v", f.inits.Load(), s)
		}
		close(release)
		sleep(time.Minute)
		wantState(t, m, "a", Running) // they came back: it is tried again
	})
}
