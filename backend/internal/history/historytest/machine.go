package historytest

import (
	"context"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"hypha/internal/history"
	"hypha/internal/measure"
)

// machine does the same to a store and to its oracle, and compares what they say.
type machine struct {
	ctx    context.Context //nolint:containedctx // of one test
	store  history.Store
	oracle *Memory
	fatalf func(format string, args ...any)

	tb     testing.TB
	draw   *rapid.T
	reopen func(testing.TB, history.Store) history.Store
}

func newMachine(
	tb testing.TB, r *rapid.T, open func(testing.TB) history.Store, reopen func(testing.TB, history.Store) history.Store,
) *machine {
	tb.Helper()
	return &machine{
		ctx: tb.Context(), store: open(tb), oracle: &Memory{}, fatalf: r.Fatalf, tb: tb, draw: r, reopen: reopen,
	}
}

func (m *machine) run() {
	actions := map[string]func(*rapid.T){
		"append":     func(r *rapid.T) { m.append(rapid.SliceOfN(reading(), 0, 200).Draw(r, "readings")) },
		"append one": func(r *rapid.T) { m.append([]measure.Reading{reading().Draw(r, "reading")}) },
		"delete": func(r *rapid.T) {
			id, from, to := channel(r), instant(r), instant(r)
			want, _ := m.oracle.Delete(m.ctx, id, from, to) // Memory gives no errors here
			got, err := m.store.Delete(m.ctx, id, from, to)
			m.equal("deleted", got, want, err)
		},
		"delete channel": func(r *rapid.T) {
			id := channel(r)
			want, _ := m.oracle.DeleteChannel(m.ctx, id) // Memory gives no errors here
			got, err := m.store.DeleteChannel(m.ctx, id)
			m.equal("deleted of channel", got, want, err)
		},
		"drop": func(r *rapid.T) { m.dropBefore(instant(r)) },
		"rescale": func(r *rapid.T) {
			by := measure.Affine{Scale: rapid.Float64Range(-10, 10).Draw(r, "scale"), Offset: rapid.Float64Range(-100, 100).Draw(r, "offset")}
			id := channel(r)
			want, got := m.oracle.Rescale(m.ctx, id, by), m.store.Rescale(m.ctx, id, by)
			if (want == nil) != (got == nil) {
				m.fatalf("rescale by %+v: %v, want %v", by, got, want)
			}
		},
		"count": func(r *rapid.T) {
			id, from, to := channel(r), instant(r), instant(r)
			want, _ := m.oracle.Count(m.ctx, id, from, to) // Memory gives no errors here
			got, err := m.store.Count(m.ctx, id, from, to)
			m.equal("count", int64(got), int64(want), err)
		},
		"latest": func(r *rapid.T) {
			m.compareLatest(rapid.SliceOfN(rapid.Map(rapid.IntRange(1, 6), toID), 0, 4).Draw(r, "ids"), instant(r))
		},
		"raw": func(r *rapid.T) {
			m.compareRaw(channel(r), instant(r), instant(r), rapid.IntRange(0, 20).Draw(r, "limit"))
		},
		"buckets": func(r *rapid.T) { m.compareBuckets(channel(r), instant(r), instant(r), width(r)) },
		"":        func(*rapid.T) { m.compareAll() },
	}
	if m.reopen != nil {
		actions["reopen"] = func(*rapid.T) { m.store = m.reopen(m.tb, m.store) }
	}
	m.draw.Repeat(actions)
	if err := m.store.Close(); err != nil {
		m.fatalf("close: %v", err)
	}
}

func toID(n int) measure.ChannelID { return measure.ChannelID(n) }

func channel(r *rapid.T) measure.ChannelID { return toID(rapid.IntRange(1, 5).Draw(r, "channel")) }

// instant is in a narrow range, for readings to meet, with a few far away.
func instant(r *rapid.T) int64 { return instants().Draw(r, "t") }

func instants() *rapid.Generator[int64] {
	near := rapid.Int64Range(-20, 300)
	return rapid.OneOf(near, near, near, near, rapid.SampledFrom([]int64{-history.End - 1, -1 << 53, 1 << 42, history.End - 1, history.End}))
}

