package controller

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

const latency = 100 * time.Millisecond

// read is a device that takes 100 ms and knows no context.
func read(context.Context) (float64, error) {
	<-time.After(latency)
	return 21.5, nil
}

// counter is a Reporter that counts.
type counter struct {
	silent

	abandoned atomic.Int32
}

func (c *counter) Abandoned() { c.abandoned.Add(1) }

func TestSensorsOnTheirOwnLanesTakeAsLongAsOne(t *testing.T) {
	for _, n := range []int{2, 1000, 10_000} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				lanes, begin := NewLanes(), time.Now()
				var wg sync.WaitGroup
				for range n {
					wg.Go(func() {
						lane := lanes.Lane("")
						defer lane.Release()
						if v, err := Call(t.Context(), lane, time.Second, read); v != 21.5 || err != nil {
							t.Error(v, err)
						}
					})
				}
				wg.Wait()
				if took := time.Since(begin); took != latency {
					t.Errorf("%d sensors took %v", n, took)
				}
			})
		})
	}
}

func TestOneBusIsSerialAndInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lanes, begin := NewLanes(), time.Now()
		var wg sync.WaitGroup
		var order []int // only the lane's worker writes it
		for i := range 5 {
			wg.Go(func() {
				lane := lanes.Lane("i2c-1")
				defer lane.Release()
				_, err := Call(t.Context(), lane, time.Second, func(context.Context) (int, error) {
					<-time.After(latency)
					order = append(order, i)
					return i, nil
				})
				if err != nil {
					t.Error(err)
				}
			})
			synctest.Wait()
		}
		wg.Wait()
		if took := time.Since(begin); took != 5*latency {
			t.Errorf("took %v", took)
		}
		if fmt.Sprint(order) != "[0 1 2 3 4]" {
			t.Errorf("order %v", order)
		}
		if len(lanes.named) != 0 {
			t.Error("a lane that nobody uses is kept")
		}
	})
}

func TestStuckLaneDelaysNobodyElse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lanes, release := NewLanes(), make(chan struct{})
		stuck, well := lanes.Lane("i2c-1"), lanes.Lane("i2c-2")
		rep := &counter{}
		ctx := NewContext(t.Context(), rep)
		begin := time.Now()
		v, err := Call(ctx, stuck, time.Second, func(context.Context) (float64, error) { <-release; return 99, nil })
		var timeout *TimeoutError
		if !errors.As(err, &timeout) || !errors.Is(err, context.DeadlineExceeded) || !timeout.Abandoned || !timeout.Timeout() || v != 0 {
			t.Fatalf("%v, %v", v, err)
		}
		if want := "i2c-1: no answer within 1s (the call still hangs)"; err.Error() != want {
			t.Errorf("%q, want %q", err, want)
		}
		if took := time.Since(begin); took != time.Second+latency {
			t.Errorf("gave up after %v", took)
		}
		if !stuck.Pending() || stuck.Abandoned() != 1 || rep.abandoned.Load() != 1 {
			t.Error("not counted")
		}
		begin = time.Now()
		if v, err := Call(ctx, well, time.Second, read); v != 21.5 || err != nil || time.Since(begin) != latency {
			t.Errorf("the other lane: %v, %v after %v", v, err, time.Since(begin))
		}
		_, err = Call(ctx, stuck, time.Second, read)
		if !errors.Is(err, ErrLaneBusy) || !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "hangs since") {
			t.Errorf("on the stuck lane: %v", err)
		}
		if len(stuck.queue) != 0 {
			t.Error("the call that gave up still waits: a stuck lane would collect them for days")
		}
		stuck.Release()
		if again := lanes.Lane("i2c-1"); again != stuck {
			t.Error("the bus is stuck, and the next user got a fresh lane for it")
		}
		close(release)
		synctest.Wait()
		if _, hung := stuck.Hung(); hung || stuck.Pending() {
			t.Error("still busy after the call came back")
		}
		// What the abandoned call returned is gone, and the lane works again.
		if v, err := Call(ctx, stuck, time.Second, read); v != 21.5 || err != nil {
			t.Errorf("%v, %v", v, err)
		}
		stuck.Release()
		well.Release()
		if len(lanes.named) != 0 {
			t.Error("a lane that nobody uses is kept")
		}
	})
}

