package tuning_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"hypha/internal/process"
	"hypha/internal/tuning"
)

// chain is a plant of lags in a row behind a dead time, discretised exactly.
func chain(h, gain, deadTime float64, lags ...float64) process.Plant {
	n := len(lags)
	// exp of [[A B][0 0]] h gives Φ and Γ: by Taylor on a small part, then squaring.
	const halvings, terms = 20, 12
	m := make([][]float64, n+1)
	for i := range m {
		m[i] = make([]float64, n+1)
		if i == n {
			continue
		}
		scale := h / lags[i] / (1 << halvings)
		m[i][i] = -scale
		if i == 0 {
			m[0][n] = gain * scale
		} else {
			m[i][i-1] = scale
		}
	}
	e, power := unit(n+1), unit(n+1)
	for k := 1; k <= terms; k++ {
		power = times(power, m, 1/float64(k))
		for i := range e {
			for j := range e {
				e[i][j] += power[i][j]
			}
		}
	}
	for range halvings {
		e = times(e, e, 1)
	}
	p := process.Plant{Model: process.Linear, Step: h, Period: h, DelaySteps: int(math.Round(deadTime / h)), UMax: 100, NoiseSeed: 7}
	for i := range n {
		p.Phi = append(p.Phi, e[i][:n])
		p.Gamma = append(p.Gamma, e[i][n])
	}
	p.C = make([]float64, n)
	p.C[n-1] = 1
	return p
}

func unit(n int) [][]float64 {
	u := make([][]float64, n)
	for i := range u {
		u[i] = make([]float64, n)
		u[i][i] = 1
	}
	return u
}

func times(a, b [][]float64, scale float64) [][]float64 {
	out := make([][]float64, len(a))
	for i := range a {
		out[i] = make([]float64, len(a))
		for j := range a {
			for k := range a {
				out[i][j] += a[i][k] * b[k][j] * scale
			}
		}
	}
	return out
}

// explore makes the experiment that is chosen for a plant, in a band as wide as the way to the set-point on either side.
func explore(t *testing.T, p process.Plant) (*tuning.Auto, tuning.Identified) {
	t.Helper()
	way := math.Abs(p.Setpoint - p.YInitial)
	auto, err := tuning.NewAuto(tuning.Setup{
		Period: p.Period, OutMin: p.UMin, OutMax: p.UMax, Rest: p.UInitial, Setpoint: p.Setpoint, Lower: p.Action == process.Lower,
		Low: min(p.Setpoint, p.YInitial) - way, High: max(p.Setpoint, p.YInitial) + way, TimeLimit: 7 * 86400,
	})
	if err != nil {
		t.Fatal(err)
	}
	drive(t, auto, p.Start().Undisturbed())
	id, err := tuning.Identify(auto.Record())
	if err != nil {
		t.Fatalf("%+v: %v", auto.Attempts(), err)
	}
	return auto, id
}

func drive(t *testing.T, e tuning.Experiment, rig *process.Rig) {
	t.Helper()
	for {
		u, done, err := e.Next(rig.Time(), rig.Measure())
		if err != nil {
			t.Fatalf("at %v s: %v", rig.Time(), err)
		}
		if done {
			return
		}
		rig.Hold(u, nil)
	}
}

func task(p process.Plant, id tuning.Identified) tuning.Task {
	return tuning.Task{
		Period: p.Period, OutMin: p.UMin, OutMax: p.UMax, Rest: p.UInitial, Start: id.Start, Setpoint: p.Setpoint,
		Lower: p.Action == process.Lower, Noise: id.Noise,
	}
}

// On plants that no rule was adjusted to, of one to five lags, from hardly any dead time to nothing but it, with noise: there is
// a recommendation, and with it the plant itself overshoots little, and not much more when it becomes a quarter stronger and
// later.
func TestManyPlants(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	between := func(a, b float64) float64 { return a * math.Pow(b/a, random.Float64()) }
	var overshoots, worse []float64
	count := 6
	if testing.Short() {
		count = 2
	}
	for range count {
		h := between(1, 30)
		lags := make([]float64, 1+random.IntN(5))
		slowest := h * between(5, 400)
		for i := range lags {
			lags[i] = slowest * between(0.05, 1)
		}
		lags[0] = slowest
		gain := between(0.05, 20)
		p := chain(h, gain, h*between(0.3, 1.5)+slowest*between(0.01, 2)*float64(random.IntN(2)), lags...)
		p.DelaySteps = (p.DelaySteps + 2) / 4 * 4 // so that a quarter more are whole steps
		p.Setpoint = 100 * gain * (0.2 + 0.6*random.Float64())
		p.NoiseSigma = p.Setpoint * between(0.0002, 0.01) * float64(random.IntN(2))
		p.Quantum = p.Setpoint * between(0.0005, 0.01) * float64(random.IntN(2))
		total := float64(p.DelaySteps) * h
		for _, l := range lags {
			total += l
		}
		p.DisturbanceAt, p.End, p.InputDisturbance = 12*total, 24*total, -10
		auto, id := explore(t, p)
		offers := tuning.Propose(id, task(p, id))
		o := offers[0]
		if !o.Recommended {
			t.Errorf("lags %.3g, dead time %d of %.3g s, noise %.3g/%.3g of %.3g: nothing recommended, first %+v", lags, p.DelaySteps, h, p.NoiseSigma, p.Quantum, p.Setpoint, o.Objections)
			continue
		}
		law, err := p.PID(p.Config(o.Gains))
		if err != nil {
			t.Fatal(err)
		}
		f := p.Run(law, 0)
		if law, err = p.PID(p.Config(o.Gains)); err != nil {
			t.Fatal(err)
		}
		v := p.Varied(1.25, 1.25)
		w := v.Run(law, 0)
		overshoots, worse = append(overshoots, f.Overshoot), append(worse, w.Overshoot)
		if f.Overshoot > 15 || w.Overshoot > 30 || f.LastTenth > 0.03*p.Setpoint || w.LastTenth > 0.05*p.Setpoint {
			t.Errorf("lags %.3g, dead time %d of %.3g s, noise %.3g/%.3g of %.3g, %v: model %+v (%.1f %%), %s %+v: overshoot %.1f, %.1f; at the end %.3g, %.3g", lags, p.DelaySteps, h, p.NoiseSigma, p.Quantum, p.Setpoint,
				auto.Attempts(), id.Model, id.Fit, o.Rule, o.Gains, f.Overshoot, w.Overshoot, f.LastTenth/p.Setpoint, w.LastTenth/p.Setpoint)
		}
	}
	slices.Sort(overshoots)
	slices.Sort(worse)
	if n := len(overshoots); n > 0 {
		t.Logf("overshoot: median %.1f, worst %.1f %%; a quarter stronger and later: median %.1f, worst %.1f %%", overshoots[n/2], overshoots[n-1], worse[n/2], worse[n-1])
	}
}
