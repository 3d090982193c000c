package simulated

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"math"
	"testing"
	"testing/synctest"
	"time"

	"hypha/internal/host"
	"hypha/internal/input"
)

func open(t *testing.T, options string) input.Reader {
	t.Helper()
	d, err := Kind().Bind(json.RawMessage(options))
	if err != nil {
		t.Fatal(err)
	}
	r, err := d.Open(t.Context(), host.Host{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestWaveforms(t *testing.T) {
	at := time.Unix(1_800_000_000, 0) // a multiple of 100 s
	for _, c := range []struct {
		wave  string
		after float64
		want  float64
	}{
		{"constant", 3, 20},
		{"sine", 0, 20},
		{"sine", 25, 22},
		{"sine", 75, 18},
		{"square", 10, 22},
		{"square", 60, 18},
		{"ramp", 0, 18},
		{"ramp", 50, 20},
		{"ramp", 99.999, 21.99996},
	} {
		o := Options{Waveform: c.wave, Offset: 20, Amplitude: 2, WavePeriod: 100}
		if got := o.at(at.Add(time.Duration(c.after * 1e9))); math.Abs(got-c.want) > 1e-9 {
			t.Errorf("%s after %v s: %v, want %v", c.wave, c.after, got, c.want)
		}
	}
	o, sum := Options{Waveform: "noise", Offset: 20, Amplitude: 2}, 0.0
	for i := range 1000 {
		v := o.at(at.Add(time.Duration(i) * time.Second))
		if v < 18 || v > 22 || v != o.at(at.Add(time.Duration(i)*time.Second)) {
			t.Fatalf("noise at %d s: %v", i, v)
		}
		sum += v
	}
	if mean := sum / 1000; math.Abs(mean-20) > 0.1 {
		t.Errorf("mean of the noise: %v", mean)
	}
}

func TestEveryThirdReadingFails(t *testing.T) {
	r := open(t, `{"waveform":"constant","offset":7,"fail_every":3}`)
	for i := 1; i <= 6; i++ {
		got, err := r.Read(t.Context())
		if failed := err != nil; failed != (i%3 == 0) || failed && got != nil || !failed && got[0] != 7 {
			t.Errorf("reading %d: %v, %v", i, got, err)
		}
	}
}

func TestLatencyEndsWithTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := open(t, `{"latency_s":10}`)
		start := time.Now()
		if _, err := r.Read(t.Context()); err != nil || time.Since(start) != 10*time.Second {
			t.Errorf("after %v: %v", time.Since(start), err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if got, err := r.Read(ctx); !errors.Is(err, context.DeadlineExceeded) || got != nil {
			t.Errorf("cut short: %v, %v", got, err)
		}
	})
}

func TestAHungReadEndsOnlyWithClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := open(t, `{"hang_every":1}`)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() {
			_, err := r.Read(ctx)
			done <- err
		}()
		cancel()
		synctest.Wait()
		select {
		case err := <-done:
			t.Fatalf("the read returned: %v", err)
		default:
		}
		if c, ok := r.(io.Closer); !ok || c.Close() != nil || c.Close() != nil {
			t.Fatal("cannot be closed twice")
		}
		if err := <-done; err == nil {
			t.Error("a hung read yielded a value")
		}
	})
}

func TestOptions(t *testing.T) {
	for options, good := range map[string]bool{
		`{}`: true,
		`{"quantity":"co2","unit":"ppm","waveform":"constant","offset":800,"amplitude":0}`: true,
		`{"waveform":"sine","wave_period_s":0}`:                                            false,
		`{"waveform":"constant","wave_period_s":0}`:                                        true,
		`{"waveform":"sawtooth"}`:                                                          false,
		`{"latency_s":-1}`:                                                                 false,
		`{"fail_every":-1}`:                                                                false,
		`{"quantities":"co2"}`:                                                             false,
	} {
		if _, err := Kind().Bind(json.RawMessage(options)); (err == nil) != good {
			t.Errorf("%s: %v", options, err)
		}
	}
}
