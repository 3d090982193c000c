package output

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"hypha/internal/controller"
)

// InitTimeout is how long Initialize may take: open, and one write for each channel.
func (o *Output) InitTimeout() time.Duration {
	return time.Duration(1+len(o.cfg.Channels)) * (o.cfg.Timeout + time.Second)
}

// Initialize opens the device and brings every channel to its state at start. A channel that fails does not keep the
// others from theirs: it is owed, and only when no channel takes its state has Initialize failed.
func (o *Output) Initialize(ctx context.Context) error {
	defer o.tried.Do(func() { close(o.first) })
	lane := o.cfg.Lanes.Lane(cmp.Or(o.cfg.Device.Lane, o.cfg.Ref))
	o.mu.Lock()
	o.lane, o.stopping = lane, false
	o.mu.Unlock()
	writer, err := controller.Call(ctx, lane, o.cfg.Timeout, func(ctx context.Context) (Writer, error) {
		w, err := o.cfg.Device.Open(ctx, o.cfg.Host)
		if err == nil && ctx.Err() != nil { // nobody waits for it any more
			closeWriter(w)
			return nil, context.Cause(ctx)
		}
		return w, err
	})
	if err != nil {
		return fmt.Errorf("open: %w", err)
	}
	if err := o.acquire(ctx); err != nil {
		closeWriter(writer)
		return err
	}
	defer o.release()
	o.mu.Lock()
	gone := o.stopping || ctx.Err() != nil
	if !gone {
		o.writer, o.closed = writer, time.Time{}
	}
	o.mu.Unlock()
	if gone { // Stop has not waited for this call
		closeWriter(writer)
		return fmt.Errorf("open: %w", context.Cause(ctx))
	}
	known, err := o.cfg.Memory.Load(ctx)
	forgotten := err != nil
	if forgotten {
		o.cfg.Logger.Error("the last known states could not be loaded: channels that keep theirs are made safe", "error", err)
	}
	if err := o.loadDoses(ctx); err != nil {
		o.cfg.Logger.Error("what was dosed before could not be loaded", "error", err)
	}
	if err := o.loadTallies(ctx); err != nil {
		o.cfg.Logger.Error("what the channels have counted before could not be loaded", "error", err)
	}
	var errs []error
	for n := range o.cfg.Channels {
		last := lastOf(known, n)
		if err := o.start(ctx, n, last, forgotten); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", o.cfg.Channels[n].Name, err))
		}
	}
	if len(errs) == len(o.cfg.Channels) || ctx.Err() != nil {
		return errors.Join(errs...)
	}
	return nil
}

func lastOf(known []State, n int) *State {
	for k := range known {
		if known[k].Index == n {
			return &known[k]
		}
	}
	return nil
}

// Stop brings every channel to its state at stop and closes the device. A command that is under way is cut short.
func (o *Output) Stop(ctx context.Context) error {
	o.mu.Lock()
	o.stopping = true
	if o.abort != nil {
		o.abort()
	}
	o.mu.Unlock()
	var errs []error
	if err := o.acquire(ctx); err != nil {
		errs = append(errs, fmt.Errorf("the device is still busy, its states at stop were not applied: %w", err))
	} else {
		defer o.release()
		errs = o.rest(ctx)
	}
	o.tallies(context.WithoutCancel(ctx), true)
	o.mu.Lock()
	writer, lane := o.writer, o.lane
	o.writer, o.lane, o.closed = nil, nil, time.Now()
	for n := range o.channels { // who drives it when it runs again must say so again
		o.channels[n].claims, o.channels[n].vacant, o.channels[n].countedAt = nil, nil, time.Time{}
	}
	o.mu.Unlock()
	if c, ok := writer.(io.Closer); ok {
		closing := sync.OnceValue(c.Close)
		_, err := controller.Call(ctx, lane, o.cfg.Timeout, func(context.Context) (struct{}, error) { return struct{}{}, closing() })
		if err != nil {
			go closing() //nolint:errcheck // beside the call that hangs, which closing often ends; there is nobody to tell
			errs = append(errs, fmt.Errorf("close: %w", err))
		}
	}
	if lane != nil {
		lane.Release()
	}
	return errors.Join(errs...)
}

// rest applies the states at stop. Each channel gets its share of the time that is left, so that one that hangs does not
// take that of the others.
func (o *Output) rest(ctx context.Context) (errs []error) {
	o.mu.Lock()
	open := o.writer != nil
	o.mu.Unlock()
	for n, cfg := range o.cfg.Channels {
		next, ok := o.atStop(n)
		if !ok || !open {
			continue
		}
		within := o.cfg.Timeout
		if end, bounded := ctx.Deadline(); bounded {
			within = min(within, time.Until(end)/time.Duration(len(o.cfg.Channels)-n+1))
		}
		share, cancel := context.WithTimeout(ctx, within)
		if err := o.set(share, n, next); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", cfg.Name, err))
		}
		cancel()
	}
	return errs
}

// atStop is what a channel goes to when the output stops; ok is false when it stays as it is.
func (o *Output) atStop(n int) (next State, ok bool) {
	cfg := o.cfg.Channels[n]
	level, ok := cfg.resting(cfg.AtStop)
	next = State{Level: level, By: "at_stop"}
	o.mu.Lock()
	defer o.mu.Unlock()
	ch := &o.channels[n]
	switch {
	case o.cfg.Latched():
		next = State{By: "stop", Reason: "everything is stopped"}
		next.Level, ok = cfg.safe()
	case ok:
	case ch.owed != nil:
		next, ok = *ch.owed, true
	case ch.state.EndsAt != nil || ch.state.LeaseUntil != nil:
		next.Reason = "a command with an end is not kept: nobody would end it"
		next.Level, ok = cfg.safe()
	}
	if s := ch.state; ok && cfg.Guard.OnRestart == "finish" && s.EndsAt != nil && s.Active() && !doses(s.Level) && o.cfg.Ending() && !o.cfg.Latched() {
		s.Resume, s.LeaseUntil = nil, nil
		next.Resume = &s
	}
	return next, ok
}

func closeWriter(w Writer) {
	if c, ok := w.(io.Closer); ok {
		_ = c.Close() // the device is given up: there is nobody to tell
	}
}
