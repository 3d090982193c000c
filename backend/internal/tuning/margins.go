package tuning

import (
	"math"
	"math/cmplx"

	"hypha/internal/pid"
)

// Margins say how far a loop is from instability.
type Margins struct {
	Ms    float64 `json:"ms"` // greatest amplification of a disturbance, max |1/(1+GC)|; below 1.8 is good, below 1.4 cautious
	Gain  float64 `json:"gain_margin"`
	Phase float64 `json:"phase_margin_deg"`
}

// points a decade of frequency, fine enough for Ms within 0.1 %.
const points = 80

// MarginsOf looks at the loop of a model and a PID with its derivative filter, whose output is held for h seconds; 0 leaves
// out the hold. A margin that is never used up is infinite; a gain margin below 1 is an unstable loop.
func MarginsOf(m Model, g pid.Gains, h float64) Margins {
	out := Margins{Gain: math.Inf(1), Phase: math.Inf(1)}
	loop := func(w float64) complex128 { return m.response(w) * controllerResponse(g, w) * hold(w, h) }
	top := 1e3 / max(m.DeadTime, m.Tau2, 1e-3*m.Tau1, 1e-9)
	if h > 0 {
		top = math.Pi / h
	}
	low := 1e-3 * min(top, 1/max(m.Tau1, m.DeadTime, g.Ti, 1e-9))
	n := int(points * math.Log10(top/low))
	ratio := math.Pow(top/low, 1/float64(n))
	last := loop(low)
	phase := cmplx.Phase(last)
	if phase > 0 {
		phase -= 2 * math.Pi
	}
	w := low
	for range n {
		w *= ratio
		l := loop(w)
		out.Ms = max(out.Ms, 1/cmplx.Abs(1+l))
		turn := cmplx.Phase(l / last) // less than half a turn between two points
		next := phase + turn
		a, b := cmplx.Abs(last), cmplx.Abs(l)
		if odd := crossed(phase, next); odd != 0 { // the negative real axis
			f := (odd - phase) / turn
			out.Gain = min(out.Gain, 1/(a*math.Pow(b/a, f)))
		}
		if (a-1)*(b-1) <= 0 && a != b {
			f := math.Log(a) / math.Log(a/b)
			p := phase + f*turn
			out.Phase = min(out.Phase, math.Abs(180+math.Mod(p*180/math.Pi, 360)))
		}
		phase, last = next, l
	}
	return out
}

// crossed returns the odd multiple of -π between two phases, or 0.
func crossed(from, to float64) float64 {
	for k := 1.0; k < 40; k += 2 {
		if at := -k * math.Pi; (from-at)*(to-at) <= 0 && from != to {
			return at
		}
	}
	return 0
}

// hold is the frequency response of an output that is held for h seconds.
func hold(w, h float64) complex128 {
	x := w * h / 2
	if x == 0 {
		return 1
	}
	return cmplx.Exp(complex(0, -x)) * complex(math.Sin(x)/x, 0)
}

func controllerResponse(g pid.Gains, w float64) complex128 {
	s := complex(0, w)
	c := complex(1, 0)
	if g.Integral() {
		c += 1 / (s * complex(g.Ti, 0))
	}
	if g.Td > 0 {
		c += s * complex(g.Td, 0) / (1 + s*complex(g.Td/g.N, 0))
	}
	return c * complex(g.K, 0)
}

// UltimateOf is the gain and the period, s, at which a proportional controller would make the model oscillate. Both are
// infinite for a model that never does.
func UltimateOf(m Model, h float64) (ku, pu float64) {
	scale := max(m.DeadTime, m.Tau2, h, 1e-9)
	low, high := 0.0, 0.0
	for w := 1e-3 / scale; w < 1e3/scale; w *= 1.02 {
		if lagOf(m, w, h) >= math.Pi {
			low, high = w/1.02, w
			break
		}
	}
	if high == 0 {
		return math.Inf(1), math.Inf(1)
	}
	for range 60 {
		if mid := (low + high) / 2; lagOf(m, mid, h) >= math.Pi {
			high = mid
		} else {
			low = mid
		}
	}
	return 1 / cmplx.Abs(m.response(high)*hold(high, h)), 2 * math.Pi / high
}

// lagOf is how far the model's answer lags behind at w rad/s, rad.
func lagOf(m Model, w, h float64) float64 {
	lag := w*(m.DeadTime+h/2) + math.Atan(w*m.Tau2)
	if m.Integrating {
		return lag + math.Pi/2
	}
	return lag + math.Atan(w*m.Tau1)
}
