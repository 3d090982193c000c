package pid

import "fmt"

// Applied tells what the output really did with the last step's U, in its unit, after guards, interlocks, minimum times
// and people. The integral follows it, so that it does not wind up against a closed door. Without this call the output
// is taken to have done what it was asked. Pulses of a time-proportioned output are no reason to call it: their mean is
// right.
func (c *Controller) Applied(u float64) {
	if !finite(u) || u == c.sent {
		return
	}
	c.u = c.effect(u)
	c.track = c.u
	c.sent = u
}

// Blocked tells that the output cannot follow any further up or down, as the inner loop of a cascade whose own output is
// at its limit: the integral then goes no further that way. It holds until it is told otherwise. Up and down count in the
// controller's direction, which with Lower is the other way round.
func (c *Controller) Blocked(up, down bool) { c.up, c.down = up, down }

// Manual holds the output at u, in its unit, from the next step on; the terms are computed on, so that they can be shown.
func (c *Controller) Manual(u float64) error {
	var f faults
	f.when(!(u >= c.cfg.OutMin && u <= c.cfg.OutMax), "manual",
		fmt.Sprintf("must be between the limits of the output, %g and %g", c.cfg.OutMin, c.cfg.OutMax))
	if err := f.err(); err != nil {
		return err
	}
	c.manual, c.u, c.track = true, c.effect(u), c.effect(u)
	return nil
}

// Auto goes back to control. With an integral the output goes on from where it is; without one it takes the value of
// the law at once.
func (c *Controller) Auto() {
	if c.manual {
		c.manual, c.next, c.waits = false, smoothly, false
	}
}

// InManual tells whether the output is held by hand.
func (c *Controller) InManual() bool { return c.manual }

// SetGains changes the gains without a jump of the output. A schedule, which has gains of its own, goes on.
func (c *Controller) SetGains(g Gains) error {
	cfg := c.cfg
	cfg.Gains = g
	if err := cfg.Check(); err != nil {
		return err
	}
	c.cfg = cfg
	if len(cfg.Schedule) == 0 {
		c.change(g)
	}
	return nil
}

// SetLimits changes the limits of the output, as of an outer loop whose inner one gets another range of set-points.
func (c *Controller) SetLimits(low, high float64) error {
	cfg := c.cfg
	cfg.OutMin, cfg.OutMax = low, high
	if err := cfg.Check(); err != nil {
		return err
	}
	c.cfg = cfg
	return nil
}

// Freeze stands for a step without a good measurement: the output is held, integral and derivative stand still. With
// the next step the derivative starts anew, and the time without measurement is not integrated.
func (c *Controller) Freeze() Out {
	c.waits, c.have, c.d = false, false, 0
	c.sent = c.output(c.u)
	return Out{I: c.i, V: c.u, U: c.sent, Frozen: true}
}

// Reset forgets all but the configuration: the controller starts from rest, in automatic, with the output at 0 or the
// limit next to it.
func (c *Controller) Reset() {
	*c = Controller{cfg: c.cfg, gains: c.cfg.Gains, next: fromRest}
	low, high := c.limits()
	c.u = min(max(0, low), high)
	c.pending = pending{track: c.u, sent: c.output(c.u)}
}

// StartAt makes the next step start from rest with the output at u, in its unit: as if the measurement had long been at
// its set-point. A step of the set-point then has its full effect.
func (c *Controller) StartAt(u float64) { c.startAt(u, fromRest) }

// StartSmoothly makes the next step start with the output at u, whatever the error is; the integral goes on from there.
func (c *Controller) StartSmoothly(u float64) { c.startAt(u, smoothly) }

func (c *Controller) startAt(u float64, how begin) {
	if !finite(u) {
		return
	}
	low, high := c.limits()
	c.u = min(max(c.effect(u), low), high)
	c.next, c.have, c.d = how, false, 0
	c.pending = pending{track: c.u, sent: c.output(c.u)}
}

// State is what a controller takes over a restart of the program.
type State struct {
	I      float64 `json:"i"`
	U      float64 `json:"u"` // in the unit of the output
	K      float64 `json:"k"` // the gain and the weight that I belongs to
	B      float64 `json:"b"`
	Manual bool    `json:"manual,omitempty"`
	Way    float64 `json:"way,omitempty"` // of a split range: what was driven last
}

// State returns what to keep.
func (c *Controller) State() State {
	return State{I: c.i, U: c.output(c.u), K: c.gains.K, B: c.gains.B, Manual: c.manual, Way: c.split.way}
}

// Restore goes on from a state that is age seconds old, and tells whether it did. A state older than Ti says nothing
// about the plant any more. If the gains have changed since, the output goes on from where it was.
func (c *Controller) Restore(s State, age float64) bool {
	if !finite(s.I) || !finite(s.U) || !(age >= 0) || (c.gains.Integral() && age >= c.gains.Ti) {
		return false
	}
	c.startAt(s.U, smoothly)
	c.manual, c.split = s.Manual, split{way: s.Way}
	if s.K == c.gains.K && s.B == c.gains.B && len(c.cfg.Schedule) == 0 {
		c.i, c.next = s.I, goOn
	}
	return true
}
