package output

import (
	"context"
	"time"
)

// State is what a channel was last told. Level is empty while nothing is known.
type State struct {
	Index int
	Level
	Since      time.Time  // when the level was set
	OnSince    *time.Time // since when the channel is on without a break, at whatever level; nil: it is not on
	EndsAt     *time.Time // when it ends by itself
	LeaseUntil *time.Time // when it ends unless renewed
	By         string     // who: "user:maya", "at_start", "timer", "stop", ...
	Reason     string     // why, for people; may be empty
	Chain      []Link     // what led to it, the first cause first; may be empty
	Driver     *Claim     // whose claim is executed; nil: nobody's
	Waiting    []Claim    // claims that wait for their turn, highest first
	Fault      *Fault     // keeps the channel safe until it is acknowledged; nil: none
	// Assumed: the level is the last one known and was not confirmed by the device since the start.
	Assumed bool
	// Error: the device did not take the level; it is tried again. Empty when it did.
	Error string
	// Resume is the timed command that the end of the program has cut short, to be finished after the next start.
	Resume *State

	claim    string // key of the claim that is executed; "": none
	limited  bool   // EndsAt is that of the longest on-time
	override bool   // by a person, over a function
	fall     *fall  // a rung of the ladder; nil: it is not on it
}

// Memory keeps the states over a restart. Save returns when the state would survive a crash.
type Memory interface {
	Save(ctx context.Context, s State) error
	Load(ctx context.Context) ([]State, error)
	// AddDose returns when the dose would survive a crash. Doses are those since a time, oldest first.
	AddDose(ctx context.Context, d Dose) error
	Doses(ctx context.Context, since time.Time) ([]Dose, error)
	// SaveTally keeps the counts of a channel: by and by, or, when durable is true, such that they survive a crash when it
	// returns. Tallies are those by channel.
	SaveTally(ctx context.Context, index int, t Tally, durable bool) error
	Tallies(ctx context.Context) (map[int]Tally, error)
}

// States returns the state of every channel.
func (o *Output) States() []State {
	o.mu.Lock()
	defer o.mu.Unlock()
	states := make([]State, len(o.channels))
	for n := range o.channels {
		states[n] = o.channels[n].snapshot(time.Now())
	}
	return states
}

func (o *Output) state(n int) State {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.channels[n].snapshot(time.Now())
}

// snapshot is the state with who drives and who waits.
func (ch *channel) snapshot(now time.Time) State {
	s := ch.state
	if c := ch.claim(s.claim); c != nil {
		s.Driver = &Claim{Cause: c.cause, Level: c.level, Until: c.until()}
	}
	s.Waiting, s.Fault = ch.waiting(now), ch.tally.Fault
	return s
}
