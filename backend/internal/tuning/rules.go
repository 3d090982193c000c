package tuning

import (
	"math"
	"slices"

	"hypha/internal/pid"
)

// Rule names a tuning rule.
type Rule string

// The rules. Those from the ultimate gain are offered for comparison only.
const (
	SIMCPI         Rule = "simc_pi"
	SIMCPID        Rule = "simc_pid"
	ImprovedSIMC   Rule = "improved_simc_pid"
	Optimised      Rule = "optimised"
	AMIGOPI        Rule = "amigo_pi"
	AMIGOPID       Rule = "amigo_pid"
	ZieglerNichols Rule = "ziegler_nichols_pid"
	ZNPI           Rule = "ziegler_nichols_pi"
	TyreusLuyben   Rule = "tyreus_luyben_pid"
	TyreusLuybenPI Rule = "tyreus_luyben_pi"
	Pessen         Rule = "pessen_pid"
	SomeOvershoot  Rule = "some_overshoot_pid"
	NoOvershoot    Rule = "no_overshoot_pid"
)

// simc are the SIMC gains for a closed-loop time constant tauC, from a model whose dead time holds all delays. derivative is
// Td of the series form.
func simc(m Model, tauC, derivative float64) pid.Gains {
	ti := 4 * (tauC + m.DeadTime)
	limited := true
	k := 1 / (m.slope() * (tauC + m.DeadTime))
	if !m.Integrating && m.Tau1 <= ti {
		ti, limited = m.Tau1, false
	}
	g := pid.FromSeries(k, ti, derivative)
	switch { // the less of the set-point's step, the longer the integral has to make up for it
	case m.Integrating:
		g.B = 0.5
	case limited && derivative == 0:
		g.B = 0.7
	}
	return g
}

// SIMC are the gains of Skogestad's rule: PI, and PID where the model has a second lag.
func SIMC(m Model, tauC float64) pid.Gains { return simc(m, tauC, m.Tau2) }

// Improved are the gains of the improved rule for a model without a second lag: the derivative takes back a third of the
// dead time, and tauC may go down to half of it.
func Improved(m Model, tauC float64) pid.Gains { return simc(m, tauC, m.DeadTime/3) }

// AMIGO are the gains of Åström and Hägglund's rule, PI or PID, for a model without a second lag.
func AMIGO(m Model, derivative bool) pid.Gains {
	k, l, t := m.Gain, m.DeadTime, m.Tau1
	g := pid.Gains{N: 10}
	if !m.Integrating && l > t {
		g.B = 1
	}
	switch {
	case m.Integrating && derivative:
		g.K, g.Ti, g.Td = 0.45/(k*l), 8*l, 0.5*l
	case m.Integrating:
		g.K, g.Ti = 0.35/(k*l), 13.4*l
	case derivative:
		g.K, g.Ti, g.Td = (0.2+0.45*t/l)/k, l*(0.4*l+0.8*t)/(l+0.1*t), 0.5*l*t/(0.3*l+t)
	default:
		g.K = 0.15/k + (0.35-l*t/((l+t)*(l+t)))*t/(k*l)
		g.Ti = 0.35*l + 13*l*t*t/(t*t+12*l*t+7*l*l)
	}
	return g
}

// FromUltimate are the gains of a rule from ultimate gain and period; false: the rule is none of these.
func FromUltimate(r Rule, ku, pu float64) (pid.Gains, bool) {
	g := pid.Gains{B: 1, N: 10}
	set := func(k, ti, td float64) { g.K, g.Ti, g.Td = k*ku, ti*pu, td*pu }
	switch r {
	case ZNPI:
		set(0.45, 1/1.2, 0)
	case ZieglerNichols:
		set(0.6, 0.5, 0.125)
	case TyreusLuybenPI:
		set(1/3.2, 2.2, 0)
	case TyreusLuyben:
		set(1/2.2, 2.2, 1/6.3)
	case Pessen:
		set(0.7, 0.4, 0.15)
	case SomeOvershoot:
		set(1.0/3, 0.5, 1.0/3)
	case NoOvershoot:
		set(0.2, 0.5, 1.0/3)
	case SIMCPI, SIMCPID, ImprovedSIMC, Optimised, AMIGOPI, AMIGOPID:
		return pid.Gains{}, false
	default:
		return pid.Gains{}, false
	}
	return g, true
}

// HalfRule reduces many lags, a dead time, the constants of an inverse response (1 - T s) and a hold of h seconds to a model
// of one or two lags with the gain 1.
func HalfRule(lagsS []float64, deadTime, inverse, h float64, order int) Model {
	sorted := slices.Clone(lagsS)
	slices.SortFunc(sorted, func(a, b float64) int {
		switch {
		case a > b:
			return -1
		case a < b:
			return 1
		}
		return 0
	})
	sorted = append(sorted, 0, 0, 0)
	order = min(max(order, 1), 2)
	m := Model{Gain: 1, Tau1: sorted[0], DeadTime: deadTime + inverse + h/2}
	half := sorted[order] / 2
	if order == 1 {
		m.Tau1 += half
	} else {
		m.Tau2 = sorted[1] + half
	}
	m.DeadTime += half
	for _, t := range sorted[order+1:] {
		m.DeadTime += t
	}
	return m
}

// UltimateGain is what a relay of ±d with hysteresis ±epsilon says about the gain at which a proportional controller would
// oscillate, from half of the peak-to-peak amplitude (describing function). NaN: the amplitude is not above the hysteresis.
func UltimateGain(d, amplitude, epsilon float64) float64 {
	return 4 * d / (math.Pi * math.Sqrt(amplitude*amplitude-epsilon*epsilon))
}
