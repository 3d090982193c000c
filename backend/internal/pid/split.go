package pid

// split is the memory of an output that works in both directions.
type split struct {
	way   float64 // the direction that was driven last: 1, -1, or 0 for none yet
	since float64 // s without either
}

// limits are those of the output in effect.
func (c *Controller) limits() (low, high float64) {
	return c.effect(c.cfg.OutMin), c.effect(c.cfg.OutMax)
}

// effect turns an output into its effect, output the other way round.
func (c *Controller) effect(u float64) float64 {
	if c.cfg.CoolRatio > 0 && u < 0 {
		return u * c.cfg.CoolRatio
	}
	return u
}

func (c *Controller) output(effect float64) float64 {
	if c.cfg.CoolRatio > 0 && effect < 0 {
		return effect / c.cfg.CoolRatio
	}
	return effect
}

// allowed narrows the limits while the direction may not change yet.
func (s *split) allowed(cfg *Config, low, high float64) (float64, float64) {
	if cfg.CoolRatio == 0 || cfg.CoolDwell == 0 || s.since >= cfg.CoolDwell {
		return low, high
	}
	switch {
	case s.way > 0:
		low = 0
	case s.way < 0:
		high = 0
	}
	return low, high
}

// quiet leaves both actuators off near 0. The integral is not told: it would never get through the band.
func (s *split) quiet(cfg *Config, u float64) float64 {
	if cfg.CoolRatio > 0 && u <= cfg.CoolDeadBand && u >= -cfg.CoolDeadBand {
		return 0
	}
	return u
}

// passed notes what is driven from now on, h seconds after the last step.
func (s *split) passed(u, h float64) {
	switch {
	case u > 0:
		s.way, s.since = 1, 0
	case u < 0:
		s.way, s.since = -1, 0
	default:
		s.since += h
	}
}
