package output

import (
	"context"
	"errors"
	"fmt"
	"time"
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

// Drive executes a command for by ("user:maya", ...). The error is an option.Errors when the command does not fit the
// channel or its limits, ErrStopped, ErrNotOpen, ErrNoChannel or a *NotTakenError. A command that has begun is carried
// out even if ctx ends.
func (o *Output) Drive(ctx context.Context, n int, c Command, by, reason string) (State, error) {
	if n < 0 || n >= len(o.cfg.Channels) {
		return State{}, ErrNoChannel
	}
	c.Level = c.For(o.cfg.Channels[n].Type)
	if err := o.check(n, c); err != nil {
		return State{}, err
	}
	if err := o.started(ctx); err != nil {
		return State{}, err
	}
	ctx, release, err := o.hold(ctx)
	if err != nil {
		return State{}, err
	}
	defer release()
	if o.cfg.Latched() {
		if safe, ok := o.cfg.Channels[n].safe(); !ok || !safe.Equal(c.Level) {
			return State{}, ErrStopped
		}
	}
	next, err := o.plan(n, c, by, reason)
	if err != nil {
		return State{}, err
	}
	if err := o.record(ctx, n, next); err != nil {
		return State{}, err
	}
	if err := o.set(ctx, n, next); err != nil {
		return State{}, err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.channels[n].state, nil
}

// plan makes the state that a command leads to, and refuses what the limits do not allow at this moment.
func (o *Output) plan(n int, c Command, by, reason string) (State, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.writer == nil {
		return State{}, ErrNotOpen
	}
	now := time.Now()
	if err := o.rested(n, c.Level, now); err != nil {
		return State{}, err
	}
	next := State{Index: n, Level: c.Level, By: by, Reason: reason}
	if c.Duration > 0 {
		next.EndsAt = new(now.Add(c.Duration))
	}
	if c.Lease > 0 {
		next.LeaseUntil = new(now.Add(c.Lease))
	}
	if !o.limitOn(n, &next, now) {
		return State{}, fieldError(levelName(c.Level), fmt.Sprintf("has run for %g s: the longest on-time of this output", *o.cfg.Channels[n].Limits.MaxOnS))
	}
	return next, nil
}

// limitOn gives an active state the end that the longest on-time asks for, counted from when the channel became active;
// false when that has passed. It needs mu.
func (o *Output) limitOn(n int, s *State, now time.Time) bool {
	limit := o.cfg.Channels[n].Limits.MaxOnS
	if limit == nil || !s.Active() {
		return true
	}
	since := o.channels[n].activeSince
	if since.IsZero() {
		since = now
	}
	end := since.Add(seconds(*limit))
	if s.EndsAt == nil || end.Before(*s.EndsAt) {
		s.EndsAt = &end
		if s.Reason == "" {
			s.Reason = "ends at the longest on-time of this output"
		}
	}
	return end.After(now)
}

// MakeSafe brings every channel to its safe level, whatever else was asked of it. A channel that fails does not keep
// the others from theirs. What has not succeeded when it returns is owed and tried again until the device takes it.
func (o *Output) MakeSafe(ctx context.Context, by, reason string) error {
	o.mu.Lock()
	if o.writer == nil {
		o.mu.Unlock()
		return fmt.Errorf("%w: its channels become safe as soon as its device answers", ErrNotOpen)
	}
	// Noted before the wait for a command that may be under way: the caller can give up, the debt stays.
	now := time.Now()
	for n, cfg := range o.cfg.Channels {
		if safe, ok := cfg.safe(); ok {
			o.channels[n].owed, o.channels[n].retryAt = &State{Level: safe, By: by, Reason: reason}, now
		}
	}
	o.mu.Unlock()
	ctx, release, err := o.hold(ctx)
	if err != nil {
		o.wake()
		return err
	}
	defer release()
	var errs []error
	for n, cfg := range o.cfg.Channels {
		safe, ok := cfg.safe()
		if !ok {
			continue
		}
		if err := o.set(ctx, n, State{Level: safe, By: by, Reason: reason}); err != nil {
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
	if err := cfg.Limits.Allow(c.Level, ""); err != nil {
		return err
	}
	switch limits := cfg.Limits; {
	case c.Duration < 0:
		return fieldError("duration_s", "must be above 0 s")
	case c.Lease < 0:
		return fieldError("lease_s", "must be above 0 s")
	case c.Lease > 0 && cfg.Type == Value && cfg.Safe == nil:
		return fieldError("lease_s", "needs a safe value to end with: set one for this channel")
	case c.Duration == 0:
		return nil
	case cfg.Type == Volume:
		return fieldError("duration_s", "does not fit a volume, which ends by itself")
	case cfg.Type == Value && cfg.Safe == nil:
		return fieldError("duration_s", "needs a safe value to end with: set one for this channel")
	case !c.Active():
		return fieldError("duration_s", "ends an on command; off has no end")
	case limits.MaxOnS != nil && c.Duration > seconds(*limits.MaxOnS):
		return fieldError("duration_s", fmt.Sprintf("must be at most %g s: the longest on-time of this output", *limits.MaxOnS))
	case limits.MinOnS != nil && c.Duration < seconds(*limits.MinOnS):
		return fieldError("duration_s", fmt.Sprintf("must be at least %g s: the shortest on-time of this output", *limits.MinOnS))
	}
	return nil
}

// rested refuses to switch on before the channel has rested, and off before it has run, as its limits say. It needs mu.
func (o *Output) rested(n int, level Level, now time.Time) error {
	limits, ch := o.cfg.Channels[n].Limits, &o.channels[n]
	if level.Active() && limits.MinOffS != nil && !ch.idleSince.IsZero() {
		if left := seconds(*limits.MinOffS) - now.Sub(ch.idleSince); left > 0 {
			return fieldError(levelName(level), fmt.Sprintf("rests for another %v: the shortest off-time of this output", roundUp(left)))
		}
	}
	if !level.Active() && limits.MinOnS != nil && !ch.activeSince.IsZero() {
		if left := seconds(*limits.MinOnS) - now.Sub(ch.activeSince); left > 0 {
			return fieldError(levelName(level), fmt.Sprintf("runs for another %v: the shortest on-time of this output", roundUp(left)))
		}
	}
	return nil
}

// roundUp makes whole seconds of a wait, so that who waits that long is not refused again.
func roundUp(d time.Duration) time.Duration {
	return (d + time.Second - 1).Truncate(time.Second)
}

func levelName(l Level) string {
	for _, f := range l.fields() {
		if f.set {
			return f.name
		}
	}
	return "on"
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
