package output

import (
	"context"
	"sync"
	"time"
)

// truth is what a device really does, whatever anybody believes.
type truth struct {
	mu      sync.Mutex
	name    string
	cfg     []ChannelConfig
	rig     *rig
	on      []bool
	since   []time.Time // of the last change of on
	level   []Level
	doses   [][]Dose
	healthy time.Time // since when it takes what it is told; zero: it does not
	obeys   bool      // although it refuses
	world   *modelWorld
}

// Write is that of the rig, and notes what the device does then.
func (d *truth) Write(ctx context.Context, n int, l Level) error {
	err := d.rig.Write(ctx, n, l)
	d.world.say("%s/%d is told %s: %v (obeys %v)", d.name, n, l, err, d.obeys)
	d.mu.Lock()
	defer d.mu.Unlock()
	if err != nil && !d.obeys {
		return err
	}
	now := time.Now()
	if l.VolumeML != nil {
		if *l.VolumeML > 0 {
			d.doses[n] = append(d.doses[n], Dose{T: now, ML: *l.VolumeML})
		}
		d.level[n] = l
		return err
	}
	was := d.on[n]
	d.level[n], d.on[n] = l, l.Active()
	if was != l.Active() {
		if l.Active() {
			// When it went off cannot be known over a restart while nothing can be written down.
			if least := d.cfg[n].Limits.MinOffS; d.world.roomy(now) && least != nil && !d.since[n].IsZero() && now.Sub(d.since[n]) < seconds(*least)-time.Millisecond {
				d.world.fault("%s/%d went on after %v off, at least %g s are asked for", d.name, n, now.Sub(d.since[n]), *least)
			}
		}
		d.since[n] = now
	}
	if l.Active() {
		d.world.oneOfAGroup(d, n)
	}
	return err
}

func (w *modelWorld) oneOfAGroup(d *truth, n int) {
	for _, other := range w.truths {
		if other != d {
			other.mu.Lock()
		}
		for m := range other.on {
			if (other != d || m != n) && other.on[m] && other.cfg[m].Interlock != "" && other.cfg[m].Interlock == d.cfg[n].Interlock {
				w.fault("%s/%d went on while %s/%d of the group %q is on", d.name, n, other.name, m, d.cfg[n].Interlock)
			}
		}
		if other != d {
			other.mu.Unlock()
		}
	}
}

func (d *truth) volumes(w *modelWorld, n int, now time.Time) {
	hour, day := 0.0, 0.0
	for _, dose := range d.doses[n] {
		if now.Sub(dose.T) < time.Hour {
			hour += dose.ML
		}
		if now.Sub(dose.T) < 24*time.Hour {
			day += dose.ML
		}
		if dose.ML > 5 {
			w.fault("%s/%d: a dose of %g ml", d.name, n, dose.ML)
		}
	}
	if hour > 12.0001 || day > 50.0001 {
		w.fault("%s/%d dosed %g ml in an hour and %g ml in a day", d.name, n, hour, day)
	}
}
