package controller

import (
	"context"
	"errors"
	"fmt"
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
	own, cancel := ctx, context.CancelFunc(nil)
	if timeout > 0 {
		own, cancel = context.WithTimeout(ctx, timeout)
	} else {
		own, cancel = context.WithCancel(ctx)
	}
	defer cancel()
	c := &call[T]{ctx: own, lane: lane, f: f, done: make(chan struct{})}
	lane.add(c)
	select {
	case <-c.done:
		return c.result(ctx, timeout)
	case <-own.Done():
	}
	if lane.remove(c) {
		return zero, lane.busyError(ctx, timeout)
	}
	grace := time.NewTimer(graceOf(timeout))
	defer grace.Stop()
	select {
	case <-c.done:
		return c.result(ctx, timeout)
	case <-grace.C:
	}
	if !lane.abandon(c) { // it returned in this very moment
		<-c.done
		return c.result(ctx, timeout)
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
	var p *PanicError
	if errors.As(err, &p) {
		return def, err
	}
	if ended := ctx.Err(); ended != nil {
		return def, ended
	}
	return def, nil
}

// call is one Call; the worker of its lane writes v and err, then closes done.
type call[T any] struct {
	ctx  context.Context //nolint:containedctx // lives as long as the call
	lane *Lane
	f    func(context.Context) (T, error)

	v        T
	err      error
	returned bool // under lane.mu
	done     chan struct{}
}

func (c *call[T]) run() {
	c.finish(guard(func() (err error) {
		c.v, err = c.f(c.ctx)
		return err
	}, c.finish))
}

func (c *call[T]) finish(err error) {
	c.err = err
	c.lane.mu.Lock()
	c.returned = true
	c.lane.mu.Unlock()
	close(c.done)
}

// result is what a call that has returned gives its caller.
func (c *call[T]) result(ctx context.Context, timeout time.Duration) (T, error) {
	if c.err == nil {
		return c.v, nil
	}
	var p *PanicError
	if ctx.Err() == nil && c.ctx.Err() != nil && !errors.As(c.err, &p) {
		return c.v, &TimeoutError{Lane: c.lane.name, After: timeout}
	}
	return c.v, c.err
}

func (c *call[T]) finished() bool { return c.returned }

// abandon gives up on a running call; false when it has returned.
func (l *Lane) abandon(c interface{ finished() bool }) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if c.finished() {
		return false
	}
	l.hung = time.Now()
	l.abandoned.Add(1)
	return true
}

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
