// Package hysteresis has the on/off regulator: it switches on beyond one edge of a band around the set-point and off
// beyond the other, so that it does not chatter.
package hysteresis

import "time"

// Switch decides between on and off. The zero value with a Band is ready.
type Switch struct {
	Band          float64 // full width, in the unit of the measurement
	Lower         bool    // the output lowers the measurement: mirrored
	MinOn, MinOff time.Duration

	on      bool
	since   time.Time // of the last change; zero before the first
	decided bool
}

// Decide returns whether the output should be on, for a measurement at a time. A change waits until the present state has
// lasted as long as it must; the first is free. kept is true when a change waits.
func (s *Switch) Decide(now time.Time, setpoint, y float64) (on, kept bool) {
	wanted := s.on
	below, above := y < setpoint-s.Band/2, y > setpoint+s.Band/2
	if s.Lower {
		below, above = above, below
	}
	switch {
	case below:
		wanted = true
	case above:
		wanted = false
	}
	if s.decided && wanted != s.on && !s.since.IsZero() {
		least := s.MinOff
		if s.on {
			least = s.MinOn
		}
		if now.Sub(s.since) < least {
			return s.on, true
		}
	}
	if wanted != s.on {
		s.since = now
	}
	s.on, s.decided = wanted, true
	return s.on, false
}

// On is the last decision.
func (s *Switch) On() bool { return s.on }

// Assume takes over a state that lasts since a time, as the output has it.
func (s *Switch) Assume(on bool, since time.Time) { s.on, s.since, s.decided = on, since, true }
