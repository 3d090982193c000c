package output

import (
	"slices"
	"time"
)

// claim is what one driver asks of a channel. Each driver has at most one; the highest is executed, the others wait.
type claim struct {
	key     string // of the driver; persons share one: the later of them counts
	cause   Cause
	level   Level
	made    uint64 // when it was first made: a renewed claim keeps its place
	endsAt  *time.Time
	lease   *time.Time
	retryAt time.Time // not before, when it could not be executed: somebody else of its group is on
}

// personKey is the claim of persons and of programs in their place.
const personKey = "a person"

// DefaultOverride is how long a manual override holds when neither command nor channel say.
const DefaultOverride = time.Hour

func keyOf(c Cause) string {
	if c.Rank == OverrideRank {
		return personKey
	}
	return c.By
}

func (c *claim) beats(o *claim) bool {
	switch {
	case c.cause.Rank != o.cause.Rank:
		return c.cause.Rank > o.cause.Rank
	case c.cause.Priority != o.cause.Priority:
		return c.cause.Priority > o.cause.Priority
	default:
		return c.made > o.made
	}
}

func (c *claim) over(now time.Time) bool { return passed(c.endsAt, now) || passed(c.lease, now) }

// until is when the claim ends unless it is renewed; zero: no end is known.
func (c *claim) until() time.Time {
	switch {
	case c.endsAt == nil && c.lease == nil:
		return time.Time{}
	case c.endsAt == nil || c.lease != nil && c.lease.Before(*c.endsAt):
		return *c.lease
	default:
		return *c.endsAt
	}
}

// Claim is what a driver asks of a channel, as it is shown.
type Claim struct {
	Cause
	Level
	Until time.Time // zero: until it is released
}

func (ch *channel) claim(key string) *claim {
	for n := range ch.claims {
		if ch.claims[n].key == key {
			return &ch.claims[n]
		}
	}
	return nil
}

// put makes c the claim of its driver, in the place of the one before.
func (ch *channel) put(c claim) {
	if old := ch.claim(c.key); old != nil {
		if old.cause.Rank == c.cause.Rank && old.cause.Priority == c.cause.Priority && c.key != personKey && !c.cause.Anew {
			c.made = old.made
		}
		*old = c
		return
	}
	ch.claims = append(ch.claims, c)
}

// drop ends the claim of a driver; it says whether there was one.
func (ch *channel) drop(key string) bool {
	before := len(ch.claims)
	ch.claims = slices.DeleteFunc(ch.claims, func(c claim) bool { return c.key == key })
	return len(ch.claims) < before
}

// top is the claim to execute: the highest that holds, leaving that of a driver out. Nil when nobody claims the channel.
func (ch *channel) top(now time.Time, except string) *claim {
	var best *claim
	for n := range ch.claims {
		c := &ch.claims[n]
		if c.key != except && !c.over(now) && (best == nil || c.beats(best)) {
			best = c
		}
	}
	return best
}

// claimed tells whether somebody below a person's rank claims the channel.
func (ch *channel) claimed(now time.Time) bool {
	return slices.ContainsFunc(ch.claims, func(c claim) bool { return c.cause.Rank < OverrideRank && !c.over(now) })
}

// waiting are the claims that are not executed, highest first.
func (ch *channel) waiting(now time.Time) []Claim {
	var all []*claim
	for n := range ch.claims {
		if c := &ch.claims[n]; c.key != ch.state.claim && !c.over(now) {
			all = append(all, c)
		}
	}
	slices.SortFunc(all, func(a, b *claim) int {
		if a.beats(b) {
			return -1
		}
		return 1
	})
	out := make([]Claim, 0, len(all))
	for _, c := range all {
		out = append(out, Claim{Cause: c.cause, Level: c.level, Until: c.until()})
	}
	return out
}

// forget drops claims that are over, but not the one that is executed: its end is an event of its own.
func (ch *channel) forget(now time.Time) {
	ch.claims = slices.DeleteFunc(ch.claims, func(c claim) bool { return c.key != ch.state.claim && c.over(now) })
}

// spend turns every claim to be on into one to be off until it is commanded again: a channel that has run for its longest
// time must not be switched on again by a command of before.
func (ch *channel) spend(t ChannelType) {
	off, ok := OffOf(t)
	for n := range ch.claims {
		if c := &ch.claims[n]; ok && c.level.Active() {
			c.level = off
		}
	}
}
