package pid_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"hypha/internal/option"
	"hypha/internal/pid"
)

func config() pid.Config {
	return pid.Config{Gains: pid.Gains{K: 4, Ti: 100, Td: 20, B: 1, N: 10}, OutMin: 0, OutMax: 100}
}

func controller(t interface{ Fatal(...any) }, cfg pid.Config) *pid.Controller {
	c, err := pid.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestCheckNamesEveryFault(t *testing.T) {
	bad := pid.Config{
		Gains:  pid.Gains{K: -1, Ti: math.NaN(), Td: 5, B: 2, N: 0},
		OutMin: 10, OutMax: 10, RatePerS: -1, DeadBand: math.Inf(1), CoolRatio: -1,
		Schedule: []pid.Point{{At: 1, K: 1, Ti: 10}, {At: 1, K: 0, Ti: 10}}, ScheduleBy: "moon",
	}
	err := bad.Check()
	if _, ok := errors.AsType[option.Errors](err); !ok {
		t.Fatalf("%v is no option.Errors", err)
	}
	for _, field := range []string{"k", "ti_s", "b", "n", "out_max", "rate_per_s", "dead_band", "cool_ratio", "schedule_by", "schedule[1].at", "schedule[1].k"} {
		if !strings.Contains("; "+err.Error(), "; "+field+": ") {
			t.Errorf("nothing about %s in %v", field, err)
		}
	}
	if err := config().Check(); err != nil {
		t.Errorf("a good one: %v", err)
	}
	if c, err := pid.New(bad); c != nil || err == nil {
		t.Error("New takes what Check refuses")
	}
}

// Without an integral the bias is the output at no error, and gains of 0 divide nothing by 0.
func TestProportionalOnly(t *testing.T) {
	for _, ti := range []float64{0, math.Inf(1)} {
		cfg := config()
		cfg.Ti, cfg.Td, cfg.Bias = ti, 0, 30
		c := controller(t, cfg)
		for range 50 {
			if out := c.Step(pid.In{DT: 1, Setpoint: 20, Measurement: 15}); out.U != 50 {
				t.Fatalf("Ti %v: %+v, want 4 * 5 + 30", ti, out)
			}
		}
	}
}

// The integral recovers from saturation as fast as the tracking time says, not as long as it lasted.
func TestAntiWindup(t *testing.T) {
	cfg := config()
	cfg.Td, cfg.Tt = 0, 20
	c := controller(t, cfg)
	for range 5000 {
		c.Step(pid.In{DT: 1, Setpoint: 50, Measurement: 10})
	}
	// At rest in saturation: K h/Ti e = h/Tt (v - u), so v is above the limit by K Tt/Ti e = 32.
	if out := c.Step(pid.In{DT: 1, Setpoint: 50, Measurement: 10}); math.Abs(out.V-132) > 1e-6 || !out.Saturated {
		t.Fatalf("%+v, want a V of 132", out)
	}
	if out := c.Step(pid.In{DT: 1, Setpoint: 50, Measurement: 51}); out.U > 1e-9 {
		t.Errorf("at once above the set-point: %+v, want no output left", out)
	}
}

// A guard that holds the output shut is followed, although the controller's own limits are not reached.
func TestAppliedIsFollowed(t *testing.T) {
	cfg := config()
	cfg.Td = 0
	c := controller(t, cfg)
	var out pid.Out
	for range 5000 {
		out = c.Step(pid.In{DT: 1, Setpoint: 21, Measurement: 20})
		c.Applied(0)
	}
	if math.Abs(out.V-4) > 1e-6 { // Tt = Ti: v ends at K e, not at 100
		t.Errorf("after a long interlock V is %v, want 4", out.V)
	}
	c.Applied(math.NaN()) // unknown: as if nothing had been said
	if again := c.Step(pid.In{DT: 1, Setpoint: 21, Measurement: 20}); !(math.Abs(again.V-4) < 0.1) {
		t.Errorf("after an unknown answer: %+v", again)
	}
}

func TestRateLimit(t *testing.T) {
	cfg := config()
	cfg.RatePerS = 2
	c := controller(t, cfg)
	for k := range 10 {
		if out := c.Step(pid.In{DT: 3, Setpoint: 60, Measurement: 20}); math.Abs(out.U-min(100, 6*float64(k+1))) > 1e-9 || (k < 9 && !out.Saturated) {
			t.Fatalf("step %d: %+v", k, out)
		}
	}
}

func TestDeadBandRests(t *testing.T) {
	cfg := config()
	cfg.DeadBand = 0.5
	c := controller(t, cfg)
	c.StartAt(40)
	first := c.Step(pid.In{DT: 5, Setpoint: 20, Measurement: 20})
	for _, y := range []float64{20.4, 19.6, 20.2, 19.5, 20.5, 19.9} {
		if out := c.Step(pid.In{DT: 5, Setpoint: 20, Measurement: y}); out.U != first.U || out.I != first.I {
			t.Fatalf("%v is within the band, yet %+v after %+v", y, out, first)
		}
	}
	if out := c.Step(pid.In{DT: 5, Setpoint: 20, Measurement: 20.6}); !(out.U < first.U) || math.Abs(out.P+4*0.1) > 1e-9 {
		t.Errorf("beyond the band: %+v, want the error to count from its edge", out)
	}
}

func TestFreezeHolds(t *testing.T) {
	c := controller(t, config())
	c.StartAt(50)
	c.Step(pid.In{DT: 1, Setpoint: 20, Measurement: 20})
	before := c.Step(pid.In{DT: 1, Setpoint: 20, Measurement: 19})
	for _, bad := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		if out := c.Step(pid.In{DT: 1, Setpoint: 20, Measurement: bad}); !out.Frozen || out.U != before.U {
			t.Fatalf("a measurement of %v: %+v, want %v held", bad, out, before.U)
		}
	}
	c.Freeze()
	// An hour later the derivative starts at 0 and the hour has not been integrated.
	if out := c.Step(pid.In{DT: 3600, Setpoint: 20, Measurement: 19}); out.D != 0 || out.I != before.I || out.Frozen {
		t.Errorf("back again: %+v, want an I of %v and no D", out, before.I)
	}
}

