package output

import (
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// fn is a function of a priority.
func fn(name string, priority int) Cause {
	return Cause{By: name, Reason: name + " says so", Priority: priority}
}

func leased(l Level, lease time.Duration) Command { return Command{Level: l, Lease: lease} }

// as drives channel 0 and fails the test when that is refused.
func (u *running) as(t *testing.T, cause Cause, c Command) State {
	t.Helper()
	s, err := u.Drive(t.Context(), 0, c, cause)
	if err != nil {
		t.Fatalf("%s drives to %s: %v", cause.By, c.Level, err)
	}
	return s
}

// outrankedBy drives channel 0 and fails the test unless somebody else drives it.
func (u *running) outrankedBy(t *testing.T, who string, cause Cause, c Command) {
	t.Helper()
	_, err := u.Drive(t.Context(), 0, c, cause)
	var other *OutrankedError
	if !errors.As(err, &other) || !errors.Is(err, ErrOutranked) || other.By != who {
		t.Errorf("%s drives: %v, want it outranked by %s", cause.By, err, who)
	}
}

func wantDriver(t *testing.T, u *running, who string, waiting ...string) {
	t.Helper()
	s := u.States()[0]
	got := ""
	if s.Driver != nil {
		got = s.Driver.By
	}
	var others []string
	for _, w := range s.Waiting {
		others = append(others, w.By)
	}
	if got != who || !slices.Equal(others, waiting) {
		t.Errorf("driven by %q with %q waiting, want %q with %q", got, others, who, waiting)
	}
}

func TestTheHighestClaimIsExecutedAndTheNextTakesOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig()
		u := r.run(t, ChannelConfig{Type: PWM})
		guard := Cause{By: "alert/1", Rank: SafetyRank}
		u.as(t, fn("function/1", 0), leased(duty(10), time.Minute))
		u.as(t, fn("function/2", 5), leased(duty(20), time.Minute))
		wantLevel(t, r, 0, duty(20), "the higher priority")
		u.outrankedBy(t, "function/2", fn("function/1", 0), leased(duty(11), time.Minute))
		wantDriver(t, u, "function/2", "function/1")
		u.as(t, fn("function/3", 5), leased(duty(30), time.Minute))
		wantDriver(t, u, "function/3", "function/2", "function/1") // equal: the later
		u.outrankedBy(t, "function/3", fn("function/2", 5), leased(duty(20), time.Minute))
		u.as(t, guard, cmd(duty(40)))
		u.as(t, maya(), cmd(duty(50)))
		wantDriver(t, u, "user:maya", "alert/1", "function/3", "function/2", "function/1")
		u.outrankedBy(t, "user:maya", guard, cmd(duty(40)))
		if err := u.EndOverride(0, "user:ben"); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		wantLevel(t, r, 0, duty(40), "after the override")
		u.Release("alert/1", "the alert is over")
		synctest.Wait()
		wantLevel(t, r, 0, duty(30), "after the alert")
		u.Release("function/3", "it was disabled")
		synctest.Wait()
		wantLevel(t, r, 0, duty(20), "after function 3")
		u.as(t, fn("function/1", 0).with(9), leased(duty(12), 2*time.Minute))
		later(61 * time.Second)
		wantDriver(t, u, "function/1") // function/2 has not renewed
		later(time.Minute)
		wantLevel(t, r, 0, duty(0), "when nobody drives it any more")
		if s := u.States()[0]; s.By != "safe" || s.Driver != nil {
			t.Errorf("state %+v", s)
		}
		u.crash()
	})
}

func (c Cause) with(priority int) Cause { c.Priority = priority; return c }

func TestACommandGivenOnceTakesTheNewestPlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig()
		u := r.run(t, heater())
		once := func(name string) Cause { c := fn(name, 0); c.Anew = true; return c }
		u.as(t, once("function/1"), cmd(on()))
		u.as(t, once("function/2"), cmd(off()))
		wantLevel(t, r, 0, off(), "the evening's command")
		u.as(t, once("function/1"), cmd(on()))
		wantLevel(t, r, 0, on(), "the next morning's")
		wantDriver(t, u, "function/1", "function/2")
		u.crash()
	})
}

func TestAnOverrideHasAnEnd(t *testing.T) {
	for _, c := range []struct {
		name    string
		channel ChannelConfig
		command Command
		ends    time.Duration
	}{
		{"by default after an hour", heater(), cmd(on()), time.Hour},
		{"as the channel says", ChannelConfig{Type: OnOff, Guard: Guard{OverrideS: new(60.0)}}, cmd(on()), time.Minute},
		{"as the command says", heater(), Command{Level: on(), Duration: 7 * time.Second}, 7 * time.Second},
		{"at the end of its lease", heater(), leased(on(), 7*time.Second), 7 * time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig()
				u := r.run(t, c.channel)
				u.as(t, fn("function/1", 0), leased(off(), 24*time.Hour))
				s := u.as(t, maya(), c.command)
				if s.Driver == nil || time.Until(s.Driver.Until) != c.ends {
					t.Errorf("state %+v, want an override that ends in %v", s, c.ends)
				}
				later(c.ends - time.Millisecond)
				wantLevel(t, r, 0, on(), "just before its end")
				later(time.Millisecond)
				wantLevel(t, r, 0, off(), "after its end")
				wantDriver(t, u, "function/1")
				u.crash()
			})
		})
	}
	t.Run("off has an end too", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			r := newRig()
			u := r.run(t, heater())
			u.as(t, fn("function/1", 0), leased(on(), 24*time.Hour))
			u.as(t, maya(), Command{Level: off(), Duration: time.Minute})
			u.outrankedBy(t, "user:maya", fn("function/1", 0), leased(on(), 24*time.Hour))
			later(time.Minute)
			wantLevel(t, r, 0, on(), "after it")
			u.crash()
		})
	})
	t.Run("on a channel of nobody a command holds until the next one", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			r := newRig()
			u := r.run(t, heater())
			u.as(t, maya(), cmd(on()))
			later(3 * time.Hour)
			wantLevel(t, r, 0, on(), "three hours later")
			u.as(t, fn("function/1", 0), leased(off(), time.Hour))
			wantLevel(t, r, 0, off(), "when a function begins")
			u.crash()
		})
	})
}

