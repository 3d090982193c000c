package calculation

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"hypha/internal/function"
	"hypha/internal/function/functiontest"
	"hypha/internal/measure"
)

func kind(t *testing.T, id string) function.Kind {
	t.Helper()
	for _, k := range Kinds() {
		if k.ID == id {
			return k
		}
	}
	t.Fatalf("there is no kind %s", id)
	return function.Kind{}
}

func world() *functiontest.World {
	w := functiontest.New()
	w.Add(1, "inside", measure.Temperature, measure.Celsius)
	w.Add(2, "outside", measure.Temperature, measure.Fahrenheit)
	w.Add(3, "humidity", measure.Humidity, measure.Percent)
	w.Add(4, "leaf", measure.Temperature, measure.Celsius)
	return w
}

// Expected values: by hand for the sums; for the air from the published tables that the vectors of package climate hold.
func TestResults(t *testing.T) {
	for _, c := range []struct {
		kind, options string
		want, within  float64
	}{
		{"sum", `{"channels":[1,4]}`, 47, 0},
		{"average", `{"channels":[1,2,4]}`, (25 + 10 + 22) / 3.0, 1e-9}, // 50 °F are 10 °C
		{"minimum", `{"channels":[1,2,4]}`, 10, 1e-9},
		{"maximum", `{"channels":[2,1,4]}`, 77, 1e-9}, // in °F, the unit of the first
		{"difference", `{"a":4,"b":1}`, -3, 0},
		{"difference", `{"a":4,"b":1,"absolute":true}`, 3, 0},
		{"dew_point", `{"temperature":1,"humidity":3}`, 16.70, 0.01},
		{"absolute_humidity", `{"temperature":1,"humidity":3}`, 13.82, 0.02},
		{"vapour_pressure_deficit", `{"temperature":1,"humidity":3}`, 1.268, 0.002},
		{"vapour_pressure_deficit", `{"temperature":1,"humidity":3,"leaf_offset":-3}`, 0.7433, 0.002},
		{"vapour_pressure_deficit", `{"temperature":1,"humidity":3,"leaf_temperature":4}`, 0.7433, 0.002},
	} {
		w := world()
		w.Read(1, 25)
		w.Read(2, 50)
		w.Read(3, 60)
		w.Read(4, 22)
		l, err := w.Open(kind(t, c.kind), c.options)
		if err != nil {
			t.Errorf("%s %s: %v", c.kind, c.options, err)
			continue
		}
		if _, err := l.Step(t.Context(), function.Moment{Now: w.At, Why: function.Tick}); err != nil {
			t.Errorf("%s: %v", c.kind, err)
		}
		got := w.Emitted[0]
		if len(got) != 1 || math.Abs(got[0].V-c.want) > c.within {
			t.Errorf("%s %s: %v, want %g", c.kind, c.options, got, c.want)
		}
	}
}

func TestReadingsThatComeTogetherGiveOneResult(t *testing.T) {
	w := world()
	w.Read(1, 25)
	w.Read(4, 22)
	l, err := w.Open(kind(t, "sum"), `{"channels":[1,4]}`)
	if err != nil {
		t.Fatal(err)
	}
	next, err := l.Step(t.Context(), function.Moment{Now: w.At, Why: function.Arrival})
	if err != nil || next.Sub(w.At) != together || len(w.Emitted[0]) != 0 {
		t.Errorf("at the first reading: asked for %v, %v, emitted %v", next.Sub(w.At), err, w.Emitted[0])
	}
}

