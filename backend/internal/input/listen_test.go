package input

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"hypha/internal/controller"
	"hypha/internal/host"
)

// tower is a source that must be reached first.
type tower struct {
	took   time.Duration // to reach it
	off    atomic.Bool
	open   atomic.Int32
	listen func(ctx context.Context) error
}

func (s *tower) kind() Kind {
	return Define(Spec[noOptions]{ID: "tower", Channels: channels(1), Dial: func(ctx context.Context, _ noOptions, _ host.Host) (Listener, error) {
		select {
		case <-time.After(s.took):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		if s.off.Load() {
			return nil, errNoAnswer
		}
		s.open.Add(1)
		return s, nil
	}})
}

func (s *tower) Listen(ctx context.Context, _ Emit) error {
	if s.listen != nil {
		return s.listen(ctx)
	}
	<-ctx.Done()
	return nil
}

func (s *tower) Close() error { s.open.Add(-1); return nil }

func TestAnInputRunsOnceItsSourceIsReached(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &tower{took: 3 * time.Second}
		s.off.Store(true)
		var ran atomic.Bool
		cfg := quiet()
		cfg.OnChange = func(st controller.Status) { ran.CompareAndSwap(false, st.State == controller.Running) }
		m := controller.NewManager(cfg)
		in := newInput(t, s.kind(), &sink{})
		if err := m.Start("input/1", in, controller.Policy{InitTimeout: in.InitTimeout()}); err != nil {
			t.Fatal(err)
		}
		later(10 * time.Minute)
		if ran.Load() {
			t.Error("it ran without a source")
		}
		s.off.Store(false)
		later(2 * time.Minute)
		if st, _ := m.Status("input/1"); st.State != controller.Running || s.open.Load() != 1 {
			t.Errorf("status %+v with %d connections", st, s.open.Load())
		}
		if err := m.Close(t.Context()); err != nil || s.open.Load() != 0 {
			t.Errorf("closed: %v, %d connections are left", err, s.open.Load())
		}
	})
}

func TestASourceThatEndsIsClosedAndReachedAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &tower{listen: func(context.Context) error { return errNoAnswer }}
		in := newInput(t, s.kind(), &sink{})
		for range 3 {
			if err := in.Initialize(t.Context()); err != nil || s.open.Load() != 1 {
				t.Fatalf("Initialize: %v, %d connections", err, s.open.Load())
			}
			if err := in.Run(t.Context()); !errors.Is(err, errNoAnswer) {
				t.Errorf("Run: %v", err)
			}
			if err := in.Stop(t.Context()); err != nil || s.open.Load() != 0 {
				t.Errorf("Stop: %v, %d connections", err, s.open.Load())
			}
		}
		if err := in.Run(t.Context()); !errors.Is(err, ErrNotOpen) {
			t.Errorf("Run without Initialize: %v", err)
		}
	})
}

func TestAReadWaitsForAnInputThatHasJustBeenStarted(t *testing.T) {
	for _, c := range []struct {
		name  string
		opens time.Duration
		takes time.Duration
		err   error
	}{
		{"soon open", time.Second, time.Second, nil},
		{"not open in time", time.Minute, firstTry, ErrNotOpen},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := &device{values: 1}
				in := newInput(t, kindOf(d, 1, time.Hour), &sink{})
				go func() {
					<-time.After(c.opens)
					_ = in.Initialize(t.Context())
				}()
				began := time.Now()
				got, err := in.ReadNow(t.Context())
				if !errors.Is(err, c.err) || (err == nil) != (len(got) == 1) || time.Since(began) != c.takes {
					t.Errorf("after %v: %v, %v", time.Since(began), got, err)
				}
				later(2 * time.Minute)
				if err := in.Stop(t.Context()); err != nil {
					t.Error(err)
				}
			})
		})
	}
}
