package conditional

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"hypha/internal/function"
	"hypha/internal/measure"
)

func TestEquation(t *testing.T) {
	w := tent()
	w.Read(1, 25)
	w.Read(2, 50)
	const options = `{"expression": "0.61078 * exp(17.27 * t / (t + 237.3)) * (1 - rh)", "quantity": "vapor_pressure_deficit", "unit": "kPa", "max_age_s": 60,
		"inputs": [{"name": "t", "channel": 1}, {"name": "rh", "channel": 2, "unit": "decimal"}]}`
	l, err := w.Open(kind(t, "equation"), options)
	if err != nil {
		t.Fatal(err)
	}
	if err := step(t, w, l, function.Start); err != nil {
		t.Fatal(err)
	}
	// By hand: exp(431.75/262.3) = exp(1.64602...) = 5.18628; times 0.61078 is 3.16768; half of it 1.58384.
	if got := w.Emitted[0]; len(got) != 1 || fmt.Sprintf("%.4f", got[0].V) != "1.5838" || got[0].Q != measure.Good {
		t.Errorf("the result is %+v", got)
	}
	w.Spoil(1, measure.Substituted)
	if err := step(t, w, l, function.Tick); err != nil || w.Emitted[0][1].Q != measure.Substituted {
		t.Errorf("of a substituted value: %+v, %v", w.Emitted[0], err)
	}
	w.Pass(61 * time.Second)
	w.Read(1, 25)
	if err := step(t, w, l, function.Tick); err == nil || !strings.Contains(err.Error(), "humidity is older than 1m0s") || len(w.Emitted[0]) != 2 {
		t.Errorf("of an old value: %v, %+v", err, w.Emitted[0])
	}
}

func TestEquationsWithoutAValue(t *testing.T) {
	for expression, want := range map[string]string{
		"t / (t - t)": "division by zero", "exp(t * 1000)": "no finite number", "log(-t)": "no finite number", "t > 1": "True or False",
	} {
		w := tent()
		w.Read(1, 25)
		text, _ := json.Marshal(expression)
		l, err := w.Open(kind(t, "equation"), `{"expression": `+string(text)+`, "inputs": [{"name": "t", "channel": 1}]}`)
		if err != nil {
			t.Fatal(err)
		}
		if err := step(t, w, l, function.Start); err == nil || !strings.Contains(err.Error(), want) || len(w.Emitted) != 0 {
			t.Errorf("%s: %v, %+v", expression, err, w.Emitted)
		}
	}
	for text, want := range map[string]string{
		`{"expression": "t", "inputs": []}`:                                                         "inputs: must not be empty",
		`{"expression": "x", "inputs": [{"name": "t", "channel": 1}]}`:                              "expression: line 1, column 1: undefined: x; the variables are t",
		`{"expression": "t", "inputs": [{"name": "t", "channel": 1}, {"name": "t", "channel": 2}]}`: "inputs[1].name",
		`{"expression": "max", "inputs": [{"name": "max", "channel": 1}]}`:                          "choose another one",
		`{"expression": "t", "inputs": [{"name": "t", "channel": 1}], "unit": "C"}`:                 "unit: and quantity go together",
		`{"expression": "t", "inputs": [{"name": "t", "channel": 1, "unit": "percent"}]}`:           "inputs[0].unit: temperature is in C",
		`{"expression": "t", "inputs": [{"name": "t", "channel": 99}]}`:                             "inputs[0].channel: there is no channel 99",
	} {
		if _, err := tent().Open(kind(t, "equation"), text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
}
