package tuning

import (
	"errors"
	"fmt"
	"math"
)

// Errors that end an experiment.
var (
	ErrBand      = errors.New("the measurement left its safety band")
	ErrTime      = errors.New("the time limit has passed")
	ErrNotAtRest = errors.New("the measurement did not come to rest before the experiment")
	ErrNoEffect  = errors.New("the output had no effect on the measurement")
	ErrUnsteady  = errors.New("the oscillation does not become even")
	ErrSmall     = errors.New("the response is lost in the noise")
)

// minSteady is how many measurements at rest the noise is taken from.
const minSteady = 20

// watch is what every experiment does besides its own: recording, guarding, and measuring the noise at rest.
type watch struct {
	setup  Setup
	record Record
	phase  Phase
	start  float64
}

func newWatch(s Setup) watch {
	return watch{setup: s, phase: Waiting, record: Record{Period: s.Period, Rest: s.Rest, Lower: s.Lower, Both: s.OutMin < 0 && s.OutMax > 0}}
}

func (w *watch) Record() Record { return w.record }
func (w *watch) Phase() Phase   { return w.phase }

// note takes a measurement, before the output for it is known.
func (w *watch) note(t, y float64) error {
	r := &w.record
	if len(r.Samples) == 0 {
		w.start = t
	}
	switch {
	case !finite(y):
		return errors.New("there is no measurement: nothing is done without one")
	case !(y >= w.setup.Low && y <= w.setup.High):
		return fmt.Errorf("%w: %.4g is outside %.4g to %.4g", ErrBand, y, w.setup.Low, w.setup.High)
	case t-w.start > w.setup.TimeLimit:
		return fmt.Errorf("%w (%.0f s) while %s", ErrTime, w.setup.TimeLimit, w.phase)
	case len(r.Samples) >= maxSamples:
		return errTooLong
	}
	r.Samples = append(r.Samples, Sample{T: t, Y: y, U: w.setup.Rest})
	return nil
}

// hold keeps the output of the newest sample.
func (w *watch) hold(u float64) float64 {
	w.record.Samples[len(w.record.Samples)-1].U = u
	return u
}

// end ends the experiment.
func (w *watch) end(err error) (float64, bool, error) {
	w.phase = Ended
	return w.setup.Rest, true, err
}

// rested measures the noise over the newest samples and tells whether they are at rest: what drift there is must be small
// beside the noise, or beside the way to the set-point.
func (w *watch) rested() bool {
	s := w.record.Samples
	if len(s) < minSteady {
		w.phase = Measuring
		return false
	}
	last := s[len(s)-minSteady:]
	n := noiseOf(last)
	moved := math.Abs(n.Drift) * (last[minSteady-1].T - last[0].T)
	// A curve leaves more beside a straight line than its neighbours differ; noise leaves as much.
	curved := n.rough > 0 && n.residual > 1.6*n.rough
	if curved || moved > n.band()+2e-3*math.Abs(w.setup.Setpoint-n.Mean)+1e-9*math.Abs(n.Mean) {
		w.phase = Waiting
		return false
	}
	w.record.Samples = append([]Sample(nil), last...)
	w.record.Noise, w.record.Steady = n, minSteady
	return true
}

// err explains a time limit that passed before anything began.
func (w *watch) explain(err error) error {
	if errors.Is(err, ErrTime) && (w.phase == Waiting || w.phase == Measuring) {
		return fmt.Errorf("%w: %w", ErrNotAtRest, err)
	}
	return err
}