func width(r *rapid.T) int64 {
	return rapid.OneOf(rapid.Int64Range(1, 100), rapid.SampledFrom([]int64{1 << 50, history.End})).Draw(r, "width")
}

func reading() *rapid.Generator[measure.Reading] {
	return rapid.Custom(func(r *rapid.T) measure.Reading {
		near := rapid.Map(rapid.IntRange(-4000, 4000), func(n int) float64 { return float64(n) / 100 })
		wild := rapid.Float64Range(-1e200, 1e200)
		return measure.Reading{
			Channel: channel(r), T: min(instant(r), history.End-1),
			V: rapid.OneOf(near, near, near, wild).Draw(r, "v"),
			Q: rapid.SampledFrom([]measure.Quality{
				measure.Good, measure.Good, measure.Stale, measure.OutOfRange, measure.Rejected, measure.Substituted, measure.Calibrating,
			}).Draw(r, "q"),
		}
	})
}

func (m *machine) append(readings []measure.Reading) {
	want, got := m.oracle.Append(m.ctx, readings), m.store.Append(m.ctx, readings)
	if got != nil || want != nil {
		m.fatalf("append: %v, want %v", got, want)
	}
}

func (m *machine) dropBefore(t int64) {
	want, _ := m.oracle.DropBefore(m.ctx, t) // Memory gives no errors here
	got, err := m.store.DropBefore(m.ctx, t)
	m.equal("dropped", got, want, err)
}

func (m *machine) equal(what string, got, want int64, err error) {
	if got != want || err != nil {
		m.fatalf("%s: %d, %v; want %d", what, got, err, want)
	}
}

func (m *machine) compareAll() {
	m.compareLatest(nil, history.End)
	for id := range 6 {
		m.compareRaw(toID(id), -history.End-1, history.End, 0)
	}
}

func (m *machine) compareLatest(ids []measure.ChannelID, before int64) {
	want, _ := m.oracle.Latest(m.ctx, ids, before) // Memory gives no errors here
	got, err := m.store.Latest(m.ctx, ids, before)
	if err != nil || !slices.EqualFunc(got, want, sameReading) {
		m.fatalf("latest of %v before %d:\n%v, %v; want\n%v", ids, before, got, err, want)
	}
}

func (m *machine) compareRaw(id measure.ChannelID, from, to int64, limit int) {
	list := func(s history.Store) (all []measure.Reading, err error) {
		return all, s.Raw(m.ctx, id, from, to, limit, func(r measure.Reading) error { all = append(all, r); return nil })
	}
	want, _ := list(m.oracle) // Memory gives no errors here
	got, err := list(m.store)
	if err != nil || !slices.EqualFunc(got, want, sameReading) {
		m.fatalf("raw of %d in [%d, %d), limit %d:\n%v, %v; want\n%v", id, from, to, limit, got, err, want)
	}
}

func (m *machine) compareBuckets(id measure.ChannelID, from, to, width int64) {
	list := func(s history.Store) (all []history.Bucket, err error) {
		return all, s.Buckets(m.ctx, id, from, to, width, func(b history.Bucket) error { all = append(all, b); return nil })
	}
	want, _ := list(m.oracle) // Memory gives no errors here
	got, err := list(m.store)
	same := func(a, b history.Bucket) bool {
		size := max(math.Abs(b.Min), math.Abs(b.Max)) // what rounding is relative to: values may cancel
		return a.T == b.T && near(a.Min, b.Min, size) && near(a.Max, b.Max, size) && near(a.Mean, b.Mean, size) && a.Count == b.Count
	}
	if err != nil || !slices.EqualFunc(got, want, same) {
		m.fatalf("buckets of %d in [%d, %d) by %d:\n%v, %v; want\n%v", id, from, to, width, got, err, want)
	}
}

// sameReading compares all but the last digits of the value: a processor may fuse the steps of a scaling.
func sameReading(a, b measure.Reading) bool {
	return a.Channel == b.Channel && a.T == b.T && a.Q == b.Q && near(a.V, b.V, max(math.Abs(b.V), 100))
}

func near(a, b, size float64) bool { return math.Abs(a-b) <= 1e-9*size }
