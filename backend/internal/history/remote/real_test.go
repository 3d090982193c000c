package remote

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"hypha/internal/history"
	"hypha/internal/history/historytest"
	"hypha/internal/measure"
)

// comparison asks a store and its oracle the same.
type comparison struct {
	*testing.T
	store  history.Store
	oracle *historytest.Memory
}

func alike(a, b float64) bool { return math.Abs(a-b) <= 1e-9*max(math.Abs(b), 100) }

func sameReading(a, b measure.Reading) bool {
	return a.Channel == b.Channel && a.T == b.T && a.Q == b.Q && alike(a.V, b.V)
}

func sameBucket(a, b history.Bucket) bool {
	return a.T == b.T && a.Count == b.Count && alike(a.Min, b.Min) && alike(a.Max, b.Max) && alike(a.Mean, b.Mean)
}

// differ tells the first difference of two lists.
func differ[T any](got, want []T, same func(a, b T) bool) string {
	for i := range max(len(got), len(want)) {
		if i >= len(got) || i >= len(want) || !same(got[i], want[i]) {
			return fmt.Sprintf("%d elements, want %d; number %d: %+v, want %+v", len(got), len(want), i,
				got[min(i, len(got)):min(i+2, len(got))], want[min(i, len(want)):min(i+2, len(want))])
		}
	}
	return ""
}

func (c comparison) raw(id measure.ChannelID, from, to int64, limit int) {
	c.Helper()
	list := func(s history.Store) (all []measure.Reading, err error) {
		return all, s.Raw(c.Context(), id, from, to, limit, func(r measure.Reading) error { all = append(all, r); return nil })
	}
	want, _ := list(c.oracle)
	got, err := list(c.store)
	if d := differ(got, want, sameReading); d != "" || err != nil {
		c.Errorf("raw of %d in [%d, %d), limit %d: %v %s", id, from, to, limit, err, d)
	}
}

func (c comparison) count(id measure.ChannelID, from, to int64) {
	c.Helper()
	want, _ := c.oracle.Count(c.Context(), id, from, to)
	if got, err := c.store.Count(c.Context(), id, from, to); got != want || err != nil {
		c.Errorf("count of %d in [%d, %d): %d, %v; want %d", id, from, to, got, err, want)
	}
}

func (c comparison) latest(ids []measure.ChannelID, before int64) {
	c.Helper()
	want, _ := c.oracle.Latest(c.Context(), ids, before)
	got, err := c.store.Latest(c.Context(), ids, before)
	if d := differ(got, want, sameReading); d != "" || err != nil {
		c.Errorf("latest of %v before %d: %v %s", ids, before, err, d)
	}
}

func (c comparison) buckets(id measure.ChannelID, from, to, width int64) {
	c.Helper()
	list := func(s history.Store) (all []history.Bucket, err error) {
		return all, s.Buckets(c.Context(), id, from, to, width, func(b history.Bucket) error { all = append(all, b); return nil })
	}
	want, _ := list(c.oracle)
	got, err := list(c.store)
	if d := differ(got, want, sameBucket); d != "" || err != nil {
		c.Errorf("buckets of %d in [%d, %d) by %d: %v %s", id, from, to, width, err, d)
	}
}

// everything compares at the edges of readings, in gaps and over all.
func (c comparison) everything(all []measure.Reading) {
	c.Helper()
	random := rand.New(rand.NewPCG(1, 2))
	edges := []int64{all[0].T - 1, all[0].T, all[0].T + 1, all[len(all)-1].T, all[len(all)-1].T + 1}
	for range 4 {
		edges = append(edges, all[random.IntN(len(all))].T)
	}
	slices.Sort(edges)
	for id := measure.ChannelID(1); id <= 5; id++ {
		c.raw(id, -history.End-1, history.End, 0)
		c.count(id, -history.End-1, history.End)
		c.raw(id, edges[2], history.End, 7)
		for _, width := range []int64{1_000, 3_600_000, 977_001, history.End} {
			c.buckets(id, all[0].T-5_000, all[len(all)-1].T+1, width)
		}
		for i := range edges[1:] {
			c.count(id, edges[i], edges[i+1])
			c.count(id, edges[i], edges[i]+1)
			c.count(id, edges[i], edges[i]+2)
			c.latest([]measure.ChannelID{id}, edges[i])
		}
		c.raw(id, edges[3], edges[6], 0)
		c.buckets(id, edges[2], edges[7], 60_000)
		c.buckets(id, edges[1], edges[8], 1_234)
		c.buckets(id, edges[4], edges[4]+500, 1)
	}
	c.latest(nil, history.End)
	c.latest([]measure.ChannelID{5, 3, 99, 1}, edges[5])
}

