package controller

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

var errDevice = errors.New("no answer at 0x48")

func TestLifeOfAController(t *testing.T) {
	bubble(t, func(t *testing.T, m *Manager, r *recorder) {
		c := &fake{}
		start(t, m, "input/1", c, Policy{})
		s := wantState(t, m, "input/1", Running)
		if s.Attempt != 1 || s.Restarts != 0 || s.Error != "" || s.NextTryAt != nil {
			t.Errorf("status %+v", s)
		}
		if err := m.Start("input/1", &fake{}, Policy{}); !errors.Is(err, ErrRunning) {
			t.Errorf("second start: %v", err)
		}
		for range 2 { // stopping again is no error
			if err := m.Stop(t.Context(), "input/1"); err != nil {
				t.Error(err)
			}
		}
		wantStates(t, r, "input/1", Initializing, Running, Stopping, Stopped)
		if c.inits.Load() != 1 || c.runs.Load() != 1 || c.stops.Load() != 1 {
			t.Errorf("calls %d %d %d", c.inits.Load(), c.runs.Load(), c.stops.Load())
		}
		if err := m.Stop(t.Context(), "input/9"); err != nil {
			t.Error("stop of an unknown one:", err)
		}
		start(t, m, "input/1", c, Policy{}) // a stopped one may be started again
		if err := m.Remove(t.Context(), "input/1"); err != nil {
			t.Error(err)
		}
		if _, ok := m.Status("input/1"); ok || len(m.List()) != 0 {
			t.Error("removed, and still known")
		}
		if err := m.Start("input/2", nil, Policy{}); err == nil {
			t.Error("nil was started")
		}
	})
}

func TestStartTakesAsLongAsTheSlowest(t *testing.T) {
	for _, n := range []int{2, 1000, 10_000} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			bubble(t, func(t *testing.T, m *Manager, _ *recorder) {
				begin := time.Now()
				slow := after(100*time.Millisecond, nil)
				for i := range n {
					if err := m.Start(Ref(fmt.Sprint("input/", i)), &fake{initialize: slow, stop: slow}, Policy{}); err != nil {
						t.Fatal(err)
					}
				}
				sleep(100 * time.Millisecond)
				if got := m.Counts()[Running]; got != n {
					t.Fatalf("%d of %d run", got, n)
				}
				if err := m.Close(t.Context()); err != nil {
					t.Fatal(err)
				}
				if took := time.Since(begin); took != 200*time.Millisecond {
					t.Errorf("start and stop took %v", took)
				}
				if got := m.Counts()[Stopped]; got != n {
					t.Errorf("%d of %d stopped", got, n)
				}
				if err := m.Start("input/x", &fake{}, Policy{}); !errors.Is(err, ErrClosed) {
					t.Errorf("start after close: %v", err)
				}
			})
		})
	}
}

func TestRetryScheduleGrowsToTheCap(t *testing.T) {
	bubble(t, func(t *testing.T, m *Manager, r *recorder) {
		var tries []time.Duration
		begin := time.Now()
		c := &fake{initialize: func(context.Context) error {
			tries = append(tries, time.Since(begin))
			return errDevice
		}}
		start(t, m, "a", c, Policy{})
		s := wantState(t, m, "a", BackingOff)
		if s.Error != errDevice.Error() || s.Attempt != 1 || s.NextTryAt == nil || s.NextTryAt.Sub(begin) != time.Second {
			t.Errorf("status %+v", s)
		}
		sleep(5 * time.Minute)
		// the bounds 1, 2, 4, 8, 16, 32, 60, 60, 60 s, added up
		for i, want := range []time.Duration{0, 1, 3, 7, 15, 31, 63, 123, 183, 243} {
			if tries[i] != want*time.Second {
				t.Errorf("try %d at %v, want %v", i+1, tries[i], want*time.Second)
			}
		}
		if s = wantState(t, m, "a", BackingOff); s.Attempt != 10 || s.Restarts != 9 {
			t.Errorf("status %+v", s)
		}
		if c.stops.Load() != c.inits.Load() || c.runs.Load() != 0 {
			t.Errorf("%d Initialize, %d Stop, %d Run", c.inits.Load(), c.stops.Load(), c.runs.Load())
		}
		if err := m.Stop(t.Context(), "a"); err != nil {
			t.Error(err)
		}
		n := len(tries)
		sleep(time.Hour)
		if len(tries) != n {
			t.Error("it was tried after it was stopped")
		}
	})
}

