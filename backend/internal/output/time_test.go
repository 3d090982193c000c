package output

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

func TestATimedCommandIsWrittenDownBeforeItIsExecuted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig()
		u := r.run(t, heater())
		r.set(func() { r.diary = nil })
		s := u.drive(t, 0, Command{Level: on(), Duration: time.Minute})
		if got, want := r.entries()[:2], []string{"save 0 on", "write 0 on"}; !slices.Equal(got, want) {
			t.Errorf("the order was %q, want %q", got, want)
		}
		if s.EndsAt == nil || time.Until(*s.EndsAt) != time.Minute || s.By != "user:maya" {
			t.Errorf("state %+v, want one that ends in a minute", s)
		}
		r.mu.Lock()
		kept := r.kept[0]
		r.mu.Unlock()
		if kept.EndsAt == nil || !kept.EndsAt.Equal(*s.EndsAt) || !kept.Active() {
			t.Errorf("the memory has %+v", kept)
		}
		if err := u.stop(t); err != nil {
			t.Fatal(err)
		}
	})
}

func TestATimedCommandEnds(t *testing.T) {
	for _, c := range []struct {
		name    string
		channel ChannelConfig
		level   Level
		end     Level
	}{
		{"on goes off", heater(), on(), off()},
		{"a duty goes to 0", ChannelConfig{Type: PWM}, duty(40), duty(0)},
		{"a duty goes to 0 and not to its safe level", ChannelConfig{Type: PWM, Safe: new(duty(20))}, duty(40), duty(0)},
		{"a value goes to its safe value", ChannelConfig{Type: Value, Safe: new(value(4))}, value(9), value(4)},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig()
				u := r.run(t, c.channel)
				u.drive(t, 0, Command{Level: c.level, Duration: 10 * time.Second})
				later(10*time.Second - time.Millisecond)
				wantLevel(t, r, 0, c.level, "just before the end")
				later(time.Millisecond)
				wantLevel(t, r, 0, c.end, "at the end")
				if s := u.States()[0]; s.By != "timer" || s.EndsAt != nil {
					t.Errorf("state %+v, want one by the timer", s)
				}
				_ = u.stop(t)
			})
		})
	}
}

func TestANewCommandReplacesTheEndOfTheOldOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig()
		u := r.run(t, heater())
		u.drive(t, 0, Command{Level: on(), Duration: 10 * time.Second})
		later(5 * time.Second)
		u.drive(t, 0, cmd(on()))
		later(time.Hour)
		wantLevel(t, r, 0, on(), "an hour after a command without end")
		_ = u.stop(t)
	})
}

func TestALeaseThatIsNotRenewedEndsInTheSafeLevel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig()
		u := r.run(t, ChannelConfig{Type: PWM, Safe: new(duty(15))})
		r.set(func() { r.diary = nil })
		for range 10 {
			u.drive(t, 0, Command{Level: duty(60), Lease: 3 * time.Second})
			later(2 * time.Second)
		}
		wantLevel(t, r, 0, duty(60), "while it is renewed")
		if saves := len(r.entries("save")); saves > 2 {
			t.Errorf("ten renewals were written to the disk %d times", saves)
		}
		later(time.Second)
		wantLevel(t, r, 0, duty(15), "after the lease")
		if s := u.States()[0]; s.By != "safe" || s.Reason == "" || s.LeaseUntil != nil {
			t.Errorf("state %+v, want safe with a reason", s)
		}
		_ = u.stop(t)
	})
}

