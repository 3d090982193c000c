package herald

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"hypha/internal/alert"
)

// What a notice says.
type What string

// What there is to say.
const (
	Fired     What = "firing"
	NoData    What = "no_data"
	Error     What = "error"
	Resolved  What = "resolved"
	Still     What = "still"     // a reminder
	Escalated What = "escalated" // nobody has acknowledged
	Flapping  What = "flapping"
	Steady    What = "steady" // it no longer flaps
	Missed    What = "missed" // it came and went while nothing was told
)

func whatOf(s alert.State) What {
	switch s {
	case alert.Firing:
		return Fired
	case alert.NoData:
		return NoData
	case alert.Error:
		return Error
	case alert.OK, alert.Pending, alert.Recovering:
	}
	return Resolved
}

// Notice is one thing to say of a rule.
type Notice struct {
	Rule     int64
	Name     string
	Severity alert.Severity
	What     What
	State    alert.State // as of when it was said
	Since    time.Time   // when the complaint began, or ended
	At       time.Time   // when it was said
	Text     string      // the evidence
	Value    *float64
	Count    int // of what was missed

	cause string
}

// Message goes to one route.
type Message struct {
	Route   int64
	Notices []Notice // by time; at least one
}

// outbox is what waits for a route.
//
// Invariant: of each rule at most two notices wait, the first and the newest one.
type outbox struct {
	waiting  map[int64][]Notice // by rule
	due      time.Time          // of the first
	tokens   float64
	refilled time.Time
}

func (h *Herald) put(t *told, now time.Time, what What, routes []int64) {
	n := Notice{
		Rule: t.ID, Name: t.Name, Severity: t.Severity, What: what, State: t.state, Since: t.since, At: now, Text: t.text,
		Value: t.value, Count: t.Missed, cause: t.Cause,
	}
	wait := GroupWait
	if t.Severity.Rank() >= alert.Critical.Rank() {
		wait = CriticalWait
	}
	for _, route := range routes {
		o := h.outbox[route]
		if o == nil {
			o = &outbox{waiting: map[int64][]Notice{}, tokens: FloodBurst, refilled: now}
			h.outbox[route] = o
		}
		if due := now.Add(wait); len(o.waiting) == 0 || due.Before(o.due) {
			o.due = due
		}
		if w := o.waiting[t.ID]; len(w) < 2 {
			o.waiting[t.ID] = append(w, n)
			h.pending[t.ID]++
		} else {
			w[1] = n
		}
	}
}

// due takes from the outboxes what may go.
func (h *Herald) due(now time.Time) (messages []Message) {
	for _, route := range slices.Sorted(maps.Keys(h.outbox)) {
		o := h.outbox[route]
		o.tokens = min(FloodBurst, o.tokens+now.Sub(o.refilled).Seconds()/FloodRefill.Seconds())
		o.refilled = now
		if len(o.waiting) == 0 || now.Before(o.due) || o.tokens < 1 {
			continue
		}
		groups := o.groups()
		if float64(len(groups)) > o.tokens { // better one that is long than one that is late
			groups = [][]Notice{byTime(slices.Concat(groups...))}
		}
		for _, g := range groups {
			messages = append(messages, Message{Route: route, Notices: g})
			o.tokens--
			for _, n := range g {
				h.pending[n.Rule]--
			}
		}
		clear(o.waiting)
	}
	return messages
}

// groups are the notices that wait, those of one cause together, the most severe first.
func (o *outbox) groups() [][]Notice {
	byCause := map[string][]Notice{}
	for _, notices := range o.waiting {
		for _, n := range notices {
			key := n.cause
			if key == "" {
				key = fmt.Sprint("rule/", n.Rule)
			}
			byCause[key] = append(byCause[key], n)
		}
	}
	groups := make([][]Notice, 0, len(byCause))
	for _, cause := range slices.Sorted(maps.Keys(byCause)) {
		groups = append(groups, byTime(byCause[cause]))
	}
	slices.SortStableFunc(groups, func(a, b []Notice) int {
		return Message{Notices: b}.Severity().Rank() - Message{Notices: a}.Severity().Rank()
	})
	return groups
}

func byTime(notices []Notice) []Notice {
	slices.SortStableFunc(notices, func(a, b Notice) int {
		if c := a.At.Compare(b.At); c != 0 {
			return c
		}
		return int(a.Rule - b.Rule)
	})
	return notices
}

// Severity is that of the worst notice.
func (m Message) Severity() alert.Severity {
	worst := alert.Info
	for _, n := range m.Notices {
		if n.Severity.Rank() > worst.Rank() {
			worst = n.Severity
		}
	}
	return worst
}

// Good reports whether all of it is good news.
func (m Message) Good() bool {
	return !slices.ContainsFunc(m.Notices, func(n Notice) bool { return n.State != alert.OK })
}

// Title is one line.
func (m Message) Title() string {
	if len(m.Notices) == 1 {
		return m.Notices[0].title()
	}
	var names []string
	for _, n := range m.Notices {
		if !slices.Contains(names, n.Name) {
			names = append(names, n.Name)
		}
	}
	if len(names) == 1 {
		return m.Notices[len(m.Notices)-1].title()
	}
	const few = 3
	text := strings.Join(names[:min(few, len(names))], ", ")
	if more := len(names) - few; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return fmt.Sprintf("%d alerts: %s", len(names), text)
}

// Body is the rest, a line per notice.
func (m Message) Body() string {
	lines := make([]string, len(m.Notices))
	for i, n := range m.Notices {
		lines[i] = n.text()
		if len(m.Notices) > 1 {
			lines[i] = n.title() + ": " + lines[i]
		}
	}
	return strings.Join(lines, "\n")
}

func (n Notice) title() string {
	switch n.What {
	case Fired:
		return fmt.Sprintf("%s (%s)", n.Name, n.Severity)
	case NoData:
		return fmt.Sprintf("%s: no data (%s)", n.Name, n.Severity)
	case Error:
		return fmt.Sprintf("%s: cannot be judged (%s)", n.Name, n.Severity)
	case Still:
		return fmt.Sprintf("Still: %s (%s)", n.Name, n.Severity)
	case Escalated:
		return fmt.Sprintf("Nobody has acknowledged: %s (%s)", n.Name, n.Severity)
	case Flapping:
		return fmt.Sprintf("%s comes and goes", n.Name)
	case Steady:
		if n.State == alert.OK {
			return n.Name + " is steady again: well"
		}
		return fmt.Sprintf("%s is steady again: not well (%s)", n.Name, n.Severity)
	case Missed:
		return "Meanwhile over: " + n.Name
	case Resolved:
	}
	return "Resolved: " + n.Name
}

func (n Notice) text() string {
	switch n.What {
	case Flapping:
		return fmt.Sprintf("%d changes within an hour. Nothing more is told until it has been steady for %.0f minutes. Now: %s", FlapChanges, SteadyAfter.Minutes(), n.Text)
	case Missed:
		if n.Count == 1 {
			return "It fired once while nothing was told. Now: " + n.Text
		}
		return fmt.Sprintf("It fired %d times while nothing was told. Now: %s", n.Count, n.Text)
	case Still, Escalated:
		return fmt.Sprintf("%s, for %s", n.Text, n.At.Sub(n.Since).Round(time.Second))
	case Fired, NoData, Error, Resolved, Steady:
	}
	return n.Text
}
