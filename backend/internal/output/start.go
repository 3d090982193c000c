package output

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// postponed is a state that waits for its time.
type postponed struct {
	state State
	at    time.Time
}

// start brings one channel to its state at start.
func (o *Output) start(ctx context.Context, n int, last *State, forgotten bool) error {
	next, ok := o.atStart(n, last, forgotten, time.Now())
	var wait *postponed
	if ok {
		next, wait = o.staggered(n, next, time.Now())
		var err error
		if next.EndsAt != nil || o.cfg.Channels[n].Interlock != "" { // what must be known after a crash is written down first, as ever
			err = o.begin(ctx, n, next)
		}
		refused, unfit := o.unfit(n, err)
		if !unfit {
			err = o.set(ctx, n, next)
			refused, unfit = o.crowded(n, err)
		}
		if unfit {
			err = o.set(ctx, n, refused)
		}
		o.mu.Lock()
		o.channels[n].later = wait
		o.mu.Unlock()
		if wait == nil {
			o.fallAgain(n)
		}
		return err
	}
	o.mu.Lock()
	kept := o.channels[n].state
	o.limitOn(n, &kept, time.Now())
	o.channels[n].state = kept
	o.mu.Unlock()
	if kept.Since.IsZero() {
		return nil
	}
	_, err := o.admit(n, kept.Level)
	if refused, ok := o.crowded(n, err); ok {
		return o.set(ctx, n, refused)
	}
	o.cfg.Changed(kept)
	return nil
}

// crowded is what a channel goes to at the start when the others do not let it be on.
func (o *Output) crowded(n int, err error) (State, bool) {
	_, group := errors.AsType[*InterlockError](err)
	_, current := errors.AsType[*CurrentError](err)
	if !group && !current {
		return State{}, false
	}
	return o.unfit(n, err)
}

// unfit is what a channel goes to at the start when something keeps it from being on.
func (o *Output) unfit(n int, err error) (State, bool) {
	if err == nil {
		return State{}, false
	}
	safe, ok := o.cfg.Channels[n].safe()
	return State{Level: safe, By: "at_start", Reason: fmt.Sprintf("it was not switched on: %v", err)}, ok
}

// staggered puts a state at start off that the start delay or the times of rest do not allow yet.
func (o *Output) staggered(n int, next State, now time.Time) (State, *postponed) {
	o.mu.Lock()
	defer o.mu.Unlock()
	safe, ok := o.cfg.Channels[n].safe()
	left := o.restLeft(n, next.Level, now)
	if !ok || safe.Equal(next.Level) || left <= 0 {
		return next, nil
	}
	wait := State{Level: safe, By: "at_start", Reason: fmt.Sprintf("its start delay or its times on and off allow its state at start (%s) in %v", next.Level, roundUp(left))}
	return wait, &postponed{state: next, at: now.Add(left)}
}

// atStart is what a channel goes to when the output starts; ok is false when it keeps its state. A timed command that was
// under way when the program ended is finished where the channel says so, and else made safe, unless the channel keeps its
// state: then it ends when its deadline comes, or now when that is past.
func (o *Output) atStart(n int, last *State, forgotten bool, now time.Time) (next State, ok bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	cfg := o.cfg.Channels[n]
	timed, holds := o.recall(n, last, now)
	safe, hasSafe := cfg.safe()
	if o.cfg.Latched() {
		return State{Level: safe, By: "stop", Reason: "everything is stopped"}, hasSafe
	}
	if why := o.cfg.SafeStart; why != "" {
		return State{Level: safe, By: "safe", Reason: why}, hasSafe
	}
	if f := o.channels[n].tally.Fault; f != nil {
		return State{Level: safe, By: "fault", Reason: f.Text}, hasSafe
	}
	if rest, ok := o.unfinished(n, last, holds, now); ok {
		return rest, true
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
	switch {
	case timed && doses(last.Level):
		next.Reason = fmt.Sprintf("a dose (%s) was under way when the program ended: its rest is lost, and it is not repeated", last.Level)
	case timed:
		next.Reason = fmt.Sprintf("a timed command (%s) was under way when the program ended", last.Level)
	}
	if hasSafe && safe.Equal(level) {
		return next, true
	}
	unknown := last != nil && last.Since.After(now) && o.cfg.Channels[n].Limits.MaxOnS != nil && level.Active() // the clock was set back
	if unknown || !o.limitOn(n, &next, now) {
		return State{Level: safe, By: "at_start", Reason: "the longest on-time of this output does not allow its state at start"}, hasSafe
	}
	return next, true
}

// unfinished is the rest of a timed command that is to be finished. It needs mu.
func (o *Output) unfinished(n int, last *State, holds bool, now time.Time) (State, bool) {
	if last == nil || o.cfg.Channels[n].Guard.OnRestart != "finish" {
		return State{}, false
	}
	begun := *last
	if last.Resume != nil {
		begun = *last.Resume
		holds = !last.Since.After(now)
	}
	if !holds || begun.EndsAt == nil || !begun.EndsAt.After(now) || begun.LeaseUntil != nil || !begun.Active() || doses(begun.Level) {
		return State{}, false
	}
	next := State{
		Level: begun.Level, By: begun.By, EndsAt: begun.EndsAt, Chain: begun.Chain,
		Reason: "it finishes what was under way when the program ended",
	}
	return next, o.limitOn(n, &next, now)
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
	s.Index, s.Assumed, s.Error, s.Resume = n, true, "", nil
	s.claim, s.fall, s.limited, s.override = "", nil, false, false
	if s.Since.After(now) {
		s.Since = now
	}
	if s.OnSince != nil && s.OnSince.After(now) {
		s.OnSince = &now
	}
	o.note(n, s)
	if !s.Active() {
		o.channels[n].idleSince = s.Since
	} else { // it may have gone off meanwhile: with the power, or by a command that nobody could write down any more
		o.channels[n].idleSince = now
	}
	return timed, holds
}

func passed(t *time.Time, now time.Time) bool { return t != nil && !t.After(now) }
