package column

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// shapes are columns of values as sensors, people and programs give them.
func shapes(n int) map[string][]float64 {
	rng := rand.New(rand.NewPCG(1, 2))
	column := func(f func(i int) float64) []float64 {
		all := []float64{}
		for i := range n {
			all = append(all, f(i))
		}
		return all
	}
	walk, count := 2150, 0
	return map[string][]float64{
		"constant":    column(func(int) float64 { return 21.5 }),
		"zero":        column(func(int) float64 { return 0 }),
		"walk":        column(func(int) float64 { walk += rng.IntN(5) - 2; return float64(walk) / 100 }),
		"switch":      column(func(i int) float64 { return float64(i / 100 % 2) }),
		"counter":     column(func(int) float64 { count += 7; return float64(count) }),
		"noise":       column(func(int) float64 { return float64(rng.IntN(4096)) / 4096 }),
		"calibrated":  column(func(int) float64 { return float64(2000+rng.IntN(20))/100*1.013 + 0.27 }),
		"sixteenths":  column(func(int) float64 { walk += rng.IntN(3) - 1; return float64(walk) / 16 }),
		"thirds":      column(func(int) float64 { return float64(1200+rng.IntN(90)) / 3 }),
		"entropy":     column(func(int) float64 { return rng.NormFloat64() }),
		"computed":    column(func(i int) float64 { return 0.622 * math.Exp(math.Sin(float64(i)/1000)) }),
		"huge":        column(func(int) float64 { return rng.NormFloat64() * 1e300 }),
		"tiny":        column(func(int) float64 { return rng.NormFloat64() * 1e-310 }),
		"minus zero":  column(func(i int) float64 { return math.Copysign(0, float64(i%2)-0.5) }),
		"one outlier": column(func(i int) float64 { return map[bool]float64{true: 123456789.123, false: 20.5}[i == 7] }),
	}
}

func TestValuesComeBackToTheBit(t *testing.T) {
	for _, n := range []int{1, 2, 3, 47, 48, 1000, 8192} {
		var c, d Coder
		for name, values := range shapes(n) {
			packed := c.AppendValues(nil, values)
			got, err := d.Values(nil, packed, n)
			if err != nil || !slices.EqualFunc(got, values, func(a, b float64) bool { return math.Float64bits(a) == math.Float64bits(b) }) {
				t.Errorf("%d of %s: %v, %v", n, name, got[:min(len(got), 5)], err)
			}
		}
	}
}

func TestValuesAreSmall(t *testing.T) {
	const n = 8192
	var c Coder
	for name, most := range map[string]float64{ // bytes a value
		"constant": 0.002, "zero": 0.002, "counter": 0.002, "switch": 0.05, "walk": 0.31, "calibrated": 0.80, "sixteenths": 0.22, "thirds": 0.93, "entropy": 7.7, "huge": 8, "tiny": 8.01,
	} {
		if got := float64(len(c.AppendValues(nil, shapes(n)[name]))) / n; got > most {
			t.Errorf("%s takes %.3f bytes a value, want at most %v", name, got, most)
		}
	}
}

func FuzzValues(f *testing.F) {
	var c Coder
	for _, values := range shapes(100) {
		f.Add(c.AppendValues(nil, values), 100)
	}
	f.Fuzz(func(_ *testing.T, packed []byte, n int) { // damaged bytes must not panic
		var c Coder
		_, _ = c.Values(nil, packed, n)
		_, _ = c.Times(nil, packed, n)
		_, _ = Qualities(nil, packed, n)
	})
}

func TestAnyValuesComeBack(t *testing.T) {
	var c, d Coder
	rapid.Check(t, func(r *rapid.T) {
		kind := rapid.SampledFrom([]*rapid.Generator[float64]{
			rapid.Float64(), rapid.Float64Range(-100, 100),
			rapid.Map(rapid.IntRange(-1e6, 1e6), func(n int) float64 { return float64(n) / 100 }),
			rapid.Map(rapid.Int64(), func(n int64) float64 { return float64(n) }),
			rapid.Map(rapid.IntRange(-1e6, 1e6), func(n int) float64 { return float64(n)/100*1.8 + 32 }),
		}).Draw(r, "kind")
		values := rapid.SliceOfN(kind, 1, 300).Draw(r, "values")
		packed := c.AppendValues([]byte("before"), values)
		got, err := d.Values(nil, packed[len("before"):], len(values))
		if err != nil || !slices.EqualFunc(got, values, func(a, b float64) bool { return math.Float64bits(a) == math.Float64bits(b) }) {
			r.Fatalf("%v, %v; want %v", got, err, values)
		}
		if most := 8*len(values) + 100; len(packed) > most {
			r.Fatalf("%d bytes for %d values", len(packed), len(values))
		}
	})
}

