package alerting

import (
	"context"
	"fmt"
	"slices"
	"time"

	"hypha/internal/alert"
	"hypha/internal/fleet"
	"hypha/internal/notify"
	"hypha/internal/option"
	"hypha/internal/settings"
)

// longestSilence bounds Silence: one that nobody remembers is a switched-off alarm.
const longestSilence = 30 * 24 * time.Hour

// ErrNothingToAcknowledge says that the rule complains of nothing.
var ErrNothingToAcknowledge = alert.ErrNothingToAcknowledge

// Acknowledge notes that a person knows of what a rule complains of: reminders stop, and outputs that wait for it are
// given back once the alert is over.
func (s *Service) Acknowledge(ctx context.Context, id int64, by, remark string) (Alert, error) {
	row, err := s.cfg.Store.AlertRules.Get(ctx, id)
	if err != nil {
		return Alert{}, err
	}
	var after aftermath
	s.mu.Lock()
	r := s.rules[id]
	_, err = s.engine.Acknowledge(id)
	if r == nil || err != nil && !r.holding { // what is over may still hold outputs until somebody knows
		s.mu.Unlock()
		return Alert{}, ErrNothingToAcknowledge
	}
	s.herald.Acknowledged(id)
	r.by, r.freed = by, true
	if st, ok := s.engine.Status(id); ok && r.holding && st.State == alert.OK {
		after.orders = append(after.orders, s.release(r)...)
	}
	s.dirty[id] = true
	message := row.Name + " was acknowledged"
	if remark != "" {
		message += ": " + remark
	}
	after.notes = append(after.notes, note{row.Ref(), by, message, map[string]any{"alert": id, "action": "acknowledged"}})
	after.states = append(after.states, s.alertStatus(r))
	view, err := s.view(row)
	s.mu.Unlock()
	s.finish(after)
	return view, err
}

// Silence keeps a rule from being told of until then; a time that is not in the future ends it. It is judged all the same,
// and does to outputs what it does.
func (s *Service) Silence(ctx context.Context, id int64, until time.Time, by string) (Alert, error) {
	now := time.Now()
	if until.Sub(now) > longestSilence {
		return Alert{}, option.Errors{{Field: "until", Message: "must be within 30 days: disable the alert, or choose a nearer end"}}
	}
	s.edits.Lock()
	defer s.edits.Unlock()
	row, err := s.cfg.Store.AlertRules.Update(ctx, id, func(r *settings.AlertRule) error {
		r.SilencedUntil = &until
		if !until.After(now) {
			r.SilencedUntil = nil
		}
		return nil
	})
	if err != nil {
		return Alert{}, err
	}
	message, action := fmt.Sprintf("%s is silenced until %s", row.Name, until.In(s.cfg.Location).Format("2006-01-02 15:04")), "silenced"
	if row.SilencedUntil == nil {
		message, action = row.Name+" is told of again", "unsilenced"
	}
	s.cfg.Note("alert", row.Ref(), by, message, map[string]any{"alert": id, "action": action, "until": fleet.Time(until)})
	var after aftermath
	s.mu.Lock()
	if r := s.rules[id]; r != nil {
		r.row = row
		s.retell(now, r)
		after.states = append(after.states, s.alertStatus(r))
	}
	view, err := s.view(row)
	s.mu.Unlock()
	s.finish(after)
	return view, err
}

// Test sends a message by the routes of a rule, as if it had fired, marked as a test, and returns the deliveries. The
// state does not change.
func (s *Service) Test(ctx context.Context, id int64, by string) ([]Delivery, error) {
	row, err := s.cfg.Store.AlertRules.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	d, err := s.draftOf(row)
	routes := s.routesOf(d)
	escalate := s.present(d.EscalateRoutes)
	st := s.status(row)
	s.mu.Unlock()
	if err != nil {
		return nil, err
	}
	for _, id := range escalate {
		if !slices.Contains(routes, id) {
			routes = append(routes, id)
		}
	}
	if len(routes) == 0 {
		return nil, option.Errors{{Field: "routes", Message: "nobody would be told: add a notification route, or enable one that takes this severity"}}
	}
	m := notify.Message{
		Title: "Test: " + d.Name, Body: "This is a test of the alert, asked for by " + by + ". Now: " + st.Text, Level: notify.Level(d.Severity),
		At: time.Now(), Link: s.link(), Test: true,
		About: []notify.About{{ID: id, Name: d.Name, Severity: notify.Level(d.Severity), What: "test", State: string(st.State), Since: time.Time(st.Since), Text: st.Text, Value: st.Value}},
	}
	s.cfg.Note("alert", row.Ref(), by, d.Name+" was tested", map[string]any{"alert": id, "action": "tested", "routes": routes})
	var sent []Delivery
	for _, one := range s.queue.Add(ctx, m, routes...) {
		sent = append(sent, s.viewDelivery(deliveryRow(one)))
	}
	return sent, nil
}

// link is where the alerts are looked at; "" when nobody knows.
func (s *Service) link() string {
	if s.cfg.BaseURL == "" {
		return ""
	}
	return s.cfg.BaseURL + "/alerts"
}
