package output

import (
	"context"
	"errors"
	"time"

	"pgregory.net/rapid"
)

func (w *modelWorld) drive(t *rapid.T) {
	k, n := rapid.IntRange(0, len(w.truths)-1).Draw(t, "output"), rapid.IntRange(0, 2).Draw(t, "channel")
	cause := rapid.SampledFrom([]Cause{
		fn("function/1", 0), fn("function/2", 3), fn("function/3", 3), {By: "alert/1", Rank: SafetyRank}, maya(),
	}).Draw(t, "cause")
	var c Command
	switch w.truths[k].cfg[n].Type {
	case OnOff:
		c.Level = Level{On: new(rapid.Bool().Draw(t, "on"))}
	case PWM:
		c.Level = duty(rapid.SampledFrom([]float64{0, 20, 60, 100}).Draw(t, "duty"))
	case Volume:
		c.Level = volume(rapid.SampledFrom([]float64{0, 1, 3, 5, 6}).Draw(t, "volume"))
	case Value:
	}
	c.Lease = time.Duration(rapid.IntRange(1, 200).Draw(t, "lease")) * time.Second
	if c.Active() && rapid.Bool().Draw(t, "timed") && c.VolumeML == nil {
		c.Duration = time.Duration(rapid.IntRange(1, 200).Draw(t, "duration")) * time.Second
		if rapid.Bool().Draw(t, "no lease") {
			c.Lease = 0
		}
	}
	u := w.outputs[k]
	_, err := u.Drive(context.Background(), n, c, cause)
	w.say("%s drives %s/%d to %s for %v, lease %v: %v", cause.By, w.truths[k].name, n, c.Level, c.Duration, c.Lease, err)
	if err == nil || errors.Is(err, ErrOutranked) {
		end := time.Now().Add(max(c.Lease, c.Duration))
		at := [2]int{k, n}
		if w.ends[at].Before(end) || time.Until(w.ends[at]) > 100*time.Hour && err == nil {
			w.ends[at] = end
		}
	} else if time.Until(w.ends[[2]int{k, n}]) < 100*time.Hour { // a refused command of the driver renews its lease
		w.ends[[2]int{k, n}] = maxTime(w.ends[[2]int{k, n}], time.Now().Add(c.Lease))
	}
}

func maxTime(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func (w *modelWorld) step(t *rapid.T) {
	w.steps++
	pick := func() *truth { return rapid.SampledFrom(w.truths).Draw(t, "which") }
	switch action := rapid.IntRange(0, 31).Draw(t, "action"); {
	case action < 14:
		w.drive(t)
	case action < 22:
		<-time.After(time.Duration(rapid.IntRange(1, 60_000).Draw(t, "ms")) * time.Millisecond)
	case action == 22:
		<-time.After(time.Duration(rapid.IntRange(1, 40).Draw(t, "minutes")) * time.Minute)
	case action == 23:
		u := rapid.SampledFrom(w.outputs).Draw(t, "released")
		u.Release(rapid.SampledFrom([]string{"function/1", "function/2", "alert/1"}).Draw(t, "by"), "it was disabled")
	case action == 24:
		_ = rapid.SampledFrom(w.outputs).Draw(t, "overridden").EndOverride(rapid.IntRange(0, 1).Draw(t, "channel"), "user:ben")
	case action < 27: // a device fails, or works again
		d := pick()
		d.mu.Lock()
		d.obeys = rapid.Bool().Draw(t, "obeys")
		broken := d.healthy.IsZero()
		d.healthy = time.Time{}
		if broken {
			d.healthy = time.Now()
		}
		d.mu.Unlock()
		d.rig.set(func() {
			for n := range 3 {
				if broken {
					delete(d.rig.refuses, n)
				} else {
					d.rig.refuses[n] = errNoAnswer
				}
			}
		})
	case action == 27:
		full := rapid.Bool().Draw(t, "full")
		w.mu.Lock()
		if w.full {
			w.fullUntil = time.Now()
		}
		w.full = full
		w.mu.Unlock()
		for _, d := range w.truths {
			d.rig.set(func() {
				if d.rig.saving = nil; full {
					d.rig.saving = errDiskFull
				}
			})
		}
	case action == 28:
		w.stop(t)
	case action < 31:
		w.restart(t)
	default: // the output is changed while the program runs
		k := rapid.IntRange(0, len(w.truths)-1).Draw(t, "changed")
		u := w.outputs[k]
		next := make([]ChannelConfig, 3)
		for n := range next {
			next[n] = modelConfig(t, n)
		}
		u.crash()
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		_ = u.Stop(ctx)
		cancel()
		w.truths[k].reconfigure(next)
		w.say("%s is changed", w.truths[k].name)
		w.outputs[k] = w.launch(k, w.truths[k])
	}
}

// restart kills the program and starts it again, after a while and with the clock set back, or with another configuration.
func (w *modelWorld) restart(t *rapid.T) {
	away := time.Duration(rapid.IntRange(0, 100).Draw(t, "away")) * time.Second
	back := time.Duration(rapid.SampledFrom([]int{0, 0, 30, 7200}).Draw(t, "back")) * time.Second
	w.crash()
	w.say("killed, for %v, and the clock set back by %v", away, back)
	<-time.After(away)
	for _, d := range w.truths {
		d.rig.set(func() {
			for n, s := range d.rig.kept { // the clock set back is what was kept set forward
				s.Since = s.Since.Add(back)
				for _, end := range []**time.Time{&s.EndsAt, &s.LeaseUntil} {
					if *end != nil {
						*end = new((*end).Add(back))
					}
				}
				d.rig.kept[n] = s
			}
			for n := range d.rig.doses {
				d.rig.doses[n].T = d.rig.doses[n].T.Add(back)
			}
		})
	}
	w.start()
}

// reconfigure gives an output other limits. A group that a channel comes into while it is on is no fault of the output.
func (d *truth) reconfigure(next []ChannelConfig) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for n := range d.cfg {
		group, on := d.cfg[n].Interlock, d.on[n]
		d.cfg[n] = next[n]
		if on {
			d.cfg[n].Interlock = group
		}
	}
}

func (w *modelWorld) stop(t *rapid.T) {
	stop := w.latched.IsZero()
	for _, d := range w.truths {
		d.rig.latched.Store(stop)
	}
	if w.latched = (time.Time{}); !stop {
		return
	}
	w.latched = time.Now()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	for k, u := range w.outputs {
		_ = u.MakeSafe(ctx, "stop", "everything was stopped")
		for n := range 3 {
			w.ends[[2]int{k, n}] = time.Now()
		}
	}
}
