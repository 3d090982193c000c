package process

import "math"

// Rig is a plant that runs, with its sensor, its actuator and its clock. Time passes only in Hold.
type Rig struct {
	plant     Plant
	model     model
	noise     *Noise
	dead      []float64 // inputs on their way through the dead time, a ring
	at        int       // steps since the start
	disturbed bool      // the load may come
}

// Start puts the plant at rest at its own second 0, with the disturbance to come.
func (p Plant) Start() *Rig {
	r := &Rig{plant: p, model: p.start(), noise: NewNoise(p.NoiseSeed), disturbed: true}
	r.dead = make([]float64, p.DelaySteps)
	return r
}

// Undisturbed leaves out the disturbance, as for an experiment.
func (r *Rig) Undisturbed() *Rig {
	r.disturbed = false
	return r
}

// Plant is what runs.
func (r *Rig) Plant() Plant { return r.plant }

// Time is the rig's clock, s.
func (r *Rig) Time() float64 { return float64(r.at) * r.plant.Step }

// Output is the true value, which only a simulation knows.
func (r *Rig) Output() float64 { return r.model.output() }

// Setpoint is the set-point of the plant's run now.
func (r *Rig) Setpoint() float64 { return r.plant.setpointAt(r.Time()) }

// Measure reads the sensor. It is read once each control period.
func (r *Rig) Measure() float64 {
	y := r.Output() + r.plant.NoiseSigma*r.noise.Normal()
	if q := r.plant.Quantum; q > 0 {
		return math.Floor(y/q+0.5) * q
	}
	return y
}

// Hold keeps the output at u for one control period; what is beyond the actuator's limits it does not do. each, if there is
// one, sees time and true value at the beginning of every step.
func (r *Rig) Hold(u float64, each func(t, y float64)) {
	u = min(max(u, r.plant.UMin), r.plant.UMax)
	steps := int(math.Round(r.plant.Period / r.plant.Step))
	on := steps
	if r.plant.TimeProportioned {
		on = int(math.Round(u / 100 * r.plant.Period / r.plant.Step))
		if float64(on)*r.plant.Step < r.plant.MinOn {
			on = 0
		}
	}
	for k := range steps {
		if each != nil {
			each(r.Time(), r.Output())
		}
		r.step(r.effect(u, k < on))
	}
}

// effect is what the actuator does at an output.
func (r *Rig) effect(u float64, on bool) float64 {
	switch {
	case !r.plant.TimeProportioned:
	case on:
		return 100
	default:
		return 0
	}
	if u < 0 && r.plant.CoolGain > 0 {
		return u * r.plant.CoolGain
	}
	return u
}

func (r *Rig) step(w float64) {
	load := r.disturbed && r.Time() >= r.plant.DisturbanceAt
	if load {
		w += r.plant.InputDisturbance
	}
	if len(r.dead) > 0 {
		slot := &r.dead[r.at%len(r.dead)]
		w, *slot = *slot, w
	}
	r.model.step(w, load)
	r.at++
}
