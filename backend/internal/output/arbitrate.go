package output

import (
	"fmt"
	"time"
)

// vacancy says that the claim which was executed has ended, and what follows unless another one takes over.
type vacancy struct {
	by, reason string
	fell       bool // its driver is lost: the channel goes down its ladder; else its time was over, and it goes off
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

// ReleaseChannel is Release for one channel.
func (o *Output) ReleaseChannel(n int, by, reason string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if n >= 0 && n < len(o.channels) && o.channels[n].vacate(by, reason) {
		o.wake()
	}
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
	if l := ch.later; l != nil && !l.at.After(now) && !o.cfg.Latched() {
		ch.later = nil
		return l.state, true
	}
	ch.forget(now)
	if next, ok := o.ended(n, now); ok {
		return next, true
	}
	if top := ch.top(now, ""); top != nil && top.key != ch.state.claim && !o.cfg.Latched() {
		switch left := o.restLeft(n, top.level, now); {
		case left > 0:
			ch.look(now.Add(left))
			return State{}, false
		case top.retryAt.After(now):
			ch.look(top.retryAt)
		default:
			return o.takeOver(n, top, now), true
		}
	}
	if v := ch.vacant; v != nil {
		ch.vacant = nil
		return o.left(n, *v, now)
	}
	if ch.fall != nil && ch.state.claim == "" {
		return o.climbDown(n, now)
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
		ch.vacant = &vacancy{by: "safe", reason: fmt.Sprintf("the lease ran out without being renewed by %s", s.By), fell: true}
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
		if s.override {
			ch.vacant = &vacancy{by: "safe", reason: "the manual override has ended, and nobody drives it", fell: true}
		}
		s.override = false
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