func TestNoResultOfBadReadings(t *testing.T) {
	for name, spoil := range map[string]func(*functiontest.World){
		"stale":    func(w *functiontest.World) { w.Spoil(4, measure.Stale) },
		"rejected": func(w *functiontest.World) { w.Spoil(4, measure.Rejected) },
		"absent":   func(w *functiontest.World) { delete(w.Readings, 4) },
		"too old":  func(w *functiontest.World) { w.Pass(time.Minute) },
	} {
		w := world()
		w.Read(1, 25)
		w.Read(4, 22)
		l, err := w.Open(kind(t, "sum"), `{"channels":[1,4],"max_age_s":30}`)
		if err != nil {
			t.Fatal(err)
		}
		spoil(w)
		_, err = l.Step(t.Context(), function.Moment{Now: w.At, Why: function.Tick})
		if _, ok := err.(*function.Trouble); !ok || len(w.Emitted[0]) != 0 {
			t.Errorf("%s: %v, emitted %v", name, err, w.Emitted[0])
		}
	}
	w := world()
	w.Read(1, 25)
	w.Read(3, 0) // air without any water has no dew point
	l, err := w.Open(kind(t, "dew_point"), `{"temperature":1,"humidity":3}`)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.Step(t.Context(), function.Moment{Now: w.At, Why: function.Tick}); err == nil || len(w.Emitted[0]) != 0 {
		t.Errorf("a dew point at 0 %%: %v, %v", err, w.Emitted[0])
	}
}

func TestASubstitutedReadingMakesASubstitutedResult(t *testing.T) {
	w := world()
	w.Read(1, 25)
	w.Read(4, 22)
	w.Spoil(4, measure.Substituted)
	l, err := w.Open(kind(t, "average"), `{"channels":[1,4]}`)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.Step(t.Context(), function.Moment{Now: w.At, Why: function.Tick}); err != nil || w.Emitted[0][0].Q != measure.Substituted {
		t.Errorf("%v, %v", w.Emitted[0], err)
	}
}

func TestOverTime(t *testing.T) {
	w := world()
	w.Sums[1] = function.Aggregate{Count: 4, Mean: 2.5, Sum: 10, Min: 1, Max: 4}
	for id, want := range map[string]float64{"average_past": 2.5, "sum_past": 10, "minimum_past": 1, "maximum_past": 4} {
		l, err := w.Open(kind(t, id), `{"channel":1,"over_s":600}`)
		if err != nil {
			t.Fatal(err)
		}
		w.Emitted = map[int][]function.Value{}
		if _, err := l.Step(t.Context(), function.Moment{Now: w.At, Why: function.Tick}); err != nil || w.Emitted[0][0].V != want {
			t.Errorf("%s: %v, %v", id, w.Emitted[0], err)
		}
	}
	l, err := w.Open(kind(t, "average_past"), `{"channel":1,"over_s":600,"min_readings":5}`)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.Step(t.Context(), function.Moment{Now: w.At, Why: function.Tick}); err == nil {
		t.Error("a mean of 4 readings where 5 are needed")
	}
}

func TestUnitsThatDoNotFit(t *testing.T) {
	w := world()
	for id, text := range map[string]string{"sum": `{"channels":[1,3]}`, "difference": `{"a":1,"b":3}`, "dew_point": `{"temperature":3,"humidity":3}`} {
		if _, err := w.Open(kind(t, id), text); err == nil || !strings.Contains(err.Error(), "cannot be converted") {
			t.Errorf("%s %s: %v", id, text, err)
		}
	}
	for id, text := range map[string]string{"sum": `{"channels":[1]}`, "average_past": `{"channel":1,"over_s":0}`, "dew_point": `{"temperature":1}`} {
		if _, err := kind(t, id).Bind(json.RawMessage(text)); err == nil {
			t.Errorf("%s took %s", id, text)
		}
	}
}

func TestEveryKindIsDocumentedWithAnExampleThatBinds(t *testing.T) {
	seen := []string{}
	for _, k := range Kinds() {
		var request struct {
			Kind    string          `json:"kind"`
			Options json.RawMessage `json:"options"`
		}
		if err := json.Unmarshal([]byte(k.Example), &request); err != nil || request.Kind != k.ID {
			t.Errorf("%s: example %s: %v", k.ID, k.Example, err)
			continue
		}
		if _, err := k.Bind(request.Options); err != nil {
			t.Errorf("%s: its example does not bind: %v", k.ID, err)
		}
		if slices.Contains(seen, k.ID) {
			t.Errorf("%s is there twice", k.ID)
		}
		seen = append(seen, k.ID)
	}
}
