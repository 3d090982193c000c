package tuning

import (
	"fmt"
	"math"
)

// Step moves the output once, from rest, and waits for the end of the response. It suits plants that come to rest again in
// bearable time, and says more than a relay about those whose dead time dominates.
type Step struct {
	watch
	level float64
	at    float64 // of the step, s
}

// Parts of a step experiment.
const (
	defaultStep = 0.2  // of the output's range
	ended       = 0.3  // part of the time since the step over which the measurement must stand still
	stillPart   = 0.02 // of the response: it stands still within this and the noise
	loud        = 10   // standard deviations of the noise that a response must have
)

// NewStep makes a step experiment. The step goes where the set-point is, by Amplitude of the range that is there (0: a fifth).
func NewStep(s Setup) (*Step, error) {
	if err := s.Check(); err != nil {
		return nil, err
	}
	if s.Amplitude == 0 {
		s.Amplitude = defaultStep
	}
	return &Step{watch: newWatch(s)}, nil
}

// Next implements [Experiment].
func (s *Step) Next(t, y float64) (float64, bool, error) {
	if s.phase == Ended {
		return s.end(nil)
	}
	if err := s.note(t, y); err != nil {
		return s.end(s.late(s.explain(err), y))
	}
	if s.phase == Waiting || s.phase == Measuring {
		if !s.rested() {
			return s.hold(s.setup.Rest), false, nil
		}
		low, high := s.setup.levels()
		s.level = high
		if up := s.setup.Setpoint >= y; (up == s.setup.Lower && low < s.setup.Rest) || high == s.setup.Rest {
			s.level = low
		}
		s.phase, s.at = Responding, t
		return s.hold(s.level), false, nil
	}
	if !s.still(t) {
		return s.hold(s.level), false, nil
	}
	return s.end(s.judge(y))
}

// still tells whether the response has begun and ended.
func (s *Step) still(t float64) bool {
	samples, n := s.record.Samples, s.record.Noise
	from, after := t-ended*(t-s.at), len(samples)-s.record.Steady
	if after < minSteady {
		return false
	}
	low, high, mean, count := math.Inf(1), math.Inf(-1), 0.0, 0.0
	for i := len(samples) - 1; i >= 0 && samples[i].T >= from; i-- {
		y := samples[i].Y
		low, high, mean, count = min(low, y), max(high, y), mean+y, count+1
	}
	moved := math.Abs(mean/count - n.Mean)
	if moved <= max(n.band(), 1e-9*(1+math.Abs(n.Mean))) {
		return false // still in the dead time
	}
	return high-low <= 2*n.band()+stillPart*moved
}

func (s *Step) judge(y float64) error {
	n := s.record.Noise
	if moved := math.Abs(y - n.Mean); moved < loud*n.Sigma+2*n.Quantum {
		return fmt.Errorf("%w: it changed by %.3g, the noise has %.3g; use a larger amplitude", ErrSmall, moved, n.Sigma)
	}
	return nil
}

// late tells a response that never came from one that takes too long.
func (s *Step) late(err error, y float64) error {
	if s.phase == Responding && math.Abs(y-s.record.Noise.Mean) <= s.record.Noise.band() {
		return fmt.Errorf("%w: %w", ErrNoEffect, err)
	}
	return err
}