func TestTheLongestOnTimeEndsEveryOnCommand(t *testing.T) {
	limited := ChannelConfig{Type: OnOff, Limits: Limits{MaxOnS: new(60.0)}}
	t.Run("without a duration", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			r := newRig()
			u := r.run(t, limited)
			s := u.drive(t, 0, cmd(on()))
			if s.EndsAt == nil || time.Until(*s.EndsAt) != time.Minute {
				t.Errorf("ends at %v, want in a minute", s.EndsAt)
			}
			later(time.Minute)
			wantLevel(t, r, 0, off(), "after the longest on-time")
			_ = u.stop(t)
		})
	})
	t.Run("commanded on again and again", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			r := newRig()
			u := r.run(t, limited)
			for range 5 {
				u.drive(t, 0, Command{Level: on(), Duration: 50 * time.Second})
				later(11 * time.Second)
			}
			wantLevel(t, r, 0, on(), "after 55 s")
			later(5 * time.Second)
			wantLevel(t, r, 0, off(), "after 60 s of repeated commands")
			_ = u.stop(t)
		})
	})
	t.Run("a duty that changes stays one on-time", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			r := newRig()
			u := r.run(t, ChannelConfig{Type: PWM, Limits: Limits{MaxOnS: new(60.0)}})
			for n := range 5 {
				u.drive(t, 0, cmd(duty(float64(10+n))))
				later(11 * time.Second)
			}
			later(5 * time.Second)
			wantLevel(t, r, 0, duty(0), "after 60 s")
			_ = u.stop(t)
		})
	})
	t.Run("an output that is on from its start", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			r := newRig()
			u := r.run(t, ChannelConfig{Type: OnOff, AtStart: rest(on()), Limits: Limits{MaxOnS: new(60.0)}})
			wantLevel(t, r, 0, on(), "at start")
			later(time.Minute)
			wantLevel(t, r, 0, off(), "a minute after the start")
			_ = u.stop(t)
		})
	})
	t.Run("a program that crashes every 40 seconds", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			r := newRig()
			lit := 0
			for range 10 {
				u := r.run(t, ChannelConfig{Type: OnOff, AtStart: rest(on()), Limits: Limits{MaxOnS: new(60.0)}})
				later(40 * time.Second)
				if r.level(0) == "on" {
					lit++
				}
				u.crash()
			}
			if lit == 10 {
				t.Error("each restart began the longest on-time anew: the heater never went off")
			}
		})
	})
	t.Run("a device that does not go off at the end", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			r := newRig()
			u := r.run(t, limited)
			u.drive(t, 0, cmd(on()))
			r.set(func() { r.refuses[0] = errNoAnswer })
			later(61 * time.Second)
			_, err := u.Drive(t.Context(), 0, cmd(on()), maya())
			wantField(t, err, "on")
			r.set(func() { delete(r.refuses, 0) })
			later(retryCap)
			wantLevel(t, r, 0, off(), "once the device answers")
			_ = u.stop(t)
		})
	})
}

func TestCommandsBeyondALimitAreRefused(t *testing.T) {
	for _, c := range []struct {
		name    string
		channel ChannelConfig
		command Command
		field   string
	}{
		{"too long", ChannelConfig{Type: OnOff, Limits: Limits{MaxOnS: new(60.0)}}, Command{Level: on(), Duration: 61 * time.Second}, "duration_s"},
		{"too short", ChannelConfig{Type: OnOff, Limits: Limits{MinOnS: new(60.0)}}, Command{Level: on(), Duration: 59 * time.Second}, "duration_s"},
		{"negative duration", heater(), Command{Level: on(), Duration: -1}, "duration_s"},
		{"negative lease", heater(), Command{Level: on(), Lease: -1}, "lease_s"},
		{"off with an end", heater(), Command{Level: off(), Duration: time.Second}, "duration_s"},
		{"a volume with an end", ChannelConfig{Type: Volume}, Command{Level: volume(5), Duration: time.Second}, "duration_s"},
		{"a value with an end and no safe one", ChannelConfig{Type: Value}, Command{Level: value(5), Duration: time.Second}, "duration_s"},
		{"a value with a lease and no safe one", ChannelConfig{Type: Value}, Command{Level: value(5), Lease: time.Second}, "lease_s"},
		{"below the least duty", ChannelConfig{Type: PWM, Limits: Limits{DutyMin: new(20.0)}}, cmd(duty(19)), "duty"},
		{"above the highest duty", ChannelConfig{Type: PWM, Limits: Limits{DutyMax: new(80.0)}}, cmd(duty(81)), "duty"},
		{"below the least value", ChannelConfig{Type: Value, Limits: Limits{ValueMin: new(1.0)}}, cmd(value(0)), "value"},
		{"above the highest value", ChannelConfig{Type: Value, Limits: Limits{ValueMax: new(1.0)}}, cmd(value(2)), "value"},
		{"another type", heater(), cmd(duty(10)), "duty"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig()
				u := r.run(t, c.channel)
				r.set(func() { r.diary = nil })
				_, err := u.Drive(t.Context(), 0, c.command, maya())
				wantField(t, err, c.field)
				if did := r.entries("write", "save 0 on"); len(did) > 0 {
					t.Errorf("a refused command did %q", did)
				}
				u.crash()
			})
		})
	}
	synctest.Test(t, func(t *testing.T) {
		r := newRig()
		u := r.run(t, ChannelConfig{Type: PWM, Limits: Limits{DutyMin: new(20.0)}})
		u.drive(t, 0, cmd(duty(20)))
		u.drive(t, 0, cmd(duty(0))) // 0 % is always allowed
		wantLevel(t, r, 0, duty(0), "after 0 %")
		u.crash()
	})
}
