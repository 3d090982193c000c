package pid

import (
	"fmt"
	"math"
)

// Proportion says how a duty becomes pulses of an on/off actuator.
type Proportion struct {
	Window     float64 // s, between two pulses; at most Ti/10, at least 20 Resolution
	Resolution float64 // s: pulses are multiples of it (half waves of the mains, the step of a pump); 0: any length
	MinOn      float64 // s; a shorter pulse is left out
	MinOff     float64 // s; a shorter pause is left out
}

// Check tells what a user has to correct, as [option.Errors].
func (p Proportion) Check() error {
	var f faults
	f.when(!(p.Window > 0 && p.Window < tooLarge), "window_s", "must be above 0 s")
	f.when(!(p.Resolution >= 0 && p.Resolution <= p.Window), "resolution_s", "must be between 0 and the window")
	f.when(!(p.MinOn >= 0 && p.MinOn <= p.Window), "min_on_s", "must be between 0 and the window")
	f.when(!(p.MinOff >= 0 && p.MinOff <= p.Window), "min_off_s", "must be between 0 and the window")
	f.when(p.MinOn+p.MinOff > p.Window, "window_s", fmt.Sprintf("must be at least min_on_s and min_off_s together, %g s", p.MinOn+p.MinOff))
	return f.err()
}

// Proportioner makes the pulses. What a window could not give is made up for in the next ones, so that the mean duty is
// right however small it is.
type Proportioner struct {
	cfg   Proportion
	carry float64 // s owed, within a window either way
}

// NewProportioner makes a proportioner that owes nothing.
func NewProportioner(cfg Proportion) (*Proportioner, error) {
	if err := cfg.Check(); err != nil {
		return nil, err
	}
	return &Proportioner{cfg: cfg}, nil
}

// Next returns for how many seconds of the next window the actuator is on, from its beginning. duty is in %; 0 and less
// is off, 100 and more is on, and a duty that is no number switches nothing on.
func (p *Proportioner) Next(duty float64) float64 {
	w := p.cfg.Window
	switch {
	case math.IsNaN(duty) || duty <= 0:
		p.carry = 0
		return 0
	case duty >= 100:
		p.carry = 0
		return w
	}
	wanted := duty/100*w + p.carry
	on := wanted
	if p.cfg.Resolution > 0 {
		on = math.Round(wanted/p.cfg.Resolution) * p.cfg.Resolution
	}
	on = min(max(on, 0), w)
	switch {
	case on < p.cfg.MinOn:
		on = 0
	case on < w && w-on < p.cfg.MinOff:
		on = w
	}
	p.carry = min(max(wanted-on, -w), w)
	return on
}

// Carry is what the windows so far have left owing, s; Restore takes it over a restart.
func (p *Proportioner) Carry() float64 { return p.carry }

// Restore takes over what an earlier proportioner owed.
func (p *Proportioner) Restore(carry float64) {
	if finite(carry) {
		p.carry = min(max(carry, -p.cfg.Window), p.cfg.Window)
	}
}
