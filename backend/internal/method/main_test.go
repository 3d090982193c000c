package method_test

import (
	"errors"
	"math"
	"testing"
	"time"

	"hypha/internal/method"
	"hypha/internal/option"
	"hypha/internal/sun"
)

func decode(tb testing.TB, raw string) method.Definition {
	tb.Helper()
	var d method.Definition
	if err := method.Spec().Decode([]byte(raw), &d); err != nil {
		tb.Fatalf("%s: %v", raw, err)
	}
	return d
}

func build(tb testing.TB, raw string, c method.Context) *method.Method {
	tb.Helper()
	m, err := method.New(decode(tb, raw), c)
	if err != nil {
		tb.Fatalf("%s: %v", raw, err)
	}
	return m
}

func load(tb testing.TB, name string) *time.Location {
	tb.Helper()
	zone, err := time.LoadLocation(name)
	if err != nil {
		tb.Fatal(err)
	}
	return zone
}

func moment(tb testing.TB, text string) time.Time {
	tb.Helper()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		tb.Fatal(err)
	}
	return at
}

// want is a value, nothing (NaN), and whether the method has ended.
type want struct {
	at    string
	value float64
	ended bool
}

func none() float64 { return math.NaN() }

func check(t *testing.T, m *method.Method, wants []want) {
	t.Helper()
	for _, w := range wants {
		v := m.At(moment(t, w.at))
		if v.OK == math.IsNaN(w.value) || v.OK && math.Abs(v.V-w.value) > 1e-9 || v.Ended != w.ended {
			t.Errorf("%s: %+v, want %v, ended %v", w.at, v, w.value, w.ended)
		}
	}
}

func berlin(tb testing.TB) method.Context {
	return method.Context{Zone: load(tb, "Europe/Berlin"), Place: &sun.Place{Latitude: 52.52, Longitude: 13.405}}
}

// faults returns the fields that an error names.
func faults(t *testing.T, err error) []string {
	t.Helper()
	errs, ok := errors.AsType[option.Errors](err)
	if !ok {
		t.Fatalf("%v is no option.Errors", err)
	}
	var fields []string
	for _, e := range errs {
		fields = append(fields, e.Field)
	}
	return fields
}
