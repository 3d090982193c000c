package pid

import (
	"fmt"
	"math"

	"hypha/internal/option"
)

// Gains are the parameters of the ideal (ISA) form. A positive K acts against a measurement below the set-point; the
// direction is [Config.Lower].
type Gains struct {
	K  float64 // output per unit of the measurement
	Ti float64 // s; 0 or infinite: no integral
	Td float64 // s; 0: no derivative
	B  float64 // weight of the set-point in the proportional term, 0 to 1
	N  float64 // the derivative's filter has the time constant Td/N; 10 on clean signals, 3 on noisy or quantised ones
	Tt float64 // s, of back-calculation; 0: √(Ti Td), without derivative Ti
}

// The usual values of what a form of three gains does not say.
const (
	cleanN   = 10
	fullB    = 1
	maxN     = 100
	tooLarge = 1e12 // beyond it no unit of a gain or time makes sense, and products would lose their digits
)

// Parallel are the gains of the parallel form u = Kp e + Ki ∫e dt + Kd de/dt.
type Parallel struct {
	Kp float64
	Ki float64 // 1/s
	Kd float64 // s
}

// FromParallel converts Kp, Ki (1/s) and Kd (s) of the parallel form, with full set-point weight and N = 10. Gains that count once a
// period of h seconds, as Mycodo has them, are FromParallel(kp, ki/h, kd*h). A Kp of 0
// has no ideal form: K is then 0 and [Gains.Check] says so.
func FromParallel(kp, ki, kd float64) Gains {
	g := Gains{K: kp, B: fullB, N: cleanN}
	if kp == 0 {
		return g
	}
	if ki != 0 {
		g.Ti = kp / ki
	}
	g.Td = kd / kp
	return g
}

// Parallel converts to the parallel form.
func (g Gains) Parallel() Parallel {
	p := Parallel{Kp: g.K, Kd: g.K * g.Td}
	if g.Integral() {
		p.Ki = g.K / g.Ti
	}
	return p
}

// FromSeries converts the gains of the series (interacting) form K (1 + 1/(Ti s)) (1 + Td s), with full set-point
// weight and N = 10.
func FromSeries(k, ti, td float64) Gains {
	g := Gains{K: k, Ti: ti, Td: td, B: fullB, N: cleanN}
	if !g.Integral() {
		return g
	}
	f := 1 + td/ti
	g.K, g.Ti, g.Td = k*f, ti*f, td/f
	return g
}

// Series converts to the series form, which exists only while Ti is at least 4 Td.
func (g Gains) Series() (k, ti, td float64, err error) {
	if !g.Integral() {
		return g.K, g.Ti, g.Td, nil
	}
	root := 1 - 4*g.Td/g.Ti
	if root < -1e-12 {
		return 0, 0, 0, fmt.Errorf("no series form: ti (%g s) is below 4 td (%g s)", g.Ti, 4*g.Td)
	}
	root = math.Sqrt(max(0, root)) // -1e-12 is what rounding leaves of 0
	return g.K / 2 * (1 + root), g.Ti / 2 * (1 + root), g.Ti / 2 * (1 - root), nil
}

// Integral tells whether there is an integral term.
func (g Gains) Integral() bool { return g.Ti > 0 && !math.IsInf(g.Ti, 1) }

// tracking is the time constant of back-calculation, s.
func (g Gains) tracking() float64 {
	switch {
	case g.Tt > 0:
		return g.Tt
	case g.Td > 0:
		return math.Sqrt(g.Ti * g.Td)
	}
	return g.Ti
}

// Check tells what a user has to correct, as [option.Errors].
func (g Gains) Check() error {
	var f faults
	g.check(&f, "")
	return f.err()
}

func (g Gains) check(f *faults, at string) {
	f.when(!(g.K > 0 && g.K < tooLarge), at+"k", "must be above 0; for a cooler, a dryer or a doser of acid set direction to lower instead")
	f.when(!(g.Ti >= 0) || (g.Ti > tooLarge && !math.IsInf(g.Ti, 1)), at+"ti_s", "must be 0 (no integral) or above, in seconds")
	f.when(!(g.Td >= 0 && g.Td < tooLarge), at+"td_s", "must be 0 (no derivative) or above, in seconds")
	f.when(!(g.Tt >= 0 && g.Tt < tooLarge), at+"tt_s", "must be 0 (automatic) or above, in seconds")
	f.when(!(g.B >= 0 && g.B <= 1), at+"b", "must be between 0 and 1")
	f.when(!g.Integral() && g.B < fullB, at+"b", "must be 1 without an integral: nothing would make up for the missing part")
	f.when(g.Td > 0 && !(g.N >= 1 && g.N <= maxN), at+"n", fmt.Sprintf("must be between 1 and %d; 10 is usual, 3 for noisy measurements", maxN))
}

// faults collects what a check finds.
type faults struct{ found option.Errors }

func (f *faults) when(bad bool, field, message string) {
	if bad {
		f.found = append(f.found, option.FieldError{Field: field, Message: message})
	}
}

func (f *faults) err() error {
	if len(f.found) == 0 {
		return nil
	}
	return f.found
}
