package input

import (
	"context"
	"math"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestTheBeatKeepsItsPhaseOverAThousandSlowReads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &device{read: takes(73 * time.Millisecond)}
		epoch := time.Now()
		u := start(t, newInput(t, kindOf(d, 1, 100*time.Millisecond), &sink{}, func(c *Config) {
			c.Epoch, c.Phase = epoch, 40*time.Millisecond
		}))
		later(100 * time.Second)
		u.stop(t)
		d.mu.Lock()
		defer d.mu.Unlock()
		if len(d.began) < 1000 {
			t.Fatalf("%d reads in 100 s, want 1 000", len(d.began))
		}
		for n, began := range d.began[1:] { // the first is that of Initialize
			if off := began.Sub(epoch) % (100 * time.Millisecond); off != 40*time.Millisecond {
				t.Fatalf("beat %d began %v after the grid, want 40ms", n, off)
			}
		}
		if s := u.Stats(); s.Skipped != 0 || s.MaxLateness != 0 {
			t.Errorf("stats %+v, want no lateness", s)
		}
	})
}

func TestAReadThatOverrunsSkipsBeatsAndDegrades(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &device{}
		s := &sink{}
		u := start(t, newInput(t, kindOf(d, 1, 100*time.Millisecond), s))
		later(time.Second)
		d.do(func() { d.read = takes(250 * time.Millisecond) })
		later(300 * time.Millisecond)
		if now, _ := u.report.said(); now != "" {
			t.Errorf("one overrun says %q", now)
		}
		later(3 * time.Second)
		if now, _ := u.report.said(); !strings.Contains(now, "2 of 3 beats are skipped") {
			t.Errorf("the input says %q of itself", now)
		}
		if late := u.Stats().MaxLateness; late != 0 {
			t.Errorf("a beat after a skipped one was %v late", late)
		}
		skipped := u.Stats().Skipped
		if s.mu.Lock(); skipped < 18 || uint64(s.skipped) != skipped {
			t.Errorf("%d beats skipped in 3.3 s, the sink heard of %d; want about 2 of 3", skipped, s.skipped)
		}
		s.mu.Unlock()
		if got := len(s.of(0)); got < 20 {
			t.Errorf("%d readings, want one of each read", got)
		}
		d.do(func() { d.read = nil })
		later(time.Second)
		now, log := u.report.said()
		if now != "" || len(log) != 2 {
			t.Errorf("the input says %q after %q, want degraded and recovered once each", now, log)
		}
		d.mu.Lock()
		last := d.began[len(d.began)-1].Sub(d.began[0])
		d.mu.Unlock()
		if last%(100*time.Millisecond) != 0 {
			t.Errorf("after the overruns the beat lies %v off its grid", last%(100*time.Millisecond))
		}
		u.stop(t)
	})
}

func TestFailuresDegradeThenRestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &device{}
		u := start(t, newInput(t, kindOf(d, 1, time.Second), &sink{}, func(c *Config) { c.FailuresBeforeDegraded = 3 }))
		d.do(func() { d.read = func(context.Context, int) ([]float64, error) { return nil, errNoAnswer } })
		later(2 * time.Second)
		if now, _ := u.report.said(); now != "" {
			t.Errorf("degraded after 2 failures: %q", now)
		}
		later(time.Second)
		if now, _ := u.report.said(); !strings.Contains(now, "no answer") {
			t.Errorf("after 3 failures the input says %q of itself", now)
		}
		later(2 * time.Second)
		select {
		case err := <-u.ended:
			t.Fatalf("Run ended after 5 failures: %v", err)
		default:
		}
		later(time.Second)
		select {
		case err := <-u.ended:
			if err == nil || !strings.Contains(err.Error(), "6 reads") || !strings.Contains(err.Error(), "no answer") {
				t.Errorf("Run ended with %v", err)
			}
		default:
			t.Error("Run goes on after 6 failures: the device is never opened anew")
		}
		if s := u.Stats(); s.Failures != 6 || s.Reads != 1 || s.LastError != "no answer" {
			t.Errorf("stats %+v", s)
		}
		if err := u.Stop(t.Context()); err != nil || d.closed != 1 {
			t.Errorf("Stop: %v, closed %d times", err, d.closed)
		}
	})
}

func TestOneDeadChannelLeavesTheOthersAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &device{}
		d.read = func(_ context.Context, n int) ([]float64, error) {
			return []float64{float64(n), 0, float64(n)}, ChannelErrors{1: errNoAnswer}
		}
		s := &sink{}
		u := start(t, newInput(t, kindOf(d, 3, time.Second), s)) // Initialize takes what it gets
		later(time.Minute)
		for id, want := range map[int]int{1: 61, 2: 0, 3: 61} {
			if got := len(s.of(u.cfg.Channels[id-1].ID)); got != want {
				t.Errorf("channel %d has %d readings, want %d", id, got, want)
			}
		}
		now, log := u.report.said()
		if !strings.Contains(now, "b") || !strings.Contains(now, "no answer") || len(log) != 1 {
			t.Errorf("the input says %q after %q, want degraded once, with channel and cause", now, log)
		}
		if d.opened != 1 {
			t.Errorf("the device was opened %d times for a channel that fails", d.opened)
		}
		if st := u.Stats(); st.Reads != 61 || st.Failures != 61 || !strings.HasPrefix(st.LastError, "b: ") {
			t.Errorf("stats %+v", st)
		}
		d.do(func() { d.read = nil; d.values = 3 })
		later(time.Second)
		if now, _ := u.report.said(); now != "" || u.Stats().LastError != "" {
			t.Errorf("after the recovery the input says %q, last error %q", now, u.Stats().LastError)
		}
		u.stop(t)
	})
}

func TestWhenAllChannelsFailTheReasonsAreTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &device{read: func(context.Context, int) ([]float64, error) {
			return nil, ChannelErrors{0: errNoAnswer, 1: errNoAnswer} // as http_json does
		}}
		in := newInput(t, kindOf(d, 2, time.Second), &sink{})
		if err := in.Initialize(t.Context()); err == nil || !strings.Contains(err.Error(), "no answer") {
			t.Errorf("Initialize: %v, want the reason of the channels", err)
		}
		if st := in.Stats(); !strings.Contains(st.LastError, "no answer") || st.Failures != 1 {
			t.Errorf("stats %+v", st)
		}
		if err := in.Stop(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

func TestNothingNewIsNoFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &device{read: func(context.Context, int) ([]float64, error) { return nil, ErrNotReady }}
		s := &sink{}
		u := start(t, newInput(t, kindOf(d, 1, time.Second), s))
		later(time.Minute)
		if now, _ := u.report.said(); now != "" || u.Stats().Failures != 0 || len(s.of(0)) != 0 {
			t.Errorf("the input says %q with %+v and %d readings", now, u.Stats(), len(s.of(0)))
		}
		u.stop(t)
	})
}

func TestAValueThatIsNoNumberIsRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &device{read: func(context.Context, int) ([]float64, error) { return []float64{math.NaN(), 21, math.Inf(1)}, nil }}
		s := &sink{}
		u := start(t, newInput(t, kindOf(d, 3, time.Second), s))
		if got := s.of(0); len(got) != 1 || got[0].Channel != 2 || got[0].V != 21 {
			t.Errorf("the sink got %v, want the one good value", got)
		}
		if st := u.Stats(); st.Rejects["not_finite"] != 2 || !strings.HasPrefix(st.LastError, "a, c: ") {
			t.Errorf("stats %+v", st)
		}
		u.stop(t)
	})
}

func TestAWrongNumberOfValuesIsAFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, values := range [][]float64{nil, {1}, {1, 2, 3}} {
			d := &device{read: func(context.Context, int) ([]float64, error) { return values, nil }}
			s := &sink{}
			in := newInput(t, kindOf(d, 2, time.Second), s)
			if err := in.Initialize(t.Context()); err == nil || len(s.of(0)) > 0 {
				t.Errorf("%v for two channels: %v, %v", values, err, s.of(0))
			}
			_ = in.Stop(t.Context())
		}
	})
}

func TestAPanicOfADriverIsAFailure(t *testing.T) {
	for _, prompt := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			d := &device{}
			k := Define(Spec[noOptions]{
				ID: "fake", Period: time.Second, Channels: channels(1), Open: d.open, Prompt: func(noOptions) bool { return prompt },
			})
			u := start(t, newInput(t, k, &sink{}))
			d.do(func() { d.read = func(context.Context, int) ([]float64, error) { panic("index out of range") } })
			later(2500 * time.Millisecond)
			if s := u.Stats(); s.Failures != 2 || !strings.Contains(s.LastError, "index out of range") {
				t.Errorf("stats %+v", s)
			}
			d.do(func() { d.read = nil })
			u.stop(t)
		})
	}
}

func TestReadingsCarryTheTimeOfTheirRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &device{read: takes(200 * time.Millisecond)}
		s := &sink{}
		began := time.Now()
		u := start(t, newInput(t, kindOf(d, 1, time.Second), s))
		later(10 * time.Second)
		u.stop(t)
		for n, r := range s.of(0)[1:] {
			if age := r.T - began.UnixMilli(); (age-200)%1000 != 200 { // Initialize took 200 ms, a read takes 200 ms
				t.Errorf("reading %d is dated %d ms after the start", n, age)
			}
		}
	})
}
