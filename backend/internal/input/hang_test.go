package input

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"hypha/internal/controller"
	"hypha/internal/host"
)

// stuck is a read that never returns before release is closed.
func stuck(release <-chan struct{}) func(context.Context, int) ([]float64, error) {
	return func(context.Context, int) ([]float64, error) {
		<-release
		return []float64{0}, nil
	}
}

func quiet() controller.Config { return controller.Config{Logger: slog.New(slog.DiscardHandler)} }

func TestADriverThatHangsDisturbsNobodyAndIsOpenedAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := controller.NewManager(quiet())
		release := make(chan struct{})
		bad, good := &device{}, &device{}
		badSink, goodSink := &sink{}, &sink{}
		hanging := newInput(t, kindOf(bad, 1, time.Second), badSink)
		for ref, in := range map[controller.Ref]*Input{
			"input/1": hanging, "input/2": newInput(t, kindOf(good, 1, time.Second), goodSink),
		} {
			if err := m.Start(ref, in, controller.Policy{InitTimeout: in.InitTimeout()}); err != nil {
				t.Fatal(err)
			}
		}
		later(10 * time.Second)
		bad.do(func() { bad.read = stuck(release) })
		before := len(badSink.of(0))
		later(time.Hour)
		if n := len(goodSink.of(0)); n < 3600 {
			t.Errorf("the good sensor was read %d times in an hour", n)
		}
		if got := badSink.of(0)[before:]; len(got) != 0 {
			t.Errorf("a hanging sensor yielded %v", got)
		}
		bad.mu.Lock()
		if bad.opened < 2 || bad.reads-before > maxHanging+1 || bad.closed < bad.opened-1 {
			t.Errorf("opened %d times, %d calls hang (at most %d), closed %d times", bad.opened, bad.reads-before, maxHanging, bad.closed)
		}
		bad.mu.Unlock()
		status, _ := m.Status("input/1")
		if status.State != controller.BackingOff || !strings.Contains(status.Error, "never returned") || status.AbandonedCalls == 0 {
			t.Errorf("status %+v", status)
		}
		bad.do(func() { bad.read = nil })
		close(release)
		later(2 * time.Minute)
		if status, _ := m.Status("input/1"); status.State != controller.Running {
			t.Errorf("once the calls have returned the status is %+v", status)
		}
		if got := badSink.of(0)[before:]; len(got) == 0 || got[0].V == 0 {
			t.Errorf("after the hang came %v: want what was read anew, not what the stuck calls returned", got)
		}
		if err := m.Close(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

func TestABusThatHangsHoldsTheInputsOfThatBusOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lanes := controller.NewLanes()
		m := controller.NewManager(quiet())
		release := make(chan struct{})
		devices := map[string]*device{"i2c-1 a": {}, "i2c-1 b": {}, "i2c-2": {}}
		sinks := map[string]*sink{}
		for name, d := range devices {
			k := Define(Spec[noOptions]{
				ID: "fake", Period: time.Second, Timeout: time.Second, Channels: channels(1), Open: d.open,
				Lane: func(noOptions) string { return name[:5] },
			})
			sinks[name] = &sink{}
			in := newInput(t, k, sinks[name], func(c *Config) { c.Lanes = lanes })
			if err := m.Start(controller.Ref(name), in, controller.Policy{InitTimeout: in.InitTimeout()}); err != nil {
				t.Fatal(err)
			}
		}
		later(time.Second)
		devices["i2c-1 a"].do(func() { devices["i2c-1 a"].read = stuck(release) })
		later(10 * time.Minute)
		if n := len(sinks["i2c-2"].of(0)); n < 600 {
			t.Errorf("the other bus was read %d times in 10 minutes", n)
		}
		if s, _ := m.Status("i2c-1 b"); s.State == controller.Running || !strings.Contains(s.Error, "lane is busy") {
			t.Errorf("the neighbour on the bus is %+v", s)
		}
		if d := devices["i2c-1 a"]; d.reads > 3+1 {
			t.Errorf("%d calls hang on one bus", d.reads)
		}
		devices["i2c-1 a"].do(func() { devices["i2c-1 a"].read = nil })
		close(release)
		later(2 * time.Minute)
		for name, d := range devices {
			if s, _ := m.Status(controller.Ref(name)); s.State != controller.Running {
				t.Errorf("%s is %+v after the bus is free", name, s)
			}
			if d.overlap {
				t.Errorf("%s: two calls overlapped", name)
			}
		}
		if err := m.Close(t.Context()); err != nil {
			t.Error(err)
		}
		for name, d := range devices {
			if d.opened != d.closed {
				t.Errorf("%s was opened %d times and closed %d times", name, d.opened, d.closed)
			}
		}
	})
}

func TestAnOpenThatComesTooLateIsClosedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &device{}
		k := Define(Spec[noOptions]{
			ID: "fake", Period: time.Second, Timeout: time.Second, Channels: channels(1),
			Open: func(ctx context.Context, _ noOptions, _ host.Host) (Reader, error) {
				<-time.After(time.Minute)
				return d.open(ctx, noOptions{}, host.Host{})
			},
		})
		in := newInput(t, k, &sink{})
		err := in.Initialize(t.Context())
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Initialize: %v, want a time-out", err)
		}
		if err := in.Stop(t.Context()); err != nil {
			t.Errorf("Stop: %v", err)
		}
		later(time.Minute)
		if d.opened != 1 || d.closed != 1 {
			t.Errorf("opened %d times, closed %d times", d.opened, d.closed)
		}
	})
}

func TestOpeningIsRetriedUntilItWorks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &device{opening: errNoAnswer}
		in := newInput(t, kindOf(d, 1, time.Second), &sink{})
		m := controller.NewManager(quiet())
		if err := m.Start("input/1", in, controller.Policy{InitTimeout: in.InitTimeout()}); err != nil {
			t.Fatal(err)
		}
		later(5 * time.Minute)
		if s, _ := m.Status("input/1"); s.State != controller.BackingOff || s.Error != "open: no answer" {
			t.Errorf("status %+v", s)
		}
		d.do(func() { d.opening = nil })
		later(time.Minute)
		if s, _ := m.Status("input/1"); s.State != controller.Running {
			t.Errorf("status %+v", s)
		}
		if err := m.Close(t.Context()); err != nil || d.closed != 1 {
			t.Errorf("Close: %v, closed %d times", err, d.closed)
		}
	})
}

func TestNothingIsHandedOnAfterStop(t *testing.T) {
	for _, prompt := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			d := &device{}
			s := &sink{}
			k := Define(Spec[noOptions]{
				ID: "fake", Period: time.Hour, Timeout: 5 * time.Second, Channels: channels(1), Open: d.open,
				Prompt: func(noOptions) bool { return prompt },
			})
			u := start(t, newInput(t, k, s))
			d.do(func() { d.read = takes(3 * time.Second) }) // does not heed its context
			asked := make(chan error, 1)
			go func() { _, err := u.ReadNow(t.Context()); asked <- err }()
			synctest.Wait()
			had := len(s.of(0))
			began := time.Now()
			u.end()
			<-u.ended //nolint:errcheck // how it ended is another test's
			if err := u.Stop(t.Context()); err != nil {
				t.Errorf("Stop: %v", err)
			}
			within := 200 * time.Millisecond
			if prompt { // nothing can end such a read
				within = quietWithin
			}
			if took := time.Since(began); took > within {
				t.Errorf("Stop waited %v for a read that was asked for", took)
			}
			if err := <-asked; err == nil {
				t.Error("a read of a stopped input succeeded")
			}
			later(time.Minute)
			if got := len(s.of(0)); got != had {
				t.Error("a reading was handed on after Stop")
			}
			if _, err := u.ReadNow(t.Context()); !errors.Is(err, ErrNotOpen) {
				t.Errorf("ReadNow after Stop: %v", err)
			}
		})
	}
}
