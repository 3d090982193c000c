package alert

import (
	"errors"
	"time"
)

// State is where a rule stands.
type State string //	@name	AlertState

// The states. Firing, Recovering, NoData and Error are complaints: see Complains.
const (
	OK         State = "ok"
	Pending    State = "pending"    // what it watches for is there, but not for long enough yet
	Firing     State = "firing"     // told
	Recovering State = "recovering" // well again, but not for long enough yet
	NoData     State = "no_data"    // nothing that counts came for too long
	Error      State = "error"      // it cannot be judged
)

// Complains reports whether people must know: firing until it has recovered, and both ways of not knowing.
func (s State) Complains() bool {
	switch s {
	case Firing, Recovering, NoData, Error:
		return true
	case OK, Pending:
	}
	return false
}

// Severity says how much an alert matters.
type Severity string

// The severities, the least first.
const (
	Info     Severity = "info"
	Warning  Severity = "warning"
	Critical Severity = "critical"
)

// Rank orders severities; an unknown one ranks as critical, so that it is never lost.
func (s Severity) Rank() int {
	switch s {
	case Info:
		return 0
	case Warning:
		return 1
	case Critical:
	}
	return 2
}

// Timing is how long things must last.
type Timing struct {
	For     time.Duration // raised before it fires
	Recover time.Duration // clear before it is ok
	NoData  time.Duration // without anything accepted before it says so; 0: never
}

// ErrNothingToAcknowledge says that the rule complains of nothing.
var ErrNothingToAcknowledge = errors.New("there is nothing to acknowledge: the alert is not firing")

// verdict is what a condition says now.
type verdict struct {
	known        bool // false: not enough is known to say anything, the state stays
	raise, clear bool // neither: between the two
	err          error
}

// step is one change of state.
type step struct {
	from, to State
	at       time.Time
}

// machine is the state of one rule.
//
// Invariant: what ends by time has been applied up to now, in the order of its deadlines, so that the states at any time
// do not depend on how often it was looked at.
type machine struct {
	timing Timing
	state  State
	since  time.Time // when the state was entered
	heard  time.Time // when something was accepted last, or the start
	now    time.Time // of the last call
	acked  bool
	judged bool // a verdict was given since the start: before, a kept state ends by no deadline of its own
}

func newMachine(t Timing, now time.Time) *machine {
	return &machine{timing: t, state: OK, since: now, heard: now, now: now}
}

// to enters a state. A complaint is new, and so nobody has acknowledged it, unless it goes on: firing and recovering are
// the same one.
func (m *machine) to(s State, at time.Time, steps []step) []step {
	goesOn := (m.state == Firing || m.state == Recovering) && (s == Firing || s == Recovering)
	if !goesOn {
		m.acked = false
	}
	steps = append(steps, step{m.state, s, at})
	m.state, m.since = s, at
	return steps
}

// deadline is when the state ends by itself, and in which. ok is false when it does not.
func (m *machine) deadline() (at time.Time, next State, ok bool) {
	if m.judged {
		switch m.state {
		case Pending:
			at, next, ok = m.since.Add(m.timing.For), Firing, true
		case Recovering:
			at, next, ok = m.since.Add(m.timing.Recover), OK, true
		case OK, Firing, NoData, Error:
		}
	}
	// In error it is known that nothing is known. Saying no_data as well would only take turns with it.
	if m.timing.NoData > 0 && m.state != NoData && m.state != Error {
		if silent := m.heard.Add(m.timing.NoData); !ok || silent.Before(at) {
			return silent, NoData, true
		}
	}
	return at, next, ok
}

// advance applies what has ended before now, or, when including, at now.
func (m *machine) advance(now time.Time, including bool) (steps []step) {
	if now.Before(m.now) {
		now = m.now
	}
	m.now = now
	for {
		at, next, ok := m.deadline()
		if !ok || at.After(now) || at.Equal(now) && !including {
			return steps
		}
		if at.Before(m.since) { // what was kept over a restart may have ended before it
			at = m.since
		}
		steps = m.to(next, at, steps)
	}
}

// judge applies a verdict at now; fresh tells that it rests on something newly accepted, which is so old.
func (m *machine) judge(now time.Time, v verdict, fresh bool, age time.Duration) []step {
	// A verdict of the very moment counts before the deadlines of that moment: what clears then does not fire.
	steps := m.advance(now, false)
	now = m.now
	if v.err != nil {
		if m.state != Error {
			steps = m.to(Error, now, steps)
		}
		return steps
	}
	if m.timing.NoData > 0 && age >= m.timing.NoData {
		return append(steps, m.advance(now, true)...) // so old that it says nothing of now
	}
	if fresh {
		if at := now.Add(-age); at.After(m.heard) {
			m.heard = at
		}
		if m.state == NoData || m.state == Error {
			steps = m.to(OK, now, steps)
		}
	}
	if v.known && m.state != NoData && m.state != Error {
		m.judged = true
		if next := m.follow(v); next != m.state {
			steps = m.to(next, now, steps)
		}
	}
	return append(steps, m.advance(now, true)...)
}

// follow is the state that a verdict leads to at once.
func (m *machine) follow(v verdict) State {
	switch m.state {
	case OK:
		if v.raise {
			return Pending
		}
	case Pending:
		if !v.raise {
			return OK
		}
	case Firing:
		if v.clear {
			return Recovering
		}
	case Recovering:
		if !v.clear {
			return Firing
		}
	case NoData, Error:
	}
	return m.state
}

// acknowledge notes that a person knows.
func (m *machine) acknowledge() error {
	if !m.state.Complains() {
		return ErrNothingToAcknowledge
	}
	m.acked = true
	return nil
}

// Saved is the state of a rule as it is kept over a restart.
type Saved struct {
	State        State `json:"state"`
	Since        int64 `json:"since"` // ms since the epoch, by the wall clock
	Acknowledged bool  `json:"acknowledged,omitempty"`
}

// save describes the state; now and wall are the same moment on both clocks.
func (m *machine) save(now, wall time.Time) Saved {
	return Saved{State: m.state, Since: wall.Add(-now.Sub(m.since)).UnixMilli(), Acknowledged: m.acked}
}

// restore takes up a kept state. How long it has lasted is read off the wall clock, which may have been wrong: never less
// than nothing. What ends by time waits for a first verdict, for nobody has looked meanwhile.
func (m *machine) restore(now, wall time.Time, s Saved) {
	switch s.State {
	case OK, Pending, Firing, Recovering, NoData, Error:
	default:
		return // of another version: judged anew
	}
	m.state, m.acked = s.State, s.Acknowledged
	m.since = now.Add(-max(0, wall.Sub(time.UnixMilli(s.Since))))
	m.heard, m.judged = now, false
}