func TestRenewingIsCheap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig()
		u := r.run(t, ChannelConfig{Type: PWM})
		u.as(t, fn("function/1", 0), leased(duty(40), 5*time.Second))
		r.set(func() { r.diary, r.told = nil, nil })
		for range 100 {
			later(time.Second)
			u.as(t, fn("function/1", 0), leased(duty(40), 5*time.Second))
		}
		if saves, writes := len(r.entries("save")), len(r.entries("write")); saves > 0 || writes > 12 || len(r.told) > 0 {
			t.Errorf("100 renewals were saved %d times, written %d times, told %d times", saves, writes, len(r.told))
		}
		r.set(func() { r.diary = nil })
		for n := range 120 {
			later(time.Second)
			u.as(t, fn("function/1", 0), leased(duty(float64(10+n%50)), 5*time.Second))
		}
		if saves, writes := len(r.entries("save")), len(r.entries("write")); saves > 3 || writes < 120 {
			t.Errorf("120 new duties were saved %d times, written %d times", saves, writes)
		}
		later(5 * time.Second)
		wantLevel(t, r, 0, duty(0), "after the last lease")
		u.crash()
	})
}

func TestAChangeWaitsForTheShortestTimes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig()
		u := r.run(t, ChannelConfig{Type: OnOff, Limits: Limits{MinOnS: new(60.0)}})
		u.as(t, fn("function/1", 0), leased(on(), 10*time.Second))
		for range 11 { // it wants off, is refused, and is alive
			later(5 * time.Second)
			_, err := u.Drive(t.Context(), 0, leased(off(), 10*time.Second), fn("function/1", 0))
			wantField(t, err, "on")
			wantLevel(t, r, 0, on(), "before the shortest on-time")
		}
		later(5 * time.Second)
		u.as(t, fn("function/1", 0), leased(off(), time.Hour))
		u.as(t, maya(), Command{Level: on(), Duration: 70 * time.Second})
		later(10 * time.Second)
		if err := u.EndOverride(0, "user:maya"); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		wantLevel(t, r, 0, on(), "an override that ends before the shortest on-time")
		later(50 * time.Second)
		wantLevel(t, r, 0, off(), "after the shortest on-time")
		wantDriver(t, u, "function/1")
		u.crash()
	})
}

func TestATimedFunctionKeepsItsClaimBetweenItsPulses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig()
		u := r.run(t, heater())
		u.as(t, fn("function/1", 0), leased(on(), time.Hour))
		u.as(t, fn("function/2", 1), Command{Level: on(), Duration: 10 * time.Second, Lease: time.Minute})
		later(10 * time.Second)
		wantLevel(t, r, 0, off(), "between two pulses")
		wantDriver(t, u, "function/2", "function/1")
		later(50 * time.Second)
		wantLevel(t, r, 0, on(), "after its lease the other one takes over")
		u.crash()
	})
}

func TestTheLongestOnTimeIsNotPassedByAnotherDriver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig()
		u := r.run(t, ChannelConfig{Type: OnOff, Limits: Limits{MaxOnS: new(60.0)}})
		u.as(t, fn("function/1", 0), leased(on(), time.Hour))
		later(30 * time.Second)
		u.as(t, maya(), Command{Level: on(), Duration: 50 * time.Second})
		later(30 * time.Second)
		wantLevel(t, r, 0, off(), "after 60 s by two drivers")
		later(time.Minute)
		wantLevel(t, r, 0, off(), "until somebody says on again")
		u.as(t, fn("function/1", 0), leased(on(), time.Hour))
		wantLevel(t, r, 0, on(), "when it is said again")
		u.crash()
	})
}

func TestTheStopEndsAllClaims(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig()
		u := r.run(t, heater())
		u.as(t, fn("function/1", 0), leased(on(), time.Hour))
		u.as(t, maya(), cmd(on()))
		r.latched.Store(true)
		if err := u.MakeSafe(t.Context(), "stop", "everything was stopped"); err != nil {
			t.Fatal(err)
		}
		if _, err := u.Drive(t.Context(), 0, leased(on(), time.Hour), fn("function/1", 0)); !errors.Is(err, ErrStopped) {
			t.Errorf("a function drives a stopped output: %v", err)
		}
		r.latched.Store(false)
		later(time.Hour)
		wantLevel(t, r, 0, off(), "after the stop")
		wantDriver(t, u, "")
		u.crash()
	})
}

func TestAClaimThatCannotBeWrittenDownDoesNotTakeOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig()
		u := r.run(t, heater())
		u.as(t, fn("function/1", 0), cmd(on()))
		u.as(t, maya(), Command{Level: on(), Duration: time.Minute})
		r.set(func() { r.saving = errDiskFull })
		later(time.Minute)
		wantLevel(t, r, 0, off(), "with a full disk")
		r.set(func() { r.saving = nil })
		later(2 * time.Second)
		wantLevel(t, r, 0, on(), "when there is room again")
		u.crash()
	})
}
