package output

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func ladder(steps ...Step) Guard { return Guard{Ladder: steps} }

func (r *rig) told0() (kinds []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, a := range r.alerts {
		word := a.Kind
		if step, ok := a.Data["step"].(string); ok {
			word += " " + step
		}
		if a.Data["recovered"] == true {
			word += " recovered"
		}
		kinds = append(kinds, word)
	}
	return kinds
}

// usual has a channel learn from three days of a function at a duty.
func usual(t *testing.T, u *running, percent float64) {
	t.Helper()
	for range 3*24*60 + 120 {
		u.as(t, fn("function/1", 0), leased(duty(percent), 3*time.Minute))
		later(time.Minute)
	}
}

func TestALostFunctionLeadsDownTheLadder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig()
		heater := ChannelConfig{Type: PWM, Guard: ladder(Step{Step: "limp", AfterS: 60, MaxH: new(2.0)}, Step{Step: "safe", AfterS: 24 * 3600})}
		u := r.run(t, heater)
		usual(t, u, 30)
		u.as(t, fn("function/1", 0), leased(duty(80), time.Minute))
		later(time.Minute + 59*time.Second)
		wantLevel(t, r, 0, duty(80), "before the first step")
		later(time.Second)
		s := u.States()[0]
		if s.Duty == nil || *s.Duty < 29 || *s.Duty > 37 || s.By != "limp" || !strings.Contains(s.Reason, "lease") || len(s.Chain) == 0 {
			t.Errorf("in limp mode %+v", s)
		}
		if got := r.told0(); !slices.Equal(got, []string{"ladder limp"}) {
			t.Errorf("alerts %q", got)
		}
		later(30 * time.Minute)
		u.crash() // the way down goes on
		u = r.run(t, heater)
		synctest.Wait()
		if s := u.States()[0]; s.By != "limp" {
			t.Errorf("after a crash %+v", s)
		}
		later(90 * time.Minute)
		wantLevel(t, r, 0, duty(0), "after the longest limp")
		u.as(t, fn("function/1", 0), leased(duty(20), time.Minute))
		synctest.Wait()
		if got := r.told0(); !slices.Equal(got, []string{"ladder limp", "ladder limp", "ladder safe", "ladder recovered"}) {
			t.Errorf("alerts %q", got)
		}
		u.crash()
		u = r.run(t, heater)
		later(time.Hour)
		if s := u.States()[0]; s.By != "at_start" {
			t.Errorf("what was driven again does not fall after a restart: %+v", s)
		}
		u.crash()
	})
}

func TestNothingLearnedIsNoLimpMode(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig()
		u := r.run(t, ChannelConfig{Type: PWM, Guard: ladder(Step{Step: "limp", AfterS: 0})})
		u.as(t, fn("function/1", 0), leased(duty(80), time.Minute))
		later(time.Minute)
		wantLevel(t, r, 0, duty(0), "without anything learned")
		if s := u.States()[0]; s.By != "safe" {
			t.Errorf("state %+v", s)
		}
		u.crash()
	})
}

func TestASwitchDeliversItsLimpDutyInPulses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig()
		u := r.run(t, ChannelConfig{Type: OnOff, Limits: Limits{MinOnS: new(60.0)}, Guard: ladder(Step{Step: "limp"})})
		for range 3 * 24 * 6 { // 40 % of the time
			u.as(t, fn("function/1", 0), leased(on(), 10*time.Minute))
			later(4 * time.Minute)
			u.as(t, fn("function/1", 0), leased(off(), 10*time.Minute))
			later(6 * time.Minute)
		}
		u.Release("function/1", "its sensor is silent")
		lit := 0
		for range 120 {
			later(30 * time.Second)
			if r.level(0) == "on" {
				lit++
			}
		}
		if lit < 45 || lit > 51 {
			t.Errorf("on for %d of 120, want 40 %%", lit)
		}
		u.crash()
	})
}

func TestPulses(t *testing.T) {
	for _, c := range []struct {
		part       float64
		l          Limits
		on, window time.Duration
	}{
		{0.5, Limits{}, 5 * time.Minute, 10 * time.Minute},
		{0, Limits{MinOnS: new(60.0)}, 0, 10 * time.Minute},
		{1, Limits{MinOffS: new(60.0)}, 10 * time.Minute, 10 * time.Minute},
		{0.05, Limits{MinOnS: new(60.0)}, time.Minute, 20 * time.Minute},
		{0.75, Limits{MinOffS: new(300.0)}, 15 * time.Minute, 20 * time.Minute},
		{0.001, Limits{MinOnS: new(60.0)}, 0, 10 * time.Minute},
		{0.5, Limits{MaxOnS: new(60.0)}, time.Minute, 10 * time.Minute},
	} {
		if on, window := pulse(c.part, c.l); on.Round(time.Second) != c.on || window.Round(time.Second) != c.window {
			t.Errorf("pulse(%g, %+v) = %v of %v, want %v of %v", c.part, c.l, on, window, c.on, c.window)
		}
	}
}

func TestTheBackupTakesOverAndIsLetGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig()
		u := r.run(t, ChannelConfig{Type: OnOff, Guard: ladder(
			Step{Step: "backup", Output: 7, Channel: 1, Level: new(on())}, Step{Step: "safe", AfterS: 600},
		)})
		u.as(t, fn("function/1", 0), leased(on(), time.Minute))
		later(time.Minute)
		wantLevel(t, r, 0, off(), "while the backup works")
		later(time.Minute)
		u.as(t, fn("function/1", 0), leased(on(), time.Minute))
		r.mu.Lock()
		defer r.mu.Unlock()
		if want := []string{"output/7 1 on for output/1", "output/7 1 let go for output/1"}; !slices.Equal(r.helps, want) {
			t.Errorf("the backup was told %q, want %q", r.helps, want)
		}
		u.crash()
	})
}

func TestALimpWriteThatFailsGoesOnWithTheLadder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig()
		u := r.run(t, ChannelConfig{Type: PWM, Guard: ladder(Step{Step: "limp"})})
		usual(t, u, 30)
		r.set(func() { r.refuses[0] = errNoAnswer })
		u.Release("function/1", "it has crashed")
		later(time.Minute)
		r.set(func() { delete(r.refuses, 0) })
		later(2 * time.Minute)
		if got := u.States()[0]; got.By != "limp" || r.level(0) == "0 %" {
			t.Errorf("once the device answers: %+v", got)
		}
		u.crash()
	})
}
