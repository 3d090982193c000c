package output

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"hypha/internal/controller"
)

func TestADeviceThatRefusesOwesTheSafeLevel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig()
		u := r.run(t, heater(), heater())
		r.set(func() { r.refuses[0] = errNoAnswer; r.diary = nil })
		_, err := u.Drive(t.Context(), 0, cmd(on()), maya())
		var refused *NotTakenError
		if !errors.As(err, &refused) || !errors.Is(err, errNoAnswer) {
			t.Fatalf("error %v, want a NotTakenError with its cause", err)
		}
		if s := u.States()[0]; s.Error == "" || s.EndsAt != nil {
			t.Errorf("state %+v does not tell of the failure", s)
		}
		u.drive(t, 1, cmd(on())) // the other channel is none the worse
		synctest.Wait()
		if now, _ := u.report.said(); !strings.Contains(now, "channel 0") || !strings.Contains(now, "no answer") {
			t.Errorf("the output says %q of itself, want degraded with channel and cause", now)
		}
		later(5 * time.Minute)
		tries := r.entries("refuse 0 off")
		if len(tries) < 8 || len(tries) > 20 {
			t.Errorf("off was tried %d times in 5 minutes, want a backoff up to %v", len(tries), retryCap)
		}
		r.set(func() { delete(r.refuses, 0) })
		later(retryCap)
		wantLevel(t, r, 0, off(), "once the device answers")
		now, log := u.report.said()
		if now != "" || !slices.Equal(log, []string{"degraded", "recovered"}) {
			t.Errorf("the output says %q after %q, want degraded and recovered once each", now, log)
		}
		if s := u.States()[0]; s.Error != "" || s.By != "safe" || s.Reason == "" {
			t.Errorf("state %+v, want safe with a reason", s)
		}
		u.crash()
	})
}

func TestACommandThatFailedIsMadeSafeAfterACrash(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig()
		pump := ChannelConfig{Type: OnOff, AtStart: keep()}
		u := r.run(t, pump)
		r.set(func() { r.refuses[0] = errNoAnswer })
		for range 2 { // who repeats it must not wipe out the debt either
			if _, err := u.Drive(t.Context(), 0, cmd(on()), maya()); err == nil {
				t.Fatal("a refused command succeeded")
			}
		}
		u.crash() // nobody knows whether the pump runs
		r.set(func() { delete(r.refuses, 0) })
		u = r.run(t, pump)
		wantLevel(t, r, 0, off(), "restarted")
		u.crash()
	})
}

func TestASwitchOffThatFailedIsMadeSafeAfterACrash(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig()
		pump := ChannelConfig{Type: OnOff, AtStart: keep()}
		u := r.run(t, pump)
		u.drive(t, 0, cmd(on()))
		r.set(func() { r.refuses[0] = errNoAnswer })
		_, _ = u.Drive(t.Context(), 0, cmd(off()), maya())
		later(time.Minute)
		u.crash()
		r.set(func() { delete(r.refuses, 0) })
		u = r.run(t, pump)
		wantLevel(t, r, 0, off(), "restarted")
		u.crash()
	})
}

func TestOneFailingChannelDoesNotKeepTheOthersFromTheirStates(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig()
		r.refuses[1] = errNoAnswer
		u := r.run(t, ChannelConfig{Type: OnOff, AtStart: rest(on())}, heater(), ChannelConfig{Type: OnOff, AtStart: rest(on())})
		wantLevel(t, r, 0, on(), "started beside one that fails")
		wantLevel(t, r, 2, on(), "started beside one that fails")
		err := u.MakeSafe(t.Context(), "stop", "")
		if err == nil || !strings.Contains(err.Error(), "channel 1") {
			t.Errorf("MakeSafe: %v, want the channel that failed", err)
		}
		wantLevel(t, r, 0, off(), "made safe beside one that fails")
		wantLevel(t, r, 2, off(), "made safe beside one that fails")
		r.set(func() { delete(r.refuses, 1) })
		later(retryCap)
		wantLevel(t, r, 1, off(), "once it answers")
		u.crash()
	})
}

func TestAnOutputNoneOfWhoseChannelsAnswersIsNotRunning(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig()
		r.refuses = map[int]error{0: errNoAnswer, 1: errNoAnswer}
		o := r.output(t, controller.NewLanes(), heater(), heater())
		if err := o.Initialize(t.Context()); !errors.Is(err, errNoAnswer) {
			t.Errorf("Initialize: %v, want the cause", err)
		}
		if err := o.Stop(t.Context()); !errors.Is(err, errNoAnswer) {
			t.Errorf("Stop: %v, want the cause", err)
		}
		if _, err := o.Drive(t.Context(), 0, cmd(on()), maya()); !errors.Is(err, ErrNotOpen) {
			t.Errorf("Drive: %v, want ErrNotOpen", err)
		}
		if err := o.MakeSafe(t.Context(), "stop", ""); !errors.Is(err, ErrNotOpen) {
			t.Errorf("MakeSafe: %v, want ErrNotOpen: nobody must believe that it is safe", err)
		}
		if _, err := o.Drive(t.Context(), 7, cmd(on()), maya()); !errors.Is(err, ErrNoChannel) {
			t.Errorf("Drive: %v, want ErrNoChannel", err)
		}
	})
}

