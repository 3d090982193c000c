package refine

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"hypha/internal/measure"
)

const bad = -999 // stands for a rejected value in what a filter is expected to yield

// run gives a filter values at one a second.
func run(t *testing.T, f Filter, values ...float64) []float64 {
	t.Helper()
	c := chain(t, Config{Filters: []Filter{f}})
	out := make([]float64, len(values))
	for n, v := range values {
		r, err := c.Apply(int64(n)*1000, v)
		if err != nil {
			t.Fatal(err)
		}
		out[n] = r.V
		if r.Q == measure.Rejected {
			if r.V != v || r.Why == "" {
				t.Errorf("%v was rejected as %+v: it must keep its number and say why", v, r)
			}
			out[n] = bad
		}
	}
	return out
}

func TestFilters(t *testing.T) {
	flat := []float64{20, 20.1, 19.9, 20, 20.1, 19.9, 20, 20.1}
	then := func(more ...float64) []float64 { return append(append([]float64{}, flat...), more...) }
	for _, c := range []struct {
		name     string
		f        Filter
		in, want []float64
	}{
		{"median fills up", Filter{Kind: Median, Window: 3}, []float64{1, 3, 2, 90, 4}, []float64{1, 2, 2, 3, 4}},
		{"median of an even window", Filter{Kind: Median, Window: 4}, []float64{1, 2, 3, 4, 100}, []float64{1, 1.5, 2, 2.5, 3.5}},
		{"moving average", Filter{Kind: MovingAverage, Window: 3}, []float64{3, 6, 9, 12}, []float64{3, 4.5, 6, 9}},
		{"moving average of the same is the same", Filter{Kind: MovingAverage, Window: 3}, []float64{0.1, 0.1, 0.1}, []float64{0.1, 0.1, 0.1}},
		{"clamp", Filter{Kind: Clamp, Min: new(0.0), Max: new(100.0)}, []float64{-1, 0, 50, 100, 101}, []float64{0, 0, 50, 100, 100}},
		{"clamp from below", Filter{Kind: Clamp, Min: new(0.0)}, []float64{-1, 1e6}, []float64{0, 1e6}},
		{"delta refuses a spike", Filter{Kind: Delta, MaxStep: 2}, []float64{20, 85, 21, 0, 22}, []float64{20, bad, 21, bad, 22}},
		{"delta counts from the last accepted", Filter{Kind: Delta, MaxStep: 2}, []float64{20, 23, 22, 24}, []float64{20, bad, 22, 24}},
		{
			"delta believes a step that holds",
			Filter{Kind: Delta, MaxStep: 2},
			[]float64{0, 20, 20, 21, 20, 19, 20, 21},
			[]float64{0, bad, bad, bad, bad, bad, 20, 21},
		},
		{
			"delta believes none of values that jump",
			Filter{Kind: Delta, MaxStep: 2},
			[]float64{20, 85, -40, 60, 85, -40, 60, 85, -40, 60, 21},
			[]float64{20, bad, bad, bad, bad, bad, bad, bad, bad, bad, 21},
		},
		{
			"delta begins its patience anew after a good value",
			Filter{Kind: Delta, MaxStep: 2},
			[]float64{20, 85, 85, 85, 20, 85, 85, 85, 85, 85, 20},
			[]float64{20, bad, bad, bad, 20, bad, bad, bad, bad, bad, 20},
		},
		{"outlier lets the first five pass", Filter{Kind: Outlier, Window: 5, Sigmas: 4}, []float64{1, 50, 2, 90, 3}, []float64{1, 50, 2, 90, 3}},
		{"outlier refuses spikes", Filter{Kind: Outlier, Window: 8, Sigmas: 4}, then(85, 20, 0, 20.1), then(bad, 20, bad, 20.1)},
		{
			"outlier follows a new level",
			Filter{Kind: Outlier, Window: 8, Sigmas: 4},
			then(30, 30, 30.1, 30, 29.9, 30, 30.1),
			then(bad, bad, bad, bad, bad, 30, 30.1),
		},
		{"outlier cannot judge without spread", Filter{Kind: Outlier, Window: 5, Sigmas: 4}, []float64{5, 5, 5, 5, 5, 9}, []float64{5, 5, 5, 5, 5, 9}},
		{"stuck", Filter{Kind: Stuck, AfterS: 2}, []float64{7, 7, 7, 7, 7, 8, 8}, []float64{7, 7, 7, bad, bad, 8, 8}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for n, got := range run(t, c.f, c.in...) {
				if math.Abs(got-c.want[n]) > 1e-12 {
					t.Errorf("value %d: %v is %v, want %v", n, c.in[n], got, c.want[n])
				}
			}
		})
	}
}

func TestLowPassIsExactForUnevenIntervals(t *testing.T) {
	c := chain(t, Config{Filters: []Filter{{Kind: LowPass, TimeConstantS: 10}}})
	step := func(t0 int64, v float64) float64 { r, _ := c.Apply(t0, v); return r.V }
	if got := step(0, 0); got != 0 {
		t.Errorf("the first value is %v", got)
	}
	// A step to 100, seen at uneven times: 63.2 % after one time constant, whatever lay in between.
	for _, at := range []int64{10, 1000, 1001, 7500, 9999} {
		step(at, 100)
	}
	if got, want := step(10_000, 100), 100*(1-math.Exp(-1)); math.Abs(got-want) > 1e-9 {
		t.Errorf("after the time constant %v, want %v", got, want)
	}
	if got := step(3_600_000, 100); got != 100 {
		t.Errorf("after an hour %v", got)
	}
}

