package input

import (
	"context"
	"errors"
	"math"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"hypha/internal/controller"
	"hypha/internal/host"
	"hypha/internal/measure"
	"hypha/internal/refine"
)

func TestAReadThatIsAskedForGoesBesideTheBeat(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &device{read: takes(30 * time.Millisecond)}
		s := &sink{}
		u := start(t, newInput(t, kindOf(d, 1, 100*time.Millisecond), s))
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				for range 20 {
					<-time.After(37 * time.Millisecond)
					got, err := u.ReadNow(t.Context())
					if err != nil || len(got) != 1 {
						t.Errorf("ReadNow: %v, %v", got, err)
					}
				}
			})
		}
		wg.Wait()
		u.stop(t)
		d.mu.Lock()
		defer d.mu.Unlock()
		if d.overlap {
			t.Error("two reads of one device overlapped")
		}
		if got := len(s.of(0)); got != d.reads {
			t.Errorf("%d readings were handed on of %d reads", got, d.reads)
		}
	})
}

func TestWhoAsksAndLeavesIsNoFailureOfTheDevice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &device{}
		s := &sink{}
		u := start(t, newInput(t, kindOf(d, 1, time.Hour), s))
		d.do(func() {
			d.read = func(ctx context.Context, n int) ([]float64, error) {
				select {
				case <-time.After(500 * time.Millisecond):
					return []float64{1}, nil
				case <-ctx.Done():
					return nil, ctx.Err()
				}
			}
		})
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		defer cancel()
		if got, err := u.ReadNow(ctx); err != nil || len(got) != 1 {
			t.Errorf("ReadNow: %v, %v", got, err)
		}
		if st := u.Stats(); st.Failures != 0 {
			t.Errorf("stats %+v", st)
		}
		u.stop(t)
	})
}

func TestASinkThatBlocksLosesNoReading(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &device{}
		s := &sink{}
		u := start(t, newInput(t, kindOf(d, 1, 100*time.Millisecond), s))
		later(time.Second)
		block := make(chan struct{})
		s.mu.Lock()
		s.block = block
		s.mu.Unlock()
		later(time.Minute)
		close(block)
		later(time.Second)
		u.stop(t)
		got := s.of(0)
		if len(got) != d.reads || len(got) < 20 {
			t.Fatalf("%d readings of %d reads were handed on", len(got), d.reads)
		}
		for n, r := range got {
			if r.V != float64(n) {
				t.Fatalf("reading %d has the value %v: something is lost or out of order", n, r.V)
			}
		}
		if u.Stats().Skipped == 0 {
			t.Error("the beats that the full queue cost are not counted")
		}
	})
}

func TestPushedValuesPassTheSameChecks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := Define(Spec[noOptions]{ID: "fake", Pushed: true, Channels: channels(2), Listen: waitFor})
		in := newInput(t, k, &sink{}, func(c *Config) {
			c.Channels[1].Refine = refine.Config{
				Convert: measure.Affine{Scale: 1.8, Offset: 32}, ValidMax: new(100.0),
			}
		})
		if r, err := in.Refine(1, 1000, 20); err != nil || r != (measure.Reading{Channel: 2, T: 1000, V: 68}) {
			t.Errorf("20 C is %v, %v", r, err)
		}
		if r, err := in.Refine(1, 2000, 50); err != nil || r.Q != measure.OutOfRange {
			t.Errorf("50 C is %v, %v", r, err)
		}
		for _, n := range []int{-1, 2} {
			if _, err := in.Refine(n, 0, 0); err == nil {
				t.Errorf("channel %d was taken", n)
			}
		}
		if _, err := in.Refine(0, 0, math.NaN()); !errors.Is(err, refine.ErrNotFinite) {
			t.Errorf("NaN: %v", err)
		}
		if _, err := in.ReadNow(t.Context()); err == nil {
			t.Error("a push input was read")
		}
		in.Delivered(time.Now())
		if st := in.Stats(); st.Reads != 1 || st.LastReadingAt.IsZero() || st.Rejects["valid_range"] != 1 || st.Rejects["not_finite"] != 1 {
			t.Errorf("stats %+v", st)
		}
	})
}

func waitFor(ctx context.Context, _ noOptions, _ host.Host, _ Emit) error {
	<-ctx.Done()
	return nil
}

func TestAListenerEmits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var emit Emit
		k := Define(Spec[noOptions]{ID: "fake", Channels: channels(2), Listen: func(ctx context.Context, _ noOptions, _ host.Host, e Emit) error {
			emit = e
			<-ctx.Done()
			return nil
		}})
		s := &sink{}
		u := start(t, newInput(t, k, s))
		synctest.Wait()
		now := time.Now()
		dated := now.Add(-time.Hour)
		if err := emit(0, time.Time{}, 1); err != nil {
			t.Error(err)
		}
		if err := emit(1, dated, 2); err != nil {
			t.Error(err)
		}
		want := []measure.Reading{{Channel: 1, T: now.UnixMilli(), V: 1}, {Channel: 2, T: dated.UnixMilli(), V: 2}}
		if got := s.of(0); len(got) != 2 || got[0] != want[0] || got[1] != want[1] {
			t.Errorf("the sink got %v, want %v", got, want)
		}
		if err := emit(2, time.Time{}, 3); err == nil {
			t.Error("a channel that does not exist was taken")
		}
		if err := emit(0, time.Time{}, math.Inf(1)); !errors.Is(err, refine.ErrNotFinite) {
			t.Errorf("infinity: %v", err)
		}
		if st := u.Stats(); st.Reads != 2 || st.Failures != 1 || st.LastError == "" {
			t.Errorf("stats %+v", st)
		}
		u.stop(t)
		if err := emit(0, time.Time{}, 4); err == nil || len(s.of(0)) != 2 {
			t.Errorf("a value after the end: %v, %d readings", err, len(s.of(0)))
		}
	})
}

func TestAListenerThatFailsIsTriedAgainWithGrowingPauses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var tries []time.Time
		k := Define(Spec[noOptions]{ID: "fake", Channels: channels(1), Listen: func(context.Context, noOptions, host.Host, Emit) error {
			tries = append(tries, time.Now())
			return errNoAnswer
		}})
		in := newInput(t, k, &sink{})
		cfg := quiet()
		cfg.Rand = func() float64 { return 0.999 }
		m := controller.NewManager(cfg)
		if err := m.Start("input/1", in, controller.Policy{}); err != nil {
			t.Fatal(err)
		}
		later(10 * time.Minute)
		if s, _ := m.Status("input/1"); s.State != controller.BackingOff || !strings.Contains(s.Error, "no answer") {
			t.Errorf("status %+v", s)
		}
		if err := m.Close(t.Context()); err != nil {
			t.Error(err)
		}
		if len(tries) < 8 || len(tries) > 20 {
			t.Errorf("%d tries in 10 minutes, want a backoff up to a minute", len(tries))
		}
	})
}

func TestNewRefusesACalibrationThatCannotWork(t *testing.T) {
	k := kindOf(&device{}, 1, time.Second)
	dev, err := k.Bind([]byte(`{}`))
	if err != nil {
		t.Fatal(err)
	}
	_, err = New(Config{Device: dev, Channels: []ChannelConfig{{Name: "pH", Refine: refine.Config{Calibration: &refine.Calibration{Kind: "magic"}}}}})
	if err == nil || !strings.Contains(err.Error(), "pH") {
		t.Errorf("error %v, want one that names the channel", err)
	}
}