func TestLongGapIsNotIntegrated(t *testing.T) {
	cfg := config()
	cfg.MaxGap = 60
	c := controller(t, cfg)
	c.StartAt(50)
	before := c.Step(pid.In{DT: 1, Setpoint: 20, Measurement: 19})
	if out := c.Step(pid.In{DT: 61, Setpoint: 20, Measurement: 18}); out.I != before.I || out.D != 0 || out.Frozen {
		t.Errorf("%+v after %+v", out, before)
	}
}

func TestManualIsBumpless(t *testing.T) {
	c := controller(t, config())
	c.StartAt(20)
	c.Step(pid.In{DT: 1, Setpoint: 22, Measurement: 20})
	if err := c.Manual(101); err == nil {
		t.Error("manual beyond the limit is taken")
	}
	if err := c.Manual(73); err != nil || !c.InManual() {
		t.Fatal(err)
	}
	for range 100 {
		if out := c.Step(pid.In{DT: 1, Setpoint: 22, Measurement: 21}); out.U != 73 {
			t.Fatalf("in manual: %+v", out)
		}
	}
	c.Auto()
	if out := c.Step(pid.In{DT: 1, Setpoint: 22, Measurement: 21}); math.Abs(out.U-73) > 1e-9 {
		t.Errorf("back in automatic: %+v, want 73", out)
	}
}

// From rest at the edge of its start, a step of the set-point has its full effect; a smooth start has none.
func TestStarts(t *testing.T) {
	c := controller(t, config())
	if out := c.Step(pid.In{Setpoint: 25, Measurement: 20}); out.U != 20 {
		t.Errorf("from rest: %+v, want K e = 20", out)
	}
	c.StartSmoothly(35)
	if out := c.Step(pid.In{DT: 1, Setpoint: 25, Measurement: 20}); math.Abs(out.U-35) > 1e-12 {
		t.Errorf("smoothly: %+v, want 35", out)
	}
	c.Reset()
	if out := c.Step(pid.In{DT: 1, Setpoint: 25, Measurement: 20}); out.U != 20 {
		t.Errorf("after a reset: %+v, want 20", out)
	}
}

func TestFeedForwardComesBeforeTheLimits(t *testing.T) {
	c := controller(t, config())
	c.StartAt(0)
	if out := c.Step(pid.In{DT: 1, Setpoint: 20, Measurement: 20, FeedForward: 130}); out.U != 100 || !out.Saturated || out.V != 130 {
		t.Errorf("%+v", out)
	}
}

// An inner loop at its limit stops the outer integral that way only.
func TestBlocked(t *testing.T) {
	cfg := config()
	cfg.Td = 0
	c := controller(t, cfg)
	c.StartAt(50)
	c.Step(pid.In{DT: 1, Setpoint: 20, Measurement: 19})
	c.Blocked(true, false)
	held := c.Step(pid.In{DT: 1, Setpoint: 20, Measurement: 19})
	if out := c.Step(pid.In{DT: 1, Setpoint: 20, Measurement: 21}); out.I != held.I {
		t.Errorf("up is blocked, but I went from %v to %v", held.I, out.I)
	}
	if out := c.Step(pid.In{DT: 1, Setpoint: 20, Measurement: 21}); !(out.I < held.I) {
		t.Errorf("down is free, but I stands at %v", out.I)
	}
}

