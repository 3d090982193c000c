package controller_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"hypha/internal/controller"
)

func TestDirectReturnsWhatTheCallReturns(t *testing.T) {
	boom := errors.New("boom")
	v, err := controller.Direct(t.Context(), time.Second, func(context.Context) (int, error) { return 7, boom })
	if v != 7 || !errors.Is(err, boom) {
		t.Errorf("%v, %v; want 7 and the error of the call", v, err)
	}
}

func TestDirectTurnsALateErrorIntoATimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, err := controller.Direct(t.Context(), time.Second, func(ctx context.Context) (int, error) {
			<-ctx.Done()
			return 0, ctx.Err()
		})
		var late *controller.TimeoutError
		if !errors.As(err, &late) || late.After != time.Second || late.Abandoned {
			t.Errorf("%v; want a time-out after 1 s of a call that was not abandoned", err)
		}
	})
}

func TestDirectKeepsTheEndOfTheCallersContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := controller.Direct(ctx, time.Second, func(ctx context.Context) (int, error) { return 0, ctx.Err() })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v; want the caller's own end", err)
	}
}

func TestDirectTurnsAPanicIntoAnError(t *testing.T) {
	_, err := controller.Direct(t.Context(), time.Second, func(context.Context) (int, error) { panic("wrong register") })
	var p *controller.PanicError
	if !errors.As(err, &p) || len(p.Stack) == 0 {
		t.Errorf("%v; want the panic with its stack", err)
	}
}
