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

// rewriteAfter is how long a level that is only renewed is not written to the device again: a device that has lost its
// level meanwhile gets it back within this time.
const rewriteAfter = 10 * time.Second

// Drive executes a command. The error is an option.Errors when the command does not fit the channel or its limits,
// ErrStopped, ErrNotOpen, ErrNoChannel, a *NotTakenError, or an *OutrankedError: then the command waits for its turn, and
// the state is what the channel does instead. A command that has begun is carried out even if ctx ends.
//
// Who drives a channel claims it: until the end or the lease of the command, or until Release. The highest claim is
// executed. A command of OverrideRank on a channel that nobody else claims holds until the next command, like a switch on
// a wall; on one that functions claim it always has an end.
func (o *Output) Drive(ctx context.Context, n int, c Command, cause Cause) (State, error) {
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
	if s, done, err := o.renew(n, c, cause); done {
		return s, err
	}
	ctx, release, err := o.hold(ctx)
	if err != nil {
		return State{}, err
	}
	defer release()
	latched := o.cfg.Latched()
	if latched {
		if safe, ok := o.cfg.Channels[n].safe(); !ok || !safe.Equal(c.Level) {
			return State{}, ErrStopped
		}
	}
	if f := o.Fault(n); f != nil {
		if safe, ok := o.cfg.Channels[n].safe(); !ok || !safe.Equal(c.Level) {
			return State{}, &FaultError{Fault: *f}
		}
	}
	if err := o.recallDoses(ctx, n, c.Level); err != nil {
		return State{}, err
	}
	claimed, next, err := o.plan(n, c, cause)
	if err != nil {
		return next, err
	}
	if latched { // it is safe as everything is: nobody's claim
		next.claim, next.EndsAt, next.LeaseUntil = "", nil, nil
	}
	if err := o.begin(ctx, n, next); err != nil {
		return State{}, err
	}
	o.mu.Lock()
	if next.claim == "" { // a person's command without an end takes the place of one with an end
		o.channels[n].drop(claimed.key)
	} else {
		o.channels[n].put(claimed)
	}
	o.mu.Unlock()
	if err := o.set(ctx, n, next); err != nil {
		return State{}, err
	}
	return o.state(n), nil
}

// begin does what must be done before a level is written: the others of its group and the current allow it, and it would
// survive a crash.
func (o *Output) begin(ctx context.Context, n int, s State) error {
	undo, err := o.admit(n, s.Level)
	if err != nil {
		return err
	}
	if err = o.book(ctx, n, s.Level); err == nil {
		err = o.record(ctx, n, s)
	}
	if err != nil {
		undo()
	}
	return err
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
		s.EndsAt, s.limited = &end, true
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
		o.channels[n].claims = nil // who drives after the stop must say so after the stop
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
	case limits.MaxOnS != nil && c.Active() && c.Duration > seconds(*limits.MaxOnS):
		return fieldError("duration_s", fmt.Sprintf("must be at most %g s: the longest on-time of this output", *limits.MaxOnS))
	case limits.MinOnS != nil && c.Active() && c.Duration < seconds(*limits.MinOnS):
		return fieldError("duration_s", fmt.Sprintf("must be at least %g s: the shortest on-time of this output", *limits.MinOnS))
	}
	return nil
}

// rested refuses to switch on before the channel has rested, and off before it has run, as its limits say. It needs mu.
func (o *Output) rested(n int, level Level, now time.Time) error {
	switch left := o.restLeft(n, level, now); {
	case left <= 0:
		return nil
	case level.Active() && o.untilStart(n, level, now) == left:
		return fieldError(levelName(level), fmt.Sprintf("starts only in %v: the start delay of this output", roundUp(left)))
	case level.Active():
		return fieldError(levelName(level), fmt.Sprintf("rests for another %v: the shortest off-time of this output", roundUp(left)))
	default:
		return fieldError(levelName(level), fmt.Sprintf("runs for another %v: the shortest on-time of this output", roundUp(left)))
	}
}

// restLeft is how long the channel must stay on or off before it may go to a level. It needs mu.
func (o *Output) restLeft(n int, level Level, now time.Time) time.Duration {
	limits, ch := o.cfg.Channels[n].Limits, &o.channels[n]
	delay := o.untilStart(n, level, now)
	switch {
	case level.Active() && limits.MinOffS != nil && !ch.idleSince.IsZero():
		return max(delay, seconds(*limits.MinOffS)-now.Sub(ch.idleSince))
	case level.Active():
		return delay
	case !level.Active() && limits.MinOnS != nil && !ch.activeSince.IsZero():
		return seconds(*limits.MinOnS) - now.Sub(ch.activeSince)
	}
	return 0
}

// untilStart is how long the channel must not be switched on yet. It needs mu.
func (o *Output) untilStart(n int, level Level, now time.Time) time.Duration {
	delay := seconds(o.cfg.Channels[n].Guard.StartDelayS)
	if delay == 0 || !level.Active() || !o.channels[n].activeSince.IsZero() {
		return 0
	}
	return max(0, o.cfg.Panel.started.Add(delay).Sub(now))
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
