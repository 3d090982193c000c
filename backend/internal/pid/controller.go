package pid

import "math"

// Controller is one control loop's law and memory.
//
// Inside, everything counts in effect: towards a higher measurement (a lower one with Lower), one unit of output as
// strong in both directions.
type Controller struct {
	cfg   Config
	gains Gains // those in force: cfg.Gains or the schedule's

	i, d float64
	y    float64 // the last measurement, filtered
	r    float64 // the last set-point
	seen bool    // there are y and r
	have bool    // d goes on from y
	next begin   // how the next step finds its integral

	u      float64 // what the output did last
	manual bool
	split  split

	pending       // of the last step, until the time since then is known
	up, down bool // the integral may not go further this way
}

// begin is how a step finds its integral.
type begin uint8

const (
	goOn     begin = iota
	fromRest       // as if the measurement had been at the set-point with the output where it is
	smoothly       // so that the output stays where it is
)

// pending is what a step leaves to integrate: its error and its difference to what the output did.
type pending struct {
	waits bool
	e     float64
	v     float64
	track float64 // what the output did, as far as the integral is concerned
	sent  float64 // what was asked of the output
}

// In is what a step starts from.
type In struct {
	DT          float64 // s since the last step; of the first one it does not matter
	Setpoint    float64
	Measurement float64
	FeedForward float64 // added to the output before the limits
}

// Out is the result of a step. P, I, D and V count in the controller's direction; U is in the unit of the output.
type Out struct {
	P, I, D   float64
	V         float64 // their sum with the feed-forward, before the limits
	U         float64 // the output
	Saturated bool    // limits, rate or dwell kept U from V
	Frozen    bool    // there was no measurement: U is held
}

// New makes a controller that starts from rest with the output at 0, or the limit next to it.
func New(cfg Config) (*Controller, error) {
	if err := cfg.Check(); err != nil {
		return nil, err
	}
	c := &Controller{cfg: cfg, gains: cfg.Gains}
	c.Reset()
	return c, nil
}

// Step computes the next output. A measurement or set-point that is not finite freezes the controller, see Freeze.
func (c *Controller) Step(in In) Out {
	h := max(in.DT, 0) // a clock that ran backwards has brought no time
	if !finite(in.Setpoint) || !finite(in.Measurement) || !finite(in.FeedForward) || !finite(h) {
		return c.Freeze()
	}
	if c.cfg.MaxGap > 0 && h > c.cfg.MaxGap {
		c.Freeze()
	}
	c.integrate(h)

	r, y := in.Setpoint, in.Measurement
	if c.cfg.Lower {
		r, y = -r, -y
	}
	c.reschedule(in)
	last := c.y
	if c.have && c.cfg.Filter > 0 {
		y = last + h/(c.cfg.Filter+h)*(y-last)
	}
	e := deadBand(r-y, c.cfg.DeadBand)
	resting := c.cfg.DeadBand > 0 && e == 0
	c.differentiate(h, y, resting)
	p := c.gains.K * (c.gains.B*r - (r - e)) // r - e is y but for the dead band
	c.settle(p, y, in.FeedForward)
	c.y, c.r, c.seen, c.have = y, r, true, true

	v := p + c.i + c.d + in.FeedForward
	out := Out{P: p, I: c.i, D: c.d, V: v}
	wanted := c.u
	if !c.manual {
		wanted, out.Saturated = c.limit(v, h)
		c.u = c.split.quiet(&c.cfg, wanted)
	}
	out.U = c.output(c.u)
	c.pending = pending{waits: !resting || c.manual, e: e, v: v, track: wanted, sent: out.U}
	c.split.passed(c.u, h)
	return out
}

// integrate takes over the error of the last step, which stood for h seconds, and what the output made of it.
func (c *Controller) integrate(h float64) {
	if !c.waits || !c.gains.Integral() {
		c.waits = false
		return
	}
	c.waits = false
	rise := c.gains.K * h / c.gains.Ti * c.e
	if (rise > 0 && c.up) || (rise < 0 && c.down) {
		rise = 0
	}
	c.i += rise
	if h > 0 {
		c.i += h / max(c.gains.tracking(), h) * (c.track - c.v)
	}
}

func (c *Controller) differentiate(h, y float64, resting bool) {
	if !c.have || c.gains.Td == 0 {
		c.d = 0
		return
	}
	change := y - c.y
	if resting {
		change = 0
	}
	td, n := c.gains.Td, c.gains.N
	c.d = (td*c.d - c.gains.K*td*n*change) / (td + n*h)
}

// settle finds the integral of a first step.
func (c *Controller) settle(p, y, feedForward float64) {
	switch {
	case !c.gains.Integral():
		c.i = c.cfg.Bias
	case c.next == fromRest:
		c.i = c.u - c.gains.K*(c.gains.B*y-y)
	case c.next == smoothly:
		c.i = c.u - p - c.d - feedForward
	}
	c.next = goOn
}

// reschedule takes the gains of this place, without a jump of the output.
func (c *Controller) reschedule(in In) {
	if len(c.cfg.Schedule) == 0 {
		return
	}
	at := in.Measurement
	if c.cfg.ScheduleBy == BySetpoint {
		at = in.Setpoint
	}
	c.change(c.cfg.scheduled(at))
}

// change puts other gains in force; the integral takes up what the proportional term loses.
func (c *Controller) change(g Gains) {
	if c.seen && g.Integral() {
		e := deadBand(c.r-c.y, c.cfg.DeadBand)
		was := c.gains.K * (c.gains.B*c.r - (c.r - e))
		is := g.K * (g.B*c.r - (c.r - e))
		c.i += was - is
	}
	c.gains = g
}

// limit returns what limits, direction and rate leave of v.
func (c *Controller) limit(v, h float64) (u float64, saturated bool) {
	low, high := c.limits()
	low, high = c.split.allowed(&c.cfg, low, high)
	u = min(max(v, low), high)
	if c.cfg.RatePerS > 0 {
		step := c.cfg.RatePerS * h // from what was asked for: what quiet makes of it would hold it at 0
		u = min(max(u, c.track-step), c.track+step)
	}
	return u, math.Abs(u-v) > 1e-9*(high-low)
}

// deadBand counts an error from the edge of the band.
func deadBand(e, band float64) float64 {
	switch {
	case e > band:
		return e - band
	case e < -band:
		return e + band
	}
	return 0
}
