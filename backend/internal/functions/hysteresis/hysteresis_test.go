package hysteresis

import (
	"bufio"
	"bytes"
	_ "embed"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"hypha/internal/function"
	"hypha/internal/function/functiontest"
	"hypha/internal/measure"
	"hypha/internal/output"
)

//go:embed testdata/hysteresis.jsonl
var traces []byte

func TestTracesOfTheSwitch(t *testing.T) {
	lines := 0
	for in := bufio.NewScanner(bytes.NewReader(traces)); in.Scan(); lines++ {
		var v struct {
			Inputs struct {
				Samples    [][2]float64 `json:"samples"`
				Setpoint   float64      `json:"setpoint"`
				Hysteresis float64      `json:"hysteresis"`
				MinOnS     float64      `json:"min_on_s"`
				MinOffS    float64      `json:"min_off_s"`
				Direction  string       `json:"direction"`
			} `json:"inputs"`
			Outputs struct {
				On []bool `json:"on"`
			} `json:"outputs"`
		}
		if err := json.Unmarshal(in.Bytes(), &v); err != nil {
			t.Fatal(err)
		}
		s := Switch{Band: v.Inputs.Hysteresis, Lower: v.Inputs.Direction == "lower", MinOn: seconds(v.Inputs.MinOnS), MinOff: seconds(v.Inputs.MinOffS)}
		began := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
		var got []bool
		for _, sample := range v.Inputs.Samples {
			on, _ := s.Decide(began.Add(seconds(sample[0])), v.Inputs.Setpoint, sample[1])
			got = append(got, on)
		}
		if !slices.Equal(got, v.Outputs.On) {
			t.Errorf("trace %d: %v, want %v", lines+1, got, v.Outputs.On)
		}
	}
	if lines != 3 {
		t.Errorf("%d traces were tried, want 3", lines)
	}
}

const options = `{"channel": 1, "setpoint": 22, "band": 1, "output": {"output": 5}, "max_age_s": 30}`

func world(t *testing.T, opts string) (*functiontest.World, function.Logic) {
	t.Helper()
	w := functiontest.New()
	w.Add(1, "temperature", measure.Temperature, measure.Celsius)
	l, err := w.Open(Kind(), opts)
	if err != nil {
		t.Fatal(err)
	}
	return w, l
}

func step(t *testing.T, w *functiontest.World, l function.Logic, why function.Why) error {
	t.Helper()
	_, err := l.Step(t.Context(), function.Moment{Now: w.At, Why: why})
	return err
}

func TestItDrivesOnALeaseAndSaysWhy(t *testing.T) {
	w, l := world(t, options)
	w.Read(1, 21)
	if err := step(t, w, l, function.Start); err != nil {
		t.Fatal(err)
	}
	got := w.Last()
	if got.Command.On == nil || !*got.Command.On || got.Command.Lease != time.Minute || !strings.Contains(got.Reason, "below the band") {
		t.Errorf("commanded %+v", got)
	}
	if len(got.Command.Chain) != 2 || got.Command.Chain[0].What != "reading" || *got.Command.Chain[0].Value != 21 {
		t.Errorf("the chain is %+v", got.Command.Chain)
	}
	w.Pass(10 * time.Second)
	w.Read(1, 21.2)
	if err := step(t, w, l, function.Arrival); err != nil || len(w.Commands) != 1 {
		t.Errorf("the same level after 10 s was sent again: %d commands, %v", len(w.Commands), err)
	}
	w.Pass(10 * time.Second)
	w.Read(1, 21.2)
	if err := step(t, w, l, function.Tick); err != nil || len(w.Commands) != 2 {
		t.Errorf("the lease was not renewed after a third of it: %d commands, %v", len(w.Commands), err)
	}
	w.Outputs[function.Target{Output: 5}] = output.Level{On: new(false)} // somebody else switched it
	if err := step(t, w, l, function.Arrival); err != nil || len(w.Commands) != 3 {
		t.Errorf("a level that is not there any more was not sent again: %d commands, %v", len(w.Commands), err)
	}
}

func TestWithoutAMeasurementItLetsGo(t *testing.T) {
	for name, spoil := range map[string]func(*functiontest.World){
		"stale":        func(w *functiontest.World) { w.Spoil(1, measure.Stale) },
		"out of range": func(w *functiontest.World) { w.Spoil(1, measure.OutOfRange) },
		"rejected":     func(w *functiontest.World) { w.Spoil(1, measure.Rejected) },
		"too old":      func(w *functiontest.World) { w.Pass(31 * time.Second) },
	} {
		w, l := world(t, options)
		w.Read(1, 21)
		if err := step(t, w, l, function.Start); err != nil {
			t.Fatal(err)
		}
		spoil(w)
		err := step(t, w, l, function.Tick)
		if _, ok := err.(*function.Trouble); !ok || !w.Last().Released {
			t.Errorf("%s: %v, and then %+v", name, err, w.Last())
		}
		n := len(w.Commands)
		_ = step(t, w, l, function.Tick)
		if len(w.Commands) != n {
			t.Errorf("%s: it let go twice", name)
		}
		w.Read(1, 21)
		if err := step(t, w, l, function.Arrival); err != nil || w.Last().Released {
			t.Errorf("%s: after the return of the measurement: %v, %+v", name, err, w.Last())
		}
	}
}

