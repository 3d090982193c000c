package remote

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"hypha/internal/measure"
)

// engineer stands for an engine: it says how a batch goes.
type engineer struct {
	batch   int // of a request; at least 10
	linger  time.Duration
	mu      sync.Mutex
	answer  func(batch []sample) error
	got     []sample
	calls   []time.Time
	changes []State
}

func (e *engineer) write(ctx context.Context, batch []sample) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.calls = append(e.calls, time.Now())
	if e.answer != nil {
		if err := e.answer(batch); err != nil {
			return err
		}
	}
	e.got = append(e.got, batch...)
	return ctx.Err()
}

func (e *engineer) says(answer func([]sample) error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.answer = answer
}

// sending runs a sender over a queue in virtual time.
func sending(t *testing.T, e *engineer, limit int64, test func(t *testing.T, q *queue, s *sender)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		q := testQueue(t, t.TempDir(), limit)
		s := &sender{
			queue: q, write: e.write, broke: func() bool { return false }, batch: max(e.batch, 10), linger: e.linger, pauseMax: 30 * time.Second, logger: quiet(),
			onChange: func(st State) { e.changes = append(e.changes, st) },
		}
		ctx, cancel := context.WithCancel(t.Context())
		var ended sync.WaitGroup
		ended.Go(func() { s.run(ctx) })
		test(t, q, s)
		cancel()
		ended.Wait()
		if err := q.close(); err != nil {
			t.Error(err)
		}
	})
}

