package alerting

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"hypha/internal/alert"
	"hypha/internal/fleet"
)

// Status is how a rule stands.
type Status struct {
	State          alert.State `json:"state" enums:"inactive,ok,pending,firing,recovering,no_data,error"`
	Since          fleet.Time  `json:"since" swaggertype:"string" format:"date-time"`
	Acknowledged   bool        `json:"acknowledged"`
	AcknowledgedBy string      `json:"acknowledged_by,omitempty"`
	Text           string      `json:"text"`  // why, for people
	Value          *float64    `json:"value"` // what was judged, if it is one number
	Flapping       bool        `json:"flapping,omitempty"`
	Holding        bool        `json:"holding,omitempty"` // outputs are held by its actions
	SilencedUntil  *fleet.Time `json:"silenced_until,omitempty" swaggertype:"string" format:"date-time"`
} //	@name	AlertStatus

// Inactive is the state of a rule that is disabled.
const Inactive alert.State = "inactive"

// AlertStatus is how a rule stands as the feed tells it.
type AlertStatus struct {
	ID       int64          `json:"id"`
	Name     string         `json:"name"`
	Severity alert.Severity `json:"severity"`
	Status   Status         `json:"status"`
}

// note is an entry for the journal.
type note struct {
	source, user, message string
	data                  map[string]any
}

// aftermath is what has to be done once the lock is given back.
type aftermath struct {
	notes  []note
	states []AlertStatus
	orders []order
}

// finish does it. Nothing in it blocks.
func (s *Service) finish(a aftermath) {
	for _, n := range a.notes {
		s.cfg.Note("alert", n.source, n.user, n.message, n.data)
	}
	for _, st := range a.states {
		s.cfg.Alerts.Publish(st)
	}
	for _, o := range a.orders {
		s.actors.put(o)
	}
}

// apply follows up on changes of the engine. Needs mu.
func (s *Service) apply(now time.Time, changes []alert.Change) (after aftermath) {
	for _, c := range changes {
		r := s.rules[c.Rule]
		if r == nil {
			continue
		}
		s.dirty[c.Rule] = true
		if !goesOn(c) {
			r.by = ""
		}
		s.herald.Changed(now, c.Rule, c.To, c.Evidence)
		if n, ok := s.noteOf(r, c); ok {
			after.notes = append(after.notes, n)
		}
		after.orders = append(after.orders, s.act(r, c)...)
	}
	for id := range changed(changes) {
		if r := s.rules[id]; r != nil {
			after.states = append(after.states, s.alertStatus(r))
		}
	}
	return after
}

// changed are the rules of some changes, each once.
func changed(changes []alert.Change) map[int64]bool {
	ids := map[int64]bool{}
	for _, c := range changes {
		ids[c.Rule] = true
	}
	return ids
}

// goesOn reports whether a change is within one complaint.
func goesOn(c alert.Change) bool {
	within := func(s alert.State) bool { return s == alert.Firing || s == alert.Recovering }
	return within(c.From) && within(c.To)
}

// noteOf is the journal's entry about a change; ok is false for what people need not know of.
func (s *Service) noteOf(r *rule, c alert.Change) (n note, ok bool) {
	var words string
	switch {
	case goesOn(c), c.To == alert.Pending:
		return note{}, false
	case c.To == alert.Firing:
		words = fmt.Sprintf("%s: %s", r.row.Name, c.Evidence.Text)
	case c.To == alert.NoData:
		words = fmt.Sprintf("%s has no data: %s", r.row.Name, c.Evidence.Text)
	case c.To == alert.Error:
		words = fmt.Sprintf("%s cannot be judged: %s", r.row.Name, c.Evidence.Text)
	case !c.From.Complains(): // pending, and nothing came of it
		return note{}, false
	default:
		words = fmt.Sprintf("%s is over: %s", r.row.Name, c.Evidence.Text)
	}
	return note{source: r.row.Ref(), message: words, data: map[string]any{
		"alert": r.row.ID, "state": c.To, "from": c.From, "severity": r.row.Severity, "value": c.Evidence.Value,
	}}, true
}

// alertStatus needs mu.
func (s *Service) alertStatus(r *rule) AlertStatus {
	return AlertStatus{ID: r.row.ID, Name: r.row.Name, Severity: alert.Severity(r.row.Severity), Status: s.status(r.row)}
}

// AlertsNow is how every rule stands, by number.
func (s *Service) AlertsNow(context.Context) ([]AlertStatus, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]AlertStatus, 0, len(s.rules))
	for _, id := range slices.Sorted(maps.Keys(s.rules)) {
		all = append(all, s.alertStatus(s.rules[id]))
	}
	return all, nil
}
