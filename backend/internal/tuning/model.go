package tuning

import (
	"math"
	"math/cmplx"
)

// Model is a plant as tuning sees it.
type Model struct {
	Gain        float64 `json:"gain"` // measurement per output; of an integrating plant, measurement per second and output
	Tau1        float64 `json:"tau1_s"`
	Tau2        float64 `json:"tau2_s"` // at most Tau1; 0: there is no second lag
	DeadTime    float64 `json:"dead_time_s"`
	Integrating bool    `json:"integrating"` // Tau1 has no meaning then
	// CoolRatio is the gain of the output below 0 beside the one above it; 0: it is the same, or there is none.
	CoolRatio float64 `json:"cool_ratio,omitempty"`
}

// slope is how fast the measurement begins to change, per second and output.
func (m Model) slope() float64 {
	if m.Integrating {
		return m.Gain
	}
	return m.Gain / m.Tau1
}

// response is the frequency response at w rad/s.
func (m Model) response(w float64) complex128 {
	s := complex(0, w)
	g := complex(m.Gain, 0) * cmplx.Exp(complex(0, -w*m.DeadTime)) / (1 + s*complex(m.Tau2, 0))
	if m.Integrating {
		return g / s
	}
	return g / (1 + s*complex(m.Tau1, 0))
}

// varied is the model with its gain and dead time multiplied.
func (m Model) varied(gain, deadTime float64) Model {
	m.Gain *= gain
	m.DeadTime *= deadTime
	return m
}

// firstOrder takes half of the second lag for a lag and half for a dead time (Skogestad's half rule) and adds what holding
// the output for h seconds costs.
func (m Model) firstOrder(h float64) Model {
	m.Tau1 += m.Tau2 / 2
	m.DeadTime += m.Tau2/2 + h/2
	if m.Integrating { // a lag behind an integrator is dead time
		m.Tau1 = 0
		m.DeadTime += m.Tau2 / 2
	}
	m.Tau2 = 0
	return m
}

// held adds what holding the output for h seconds costs.
func (m Model) held(h float64) Model {
	m.DeadTime += h / 2
	return m
}

// segment is the exact solution of two lags in a row over a time in which their input stands still.
type segment struct{ e1, e2, cross float64 }

func newSegment(s, tau1, tau2 float64) segment {
	g := segment{e1: math.Exp(-s / tau1)}
	if tau2 > 0 {
		g.e2 = math.Exp(-s / tau2)
	}
	if d := tau1 - tau2; math.Abs(d) > 1e-6*tau1 {
		g.cross = tau1 / d * (g.e1 - g.e2)
	} else {
		g.cross = s / tau1 * g.e1
	}
	return g
}

// lags are the states of the two lags.
type lags struct{ x1, x2 float64 }

func (l *lags) advance(g segment, w float64) {
	a, b := l.x1-w, l.x2-w
	l.x1 = w + a*g.e1
	l.x2 = w + b*g.e2 + a*g.cross
}

// line is a model sampled each h seconds: its input comes out of the dead time within a period at some point of it.
type line struct {
	whole         int // periods
	before, after segment
	split         bool
}

// endless is the lag that stands for an integrator, in lengths of what is looked at.
const endless = 1e5

func newLine(tau1, tau2, deadTime, h float64) line {
	whole := math.Floor(deadTime/h + 1e-9)
	f := max(0, deadTime-whole*h)
	return line{whole: int(whole), before: newSegment(f, tau1, tau2), after: newSegment(h-f, tau1, tau2), split: f > 1e-9*h}
}

// advance lives through one period; older is the input of one period before w.
func (n *line) advance(l *lags, older, w float64) {
	if n.split {
		l.advance(n.before, older)
	}
	l.advance(n.after, w)
}
