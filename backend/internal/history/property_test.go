package history_test

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"hypha/internal/history"
	"hypha/internal/history/historytest"
	"hypha/internal/measure"
)

// step is one thing that happens to a writer; which one, its first field that is set says.
type step struct {
	fail, heal, restart bool
	wait                time.Duration
	push                int // readings; the same instants again and again, so that their order matters
}

func steps() *rapid.Generator[[]step] {
	return rapid.SliceOfN(rapid.OneOf(
		rapid.SampledFrom([]step{{fail: true}, {heal: true}, {restart: true}}),
		rapid.Map(rapid.IntRange(1, 5000), func(ms int) step { return step{wait: time.Duration(ms) * time.Millisecond} }),
		rapid.Map(rapid.IntRange(0, 120), func(n int) step { return step{push: n} }),
	), 1, 40)
}

// play returns what the store has in the end, and what it should have.
func play(t *testing.T, batch int, plan []step) (got, want []measure.Reading) {
	t.Helper()
	store, oracle := &historytest.Memory{}, &historytest.Memory{}
	w := history.NewWriter(history.WriterConfig{Store: store, Every: time.Second, RetryMax: 2 * time.Second, Batch: batch, Bound: 1_000_000})
	stop, n := run(t.Context(), w), 0
	for _, s := range plan {
		switch {
		case s.fail:
			store.Fail(errDiskFull)
		case s.heal:
			store.Fail(nil)
		case s.restart:
			err := stop()
			if queued := w.State().Queued; (err == nil) != (queued == 0) {
				t.Errorf("stopped with %v and %d in the queue", err, queued)
			}
			stop = run(t.Context(), w)
		case s.wait > 0:
			<-time.After(s.wait)
		default:
			rs := readings(0, s.push)
			for i := range rs {
				rs[i].V = float64(n)
				n++
			}
			push(t, w, rs)
			if err := oracle.Append(t.Context(), rs); err != nil {
				t.Error(err)
			}
		}
	}
	store.Fail(nil)
	if err := stop(); err != nil {
		t.Error(err)
	}
	return store.All(), oracle.All()
}

func TestNothingIsLostWhateverHappens(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		batch, plan := rapid.IntRange(1, 50).Draw(r, "batch"), steps().Draw(r, "plan")
		var got, want []measure.Reading
		synctest.Test(t, func(t *testing.T) { got, want = play(t, batch, plan) }) // rapid's own calls stay outside
		if !slices.Equal(got, want) {
			r.Fatalf("stored %v, want %v", got, want)
		}
	})
}

func TestOracleKeepsItsOwnPromises(t *testing.T) {
	historytest.Run(t, func(testing.TB) history.Store { return &historytest.Memory{} }, nil)
}

func TestMeanStaysWithinItsValues(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		var s history.Summary
		values := rapid.SliceOfN(rapid.Float64(), 1, 50).Draw(r, "values")
		for _, v := range values {
			s.Add(measure.Reading{V: v})
		}
		b, ok := s.Bucket(5)
		if !ok || b.T != 5 || b.Min != slices.Min(values) || b.Max != slices.Max(values) || !(b.Mean >= b.Min && b.Mean <= b.Max) {
			r.Fatalf("%v: %+v", values, b)
		}
	})
}
