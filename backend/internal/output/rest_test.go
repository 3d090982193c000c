package output

import (
	"testing"
	"testing/synctest"
	"time"
)

func TestAChannelGoesToItsStatesAtStartAndStop(t *testing.T) {
	for _, c := range []struct {
		name        string
		channel     ChannelConfig
		start, stop Level // the device; nothing = not touched
	}{
		{"off unless told otherwise", heater(), off(), off()},
		{"a duty is 0", ChannelConfig{Type: PWM}, duty(0), duty(0)},
		{"a value is left alone", ChannelConfig{Type: Value}, Level{}, Level{}},
		{"safe is where nothing else is said", ChannelConfig{Type: PWM, Safe: new(duty(20))}, duty(20), duty(20)},
		{"a safe value too", ChannelConfig{Type: Value, Safe: new(value(7))}, value(7), value(7)},
		{"declared states", ChannelConfig{Type: OnOff, AtStart: rest(on()), AtStop: rest(on())}, on(), on()},
		{"kept states", ChannelConfig{Type: OnOff, AtStart: keep(), AtStop: keep()}, Level{}, Level{}},
		{"on at start, off at stop", ChannelConfig{Type: OnOff, AtStart: rest(on())}, on(), off()},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig()
				u := r.run(t, c.channel)
				wantLevel(t, r, 0, c.start, "after the start")
				r.set(func() { r.levels = map[int]Level{} })
				if err := u.stop(t); err != nil {
					t.Fatal(err)
				}
				wantLevel(t, r, 0, c.stop, "after the stop")
				if got := r.entries("close"); len(got) != 1 {
					t.Errorf("the device was closed %d times", len(got))
				}
			})
		})
	}
}

func TestKeepLeavesWhatIsOnAsItIs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig()
		pump := ChannelConfig{Type: OnOff, AtStart: keep(), AtStop: keep()}
		u := r.run(t, pump)
		u.drive(t, 0, cmd(on()))
		if err := u.stop(t); err != nil {
			t.Fatal(err)
		}
		wantLevel(t, r, 0, on(), "after the stop")
		r.set(func() { r.diary = nil })
		u = r.run(t, pump)
		if did := r.entries("write"); len(did) > 0 {
			t.Errorf("a kept channel was written: %q", did)
		}
		if s := u.States()[0]; !s.Assumed || !s.Equal(on()) || s.By != "user:maya" {
			t.Errorf("state %+v, want on, assumed, by who set it", s)
		}
		u.drive(t, 0, cmd(on()))
		if s := u.States()[0]; s.Assumed {
			t.Errorf("state %+v is still assumed after the device has taken it", s)
		}
		u.crash()
	})
}

func TestACommandWithAnEndIsNotKeptWhenNobodyWouldEndIt(t *testing.T) {
	for name, c := range map[string]Command{
		"timed":  {Level: on(), Duration: time.Hour},
		"leased": {Level: on(), Lease: time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig()
				u := r.run(t, ChannelConfig{Type: OnOff, AtStart: keep(), AtStop: keep()})
				u.drive(t, 0, c)
				if err := u.stop(t); err != nil {
					t.Fatal(err)
				}
				wantLevel(t, r, 0, off(), "after the stop")
			})
		})
	}
}