// site is what three sensors in a tent say for two hours: a walk at 1 Hz with 10 ms jitter and a gap, one a minute with
// all qualities, one that stopped long ago, one at 100 Hz for a short while. Channel 5 is silent.
func site(end int64) (all []measure.Reading) {
	random := rand.New(rand.NewPCG(3, 4))
	const hours = 2
	begin := end - hours*3_600_000
	value := 21.0
	for i := range int64(hours * 3600) {
		value += float64(random.IntN(11)-5) / 100
		if i > 2_000 && i < 4_500 {
			continue
		}
		all = append(all, measure.Reading{Channel: 1, T: begin + i*1000 + random.Int64N(21) - 10, V: math.Round(value*100) / 100})
		if i%60 == 0 {
			all = append(all, measure.Reading{Channel: 2, T: begin + i*1000, V: float64(i) / 7, Q: measure.Quality(i / 60 % 6)})
		}
		if i < 500 {
			all = append(all, measure.Reading{Channel: 3, T: begin + i*1000, V: -float64(i)})
		}
	}
	for i := range int64(2_000) {
		all = append(all, measure.Reading{Channel: 4, T: end - 300_000 + i*10, V: math.Sin(float64(i))})
	}
	slices.SortStableFunc(all, func(a, b measure.Reading) int { return int(a.T - b.T) })
	return all
}

func appendAll(t *testing.T, all []measure.Reading, to ...history.Appender) {
	t.Helper()
	for part := range slices.Chunk(all, 1_777) {
		for _, s := range to {
			if err := s.Append(t.Context(), part); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// sent waits until the engine shows all that was appended.
func sent(t *testing.T, s *Store, id measure.ChannelID, want int) {
	t.Helper()
	eventually(t, "all is in the engine", func() error {
		if st := s.State(); st.Queued > 0 {
			return fmt.Errorf("%d wait: %w", st.Queued, st.Err)
		}
		n, err := s.engine.total(t.Context(), s.engine.selector("", id), earliest, time.Now().Add(aheadAtMost).UnixMilli())
		if err == nil && n < int64(want) {
			err = fmt.Errorf("%d of %d", n, want)
		}
		return err
	})
}

func countOf(all []measure.Reading, id measure.ChannelID) (n int) {
	for _, r := range all {
		if r.Channel == id {
			n++
		}
	}
	return n
}

func TestARealEngineAnswersAsTheOracle(t *testing.T) {
	t.Parallel()
	for _, s := range servers() {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			s.open(t)
			all := site(time.Now().UnixMilli() - 60_000)
			half := len(all) / 2
			t.Run("alone", func(t *testing.T) {
				source, oracle := newChannels(1, 2, 3, 4, 5), &historytest.Memory{}
				store := s.store(t, t.TempDir(), source, 1)
				store.engine.atOnce = 1_500
				appendAll(t, all[:half], store, oracle)
				source.change(2, func(l *Labels) { l.Name, l.Unit = "renamed", measure.Fahrenheit })
				if err := oracle.Rescale(t.Context(), 2, measure.Affine{Scale: 1.8, Offset: 32}); err != nil {
					t.Fatal(err)
				}
				appendAll(t, all[half:], store, oracle)
				for id := measure.ChannelID(1); id <= 4; id++ {
					sent(t, store, id, countOf(all, id))
				}
				comparison{t, store, oracle}.everything(all)
			})
			t.Run("with what waits", func(t *testing.T) {
				source, oracle := newChannels(1, 2, 3, 4, 5), &historytest.Memory{}
				store := s.store(t, t.TempDir(), source, time.Hour)
				store.engine.atOnce = 1_500
				appendAll(t, all, store, oracle)
				late := []measure.Reading{{Channel: 1, T: all[100].T + 3, V: 1}, {Channel: 1, T: all[2_900].T + 3, V: 2}}
				appendAll(t, late, store, oracle)
				comparison{t, store, oracle}.everything(all)
			})
		})
	}
}
