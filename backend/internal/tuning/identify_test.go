package tuning_test

import (
	"math"
	"strings"
	"testing"

	"hypha/internal/process"
	"hypha/internal/tuning"
)

// The chosen experiment finds what the linear plants are made of: noise, resolution, pulses, limits, a weaker cooling side and
// an integrator notwithstanding.
func TestIdentifiesPlants(t *testing.T) {
	for id, want := range map[string]tuning.Model{
		"P01": {Gain: 1, Tau1: 60, DeadTime: 60},
		"P02": {Gain: 1, Tau1: 1200, DeadTime: 60},
		"P03": {Gain: 1, Tau1: 6, DeadTime: 60},
		"P08": {Gain: 0.001, Tau2: 20, DeadTime: 60, Integrating: true},
		"P09": {Gain: 0.25, Tau1: 900, Tau2: 120, DeadTime: 40},
		"P10": {Gain: 0.6, Tau1: 1500, Tau2: 60, DeadTime: 30},
		"P11": {Gain: 1.2, Tau1: 20000, Tau2: 150, DeadTime: 60},
		"P12": {Gain: 0.5, Tau1: 1200, Tau2: 90, DeadTime: 60, CoolRatio: 0.3},
		"P13": {Gain: 0.8, Tau1: 240, Tau2: 20, DeadTime: 30},
		"P14": {Gain: 0.3, Tau1: 300, Tau2: 60, DeadTime: 600},
	} {
		p, _ := plantOf(id)
		_, found := explore(t, p)
		m := found.Model
		if !near(m.Gain, want.Gain, 0.02) || !near(m.Tau1, want.Tau1, 0.02) || !near(m.Tau2, want.Tau2, 0.05) ||
			!near(m.DeadTime, want.DeadTime, 0.05) || !near(m.CoolRatio, want.CoolRatio, 0.02) || m.Integrating != want.Integrating || found.Local {
			t.Errorf("%s: %+v, want %+v", id, found, want)
		}
		if !near(found.Noise.Sigma, p.NoiseSigma, 0.35) || !near(found.Noise.Quantum, p.Quantum, 1e-6) {
			t.Errorf("%s: noise %+v, want %v and steps of %v", id, found.Noise, p.NoiseSigma, p.Quantum)
		}
	}
}

// Jitter of the clock and lost samples do no harm; a long gap is refused.
func TestRecordWithJitter(t *testing.T) {
	p, _ := plantOf("P01")
	auto, exact := explore(t, p)
	r := auto.Record()
	var jittered []tuning.Sample
	for i, s := range r.Samples {
		if i > 40 && i%23 == 0 {
			continue
		}
		s.T += 0.4 * math.Sin(float64(i*i))
		jittered = append(jittered, s)
	}
	lossy := r
	lossy.Samples = jittered
	id, err := tuning.Identify(lossy)
	if err != nil || !near(id.Model.Gain, exact.Model.Gain, 0.02) || !near(id.Model.DeadTime, exact.Model.DeadTime, 0.05) || !near(id.Model.Tau1, exact.Model.Tau1, 0.05) {
		t.Errorf("%+v, %v; want %+v", id.Model, err, exact.Model)
	}
	lossy.Samples = append(append([]tuning.Sample(nil), r.Samples[:60]...), r.Samples[80:]...)
	if _, err := tuning.Identify(lossy); err == nil || !strings.Contains(err.Error(), "gap") {
		t.Errorf("a gap of 20 samples: %v", err)
	}
}

func TestIdentifyRefusesNonsense(t *testing.T) {
	p, _ := plantOf("P01")
	auto, _ := explore(t, p)
	r := auto.Record()
	r.Lower = true
	if id, err := tuning.Identify(r); err == nil || !strings.Contains(err.Error(), "against the output") {
		t.Errorf("an output that raises, said to lower: %+v, %v", id, err)
	}
	r.Lower = false
	r.Samples = append([]tuning.Sample(nil), r.Samples...)
	noise := process.NewNoise(9)
	for i := range r.Samples {
		r.Samples[i].Y = noise.Normal()
	}
	if id, err := tuning.Identify(r); err == nil {
		t.Errorf("noise alone has a model: %+v", id)
	}
	r.Samples = r.Samples[:5]
	if _, err := tuning.Identify(r); err == nil {
		t.Error("five samples have a model")
	}
}

// A plant that rests with its output half on, above or below where it will be held, has the same model.
func TestIdentifiesFromAnyRest(t *testing.T) {
	for _, setpoint := range []float64{7, 14} {
		p, rig := plantOf("P09")
		for rig.Time() < 9000 {
			rig.Hold(40, nil)
		}
		auto, err := tuning.NewAuto(tuning.Setup{
			Period: p.Period, OutMax: 100, Rest: 40, Setpoint: setpoint, Low: 2, High: 20, TimeLimit: 50_000,
		})
		if err != nil {
			t.Fatal(err)
		}
		start := rig.Time()
		u, done := 0.0, false
		for !done {
			if u, done, err = auto.Next(rig.Time()-start, rig.Measure()); err != nil {
				t.Fatal(err)
			}
			rig.Hold(u, nil)
		}
		id, err := tuning.Identify(auto.Record())
		m := id.Model
		if err != nil || !near(m.Gain, 0.25, 0.04) || !near(m.Tau1, 900, 0.05) || !near(m.Tau2, 120, 0.06) || !near(m.DeadTime, 40, 0.1) || u != 40 {
			t.Errorf("to %v: %+v, %v, output left at %v", setpoint, id, err, u)
		}
		offers := tuning.Propose(id, tuning.Task{Period: p.Period, OutMax: 100, Rest: 40, Start: id.Start, Setpoint: setpoint, Noise: id.Noise})
		if !offers[0].Recommended || !near(offers[0].Predicted.Step, setpoint-10, 0.05) {
			t.Errorf("to %v: %+v, step %v", setpoint, offers[0].Objections, offers[0].Predicted.Step)
		}
	}
}
