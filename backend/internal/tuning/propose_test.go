package tuning_test

import (
	"math"
	"testing"

	"hypha/internal/pid"
	"hypha/internal/tuning"
)

// tent is a plant as a relay in a grow tent would find it.
func tent() (tuning.Identified, tuning.Task) {
	n := tuning.Noise{Sigma: 0.03, Quantum: 0.0625}
	id := tuning.Identified{Model: tuning.Model{Gain: 0.25, Tau1: 900, Tau2: 120, DeadTime: 40}, Fit: 99, Noise: n, Period: 10}
	return id, tuning.Task{Period: 10, OutMax: 100, Setpoint: 8, Noise: n}
}

func byRule(t *testing.T, offers []tuning.Offer, r tuning.Rule) tuning.Offer {
	t.Helper()
	for _, o := range offers {
		if o.Rule == r {
			return o
		}
	}
	t.Fatalf("no offer of %s", r)
	return tuning.Offer{}
}

func TestOffers(t *testing.T) {
	offers := tuning.Propose(tent())
	seen := map[tuning.Rule]int{}
	for i, o := range offers {
		seen[o.Rule]++
		if o.Recommended != (i == 0) {
			t.Errorf("offer %d of %s is recommended: %v", i, o.Rule, o.Recommended)
		}
		if o.Accepted != (len(o.Objections) == 0) {
			t.Errorf("%s: accepted %v with objections %v", o.Rule, o.Accepted, o.Objections)
		}
		if o.Accepted && !(o.Margins.Ms <= 1.8 && o.Margins.Gain >= 2 && o.Margins.Phase >= 35 && o.Predicted.Overshoot <= 8 && o.Worse.Overshoot <= 25) {
			t.Errorf("%s is accepted with %+v, %+v", o.Rule, o.Margins, o.Worse)
		}
		if err := o.Gains.Check(); err != nil {
			t.Errorf("%s: %v", o.Rule, err)
		}
		if o.Gains.N != 3 {
			t.Errorf("%s: N %v on a noisy measurement", o.Rule, o.Gains.N)
		}
		if !near(o.Parallel.Kp, o.Gains.K, 1e-12) || !near(o.Parallel.Ki, o.Gains.K/o.Gains.Ti, 1e-12) || !near(o.Parallel.Kd, o.Gains.K*o.Gains.Td, 1e-12) {
			t.Errorf("%s: %+v beside %+v", o.Rule, o.Parallel, o.Gains)
		}
		c := o.Predicted.Curve
		if len(c) < 50 || len(c) > 400 || c[0].Y != 0 || !near(c[len(c)-1].Setpoint, 8, 1e-9) {
			t.Errorf("%s: a curve of %d points", o.Rule, len(c))
		}
	}
	for _, r := range []tuning.Rule{
		tuning.SIMCPI, tuning.SIMCPID, tuning.ImprovedSIMC, tuning.Optimised, tuning.AMIGOPI, tuning.AMIGOPID, tuning.ZieglerNichols, tuning.ZNPI,
		tuning.TyreusLuyben, tuning.TyreusLuybenPI, tuning.Pessen, tuning.SomeOvershoot, tuning.NoOvershoot,
	} {
		if seen[r] != 1 {
			t.Errorf("%d offers of %s", seen[r], r)
		}
	}
	if zn := byRule(t, offers, tuning.ZieglerNichols); zn.Accepted {
		t.Errorf("Ziegler and Nichols on this plant are accepted: %+v", zn.Margins)
	}
}

// The SIMC offers are the rule's: the gains belong to their closed-loop time constant.
func TestOfferIsTheRules(t *testing.T) {
	id, task := tent()
	o := byRule(t, tuning.Propose(id, task), tuning.SIMCPID)
	m := id.Model
	m.DeadTime += task.Period / 2
	want := tuning.SIMC(m, o.TauC)
	if !near(o.Gains.K, want.K, 1e-12) || !near(o.Gains.Ti, want.Ti, 1e-12) || !near(o.Gains.Td, want.Td, 1e-12) {
		t.Errorf("%+v, want %+v", o.Gains, want)
	}
	if again := tuning.MarginsOf(id.Model, o.Gains, task.Period); again != o.Margins {
		t.Errorf("margins %+v, want %+v", o.Margins, again)
	}
}

// What is predicted happens: on plants that are as their model, error, overshoot and travel of the run are those of the
// prediction, the pulses of P13 included.
func TestPredictionComesTrue(t *testing.T) {
	for _, name := range []string{"P01", "P03", "P09", "P13"} {
		p, _ := plantOf(name)
		_, id := explore(t, p)
		offers := tuning.Propose(id, task(p, id))
		o := offers[0]
		law, err := p.PID(p.Config(o.Gains))
		if err != nil {
			t.Fatal(err)
		}
		f := p.Run(law, 0)
		if !near(o.Predicted.IAESetpoint, f.IAESetpoint, 0.08) || math.Abs(o.Predicted.Overshoot-f.Overshoot) > 3 {
			t.Errorf("%s: predicted %+v, happened %+v", name, o.Predicted.IAESetpoint, f.IAESetpoint)
		}
	}
}

// A controller that acts downwards is proposed the same gains, and its curve goes down.
func TestLowerIsTheSame(t *testing.T) {
	id, task := tent()
	up := tuning.Propose(id, task)
	task.Lower, task.Setpoint = true, -8
	down := tuning.Propose(id, task)
	last := down[0].Predicted.Curve[len(down[0].Predicted.Curve)-1]
	if up[0].Gains != down[0].Gains || last.Setpoint != -8 || last.Y > -7 {
		t.Errorf("%+v and %+v, which ends at %+v", up[0].Gains, down[0].Gains, last)
	}
}

// A step that the output cannot reach is not predicted as if it could.
func TestUnreachableStep(t *testing.T) {
	id, task := tent()
	task.Setpoint = 30 // 25 is all there is
	o := tuning.Propose(id, task)[0]
	if o.Predicted.Step > 25 || math.IsNaN(o.Predicted.IAESetpoint) || math.IsInf(o.Predicted.IAESetpoint, 0) {
		t.Errorf("%+v", o.Predicted.Step)
	}
	task.Setpoint = 0 // it is there already
	if o = tuning.Propose(id, task)[0]; !(o.Predicted.Step > 0) || !o.Recommended {
		t.Errorf("at its set-point: %+v, %v", o.Predicted.Step, o.Objections)
	}
}

func TestUltimateOf(t *testing.T) {
	// L = T = 60 s oscillates where atan(wT) + wL = π.
	ku, pu := tuning.UltimateOf(tuning.Model{Gain: 1, Tau1: 60, DeadTime: 60}, 0)
	if !near(ku, 2.261826, 1e-4) || !near(pu, 185.8226, 1e-3) {
		t.Errorf("Ku %v, Pu %v", ku, pu)
	}
	if ku, _ := tuning.UltimateOf(tuning.Model{Gain: 1, Tau1: 60}, 0); !math.IsInf(ku, 1) {
		t.Errorf("a lag alone oscillates at %v", ku)
	}
}

// An unstable loop is seen as one.
func TestMarginsOfAnUnstableLoop(t *testing.T) {
	m := tuning.Model{Gain: 1, Tau1: 60, DeadTime: 60}
	if got := tuning.MarginsOf(m, pid.Gains{K: 3, Ti: 60, B: 1, N: 10}, 5); got.Gain >= 1 {
		t.Errorf("%+v at more than the ultimate gain", got)
	}
}

func BenchmarkPropose(b *testing.B) {
	id, task := tent()
	for b.Loop() {
		tuning.Propose(id, task)
	}
}
