package tuning

import "math"

// Cycle is a limit cycle of a relay about its bias: the output goes up by High and down by Low, switching when the
// measurement passes ±Hysteresis.
type Cycle struct {
	Max, Min  float64 // of the measurement
	On, Off   float64 // s
	High, Low float64 // of the output, both above 0
}

// CycleOf is the exact limit cycle of a lag with dead time.
func CycleOf(m Model, high, low, hysteresis float64) Cycle {
	e := math.Exp(-m.DeadTime / m.Tau1)
	up, down := m.Gain*high, m.Gain*low
	c := Cycle{High: high, Low: low, Max: up - (up-hysteresis)*e, Min: -down + (down-hysteresis)*e}
	c.On = m.DeadTime + m.Tau1*math.Log((up-c.Min)/(up-hysteresis))
	c.Off = m.DeadTime + m.Tau1*math.Log((c.Max+down)/(down-hysteresis))
	return c
}

// Means are those of output and measurement over whole cycles of a lag with the gain k.
func (c Cycle) Means(k float64) (u, y float64) {
	u = (c.On*c.High - c.Off*c.Low) / (c.On + c.Off)
	return u, k * u
}

// NormalisedDeadTime estimates L/(L+T) from the cycle's shape (Berner). It needs a cycle that is not symmetric.
func (c Cycle) NormalisedDeadTime() float64 {
	p := max(c.On, c.Off) / min(c.On, c.Off)
	gamma := max(c.High, c.Low) / min(c.High, c.Low)
	return (gamma - p) / ((gamma - 1) * (0.35*p + 0.65))
}

// Model solves the cycle for lag and dead time of a plant with the gain k. Both are NaN where no lag with dead time has
// such a cycle.
func (c Cycle) Model(k, hysteresis float64) Model {
	up := k * c.High
	ratio := -math.Log((up - c.Max) / (up - hysteresis)) // L/T
	t := c.On / (ratio + math.Log((up-c.Min)/(up-hysteresis)))
	return Model{Gain: k, Tau1: t, DeadTime: ratio * t}
}
