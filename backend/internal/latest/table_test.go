package latest

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"hypha/internal/measure"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// heard keeps what a table announces.
type heard struct {
	mu  sync.Mutex
	all []measure.Reading
}

func (h *heard) announce(batch []measure.Reading) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.all = append(h.all, batch...)
}

func (h *heard) of(id measure.ChannelID) []measure.Reading {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(h.all), func(r measure.Reading) bool { return r.Channel != id })
}

// run runs a new table for the length of a test.
func run(t *testing.T) (*Table, *heard) {
	t.Helper()
	h := &heard{}
	table := New(h.announce)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- table.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return table, h
}

func reading(id measure.ChannelID, at time.Time, v float64) measure.Reading {
	return measure.Reading{Channel: id, T: at.UnixMilli(), V: v}
}

func later(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

func wantStale(t *testing.T, table *Table, id measure.ChannelID, want bool, when string) {
	t.Helper()
	v, stale, ok := table.Get(id)
	if stale != want {
		t.Errorf("%s: stale is %v, want %v", when, stale, want)
	}
	if ok && (v.Q == measure.Stale) != want {
		t.Errorf("%s: the quality is %v", when, v.Q)
	}
}

func TestASensorThatNeverAnsweredIsStaleToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		table, h := run(t)
		table.Register(1, 10*time.Second, nil)
		later(10 * time.Second)
		wantStale(t, table, 1, false, "10 s after the registration")
		later(time.Millisecond)
		wantStale(t, table, 1, true, "after them")
		if _, _, ok := table.Get(1); ok {
			t.Error("it has a value")
		}
		later(time.Minute)
		if got := h.of(1); len(got) != 0 {
			t.Errorf("a reading that never was is announced: %v", got)
		}
		if all := table.All(); len(all) != 0 {
			t.Errorf("All has %v", all)
		}
	})
}

func TestSilenceIsAnnouncedOnceAndEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		table, h := run(t)
		table.Register(1, 10*time.Second, nil)
		later(9 * time.Second)
		at := time.Now()
		table.Put([]measure.Reading{reading(1, at, 21)})
		later(9 * time.Second)
		wantStale(t, table, 1, false, "9 s after a reading")
		later(time.Minute)
		want := measure.Reading{Channel: 1, T: at.UnixMilli(), V: 21, Q: measure.Stale}
		if got := h.of(1); !slices.Equal(got, []measure.Reading{want}) {
			t.Errorf("announced %v, want %v once", got, want)
		}
		if all := table.All(); !slices.Equal(all, []measure.Reading{want}) {
			t.Errorf("All has %v, want %v", all, want)
		}
		table.Register(1, 20*time.Second, nil) // somebody edits the channel
		later(time.Second)
		if got := h.of(1); len(got) != 1 {
			t.Errorf("an edit announced it again: %v", got)
		}
		table.Put([]measure.Reading{reading(1, time.Now(), 22)})
		wantStale(t, table, 1, false, "after a new reading")
		later(21 * time.Second)
		if got := h.of(1); len(got) != 2 {
			t.Errorf("the second silence was announced %d times", len(got)-1)
		}
	})
}

func TestAStaleReadingHidesItsOldQuality(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		table, _ := run(t)
		table.Register(1, time.Second, nil)
		r := reading(1, time.Now(), 21)
		r.Q = measure.OutOfRange
		table.Put([]measure.Reading{r})
		if v, _, _ := table.Get(1); v.Q != measure.OutOfRange {
			t.Errorf("fresh: %+v", v)
		}
		later(2 * time.Second)
		wantStale(t, table, 1, true, "silent")
	})
}

func TestAChannelWithoutAnIntervalIsNeverStale(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		table, h := run(t)
		table.Register(1, 0, nil)
		table.Put([]measure.Reading{reading(1, time.Now(), 21)})
		later(10 * time.Hour)
		wantStale(t, table, 1, false, "after hours")
		if len(h.of(1)) != 0 {
			t.Error("it was announced")
		}
	})
}

func TestTheAgeOfADatedReadingCounts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		table, _ := run(t)
		now := time.Now()
		table.Register(1, 10*time.Second, nil)
		table.Register(2, 10*time.Second, nil)
		table.Register(3, 10*time.Second, &measure.Reading{Channel: 3, T: now.Add(-time.Hour).UnixMilli(), V: 3})
		wantStale(t, table, 3, true, "the last reading of the store is an hour old")
		took := table.PutDated([]measure.Reading{reading(1, now.Add(-8*time.Second), 1), reading(2, now.Add(time.Hour), 2)})
		if len(took) != 2 {
			t.Errorf("taken: %v", took)
		}
		later(3 * time.Second)
		wantStale(t, table, 1, true, "11 s old by its date")
		wantStale(t, table, 2, false, "3 s old, dated in the future")
		later(8 * time.Second)
		wantStale(t, table, 2, true, "11 s old, dated in the future")
	})
}

func TestLateReadingsChangeNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		table, _ := run(t)
		table.Register(1, time.Minute, nil)
		now := time.Now()
		for _, c := range []struct {
			at   time.Time
			v    float64
			took bool
		}{
			{now.Add(-10 * time.Second), 1, true},
			{now.Add(-20 * time.Second), 2, false}, // late
			{now.Add(-10 * time.Second), 3, true},  // repeated: replaces
			{now.Add(-5 * time.Second), 4, true},
			{now.Add(time.Hour), 5, true},     // a wrong clock
			{now.Add(-time.Second), 6, false}, // older than now, and so than that
			{now, 7, true},                    // the clock is right again
			{now.Add(-4 * time.Second), 8, false},
		} {
			took := table.PutDated([]measure.Reading{reading(1, c.at, c.v)})
			if (len(took) == 1) != c.took {
				t.Errorf("reading %v: taken %v, want %v", c.v, took, c.took)
			}
			if v, _, _ := table.Get(1); c.took && v.V != c.v {
				t.Errorf("after reading %v the value is %v", c.v, v.V)
			}
		}
		if took := table.PutDated([]measure.Reading{reading(99, now, 1)}); len(took) != 0 {
			t.Errorf("a channel that nobody registered was taken: %v", took)
		}
	})
}

func TestWhatADeviceSaysIsTheNewestWhateverTheClockDid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		table, _ := run(t)
		table.Register(1, time.Minute, nil)
		table.Put([]measure.Reading{reading(1, time.Now(), 1)})
		table.Put([]measure.Reading{reading(1, time.Now().Add(-24*time.Hour), 2)}) // the wall clock was set back
		if v, stale, _ := table.Get(1); v.V != 2 || stale {
			t.Errorf("the value is %+v, stale %v", v, stale)
		}
	})
}

func TestARegistrationKeepsTheValue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		table, _ := run(t)
		table.Register(1, time.Minute, nil)
		table.Put([]measure.Reading{reading(1, time.Now(), 20)})
		table.Register(1, time.Second, &measure.Reading{Channel: 1, T: 1, V: 5})
		if v, _, _ := table.Get(1); v.V != 20 {
			t.Errorf("the value is %v", v.V)
		}
		later(2 * time.Second)
		wantStale(t, table, 1, true, "after the new, shorter interval")
		table.Rescale(1, measure.Affine{Scale: 1.8, Offset: 32})
		if v, _, _ := table.Get(1); v.V != 68 {
			t.Errorf("in °F it is %v", v.V)
		}
		table.Rescale(2, measure.Affine{Scale: 2}) // nobody
		table.Unregister(1)
		if _, stale, ok := table.Get(1); ok || stale {
			t.Error("a channel that is gone is still known")
		}
		table.Put([]measure.Reading{reading(1, time.Now(), 1)})
		if len(table.All()) != 0 {
			t.Error("a reading of a channel that is gone was kept")
		}
	})
}

func TestManyUseTheTableAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		table, _ := run(t)
		var wg sync.WaitGroup
		for k := range measure.ChannelID(8) {
			wg.Go(func() {
				for n := range 200 {
					table.Register(k, time.Millisecond, nil)
					table.Put([]measure.Reading{reading(k, time.Now(), float64(n))})
					table.PutDated([]measure.Reading{reading((k+1)%8, time.Now(), float64(n))})
					table.Rescale(k, measure.Affine{Scale: 1})
					table.Get((k + 2) % 8)
					table.All()
					<-time.After(time.Duration(n%3) * time.Millisecond)
				}
				if k%2 == 0 {
					table.Unregister(k)
				}
			})
		}
		wg.Wait()
	})
}

func BenchmarkPut(b *testing.B) {
	for _, n := range []int{1, 1000} {
		b.Run(fmt.Sprintf("of %d channels", n), func(b *testing.B) {
			table := New(func([]measure.Reading) {})
			batch := make([]measure.Reading, n)
			for k := range batch {
				batch[k] = reading(measure.ChannelID(k), time.Now(), 1)
				table.Register(batch[k].Channel, time.Minute, nil)
			}
			b.ReportAllocs()
			for b.Loop() {
				table.Put(batch)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/reading")
		})
	}
}
