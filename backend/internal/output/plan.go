package output

import (
	"errors"
	"fmt"
	"time"
)

// renew takes a command that changes nothing but the end of its lease, or that must wait as it waited before. A thousand
// functions do so each second: it neither waits for the device nor writes anything. done is false when there is more to
// do.
func (o *Output) renew(n int, c Command, cause Cause) (s State, done bool, err error) {
	if cause.Anew || cause.Rank == OverrideRank || o.cfg.Channels[n].Type == Volume || o.cfg.Latched() {
		return State{}, false, nil
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	now := time.Now()
	ch := &o.channels[n]
	own := ch.claim(cause.By)
	if o.writer == nil || o.stopping || ch.tally.Fault != nil || own == nil || own.over(now) || own.cause.Rank != cause.Rank || own.cause.Priority != cause.Priority {
		return State{}, false, nil
	}
	if ch.state.claim != own.key {
		top := ch.top(now, own.key)
		if top == nil || !top.beats(own) {
			return State{}, false, nil
		}
		own.level, own.cause = c.Level, cause
		own.endsAt, own.lease = ends(c, cause, now)
		return ch.snapshot(now), true, outranked(top)
	}
	unchanged := ch.state.Error == "" && ch.owed == nil && ch.vacant == nil && ch.state.Equal(c.Level) && own.level.Equal(c.Level) &&
		c.Duration == 0 && cause.Until.IsZero() && own.endsAt == nil && (c.Lease > 0) == (own.lease != nil) &&
		now.Sub(ch.writtenAt) < rewriteAfter
	if !unchanged {
		return State{}, false, nil
	}
	if c.Lease > 0 {
		until := now.Add(c.Lease)
		own.lease, ch.state.LeaseUntil = &until, &until
	}
	return ch.snapshot(now), true, nil
}

// ends are the end and the lease of a command given now.
func ends(c Command, cause Cause, now time.Time) (end, lease *time.Time) {
	if c.Duration > 0 {
		end = new(now.Add(c.Duration))
	}
	if !cause.Until.IsZero() && (end == nil || cause.Until.Before(*end)) {
		end = &cause.Until
	}
	if c.Lease > 0 {
		lease = new(now.Add(c.Lease))
	}
	return end, lease
}

func outranked(top *claim) error {
	return &OutrankedError{By: top.cause.By, Reason: top.cause.Reason, Rank: top.cause.Rank, Until: top.until()}
}

// plan makes the claim of a command and the state it leads to, and refuses what limits or higher claims do not allow at
// this moment.
func (o *Output) plan(n int, c Command, cause Cause) (claim, State, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.writer == nil {
		return claim{}, State{}, ErrNotOpen
	}
	now := time.Now()
	ch := &o.channels[n]
	ch.forget(now)
	person, claimed := cause.Rank == OverrideRank, ch.claimed(now)
	if c.Duration > 0 && !c.Active() && person && !claimed {
		return claim{}, State{}, fieldError("duration_s", "ends an on command; off has no end on a channel that nothing else drives")
	}
	if !person && c.Active() && ch.retryDrive.After(now) {
		return claim{}, State{}, &NotTakenError{Err: errors.New(ch.lastError)} // it is tried again by and by, not once a second
	}
	o.claimed++
	own := claim{key: keyOf(cause), cause: cause, level: c.Level, made: o.claimed}
	own.endsAt, own.lease = ends(c, cause, now)
	passing := doses(c.Level) && own.endsAt == nil && own.lease == nil // a dose that nobody waits to give
	doseEnd := o.doseEnd(n, c.Level, now)
	if o.cfg.Channels[n].Type == Volume {
		own.level, _ = OffOf(Volume) // a dose is given once; what is claimed besides is that nobody else doses
	}
	held := own.endsAt != nil || own.lease != nil
	if doses(c.Level) && !held { // it is a claim for as long as the dose takes
		own.endsAt, held = doseEnd, doseEnd != nil
	} else if person && claimed && !held {
		own.endsAt, held = new(now.Add(o.cfg.Channels[n].override())), true
	}
	if old := ch.claim(own.key); old != nil && !person && !cause.Anew && old.cause.Rank == cause.Rank && old.cause.Priority == cause.Priority {
		own.made = old.made
	}
	if top := ch.top(now, own.key); top != nil && top.beats(&own) {
		if passing {
			return own, ch.snapshot(now), outranked(top)
		}
		return own, o.wait(n, own, now), outranked(top)
	}
	if err := o.dosable(n, c.Level, now); err != nil {
		return claim{}, State{}, err
	}
	if err := o.rested(n, c.Level, now); err != nil {
		if ch.state.claim == own.key && own.lease != nil { // it is alive, and will ask again
			if mine := ch.claim(own.key); mine != nil {
				mine.lease, ch.state.LeaseUntil = own.lease, own.lease
			}
		}
		return claim{}, State{}, err
	}
	next := o.stateOf(n, &own)
	next.Level = c.Level
	if doseEnd != nil {
		next.EndsAt = doseEnd
	}
	next.override = person && claimed
	if (person || doses(c.Level)) && !held {
		next.claim = ""
	}
	if !o.limitOn(n, &next, now) {
		return claim{}, State{}, fieldError(levelName(c.Level), fmt.Sprintf("has run for %g s: the longest on-time of this output", *o.cfg.Channels[n].Limits.MaxOnS))
	}
	return own, next, nil
}

// wait remembers a command for when its turn comes; a dose is not among them: nobody wants it later. It needs mu.
func (o *Output) wait(n int, own claim, now time.Time) State {
	ch := &o.channels[n]
	news := ch.claim(own.key) == nil
	ch.put(own)
	ch.lookAt = time.Time{}
	s := ch.snapshot(now)
	if ch.state.claim == own.key { // it has driven until now: who is above takes over
		o.wake()
	}
	if news {
		o.cfg.Changed(s)
	}
	return s
}

// stateOf is the state that executing a claim leads to.
func (o *Output) stateOf(n int, c *claim) State {
	return State{
		Index: n, Level: c.level, By: c.cause.By, Reason: c.cause.Reason, Chain: c.cause.Chain, EndsAt: c.endsAt, LeaseUntil: c.lease, claim: c.key,
	}
}

func (c ChannelConfig) override() time.Duration {
	if c.Guard.OverrideS != nil {
		return seconds(*c.Guard.OverrideS)
	}
	return DefaultOverride
}