func TestReleasedLaneIsForgottenWhenItsCallComesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lanes, release := NewLanes(), make(chan struct{})
		lane := lanes.Lane("spi-0")
		if _, err := Call(t.Context(), lane, time.Second, func(context.Context) (int, error) { <-release; return 0, nil }); err == nil {
			t.Error("no error")
		}
		lane.Release()
		if len(lanes.named) != 1 {
			t.Error("forgotten while busy")
		}
		close(release)
		synctest.Wait()
		if len(lanes.named) != 0 {
			t.Error("kept")
		}
	})
}

func TestCallThatHonoursItsContextIsNotAbandoned(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lane, begin := NewLanes().Lane(""), time.Now()
		_, err := Call(t.Context(), lane, time.Second, func(ctx context.Context) (int, error) {
			<-ctx.Done()
			return 0, fmt.Errorf("read: %w", ctx.Err())
		})
		var timeout *TimeoutError
		if !errors.As(err, &timeout) || timeout.Abandoned || lane.Abandoned() != 0 || time.Since(begin) != time.Second {
			t.Errorf("%v after %v", err, time.Since(begin))
		}
	})
}

func TestContextOfACall(t *testing.T) {
	type key struct{}
	synctest.Test(t, func(t *testing.T) {
		parent := context.WithValue(t.Context(), key{}, "x")
		begin := time.Now()
		var late context.Context
		_, err := Call(parent, nil, time.Second, func(ctx context.Context) (int, error) {
			if at, ok := ctx.Deadline(); !ok || at.Sub(begin) != time.Second || ctx.Value(key{}) != "x" || ctx.Err() != nil {
				t.Errorf("deadline %v %v, value %v, error %v", at, ok, ctx.Value(key{}), ctx.Err())
			}
			derived, cancel := context.WithTimeout(ctx, time.Hour)
			defer cancel()
			stop := context.AfterFunc(ctx, func() { t.Error("a function that was taken back has run") })
			if !stop() || stop() {
				t.Error("taking a function back works not exactly once")
			}
			<-derived.Done()
			if derived.Err() != context.DeadlineExceeded || context.Cause(ctx) != context.DeadlineExceeded || time.Since(begin) != time.Second {
				t.Errorf("derived: %v, cause: %v after %v", derived.Err(), context.Cause(ctx), time.Since(begin))
			}
			late = ctx
			return 0, ctx.Err()
		})
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
		ran := make(chan struct{})
		context.AfterFunc(late, func() { close(ran) })
		<-ran

		_, _ = Call(parent, nil, time.Minute, func(ctx context.Context) (int, error) { late = ctx; return 0, nil })
		<-late.Done() // asked for after it ended
		if late.Err() != context.Canceled {
			t.Errorf("after the call: %v", late.Err())
		}

		ctx, cancel := context.WithTimeout(parent, time.Millisecond)
		defer cancel()
		_, _ = Call(ctx, nil, time.Minute, func(ctx context.Context) (int, error) {
			if at, _ := ctx.Deadline(); at.After(time.Now().Add(time.Millisecond)) {
				t.Error("the deadline is not the caller's, which is earlier")
			}
			return 0, nil
		})
	})
}

func TestCallEndsWithItsCaller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		defer close(release)
		lane := NewLanes().Lane("")
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		begin := time.Now()
		_, err := Call(ctx, lane, 0, func(context.Context) (int, error) { <-release; return 0, nil })
		var timeout *TimeoutError
		if !errors.Is(err, context.DeadlineExceeded) || errors.As(err, &timeout) || time.Since(begin) != 2*time.Second+latency {
			t.Errorf("%v after %v", err, time.Since(begin))
		}
		if _, err := Call(ctx, lane, time.Second, read); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("with an ended context: %v", err)
		}
	})
}

