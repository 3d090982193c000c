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
	if safe, ok := o.cfg.Channels[n].safe(); !s.Active() || ok && safe.Equal(s.Level) || continues(before, s) {
		return nil
	}
	s.Index, s.Since = n, time.Now()
	s.OnSince = o.onSince(n, s)
	if err := o.cfg.Memory.Save(ctx, s); err != nil {
		return fmt.Errorf("the command could not be written down, so it was not executed: %w", err)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.channels[n].recorded = true
	return nil
}

// renews tells whether s only prolongs the state before: then nothing has happened that anybody need be told.
func renews(before, s State) bool { return before.Level.Equal(s.Level) && continues(before, s) }

// continues tells whether s goes on with what the state before has begun: still on, by the same driver, with a later end.
// A regulator does so each second, which would wear out a card; what was written down before ends earlier, which is on the
// safe side.
func continues(before, s State) bool {
	return before.Error == "" && !before.Assumed && before.Active() == s.Active() && before.By == s.By &&
		before.LeaseUntil != nil && s.LeaseUntil != nil && !s.LeaseUntil.Before(*before.LeaseUntil) &&
		(before.EndsAt == nil) == (s.EndsAt == nil) && (s.EndsAt == nil || !s.EndsAt.Before(*before.EndsAt))
}

// rememberAfter is how old the record of a level may be that changes while its channel stays on.
const rememberAfter = time.Minute

// set writes a level to the device and makes it the state. Whoever calls holds driving. On failure the channel owes its
// safe level, which Run repeats until the device takes it.
func (o *Output) set(ctx context.Context, n int, s State) error {
	o.mu.Lock()
	writer, lane := o.writer, o.lane
	before, owed, saved := o.channels[n].state, o.channels[n].owed, o.channels[n].savedAt
	recorded := o.channels[n].recorded
	o.channels[n].recorded = false
	o.mu.Unlock()
	if writer == nil || lane == nil {
		return ErrNotOpen
	}
	if _, err := o.admit(n, s.Level); err != nil { // the last look: whoever asked, of a group one is on
		return err
	}
	s.Index, s.Since = n, time.Now()
	if s.Level.Equal(before.Level) && before.Error == "" && !before.Since.IsZero() && !doses(s.Level) {
		s.Since = before.Since // renewed, not changed
	}
	s.OnSince = o.onSince(n, s)
	_, err := controller.Call(ctx, lane, o.cfg.Timeout, func(ctx context.Context) (struct{}, error) {
		return struct{}{}, writer.Write(ctx, n, s.Level)
	})
	written := s
	save := !continues(before, s) || !before.Level.Equal(s.Level) && time.Since(saved) >= rememberAfter
	if err != nil {
		// Whatever the device does now: after a crash it is made safe, not kept.
		written.LeaseUntil = new(time.Now())
		save = before.Error == "" || s.Active()
		if !s.Active() && before.Active() { // it may still be on, which the others of its group must know after a crash
			written.Level, written.OnSince = before.Level, before.OnSince
		}
	}
	if err == nil && recorded { // just now
		save, saved = false, time.Now()
	}
	if save {
		saved = time.Now()
		if err := o.cfg.Memory.Save(ctx, written); err != nil {
			o.cfg.Logger.Error("the state of an output channel could not be written down", "channel", o.cfg.Channels[n].Name, "error", err)
		}
	}
	o.mu.Lock()
	ch := &o.channels[n]
	ch.savedAt = saved
	if err != nil {
		s.Error = err.Error()
		if safe, ok := o.cfg.Channels[n].safe(); ok {
			ch.owed = &State{Level: safe, By: "safe", Reason: "the device had not taken a command", fall: s.fall}
			ch.tries++
			ch.retryAt = time.Now().Add(min(time.Second<<min(ch.tries-1, 5), retryCap))
		}
		if s.Active() || s.claim != "" {
			if ch.brokenSince.IsZero() {
				ch.brokenSince = time.Now()
			}
			ch.strikes++
			ch.retryDrive, ch.lastError = time.Now().Add(min(time.Second<<min(ch.strikes, 6), time.Minute)), err.Error()
		}
		ch.drop(s.claim) // who asked has been told; it must ask again
		s.EndsAt, s.LeaseUntil, s.claim = nil, nil, ""
	} else {
		ch.tries, ch.writtenAt = 0, time.Now()
		if s.Active() || s.claim != "" {
			ch.brokenSince, ch.strikes, ch.retryDrive = time.Time{}, 0, time.Time{}
		}
		if !s.Active() || doses(s.Level) && s.EndsAt == nil {
			o.cfg.Panel.leave(seat{o.cfg.Ref, n})
		}
		if ch.owed == owed { // else it has come to owe a level while this one was written
			ch.owed = nil
		}
	}
	o.note(n, s)
	told := ch.snapshot(time.Now())
	o.mu.Unlock()
	if err != nil || !renews(before, s) {
		o.cfg.Changed(told)
	}
	o.wake()
	if err != nil {
		return &NotTakenError{Err: err}
	}
	return nil
}

