package alert

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"
	"time"

	"hypha/internal/measure"
)

// vector is one line of testdata: computed independently of this program.
type vector struct {
	Formula string          `json:"formula"`
	Inputs  json.RawMessage `json:"inputs"`
	Outputs json.RawMessage `json:"outputs"`
}

// vectors reads the lines of a formula into inputs I and outputs O and runs check for each.
func vectors[I, O any](t *testing.T, file, formula string, check func(t *testing.T, in I, want O)) {
	t.Helper()
	raw, err := os.ReadFile("testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	var all []vector
	if err := json.Unmarshal(raw, &all); err != nil {
		t.Fatal(err)
	}
	n := 0
	for i, v := range all {
		if v.Formula != formula {
			continue
		}
		n++
		t.Run(fmt.Sprintf("%s_%d", formula, i), func(t *testing.T) {
			var in I
			var want O
			if err := json.Unmarshal(v.Inputs, &in); err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal(v.Outputs, &want); err != nil {
				t.Fatal(err)
			}
			check(t, in, want)
		})
	}
	if n == 0 {
		t.Fatalf("%s has no vector of %s", file, formula)
	}
}

// start is any time; what counts is what passes.
var start = time.Date(2026, 5, 1, 6, 0, 0, 0, time.UTC) //nolint:gochecknoglobals // a constant that Go has no word for

func after(s float64) time.Time { return start.Add(time.Duration(s * float64(time.Second))) }

// plain names things by their numbers.
type plain struct{}

func (plain) Value(_ measure.ChannelID, v float64) string { return fmt.Sprintf("%g", v) }
func (plain) Rate(_ measure.ChannelID, v float64) string  { return fmt.Sprintf("%.3g/min", v) }
func (plain) Channel(ch measure.ChannelID) string         { return fmt.Sprintf("channel %d", ch) }
func (plain) Output(o OutputChannel) string               { return fmt.Sprintf("output %d/%d", o.Output, o.Channel) }

func bind(t *testing.T, kind, options string) *Check {
	t.Helper()
	for _, k := range Kinds() {
		if k.ID == kind {
			c, err := k.Bind(json.RawMessage(options))
			if err != nil {
				t.Fatalf("%s %s: %v", kind, options, err)
			}
			return c
		}
	}
	t.Fatalf("no kind %s", kind)
	return nil
}

func engineWith(t *testing.T, kind, options string, timing Timing) *Engine {
	t.Helper()
	e := NewEngine(start, plain{})
	e.Put(start, Rule{ID: 1, Check: bind(t, kind, options), Timing: timing})
	return e
}

func stateOf(t *testing.T, e *Engine) string {
	t.Helper()
	s, ok := e.Status(1)
	if !ok {
		t.Fatal("the rule is gone")
	}
	if s.Acknowledged {
		return string(s.State) + "+ack"
	}
	return string(s.State)
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

type traceParams struct {
	RaiseAbove float64 `json:"raise_above"`
	ClearBelow float64 `json:"clear_below"`
	For        float64 `json:"for_s"`
	Recover    float64 `json:"recover_s"`
	NoData     float64 `json:"nodata_s"`
}

type trace struct {
	Params traceParams `json:"params"`
	Events [][2]any    `json:"events"`
}

type states struct {
	States []string `json:"states"`
}

// runTrace plays a trace; below mirrors every sign. Between the events the engine is looked at every ticks seconds; 0: not.
func runTrace(t *testing.T, in trace, below bool, ticks float64) []string {
	t.Helper()
	options := fmt.Sprintf(`{"channel":7,"when":"above","above":%g,"hysteresis":%g}`, in.Params.RaiseAbove, in.Params.RaiseAbove-in.Params.ClearBelow)
	sign := 1.0
	if below {
		options = fmt.Sprintf(`{"channel":7,"when":"below","below":%g,"hysteresis":%g}`, -in.Params.RaiseAbove, in.Params.RaiseAbove-in.Params.ClearBelow)
		sign = -1
	}
	e := engineWith(t, "threshold", options, Timing{For: seconds(in.Params.For), Recover: seconds(in.Params.Recover), NoData: seconds(in.Params.NoData)})
	good := e.rules[1].Rule
	var got []string
	last := 0.0
	for _, ev := range in.Events {
		at, ok := ev[0].(float64)
		if !ok {
			t.Fatalf("event %v", ev)
		}
		for s := last + ticks; ticks > 0 && s < at; s += ticks {
			e.Tick(after(s))
		}
		last = at
		switch v := ev[1].(type) {
		case nil:
			e.Tick(after(at))
		case float64:
			e.Put(after(at), good)
			e.Reading(after(at), 7, sign*v, 0)
		case string:
			if v == "ack" {
				e.Tick(after(at))
				if _, err := e.Acknowledge(1); err != nil {
					t.Fatal(err)
				}
				break
			}
			broken := good
			broken.Broken = fmt.Errorf("%s", v)
			e.Put(after(at), broken)
		}
		got = append(got, stateOf(t, e))
	}
	return got
}

func TestStatesFollowTheTraces(t *testing.T) {
	vectors(t, "state_machines.json", "alert_trace", func(t *testing.T, in trace, want states) {
		for _, below := range []bool{false, true} {
			for _, ticks := range []float64{0, 1, 7} {
				got := runTrace(t, in, below, ticks)
				if strings.Join(got, " ") != strings.Join(want.States, " ") {
					t.Errorf("below %v, a tick every %g s:\n got %v\nwant %v", below, ticks, got, want.States)
				}
			}
		}
	})
}

func TestAStuckSensorIsOneThatDoesNotMove(t *testing.T) {
	type in struct {
		T       []float64 `json:"t_s"`
		X       []float64 `json:"x"`
		Window  float64   `json:"window_s"`
		MinSpan float64   `json:"min_span"`
	}
	type out struct {
		Stuck []bool `json:"stuck"`
	}
	vectors(t, "sensor_truth.json", "stuck_persistence", func(t *testing.T, in in, want out) {
		e := engineWith(t, "stuck", fmt.Sprintf(`{"channel":7,"window_s":%g,"min_span":%g}`, in.Window, in.MinSpan), Timing{})
		for i, x := range in.X {
			e.Reading(after(in.T[i]), 7, x, 0)
			if got := stateOf(t, e) == "firing"; got != want.Stuck[i] {
				t.Errorf("at %g s: stuck %v, want %v", in.T[i], got, want.Stuck[i])
			}
		}
	})
}

func TestAStepIsComparedWithTheLastOneAccepted(t *testing.T) {
	type in struct {
		T    []float64 `json:"t_s"`
		X    []float64 `json:"x"`
		Most float64   `json:"max_per_min"`
	}
	type out struct {
		Accepted []bool `json:"accepted"`
	}
	vectors(t, "sensor_truth.json", "rate_limit", func(t *testing.T, in in, want out) {
		e := engineWith(t, "rate", fmt.Sprintf(`{"channel":7,"max_per_min":%g,"window_s":0}`, in.Most), Timing{})
		for i, x := range in.X {
			e.Reading(after(in.T[i]), 7, x, 0)
			if got := stateOf(t, e) != "firing"; got != want.Accepted[i] {
				t.Errorf("at %g s, %g: accepted %v, want %v", in.T[i], x, got, want.Accepted[i])
			}
		}
	})
}

func TestOfSeveralTheOneThatIsOffIsNamed(t *testing.T) {
	type in struct {
		Values    []float64 `json:"values"`
		Tolerance float64   `json:"tolerance"`
	}
	type out struct {
		Median  float64 `json:"median"`
		Outlier []bool  `json:"outlier"`
	}
	vectors(t, "sensor_truth.json", "neighbour_median", func(t *testing.T, in in, want out) {
		if m := median(in.Values); math.Abs(m-want.Median) > 1e-12 {
			t.Errorf("median %g, want %g", m, want.Median)
		}
		far := outliers(in.Values, in.Tolerance)
		some := false
		for i := range far {
			some = some || want.Outlier[i]
			if (far[i] > 0) != want.Outlier[i] {
				t.Errorf("value %d: beyond by %g, want an outlier: %v", i, far[i], want.Outlier[i])
			}
		}
		ids := make([]int, len(in.Values))
		for i := range ids {
			ids[i] = i + 1
		}
		list, _ := json.Marshal(ids)
		e := engineWith(t, "disagreement", fmt.Sprintf(`{"channels":%s,"tolerance":%g}`, list, in.Tolerance), Timing{})
		for i, v := range in.Values {
			e.Reading(after(float64(i)), measure.ChannelID(i+1), v, 0)
		}
		s, _ := e.Status(1)
		if (s.State == Firing) != some {
			t.Errorf("%s (%s), want firing: %v", s.State, s.Evidence.Text, some)
		}
	})
}
