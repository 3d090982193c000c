package output

import (
	"context"
	"fmt"
	"time"

	"hypha/internal/controller"
)

const (
	// retryCap bounds the wait between two tries to bring a channel to the level that it owes.
	retryCap = 30 * time.Second
	// lookAgain bounds how long Run trusts a wait: deadlines of an earlier process are of the wall clock, which may be
	// set meanwhile.
	lookAgain = time.Minute
)

// record writes a command down before it is executed, so that it can be ended after a crash. What would not survive a
// crash is not switched on; a level that is off or safe needs no record and is written down once the device has it.
func (o *Output) record(ctx context.Context, n int, s State) error {
	o.mu.Lock()
	before := o.channels[n].state
	o.mu.Unlock()
	if safe, ok := o.cfg.Channels[n].safe(); !s.Active() || ok && safe.Equal(s.Level) || renews(before, s) {
		return nil
	}
	s.Since = time.Now()
	if err := o.cfg.Memory.Save(ctx, s); err != nil {
		return fmt.Errorf("the command could not be written down, so it was not executed: %w", err)
	}
	return nil
}

// renews tells whether s only prolongs the lease of the state before. Who renews each second would wear out a card; the
// record's earlier end errs on the safe side.
func renews(before, s State) bool {
	return before.Error == "" && !before.Assumed && before.Level.Equal(s.Level) && before.By == s.By &&
		before.LeaseUntil != nil && s.LeaseUntil != nil && !s.LeaseUntil.Before(*before.LeaseUntil) &&
		(before.EndsAt == nil) == (s.EndsAt == nil) && (s.EndsAt == nil || !s.EndsAt.Before(*before.EndsAt))
}

// set writes a level to the device and makes it the state. Whoever calls holds driving. On failure the channel owes its
// safe level, which Run repeats until the device takes it.
func (o *Output) set(ctx context.Context, n int, s State) error {
	o.mu.Lock()
	writer, lane := o.writer, o.lane
	before, owed := o.channels[n].state, o.channels[n].owed
	o.mu.Unlock()
	if writer == nil || lane == nil {
		return ErrNotOpen
	}
	s.Index, s.Since = n, time.Now()
	if s.Level.Equal(before.Level) && before.Error == "" && !before.Since.IsZero() {
		s.Since = before.Since // renewed, not changed
	}
	_, err := controller.Call(ctx, lane, o.cfg.Timeout, func(ctx context.Context) (struct{}, error) {
		return struct{}{}, writer.Write(ctx, n, s.Level)
	})
	written := s
	save := !renews(before, s)
	if err != nil {
		// Whatever the device does now: after a crash it is made safe, not kept.
		written.LeaseUntil = new(time.Now())
		save = before.Error == "" || s.Active()
	}
	if save {
		if err := o.cfg.Memory.Save(ctx, written); err != nil {
			o.cfg.Logger.Error("the state of an output channel could not be written down", "channel", o.cfg.Channels[n].Name, "error", err)
		}
	}
	o.mu.Lock()
	ch := &o.channels[n]
	if err != nil {
		s.Error = err.Error()
		if safe, ok := o.cfg.Channels[n].safe(); ok {
			ch.owed = &State{Level: safe, By: "safe", Reason: "the device had not taken a command"}
			ch.tries++
			ch.retryAt = time.Now().Add(min(time.Second<<min(ch.tries-1, 5), retryCap))
		}
		s.EndsAt, s.LeaseUntil = nil, nil
	} else {
		ch.tries = 0
		if ch.owed == owed { // else it has come to owe a level while this one was written
			ch.owed = nil
		}
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
		ch.doubtful = ch.doubtful || s.Active()
		return
	case s.Active() && ch.activeSince.IsZero():
		ch.activeSince, ch.idleSince = s.Since, time.Time{}
	case !s.Active() && (ch.doubtful || !ch.activeSince.IsZero()):
		ch.activeSince, ch.idleSince = time.Time{}, s.Since
	}
	ch.doubtful = false
}

// due returns how long nothing is to be done, and what the device refuses at present.
func (o *Output) due() (wait time.Duration, failing string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	next := time.Now().Add(lookAgain)
	for n := range o.channels {
		ch := &o.channels[n]
		for _, t := range []*time.Time{ch.state.EndsAt, ch.state.LeaseUntil} {
			if t != nil && t.Before(next) {
				next = *t
			}
		}
		if ch.owed == nil {
			continue
		}
		if ch.tries > 0 && failing == "" {
			failing = fmt.Sprintf("%s could not be set: %s", o.cfg.Channels[n].Name, ch.state.Error)
		}
		if ch.retryAt.Before(next) {
			next = ch.retryAt
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
		next, ok := o.dueOf(n, time.Now())
		if !ok {
			continue
		}
		if err := o.set(ctx, n, next); err != nil && ctx.Err() == nil {
			o.cfg.Logger.Debug("output channel could not be set", "channel", cfg.Name, "level", next.Level.String(), "error", err)
		}
	}
}

// dueOf is what a channel must be set to now; ok is false when nothing is due.
func (o *Output) dueOf(n int, now time.Time) (next State, ok bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	cfg, ch := o.cfg.Channels[n], &o.channels[n]
	switch {
	case ch.owed != nil && !ch.retryAt.After(now):
		next = *ch.owed
	case ch.state.LeaseUntil != nil && !ch.state.LeaseUntil.After(now):
		next.By, next.Reason = "safe", "the lease ran out without being renewed"
		next.Level, _ = cfg.safe()
	case ch.state.EndsAt != nil && !ch.state.EndsAt.After(now):
		next.By, next.Reason = "timer", "its time was over"
		if next.Level, ok = OffOf(cfg.Type); !ok {
			next.Level, _ = cfg.safe()
		}
	default:
		return State{}, false
	}
	if next.Level == (Level{}) { // a value without a safe one: it stays, without an end
		ch.state.EndsAt, ch.state.LeaseUntil = nil, nil
		return State{}, false
	}
	return next, true
}
