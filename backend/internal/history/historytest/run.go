package historytest

import (
	"errors"
	"math"
	"slices"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"hypha/internal/history"
	"hypha/internal/measure"
)

// Run checks a kind of Store against Memory, with operations drawn at random, and at its edges. open returns a new,
// empty store; reopen, when it is not nil, closes a store and opens what it has left.
func Run(t *testing.T, open func(testing.TB) history.Store, reopen func(testing.TB, history.Store) history.Store) {
	t.Helper()
	t.Run("agrees with a map", func(t *testing.T) {
		rapid.Check(t, func(r *rapid.T) { newMachine(t, r, open, reopen).run() })
	})
	t.Run("refuses what is not a number", func(t *testing.T) { testInvalid(t, open(t)) })
	t.Run("ends when the receiver does", func(t *testing.T) { testYieldError(t, open(t)) })
	t.Run("sums what a float64 cannot", func(t *testing.T) { testHugeSums(t, open(t)) })
	t.Run("reads many pages", func(t *testing.T) { testLongChannel(t, open(t)) })
	t.Run("serves many at once", func(t *testing.T) { testConcurrent(t, open(t)) })
}

func fill(n int, v float64) []measure.Reading {
	all := make([]measure.Reading, n)
	for i := range all {
		all[i] = measure.Reading{Channel: 1, T: int64(i) * 10, V: v}
	}
	return all
}

func testInvalid(t *testing.T, s history.Store) {
	for _, v := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		err := s.Append(t.Context(), []measure.Reading{{Channel: 1, V: 1}, {Channel: 7, T: 5, V: v}})
		var bad *history.InvalidError
		if !errors.Is(err, history.ErrInvalid) || !errors.As(err, &bad) || bad.Index != 1 || bad.Reading.Channel != 7 {
			t.Errorf("%v: error %v, want one that names reading 1 of channel 7", v, err)
		}
	}
	if n, err := s.Count(t.Context(), 1, 0, history.End); n != 0 || err != nil {
		t.Errorf("%d readings, %v: a refused batch was stored in part", n, err)
	}
	if err := s.Append(t.Context(), nil); err != nil {
		t.Errorf("nothing: %v", err)
	}
	if err := s.Append(t.Context(), []measure.Reading{{Channel: 1, T: 1, V: 1}, {Channel: 1, T: 2, V: 1e300}}); err != nil {
		t.Fatal(err)
	}
	if err := s.Rescale(t.Context(), 1, measure.Affine{Scale: 1e10}); !errors.Is(err, history.ErrInvalid) {
		t.Errorf("scaled to infinity: %v, want %v", err, history.ErrInvalid)
	}
	latest, err := s.Latest(t.Context(), nil, 2)
	if err != nil || len(latest) != 1 || latest[0].V != 1 {
		t.Errorf("after a refused scaling: %v, %v", latest, err)
	}
	if err := s.Buckets(t.Context(), 1, 0, 10, 0, nil); err == nil {
		t.Error("buckets without width were accepted")
	}
}

func testYieldError(t *testing.T, s history.Store) {
	if err := s.Append(t.Context(), fill(3, 1)); err != nil {
		t.Fatal(err)
	}
	enough, n := errors.New("enough"), 0
	stop := func() error { n++; return enough }
	if err := s.Raw(t.Context(), 1, 0, 100, 0, func(measure.Reading) error { return stop() }); err != enough {
		t.Errorf("raw: %v, want %v itself", err, enough)
	}
	if err := s.Buckets(t.Context(), 1, 0, 100, 1, func(history.Bucket) error { return stop() }); err != enough || n != 2 {
		t.Errorf("buckets: %v after %d calls, want %v itself after one", err, n-1, enough)
	}
}

func testHugeSums(t *testing.T, s history.Store) {
	if err := s.Append(t.Context(), fill(1000, math.MaxFloat64)); err != nil {
		t.Fatal(err)
	}
	tenths := fill(1000, 0.1)
	for i := range tenths {
		tenths[i].Channel = 2
	}
	if err := s.Append(t.Context(), tenths); err != nil {
		t.Fatal(err)
	}
	for id, want := range map[measure.ChannelID]float64{1: math.MaxFloat64, 2: 0.1} {
		for _, width := range []int64{30, 10_000} {
			err := s.Buckets(t.Context(), id, 0, 10_000, width, func(b history.Bucket) error {
				if b.Min != want || b.Max != want || b.Mean != want {
					t.Errorf("width %d: %+v, want %v throughout", width, b, want)
				}
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		}
	}
}

// testLongChannel has stretches of many and of few readings, longer than any page or chunk of a store.
func testLongChannel(t *testing.T, s history.Store) {
	var oracle Memory
	var all []measure.Reading
	at := int64(-50_000)
	for i := range 30_000 {
		step := int64(1)
		if i/7_000%2 == 1 {
			step = 977
		}
		at += step
		all = append(all, measure.Reading{Channel: 3, T: at, V: float64(i%991) / 7, Q: measure.Quality(i % 6)})
	}
	for _, to := range []history.Store{s, &oracle} {
		for part := range slices.Chunk(all, 1777) {
			if err := to.Append(t.Context(), part); err != nil {
				t.Fatal(err)
			}
		}
	}
	m := &machine{ctx: t.Context(), store: s, oracle: &oracle, fatalf: t.Fatalf}
	for _, width := range []int64{1, 13, 500, 5_000, 100_000, history.End} {
		m.compareBuckets(3, -49_990, at-3, width)
	}
	m.compareRaw(3, -history.End-1, history.End, 0)
	m.compareRaw(3, 0, history.End, 4096)
	m.compareRaw(3, 0, history.End, 9_000)
	m.dropBefore(at - 1_000)
	m.compareAll()
}

func testConcurrent(t *testing.T, s history.Store) {
	const writers, each = 4, 50
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for i := range each {
				r := []measure.Reading{{Channel: measure.ChannelID(w + 1), T: int64(i), V: 1}, {Channel: 9, T: int64(i), V: float64(w)}}
				if err := s.Append(t.Context(), r); err != nil {
					t.Error(err)
				}
			}
		})
		wg.Go(func() {
			for range each {
				_, err := s.Latest(t.Context(), nil, history.End)
				if err := errors.Join(err, s.Buckets(t.Context(), 9, 0, 100, 7, func(history.Bucket) error { return nil })); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if st, err := s.Stats(t.Context()); err != nil || st.Points == 0 || st.Engine == "" {
		t.Errorf("%+v, %v", st, err)
	}
	if n, err := s.Count(t.Context(), 9, 0, each); n != each || err != nil {
		t.Errorf("%d, %v; want %d", n, err, each)
	}
}
