package output

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// twins are two outputs that share a panel.
func twins(t *testing.T, panel *Panel, first, second ChannelConfig) (a, b *rig, ua, ub *running) {
	t.Helper()
	a, b = newRig(), newRig()
	a.panel, b.panel, b.ref = panel, panel, "output/2"
	return a, b, a.run(t, first), b.run(t, second)
}

func wantInterlock(t *testing.T, err error) {
	t.Helper()
	if _, ok := errors.AsType[*InterlockError](err); !ok {
		t.Errorf("error %v, want an InterlockError", err)
	}
}

func TestOfAnInterlockGroupOneAtATimeIsOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		valve := ChannelConfig{Type: OnOff, Interlock: "valves"}
		a, b, ua, ub := twins(t, NewPanel(0), valve, valve)
		ua.drive(t, 0, cmd(on()))
		_, err := ub.Drive(t.Context(), 0, cmd(on()), maya())
		wantInterlock(t, err)
		_, err = ub.Drive(t.Context(), 0, cmd(on()), Cause{By: "alert/1", Rank: SafetyRank})
		wantInterlock(t, err)
		wantLevel(t, b, 0, off(), "the second")
		// It may be on as long as its device does not confirm that it is off.
		a.set(func() { a.refuses[0] = errNoAnswer })
		_, _ = ua.Drive(t.Context(), 0, cmd(off()), maya())
		_, err = ub.Drive(t.Context(), 0, cmd(on()), maya())
		wantInterlock(t, err)
		a.set(func() { delete(a.refuses, 0) })
		later(retryCap)
		ub.drive(t, 0, cmd(on()))
		_, err = ua.Drive(t.Context(), 0, cmd(on()), maya())
		wantInterlock(t, err)
		ua.crash()
		ub.crash()
	})
}

func TestAClaimWaitsForItsGroup(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		valve := ChannelConfig{Type: OnOff, Interlock: "valves"}
		a, b, ua, ub := twins(t, NewPanel(0), valve, valve)
		ua.as(t, fn("function/1", 0), cmd(on()))
		ua.as(t, maya(), Command{Level: off(), Duration: time.Minute})
		ub.drive(t, 0, Command{Level: on(), Duration: 2 * time.Minute})
		later(time.Minute + time.Second)
		wantLevel(t, a, 0, off(), "its turn has come, and the other is on")
		later(time.Minute + time.Second)
		wantLevel(t, b, 0, off(), "the other")
		wantLevel(t, a, 0, on(), "once the other is off")
		ua.crash()
		ub.crash()
	})
}

func TestOfAnInterlockGroupOneIsOnAtTheStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lit := ChannelConfig{Type: OnOff, Interlock: "valves", AtStart: rest(on())}
		a, b, ua, ub := twins(t, NewPanel(0), lit, lit)
		wantLevel(t, a, 0, on(), "the first")
		wantLevel(t, b, 0, off(), "the second")
		ua.crash()
		ub.crash()
		// The next process knows that the first was on before it has reached it.
		panel := NewPanel(0)
		panel.Assume("output/1", 0, Load{Group: "valves"})
		b.panel = panel
		ub = b.run(t, lit)
		wantLevel(t, b, 0, off(), "the second, started first")
		a.panel = panel
		ua = a.run(t, ChannelConfig{Type: OnOff, Interlock: "valves", AtStart: keep()})
		if s := ua.States()[0]; s.On == nil || !*s.On {
			t.Errorf("the first keeps %+v", s)
		}
		_, err := ub.Drive(t.Context(), 0, cmd(on()), maya())
		wantInterlock(t, err)
		ua.crash()
		ub.crash()
	})
}

