package tuning

import (
	"fmt"

	"hypha/internal/option"
)

// Setup is what an experiment has to know: nothing of the plant, but what may be done to it.
type Setup struct {
	Period         float64 // s, of the control; measurements come about as often
	OutMin, OutMax float64 // limits of the output
	Rest           float64 // the output at which the plant is at rest now
	Setpoint       float64 // where it will be held
	Low, High      float64 // the measurement's safety band: outside the experiment ends
	TimeLimit      float64 // s
	Lower          bool    // more output lowers the measurement
	// Amplitude is the part of the output's range that is used, above 0, up to 1; 0: all of it.
	Amplitude float64
	// Hysteresis of the relay in the unit of the measurement; 0: three standard deviations of the noise and a step of the
	// resolution.
	Hysteresis float64
}

// Check tells what a user has to correct, as [option.Errors].
func (s Setup) Check() error {
	var found option.Errors
	when := func(bad bool, field, message string) {
		if bad {
			found = append(found, option.FieldError{Field: field, Message: message})
		}
	}
	when(!(s.Period > 0 && finite(s.Period)), "period_s", "must be above 0 s")
	limits := finite(s.OutMin) && finite(s.OutMax) && s.OutMin < s.OutMax
	when(!limits, "out_max", "must be above out_min")
	when(limits && !(s.Rest >= s.OutMin && s.Rest <= s.OutMax), "rest", fmt.Sprintf("must be between the limits of the output, %g and %g", s.OutMin, s.OutMax))
	band := finite(s.Low) && finite(s.High) && s.Low < s.High
	when(!band, "high", "must be above low: the experiment ends when the measurement leaves this band")
	when(band && !(s.Setpoint > s.Low && s.Setpoint < s.High), "setpoint", fmt.Sprintf("must be within the safety band, %g to %g", s.Low, s.High))
	when(!(s.TimeLimit > 0 && finite(s.TimeLimit)), "time_limit_s", "must be above 0 s")
	when(!(s.Amplitude >= 0 && s.Amplitude <= 1), "amplitude", "must be above 0 and up to 1 (all of the output's range)")
	when(!(s.Hysteresis >= 0 && finite(s.Hysteresis)), "hysteresis", "must be 0 (from the noise) or above")
	if len(found) == 0 {
		return nil
	}
	return found
}

// levels are the outputs between which a relay switches.
func (s Setup) levels() (low, high float64) {
	a := s.Amplitude
	if a == 0 {
		a = 1
	}
	return s.Rest - a*(s.Rest-s.OutMin), s.Rest + a*(s.OutMax-s.Rest)
}

// Experiment is a machine that a plant is driven by, once each control period.
type Experiment interface {
	// Next takes the time, s, and the measurement, and answers the output to hold. done: it has ended, and the output is to
	// go back to what it was; err says why, unless it went well.
	Next(t, y float64) (u float64, done bool, err error)
	// Record is what it has seen.
	Record() Record
	// Phase says what it is doing, for people.
	Phase() Phase
}

// Phase is a part of an experiment.
type Phase string

// The phases.
const (
	Waiting    Phase = "waiting for rest"
	Measuring  Phase = "measuring the noise"
	Approach   Phase = "approaching the set-point"
	Cycling    Phase = "cycling"
	Responding Phase = "waiting for the response to end"
	Ended      Phase = "ended"
)
