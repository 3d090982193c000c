package output

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"hypha/internal/controller"
)

func TestACommandWaitsForAnOutputThatHasJustBeenStarted(t *testing.T) {
	for _, c := range []struct {
		name  string
		opens time.Duration // after the command
		fails bool
		takes time.Duration
		err   error
	}{
		{"soon open", time.Second, false, time.Second, nil},
		{"soon known not to open", time.Second, true, time.Second, ErrNotOpen},
		{"not open in time", time.Minute, false, firstTry, ErrNotOpen},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig()
				if c.fails {
					r.opening = errNoAnswer
				}
				o := r.output(t, controller.NewLanes(), heater())
				go func() {
					<-time.After(c.opens)
					_ = o.Initialize(t.Context())
				}()
				began := time.Now()
				s, err := o.Drive(t.Context(), 0, cmd(on()), maya())
				if !errors.Is(err, c.err) || (err == nil) != s.Active() || time.Since(began) != c.takes {
					t.Errorf("after %v: %+v, %v", time.Since(began), s, err)
				}
				later(2 * time.Minute)
				if err := o.Stop(t.Context()); err != nil {
					t.Error(err)
				}
			})
		})
	}
}