// gaits are ascending times.
func gaits(n int) map[string][]int64 {
	rng := rand.New(rand.NewPCG(3, 4))
	at := int64(1_700_000_000_000)
	walk := func(f func(i int) int64) []int64 {
		all := []int64{}
		for i := range n {
			all = append(all, f(i))
		}
		slices.Sort(all)
		return all
	}
	return map[string][]int64{
		"steady":  walk(func(i int) int64 { return at + int64(i)*1000 }),
		"jitter":  walk(func(i int) int64 { return at + int64(i)*1000 + int64(rng.NormFloat64()*5) }),
		"drift":   walk(func(i int) int64 { return at + int64(float64(i)*1000.3) }),
		"gaps":    walk(func(i int) int64 { return at + int64(i/100*977+i)*1000 + int64(rng.IntN(3)) }),
		"events":  walk(func(int) int64 { return at + rng.Int64N(1e9) }),
		"same":    walk(func(int) int64 { return 5 }),
		"extreme": walk(func(i int) int64 { return math.MinInt64 + int64(i)*(math.MaxInt64/int64(n)) }),
		"jump":    walk(func(i int) int64 { return int64(i)*1000 + int64(i/(n/2+1))*at }),
		"days":    walk(func(i int) int64 { return at + int64(i)*86_400_000 }),
	}
}

func TestTimesComeBack(t *testing.T) {
	for _, n := range []int{1, 2, 3, 100, 8192} {
		var c, d Coder
		for name, times := range gaits(n) {
			got, err := d.Times(nil, c.AppendTimes(nil, times), n)
			if err != nil || !slices.Equal(got, times) {
				t.Errorf("%d of %s: %v, %v", n, name, got[:min(len(got), 5)], err)
			}
		}
	}
}

func TestTimesAreSmall(t *testing.T) {
	const n = 8192
	var c Coder
	for name, most := range map[string]float64{"steady": 0.002, "jitter": 0.56, "drift": 0.15, "gaps": 0.25, "days": 0.002} {
		if got := float64(len(c.AppendTimes(nil, gaits(n)[name]))) / n; got > most {
			t.Errorf("%s takes %.3f bytes a time, want at most %v", name, got, most)
		}
	}
}

func TestAnyTimesComeBack(t *testing.T) {
	var c, d Coder
	rapid.Check(t, func(r *rapid.T) {
		times := rapid.SliceOfN(rapid.OneOf(rapid.Int64(), rapid.Int64Range(0, 1e5)), 1, 200).Draw(r, "times")
		slices.Sort(times)
		got, err := d.Times(nil, c.AppendTimes(nil, times), len(times))
		if err != nil || !slices.Equal(got, times) {
			r.Fatalf("%v, %v; want %v", got, err, times)
		}
	})
}

func TestRawColumnsComeBack(t *testing.T) {
	for _, n := range []int{1, 2, 100} {
		var c Coder
		for name, values := range shapes(n) {
			got, err := c.Values(nil, AppendRawValues(nil, values), n)
			if err != nil || !slices.EqualFunc(got, values, func(a, b float64) bool { return math.Float64bits(a) == math.Float64bits(b) }) {
				t.Errorf("%s: %v, %v", name, got, err)
			}
		}
		for name, times := range gaits(n) {
			if got, err := c.Times(nil, AppendRawTimes(nil, times), n); err != nil || !slices.Equal(got, times) {
				t.Errorf("%s: %v, %v", name, got, err)
			}
		}
	}
}

func TestQualitiesComeBack(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		want := rapid.SliceOf(rapid.SampledFrom([]byte{0, 0, 0, 1, 5})).Draw(r, "qualities")
		got, err := Qualities(nil, AppendQualities(nil, want), len(want))
		if err != nil || !slices.Equal(got, want) {
			r.Fatalf("%v, %v; want %v", got, err, want)
		}
	})
	if len(AppendQualities(nil, make([]byte, 1000))) != 0 {
		t.Error("good readings take room for their quality")
	}
}

func BenchmarkValues(b *testing.B) {
	const n = 8192
	for _, name := range []string{"constant", "walk", "calibrated", "entropy"} {
		values := shapes(n)[name]
		var c Coder
		packed := c.AppendValues(nil, values)
		b.Run("pack/"+name, func(b *testing.B) {
			for b.Loop() {
				packed = c.AppendValues(packed[:0], values)
			}
			perValue(b, n, packed)
		})
		b.Run("unpack/"+name, func(b *testing.B) {
			got := make([]float64, n)
			for b.Loop() {
				if _, err := c.Values(got, packed, n); err != nil {
					b.Fatal(err)
				}
			}
			perValue(b, n, packed)
		})
	}
}

func BenchmarkTimes(b *testing.B) {
	const n = 8192
	for _, name := range []string{"steady", "jitter", "events"} {
		times := gaits(n)[name]
		var c Coder
		packed := c.AppendTimes(nil, times)
		b.Run("pack/"+name, func(b *testing.B) {
			for b.Loop() {
				packed = c.AppendTimes(packed[:0], times)
			}
			perValue(b, n, packed)
		})
		b.Run("unpack/"+name, func(b *testing.B) {
			got := make([]int64, n)
			for b.Loop() {
				if _, err := c.Times(got, packed, n); err != nil {
					b.Fatal(err)
				}
			}
			perValue(b, n, packed)
		})
	}
}

func perValue(b *testing.B, n int, packed []byte) {
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/value")
	b.ReportMetric(float64(len(packed))/float64(n), "B/value")
}

func ExampleCoder() {
	var c Coder
	packed := c.AppendValues(nil, []float64{21.5, 21.51, 21.5, 21.52})
	values, err := c.Values(nil, packed, 4)
	fmt.Println(len(packed), values, err)
	// Output: 10 [21.5 21.51 21.5 21.52] <nil>
}
