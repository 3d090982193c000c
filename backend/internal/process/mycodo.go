package process

import (
	"errors"
	"fmt"
	"math"
)

// Mycodo is the control law of Mycodo's PID controller, described from its behaviour: the sum of errors, not the
// integral, and the difference of errors, not the derivative, are multiplied once a period; the sum is bounded, the
// output is cut off, and nothing follows it.
type Mycodo struct {
	Kp, Ki, Kd float64
	SumLimit   float64 // 100 in Mycodo
	Min, Max   float64 // of the output
	Lower      bool

	sum, last float64
	started   bool
}

// Next implements [Law]. h does not matter to Mycodo.
func (m *Mycodo) Next(_, setpoint, measured float64) float64 {
	e := setpoint - measured
	if m.Lower {
		e = -e
	}
	d := 0.0
	if m.started {
		d = m.Kd * (e - m.last)
	}
	m.started, m.last = true, e
	m.sum = min(max(m.sum+e, -m.SumLimit), m.SumLimit)
	return min(max(m.Kp*e+m.Ki*m.sum+d, m.Min), m.Max)
}

// MycodoRule is a row of the table of Mycodo's autotuner: Kp = Ku/Div0, Ki = Kp Div1/Pu, Kd = Kp Pu/Div2.
type MycodoRule struct {
	Name             string
	Div0, Div1, Div2 float64
}

// libraryFactor is what the library whose table it is multiplies the divisors by: Ku/34 is Ziegler and Nichols' Ku/1.7.
const libraryFactor = 0.05

// MycodoRules are five rows of that table.
func MycodoRules() []MycodoRule {
	return []MycodoRule{
		{"ziegler-nichols", 34, 40, 160},
		{"tyreus-luyben", 44, 9, 126},
		{"pessen-integral", 28, 50, 133},
		{"some-overshoot", 60, 40, 60},
		{"no-overshoot", 100, 40, 60},
	}
}

// MycodoMode is how a row becomes gains.
type MycodoMode string

// The modes: what the autotuner prints; the gains with the factor that was
// lost, converted to gains a period; and the same with the bound
// of the sum moved to where it holds the whole output, the best an expert can make of it.
const (
	AsPrinted     MycodoMode = "as-printed"
	Converted     MycodoMode = "converted"
	ConvertedWide MycodoMode = "converted-wide"
)

// usualSum is the bound of the sum of errors in Mycodo.
const usualSum = 100

// Mycodo sets up Mycodo's law for this plant from its ultimate gain and period.
func (p Plant) Mycodo(r MycodoRule, mode MycodoMode, u Ultimate) *Mycodo {
	m := &Mycodo{SumLimit: usualSum, Min: p.UMin, Max: p.UMax, Lower: p.Action == Lower}
	if mode == AsPrinted {
		// The autotuner takes the whole step of the output for the relay's amplitude and ignores the hysteresis.
		ku := 4 * p.Relay.High / (math.Pi * u.Amplitude)
		m.Kp = ku / r.Div0
		m.Ki = m.Kp * r.Div1 / u.Pu
		m.Kd = m.Kp * u.Pu / r.Div2
		return m
	}
	m.Kp = u.Ku / (libraryFactor * r.Div0)
	m.Ki = m.Kp * p.Period * libraryFactor * r.Div1 / u.Pu
	m.Kd = m.Kp * u.Pu / (libraryFactor * r.Div2) / p.Period
	if mode == ConvertedWide {
		m.SumLimit = p.UMax / m.Ki
	}
	return m
}

// Ultimate is what a relay test finds.
type Ultimate struct {
	Ku        float64 // output per unit of the measurement, of the describing function
	Pu        float64 // s
	Amplitude float64 // half of peak to peak
}

// Cycles of the relay test, the approach counting as one: the first ones settle, the others are averaged.
const (
	settlingCycles = 5
	averagedCycles = 4
)

// Ultimate makes the relay test of the comparison: from rest, without noise and disturbance, averaging cycles 5 to 8.
func (p Plant) Ultimate() (Ultimate, error) {
	p.NoiseSigma, p.Quantum = 0, 0
	r := p.Start().Undisturbed()
	relay, sign := p.Relay, 1.0
	if p.Action == Lower {
		sign = -1
	}
	var rises []float64 // when the relay went high
	high, started := false, false
	low, top := math.Inf(1), math.Inf(-1)
	sum := 0.0
	each := func(_, y float64) { low, top = min(low, y), max(top, y) }
	for r.Time() < 200*p.End {
		e := sign * (relay.Setpoint - r.Measure())
		switch {
		case e > relay.Hysteresis && (!high || !started):
			high, started = true, true
			rises = append(rises, r.Time())
			n := len(rises) - 1
			if n > settlingCycles {
				sum += (top - low) / 2
			}
			if n >= settlingCycles {
				low, top = math.Inf(1), math.Inf(-1)
			}
			if n == settlingCycles+averagedCycles {
				a := sum / averagedCycles
				return Ultimate{
					Ku:        2 * (relay.High - relay.Low) / (math.Pi * math.Sqrt(a*a-relay.Hysteresis*relay.Hysteresis)),
					Pu:        (rises[n] - rises[settlingCycles]) / averagedCycles,
					Amplitude: a,
				}, nil
			}
		case e < -relay.Hysteresis:
			high, started = false, true
		}
		u := relay.Low
		if high {
			u = relay.High
		}
		r.Hold(u, each)
	}
	return Ultimate{}, fmt.Errorf("relay test of %s: %w", p.ID, errNoCycle)
}

var errNoCycle = errors.New("the relay did not begin to cycle")