func TestFullJitterStaysWithinItsBounds(t *testing.T) {
	var b Backoff
	for _, c := range []struct {
		failed  int
		ceiling time.Duration
	}{{1, 1e9}, {2, 2e9}, {6, 32e9}, {7, 60e9}, {5000, 60e9}, {0, 1e9}} {
		if got := b.Ceiling(c.failed); got != c.ceiling {
			t.Errorf("after %d failures up to %v, want %v", c.failed, got, c.ceiling)
		}
		if b.delay(c.failed, 0) != 0 || b.delay(c.failed, 0.25) != c.ceiling/4 {
			t.Errorf("after %d failures: the jitter is not full", c.failed)
		}
	}
	if got := (Backoff{Initial: time.Hour}).Ceiling(1); got != time.Hour {
		t.Errorf("an initial wait above the cap: %v", got)
	}
}

func TestARunThatStaysWellEndsTheSeries(t *testing.T) {
	for _, c := range []struct {
		name    string
		lasts   time.Duration
		attempt int
	}{{"59 s", 59 * time.Second, 2}, {"60 s", 60 * time.Second, 1}} {
		t.Run(c.name, func(t *testing.T) {
			bubble(t, func(t *testing.T, m *Manager, _ *recorder) {
				f := &fake{}
				f.initialize = func(context.Context) error {
					if f.inits.Load() == 1 {
						return errDevice
					}
					return nil
				}
				f.run = after(c.lasts, errDevice)
				start(t, m, "a", f, Policy{})
				sleep(time.Second)
				if s := wantState(t, m, "a", Running); s.Attempt != 2 {
					t.Errorf("attempt %d while running, want 2", s.Attempt)
				}
				sleep(c.lasts)
				if s := wantState(t, m, "a", BackingOff); s.Attempt != c.attempt {
					t.Errorf("attempt %d, want %d", s.Attempt, c.attempt)
				}
			})
		})
	}
}

func TestPermanentErrorIsNotRetried(t *testing.T) {
	bad := Permanent(fmt.Errorf("options: %w", errDevice))
	if !IsPermanent(fmt.Errorf("x: %w", bad)) || IsPermanent(errDevice) || Permanent(nil) != nil || !errors.Is(bad, errDevice) {
		t.Error("Permanent does not wrap as it should")
	}
	for _, in := range []string{"Initialize", "Run"} {
		t.Run(in, func(t *testing.T) {
			bubble(t, func(t *testing.T, m *Manager, r *recorder) {
				f, broken := &fake{}, true
				fail := func(ctx context.Context) error {
					if broken && f.inits.Load() == 1 {
						return errDevice // so that it is the second try that fails for good
					}
					if broken {
						return bad
					}
					if f.runs.Load() > 0 {
						<-ctx.Done()
					}
					return nil
				}
				if in == "Run" {
					f.run = fail
				} else {
					f.initialize = fail
				}
				start(t, m, "a", f, Policy{})
				sleep(time.Hour)
				s := wantState(t, m, "a", Failed)
				if f.inits.Load() != 2 || f.stops.Load() != 2 || s.Attempt != 2 || s.NextTryAt != nil || s.Error != bad.Error() {
					t.Errorf("%d tries, %d stops, status %+v", f.inits.Load(), f.stops.Load(), s)
				}
				broken = false
				if err := m.Retry("a"); err != nil {
					t.Fatal(err)
				}
				synctest.Wait()
				if s = wantState(t, m, "a", Running); s.Attempt != 1 {
					t.Errorf("attempt %d after somebody put it right, want a new series", s.Attempt)
				}
			})
		})
	}
}

