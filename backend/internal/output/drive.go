package output

import (
	"context"
	"errors"
	"fmt"
	"time"

	"hypha/internal/controller"
)

var (
	// ErrNotOpen says that the output is disabled or its device does not answer, so that nothing can be driven.
	ErrNotOpen = errors.New("the output is not running")
	// ErrStopped says that everything is stopped and the command is not one to the safe level.
	ErrStopped = errors.New("everything is stopped: release the stop first")
	// ErrNoChannel says that the output has no such channel.
	ErrNoChannel = errors.New("the output has no such channel")
)

// NotTakenError says that the device did not take a level; the channel is being brought to its safe level.
type NotTakenError struct{ Err error }

func (e *NotTakenError) Error() string {
	return "the device did not take the command: " + e.Err.Error()
}

// Unwrap returns the cause.
func (e *NotTakenError) Unwrap() error { return e.Err }

// retryCap bounds the wait between two tries to bring a channel to the level that it owes.
const retryCap = 30 * time.Second

// Drive executes a command for by ("user:maya", ...). The error is an option.Errors when the command does not fit the
// channel or its limits, ErrStopped, ErrNotOpen, ErrNoChannel or a *NotTakenError.
func (o *Output) Drive(ctx context.Context, n int, c Command, by, reason string) (State, error) {
	if n < 0 || n >= len(o.cfg.Channels) {
		return State{}, ErrNoChannel
	}
	if err := o.check(n, c); err != nil {
		return State{}, err
	}
	if err := o.acquire(ctx); err != nil {
		return State{}, err
	}
	defer o.release()
	cfg := o.cfg.Channels[n]
	if o.cfg.Latched() {
		if safe, ok := cfg.safe(); !ok || !safe.Equal(c.Level) {
			return State{}, ErrStopped
		}
	}
	now := time.Now()
	next := State{Level: c.Level, By: by, Reason: reason}
	o.mu.Lock()
	err := o.rested(n, c.Level, now)
	activeSince := o.channels[n].activeSince
	o.mu.Unlock()
	if err != nil {
		return State{}, err
	}
	if c.Duration > 0 {
		next.EndsAt = at(now.Add(c.Duration))
	}
	if limit := cfg.Limits.MaxOnS; limit != nil && c.Active() {
		if activeSince.IsZero() {
			activeSince = now
		}
		end := activeSince.Add(seconds(*limit))
		if next.EndsAt == nil || end.Before(*next.EndsAt) {
			next.EndsAt = &end
			next.Reason = "ends at the longest on-time of this output"
		}
	}
	if c.Lease > 0 {
		next.LeaseUntil = at(now.Add(c.Lease))
	}
	if err := o.set(ctx, n, next); err != nil {
		return State{}, err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.channels[n].state, nil
}

// MakeSafe brings every channel to its safe level, whatever else was asked of it. A channel that fails does not keep
// the others from theirs.
func (o *Output) MakeSafe(ctx context.Context, by, reason string) error {
	if err := o.acquire(ctx); err != nil {
		return err
	}
	defer o.release()
	var errs []error
	for n, cfg := range o.cfg.Channels {
		safe, ok := cfg.safe()
		if !ok {
			continue
		}
		if err := o.set(ctx, n, State{Level: safe, By: by, Reason: reason}); err != nil && !errors.Is(err, ErrNotOpen) {
			errs = append(errs, fmt.Errorf("%s: %w", cfg.Name, err))
		}
	}
	return errors.Join(errs...)
}

// check judges a command by itself.
func (o *Output) check(n int, c Command) error {
	cfg := o.cfg.Channels[n]
	if err := c.Check(cfg.Type, ""); err != nil {
		return err
	}
	if err := cfg.Limits.allow(c.Level); err != nil {
		return err
	}
	if c.Duration > 0 {
		switch {
		case cfg.Type == Volume:
			return fieldError("duration_s", "does not fit a volume, which ends by itself")
		case cfg.Type == Value && cfg.Safe == nil:
			return fieldError("duration_s", "needs a safe value to end with: set one for this channel")
		case !c.Active():
			return fieldError("duration_s", "ends an on command; off has no end")
		case cfg.Limits.MaxOnS != nil && c.Duration > seconds(*cfg.Limits.MaxOnS):
			return fieldError("duration_s", fmt.Sprintf("must be at most %g s: the longest on-time of this output", *cfg.Limits.MaxOnS))
		}
	}
	return nil
}

// rested refuses to switch on before the channel has rested, and off before it has run, as its limits say. It needs mu.
func (o *Output) rested(n int, level Level, now time.Time) error {
	limits, ch := o.cfg.Channels[n].Limits, &o.channels[n]
	if level.Active() && limits.MinOffS != nil && !ch.idleSince.IsZero() {
		if left := seconds(*limits.MinOffS) - now.Sub(ch.idleSince); left > 0 {
			return fieldError(levelField(level), fmt.Sprintf("rests for another %v: the shortest off-time of this output", left.Round(time.Second)))
		}
	}
	if !level.Active() && limits.MinOnS != nil && !ch.activeSince.IsZero() {
		if left := seconds(*limits.MinOnS) - now.Sub(ch.activeSince); left > 0 {
			return fieldError(levelField(level), fmt.Sprintf("runs for another %v: the shortest on-time of this output", left.Round(time.Second)))
		}
	}
	return nil
}

func levelField(l Level) string {
	if l.Duty != nil {
		return "duty"
	}
	return "on"
}

// set writes a level to the device and makes it the state. Whoever calls holds driving. On failure the channel owes its
// safe level, which Run repeats until the device takes it.
func (o *Output) set(ctx context.Context, n int, s State) error {
	o.mu.Lock()
	writer, lane := o.writer, o.lane
	before := o.channels[n].state
	o.mu.Unlock()
	if writer == nil || lane == nil {
		return ErrNotOpen
	}
	s.Index, s.Since = n, time.Now()
	if s.Level.Equal(before.Level) && before.Error == "" && !before.Assumed {
		s.Since = before.Since // renewed, not changed
	}
	if err := o.cfg.Memory.Save(ctx, s); err != nil && s.Active() {
		// What would not survive a crash is not switched on. Off is always right.
		return fmt.Errorf("the command could not be written down, so it was not executed: %w", err)
	}
	_, err := controller.Call(ctx, lane, o.cfg.Timeout, func(ctx context.Context) (struct{}, error) {
		return struct{}{}, writer.Write(ctx, n, s.Level)
	})
	o.mu.Lock()
	ch := &o.channels[n]
	if err != nil {
		s.Error = err.Error()
		if safe, ok := o.cfg.Channels[n].safe(); ok {
			ch.owed = &safe
			ch.tries++
			ch.retryAt = time.Now().Add(min(time.Second<<min(ch.tries-1, 5), retryCap))
		}
		s.EndsAt, s.LeaseUntil = nil, nil
	} else {
		ch.owed, ch.tries = nil, 0
	}
	o.note(n, s)
	o.mu.Unlock()
	o.cfg.Changed(s)
	o.wake()
	if err != nil {
		return &NotTakenError{Err: err}
	}
	return nil
}

// note makes s the state of channel n and keeps the times of rest. It needs mu.
func (o *Output) note(n int, s State) {
	ch := &o.channels[n]
	ch.state = s
	switch {
	case s.Error != "": // nobody knows what the device does
	case s.Active() && ch.activeSince.IsZero():
		ch.activeSince, ch.idleSince = s.Since, time.Time{}
	case !s.Active() && ch.idleSince.IsZero():
		if !ch.activeSince.IsZero() {
			ch.idleSince = s.Since
		}
		ch.activeSince = time.Time{}
	}
}

// due returns how long nothing is to be done, and what the device refuses at present.
func (o *Output) due() (wait time.Duration, failing string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	next := time.Now().Add(time.Hour)
	for n := range o.channels {
		ch := &o.channels[n]
		for _, t := range []*time.Time{ch.state.EndsAt, ch.state.LeaseUntil} {
			if t != nil && t.Before(next) {
				next = *t
			}
		}
		if ch.owed != nil {
			failing = fmt.Sprintf("%s could not be set: %s", o.cfg.Channels[n].Name, ch.state.Error)
			if ch.retryAt.Before(next) {
				next = ch.retryAt
			}
		}
	}
	return max(0, time.Until(next)), failing
}

// settle does what is due.
func (o *Output) settle(ctx context.Context) {
	if err := o.acquire(ctx); err != nil {
		return
	}
	defer o.release()
	for n, cfg := range o.cfg.Channels {
		o.mu.Lock()
		ch := o.channels[n]
		o.mu.Unlock()
		now := time.Now()
		next := State{}
		switch {
		case ch.owed != nil && !ch.retryAt.After(now):
			next = State{Level: *ch.owed, By: "safe", Reason: "the device had not taken a command"}
		case ch.state.LeaseUntil != nil && !ch.state.LeaseUntil.After(now):
			next.By, next.Reason = "safe", "the lease ran out without being renewed"
			next.Level, _ = cfg.safe()
		case ch.state.EndsAt != nil && !ch.state.EndsAt.After(now):
			next.By, next.Reason = "timer", "its time was over"
			if next.Level, _ = OffOf(cfg.Type); cfg.Type == Value {
				next.Level, _ = cfg.safe()
			}
		default:
			continue
		}
		if next.Level == (Level{}) { // a value without a safe one: it stays, without an end
			o.mu.Lock()
			o.channels[n].state.EndsAt, o.channels[n].state.LeaseUntil = nil, nil
			o.mu.Unlock()
			continue
		}
		if err := o.set(ctx, n, next); err != nil && ctx.Err() == nil {
			o.cfg.Logger.Warn("output channel could not be set", "channel", cfg.Name, "level", next.Level.String(), "error", err)
		}
	}
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

func at(t time.Time) *time.Time { return &t }
