package history_test

import (
	"context"
	"errors"
	"math"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"hypha/internal/history"
	"hypha/internal/history/historytest"
	"hypha/internal/measure"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var errDiskFull = errors.New("disk full")

// run starts Run and returns what stops it and gives its error.
func run(ctx context.Context, w *history.Writer) (stop func() error) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan error)
	go func() { done <- w.Run(ctx) }()
	return func() error { cancel(); return <-done }
}

func readings(from, n int) []measure.Reading {
	all := make([]measure.Reading, n)
	for i := range all {
		all[i] = measure.Reading{Channel: 1, T: int64(from + i), V: 1}
	}
	return all
}

func push(t *testing.T, w *history.Writer, rs []measure.Reading) {
	t.Helper()
	if err := w.Push(t.Context(), rs); err != nil {
		t.Error(err)
	}
}

func TestWriterCommitsOncePerPeriodOrWhenFull(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &historytest.Memory{}
		w := history.NewWriter(history.WriterConfig{Store: store, Every: 10 * time.Second, Batch: 100})
		stop := run(t.Context(), w)
		for i := range 9 {
			push(t, w, readings(i, 1))
		}
		synctest.Wait()
		if s := w.State(); s.Queued != 9 || s.Commits != 0 {
			t.Errorf("at once: %+v, want 9 queued", s)
		}
		<-time.After(11 * time.Second)
		if s := w.State(); s.Committed != 9 || s.Commits != 1 {
			t.Errorf("after the period: %+v, want 9 committed at once", s)
		}
		push(t, w, readings(100, 120))
		synctest.Wait()
		if s := w.State(); s.Committed != 109 || s.Queued != 20 {
			t.Errorf("a full batch: %+v, want 100 more committed and 20 queued", s)
		}
		if err := stop(); err != nil || len(store.All()) != 129 {
			t.Errorf("stopped: %v, %d stored, want 129", err, len(store.All()))
		}
	})
}

func TestFlushWaitsForTheStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &historytest.Memory{}
		w := history.NewWriter(history.WriterConfig{Store: store, Every: time.Hour, Batch: 10})
		stop := run(t.Context(), w)
		rs := readings(0, 25)
		push(t, w, rs)
		rs[0].V = 99 // the caller's again
		if err := w.Flush(t.Context()); err != nil || len(store.All()) != 25 || store.All()[0].V != 1 {
			t.Errorf("%v, %d stored; want 25", err, len(store.All()))
		}
		store.Fail(errDiskFull)
		push(t, w, readings(100, 1))
		if err := w.Flush(t.Context()); !errors.Is(err, errDiskFull) {
			t.Errorf("failing store: %v, want %v", err, errDiskFull)
		}
		store.Fail(nil)
		if err := stop(); err != nil || len(store.All()) != 26 {
			t.Errorf("stopped: %v, %d stored; want 26", err, len(store.All()))
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		push(t, w, readings(200, 1))
		if err := w.Flush(ctx); !errors.Is(err, context.DeadlineExceeded) { // nobody runs it
			t.Errorf("without Run: %v", err)
		}
	})
}

func TestPushWaitsWhileTheQueueIsFull(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &historytest.Memory{}
		w := history.NewWriter(history.WriterConfig{Store: store, Every: time.Second, Batch: 100, Bound: 10})
		push(t, w, readings(0, 8))
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := w.Push(ctx, readings(8, 3)); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("full queue: %v, want %v", err, context.DeadlineExceeded)
		}
		var through atomic.Bool
		go func() { push(t, w, readings(8, 50)); through.Store(true) }() // larger than the bound itself
		synctest.Wait()
		if through.Load() {
			t.Error("a full queue took 50 more")
		}
		stop := run(t.Context(), w)
		synctest.Wait()
		if !through.Load() {
			t.Error("waits though there is room")
		}
		if err := stop(); err != nil || len(store.All()) != 58 || w.State().Lost != 0 {
			t.Errorf("%v, %d stored, %+v; want 58", err, len(store.All()), w.State())
		}
	})
}

func TestWriterOutlivesAFullDisk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &historytest.Memory{}
		var told []history.WriterState
		w := history.NewWriter(history.WriterConfig{
			Store: store, Every: time.Second, Bound: 100,
			OnChange: func(s history.WriterState) { told = append(told, s) },
		})
		stop := run(t.Context(), w)
		store.Fail(errDiskFull)
		push(t, w, readings(0, 60))
		<-time.After(2 * time.Second)
		push(t, w, readings(60, 40))
		synctest.Wait()
		if s := w.State(); s.Queued != 100 || s.Lost != 0 || !errors.Is(s.Err, errDiskFull) {
			t.Errorf("in the outage: %+v, want 100 queued", s)
		}
		for i := range 10 {
			push(t, w, readings(100+i, 1)) // beyond the bound, and does not wait
		}
		<-time.After(10 * time.Minute)
		store.Fail(nil)
		<-time.After(31 * time.Second)
		all := store.All()
		if len(all) != 100 || all[0].T != 10 {
			t.Errorf("%d stored from %d on, want the newest 100", len(all), all[0].T)
		}
		if s := w.State(); s.Lost != 10 || s.Committed != 100 || s.Err != nil {
			t.Errorf("afterwards: %+v", s)
		}
		if err := stop(); err != nil {
			t.Error(err)
		}
		if len(told) != 3 || told[0].Err == nil || told[0].Lost != 0 || told[1].Lost == 0 || told[2].Err != nil || told[2].Lost != 10 {
			t.Errorf("told %+v; want failing, losing, working", told)
		}
	})
}

func TestWriterKeepsReadingsOverARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &historytest.Memory{}
		store.Fail(errDiskFull)
		w := history.NewWriter(history.WriterConfig{Store: store})
		push(t, w, readings(0, 3))
		if err := run(t.Context(), w)(); !errors.Is(err, errDiskFull) {
			t.Errorf("last commit failed, but: %v", err)
		}
		store.Fail(nil)
		if err := run(t.Context(), w)(); err != nil || len(store.All()) != 3 {
			t.Errorf("%v, %d stored; want 3", err, len(store.All()))
		}
	})
}

// hanging is a store whose Append takes as long as its context allows.
type hanging struct{ historytest.Memory }

func (h *hanging) Append(ctx context.Context, rs []measure.Reading) error {
	<-ctx.Done()
	return ctx.Err()
}

func TestStopIsBoundedInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := history.NewWriter(history.WriterConfig{Store: &hanging{}, DrainTime: 3 * time.Second})
		stop := run(t.Context(), w)
		push(t, w, readings(0, 3))
		<-time.After(5 * time.Second)
		start := time.Now()
		if err := stop(); !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != 3*time.Second {
			t.Errorf("%v after %v, want the drain time", err, time.Since(start))
		}
		if s := w.State(); s.Queued != 3 {
			t.Errorf("%+v, want 3 queued", s)
		}
	})
}

func TestPushRefusesWhatIsNotANumber(t *testing.T) {
	w := history.NewWriter(history.WriterConfig{Store: &historytest.Memory{}})
	err := w.Push(t.Context(), []measure.Reading{{Channel: 4, V: math.NaN()}})
	if !errors.Is(err, history.ErrInvalid) || w.State().Queued != 0 {
		t.Errorf("%v, %+v", err, w.State())
	}
}

// syncing counts how often it is synced.
type syncing struct {
	historytest.Memory
	at  []time.Time
	bad atomic.Bool
}

func (s *syncing) Sync(context.Context) error {
	s.at = append(s.at, time.Now())
	if s.bad.Load() {
		return errDiskFull
	}
	return nil
}

// TestWhatIsStoredPastTheWriterIsSyncedToo: pushed readings go to the store at once, for somebody waits.
func TestWhatIsStoredPastTheWriterIsSyncedToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &syncing{}
		w := history.NewWriter(history.WriterConfig{Store: store, Every: time.Second, SyncEvery: 5 * time.Second})
		stop := run(t.Context(), w)
		w.Stored()
		<-time.After(time.Minute)
		synctest.Wait()
		if len(store.at) != 1 {
			t.Errorf("%d syncs, want 1", len(store.at))
		}
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
}

func TestASyncThatFailsIsToldOnceAndTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &syncing{}
		store.bad.Store(true)
		var told []error
		w := history.NewWriter(history.WriterConfig{
			Store: store, Every: time.Second, SyncEvery: 5 * time.Second,
			OnChange: func(s history.WriterState) { told = append(told, s.SyncErr) },
		})
		stop := run(t.Context(), w)
		push(t, w, readings(0, 1))
		<-time.After(time.Minute)
		synctest.Wait()
		if len(told) != 1 || !errors.Is(told[0], errDiskFull) || len(store.at) < 5 || w.State().Err != nil {
			t.Errorf("told %v after %d syncs, %+v", told, len(store.at), w.State())
		}
		store.bad.Store(false)
		<-time.After(time.Minute)
		synctest.Wait()
		if len(told) != 2 || told[1] != nil || w.State().SyncErr != nil {
			t.Errorf("told %v after it works again", told)
		}
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
}

func TestSyncFollowsCommitsWithinItsPeriod(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &syncing{}
		w := history.NewWriter(history.WriterConfig{Store: store, Every: time.Second, SyncEvery: 5 * time.Second})
		stop := run(t.Context(), w)
		start := time.Now()
		for i := range 12 {
			push(t, w, readings(i, 1))
			<-time.After(time.Second)
		}
		<-time.After(time.Hour) // nothing new: no more syncs
		synctest.Wait()
		if len(store.at) != 3 || store.at[2].Sub(start) > 17*time.Second {
			t.Errorf("synced at %v, want 3 times", store.at)
		}
		if err := stop(); err != nil || len(store.at) != 4 {
			t.Errorf("%v, %d syncs; want one at the end", err, len(store.at))
		}
	})
}
