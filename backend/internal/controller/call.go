package controller

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"
)

// Call runs f on lane and returns its result. It is the way to reach anything that may
// block: a bus, a file below /sys, a library without contexts.
//
// The context that f gets ends after timeout (0: none of its own) or with ctx. An f that
// then returns has its error replaced by a *TimeoutError. An f that does not is abandoned a
// moment later (a tenth of timeout, 100 ms at most): Call returns the *TimeoutError,
// counts the call on the lane and at the Reporter in ctx, and drops whatever f returns later.
// The lane stays busy until then, for its bus is; so f must not write to what the caller
// still uses, and hands over its result by returning it.
//
// Waiting for a busy lane counts towards timeout and ends in an error that is ErrLaneBusy
// and the reason why waiting ended. A panic in f is returned as a *PanicError. When ctx
// itself ends, the error is that of ctx. A nil lane runs f in a goroutine of its own.
func Call[T any](ctx context.Context, lane *Lane, timeout time.Duration, f func(context.Context) (T, error)) (T, error) {
	var zero T
	if err := ctx.Err(); err != nil {
		return zero, err
	}
	if lane == nil {
		lane = &Lane{}
	}
	c := &call[T]{lane: lane, f: f, seat: lane.seat()}
	c.ctx.parent = ctx //nolint:fatcontext // the call's own context, made for one call
	c.ctx.deadline, _ = ctx.Deadline()
	var expired <-chan time.Time // never, without a timeout
	if timeout > 0 {
		if own := time.Now().Add(timeout); c.ctx.deadline.IsZero() || own.Before(c.ctx.deadline) {
			c.ctx.deadline = own
		}
		expired = c.seat.wake(timeout)
	}
	lane.add(c)
	select {
	case <-c.seat.done:
		c.ctx.end(context.Canceled)
		lane.free(c.seat)
		return c.v, c.err
	case <-expired:
		c.ctx.end(context.DeadlineExceeded)
	case <-ctx.Done():
		c.ctx.end(ctx.Err())
	}
	if lane.remove(c) {
		return zero, lane.busyError(ctx, timeout)
	}
	select {
	case <-c.seat.done:
		return c.late(ctx, timeout)
	case <-c.seat.wake(graceOf(timeout)):
	}
	if !lane.abandon(c) { // it returned in this very moment
		<-c.seat.done
		return c.late(ctx, timeout)
	}
	FromContext(ctx).Abandoned()
	if err := ctx.Err(); err != nil {
		return zero, fmt.Errorf("%w (the call still hangs)", err)
	}
	return zero, &TimeoutError{Lane: lane.name, After: timeout, Abandoned: true}
}

// CallOr is Call for callers that declare a default: when f fails, times out or finds its lane
// busy, the result is def and no error. It is for things like "the fan's speed, or else what
// we last set". It is never for measurements: a default that looks like a reading is a lie
// that a heater will believe. A panic and the end of ctx are still errors.
func CallOr[T any](ctx context.Context, lane *Lane, timeout time.Duration, def T, f func(context.Context) (T, error)) (T, error) {
	v, err := Call(ctx, lane, timeout, f)
	if err == nil {
		return v, nil
	}
	if _, panicked := errors.AsType[*PanicError](err); panicked {
		return def, err
	}
	if ended := ctx.Err(); ended != nil {
		return def, ended
	}
	return def, nil
}

// call is one Call. The worker of its lane writes v and err, then lets seat.done know.
type call[T any] struct {
	ctx  callContext
	lane *Lane
	seat *seat
	f    func(context.Context) (T, error)

	v        T
	err      error
	returned bool // under lane.mu
}

// run is guard without its two allocations: there is one per reading of every sensor.
func (c *call[T]) run() {
	normal := false
	defer func() {
		if normal {
			return
		}
		c.err = ErrExited
		if v := recover(); v != nil {
			c.err = &PanicError{Value: v, Stack: debug.Stack()}
		}
		c.finish()
	}()
	c.v, c.err = c.f(&c.ctx)
	normal = true
	c.finish()
}

func (c *call[T]) finish() {
	c.lane.mu.Lock()
	c.returned = true
	c.lane.mu.Unlock()
	c.seat.done <- struct{}{} // never waits: see seat
}

// late is the result of a call that returned after its context had ended.
func (c *call[T]) late(ctx context.Context, timeout time.Duration) (T, error) {
	if c.err == nil {
		return c.v, nil
	}
	if _, ok := errors.AsType[*PanicError](c.err); ok || ctx.Err() != nil {
		return c.v, c.err
	}
	return c.v, &TimeoutError{Lane: c.lane.name, After: timeout}
}

func (c *call[T]) finished() bool { return c.returned }

func (l *Lane) busyError(ctx context.Context, timeout time.Duration) error {
	err := ctx.Err()
	if err == nil {
		err = &TimeoutError{Lane: l.name, After: timeout}
	}
	if since, ok := l.Hung(); ok {
		return fmt.Errorf("%w (a call hangs since %s): %w", ErrLaneBusy, since.UTC().Format(time.RFC3339), err)
	}
	return fmt.Errorf("%w: %w", ErrLaneBusy, err)
}

// graceOf is how long a call may take to notice that its context has ended.
func graceOf(timeout time.Duration) time.Duration {
	if timeout <= 0 {
		return 100 * time.Millisecond
	}
	return min(max(timeout/10, time.Millisecond), 100*time.Millisecond)
}
