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
		o.writer = writer
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

// start brings one channel to its state at start.
func (o *Output) start(ctx context.Context, n int, last *State, forgotten bool) error {
	next, ok := o.atStart(n, last, forgotten, time.Now())
	if ok {
		return o.set(ctx, n, next)
	}
	o.mu.Lock()
	kept := o.channels[n].state
	o.limitOn(n, &kept, time.Now())
	o.channels[n].state = kept
	o.mu.Unlock()
	if !kept.Since.IsZero() {
		o.cfg.Changed(kept)
	}
	return nil
}

// atStart is what a channel goes to when the output starts; ok is false when it keeps its state. A timed command that was
// under way when the program ended is made safe, unless the channel keeps its state: then it is finished when its deadline
// comes, or made safe when that is past.
func (o *Output) atStart(n int, last *State, forgotten bool, now time.Time) (next State, ok bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	cfg := o.cfg.Channels[n]
	timed, holds := o.recall(n, last, now)
	safe, hasSafe := cfg.safe()
	if o.cfg.Latched() {
		return State{Level: safe, By: "stop", Reason: "everything is stopped"}, hasSafe
	}
	level, ok := cfg.resting(cfg.AtStart)
	if !ok {
		next = State{Level: safe, By: "restart"}
		switch {
		case forgotten:
			next.Reason = "its last state could not be loaded"
		case !holds:
			next.Reason = "its time had run out while the program was stopped"
		default:
			return State{}, false
		}
		return next, hasSafe
	}
	next = State{Level: level, By: "at_start"}
	if timed {
		next.Reason = fmt.Sprintf("a timed command (%s) was under way when the program ended", last.Level)
	}
	if hasSafe && safe.Equal(level) {
		return next, true
	}
	if err := o.rested(n, level, now); err != nil || !o.limitOn(n, &next, now) {
		return State{Level: safe, By: "at_start", Reason: "the on and off times of this output do not allow its state at start yet"}, hasSafe
	}
	return next, true
}

// recall takes the last known state over as an assumption, with its times of rest. timed tells that it would have ended
// by itself. holds is false when it does not any more: its end has passed, or the clock was set back behind its
// beginning, so that nobody knows. It needs mu.
func (o *Output) recall(n int, last *State, now time.Time) (timed, holds bool) {
	if last == nil {
		return false, true
	}
	s := *last
	timed = s.EndsAt != nil || s.LeaseUntil != nil
	holds = !timed || !s.Since.After(now) && !passed(s.EndsAt, now) && !passed(s.LeaseUntil, now)
	if !o.channels[n].state.Since.IsZero() {
		return timed, holds // this process knows better
	}
	s.Index, s.Assumed, s.Error = n, true, ""
	if s.Since.After(now) {
		s.Since = now
	}
	o.note(n, s)
	if !s.Active() {
		o.channels[n].idleSince = s.Since
	}
	return timed, holds
}

func passed(t *time.Time, now time.Time) bool { return t != nil && !t.After(now) }

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
	o.mu.Lock()
	writer, lane := o.writer, o.lane
	o.writer, o.lane = nil, nil
	for n := range o.channels { // who drives it when it runs again must say so again
		o.channels[n].claims, o.channels[n].vacant = nil, nil
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
	return next, ok
}

func closeWriter(w Writer) {
	if c, ok := w.(io.Closer); ok {
		_ = c.Close() // the device is given up: there is nobody to tell
	}
}
