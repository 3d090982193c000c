package output

import (
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"hypha/internal/controller"
)

func TestStoppingWithADeviceThatHangsIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig()
		lanes := controller.NewLanes()
		channels := []ChannelConfig{heater(), heater(), heater()}
		o := r.output(t, lanes, channels...)
		if err := o.Initialize(t.Context()); err != nil {
			t.Fatal(err)
		}
		u := begin(t, o)
		hangs := make(chan struct{})
		r.set(func() { r.hangs = hangs })
		var wg sync.WaitGroup
		wg.Go(func() { _, _ = u.Drive(t.Context(), 0, cmd(on()), maya()) })
		synctest.Wait()
		began := time.Now()
		if err := u.stop(t); err == nil {
			t.Error("a device that hangs was stopped without an error")
		}
		if took := time.Since(began); took > 6*time.Second {
			t.Errorf("stopping took %v, want at most its 5 s and a moment", took)
		}
		wg.Wait()

		// The same output is started anew while the old "on" still hangs: nothing must overtake it.
		again := r.output(t, lanes, channels...)
		if err := again.Initialize(t.Context()); !errors.Is(err, controller.ErrLaneBusy) {
			t.Errorf("Initialize beside a call that hangs: %v, want ErrLaneBusy", err)
		}
		_ = again.Stop(t.Context())
		r.set(func() { r.hangs = nil })
		close(hangs) // the old "on" comes through at last
		synctest.Wait()
		wantLevel(t, r, 0, on(), "after the old command")
		if err := again.Initialize(t.Context()); err != nil {
			t.Fatal(err)
		}
		wantLevel(t, r, 0, off(), "once the new one has started")
		_ = begin(t, again).stop(t)
	})
}

func TestAChannelThatHangsLeavesTimeForTheOthersToStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig()
		channels := []ChannelConfig{heater(), heater(), heater()}
		o := r.output(t, controller.NewLanes(), channels...)
		o.cfg.Timeout = time.Minute
		if err := o.Initialize(t.Context()); err != nil {
			t.Fatal(err)
		}
		u := begin(t, o)
		for n := range channels {
			u.drive(t, n, cmd(on()))
		}
		r.set(func() { r.slow = map[int]time.Duration{0: time.Hour, 1: time.Second} })
		if err := u.stop(t); err == nil {
			t.Error("the channel that hangs was stopped without an error")
		}
		wantLevel(t, r, 1, off(), "stopped behind one that hangs")
		wantLevel(t, r, 2, off(), "stopped behind one that hangs")
	})
}

func TestStoppingCutsACommandShort(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig()
		o := r.output(t, controller.NewLanes(), heater())
		o.cfg.Timeout = time.Minute // longer than there is time to stop
		if err := o.Initialize(t.Context()); err != nil {
			t.Fatal(err)
		}
		u := begin(t, o)
		u.drive(t, 0, cmd(on()))
		r.set(func() { r.slow = map[int]time.Duration{0: time.Hour} })
		var wg sync.WaitGroup
		wg.Go(func() { _, _ = u.Drive(t.Context(), 0, cmd(on()), maya()) })
		synctest.Wait()
		r.set(func() { r.slow = nil }) // the network is back, for what comes next
		if err := u.stop(t); err != nil {
			t.Errorf("Stop: %v", err)
		}
		wg.Wait()
		wantLevel(t, r, 0, off(), "stopped amid a command that takes an hour")
	})
}

func TestWhatIsOwedIsNotKeptAtStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig()
		u := r.run(t, ChannelConfig{Type: OnOff, AtStart: keep(), AtStop: keep()})
		u.drive(t, 0, cmd(on()))
		r.set(func() { r.refuses[0] = errNoAnswer })
		if _, err := u.Drive(t.Context(), 0, cmd(on()), maya()); !errors.Is(err, errNoAnswer) {
			t.Fatal(err)
		}
		r.set(func() { delete(r.refuses, 0) })
		if err := u.stop(t); err != nil {
			t.Fatal(err)
		}
		wantLevel(t, r, 0, off(), "stopped before the debt was paid")
	})
}