func TestErrorsPanicsAndExitsOfACall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lane := NewLanes().Lane("")
		for _, c := range []struct {
			f  func(context.Context) (int, error)
			ok func(error) bool
		}{
			{func(context.Context) (int, error) { return 0, errDevice }, func(err error) bool { return errors.Is(err, errDevice) }},
			{func(context.Context) (int, error) { panic("x") }, func(err error) bool {
				p, ok := errors.AsType[*PanicError](err)
				return ok && p.Value == "x"
			}},
			{func(context.Context) (int, error) { runtime.Goexit(); return 0, nil }, func(err error) bool { return errors.Is(err, ErrExited) }},
			{func(context.Context) (int, error) { return 7, nil }, func(err error) bool { return err == nil }},
		} {
			var wg sync.WaitGroup
			for range 3 { // those behind it must get their turn
				wg.Go(func() {
					if _, err := Call(t.Context(), lane, time.Second, c.f); !c.ok(err) {
						t.Error(err)
					}
					if _, err := Call(t.Context(), nil, time.Second, c.f); !c.ok(err) {
						t.Error("without a lane:", err)
					}
				})
			}
			wg.Wait()
		}
		synctest.Wait()
		if lane.Pending() {
			t.Error("a worker is left over")
		}
	})
}

func TestCallOr(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		defer close(release)
		lane := NewLanes().Lane("")
		if v, err := CallOr(t.Context(), lane, time.Second, -1, read); v != 21.5 || err != nil {
			t.Error(v, err)
		}
		if v, err := CallOr(t.Context(), lane, time.Second, -1, func(context.Context) (int, error) { return 3, errDevice }); v != -1 || err != nil {
			t.Error("error:", v, err)
		}
		if v, err := CallOr(t.Context(), lane, time.Second, -1, func(context.Context) (int, error) { panic("x") }); v != -1 || err == nil {
			t.Error("panic:", v, err)
		}
		if v, err := CallOr(t.Context(), lane, time.Second, -1, func(context.Context) (int, error) { <-release; return 3, nil }); v != -1 || err != nil {
			t.Error("time-out:", v, err)
		}
		if v, err := CallOr(t.Context(), lane, time.Second, -1., read); v != -1 || err != nil {
			t.Error("busy lane:", v, err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if v, err := CallOr(ctx, lane, time.Second, -1, func(context.Context) (int, error) { return 3, nil }); v != -1 || !errors.Is(err, context.Canceled) {
			t.Error("cancelled:", v, err)
		}
	})
}

// TestAbandonedCallIsCountedAtTheController joins lanes and manager as an input does.
func TestAbandonedCallIsCountedAtTheController(t *testing.T) {
	bubble(t, func(t *testing.T, m *Manager, r *recorder) {
		release := make(chan struct{})
		defer close(release)
		lane := NewLanes().Lane("w1")
		start(t, m, "input/1", &fake{run: func(ctx context.Context) error {
			_, err := Call(ctx, lane, time.Second, func(context.Context) (int, error) { <-release; return 0, nil })
			FromContext(ctx).Degraded(err.Error())
			<-ctx.Done()
			return nil
		}}, Policy{})
		sleep(2 * time.Second)
		if s := wantState(t, m, "input/1", Degraded); s.AbandonedCalls != 1 {
			t.Errorf("status %+v", s)
		}
	})
}

// TestEverythingAtOnce has no expectations but that nothing races, blocks or leaks.
func TestEverythingAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := NewManager(Config{Logger: slog.New(slog.DiscardHandler)})
		var wg sync.WaitGroup
		for i := range 8 {
			wg.Go(func() {
				for j := range 40 {
					ref := Ref(fmt.Sprint((i + j) % 5))
					f := &fake{run: after(time.Duration(j)*time.Second, errDevice)}
					switch j % 5 {
					case 0:
						_ = m.Start(ref, f, Policy{})
					case 1:
						_ = m.Replace(t.Context(), ref, f, Policy{})
					case 2:
						_ = m.Retry(ref)
					case 3:
						_ = m.Stop(t.Context(), ref)
					case 4:
						_ = m.Remove(t.Context(), ref)
					}
					<-time.After(time.Duration(i) * time.Second)
					_ = m.List()
				}
			})
		}
		wg.Wait()
		if err := m.Close(t.Context()); err != nil {
			t.Error(err)
		}
	})
}
