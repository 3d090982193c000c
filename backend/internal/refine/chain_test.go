package refine

import (
	"errors"
	"math"
	"strings"
	"testing"

	"hypha/internal/measure"
)

func chain(tb testing.TB, cfg Config) *Chain {
	tb.Helper()
	c, err := New(cfg)
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

// one refines the first value of a new chain.
func one(tb testing.TB, cfg Config, raw float64) Result {
	tb.Helper()
	r, err := chain(tb, cfg).Apply(0, raw)
	if err != nil {
		tb.Fatal(err)
	}
	return r
}

func TestCalibrations(t *testing.T) {
	// ITS-90, type K, 0 to 500 °C, inverse coefficients (NIST Monograph 175): mV to °C.
	typeK := []float64{
		0, 2.508355e1, 7.860106e-2, -2.503131e-1, 8.315270e-2, -1.228034e-2, 9.804036e-4, -4.413030e-5, 1.057734e-6, -1.052755e-8,
	}
	// A thermometer that shows -0.5 in ice and 96.0 in boiling water (Adafruit, "Calibrating Sensors": 37.0 is 38.9).
	iceAndSteam := []Point{{-0.5, 0.01}, {96, 100}}
	for _, c := range []struct {
		name      string
		c         Calibration
		raw, want float64
		within    float64
	}{
		{"no scale is 1", Calibration{Kind: OffsetScale, Offset: -0.3}, 21.5, 21.2, 1e-12},
		{"scale, then offset", Calibration{Kind: OffsetScale, Scale: new(2.0), Offset: 1}, 10, 21, 0},
		{"two points, in between", Calibration{Kind: TwoPoint, Points: iceAndSteam}, 37, 38.9, 0.05},
		{"two points, the lower", Calibration{Kind: TwoPoint, Points: iceAndSteam}, -0.5, 0.01, 1e-12},
		{"two points, the upper", Calibration{Kind: TwoPoint, Points: iceAndSteam}, 96, 100, 1e-12},
		{"two points, beyond", Calibration{Kind: TwoPoint, Points: []Point{{0, 0}, {1, 10}}}, 3, 30, 1e-12},
		{"two points, falling", Calibration{Kind: TwoPoint, Points: []Point{{4, 100}, {20, 0}}}, 12, 50, 1e-12},
		{"type K at 100 °C", Calibration{Kind: Polynomial, Coefficients: typeK}, 4.096, 100, 0.05},
		{"type K at 300 °C", Calibration{Kind: Polynomial, Coefficients: typeK}, 12.209, 300, 0.05},
		{"type K at 0 °C", Calibration{Kind: Polynomial, Coefficients: typeK}, 0, 0, 0},
	} {
		if got := one(t, Config{Calibration: &c.c}, c.raw).V; !(math.Abs(got-c.want) <= c.within) {
			t.Errorf("%s: %v is %v, want %v", c.name, c.raw, got, c.want)
		}
	}
}

func TestCalibrationsThatCannotWorkAreRefused(t *testing.T) {
	for name, c := range map[string]Calibration{
		"unknown":               {Kind: "magic"},
		"no kind":               {},
		"scale 0":               {Kind: OffsetScale, Scale: new(0.0)},
		"scale that is none":    {Kind: OffsetScale, Scale: new(math.NaN())},
		"infinite offset":       {Kind: OffsetScale, Offset: math.Inf(1)},
		"one point":             {Kind: TwoPoint, Points: []Point{{1, 2}}},
		"three points":          {Kind: TwoPoint, Points: []Point{{1, 2}, {2, 3}, {3, 4}}},
		"same raw":              {Kind: TwoPoint, Points: []Point{{1, 2}, {1, 3}}},
		"same actual":           {Kind: TwoPoint, Points: []Point{{1, 2}, {2, 2}}},
		"a point that is none":  {Kind: TwoPoint, Points: []Point{{1, 2}, {2, math.NaN()}}},
		"a single coefficient":  {Kind: Polynomial, Coefficients: []float64{1}},
		"eleven coefficients":   {Kind: Polynomial, Coefficients: make([]float64, 11)},
		"infinite coefficients": {Kind: Polynomial, Coefficients: []float64{0, math.Inf(1)}},
	} {
		if _, err := New(Config{Calibration: &c}); err == nil || !strings.HasPrefix(err.Error(), "calibration: ") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := New(Config{ValidMin: new(2.0), ValidMax: new(1.0)}); err == nil {
		t.Error("a valid range upside down was taken")
	}
}

func TestTheStepsComeInOrder(t *testing.T) {
	// The device measures -40 to 80 °C, shows 1 °C too much, and people read °F.
	cfg := Config{
		PhysicalMin: new(-40.0), PhysicalMax: new(80.0), // of the raw value, in °C
		Calibration: &Calibration{Kind: OffsetScale, Offset: -1}, // in °C
		Convert:     measure.Affine{Scale: 1.8, Offset: 32},
		ValidMin:    new(32.0), ValidMax: new(104.0), // in °F
		Filters: []Filter{{Kind: Clamp, Max: new(100.0)}}, // in °F
	}
	for _, c := range []struct {
		raw, want float64
		q         measure.Quality
		why       string
	}{
		{21, 68, measure.Good, ""},
		{1, 32, measure.Good, ""},
		{41, 104, measure.Good, ""}, // the clamp makes it 100
		{0.5, 31.1, measure.OutOfRange, "valid range"},
		{41.5, 104.9, measure.OutOfRange, "valid range"},
		{80, 174.2, measure.OutOfRange, "valid range"},
		{80.5, 175.1, measure.OutOfRange, "cannot measure"},
		{-40.5, -42.7, measure.OutOfRange, "cannot measure"},
	} {
		want := min(c.want, 100)
		if c.q != measure.Good {
			want = c.want // what fails keeps its number
		}
		got := one(t, cfg, c.raw)
		if math.Abs(got.V-want) > 1e-9 || got.Q != c.q || !strings.Contains(got.Why, c.why) {
			t.Errorf("raw %v is %+v, want %v %v", c.raw, got, want, c.q)
		}
	}
}

func TestRejectsAreCountedByName(t *testing.T) {
	c := chain(t, Config{
		PhysicalMax: new(80.0), ValidMax: new(60.0),
		Filters: []Filter{{Kind: Delta, MaxStep: 5}, {Kind: Stuck, AfterS: 10}},
	})
	for n, raw := range []float64{20, 85, 70, 70, 40, math.NaN(), math.Inf(-1), 20} {
		_, err := c.Apply(int64(n+1)*5000, raw)
		if finite := !math.IsNaN(raw) && !math.IsInf(raw, 0); finite != (err == nil) {
			t.Errorf("%v: %v", raw, err)
		}
	}
	for name, want := range map[string]uint64{"physical_range": 1, "valid_range": 2, "delta": 1, "not_finite": 2, "stuck": 0} {
		if got := c.Rejects[name]; got != want {
			t.Errorf("%s refused %d values, want %d", name, got, want)
		}
	}
}

func TestWhatIsNoNumberIsRefused(t *testing.T) {
	c := chain(t, Config{Convert: measure.Affine{Scale: 1e10}, Filters: []Filter{{Kind: Median, Window: 3}}})
	for _, raw := range []float64{math.NaN(), math.Inf(1), math.Inf(-1), 1e300} { // the last overflows in the conversion
		if r, err := c.Apply(0, raw); !errors.Is(err, ErrNotFinite) {
			t.Errorf("%v is %+v, %v", raw, r, err)
		}
	}
	if r, err := c.Apply(0, 1); err != nil || r.V != 1e10 {
		t.Errorf("after them 1 is %+v, %v: they must leave no trace", r, err)
	}
}

func TestLateValuesDoNotDisturbTheFilters(t *testing.T) {
	cfg := Config{ValidMax: new(50.0), Filters: []Filter{{Kind: LowPass, TimeConstantS: 10}, {Kind: Delta, MaxStep: 5}}}
	plain, disturbed := chain(t, cfg), chain(t, cfg)
	for n := range int64(50) {
		at, v := 1000*n, 20+float64(n%3)
		want, err := plain.Apply(at, v)
		if err != nil {
			t.Fatal(err)
		}
		got, err := disturbed.Apply(at, v)
		if err != nil || got != want {
			t.Fatalf("value %d is %+v, %v beside late values, %+v without", n, got, err, want)
		}
		for _, late := range []int64{at, at - 1, at - 5000, -1 << 40} {
			r, err := disturbed.Apply(late, 45)
			if err != nil || r.V != 45 || r.Q != measure.Good {
				t.Fatalf("a late value is %+v, %v, want it as it is", r, err)
			}
			if r, _ := disturbed.Apply(late, 99); r.Q != measure.OutOfRange {
				t.Fatalf("a late value beyond the range is %+v", r)
			}
		}
	}
}

func BenchmarkApply(b *testing.B) {
	plain := Config{PhysicalMin: new(-40.0), PhysicalMax: new(85.0), Convert: measure.Affine{Scale: 1.8, Offset: 32}}
	filtered := plain
	filtered.Filters = []Filter{{Kind: Outlier, Window: 15, Sigmas: 4}, {Kind: Median, Window: 5}, {Kind: LowPass, TimeConstantS: 30}}
	for name, cfg := range map[string]Config{"plain": plain, "three filters": filtered} {
		b.Run(name, func(b *testing.B) {
			c := chain(b, cfg)
			t := int64(0)
			b.ReportAllocs()
			for b.Loop() {
				t += 1000
				if _, err := c.Apply(t, 20+float64(t%7000)/10_000); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
