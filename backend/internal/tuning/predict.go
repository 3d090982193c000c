package tuning

import (
	"math"
	"math/rand/v2"

	"hypha/internal/pid"
)

// Task is what the loop will have to do: what proposals are compared on.
type Task struct {
	Period         float64 // s, of the control
	OutMin, OutMax float64
	Rest           float64 // output at Start
	Start          float64 // measurement at rest
	Setpoint       float64
	Lower          bool
	Noise          Noise
	// Load is the disturbance that proposals are compared on, as a part of the output's range; 0: a tenth.
	Load float64
}

// Predicted is what a model says a controller would do: first a step of the set-point from rest, then, at rest again, a
// disturbance that acts as the output does.
type Predicted struct {
	IAESetpoint float64 `json:"iae_setpoint"` // ∫|error| dt
	IAELoad     float64 `json:"iae_load"`
	Overshoot   float64 `json:"overshoot_percent"`
	TV          float64 `json:"tv"`                 // travel of the output in both parts, Σ|Δu|
	RestTravel  float64 `json:"rest_travel_per_s"`  // travel of the output at rest, which the noise causes
	RestNoise   float64 `json:"rest_noise_percent"` // standard deviation of the output at rest, of its range
	Settling    float64 `json:"settling_s"`         // of the set-point's step, to within 5 %
	Step        float64 `json:"step"`               // of the set-point that was predicted; the output cannot hold any that is larger
	Load        float64 `json:"load"`               // the disturbance, in the unit of the output
	LoadAt      float64 `json:"load_at_s"`
	Curve       []Point `json:"curve,omitempty"`
}

// Point is a moment of a predicted response.
type Point struct {
	T        float64 `json:"t_s"`
	Setpoint float64 `json:"setpoint"`
	Y        float64 `json:"y"`
	U        float64 `json:"u"`
}

// Lengths of a prediction.
const (
	tails       = 40   // dead times, of the first-order model, that each part lasts
	maxSteps    = 6000 // control periods of both parts
	maxPoints   = 400  // of a curve
	defaultLoad = 0.1  // part of the output's range
	reach       = 0.8  // part of what the output can hold that a step may ask for
	smallStep   = 0.2
)

// predictor compares proposals on the same noise.
type predictor struct {
	task        Task
	start, step float64 // in effect
	pull        float64 // from the start to where the plant would rest with its output at rest
	risePeriods int     // control periods of the first part
	loadPeriods int
	load        float64
	noise       []float64
}

func newPredictor(id Identified, t Task) *predictor {
	m := id.Model
	p := &predictor{task: t, start: t.Start, step: t.Setpoint - t.Start}
	if id.Local && !m.Integrating { // near the set-point the plant rests elsewhere
		p.pull = id.Offset - t.Start
	}
	if t.Lower {
		p.start, p.step, p.pull = -p.start, -p.step, -p.pull
	}
	first := m.firstOrder(t.Period)
	power := t.OutMax - t.Rest
	if p.step < 0 && t.OutMin < t.Rest {
		power = t.Rest - t.OutMin
		if m.CoolRatio > 0 && t.OutMin < 0 {
			power *= m.CoolRatio
		}
	}
	// At its set-point already, the plant is asked for a fifth of what it can do within its dead time.
	quick := m.slope() * first.DeadTime
	if !m.Integrating {
		quick = min(quick, m.Gain)
	}
	if least := smallStep * quick * power; math.Abs(p.step) < least {
		p.step = math.Copysign(least, p.step)
	}
	rise := 0.0
	if m.Integrating {
		rise = math.Abs(p.step) / (m.Gain * power)
	} else {
		most := m.Gain * power
		p.step = math.Copysign(min(math.Abs(p.step), reach*most), p.step)
		rise = -m.Tau1 * math.Log(1-math.Abs(p.step)/most)
	}
	if p.task.Load == 0 {
		p.task.Load = defaultLoad
	}
	p.load = p.task.Load * (t.OutMax - t.OutMin)
	tail := tails * first.DeadTime / t.Period
	p.risePeriods = int(min(rise/t.Period+tail, 0.7*maxSteps))
	p.loadPeriods = int(min(tail, 0.3*maxSteps))
	if t.Noise.Sigma > 0 {
		random := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // noise, always the same, not a secret
		p.noise = make([]float64, p.risePeriods+p.loadPeriods)
		for i := range p.noise {
			p.noise[i] = t.Noise.Sigma * random.NormFloat64()
		}
	}
	return p
}

