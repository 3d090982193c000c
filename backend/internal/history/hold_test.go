package history

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"hypha/internal/measure"
)

func TestReadingsOfAWrongClockWaitAndAreDatedByTheMonotonicOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // the clock of a bubble begins in 2000
		w := NewWriter(WriterConfig{Store: appender(func([]measure.Reading) error { return nil }), Floor: time.Now().Add(365 * 24 * time.Hour)})
		start := time.Now().UnixMilli()
		for i := range 3 {
			if err := w.Push(t.Context(), []measure.Reading{{Channel: 1, T: time.Now().UnixMilli(), V: float64(i)}}); err != nil {
				t.Fatal(err)
			}
			<-time.After(10 * time.Second)
		}
		if s := w.State(); s.Held != 3 || s.Queued != 0 {
			t.Fatalf("%+v, want three that are held", s)
		}
		// The clock is set: 20 years on. The monotonic clock has counted half a minute.
		set := time.Now().Add(20 * 365 * 24 * time.Hour)
		w.mu.Lock()
		w.releaseAt(set.UnixMilli(), 30*time.Second)
		got := w.waiting
		w.mu.Unlock()
		if len(got) != 3 || w.State().Held != 0 || w.State().Queued != 3 {
			t.Fatalf("%v", got)
		}
		for i, r := range got {
			if want := set.UnixMilli() - int64(30-10*i)*1000; r.T != want {
				t.Errorf("reading %d, taken %d ms after the start, is dated %d, want %d", i, r.T-start, r.T, want)
			}
		}
	})
}

type appender func([]measure.Reading) error

func (a appender) Append(_ context.Context, rs []measure.Reading) error { return a(rs) }
