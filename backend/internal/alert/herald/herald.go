package herald

import (
	"slices"
	"time"

	"hypha/internal/alert"
)

// The measures of politeness.
const (
	FlapChanges  = 5
	FlapWithin   = time.Hour
	SteadyAfter  = 30 * time.Minute
	GroupWait    = 5 * time.Second
	CriticalWait = time.Second // for what belongs to it may come a moment later
	FloodBurst   = 6
	FloodRefill  = time.Minute
)

// Rule is how a rule is told of.
type Rule struct {
	ID            int64
	Name          string
	Severity      alert.Severity
	Cause         string // notices of the same cause go into one message
	Repeat        time.Duration
	EscalateAfter time.Duration // 0: never
	Routes        []int64
	Escalate      []int64
	Silenced      time.Time // until then; zero: not
}

// Config holds for all rules.
type Config struct {
	Location    *time.Location // of the quiet hours; nil: UTC
	Quiet       *Quiet         // nil: none
	Maintenance time.Time      // until then; zero: none
}

// Quiet is the time of the day, in minutes since midnight, in which only critical alerts are told. From may be later than
// To: over midnight. From itself is quiet, To is not.
type Quiet struct{ From, To int }

func (q *Quiet) at(t time.Time) bool {
	if q == nil || q.From == q.To {
		return false
	}
	m := t.Hour()*60 + t.Minute()
	if q.From < q.To {
		return m >= q.From && m < q.To
	}
	return m >= q.From || m < q.To
}

// Herald tells of rules.
type Herald struct {
	cfg     Config
	rules   map[int64]*told
	outbox  map[int64]*outbox
	pending map[int64]int // notices that wait, by rule
}

// told is a rule, how it stands, and what people know.
type told struct {
	Rule
	state alert.State // ok, firing, no_data or error: see audible
	since time.Time   // when it left ok; when it became ok
	acked bool
	text  string
	value *float64
	Known
	kept Known // as of when nothing waited to be sent: what is saved
}

// Known is what people know of a rule.
type Known struct {
	State     alert.State `json:"state"`               // told last
	At        time.Time   `json:"at"`                  // when
	Missed    int         `json:"missed,omitempty"`    // times it came and went untold
	Changes   []time.Time `json:"changes,omitempty"`   // the last ones, at most FlapChanges
	Flapping  bool        `json:"flapping,omitempty"`  //
	Escalated bool        `json:"escalated,omitempty"` //
	Routes    []int64     `json:"routes,omitempty"`    // that were told of what goes on now
}

// New makes a herald without rules.
func New(cfg Config) *Herald {
	return &Herald{cfg: cfg, rules: map[int64]*told{}, outbox: map[int64]*outbox{}, pending: map[int64]int{}}
}

// Configure replaces what holds for all rules.
func (h *Herald) Configure(cfg Config) { h.cfg = cfg }

// Put adds a rule or replaces how it is told of.
func (h *Herald) Put(now time.Time, r Rule) {
	t := h.rules[r.ID]
	if t == nil {
		t = &told{state: alert.OK, since: now, Known: Known{State: alert.OK, At: now}}
		t.kept = t.Known
		h.rules[r.ID] = t
	}
	if t.ID != 0 && r.Severity.Rank() > t.Severity.Rank() && t.state != alert.OK {
		t.acked, t.State = false, alert.OK // it matters more now: it is told again
	}
	t.Rule = r
}

// Remove forgets a rule and what waits of it.
func (h *Herald) Remove(id int64) {
	delete(h.rules, id)
	delete(h.pending, id)
	for _, o := range h.outbox {
		delete(o.waiting, id)
	}
}

// RemoveRoute forgets what waits for a route.
func (h *Herald) RemoveRoute(route int64) {
	if o := h.outbox[route]; o != nil {
		for rule, notices := range o.waiting {
			h.pending[rule] -= len(notices)
		}
	}
	delete(h.outbox, route)
}

// audible is what of a state matters to people: pending is still well, recovering is not well yet.
func audible(s alert.State) alert.State {
	switch s {
	case alert.OK, alert.Pending:
		return alert.OK
	case alert.Firing, alert.Recovering:
		return alert.Firing
	case alert.NoData, alert.Error:
	}
	return s
}

// Changed tells how a rule stands, with the evidence.
func (h *Herald) Changed(now time.Time, id int64, s alert.State, ev alert.Evidence) {
	t := h.rules[id]
	if t == nil {
		return
	}
	t.text, t.value = ev.Text, ev.Value
	next := audible(s)
	if next == t.state {
		return
	}
	t.Changes = append(t.Changes, now)
	if more := len(t.Changes) - FlapChanges; more > 0 {
		t.Changes = slices.Delete(t.Changes, 0, more)
	}
	switch {
	case next == alert.OK:
		t.since = now
		if t.State == alert.OK && !t.acked {
			t.Missed++
		}
	case t.state == alert.OK:
		t.since = now
		t.Escalated = false
	}
	t.state, t.acked = next, false
}