func TestStuckDoesNotBlameAGap(t *testing.T) {
	c := chain(t, Config{Filters: []Filter{{Kind: Stuck, AfterS: 60}}})
	for n, at := range []int64{0, 30_000, 60_000, 3_600_000, 3_630_000} { // nobody looked for an hour
		if r, _ := c.Apply(at, 21.5); r.Q != measure.Good {
			t.Errorf("value %d is %+v", n, r)
		}
	}
	if r, _ := c.Apply(3_660_001, 21.5); r.Q != measure.Rejected {
		t.Errorf("after a minute it is %+v, want rejected", r)
	}
}

func TestFiltersThatCannotWorkAreRefused(t *testing.T) {
	for _, f := range []Filter{
		{},
		{Kind: "kalman"},
		{Kind: Median, Window: 1},
		{Kind: Median, Window: maxWindow + 1},
		{Kind: MovingAverage},
		{Kind: LowPass},
		{Kind: LowPass, TimeConstantS: math.Inf(1)},
		{Kind: LowPass, TimeConstantS: math.NaN()},
		{Kind: Clamp},
		{Kind: Clamp, Min: new(2.0), Max: new(1.0)},
		{Kind: Delta},
		{Kind: Delta, MaxStep: -1},
		{Kind: Outlier, Window: 4, Sigmas: 3},
		{Kind: Outlier, Window: 9},
		{Kind: Stuck},
		{Kind: Stuck, AfterS: 1e300},
	} {
		if _, err := New(Config{Filters: []Filter{{Kind: Median, Window: 3}, f}}); err == nil {
			t.Errorf("%+v was taken", f)
		} else if got := err.Error()[:11]; got != "filters[1]:" {
			t.Errorf("%+v: %v does not name its place", f, err)
		}
	}
}

// finite draws numbers as sensors give them, and the worst that a float can be.
func finite() *rapid.Generator[float64] {
	return rapid.OneOf(rapid.Float64Range(-100, 100), rapid.Float64Range(-math.MaxFloat64, math.MaxFloat64),
		rapid.SampledFrom([]float64{0, math.SmallestNonzeroFloat64, -math.SmallestNonzeroFloat64, math.MaxFloat64, -math.MaxFloat64, 0.1}))
}

func TestSmoothersStayWithinTheirWindow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := Filter{
			Kind:   rapid.SampledFrom([]FilterKind{Median, MovingAverage}).Draw(t, "kind"),
			Window: rapid.IntRange(2, 12).Draw(t, "window"),
		}
		c, err := New(Config{Filters: []Filter{f}})
		if err != nil {
			t.Fatal(err)
		}
		values := rapid.SliceOfN(finite(), 1, 40).Draw(t, "values")
		for n, v := range values {
			r, err := c.Apply(int64(n), v)
			if err != nil {
				t.Fatal(err)
			}
			low, high := v, v
			for _, x := range values[max(0, n+1-f.Window) : n+1] {
				low, high = min(low, x), max(high, x)
			}
			if !(r.V >= low && r.V <= high) {
				t.Fatalf("value %d: %v is outside of its window, %v to %v", n, r.V, low, high)
			}
		}
	})
}

func TestLowPassLiesBetweenOldAndNew(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, err := New(Config{Filters: []Filter{{Kind: LowPass, TimeConstantS: rapid.Float64Range(1e-3, 1e6).Draw(t, "tau")}}})
		if err != nil {
			t.Fatal(err)
		}
		at, old := int64(0), math.NaN()
		for n, v := range rapid.SliceOfN(finite(), 1, 30).Draw(t, "values") {
			at += rapid.Int64Range(1, 1e9).Draw(t, "interval")
			r, err := c.Apply(at, v)
			if err != nil {
				t.Fatal(err)
			}
			if n > 0 && !(r.V >= min(old, v) && r.V <= max(old, v)) {
				t.Fatalf("from %v towards %v it is %v", old, v, r.V)
			}
			old = r.V
		}
	})
}

// TestWhatComesOutIsFinite holds for every chain: one value that is not a number would make a whole batch impossible to store.
func TestWhatComesOutIsFinite(t *testing.T) {
	filters := []Filter{
		{Kind: Median, Window: 4},
		{Kind: MovingAverage, Window: 5},
		{Kind: LowPass, TimeConstantS: 3},
		{Kind: Clamp, Min: new(-1e308)},
		{Kind: Delta, MaxStep: 1e307},
		{Kind: Outlier, Window: 6, Sigmas: 3},
		{Kind: Stuck, AfterS: 2},
	}
	rapid.Check(t, func(t *rapid.T) {
		c, err := New(Config{Filters: rapid.SliceOfN(rapid.SampledFrom(filters), 0, 6).Draw(t, "filters")})
		if err != nil {
			t.Fatal(err)
		}
		for n, v := range rapid.SliceOfN(finite(), 1, 50).Draw(t, "values") {
			r, err := c.Apply(int64(n)*1000, v)
			if err != nil || math.IsNaN(r.V) || math.IsInf(r.V, 0) {
				t.Fatalf("value %d: %v is %+v, %v", n, v, r, err)
			}
			if (r.Q == measure.Good) != (r.Why == "") {
				t.Fatalf("value %d: %v is %+v", n, v, r)
			}
		}
	})
}