func TestWhateverRunReturnsEarlyIsRetried(t *testing.T) {
	for name, c := range map[string]struct {
		err  error
		text string
	}{
		"an error":             {errDevice, errDevice.Error()},
		"nil":                  {nil, ErrRunEnded.Error()},
		"a foreign time-out":   {context.DeadlineExceeded, context.DeadlineExceeded.Error()},
		"a foreign cancelling": {context.Canceled, context.Canceled.Error()},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, m *Manager, r *recorder) {
				f := &fake{}
				f.run = func(ctx context.Context) error {
					if f.runs.Load() == 1 {
						return c.err
					}
					<-ctx.Done()
					return nil
				}
				start(t, m, "a", f, Policy{})
				if s := wantState(t, m, "a", BackingOff); s.Error != c.text {
					t.Errorf("error %q, want %q", s.Error, c.text)
				}
				sleep(time.Second)
				if s := wantState(t, m, "a", Running); s.Error != "" || s.Restarts != 1 || f.stops.Load() != 1 {
					t.Errorf("status %+v, %d stops", s, f.stops.Load())
				}
				wantStates(t, r, "a", Initializing, Running, BackingOff, Initializing, Running)
			})
		})
	}
}

func TestRetrySkipsTheWait(t *testing.T) {
	bubble(t, func(t *testing.T, m *Manager, _ *recorder) {
		f := &fake{}
		f.initialize = func(context.Context) error {
			if f.inits.Load() < 7 {
				return errDevice
			}
			return nil
		}
		start(t, m, "a", f, Policy{})
		sleep(40 * time.Second) // the 7th try would be at 63 s
		if err := m.Retry("a"); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		wantState(t, m, "a", Running)
		if err := m.Retry("a"); err != nil {
			t.Error("retry of a running one:", err)
		}
		sleep(time.Minute)
		if f.inits.Load() != 7 {
			t.Errorf("%d tries, want 7: the timer of the skipped wait has fired", f.inits.Load())
		}
		if err := m.Retry("b"); !errors.Is(err, ErrUnknown) {
			t.Error(err)
		}
	})
}

func TestRetryAtTheMomentOfTheNextTry(t *testing.T) {
	for range 100 { // whichever comes first
		bubble(t, func(t *testing.T, m *Manager, _ *recorder) {
			var inside atomic.Int32
			f := &fake{}
			f.initialize = func(ctx context.Context) error {
				if f.inits.Load() == 1 {
					return errDevice
				}
				if inside.Add(1) > 1 {
					t.Error("Initialize was called twice at a time")
				}
				return after(time.Second, nil)(ctx)
			}
			start(t, m, "a", f, Policy{})
			<-time.After(time.Second)
			if err := m.Retry("a"); err != nil {
				t.Error(err)
			}
			sleep(time.Minute)
			wantState(t, m, "a", Running)
		})
	}
}

func TestContextOfARunEndsBeforeStop(t *testing.T) {
	bubble(t, func(t *testing.T, m *Manager, _ *recorder) {
		var ofRun context.Context
		start(t, m, "a", &fake{
			run: func(ctx context.Context) error { ofRun = ctx; return errDevice },
			stop: func(ctx context.Context) error {
				if ofRun.Err() == nil || ctx.Err() != nil {
					t.Errorf("of Run: %v, of Stop: %v", ofRun.Err(), ctx.Err())
				}
				return nil
			},
		}, Policy{})
	})
}