func TestItAsksToBeCalledBeforeTheMeasurementIsTooOld(t *testing.T) {
	w, l := world(t, options)
	w.Read(1, 21)
	next, err := l.Step(t.Context(), function.Moment{Now: w.At, Why: function.Start})
	if err != nil || next.Sub(w.At) != 30*time.Second+time.Millisecond {
		t.Errorf("asked for %v, %v", next.Sub(w.At), err)
	}
}

func TestBothDirectionsAreNeverOnAtOnce(t *testing.T) {
	w, l := world(t, `{"channel": 1, "setpoint": 22, "band": 1, "direction": "both", "gap": 2, "output": {"output": 5}, "lower_output": {"output": 6}}`)
	heat, cool := function.Target{Output: 5}, function.Target{Output: 6}
	for _, c := range []struct {
		y          float64
		heat, cool bool
	}{{20, true, false}, {21.2, true, false}, {22, false, false}, {23.6, false, true}, {22.8, false, true}, {22.4, false, false}, {20.4, true, false}} {
		w.Read(1, c.y)
		if err := step(t, w, l, function.Arrival); err != nil {
			t.Fatal(err)
		}
		if *w.Outputs[heat].On != c.heat || *w.Outputs[cool].On != c.cool {
			t.Errorf("at %g: heating %v, cooling %v", c.y, *w.Outputs[heat].On, *w.Outputs[cool].On)
		}
		w.Pass(time.Second)
	}
}

func TestPWMOutputsGetADuty(t *testing.T) {
	w := functiontest.New()
	w.Add(1, "temperature", measure.Temperature, measure.Celsius)
	fan := function.Target{Output: 5}
	w.Types[fan] = output.PWM
	l, err := w.Open(Kind(), `{"channel": 1, "setpoint": 22, "band": 2, "direction": "lower", "output": {"output": 5}, "duty_on": 80, "duty_off": 10, "duty_between": 30}`)
	if err != nil {
		t.Fatal(err)
	}
	for y, duty := range map[float64]float64{24: 80, 22: 30, 20: 10} {
		w.Read(1, y)
		if err := step(t, w, l, function.Arrival); err != nil {
			t.Fatal(err)
		}
		if got := w.Outputs[fan].Duty; got == nil || *got != duty {
			t.Errorf("at %g the duty is %v, want %g", y, got, duty)
		}
	}
}

func TestOutsideItsHoursItIsOff(t *testing.T) {
	w, l := world(t, `{"channel": 1, "setpoint": 22, "band": 1, "output": {"output": 5}, "active_from": "22:00", "active_to": "06:00"}`)
	w.Read(1, 20)
	if err := step(t, w, l, function.Start); err != nil || *w.Outputs[function.Target{Output: 5}].On {
		t.Errorf("at noon it is on: %v", err)
	}
	w.At = time.Date(2026, 3, 1, 23, 0, 0, 0, time.UTC)
	w.Read(1, 20)
	if err := step(t, w, l, function.Tick); err != nil || !*w.Outputs[function.Target{Output: 5}].On {
		t.Errorf("at 23:00 it is off: %v", err)
	}
}

func TestOptionsThatDoNotFit(t *testing.T) {
	for text, field := range map[string]string{
		`{"channel": 1, "band": 1, "output": {"output": 5}}`:                                                                              "setpoint",
		`{"channel": 1, "setpoint": 1, "output": {"output": 5}}`:                                                                          "band",
		`{"channel": 1, "setpoint": 1, "band": 1, "direction": "both", "output": {"output": 5}}`:                                          "lower_output",
		`{"channel": 1, "setpoint": 1, "band": 1, "gap": 1, "direction": "both", "output": {"output": 5}, "lower_output": {"output": 6}}`: "gap",
		`{"channel": 1, "setpoint": 1, "band": 1, "output": {"output": 5}, "active_from": "06:00"}`:                                       "active_to",
		`{"channel": 1, "setpoint": 1, "band": 1, "output": {"output": 5}, "active_from": "25:00", "active_to": "06:00"}`:                 "active_from",
		`{"channel": 1, "setpoint": 1, "band": 1, "direction": "sideways", "output": {"output": 5}}`:                                      "direction",
	} {
		_, err := Kind().Bind(json.RawMessage(text))
		if err == nil || !strings.Contains(err.Error(), field) {
			t.Errorf("%s: %v", text, err)
		}
	}
}
