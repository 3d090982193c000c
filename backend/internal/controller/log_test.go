package controller

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestTheSameFailureIsLoggedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer // slog's handler locks
		m := NewManager(Config{Logger: slog.New(slog.NewTextHandler(&out, nil)), Rand: func() float64 { return 1 }})
		f := &fake{}
		f.initialize = func(context.Context) error {
			if f.inits.Load() <= 5 {
				return errDevice
			}
			return nil
		}
		f.run = func(ctx context.Context) error {
			if f.runs.Load() <= 5 { // flaps
				return errDevice
			}
			return after(2*time.Minute, errDevice)(ctx)
		}
		start(t, m, "input/1", f, Policy{})
		sleep(10 * time.Minute)
		if err := m.Close(t.Context()); err != nil {
			t.Error(err)
		}
		// Once for the series of failures, and once for each time after a run of two minutes.
		failures, recoveries := strings.Count(out.String(), "not well"), strings.Count(out.String(), "recovered")
		if failures != 3 || recoveries != failures {
			t.Errorf("%d failures and %d recoveries are logged:\n%s", failures, recoveries, out.String())
		}
	})
}

func TestPanicLeavesItsStackInTheLogOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		m := NewManager(Config{Logger: slog.New(slog.NewTextHandler(&out, nil))})
		start(t, m, "input/1", &fake{initialize: func(context.Context) error { panic("nil map") }}, Policy{})
		sleep(10 * time.Minute)
		s, _ := m.Status("input/1")
		if s.Error != "panic: nil map" {
			t.Errorf("users read %q", s.Error)
		}
		if err := m.Close(t.Context()); err != nil {
			t.Error(err)
		}
		if n := strings.Count(out.String(), "log_test.go"); n != 1 {
			t.Errorf("the place of the panic is logged %d times", n)
		}
	})
}