// pass lets virtual time pass, and everybody do what is due then.
func pass(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

func status(code int) error { return &StatusError{Code: code} }

func TestSendingWaitsLongerAndLonger(t *testing.T) {
	e := &engineer{answer: func([]sample) error { return status(http.StatusInternalServerError) }}
	sending(t, e, 1<<20, func(t *testing.T, q *queue, s *sender) {
		put(t, q, some(0, 25))
		pass(2 * time.Minute)
		var pauses []time.Duration
		for i := range e.calls[1:] {
			pauses = append(pauses, e.calls[i+1].Sub(e.calls[i]))
		}
		want := []time.Duration{1e9, 2e9, 4e9, 8e9, 16e9, 30e9, 30e9}
		if !slices.Equal(pauses, want) {
			t.Errorf("pauses %v, want %v", pauses, want)
		}
		if st := s.snapshot(); st.Err == nil || st.Queued != 25 || st.Failed != 8 || len(e.changes) != 1 {
			t.Errorf("%+v, %d changes", st, len(e.changes))
		}
		e.says(nil)
		pass(time.Minute)
		wantSamples(t, "after the outage", e.got, some(0, 25))
		if st := s.snapshot(); st.Err != nil || st.Queued != 0 || st.Sent != 25 || len(e.changes) != 2 {
			t.Errorf("%+v, %d changes", st, len(e.changes))
		}
	})
}

func TestSendingWaitsAsLongAsItIsTold(t *testing.T) {
	e := &engineer{answer: func([]sample) error { return &StatusError{Code: http.StatusTooManyRequests, After: 7 * time.Second} }}
	sending(t, e, 1<<20, func(t *testing.T, q *queue, _ *sender) {
		put(t, q, some(0, 3))
		pass(20 * time.Second)
		if len(e.calls) != 3 || e.calls[1].Sub(e.calls[0]) != 7*time.Second {
			t.Errorf("tried at %v", e.calls)
		}
	})
}

func TestOnlyWhatIsRefusedIsLeftOut(t *testing.T) {
	bad := func(s sample) bool { return s.t == 7 || s.t == 12 || s.t == 13 }
	e := &engineer{answer: func(batch []sample) error {
		if slices.ContainsFunc(batch, bad) {
			return status(http.StatusBadRequest)
		}
		return nil
	}}
	sending(t, e, 1<<20, func(t *testing.T, q *queue, s *sender) {
		all := some(0, 40)
		put(t, q, all)
		synctest.Wait()
		got := inOrder(e.got)
		wantSamples(t, "taken", got, slices.DeleteFunc(all, bad))
		if st := s.snapshot(); st.Rejected != 3 || st.Queued != 0 || st.Err != nil {
			t.Errorf("%+v", st)
		}
	})
}

func TestAnOldBacklogIsNotTakenApartEndlessly(t *testing.T) {
	e := &engineer{batch: 10_000, answer: func(batch []sample) error {
		if slices.ContainsFunc(batch, func(s sample) bool { return s.t < 5_000 }) {
			return status(http.StatusBadRequest)
		}
		return nil
	}}
	sending(t, e, 1<<20, func(t *testing.T, q *queue, s *sender) {
		put(t, q, some(0, 6_000))
		synctest.Wait()
		if st := s.snapshot(); st.Rejected != 5_000 || len(e.got) != 1_000 || len(e.calls) > 100 {
			t.Errorf("%+v, %d taken in %d requests", st, len(e.got), len(e.calls))
		}
	})
}

func TestAnEngineThatMayHaveDiedGetsTheLastMinuteAgain(t *testing.T) {
	e := &engineer{}
	sending(t, e, 1<<20, func(t *testing.T, q *queue, s *sender) {
		put(t, q, some(0, 10))
		pass(2 * time.Minute)
		put(t, q, some(100, 10))
		pass(10 * time.Second)
		e.says(func([]sample) error { return fmt.Errorf("connection refused") })
		put(t, q, some(200, 10))
		pass(10 * time.Second)
		e.got = nil
		e.says(func(batch []sample) error {
			if slices.ContainsFunc(batch, func(s sample) bool { return s.t < 200 }) { // it has them, and says so
				return status(http.StatusConflict)
			}
			return nil
		})
		pass(time.Minute)
		wantSamples(t, "after the outage", inOrder(slices.Clone(e.got)), some(200, 10))
		if st := s.snapshot(); st.Rejected != 0 || st.Sent != 30 {
			t.Errorf("what is there already counts as refused: %+v", st)
		}
	})
}

func TestOverflowIsToldOnceAnOutage(t *testing.T) {
	e := &engineer{answer: func([]sample) error { return status(http.StatusServiceUnavailable) }}
	sending(t, e, 5_000, func(t *testing.T, q *queue, s *sender) {
		for i := range int64(100) {
			put(t, q, some(i*100, 20))
			pass(time.Second)
		}
		pass(time.Minute)
		if len(e.changes) != 2 || e.changes[1].Dropped == 0 {
			t.Errorf("told %d times: %+v", len(e.changes), e.changes)
		}
		dropped := s.snapshot().Dropped
		e.says(nil)
		pass(time.Minute)
		if len(e.changes) != 3 || e.changes[2].Err != nil || uint64(len(e.got))+dropped != 2000 {
			t.Errorf("told %d times, %d taken, %d dropped", len(e.changes), len(e.got), dropped)
		}
	})
}

func TestARequestUnderWayMayEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := testQueue(t, t.TempDir(), 1<<20)
		took := time.Second
		s := &sender{
			queue: q, batch: 10, pauseMax: time.Second, logger: quiet(), onChange: func(State) {}, broke: func() bool { return false },
			write: func(ctx context.Context, _ []sample) error {
				select {
				case <-time.After(took):
					return nil
				case <-ctx.Done():
					return ctx.Err()
				}
			},
		}
		put(t, q, some(0, 10))
		for _, one := range []struct{ takes, ends time.Duration }{{time.Second, time.Second}, {time.Hour, endWithin}} {
			took = one.takes
			put(t, q, some(100, 10))
			ctx, cancel := context.WithCancel(t.Context())
			begin := time.Now()
			var ended sync.WaitGroup
			ended.Go(func() { s.run(ctx) })
			synctest.Wait()
			cancel()
			ended.Wait()
			if d := time.Since(begin); d != one.ends {
				t.Errorf("a request of %v: ended after %v, want %v", one.takes, d, one.ends)
			}
		}
		if st := q.state(); st.sent != 10 || st.waiting != 20 {
			t.Errorf("%+v", st)
		}
		if err := q.close(); err != nil {
			t.Fatal(err)
		}
	})
}

func TestBatchesKeepTheOrder(t *testing.T) {
	e := &engineer{}
	sending(t, e, 1<<20, func(t *testing.T, q *queue, _ *sender) {
		var all []sample
		for i := range int64(30) {
			batch := some(i*100, int(i%13)+1)
			all = append(all, batch...)
			put(t, q, batch)
		}
		synctest.Wait()
		wantSamples(t, "sent", e.got, all)
	})
}

func TestInOrderKeepsTheLast(t *testing.T) {
	got := inOrder([]sample{{t: 3, v: 1}, {t: 1, v: 2}, {t: 3, v: 3}, {t: 2, q: measure.Stale}})
	wantSamples(t, "sorted", got, []sample{{t: 1, v: 2}, {t: 2, q: measure.Stale}, {t: 3, v: 3}})
}

func TestReadingsWaitForOthersToGoWithThem(t *testing.T) {
	e := &engineer{linger: 5 * time.Second}
	sending(t, e, 1<<20, func(t *testing.T, q *queue, _ *sender) {
		for i := range int64(20) {
			put(t, q, some(i*1000, 1))
			pass(time.Second)
		}
		if n := len(e.calls); n < 3 || n > 5 {
			t.Errorf("%d requests in 20 s, want 5 at most", n)
		}
		pass(10 * time.Second)
		if len(e.got) != 20 {
			t.Errorf("%d sent", len(e.got))
		}
	})
}
