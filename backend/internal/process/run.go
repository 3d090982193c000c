package process

import "math"

// Law is a control law under test: called once each control period of h seconds, it answers the output to hold.
type Law interface {
	Next(h, setpoint, measured float64) float64
}

// Figures say how well a run went.
type Figures struct {
	IAESetpoint float64  `json:"iae_setpoint"`      // ∫|r - y| dt until the disturbance
	IAELoad     float64  `json:"iae_load"`          // after it
	Overshoot   float64  `json:"overshoot_percent"` // of the step, until the disturbance
	TV          float64  `json:"tv"`                // travel of the output, Σ|Δu|
	Settling    float64  `json:"settling_s"`        // after which the error stays within 5 % of the step, until the disturbance
	LoadPeak    float64  `json:"load_peak"`         // greatest error after the disturbance, until a second set-point
	LastTenth   float64  `json:"mean_abs_error_last_tenth"`
	PeakToPeak  float64  `json:"peak_to_peak_last_tenth"` // of the measured variable: an oscillation that lasts shows here
	Samples     []Sample `json:"-"`
}

// IAE is the whole error.
func (f Figures) IAE() float64 { return f.IAESetpoint + f.IAELoad }

// Sample is one control period of a run.
type Sample struct{ T, Setpoint, True, Measured, U float64 }

// Run lets a law control the plant from rest: set-point step, disturbance, end. It keeps the first samples, up to keep.
func (p Plant) Run(law Law, keep int) Figures {
	var f Figures
	r := p.Start()
	step := p.Setpoint - p.YInitial
	low, high, tail := math.Inf(1), math.Inf(-1), 0.0
	each := func(t, y float64) {
		e := math.Abs(p.setpointAt(t) - y)
		if t < p.DisturbanceAt {
			f.IAESetpoint += e * p.Step
			f.Overshoot = max(f.Overshoot, 100*(y-p.Setpoint)/step)
			if e > 0.05*math.Abs(step) {
				f.Settling = t + p.Step
			}
		} else {
			f.IAELoad += e * p.Step
			if p.Setpoint2At == 0 || t < p.Setpoint2At {
				f.LoadPeak = max(f.LoadPeak, e)
			}
		}
		if t >= 0.9*p.End {
			low, high, tail = min(low, y), max(high, y), tail+e*p.Step
		}
	}
	last := p.UInitial
	for r.Time() < p.End {
		y, t := r.Measure(), r.Time()
		u := law.Next(p.Period, r.Setpoint(), y)
		if len(f.Samples) < keep {
			f.Samples = append(f.Samples, Sample{T: t, Setpoint: r.Setpoint(), True: r.Output(), Measured: y, U: u})
		}
		f.TV += math.Abs(u - last)
		last = u
		r.Hold(u, each)
	}
	f.LastTenth, f.PeakToPeak = tail/(0.1*p.End), high-low
	return f
}
