package process

import (
	"fmt"

	"hypha/internal/pid"
)

// controlled is Hypha's PID on a plant.
type controlled struct{ pid *pid.Controller }

// Config is how Hypha's PID is set up for this plant, but for the gains: limits, direction, the weaker cooling side.
func (p Plant) Config(g pid.Gains) pid.Config {
	return pid.Config{Gains: g, OutMin: p.UMin, OutMax: p.UMax, Lower: p.Action == Lower, CoolRatio: p.CoolGain}
}

// PID puts Hypha's PID on a plant, from rest.
func (p Plant) PID(cfg pid.Config) (Law, error) {
	c, err := pid.New(cfg)
	if err != nil {
		return nil, fmt.Errorf("PID of plant %s: %w", p.ID, err)
	}
	c.StartAt(p.UInitial)
	return controlled{c}, nil
}

func (c controlled) Next(h, setpoint, measured float64) float64 {
	return c.pid.Step(pid.In{DT: h, Setpoint: setpoint, Measurement: measured}).U
}