func TestSplitRange(t *testing.T) {
	cfg := config()
	cfg.Td, cfg.OutMin, cfg.CoolRatio, cfg.CoolDwell, cfg.CoolDeadBand = 0, -100, 0.5, 30, 2
	cfg.Ti, cfg.K = 1e6, 10
	c := controller(t, cfg)
	step := func(y float64) float64 { return c.Step(pid.In{DT: 10, Setpoint: 20, Measurement: y}).U }
	if u := step(15); math.Abs(u-50) > 0.1 {
		t.Fatalf("heats with %v, want 50", u)
	}
	for k, want := range []float64{0, 0, 0, -60} { // the fourth is 30 s after heating stopped
		if u := step(23); math.Abs(u-want) > 0.1 {
			t.Fatalf("step %d after the change: %v, want %v (30 in effect, cooling half as strong)", k, u, want)
		}
	}
	if u := step(20.1); u != 0 {
		t.Errorf("within the dead band: %v", u)
	}
	if low := step(60); low != -100 {
		t.Errorf("limit of the cooler: %v", low)
	}
}

// The integral finds its way through the dead band of a split range instead of resting inside it for ever.
func TestIntegralCrossesTheDeadBand(t *testing.T) {
	cfg := config()
	cfg.Td, cfg.OutMin, cfg.CoolRatio, cfg.CoolDeadBand = 0, -100, 1, 20
	c := controller(t, cfg)
	for range 1000 {
		if c.Step(pid.In{DT: 1, Setpoint: 20, Measurement: 19.5}).U > 20 {
			return
		}
	}
	t.Error("an error that stays never gets an output")
}

func TestScheduleIsBumpless(t *testing.T) {
	cfg := config()
	cfg.Td, cfg.B, cfg.Ti = 0, 0.5, 1e9
	cfg.Schedule = []pid.Point{{At: 10, K: 2, Ti: 1e9}, {At: 20, K: 8, Ti: 1e9}}
	c := controller(t, cfg)
	c.StartAt(50)
	last := c.Step(pid.In{DT: 1, Setpoint: 15, Measurement: 10})
	// Each step of 1 acts with the gain of where it ends: between 2 and 8.
	for y := 11.0; y <= 20; y++ {
		out := c.Step(pid.In{DT: 1, Setpoint: 15, Measurement: y})
		if k := 2 + 0.6*(y-10); math.Abs(last.U-out.U-k) > 1e-6 && out.U > 0 {
			t.Errorf("at %v the output fell by %v, want %v", y, last.U-out.U, k)
		}
		last = out
	}
}

func TestRestore(t *testing.T) {
	c := controller(t, config())
	c.StartAt(50)
	for range 20 {
		c.Step(pid.In{DT: 1, Setpoint: 22, Measurement: 20})
	}
	was := c.Step(pid.In{DT: 1, Setpoint: 22, Measurement: 20})
	again := controller(t, config())
	if again.Restore(c.State(), 100) || again.Restore(c.State(), -1) || again.Restore(pid.State{I: math.NaN()}, 1) {
		t.Error("takes a state as old as Ti, of the future, or broken")
	}
	if !again.Restore(c.State(), 99) {
		t.Fatal("refuses a young state")
	}
	if out := again.Step(pid.In{DT: 99, Setpoint: 22, Measurement: 20}); out.I != was.I || out.D != 0 {
		t.Errorf("%+v, want I %v", out, was.I)
	}
	other := config()
	other.K = 9
	changed := controller(t, other)
	changed.Restore(c.State(), 5)
	if out := changed.Step(pid.In{DT: 5, Setpoint: 22, Measurement: 20}); math.Abs(out.U-was.U) > 1e-9 {
		t.Errorf("with other gains %v, want the output as it was, %v", out.U, was.U)
	}
}

func TestStepAllocatesNothing(t *testing.T) {
	cfg := config()
	cfg.Schedule = []pid.Point{{At: 10, K: 2, Ti: 90, Td: 9}, {At: 20, K: 8, Ti: 80, Td: 8}}
	cfg.Filter, cfg.RatePerS, cfg.DeadBand = 3, 5, 0.1
	c := controller(t, cfg)
	y := 10.0
	if n := testing.AllocsPerRun(1000, func() {
		y += 0.01
		c.Applied(c.Step(pid.In{DT: 1, Setpoint: 20, Measurement: y}).U / 2)
	}); n != 0 {
		t.Errorf("%v allocations a step", n)
	}
}

func BenchmarkStep(b *testing.B) {
	cfg := config()
	cfg.CoolRatio, cfg.OutMin, cfg.Filter = 0.5, -100, 2
	c := controller(b, cfg)
	y := 15.0
	b.ReportAllocs()
	for b.Loop() {
		y += 1e-7
		c.Applied(c.Step(pid.In{DT: 1, Setpoint: 20, Measurement: y}).U)
	}
}
