package input

import (
	"context"
	"fmt"
	"io"
	"time"

	"hypha/internal/host"
	"hypha/internal/measure"
)

// Listener is a source that has been reached and whose data arrives by itself.
type Listener interface {
	// Listen receives until ctx ends; an error closes the source, and it is dialled anew with backoff. It reports a lost
	// connection that mends itself through controller.FromContext(ctx).
	Listen(ctx context.Context, emit Emit) error
	io.Closer
}

// listening is a source that need not be reached first.
type listening func(ctx context.Context, emit Emit) error

func (l listening) Listen(ctx context.Context, emit Emit) error { return l(ctx, emit) }
func (listening) Close() error                                  { return nil }

// dialOf is nil for kinds that are read.
func dialOf[O any](s Spec[O], o O) func(context.Context, host.Host) (Listener, error) {
	switch {
	case s.Dial != nil:
		return func(ctx context.Context, h host.Host) (Listener, error) { return s.Dial(ctx, o, h) }
	case s.Listen != nil:
		return func(_ context.Context, h host.Host) (Listener, error) {
			return listening(func(ctx context.Context, emit Emit) error { return s.Listen(ctx, o, h, emit) }), nil
		}
	}
	return nil
}

// Listens tells that data arrives by itself: the device has no period.
func (d *Device) Listens() bool { return d.dial != nil }

// Listen reaches the source and receives until ctx ends; only for devices that Listens.
func (d *Device) Listen(ctx context.Context, h host.Host, emit Emit) error {
	l, err := d.dial(ctx, h)
	if err != nil {
		return err
	}
	defer func() { _ = l.Close() }() // it has been received from; there is nothing to lose
	return l.Listen(ctx, emit)
}

// dial reaches the source, so that an input that runs is one whose source has answered.
func (i *Input) dial(ctx context.Context) error {
	i.mu.Lock()
	i.stopping = false
	i.mu.Unlock()
	l, err := i.cfg.Device.dial(ctx, i.cfg.Host)
	if err != nil {
		return err
	}
	i.mu.Lock()
	gone := i.stopping || ctx.Err() != nil
	if !gone {
		i.listener = l
	}
	i.mu.Unlock()
	if gone { // Stop has not waited for this call
		_ = l.Close()
		return fmt.Errorf("connect: %w", context.Cause(ctx))
	}
	return nil
}

func (i *Input) listen(ctx context.Context) error {
	i.mu.Lock()
	l := i.listener
	i.mu.Unlock()
	if l == nil {
		return ErrNotOpen
	}
	return l.Listen(ctx, i.emit(ctx))
}

// emit receives the values of a listening device.
func (i *Input) emit(ctx context.Context) Emit {
	return func(channel int, at time.Time, v float64) error {
		if channel < 0 || channel >= len(i.chains) {
			return fmt.Errorf("the input has no channel %d", channel)
		}
		if err := ctx.Err(); err != nil {
			return err // a late value of a source that has been stopped
		}
		ft := at.UnixMilli()
		if at.IsZero() {
			at = time.Now()
			ft = i.filterTime(at)
		}
		i.mu.Lock()
		r, err := i.refine(channel, at.UnixMilli(), ft, v)
		if err != nil {
			i.stats.Failures++
			i.stats.LastError = err.Error()
		} else {
			i.stats.Reads++
			i.stats.LastReadingAt = at
			i.stats.LastError = ""
		}
		i.mu.Unlock()
		if err != nil {
			return err
		}
		i.cfg.Sink.Accept(ctx, []measure.Reading{r})
		return nil
	}
}