// measured is what the sensor would show.
func (p *predictor) measured(y float64, at int) float64 {
	if p.noise != nil {
		y += p.noise[at]
	}
	if q := p.task.Noise.Quantum; q > 0 {
		return math.Floor(y/q+0.5) * q
	}
	return y
}

// run simulates the loop, with its curve if it is asked for. plant is what is controlled; cool is the ratio that the
// controller believes in.
func (p *predictor) run(plant Model, g pid.Gains, cool float64, curve bool) Predicted {
	t := p.task
	out := Predicted{Step: p.step, Load: p.load, LoadAt: float64(p.risePeriods) * t.Period}
	if t.Lower {
		out.Step = -out.Step
	}
	if t.OutMin >= 0 {
		cool = 0
	}
	c, err := pid.New(pid.Config{Gains: g, OutMin: t.OutMin, OutMax: t.OutMax, CoolRatio: cool})
	if err != nil {
		return Predicted{IAESetpoint: math.Inf(1), IAELoad: math.Inf(1), Overshoot: math.Inf(1), TV: math.Inf(1)}
	}
	c.StartAt(t.Rest)
	deviation, travel := restless(t.Noise, g, t.Period)
	out.RestTravel, out.RestNoise = travel, 100*deviation/(t.OutMax-t.OutMin)
	sim := newSimulation(plant, t.Period)
	sim.lags = lags{-p.pull / sim.gain, -p.pull / sim.gain}
	target, last := p.start+p.step, t.Rest
	total := p.risePeriods + p.loadPeriods
	every := 1 + total/maxPoints
	for k := range total {
		y := p.start + p.pull + sim.output()
		e := target - y
		now := float64(k) * t.Period
		if k < p.risePeriods {
			out.IAESetpoint += math.Abs(e) * t.Period
			out.Overshoot = max(out.Overshoot, -100*e/p.step)
			if math.Abs(e) > 0.05*math.Abs(p.step) {
				out.Settling = now + t.Period
			}
		} else {
			out.IAELoad += math.Abs(e) * t.Period
		}
		u := c.Step(pid.In{DT: t.Period, Setpoint: target, Measurement: p.measured(y, k)}).U
		out.TV += math.Abs(u - last)
		last = u
		if curve && k%every == 0 {
			point := Point{T: now, Setpoint: target, Y: y, U: u}
			if t.Lower {
				point.Setpoint, point.Y = -point.Setpoint, -point.Y
			}
			out.Curve = append(out.Curve, point)
		}
		w := u - t.Rest
		if plant.CoolRatio > 0 {
			w = max(u, 0) - max(t.Rest, 0) + plant.CoolRatio*(min(u, 0)-min(t.Rest, 0))
		}
		if k >= p.risePeriods {
			w -= math.Copysign(p.load, p.step)
		}
		sim.advance(w)
	}
	return out
}

// simulation is a model that runs, from rest.
type simulation struct {
	line line
	gain float64
	lags lags
	ring []float64
	at   int
}

func newSimulation(m Model, h float64) *simulation {
	s := &simulation{gain: m.Gain}
	if m.Integrating { // a lag that is endless beside all else
		m.Tau1 = endless * (m.DeadTime + m.Tau2 + h)
		s.gain *= m.Tau1
	}
	s.line = newLine(m.Tau1, m.Tau2, m.DeadTime, h)
	s.ring = make([]float64, s.line.whole+2)
	return s
}

func (s *simulation) output() float64 { return s.gain * s.lags.x2 }

func (s *simulation) advance(w float64) {
	n := len(s.ring)
	s.ring[s.at%n] = w
	s.line.advance(&s.lags, s.ring[(s.at+1)%n], s.ring[(s.at+2)%n])
	s.at++
}
