package output

import (
	"testing"
	"testing/synctest"
	"time"
)

func TestTheTimesOfRestAreKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig()
		compressor := ChannelConfig{Type: OnOff, Limits: Limits{MinOnS: new(30.0), MinOffS: new(120.0)}}
		u := r.run(t, compressor)
		u.drive(t, 0, cmd(on()))
		later(10 * time.Second)
		_, err := u.Drive(t.Context(), 0, cmd(off()), maya())
		wantField(t, err, "on")
		u.drive(t, 0, cmd(on())) // renewing on is no start of a new on-time
		later(20 * time.Second)
		u.drive(t, 0, cmd(off()))
		later(119 * time.Second)
		_, err = u.Drive(t.Context(), 0, cmd(on()), maya())
		wantField(t, err, "on")
		u.drive(t, 0, cmd(off())) // renewing off does not begin the rest anew
		later(time.Second)
		u.drive(t, 0, cmd(on()))
		if err := u.MakeSafe(t.Context(), "stop", ""); err != nil {
			t.Fatalf("the shortest on-time must not keep anything from being safe: %v", err)
		}
		wantLevel(t, r, 0, off(), "made safe within the shortest on-time")

		// A restart is no rest.
		later(10 * time.Second)
		u.crash()
		again := r.run(t, compressor)
		_, err = again.Drive(t.Context(), 0, cmd(on()), maya())
		wantField(t, err, "on")
		later(110 * time.Second)
		again.drive(t, 0, cmd(on()))
		_ = again.stop(t)
	})
}

func TestACompressorThatMayHaveRunRestsFromThen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig()
		u := r.run(t, ChannelConfig{Type: OnOff, Limits: Limits{MinOffS: new(120.0)}})
		later(time.Hour)
		r.set(func() { r.refuses[0] = errNoAnswer }) // and yet it may have switched on
		_, _ = u.Drive(t.Context(), 0, cmd(on()), maya())
		later(20 * time.Second)
		r.set(func() { delete(r.refuses, 0) })
		later(retryCap)
		wantLevel(t, r, 0, off(), "made safe")
		_, err := u.Drive(t.Context(), 0, cmd(on()), maya())
		wantField(t, err, "on")
		u.crash()
	})
}

func TestARenewedCommandIsNoChange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig()
		u := r.run(t, heater())
		first := u.drive(t, 0, cmd(on()))
		later(time.Minute)
		if again := u.drive(t, 0, cmd(on())); !again.Since.Equal(first.Since) {
			t.Errorf("on since %v, then since %v", first.Since, again.Since)
		}
		u.drive(t, 0, cmd(off()))
		if s := u.States()[0]; s.Since.Equal(first.Since) {
			t.Error("off has the time of on")
		}
		u.crash()
	})
}

func TestAStateAtStartKeepsTheTimeOfRest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig()
		c := ChannelConfig{Type: OnOff, AtStart: rest(on()), Limits: Limits{MinOffS: new(120.0)}}
		u := r.run(t, c)
		if err := u.stop(t); err != nil { // off since now
			t.Fatal(err)
		}
		later(time.Minute)
		u = r.run(t, c)
		wantLevel(t, r, 0, off(), "started within the shortest off-time")
		_ = u.stop(t)
	})
}
