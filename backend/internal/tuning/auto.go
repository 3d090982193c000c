package tuning

import (
	"errors"
	"fmt"
)

// Auto chooses the experiment: a relay with the whole range of the output; if that drives the measurement out of its safety
// band, it waits until the plant is at rest again and takes half of the range, up to twice; if the oscillation does not work
// out, it makes a step. The plant is at rest in between, and every guard holds throughout.
type Auto struct {
	setup   Setup
	now     Experiment
	relay   *Relay // the one that is running or ran last
	attempt int
	left    error // the last error, while waiting for rest
	began   bool
	start   float64
	rest    float64 // the measurement at the beginning
	tried   []Attempt
}

// Attempt is one experiment that Auto made.
type Attempt struct {
	Kind      string  `json:"kind"` // relay or step
	Amplitude float64 `json:"amplitude"`
	Problem   string  `json:"problem,omitempty"` // why there was another one
}

// halvings of the relay's amplitude before a step is tried.
const halvings = 2

// NewAuto makes an experiment that chooses itself.
func NewAuto(s Setup) (*Auto, error) {
	if s.Amplitude == 0 {
		s.Amplitude = 1
	}
	a := &Auto{setup: s}
	if err := a.take(); err != nil {
		return nil, err
	}
	return a, nil
}

// take begins the next attempt.
func (a *Auto) take() (err error) {
	s := a.setup
	if a.attempt <= halvings {
		for range a.attempt {
			s.Amplitude /= 2
		}
		a.relay, err = NewRelay(s)
		a.now = a.relay
		a.tried = append(a.tried, Attempt{Kind: "relay", Amplitude: s.Amplitude})
		return err
	}
	s.Amplitude *= defaultStep
	a.relay = nil
	a.now, err = NewStep(s)
	a.tried = append(a.tried, Attempt{Kind: "step", Amplitude: s.Amplitude})
	return err
}

// Next implements [Experiment].
func (a *Auto) Next(t, y float64) (float64, bool, error) {
	if !a.began {
		a.began, a.start, a.rest = true, t, y
	}
	if a.left != nil { // outside the band, on the way back to rest
		switch {
		case !finite(y) || t-a.start > a.setup.TimeLimit:
			return a.setup.Rest, true, fmt.Errorf("%w, and the plant did not come back", a.left)
		case y < a.setup.Low || y > a.setup.High:
			return a.setup.Rest, false, nil
		}
		a.left = nil
		if err := a.take(); err != nil {
			return a.setup.Rest, true, err
		}
	}
	if t-a.start > a.setup.TimeLimit {
		return a.setup.Rest, true, fmt.Errorf("%w (%.0f s) while %s", ErrTime, a.setup.TimeLimit, a.now.Phase())
	}
	u, done, err := a.now.Next(t, y)
	if !done || err == nil {
		return u, done, err
	}
	a.tried[len(a.tried)-1].Problem = err.Error()
	switch {
	case errors.Is(err, ErrBand) && a.attempt <= halvings:
		a.attempt++
	case errors.Is(err, ErrUnsteady) && a.attempt <= halvings:
		a.attempt = halvings + 1
	default:
		return u, true, err
	}
	a.left = err
	return a.setup.Rest, false, nil
}

// Record implements [Experiment].
func (a *Auto) Record() Record { return a.now.Record() }

// Phase implements [Experiment].
func (a *Auto) Phase() Phase {
	if a.left != nil {
		return Waiting
	}
	return a.now.Phase()
}

// Attempts are the experiments so far.
func (a *Auto) Attempts() []Attempt { return a.tried }

// Relay is the relay experiment that went well; nil: it was a step.
func (a *Auto) Relay() *Relay { return a.relay }
