package tuning

import (
	"fmt"
	"math"
)

// Relay switches the output between two levels whenever the measurement passes the set-point (Åström and Hägglund 1984): the
// plant oscillates with its own period. From rest the first switch is a step, which also shows how strong the output is.
type Relay struct {
	watch
	low, high float64
	epsilon   float64
	on        bool
	peaks     half
	halves    []half // of the oscillation, the newest last
	cycle     Cycle
}

// half is one half of the oscillation.
type half struct {
	on       bool
	from, to float64 // s
	min, max float64 // of the measurement, in effect
}

// Cycles of the oscillation: the first ones settle; then so many must be even.
const (
	settlingHalves = 2
	evenCycles     = 3
	maxCycles      = 12
	uneven         = 0.1 // part by which amplitude and period may differ
)

// NewRelay makes a relay experiment.
func NewRelay(s Setup) (*Relay, error) {
	if err := s.Check(); err != nil {
		return nil, err
	}
	r := &Relay{watch: newWatch(s)}
	r.low, r.high = s.levels()
	return r, nil
}

// Next implements [Experiment].
func (r *Relay) Next(t, y float64) (float64, bool, error) {
	if r.phase == Ended {
		return r.end(nil)
	}
	if err := r.note(t, y); err != nil {
		return r.end(r.explain(err))
	}
	effect, e := y, r.setup.Setpoint-y
	if r.setup.Lower {
		effect, e = -y, -e
	}
	switch r.phase {
	case Waiting, Measuring:
		if !r.rested() {
			return r.hold(r.setup.Rest), false, nil
		}
		r.epsilon = r.setup.Hysteresis
		if r.epsilon == 0 {
			r.epsilon = max(r.record.Noise.band(), 0.002*math.Abs(r.setup.Setpoint-r.record.Noise.Mean), 1e-6*math.Abs(y))
		}
		r.phase, r.on = Approach, e > -r.epsilon
		r.begin(t, effect)
	case Approach:
		if (r.on && e < -r.epsilon) || (!r.on && e > r.epsilon) {
			r.record.Local = len(r.record.Samples) - 1
			r.phase, r.on = Cycling, !r.on
			r.begin(t, effect)
		}
	case Cycling:
		r.peaks.min, r.peaks.max, r.peaks.to = min(r.peaks.min, effect), max(r.peaks.max, effect), t
		if (r.on && e < -r.epsilon) || (!r.on && e > r.epsilon) {
			r.halves = append(r.halves, r.peaks)
			r.on = !r.on
			r.begin(t, effect)
			if done, err := r.even(); done {
				return r.end(err)
			}
		}
	case Responding, Ended:
	}
	u := r.low
	if r.on {
		u = r.high
	}
	return r.hold(u), false, nil
}

func (r *Relay) begin(t, effect float64) {
	r.peaks = half{on: r.on, from: t, to: t, min: effect, max: effect}
}

// even tells whether the last cycles are alike, or will not become so.
func (r *Relay) even() (done bool, err error) {
	n := len(r.halves) - settlingHalves
	if n < 2*evenCycles {
		return false, nil
	}
	last := r.halves[len(r.halves)-2*evenCycles:]
	var c Cycle
	periods, sizes := [2]float64{math.Inf(1), 0}, [2]float64{math.Inf(1), 0}
	for i := 0; i < len(last); i += 2 {
		a, b := last[i], last[i+1]
		period, low, high := b.to-a.from, min(a.min, b.min), max(a.max, b.max)
		periods = [2]float64{min(periods[0], period), max(periods[1], period)}
		sizes = [2]float64{min(sizes[0], high-low), max(sizes[1], high-low)}
		c.Max, c.Min = c.Max+high/evenCycles, c.Min+low/evenCycles
		for _, h := range []half{a, b} {
			if h.on {
				c.On += (h.to - h.from) / evenCycles
			} else {
				c.Off += (h.to - h.from) / evenCycles
			}
		}
	}
	// An amplitude is seen to within the noise, a period to within a control period and the time that the measurement needs to
	// get through the noise.
	noise := 2 * r.record.Noise.band()
	blur := 2*r.setup.Period + noise*max(c.On, c.Off)/max(c.Max-c.Min, noise)
	alike := periods[1]-periods[0] <= uneven*periods[1]+blur && sizes[1]-sizes[0] <= uneven*sizes[1]+noise
	mid := r.setup.Setpoint
	if r.setup.Lower {
		mid = -mid
	}
	c.Max, c.Min, c.High, c.Low = c.Max-mid, c.Min-mid, r.high-r.setup.Rest, r.setup.Rest-r.low
	r.cycle = c
	switch {
	case alike:
		return true, nil
	case n >= 2*maxCycles:
		return true, fmt.Errorf("%w: after %d cycles the periods still go from %.0f to %.0f s, the amplitudes from %.3g to %.3g",
			ErrUnsteady, maxCycles, periods[0], periods[1], sizes[0]/2, sizes[1]/2)
	}
	return false, nil
}

// Cycle is the mean of the last even cycles, with the measurement counted from the set-point in the direction of the output's
// effect; it has lengths only after the experiment has gone well.
func (r *Relay) Cycle() Cycle { return r.cycle }

// Ultimate is the gain and the period, s, at which a proportional controller would oscillate, by the describing function.
func (r *Relay) Ultimate() (ku, pu float64) {
	return UltimateGain((r.high-r.low)/2, (r.cycle.Max-r.cycle.Min)/2, r.epsilon), r.cycle.On + r.cycle.Off
}
