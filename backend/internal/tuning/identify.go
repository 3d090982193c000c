package tuning

import (
	"errors"
	"fmt"
	"math"
)

// Identified is the model of a record and how well it describes it.
type Identified struct {
	Model    Model   `json:"model"`
	Residual float64 `json:"residual"`    // root mean square of what the model does not explain, in the unit of the measurement
	Fit      float64 `json:"fit_percent"` // part of the measurement's movement that it explains
	Noise    Noise   `json:"noise"`       // at rest
	Local    bool    `json:"local"`       // made from the part near the set-point only: the plant is not linear
	Rest     float64 `json:"rest"`        // output before the experiment
	Start    float64 `json:"start"`       // measurement before the experiment
	Offset   float64 `json:"offset"`      // measurement that the model has at the output of rest
	Period   float64 `json:"period_s"`    // of the control
}

// Errors of an identification.
var (
	errWrongWay = errors.New("the measurement moved against the output: check sensor, wiring and direction")
	errNoModel  = errors.New("no model explains the record: too little movement beside the noise, or something else moved the measurement")
)

// worstFit is the part of the movement, %, that a model must explain to be offered.
const worstFit = 70

// Identify fits a model to a record. The whole record is used where one linear model explains it; else the part near the set-point, where the plant will be held.
func Identify(r Record) (Identified, error) {
	lower := r.Lower
	e, err := r.even()
	if err != nil {
		return Identified{}, err
	}
	if lower { // in effect, as the control law
		e.Samples = negated(e.Samples)
	}
	whole := fit(newWindow(e, 0, false))
	best, local := whole, false
	if n := len(e.Samples) - e.Local; e.Local > 0 && n > minLocal {
		near := fit(newWindow(e, e.Local, true))
		floor := math.Hypot(e.Noise.Sigma, e.Noise.Quantum/math.Sqrt(12))
		here := rmsOf(e, whole, e.Local)
		// The whole record is worth more as long as it explains its near part about as well.
		if here > max(2*near.rms, 1.2*floor, linearEnough*spread(e.Samples[e.Local:])) {
			best, local = near, true
		}
	}
	part := e.Samples
	if local {
		part = part[e.Local:]
	}
	id := Identified{
		Model: best.model, Residual: best.rms, Noise: r.Noise, Local: local, Rest: r.Rest, Start: r.Noise.Mean,
		Offset: best.offset, Period: r.Period,
	}
	if lower {
		id.Offset = -id.Offset
	}
	if deviation := spread(part); deviation > 0 {
		id.Fit = 100 * (1 - best.rms/deviation)
	}
	id.Noise = noiseIn(r, best.rms)
	switch {
	case !finite(best.model.Gain) || !finite(best.rms):
		return id, errNoModel
	case best.model.Gain <= 0:
		return id, errWrongWay
	case id.Fit < worstFit:
		return id, fmt.Errorf("%w (the best one explains %.0f %% of the movement)", errNoModel, id.Fit)
	}
	if ratio := id.Model.CoolRatio; ratio != 0 && !(ratio > 0.02 && ratio < 50 && math.Abs(ratio-1) > 0.1) {
		id.Model.CoolRatio = 0 // the same strength, or nothing was seen of the other side
	}
	if span := e.Period * float64(len(part)); id.Model.Tau1 > integratingAfter*span {
		id.Model.Gain /= id.Model.Tau1
		id.Model.Integrating, id.Model.Tau1 = true, 0
	}
	return id, nil
}

// noiseIn is the noise at rest with what the movement has shown besides: a resolution that is coarser than the noise hides
// both while nothing moves.
func noiseIn(r Record, residual float64) Noise {
	n := r.Noise
	if n.Quantum == 0 {
		n.Quantum = noiseOf(r.Samples).Quantum
		if n.Quantum > 0 {
			n.Sigma = max(n.Sigma, math.Sqrt(max(0, residual*residual-n.Quantum*n.Quantum/12)))
		}
	}
	return n
}

const (
	minLocal = 20 // samples near the set-point
	// linearEnough is the part of the movement near the set-point that a model of everything may leave unexplained: plants of
	// many lags or with an inverse response leave a tenth, plants that are not linear a third and more.
	linearEnough = 0.2
	// integratingAfter is the lag, in lengths of the record, beyond which it is not told from an integrator.
	integratingAfter = 3
)

