package alert

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"hypha/internal/measure"
)

// Rule is what an Engine judges.
type Rule struct {
	ID     int64
	Check  *Check
	Timing Timing
	// Broken says why the rule cannot be judged, for example that its channel was deleted; nil: it can.
	Broken error
}

// Change is one change of a rule's state.
type Change struct {
	Rule     int64
	From, To State
	At       time.Time
	Evidence Evidence // as of now
}

// Status is how a rule stands.
type Status struct {
	State        State
	Since        time.Time
	Acknowledged bool
	Evidence     Evidence
}

// Engine judges rules.
type Engine struct {
	names Names
	began time.Time
	now   time.Time
	rules map[int64]*judged

	// The rest is made of rules by indexed, when indexed is asked for and unsorted says that it is not what they are now.
	unsorted     bool
	order        []*judged // by number
	byChannel    map[measure.ChannelID][]*judged
	byOutput     map[OutputChannel][]*judged
	byFunction   map[int64][]*judged
	byController []*judged
	byEvent      []*judged
}

// judged is a rule with its memory.
type judged struct {
	Rule
	m    *machine
	fail error // of the last evaluation
}

// NewEngine makes an engine without rules. now is the beginning: silence counts from there at the earliest.
func NewEngine(now time.Time, names Names) *Engine {
	return &Engine{names: names, began: now, now: now, rules: map[int64]*judged{}, unsorted: true}
}

// Put adds a rule or replaces the one of its number. The new one is in the state of the old one, so that an edit neither
// forgets nor repeats an alert; what it knows of the past is gone.
func (e *Engine) Put(now time.Time, r Rule) []Change {
	e.at(now)
	j := e.rules[r.ID]
	if j == nil {
		j = &judged{m: newMachine(r.Timing, e.now)}
		e.rules[r.ID] = j
	}
	j.Rule, j.fail = r, nil
	j.m.timing = r.Timing
	if !r.Check.Kind.Silent {
		j.m.timing.NoData = 0
	}
	e.unsorted = true
	if r.Broken != nil {
		return e.judge(j, false, 0, nil)
	}
	return nil
}

// Remove forgets a rule.
func (e *Engine) Remove(id int64) {
	delete(e.rules, id)
	e.unsorted = true
}

// indexed notes who is told what, by number of rule.
func (e *Engine) indexed() *Engine {
	if !e.unsorted {
		return e
	}
	e.unsorted, e.order = false, nil
	e.byChannel = map[measure.ChannelID][]*judged{}
	e.byOutput = map[OutputChannel][]*judged{}
	e.byFunction = map[int64][]*judged{}
	e.byController, e.byEvent = nil, nil
	for _, id := range slices.Sorted(maps.Keys(e.rules)) {
		j := e.rules[id]
		e.order = append(e.order, j)
		w := j.Check.Watch
		for _, ch := range w.Channels {
			e.byChannel[ch] = append(e.byChannel[ch], j)
		}
		for _, o := range w.Outputs {
			e.byOutput[o] = append(e.byOutput[o], j)
		}
		for _, f := range w.Functions {
			e.byFunction[f] = append(e.byFunction[f], j)
		}
		if w.Controllers {
			e.byController = append(e.byController, j)
		}
		if w.Events {
			e.byEvent = append(e.byEvent, j)
		}
	}
	return e
}

// Watches reports whether some rule is told of a channel.
func (e *Engine) Watches(ch measure.ChannelID) bool { return len(e.indexed().byChannel[ch]) > 0 }

// Functions lists the functions whose set-points are needed.
func (e *Engine) Functions() []int64 { return slices.Sorted(maps.Keys(e.indexed().byFunction)) }

// at moves the clock, never back.
func (e *Engine) at(now time.Time) instant {
	if now.After(e.now) {
		e.now = now
	}
	return instant(e.now.Sub(e.began))
}

// Reading tells of a usable value. age is how old it is: what counts is when it was true.
func (e *Engine) Reading(now time.Time, ch measure.ChannelID, v float64, age time.Duration) (changes []Change) {
	age = max(0, age)
	i := e.at(now) - instant(age)
	for _, j := range e.indexed().byChannel[ch] {
		changes = append(changes, e.judge(j, true, age, func() bool {
			c, ok := j.Check.cond.(readingTaker)
			return ok && c.reading(i, ch, v)
		})...)
	}
	return changes
}

// Output tells what an output channel does.
func (e *Engine) Output(now time.Time, o Output) (changes []Change) {
	i := e.at(now)
	for _, j := range e.indexed().byOutput[o.OutputChannel] {
		changes = append(changes, e.judge(j, true, 0, func() bool {
			if c, ok := j.Check.cond.(outputTaker); ok {
				c.output(i, o)
			}
			return false
		})...)
	}
	return changes
}

