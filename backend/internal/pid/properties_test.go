package pid_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"hypha/internal/pid"
)

// Whatever is done to it, the output keeps its limits and its rate, stands still without a measurement, and does not jump
// when gains change or control comes back.
func TestInvariants(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cfg := config()
		cfg.B = rapid.Float64Range(0, 1).Draw(t, "b")
		cfg.OutMin = rapid.SampledFrom([]float64{0, -100}).Draw(t, "out_min")
		cfg.RatePerS = rapid.SampledFrom([]float64{0, 3}).Draw(t, "rate")
		cfg.Lower = rapid.Bool().Draw(t, "lower")
		c := controller(t, cfg)
		r, y, u := 20.0, 20.0, 0.0
		for range rapid.IntRange(1, 200).Draw(t, "steps") {
			switch rapid.IntRange(0, 9).Draw(t, "what") {
			case 0:
				r = rapid.Float64Range(10, 40).Draw(t, "setpoint")
			case 1:
				if out := c.Step(pid.In{DT: 1, Setpoint: r, Measurement: math.NaN()}); out.U != u {
					t.Fatalf("without a measurement from %v to %v", u, out.U)
				}
			case 2:
				g := cfg.Gains
				g.K = rapid.Float64Range(0.1, 50).Draw(t, "k")
				if err := c.SetGains(g); err != nil {
					t.Fatal(err)
				}
			case 3:
				u = rapid.Float64Range(cfg.OutMin, 100).Draw(t, "manual")
				if err := c.Manual(u); err != nil {
					t.Fatal(err)
				}
			case 4:
				c.Auto()
			case 5:
				u = rapid.Float64Range(cfg.OutMin, 100).Draw(t, "applied")
				c.Applied(u)
			default:
				manual := c.InManual()
				if !manual {
					y += rapid.Float64Range(-2, 2).Draw(t, "dy")
				}
				out := c.Step(pid.In{DT: 1, Setpoint: r, Measurement: y})
				switch {
				case !(out.U >= cfg.OutMin && out.U <= 100):
					t.Fatalf("beyond the limits: %+v", out)
				case !manual && cfg.RatePerS > 0 && math.Abs(out.U-u) > cfg.RatePerS+1e-9:
					t.Fatalf("from %v to %v in a second", u, out.U)
				case manual && out.U != u:
					t.Fatalf("in manual at %v, not %v", out.U, u)
				case !finite(out.I) || math.Abs(out.I) > 1e6:
					t.Fatalf("the integral ran away: %+v", out)
				}
				u = out.U
			}
		}
	})
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// A change of the gains alone moves the output by nothing but one step of integration and what is left of the derivative.
func TestGainChangeIsBumpless(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cfg := config()
		cfg.Td, cfg.B = 0, rapid.Float64Range(0, 1).Draw(t, "b")
		a, b := controller(t, cfg), controller(t, cfg)
		r, y := rapid.Float64Range(10, 30).Draw(t, "r"), rapid.Float64Range(10, 30).Draw(t, "y")
		for range 3 {
			a.Step(pid.In{DT: 1, Setpoint: r, Measurement: y})
			b.Step(pid.In{DT: 1, Setpoint: r, Measurement: y})
		}
		g := cfg.Gains
		g.K, g.B = rapid.Float64Range(0.1, 50).Draw(t, "k"), rapid.Float64Range(0, 1).Draw(t, "new b")
		if err := b.SetGains(g); err != nil {
			t.Fatal(err)
		}
		// 0 s later nothing has been integrated.
		in := pid.In{DT: 0, Setpoint: r, Measurement: y}
		if was, is := a.Step(in), b.Step(in); math.Abs(was.V-is.V) > 1e-9*(1+math.Abs(was.V)) {
			t.Fatalf("from %+v to %+v", was, is)
		}
	})
}

// Acting the other way is the same law with both signals turned round.
func TestLowerMirrors(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cfg := config()
		up := controller(t, cfg)
		cfg.Lower = true
		down := controller(t, cfg)
		for range 50 {
			r, y := rapid.Float64Range(-50, 50).Draw(t, "r"), rapid.Float64Range(-50, 50).Draw(t, "y")
			if a, b := up.Step(pid.In{DT: 2, Setpoint: r, Measurement: y}), down.Step(pid.In{DT: 2, Setpoint: -r, Measurement: -y}); a != b {
				t.Fatalf("%+v, %+v", a, b)
			}
		}
	})
}

// However small the duty, the mean is right to within what one pulse decides, and no pulse or pause is too short.
func TestProportionKeepsTheMean(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cfg := pid.Proportion{
			Window: 20, Resolution: rapid.SampledFrom([]float64{0, 0.5, 1}).Draw(t, "res"),
			MinOn: rapid.Float64Range(0, 8).Draw(t, "min_on"), MinOff: rapid.Float64Range(0, 8).Draw(t, "min_off"),
		}
		p, err := pid.NewProportioner(cfg)
		if err != nil {
			t.Fatal(err)
		}
		wanted, given := 0.0, 0.0
		for range 300 {
			duty := rapid.Float64Range(0.1, 99.9).Draw(t, "duty")
			on := p.Next(duty)
			wanted, given = wanted+duty/100*20, given+on
			if (on > 0 && on < cfg.MinOn) || (on < 20 && 20-on < cfg.MinOff) {
				t.Fatalf("on for %v s of 20", on)
			}
			if math.Abs(wanted-given) > 8+1 {
				t.Fatalf("%v s wanted, %v s given", wanted, given)
			}
		}
	})
	p, err := pid.NewProportioner(pid.Proportion{Window: 20})
	if err != nil || p.Next(math.NaN()) != 0 || p.Next(-3) != 0 || p.Next(100) != 20 || p.Next(101) != 20 {
		t.Error("at the ends")
	}
	if err := (pid.Proportion{Window: 10, MinOn: 6, MinOff: 6}).Check(); err == nil {
		t.Error("a window shorter than pulse and pause together is taken")
	}
}

// The filter is a lag: after one time constant, in small steps, 63 % of a change has come through, and it starts where the
// measurement is.
func TestFilterIsALag(t *testing.T) {
	cfg := config()
	cfg.Td, cfg.Ti, cfg.K, cfg.Filter, cfg.OutMin = 0, 1e9, 1, 50, -100
	c := controller(t, cfg)
	c.StartAt(0)
	if out := c.Step(pid.In{DT: 1, Setpoint: 20, Measurement: 20}); out.P != 0 {
		t.Fatalf("%+v, want the filter to start at the measurement", out)
	}
	var out pid.Out
	for range 500 {
		out = c.Step(pid.In{DT: 0.1, Setpoint: 20, Measurement: 30})
	}
	if want := -10 * (1 - math.Exp(-1)); math.Abs(out.P-want) > 0.01 {
		t.Errorf("after 50 s P is %v, want %v", out.P, want)
	}
}
