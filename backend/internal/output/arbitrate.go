package output

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// vacancy says that the claim which was executed has ended, and what follows unless another one takes over.
type vacancy struct {
	by, reason string
	fell       bool // its driver is lost: the channel goes down its ladder; else its time was over, and it goes off
}

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
	if o.writer == nil || o.stopping || own == nil || own.over(now) || own.cause.Rank != cause.Rank || own.cause.Priority != cause.Priority {
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
	if ch.owed != nil && !person && ch.retryAt.After(now) && ch.state.Error != "" {
		return claim{}, State{}, &NotTakenError{Err: errors.New(ch.state.Error)} // it is tried again by and by, not once a second
	}
	o.claimed++
	own := claim{key: keyOf(cause), cause: cause, level: c.Level, made: o.claimed}
	own.endsAt, own.lease = ends(c, cause, now)
	held := own.endsAt != nil || own.lease != nil
	if person && claimed && !held {
		own.endsAt, held = new(now.Add(o.cfg.Channels[n].override())), true
	}
	if old := ch.claim(own.key); old != nil && !person && !cause.Anew && old.cause.Rank == cause.Rank && old.cause.Priority == cause.Priority {
		own.made = old.made
	}
	if top := ch.top(now, own.key); top != nil && top.beats(&own) {
		return own, o.wait(n, own, now), outranked(top)
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
	if person && !held {
		next.claim = ""
	}
	if !o.limitOn(n, &next, now) {
		return claim{}, State{}, fieldError(levelName(c.Level), fmt.Sprintf("has run for %g s: the longest on-time of this output", *o.cfg.Channels[n].Limits.MaxOnS))
	}
	return own, next, nil
}

// wait remembers a command for when its turn comes. A dose is not remembered: nobody wants it later. It needs mu.
func (o *Output) wait(n int, own claim, now time.Time) State {
	ch := &o.channels[n]
	if off, _ := OffOf(Volume); o.cfg.Channels[n].Type == Volume {
		own.level = off
	}
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

// Release ends the claims of a driver: it ends, or has lost what it needs. The next claim takes over; where there is
// none, the channel goes down its ladder. It says whether anything was released.
func (o *Output) Release(by, reason string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	released := false
	for n := range o.channels {
		released = o.channels[n].vacate(by, reason) || released
	}
	if released {
		o.wake()
	}
	return released
}

// EndOverride ends a person's command before its time, so that who waits takes over. Nothing happens where there is none.
func (o *Output) EndOverride(n int, by string) error {
	if n < 0 || n >= len(o.channels) {
		return ErrNoChannel
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.channels[n].vacate(personKey, "the manual override was ended by "+by) {
		o.wake()
	}
	return nil
}

// vacate ends the claim of a driver.
func (ch *channel) vacate(key, reason string) bool {
	if !ch.drop(key) {
		return false
	}
	if ch.state.claim == key {
		ch.state.claim, ch.state.EndsAt, ch.state.LeaseUntil = "", nil, nil
		ch.vacant = &vacancy{by: "safe", reason: reason, fell: true}
	}
	return true
}

// dueOf is what a channel must be set to now; ok is false when nothing is due.
func (o *Output) dueOf(n int, now time.Time) (next State, ok bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	ch := &o.channels[n]
	ch.lookAt = time.Time{}
	if ch.owed != nil {
		if ch.retryAt.After(now) {
			return State{}, false
		}
		return *ch.owed, true
	}
	ch.forget(now)
	if next, ok := o.ended(n, now); ok {
		return next, true
	}
	if top := ch.top(now, ""); top != nil && top.key != ch.state.claim && !o.cfg.Latched() {
		switch left := o.restLeft(n, top.level, now); {
		case left > 0:
			ch.lookAt = now.Add(left)
			return State{}, false
		case top.retryAt.After(now):
			ch.lookAt = top.retryAt
		default:
			return o.takeOver(n, top, now), true
		}
	}
	if v := ch.vacant; v != nil {
		ch.vacant = nil
		return o.left(n, *v)
	}
	return State{}, false
}

// ended judges the end and the lease of the present state. It returns what the channel goes to when the claim goes on, and
// else notes that nobody's claim is executed. It needs mu.
func (o *Output) ended(n int, now time.Time) (next State, ok bool) {
	ch := &o.channels[n]
	s := &ch.state
	lost, over := passed(s.LeaseUntil, now), passed(s.EndsAt, now)
	if !lost && !over {
		return State{}, false
	}
	key, limited := s.claim, s.limited
	own := ch.claim(key)
	s.EndsAt, s.LeaseUntil, s.claim, s.limited = nil, nil, "", false
	switch {
	case lost:
		ch.drop(key)
		ch.vacant = &vacancy{by: "safe", reason: "the lease ran out without being renewed", fell: true}
		return State{}, false
	case limited:
		ch.spend(o.cfg.Channels[n].Type)
	case own != nil && own.lease != nil: // who has given it its end renews its claim: the channel rests meanwhile
		own.level, _ = OffOf(o.cfg.Channels[n].Type)
	default:
		ch.drop(key)
		own = nil
	}
	off, hasOff := OffOf(o.cfg.Channels[n].Type)
	if own == nil || !hasOff {
		ch.drop(key)
		ch.vacant = &vacancy{by: "timer", reason: "its time was over"}
		return State{}, false
	}
	if !limited {
		own.endsAt = nil
	}
	next = State{Level: off, By: "timer", Reason: "its time was over", LeaseUntil: own.lease, EndsAt: own.endsAt, claim: key, Chain: s.Chain}
	if limited {
		next.Reason = "it has run for its longest on-time"
	}
	return next, true
}

// takeOver executes the claim whose turn has come. It needs mu.
func (o *Output) takeOver(n int, c *claim, now time.Time) State {
	next := o.stateOf(n, c)
	if !o.limitOn(n, &next, now) {
		o.channels[n].spend(o.cfg.Channels[n].Type)
		next = o.stateOf(n, c)
	}
	return next
}

// left is what a channel goes to that nobody claims any more. It needs mu.
func (o *Output) left(n int, v vacancy) (next State, ok bool) {
	cfg := o.cfg.Channels[n]
	next = State{By: v.by, Reason: v.reason, Chain: slices.Clone(o.channels[n].state.Chain)}
	if v.fell {
		next.Level, ok = cfg.safe()
	} else if next.Level, ok = OffOf(cfg.Type); !ok {
		next.Level, ok = cfg.safe()
	}
	return next, ok // a value without a safe one stays, without an end
}