// Acknowledged tells that a person knows of what a rule complains of.
func (h *Herald) Acknowledged(id int64) {
	if t := h.rules[id]; t != nil {
		t.acked = true
	}
}

// Flapping reports whether a rule changes too often to be told of.
func (h *Herald) Flapping(id int64) bool {
	t := h.rules[id]
	return t != nil && t.Flapping
}

// Save is what people know of a rule, as far as it has left the herald: what still waits is told anew after a restart.
func (h *Herald) Save(id int64) (k Known, ok bool) {
	t := h.rules[id]
	if t == nil {
		return Known{}, false
	}
	if h.pending[id] == 0 {
		t.kept = t.Known
	}
	k = t.kept
	k.Changes, k.Routes = slices.Clone(k.Changes), slices.Clone(k.Routes)
	return k, true
}

// Restore takes up what people know of a rule, with how it stands. Times that the clock has not reached yet, because it was
// set back, count as now.
func (h *Herald) Restore(now time.Time, id int64, k Known, s alert.State, since time.Time, acked bool, ev alert.Evidence) {
	t := h.rules[id]
	if t == nil {
		return
	}
	if k.State == "" {
		k.State = alert.OK
	}
	if k.At.After(now) {
		k.At = now
	}
	for i, at := range k.Changes {
		if at.After(now) {
			k.Changes[i] = now
		}
	}
	t.Known, t.kept = k, k
	t.state, t.since, t.acked, t.text, t.value = audible(s), since, acked, ev.Text, ev.Value
}

// Tick returns the messages that are due.
func (h *Herald) Tick(now time.Time) []Message {
	for _, t := range h.rules {
		h.settle(t, now)
	}
	return h.due(now)
}

// muted reports whether nothing may be told of a rule now.
func (h *Herald) muted(t *told, now time.Time) bool {
	wall := now.Round(0)
	location := h.cfg.Location
	if location == nil {
		location = time.UTC
	}
	return wall.Before(t.Silenced) || wall.Before(h.cfg.Maintenance) ||
		t.Severity.Rank() < alert.Critical.Rank() && h.cfg.Quiet.at(wall.In(location))
}

// settle puts into the outbox what has to be told of a rule now.
func (h *Herald) settle(t *told, now time.Time) {
	if h.muted(t, now) {
		return
	}
	if h.flaps(t, now) {
		return
	}
	switch {
	case t.state != t.State && t.state != alert.OK && t.acked:
		// A person knows; nobody needs to be told before it is another complaint.
	case t.state != t.State:
		h.tell(t, now, whatOf(t.state), t.state)
	case t.Missed > 0 && t.state == alert.OK:
		h.tell(t, now, Missed, t.state)
	case t.state != alert.OK && !t.acked && t.Repeat > 0 && now.Sub(t.At) >= t.Repeat:
		h.tell(t, now, Still, t.state)
	}
	h.escalate(t, now)
}

// flaps notices when a rule begins and ends to flap, and reports whether it does.
func (h *Herald) flaps(t *told, now time.Time) bool {
	n := len(t.Changes)
	if !t.Flapping {
		if n < FlapChanges || now.Sub(t.Changes[0]) > FlapWithin || now.Sub(t.Changes[n-1]) >= SteadyAfter {
			return false
		}
		t.Flapping = true
		h.tell(t, now, Flapping, t.State)
		return true
	}
	if n > 0 && now.Sub(t.Changes[n-1]) < SteadyAfter {
		return true
	}
	t.Flapping, t.Changes = false, nil
	h.tell(t, now, Steady, t.state)
	return false
}

func (h *Herald) escalate(t *told, now time.Time) {
	if t.state == alert.OK || t.acked || t.Escalated || t.EscalateAfter <= 0 || now.Sub(t.since) < t.EscalateAfter {
		return
	}
	t.Escalated = true
	h.put(t, now, Escalated, t.Rule.Escalate)
	t.Known.Routes = union(t.Known.Routes, t.Rule.Escalate)
}

// tell puts a notice into the outboxes of those who must know, and notes that they do.
func (h *Herald) tell(t *told, now time.Time, what What, known alert.State) {
	to := t.Rule.Routes
	if t.Escalated {
		to = union(to, t.Rule.Escalate)
	}
	to = union(to, t.Known.Routes) // who was told that it began is told that it is over
	h.put(t, now, what, to)
	t.State, t.At, t.Missed = known, now, 0
	t.Known.Routes = slices.Clone(to)
	if known == alert.OK {
		t.Known.Routes = nil
	}
}

func union(a, b []int64) []int64 {
	all := slices.Concat(a, b)
	slices.Sort(all)
	return slices.Compact(all)
}
