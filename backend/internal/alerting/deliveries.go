package alerting

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"hypha/internal/alert/herald"
	"hypha/internal/fleet"
	"hypha/internal/notify"
	"hypha/internal/settings"
)

// Delivery is a message on its way by one route, or what became of it.
type Delivery struct {
	ID        int64       `json:"id"`
	Route     int64       `json:"route"`
	RouteName string      `json:"route_name"` // "" when the route is gone
	Title     string      `json:"title"`
	Body      string      `json:"body"`
	Severity  string      `json:"severity" enums:"info,warning,critical"`
	Test      bool        `json:"test"`
	State     string      `json:"state" enums:"waiting,sent,given_up"`
	Attempts  int         `json:"attempts"`
	Error     string      `json:"error,omitempty"` // of the last attempt
	CreatedAt fleet.Time  `json:"created_at" swaggertype:"string" format:"date-time"`
	NextTryAt *fleet.Time `json:"next_try_at,omitempty" swaggertype:"string" format:"date-time"`
	DoneAt    *fleet.Time `json:"done_at,omitempty" swaggertype:"string" format:"date-time"`
}

// deliveries keeps the queue in the settings.
type deliveries struct{ rows *settings.Deliveries }

func deliveryRow(d notify.Delivery) settings.Delivery {
	row := settings.Delivery{
		ID: d.ID, RouteID: d.Route, State: string(d.State), Attempts: d.Attempts, Error: d.Error, CreatedAt: d.CreatedAt, NextAt: d.NextAt,
	}
	if !d.DoneAt.IsZero() {
		row.DoneAt = &d.DoneAt
	}
	if raw, err := json.Marshal(d.Message); err == nil { // fails for a time beyond the year 9999 alone
		row.Message = raw
	}
	return row
}

// Add stores a delivery.
func (s deliveries) Add(ctx context.Context, d *notify.Delivery) error {
	row := deliveryRow(*d)
	if err := s.rows.Add(ctx, &row); err != nil {
		return err
	}
	d.ID = row.ID
	return nil
}

// Update stores what has become of it.
func (s deliveries) Update(ctx context.Context, d notify.Delivery) error {
	return s.rows.Update(ctx, deliveryRow(d))
}

// Waiting returns what is not done. One that cannot be read is left out: it holds up no other.
func (s deliveries) Waiting(ctx context.Context) ([]notify.Delivery, error) {
	rows, err := s.rows.Waiting(ctx)
	if err != nil {
		return nil, err
	}
	all := make([]notify.Delivery, 0, len(rows))
	for _, row := range rows {
		d := notify.Delivery{
			ID: row.ID, Route: row.RouteID, State: notify.Waiting, Attempts: row.Attempts, Error: row.Error, CreatedAt: row.CreatedAt, NextAt: row.NextAt,
		}
		if json.Unmarshal(row.Message, &d.Message) == nil {
			all = append(all, d)
		}
	}
	return all, nil
}

func (s *Service) viewDelivery(row settings.Delivery) Delivery {
	var m notify.Message
	_ = json.Unmarshal(row.Message, &m) // what cannot be read is shown without its text
	d := Delivery{
		ID: row.ID, Route: row.RouteID, Title: m.Title, Body: m.Body, Severity: string(m.Level), Test: m.Test, State: row.State, Attempts: row.Attempts,
		Error: row.Error, CreatedAt: fleet.Time(row.CreatedAt),
	}
	s.mu.Lock()
	d.RouteName = s.routes[row.RouteID].Name
	s.mu.Unlock()
	if row.State == string(notify.Waiting) {
		t := fleet.Time(row.NextAt)
		d.NextTryAt = &t
	}
	if row.DoneAt != nil {
		t := fleet.Time(*row.DoneAt)
		d.DoneAt = &t
	}
	return d
}

// Deliveries lists what was sent, waits or was given up, newest first.
func (s *Service) Deliveries(ctx context.Context, f settings.DeliveryFilter) ([]Delivery, int64, error) {
	rows, total, err := s.cfg.Store.Deliveries.List(ctx, f)
	if err != nil {
		return nil, 0, err
	}
	all := make([]Delivery, 0, len(rows))
	for _, row := range rows {
		all = append(all, s.viewDelivery(row))
	}
	return all, total, nil
}

// delivered is told by the queue what became of a message.
func (s *Service) delivered(d notify.Delivery) {
	s.mu.Lock()
	name := s.routes[d.Route].Name
	s.mu.Unlock()
	if name == "" {
		name = settings.Ref("notification-route", d.Route)
	}
	var words string
	switch d.State {
	case notify.Sent:
		words = fmt.Sprintf("Sent by %s: %s", name, d.Message.Title)
	case notify.GivenUp:
		words = fmt.Sprintf("Could not be sent by %s and is given up: %s (%s)", name, d.Message.Title, d.Error)
	case notify.Waiting:
		words = fmt.Sprintf("Could not be sent by %s and is tried again: %s (%s)", name, d.Message.Title, d.Error)
	}
	s.cfg.Note("notification", settings.Ref("notification-route", d.Route), "", words, map[string]any{
		"delivery": d.ID, "state": d.State, "attempts": d.Attempts, "error": d.Error, "test": d.Message.Test,
	})
}

// messageOf is what the herald says, as it is sent.
func (s *Service) messageOf(m herald.Message, now time.Time) notify.Message {
	out := notify.Message{
		Title: m.Title(), Body: m.Body(), Level: notify.Level(m.Severity()), Good: m.Good(), At: now, Link: s.link(), About: []notify.About{},
	}
	for _, n := range m.Notices {
		out.About = append(out.About, notify.About{
			ID: n.Rule, Name: n.Name, Severity: notify.Level(n.Severity), What: string(n.What), State: string(n.State), Since: n.Since, Text: n.Text, Value: n.Value,
		})
	}
	return out
}