// onSince is since when a channel is on without a break once it has gone to a state; nil when that is off.
func (o *Output) onSince(n int, s State) *time.Time {
	o.mu.Lock()
	defer o.mu.Unlock()
	since := o.channels[n].activeSince
	switch {
	case !s.Active():
		return nil
	case since.IsZero():
		return &s.Since
	}
	return &since
}

// note makes s the state of channel n and keeps the times of rest. It needs mu.
func (o *Output) note(n int, s State) {
	ch := &o.channels[n]
	o.count(n, time.Now())
	o.landed(n, s)
	if s.claim != ch.state.claim {
		ch.starting = s.part() >= 0.99
	}
	if s.Active() != ch.state.Active() || ch.proof.since.IsZero() {
		ch.proof = proof{since: s.Since}
	}
	ch.state, ch.vacant, ch.later, ch.lookAt = s, nil, nil, time.Time{}
	switch {
	case s.Error != "": // nobody knows what the device does
		ch.doubtful = ch.doubtful || s.Active()
		if !s.Active() { // it may have gone off all the same, and then rests from now on
			ch.idleSince = time.Now()
		}
		return
	case s.Active() && !ch.activeSince.IsZero():
		ch.idleSince = time.Time{}
	case s.Active():
		if !s.Assumed {
			ch.tally.Cycles++
			ch.uncounted = true
		}
		ch.activeSince, ch.idleSince = s.Since, time.Time{}
		if s.OnSince != nil {
			ch.activeSince = *s.OnSince
		}
	case !s.Active() && (ch.doubtful || !ch.activeSince.IsZero()):
		ch.activeSince, ch.idleSince = time.Time{}, s.Since
	}
	ch.doubtful = false
}

// due returns how long nothing is to be done, and what the device refuses at present.
func (o *Output) due() (wait time.Duration, failing string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	now := time.Now()
	next := now.Add(lookAgain)
	for n := range o.channels {
		ch := &o.channels[n]
		if at := o.dueAt(n, now); at.Before(next) {
			next = at
		}
		if ch.owed != nil && ch.tries > 0 && failing == "" {
			failing = fmt.Sprintf("%s could not be set: %s", o.cfg.Channels[n].Name, ch.state.Error)
		}
	}
	return max(0, time.Until(next)), failing
}

// dueAt is when something is to be done for a channel, at the latest in lookAgain.
func (o *Output) dueAt(n int, now time.Time) time.Time {
	ch := &o.channels[n]
	next := now.Add(lookAgain)
	if ch.urgent {
		return now
	}
	if ch.owed != nil {
		return earlier(next, &ch.retryAt)
	}
	next = earlier(earlier(next, ch.state.EndsAt), ch.state.LeaseUntil)
	if o.cfg.Channels[n].Guard.Feedback != nil {
		next = earlier(next, new(now.Add(proveEvery)))
	}
	if ch.later != nil {
		next = earlier(next, &ch.later.at)
	}
	if !ch.lookAt.IsZero() {
		return earlier(next, &ch.lookAt)
	}
	if ch.fall != nil && ch.fall.step == "" && ch.state.claim == "" {
		return now
	}
	if o.cfg.Latched() { // nobody takes over, and whoever sets or releases it tells
		if ch.vacant != nil {
			return now
		}
		return next
	}
	if top := ch.top(now, ""); ch.vacant != nil || top != nil && top.key != ch.state.claim {
		return now
	}
	return next
}

func earlier(t time.Time, o *time.Time) time.Time {
	if o != nil && o.Before(t) {
		return *o
	}
	return t
}

// settle does what is due.
func (o *Output) settle(ctx context.Context) {
	if err := o.acquire(ctx); err != nil {
		return
	}
	defer o.release()
	o.tallies(ctx, false)
	for n, cfg := range o.cfg.Channels {
		o.prove(ctx, n)
		next, ok := o.dueOf(n, time.Now())
		if !ok {
			continue
		}
		err := o.begin(ctx, n, next) // what would not survive a crash is not switched on, whoever asked for it
		if err == nil {
			err = o.set(ctx, n, next)
		} else {
			o.postpone(n, next)
			o.wake()
		}
		if err != nil && ctx.Err() == nil {
			o.cfg.Logger.Debug("output channel could not be set", "channel", cfg.Name, "level", next.Level.String(), "error", err)
		}
	}
}

// askAgain is how long a claim waits whose turn had come but that could not be executed.
const askAgain = time.Second

// postpone lets a claim wait whose turn has come; the channel does meanwhile what it does when nobody drives it.
func (o *Output) postpone(n int, next State) {
	o.mu.Lock()
	defer o.mu.Unlock()
	ch := &o.channels[n]
	if c := ch.claim(next.claim); c != nil {
		c.retryAt = time.Now().Add(askAgain)
		return
	}
	if safe, ok := o.cfg.Channels[n].safe(); ok {
		ch.owed, ch.retryAt = &State{Level: safe, By: stepSafe, Reason: next.Reason, Chain: next.Chain, fall: next.fall}, time.Now()
	}
	if next.fall != nil {
		next.fall.blocked = time.Now().Add(rewriteAfter)
	}
}