func negated(samples []Sample) []Sample {
	out := make([]Sample, len(samples))
	for i, s := range samples {
		s.Y = -s.Y
		out[i] = s
	}
	return out
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// spread is the standard deviation of the measurements.
func spread(samples []Sample) float64 {
	mean, square := 0.0, 0.0
	for _, s := range samples {
		mean += s.Y / float64(len(samples))
	}
	for _, s := range samples {
		square += (s.Y - mean) * (s.Y - mean)
	}
	return math.Sqrt(square / float64(len(samples)))
}

// rmsOf is the residual of a fitted model from a sample on.
func rmsOf(r Record, f fitted, from int) float64 {
	w := newWindow(r, 0, false)
	m := f.model
	line := newLine(m.Tau1, m.Tau2, m.DeadTime, r.Period)
	var up, down lags
	square := 0.0
	for k, s := range r.Samples {
		if k >= from {
			y := f.offset + m.Gain*(up.x2+m.CoolRatio*down.x2)
			square += (s.Y - y) * (s.Y - y)
		}
		at := k - line.whole
		line.advance(&up, before(w.up, at-1), before(w.up, at))
		if w.split {
			line.advance(&down, before(w.down, at-1), before(w.down, at))
		}
	}
	return math.Sqrt(square / float64(len(r.Samples)-from))
}

// fit searches for the times of the model: coarsely everywhere, then from the best places.
func fit(w *window) fitted {
	h := w.r.Period
	span := h * float64(len(w.r.Samples)-w.from)
	cost := func(second bool) func(place) float64 {
		return func(t place) float64 {
			tau1, tau2, dead := w.decode(t, second)
			if tau1 > 100*span || dead > span/2 || tau1 < h/20 {
				return math.Inf(1)
			}
			f := w.evaluate(tau1, tau2, dead)
			if w.free && !(f.model.Gain > 0) { // an oscillation alone could as well be one of the other sign, half a period later
				return math.Inf(1)
			}
			return f.rms
		}
	}
	var best fitted
	for _, second := range []bool{false, true} {
		f := w.best(cost(second), span, second)
		// A second lag must be worth its parameter (Schwarz's criterion).
		if !second || criterion(f, w.floor()) < criterion(best, w.floor()) {
			best = f
		}
	}
	return best
}

// floor is the residual below which nothing is learnt: rounding.
func (w *window) floor() float64 { return 1e-7 * (1 + math.Abs(w.mean)) }

func criterion(f fitted, floor float64) float64 {
	n := float64(f.n)
	return 2*n*math.Log(max(f.rms, floor)) + float64(f.free)*math.Log(n)
}

func (w *window) decode(t place, second bool) (tau1, tau2, dead float64) {
	h := w.r.Period
	tau1 = math.Exp(t[0])
	dead = max(0, math.Exp(t[1])-0.2*h)
	if second {
		tau2 = tau1 * part(t[2]) // between 0 and the first lag
	}
	return tau1, tau2, dead
}

// best searches a grid of lags and dead times, then descends from its best places.
func (w *window) best(cost func(place) float64, span float64, second bool) fitted {
	h := w.r.Period
	type candidate struct {
		at   place
		cost float64
	}
	var top [3]candidate
	for i := range top {
		top[i].cost = math.Inf(1)
	}
	parts := []float64{0}
	if second {
		parts = []float64{-3, -1, 1.5}
	}
	for tau := h / 2; tau < 10*span; tau *= 2.5 {
		for dead := 0.3 * h; dead < span/4; dead = dead*1.7 + 0.2*h {
			for _, second := range parts {
				p := candidate{at: place{math.Log(tau), math.Log(dead + 0.2*h), second}}
				p.cost = cost(p.at)
				for i := range top {
					if p.cost < top[i].cost {
						p, top[i] = top[i], p
					}
				}
			}
		}
	}
	dims, found := 2, candidate{cost: math.Inf(1)}
	if second {
		dims = 3
	}
	for _, p := range top {
		if math.IsInf(p.cost, 1) {
			continue
		}
		at, c := simplex(p.at, 0.4, dims, 250, cost)
		at, c2 := simplex(at, 0.1, dims, 250, cost)
		if c = min(c, c2); c < found.cost {
			found = candidate{at, c}
		}
	}
	tau1, tau2, dead := w.decode(found.at, second)
	return w.evaluate(tau1, tau2, dead)
}
