package trigger

import (
	"strings"
	"testing"
	"time"

	"hypha/internal/function"
	"hypha/internal/measure"
)

func TestAnEdgeIsPassed(t *testing.T) {
	for edge, want := range map[string]string{
		"rising":  "0001000010",
		"falling": "0000001001",
		"both":    "0001001011",
	} {
		r := rigOf(t, "trigger_edge", `"channel": 1, "threshold": 25, "edge": "`+edge+`"`)
		got := ""
		// On the line it is on the side it came from; the first reading only tells the side.
		for _, v := range []float64{20, 25, 24.9, 25.1, 25, 26, 24, 25, 30, 10} {
			before := len(r.fired())
			r.arrive(1, v)
			got += map[bool]string{false: "0", true: "1"}[len(r.fired()) > before]
			r.pass(time.Second)
		}
		if got != want {
			t.Errorf("%s: %s, want %s", edge, got, want)
		}
	}
}

func TestAnEdgeIsNotLostInABadReading(t *testing.T) {
	r := rigOf(t, "trigger_edge", `"channel": 1, "threshold": 25`)
	r.arrive(1, 20)
	r.Spoil(1, measure.Rejected)
	r.step(function.Moment{Why: function.Arrival, Reading: measure.Reading{Channel: 1, T: r.At.UnixMilli(), V: 99, Q: measure.Rejected}})
	r.want(0, "after a rejected reading beyond the line")
	r.troubled("rejected")
	r.arrive(1, 26)
	r.want(1, "after a good one beyond the line")
	if got := r.fired()[0]; got != "air rose above 25 C: it is 26 C" {
		t.Errorf("the reason is %q", got)
	}
	r.pass(time.Hour)
	r.Read(1, 20)
	r.step(function.Moment{Why: function.Arrival, Reading: measure.Reading{Channel: 1, T: r.At.UnixMilli(), V: 20}})
	r.step(function.Moment{Why: function.Arrival, Reading: measure.Reading{Channel: 1, T: r.At.Add(-time.Minute).UnixMilli(), V: 30}})
	r.want(1, "after a reading of before that arrives late")
}

func TestReadingsThatCameTogetherAreAllJudged(t *testing.T) {
	r := rigOf(t, "trigger_edge", `"channel": 1, "threshold": 25`)
	r.arrive(1, 20)
	t0 := r.At
	r.Pass(time.Second)
	r.Read(1, 20) // the live value is that of the last of them
	for n, v := range []float64{30, 20} {
		r.step(function.Moment{Why: function.Arrival, Reading: measure.Reading{Channel: 1, T: t0.UnixMilli() + int64(n) + 1, V: v}})
	}
	r.want(1, "a pulse between two steps")
}

func TestAThresholdHoldsForATime(t *testing.T) {
	r := rigOf(t, "trigger_threshold", `"channel": 1, "above": 30, "hysteresis": 2, "for_s": 60`)
	r.arrive(1, 31)
	r.pass(59 * time.Second)
	r.want(0, "59 s beyond")
	r.arrive(1, 29) // within the hysteresis: still beyond
	r.pass(time.Second)
	r.want(1, "60 s beyond, without a new reading")
	r.pass(time.Hour)
	r.arrive(1, 35)
	r.want(1, "as long as it is beyond")
	r.arrive(1, 27.9)
	r.arrive(1, 31)
	r.pass(30 * time.Second)
	r.arrive(1, 27) // back before its time
	r.arrive(1, 31)
	r.pass(59 * time.Second)
	r.want(1, "when it was interrupted")
	r.pass(time.Second)
	r.want(2, "60 s without a break")
	if got := r.fired()[1]; got != "air has been above 30 C for 1m0s: 31 C" {
		t.Errorf("the reason is %q", got)
	}
}

func TestAThresholdOnBothSides(t *testing.T) {
	r := rigOf(t, "trigger_threshold", `"channel": 1, "above": 30, "below": 10`)
	for _, v := range []float64{20, 31, 20, 9, 5, 20} {
		r.arrive(1, v)
	}
	r.want(2, "above and below")
	if got := strings.Join(r.fired(), "; "); got != "air is above 30 C: 31 C; air is below 10 C: 9 C" {
		t.Errorf("the reasons are %q", got)
	}
}