func TestReplaceWhileRunning(t *testing.T) {
	bubble(t, func(t *testing.T, m *Manager, r *recorder) {
		var owners atomic.Int32 // of the pin
		pin := func() *fake {
			return &fake{
				initialize: func(context.Context) error {
					if owners.Add(1) > 1 {
						return Permanent(errors.New("the pin has two owners"))
					}
					return nil
				},
				stop: func(context.Context) error {
					<-time.After(time.Second)
					owners.Add(-1)
					return nil
				},
			}
		}
		start(t, m, "output/1", pin(), Policy{})
		var wg sync.WaitGroup
		for range 3 {
			wg.Go(func() {
				if err := m.Replace(t.Context(), "output/1", pin(), Policy{}); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		synctest.Wait()
		wantState(t, m, "output/1", Running)
		if n := len(m.List()); n != 1 {
			t.Errorf("%d controllers", n)
		}
		if err := m.Replace(t.Context(), "output/2", &fake{}, Policy{}); err != nil {
			t.Error("nothing to replace:", err)
		}
	})
}

func TestReplaceGivesUpWithItsContext(t *testing.T) {
	bubble(t, func(t *testing.T, m *Manager, r *recorder) {
		slow := &fake{stop: func(context.Context) error { <-time.After(2 * time.Second); return nil }}
		start(t, m, "a", slow, Policy{})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		next := &fake{}
		if err := m.Replace(ctx, "a", next, Policy{}); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("replace: %v", err)
		}
		sleep(time.Minute)
		wantState(t, m, "a", Stopped)
		if next.inits.Load() != 0 {
			t.Error("the new one was started all the same")
		}
	})
}

func TestStopReportsLastWords(t *testing.T) {
	bubble(t, func(t *testing.T, m *Manager, _ *recorder) {
		errFlush := errors.New("disk full")
		f := &fake{
			run:  func(ctx context.Context) error { <-ctx.Done(); return errFlush },
			stop: func(context.Context) error { return errDevice },
		}
		start(t, m, "a", f, Policy{})
		err := m.Stop(t.Context(), "a")
		if !errors.Is(err, errFlush) || !errors.Is(err, errDevice) || !strings.Contains(err.Error(), "stop a") {
			t.Errorf("stop: %v", err)
		}
	})
}

func TestStopDuringInitializeIsClean(t *testing.T) {
	bubble(t, func(t *testing.T, m *Manager, r *recorder) {
		f := &fake{initialize: func(ctx context.Context) error { <-ctx.Done(); return errDevice }}
		start(t, m, "a", f, Policy{})
		if err := m.Stop(t.Context(), "a"); err != nil || f.stops.Load() != 1 || f.runs.Load() != 0 {
			t.Errorf("stop: %v after %d Stop and %d Run", err, f.stops.Load(), f.runs.Load())
		}
		wantStates(t, r, "a", Initializing, Stopping, Stopped)
	})
}

func TestChangesAreToldInOrderAndMayAskTheManager(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var m *Manager
		last := map[Ref]Status{}
		var mu sync.Mutex
		m = NewManager(Config{Logger: slog.New(slog.DiscardHandler), OnChange: func(s Status) {
			if _, ok := m.Status(s.Ref); !ok || m.Counts() == nil {
				t.Error("told of one that is not there")
			}
			mu.Lock()
			defer mu.Unlock()
			before := last[s.Ref]
			if s.Since.Before(before.Since) || s.Restarts < before.Restarts || before.State == Stopped {
				t.Errorf("%+v came after %+v", s, before)
			}
			last[s.Ref] = s
			if s.Ref == "5" {
				panic("in OnChange")
			}
		}})
		for i := range 50 {
			f := &fake{run: func(context.Context) error { return errDevice }}
			if err := m.Start(Ref(fmt.Sprint(i)), f, Policy{}); err != nil {
				t.Fatal(err)
			}
		}
		sleep(time.Minute)
		if err := m.Close(t.Context()); err != nil {
			t.Error(err)
		}
		for ref, s := range last {
			if s.State != Stopped {
				t.Errorf("%s was last told %q", ref, s.State)
			}
		}
	})
}

func TestRestartStormIsLimited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := NewManager(Config{Logger: slog.New(slog.DiscardHandler)}) // real jitter
		tries := 0
		start(t, m, "a", &fake{initialize: func(context.Context) error { tries++; return errDevice }}, Policy{})
		sleep(time.Hour)
		// About 120 are expected (an hour of waits of 30 s on average); 200 is ten deviations away.
		if tries > 200 || tries < 60 {
			t.Errorf("%d tries in an hour", tries)
		}
		if err := m.Close(t.Context()); err != nil {
			t.Error(err)
		}
	})
}