func TestAMemoryThatFailsRefusesOnButAllowsOffAndSafe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig()
		u := r.run(t, heater(), ChannelConfig{Type: PWM, Safe: new(duty(30))}, ChannelConfig{Type: Value, Safe: new(value(7))})
		u.drive(t, 0, Command{Level: on(), Lease: time.Minute})
		r.set(func() { r.saving = errDiskFull })
		for n, level := range []Level{on(), duty(60), value(9)} {
			if _, err := u.Drive(t.Context(), n, cmd(level), maya()); !errors.Is(err, errDiskFull) {
				t.Errorf("channel %d to %s: %v, want the memory's error", n, level, err)
			}
		}
		if did := r.entries("write 1 60", "write 2 9"); len(did) > 0 {
			t.Errorf("what could not be written down was executed: %q", did)
		}
		u.drive(t, 0, Command{Level: on(), Lease: 2 * time.Minute}) // renewing needs no new record
		u.drive(t, 0, cmd(off()))
		wantLevel(t, r, 0, off(), "off with a failing memory")
		if err := u.MakeSafe(t.Context(), "stop", ""); err != nil {
			t.Errorf("MakeSafe with a failing memory: %v", err)
		}
		wantLevel(t, r, 1, duty(30), "safe with a failing memory")
		wantLevel(t, r, 2, value(7), "safe with a failing memory")
		if err := u.stop(t); err != nil {
			t.Errorf("stop with a failing memory: %v", err)
		}
	})
}

func TestWritesNeverOverlap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig()
		u := r.run(t, heater(), heater())
		r.set(func() { r.slow = map[int]time.Duration{0: 100 * time.Millisecond, 1: 100 * time.Millisecond} })
		var wg sync.WaitGroup
		for k := range 20 {
			wg.Go(func() {
				_, _ = u.Drive(t.Context(), k%2, Command{Level: on(), Lease: 150 * time.Millisecond}, maya())
			})
			wg.Go(func() { _ = u.MakeSafe(t.Context(), "stop", "") })
		}
		wg.Wait()
		if r.overlap.Load() {
			t.Error("two writes to the device overlapped")
		}
		r.set(func() { r.slow = nil })
		_ = u.stop(t)
	})
}

func TestACommandIsCarriedOutWhenWhoAskedGoesAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig()
		u := r.run(t, heater())
		r.set(func() { r.slow = map[int]time.Duration{0: time.Second} })
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		if _, err := u.Drive(ctx, 0, cmd(on()), maya()); err != nil {
			t.Errorf("a command whose caller left ended in %v", err)
		}
		wantLevel(t, r, 0, on(), "although the caller left")
		r.set(func() { r.slow = nil })
		_ = u.stop(t)
	})
}

func TestStoppingEverythingIsOwedEvenIfNobodyWaitsForIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig()
		u := r.run(t, heater())
		r.set(func() { r.slow = map[int]time.Duration{0: time.Second} })
		var wg sync.WaitGroup
		wg.Go(func() { _, _ = u.Drive(t.Context(), 0, cmd(on()), maya()) })
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		if err := u.MakeSafe(ctx, "stop", "all stop"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("MakeSafe behind a slow command: %v", err)
		}
		wg.Wait()
		later(2 * time.Second)
		wantLevel(t, r, 0, off(), "after the slow on command")
		if s := u.States()[0]; s.By != "stop" {
			t.Errorf("state %+v, want one by the stop", s)
		}
		r.set(func() { r.slow = nil })
		_ = u.stop(t)
	})
}

// TestUnderTheManager has the controller live as it does in the program: an unreachable device, then a reachable one.
func TestUnderTheManager(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig()
		r.opening = errNoAnswer
		o := r.output(t, controller.NewLanes(), ChannelConfig{Type: OnOff, AtStart: rest(on())})
		m := controller.NewManager(controller.Config{Logger: slog.New(slog.DiscardHandler)})
		if err := m.Start("output/1", o, controller.Policy{InitTimeout: o.InitTimeout()}); err != nil {
			t.Fatal(err)
		}
		later(10 * time.Minute)
		if s, _ := m.Status("output/1"); s.State != controller.BackingOff || !strings.Contains(s.Error, "no answer") {
			t.Errorf("status %+v, want backing off with the cause", s)
		}
		r.set(func() { r.opening = nil })
		later(2 * time.Minute)
		if s, _ := m.Status("output/1"); s.State != controller.Running {
			t.Errorf("status %+v, want running", s)
		}
		wantLevel(t, r, 0, on(), "reached at last")
		if err := m.Close(t.Context()); err != nil {
			t.Error(err)
		}
		wantLevel(t, r, 0, off(), "closed")
	})
}