// Setpoint tells the set-point of a function; known is false when it has none.
func (e *Engine) Setpoint(now time.Time, function int64, v float64, known bool) (changes []Change) {
	i := e.at(now)
	for _, j := range e.indexed().byFunction[function] {
		changes = append(changes, e.judge(j, true, 0, func() bool {
			c, ok := j.Check.cond.(setpointTaker)
			return ok && c.setpoint(i, function, v, known)
		})...)
	}
	return changes
}

// Controller tells the state of a controller.
func (e *Engine) Controller(now time.Time, s Controller) (changes []Change) {
	i := e.at(now)
	for _, j := range e.indexed().byController {
		changes = append(changes, e.judge(j, true, 0, func() bool {
			c, ok := j.Check.cond.(controllerTaker)
			return ok && c.controller(i, s)
		})...)
	}
	return changes
}

// Event tells of an entry of the journal.
func (e *Engine) Event(now time.Time, ev Event) (changes []Change) {
	i := e.at(now)
	for _, j := range e.indexed().byEvent {
		changes = append(changes, e.judge(j, true, 0, func() bool {
			c, ok := j.Check.cond.(eventTaker)
			return ok && c.event(i, ev)
		})...)
	}
	return changes
}

// Tick lets time pass.
func (e *Engine) Tick(now time.Time) (changes []Change) {
	e.at(now)
	for _, j := range e.indexed().order {
		changes = append(changes, e.judge(j, false, 0, nil)...)
	}
	return changes
}

// judge lets a rule take what there is and applies its verdict. A condition that panics is one that cannot be judged; it
// takes no other with it.
func (e *Engine) judge(j *judged, told bool, age time.Duration, take func() bool) (changes []Change) {
	now := instant(e.now.Sub(e.began))
	var v verdict
	fresh := false
	func() {
		defer func() {
			if r := recover(); r != nil {
				v = verdict{err: fmt.Errorf("the rule failed: %v", r)}
			}
		}()
		if j.Broken != nil {
			v = verdict{err: j.Broken}
			return
		}
		if take != nil {
			fresh = take()
		}
		if told || j.Check.timed {
			v = j.Check.cond.verdict(now)
		}
		// Kinds that do not wait for data are judged by what they know at any time.
		fresh = fresh || v.known && !j.Check.Kind.Silent
	}()
	j.fail = v.err
	for _, s := range j.m.judge(e.now, v, fresh, age) {
		changes = append(changes, Change{Rule: j.ID, From: s.from, To: s.to, At: s.at, Evidence: e.evidence(j)})
	}
	return changes
}

func (e *Engine) evidence(j *judged) (ev Evidence) {
	defer func() {
		if r := recover(); r != nil {
			ev = Evidence{Text: fmt.Sprint(r)}
		}
	}()
	if j.fail != nil {
		return Evidence{Text: j.fail.Error()}
	}
	ev = j.Check.cond.evidence(e.names)
	if j.m.state == NoData {
		ev.Value = nil
		ev.Text = "no usable reading for " + length(instant(e.now.Sub(j.m.heard))) + "; before, " + ev.Text
	}
	return ev
}

// Acknowledge notes that a person knows of what a rule complains of. ok is false when there is no such rule.
func (e *Engine) Acknowledge(id int64) (ok bool, err error) {
	j := e.rules[id]
	if j == nil {
		return false, nil
	}
	return true, j.m.acknowledge()
}

// Renew makes a rule's complaint a new one that nobody has acknowledged: it matters more than before.
func (e *Engine) Renew(id int64) {
	if j := e.rules[id]; j != nil {
		j.m.acked = false
	}
}

// Status is how a rule stands; ok is false when there is no such rule.
func (e *Engine) Status(id int64) (s Status, ok bool) {
	j := e.rules[id]
	if j == nil {
		return Status{}, false
	}
	return Status{State: j.m.state, Since: j.m.since, Acknowledged: j.m.acked, Evidence: e.evidence(j)}, true
}

// Save describes the state of a rule for Restore; now and wall are the same moment on the two clocks.
func (e *Engine) Save(id int64, now, wall time.Time) (s Saved, ok bool) {
	j := e.rules[id]
	if j == nil {
		return Saved{}, false
	}
	e.at(now)
	return j.m.save(e.now, wall), true
}

// Restore puts a rule into a state that was saved.
func (e *Engine) Restore(id int64, now, wall time.Time, s Saved) {
	e.at(now)
	if j := e.rules[id]; j != nil {
		j.m.restore(e.now, wall, s)
	}
}