func TestAnUnfinishedCommandIsMadeSafeOrFinishedAfterACrash(t *testing.T) {
	for _, c := range []struct {
		name    string
		channel ChannelConfig
		command Command
		down    time.Duration
		start   Level
		by      string
		later   Level // after another hour
	}{
		{"made safe", heater(), Command{Level: on(), Duration: time.Hour}, time.Minute, off(), "at_start", off()},
		{"finished when its end is still ahead", ChannelConfig{Type: OnOff, AtStart: keep()}, Command{Level: on(), Duration: 30 * time.Minute}, time.Minute, on(), "user:maya", off()},
		{"made safe when its end has passed", ChannelConfig{Type: OnOff, AtStart: keep()}, Command{Level: on(), Duration: time.Minute}, time.Hour, off(), "restart", off()},
		{"made safe when its lease has passed", ChannelConfig{Type: PWM, AtStart: keep(), Safe: new(duty(10))}, Command{Level: duty(80), Lease: time.Minute}, time.Hour, duty(10), "restart", duty(10)},
		{"off on a lease goes to a safe that is on", ChannelConfig{Type: OnOff, AtStart: keep(), Safe: new(on())}, Command{Level: off(), Lease: time.Minute}, time.Hour, on(), "restart", on()},
		{"a limit ends it too", ChannelConfig{Type: OnOff, AtStart: keep(), Limits: Limits{MaxOnS: new(60.0)}}, cmd(on()), time.Hour, off(), "restart", off()},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig()
				u := r.run(t, c.channel)
				u.drive(t, 0, c.command)
				u.crash()
				later(c.down)
				u = r.run(t, c.channel)
				wantLevel(t, r, 0, c.start, "after the restart")
				if s := u.States()[0]; s.By != c.by || s.By != "user:maya" && s.Reason == "" {
					t.Errorf("state %+v, want one by %s that says why", s, c.by)
				}
				later(time.Hour)
				wantLevel(t, r, 0, c.later, "an hour later")
				u.crash()
			})
		})
	}
}

func TestALimitThatIsNewEndsWhatWasKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig()
		u := r.run(t, ChannelConfig{Type: OnOff, AtStart: keep(), AtStop: keep()})
		u.drive(t, 0, cmd(on()))
		_ = u.stop(t)
		u = r.run(t, ChannelConfig{Type: OnOff, AtStart: keep(), AtStop: keep(), Limits: Limits{MaxOnS: new(60.0)}})
		later(time.Minute)
		wantLevel(t, r, 0, off(), "a minute after the limit was set")
		u.crash()
	})
}

func TestAClockThatWasSetBackMakesATimedCommandSafe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig()
		began, end := time.Now().Add(time.Hour), time.Now().Add(2*time.Hour) // of a process whose clock was ahead
		r.kept[0] = State{Level: on(), Since: began, EndsAt: &end}
		u := r.run(t, ChannelConfig{Type: OnOff, AtStart: keep()})
		wantLevel(t, r, 0, off(), "with a beginning in the future")
		u.crash()
	})
}

func TestStatesThatCannotBeLoadedMakeKeptChannelsSafe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig()
		r.loading = errDiskFull
		u := r.run(t, ChannelConfig{Type: OnOff, AtStart: keep()}, ChannelConfig{Type: OnOff, AtStart: rest(on())})
		wantLevel(t, r, 0, off(), "keep without a memory")
		wantLevel(t, r, 1, on(), "a declared state needs no memory")
		u.crash()
	})
}

func TestTheStopHoldsWhateverHappens(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig()
		channels := []ChannelConfig{
			{Type: OnOff, AtStart: rest(on()), AtStop: rest(on())},
			{Type: Value, AtStart: rest(value(9)), AtStop: rest(value(9))}, // has no safe level
		}
		u := r.run(t, channels...)
		u.drive(t, 0, Command{Level: on(), Duration: time.Hour})
		r.latched.Store(true)
		if err := u.MakeSafe(t.Context(), "stop", "everything was stopped"); err != nil {
			t.Fatal(err)
		}
		wantLevel(t, r, 0, off(), "stopped")
		for n, level := range []Level{on(), value(1)} {
			if _, err := u.Drive(t.Context(), n, cmd(level), maya()); err != ErrStopped { // unwrapped on purpose
				t.Errorf("driving channel %d while stopped: %v, want ErrStopped", n, err)
			}
		}
		u.drive(t, 0, cmd(off())) // the safe level is taken
		later(2 * time.Hour)
		wantLevel(t, r, 0, off(), "stopped, hours later")
		r.set(func() { r.diary = nil })
		_ = u.stop(t)
		wantLevel(t, r, 0, off(), "the program ended while stopped")
		u = r.run(t, channels...)
		wantLevel(t, r, 0, off(), "started while stopped")
		if did := r.entries("write 1"); len(did) > 0 {
			t.Errorf("a value without a safe one was driven while stopped: %q", did)
		}
		r.latched.Store(false)
		wantLevel(t, r, 0, off(), "released")
		u.drive(t, 0, cmd(on()))
		u.crash()
	})
}