func TestWithoutAReadingItDoesNotFireAndLetsGo(t *testing.T) {
	for name, spoil := range map[string]func(*rig){
		"stale":        func(r *rig) { r.Spoil(1, measure.Stale); r.step(function.Moment{Why: function.Tick}) },
		"out of range": func(r *rig) { r.Spoil(1, measure.OutOfRange); r.step(function.Moment{Why: function.Tick}) },
		"too old":      func(r *rig) { r.pass(31 * time.Second) }, // it asks to be called by itself
	} {
		r := rigWith(t, "trigger_threshold", `"channel": 1, "above": 30, "max_age_s": 30`, `[{"kind": "output_on", "options": {"output": {"output": 5}}}]`)
		r.troubled("no reading")
		r.arrive(1, 31)
		if len(r.Commands) != 1 || r.Last().Released {
			t.Fatalf("%s: %+v", name, r.Commands)
		}
		spoil(r)
		if r.err == nil || !r.Last().Released || len(r.Commands) != 2 {
			t.Errorf("%s: %v, commanded %+v", name, r.err, r.Commands)
		}
		r.arrive(1, 32)
		if len(r.Commands) != 2 || r.err != nil {
			t.Errorf("%s: the same excess fired again: %v", name, r.err)
		}
		r.arrive(1, 20)
		r.arrive(1, 32)
		if len(r.Commands) != 3 {
			t.Errorf("%s: the next one did not fire", name)
		}
	}
	r := rigWith(t, "trigger_threshold", `"channel": 1, "above": 30, "on_loss": "keep"`, `[{"kind": "output_on", "options": {"output": {"output": 5}}}]`)
	r.arrive(1, 31)
	r.Spoil(1, measure.Stale)
	r.step(function.Moment{Why: function.Tick})
	if r.Last().Released {
		t.Error("it let go, though it was told to keep")
	}
}

func TestLostTimeDoesNotCount(t *testing.T) {
	r := rigOf(t, "trigger_threshold", `"channel": 1, "above": 30, "for_s": 60`)
	r.arrive(1, 31)
	r.pass(30 * time.Second)
	r.Spoil(1, measure.Stale)
	r.step(function.Moment{Why: function.Arrival, Reading: measure.Reading{Channel: 1, T: r.At.UnixMilli(), V: 31, Q: measure.Stale}})
	r.pass(40 * time.Second)
	r.arrive(1, 31)
	r.pass(59 * time.Second)
	r.want(0, "59 s after the reading has come back")
	r.pass(time.Second)
	r.want(1, "60 s after it")
}

func TestMissingFiresOnce(t *testing.T) {
	r := rigOf(t, "trigger_missing", `"channel": 1, "after_s": 300`)
	r.pass(299 * time.Second)
	r.want(0, "before its time, without any reading")
	r.pass(time.Second)
	r.want(1, "300 s after the start")
	r.pass(time.Hour)
	r.want(1, "an hour later")
	r.arrive(1, 20)
	r.pass(200 * time.Second)
	r.Spoil(1, measure.OutOfRange)
	r.step(function.Moment{Why: function.Arrival, Reading: measure.Reading{Channel: 1, T: r.At.UnixMilli(), V: 1e9, Q: measure.OutOfRange}})
	r.pass(100 * time.Second)
	r.want(2, "300 s after the last good one: a bad one does not count")
	if r.err != nil {
		t.Errorf("it is what it waits for, and no trouble: %v", r.err)
	}
	if got := r.fired()[1]; got != "air has had no good reading for 5m0s" {
		t.Errorf("the reason is %q", got)
	}
}

func TestTheCauseGoesWithTheCommand(t *testing.T) {
	r := rigWith(t, "trigger_threshold", `"channel": 1, "above": 30`, `[{"kind": "output_on", "options": {"output": {"output": 5}}}]`)
	r.arrive(1, 31.5)
	chain := r.Last().Command.Chain
	if len(chain) != 3 || chain[0].What != "reading" || *chain[0].Value != 31.5 || chain[1].What != "trigger" || chain[1].Ref != "function/1" || chain[2].What != "rule" {
		t.Errorf("the chain is %+v", chain)
	}
}
