package output

import (
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

func proven() ChannelConfig {
	return ChannelConfig{Type: OnOff, Guard: Guard{Feedback: &Feedback{Channel: 9, OnAbove: new(0.5), OffBelow: new(0.2), WithinS: 10, Kind: "current"}}}
}

func (r *rig) flows(v float64) { r.set(func() { r.readings[9] = v }) }

func TestNoEffectIsAFault(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig()
		r.flows(0)
		u := r.run(t, proven())
		u.as(t, fn("function/1", 0), cmd(on()))
		later(5 * time.Second)
		r.flows(2)
		later(time.Hour)
		wantLevel(t, r, 0, on(), "with its current")
		r.flows(0.1) // the lamp breaks
		later(9 * time.Second)
		wantLevel(t, r, 0, on(), "within its time")
		later(2 * time.Second)
		wantLevel(t, r, 0, off(), "after its time")
		if s := u.States()[0]; s.By != "fault" || len(s.Chain) != 2 || s.Chain[0].What != "reading" || *s.Chain[0].Value != 0.1 {
			t.Errorf("state %+v", s)
		}
		if got := r.told0(); !slices.Equal(got, []string{"fault"}) {
			t.Errorf("alerts %q", got)
		}
		again := func(when string) {
			t.Helper()
			_, err := u.Drive(t.Context(), 0, cmd(on()), maya())
			if e, ok := errors.AsType[*FaultError](err); !ok || e.Fault.Kind != "no_effect" {
				t.Errorf("%s: %v", when, err)
			}
		}
		again("driven with a fault")
		u.drive(t, 0, cmd(off())) // safe is always allowed
		u.crash()
		u = r.run(t, func() ChannelConfig { c := proven(); c.AtStart = rest(on()); return c }())
		wantLevel(t, r, 0, off(), "with a fault at start")
		again("after a restart")
		if err := u.Acknowledge(t.Context(), 0); err != nil {
			t.Fatal(err)
		}
		u.drive(t, 0, cmd(on()))
		r.flows(2)
		later(time.Hour)
		wantLevel(t, r, 0, on(), "with a new lamp")
		u.crash()
	})
}

func TestAWeldedRelayIsFound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig()
		r.flows(2)
		u := r.run(t, proven())
		u.drive(t, 0, cmd(on()))
		later(time.Minute)
		u.drive(t, 0, cmd(off()))
		later(9 * time.Second)
		if u.Fault(0) != nil {
			t.Error("a fault before its time")
		}
		later(2 * time.Second)
		if f := u.Fault(0); f == nil || f.Kind != "stuck_on" {
			t.Errorf("fault %+v", f)
		}
		u.crash()
	})
}

func TestASilentFeedbackIsToldAndStopsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig()
		u := r.run(t, proven())
		u.drive(t, 0, cmd(on()))
		later(time.Hour)
		wantLevel(t, r, 0, on(), "without a proof")
		if got := r.told0(); !slices.Equal(got, []string{"unproven"}) {
			t.Errorf("alerts %q", got)
		}
		u.crash()
	})
}