func TestTheSummedCurrentIsLimited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		heats := func(a float64) ChannelConfig { return ChannelConfig{Type: OnOff, CurrentA: a} }
		pump := heats(4)
		pump.Safe = new(on())
		_, b, ua, ub := twins(t, NewPanel(10), heats(6), pump)
		wantLevel(t, b, 0, on(), "the pump that is safe when it runs")
		ua.drive(t, 0, cmd(on())) // 10 A
		ub.drive(t, 0, cmd(off()))
		ub.drive(t, 0, cmd(on()))
		ua.drive(t, 0, cmd(off()))
		ua.crash()
		ua = (&rig{levels: map[int]Level{}, kept: map[int]State{}, refuses: map[int]error{}, tallies: map[int]Tally{}, panel: ua.cfg.Panel, ref: "output/3"}).run(t, heats(7))
		_, err := ua.Drive(t.Context(), 0, cmd(on()), maya())
		if e, ok := errors.AsType[*CurrentError](err); !ok || e.WouldA != 11 {
			t.Errorf("11 of 10 A: %v", err)
		}
		ub.drive(t, 0, cmd(off()))
		ua.drive(t, 0, cmd(on()))
		ub.crash()
		ub2 := b.run(t, pump) // what is safe is not refused
		wantLevel(t, b, 0, on(), "the pump")
		ua.crash()
		ub2.crash()
	})
}

func TestStartsAreStaggered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig()
		r.panel = NewPanel(0)
		lamp := ChannelConfig{Type: OnOff, AtStart: rest(on()), Guard: Guard{StartDelayS: 20}}
		u := r.run(t, lamp, ChannelConfig{Type: OnOff, Guard: Guard{StartDelayS: 40}})
		wantLevel(t, r, 0, off(), "at the start")
		_, err := u.Drive(t.Context(), 1, cmd(on()), maya())
		wantField(t, err, "on")
		later(20 * time.Second)
		wantLevel(t, r, 0, on(), "after its delay")
		later(20 * time.Second)
		u.drive(t, 1, cmd(on()))
		u.crash()
		u = r.run(t, lamp) // the power was not away: the same panel
		wantLevel(t, r, 0, on(), "started again")
		u.crash()
		r.panel = NewPanel(0)
		u = r.run(t, lamp)
		u.drive(t, 0, cmd(off()))
		later(time.Minute)
		wantLevel(t, r, 0, off(), "a command in the meantime counts")
		u.crash()
	})
}

func TestATimedCommandIsFinishedAfterARestart(t *testing.T) {
	finish := ChannelConfig{Type: OnOff, Guard: Guard{OnRestart: "finish"}}
	for _, end := range []string{"crash", "stop"} {
		t.Run(end, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig()
				u := r.run(t, finish)
				u.drive(t, 0, Command{Level: on(), Duration: 10 * time.Minute})
				later(3 * time.Minute)
				if end == "crash" {
					u.crash()
				} else {
					r.ending.Store(true)
					if err := u.stop(t); err != nil {
						t.Fatal(err)
					}
					wantLevel(t, r, 0, off(), "while the program is away")
					r.ending.Store(false)
				}
				later(2 * time.Minute)
				u = r.run(t, finish)
				wantLevel(t, r, 0, on(), "started again")
				later(5*time.Minute - time.Second)
				wantLevel(t, r, 0, on(), "before its end")
				later(time.Second)
				wantLevel(t, r, 0, off(), "at its end")
				u.drive(t, 0, Command{Level: on(), Duration: time.Minute})
				u.crash()
				later(time.Hour)
				u = r.run(t, finish)
				wantLevel(t, r, 0, off(), "when its time has passed meanwhile")
				u.drive(t, 0, leased(on(), time.Hour))
				u.crash()
				u = r.run(t, finish)
				wantLevel(t, r, 0, off(), "a lease is not finished")
				u.drive(t, 0, Command{Level: on(), Duration: time.Hour})
				_ = u.stop(t) // disabled
				u = r.run(t, finish)
				wantLevel(t, r, 0, off(), "what was switched off with its output")
				u.crash()
			})
		})
	}
}
