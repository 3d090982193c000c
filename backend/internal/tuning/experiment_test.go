package tuning_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"hypha/internal/option"
	"hypha/internal/process"
	"hypha/internal/tuning"
)

func setup() tuning.Setup {
	return tuning.Setup{Period: 5, OutMin: 0, OutMax: 100, Setpoint: 40, Low: -40, High: 80, TimeLimit: 20_000}
}

func relay(t *testing.T, s tuning.Setup) *tuning.Relay {
	t.Helper()
	r, err := tuning.NewRelay(s)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// end drives an experiment to its end and returns its error; the output must then go back to rest.
func end(t *testing.T, e tuning.Experiment, next func(time, u float64) float64) error {
	t.Helper()
	u := 0.0
	for at := 0.0; at < 1e6; at += 5 {
		var done bool
		var err error
		if u, done, err = e.Next(at, next(at, u)); done {
			if u != 0 {
				t.Errorf("ended with the output at %v", u)
			}
			if again, still, _ := e.Next(at+5, 0); again != 0 || !still {
				t.Error("goes on after its end")
			}
			return err
		}
	}
	t.Fatal("never ends")
	return nil
}

func plantOf(id string) (process.Plant, *process.Rig) {
	p, err := process.ByID(id)
	if err != nil {
		panic(err)
	}
	return p, p.Start().Undisturbed()
}

func of(rig *process.Rig) func(time, u float64) float64 {
	first := true
	return func(_, u float64) float64 {
		if !first {
			rig.Hold(u, nil)
		}
		first = false
		return rig.Measure()
	}
}

func TestSetupNamesEveryFault(t *testing.T) {
	err := tuning.Setup{OutMin: 1, Low: 5, High: math.NaN(), Amplitude: 2, Hysteresis: -1}.Check()
	if _, ok := errors.AsType[option.Errors](err); !ok {
		t.Fatalf("%v is no option.Errors", err)
	}
	for _, field := range []string{"period_s", "out_max", "high", "time_limit_s", "amplitude", "hysteresis"} {
		if !strings.Contains("; "+err.Error(), "; "+field+": ") {
			t.Errorf("nothing about %s in %v", field, err)
		}
	}
	s := setup()
	s.Setpoint = 90
	if err := s.Check(); err == nil || !strings.Contains(err.Error(), "setpoint") {
		t.Errorf("a set-point outside the band: %v", err)
	}
	for _, start := range []func(tuning.Setup) error{
		func(s tuning.Setup) error { _, err := tuning.NewRelay(s); return err },
		func(s tuning.Setup) error { _, err := tuning.NewStep(s); return err },
		func(s tuning.Setup) error { _, err := tuning.NewAuto(s); return err },
	} {
		if start(s) == nil {
			t.Error("an experiment takes a setup that is wrong")
		}
	}
}

// Every experiment that cannot go well ends, says why, and gives the output back.
func TestRelaySaysWhyItFails(t *testing.T) {
	_, p03 := plantOf("P03") // goes to 100 before the relay sees anything of it
	if err := end(t, relay(t, setup()), of(p03)); !errors.Is(err, tuning.ErrBand) {
		t.Errorf("out of the band: %v", err)
	}
	if err := end(t, relay(t, setup()), func(_, _ float64) float64 { return 0 }); !errors.Is(err, tuning.ErrTime) {
		t.Errorf("no effect at all: %v", err)
	}
	if err := end(t, relay(t, setup()), func(at, _ float64) float64 { return 20 * math.Sin(at/300) }); !errors.Is(err, tuning.ErrNotAtRest) {
		t.Errorf("never at rest: %v", err)
	}
	lost := func(at, _ float64) float64 {
		if at < 50 {
			return 1
		}
		return math.NaN()
	}
	if err := end(t, relay(t, setup()), lost); err == nil || !strings.Contains(err.Error(), "no measurement") {
		t.Errorf("sensor lost: %v", err)
	}
	grows := func(at, u float64) float64 { // ever larger swings, no cycle like the other
		if at < 200 {
			return 0
		}
		return 40 + at/800*math.Sin(at/(20+at/80))
	}
	if err := end(t, relay(t, setup()), grows); err == nil {
		t.Error("cycles that never become alike go well")
	}
}

func TestStepSaysWhyItFails(t *testing.T) {
	step := func(s tuning.Setup) *tuning.Step {
		e, err := tuning.NewStep(s)
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	if err := end(t, step(setup()), func(_, _ float64) float64 { return 0 }); !errors.Is(err, tuning.ErrNoEffect) {
		t.Errorf("no effect: %v", err)
	}
	_, p08 := plantOf("P08") // an integrator never comes to rest again
	s := setup()
	s.Setpoint, s.Low, s.High = 10, -10, 15
	if err := end(t, step(s), of(p08)); !errors.Is(err, tuning.ErrBand) {
		t.Errorf("an integrator: %v", err)
	}
	quiet, _ := plantOf("P01")
	quiet.NoiseSigma, quiet.NoiseSeed = 0.8, 3
	s = setup()
	s.Amplitude = 0.06
	if err := end(t, step(s), of(quiet.Start().Undisturbed())); !errors.Is(err, tuning.ErrSmall) {
		t.Errorf("a step of 6 in a noise of 0.8: %v", err)
	}
}

// A step experiment finds the model of a lag with dead time by each of its three ways.
func TestStepFindsTheModel(t *testing.T) {
	p, rig := plantOf("P01")
	s := setup()
	s.Amplitude = 0.3
	e, err := tuning.NewStep(s)
	if err != nil {
		t.Fatal(err)
	}
	drive(t, e, rig)
	if last := e.Record().Samples; last[len(last)-1].Y > 31 {
		t.Errorf("a step by 30 %% went to %v", last[len(last)-1].Y)
	}
	id, err := tuning.Identify(e.Record())
	if err != nil {
		t.Fatal(err)
	}
	two, area, err := tuning.StepModels(e.Record())
	if err != nil {
		t.Fatal(err)
	}
	for name, m := range map[string]tuning.Model{"fitted": id.Model, "two points": two, "areas": area} {
		tolerance := 0.06
		if name == "fitted" {
			tolerance = 0.002
		}
		if !near(m.Gain, 1, tolerance) || !near(m.Tau1, 60, tolerance) || !near(m.DeadTime, 60, tolerance) {
			t.Errorf("%s: %+v, want 1, 60 s, 60 s of %s", name, m, p.TransferFunction)
		}
	}
}

// The band comes first: where the whole range of the output is too much, half of it is tried, from rest.
func TestAutoTakesLessWhereTheBandIsLeft(t *testing.T) {
	p, _ := plantOf("P03")
	auto, _ := explore(t, p)
	tried := auto.Attempts()
	if len(tried) != 2 || tried[0].Problem == "" || tried[1].Amplitude != 0.5 || auto.Relay() == nil {
		t.Errorf("%+v", tried)
	}
	for _, s := range auto.Record().Samples {
		if s.Y < -40 || s.Y > 80 || s.U > 50 {
			t.Fatalf("%+v", s)
		}
	}
}

// Where no relay fits into the band, a step does.
func TestAutoStepsInTheEnd(t *testing.T) {
	p, rig := plantOf("P03")
	auto, err := tuning.NewAuto(tuning.Setup{Period: p.Period, OutMax: 100, Setpoint: 20, Low: -1, High: 21, TimeLimit: 50_000})
	if err != nil {
		t.Fatal(err)
	}
	drive(t, auto, rig)
	tried := auto.Attempts()
	if last := tried[len(tried)-1]; last.Kind != "step" || auto.Relay() != nil {
		t.Errorf("%+v", tried)
	}
	if id, err := tuning.Identify(auto.Record()); err != nil || !near(id.Model.Gain, 1, 0.01) || !near(id.Model.DeadTime, 60, 0.03) {
		t.Errorf("%+v, %v", id, err)
	}
}

// A relay's describing function is within the usual third of the truth, and its cycle gives the plant back.
func TestRelayUltimate(t *testing.T) {
	_, rig := plantOf("P01")
	r := relay(t, setup())
	drive(t, r, rig)
	ku, pu := r.Ultimate()
	if !near(ku, 2.262, 0.33) || !near(pu, 185.8, 0.1) {
		t.Errorf("Ku %v, Pu %v; exactly 2.262 and 185.8", ku, pu)
	}
	if c := r.Cycle(); !(c.On > 0 && c.Off > c.On && c.Max > 0 && c.Min < 0) || r.Phase() != tuning.Ended {
		t.Errorf("%+v, %s: half load is below the middle of the relay, so it is off for longer", c, r.Phase())
	}
}

// Whatever is measured, an experiment keeps the output within its limits, ends in time, and stays ended.
func TestExperimentsAreSafe(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := setup()
		s.TimeLimit, s.OutMin, s.Rest = 2000, rapid.SampledFrom([]float64{0, -100}).Draw(rt, "min"), rapid.Float64Range(0, 100).Draw(rt, "rest")
		s.Lower = rapid.Bool().Draw(rt, "lower")
		e, err := tuning.NewAuto(s)
		if err != nil {
			rt.Fatal(err)
		}
		y := 0.0
		for at := 0.0; ; at += 5 {
			switch rapid.IntRange(0, 40).Draw(rt, "what") {
			case 0:
				y = rapid.Float64Range(-60, 100).Draw(rt, "y")
			case 1:
				y = math.NaN()
			default:
				if at > 200 {
					y += rapid.Float64Range(-4, 5).Draw(rt, "dy")
				}
			}
			u, done, err := e.Next(at, y)
			outside := !(y >= s.Low && y <= s.High)
			switch {
			case !(u >= s.OutMin && u <= s.OutMax):
				rt.Fatalf("output %v", u)
			case outside && u != s.Rest:
				rt.Fatalf("at %v, outside its band, the output is %v", y, u)
			case done && u != s.Rest:
				rt.Fatalf("ended with %v, %v", u, err)
			case at > s.TimeLimit+5 && !done:
				rt.Fatalf("still %s at %v s", e.Phase(), at)
			}
			if done {
				return
			}
		}
	})
}
