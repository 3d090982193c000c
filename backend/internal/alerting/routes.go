package alerting

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"hypha/internal/alert"
	"hypha/internal/notify"
	"hypha/internal/option"
	"hypha/internal/secret"
	"hypha/internal/settings"
)

// RouteDraft is a way to people as a person writes it.
type RouteDraft struct {
	Name        string          `json:"name"`
	Kind        string          `json:"kind"`
	Options     json.RawMessage `json:"options,omitempty" swaggertype:"object"`
	Enabled     *bool           `json:"enabled,omitempty"`                                    // default true
	MinSeverity alert.Severity  `json:"min_severity,omitempty" enums:"info,warning,critical"` // default info
	Digest      *bool           `json:"digest,omitempty"`                                     // the daily digest goes by it; default true
}

// Route is a way to people.
type Route struct {
	settings.NotificationRoute
	Options    json.RawMessage // without secrets
	SecretsSet []string
	Last       *Delivery // the newest delivery; nil: none yet
}

// checkedRoute judges a draft and fills in what is absent.
func (s *Service) checkedRoute(d RouteDraft) (RouteDraft, notify.Kind, error) {
	var bad faults
	bad.name(d.Name)
	if d.Enabled == nil {
		d.Enabled = new(true)
	}
	if d.Digest == nil {
		d.Digest = new(true)
	}
	if d.MinSeverity == "" {
		d.MinSeverity = alert.Info
	}
	severity(&bad, "min_severity", d.MinSeverity)
	kind, ok := s.ways[d.Kind]
	switch {
	case !ok && d.Kind == "":
		bad.add("kind", "is required: GET /api/v1/kinds?type=notification lists them")
	case !ok:
		bad.add("kind", "there is no notification kind %q: GET /api/v1/kinds?type=notification lists them", d.Kind)
	default:
		_, err := kind.Bind(d.Options, nil)
		bad.under("options", err)
	}
	return d, kind, bad.err()
}

func (s *Service) sealed(d RouteDraft, kind notify.Kind) (settings.NotificationRoute, error) {
	options, err := s.cfg.Store.Secrets.SealOptions(d.Options, kind.Options.Secrets())
	if err != nil {
		return settings.NotificationRoute{}, fmt.Errorf("seal the secrets: %w", err)
	}
	return settings.NotificationRoute{
		Item: settings.Item{Name: d.Name}, Kind: d.Kind, Options: options, Enabled: *d.Enabled, MinSeverity: string(d.MinSeverity), Digest: *d.Digest,
	}, nil
}

// CreateRoute checks and stores a route.
func (s *Service) CreateRoute(ctx context.Context, d RouteDraft, by string) (Route, error) {
	s.edits.Lock()
	defer s.edits.Unlock()
	d, kind, err := s.checkedRoute(d)
	if err != nil {
		return Route{}, err
	}
	row, err := s.sealed(d, kind)
	if err != nil {
		return Route{}, err
	}
	if err := s.cfg.Store.Routes.Create(ctx, &row); err != nil {
		return Route{}, err
	}
	s.audit(row.Ref(), "created", by, fmt.Sprintf("The notification route %s was added", row.Name))
	return s.reroute(ctx, row)
}

// reroute takes up a route as it is stored now.
func (s *Service) reroute(ctx context.Context, row settings.NotificationRoute) (Route, error) {
	now := time.Now()
	s.mu.Lock()
	s.routes[row.ID] = row
	for _, r := range s.rules {
		s.retell(now, r)
	}
	s.mu.Unlock()
	s.queue.Retry(row.ID)
	return s.viewRoute(ctx, row)
}

func (s *Service) viewRoute(ctx context.Context, row settings.NotificationRoute) (v Route, err error) {
	v = Route{NotificationRoute: row, Options: row.Options}
	if kind, ok := s.ways[row.Kind]; ok {
		if v.Options, v.SecretsSet, err = secret.RedactOptions(row.Options, kind.Options.Secrets()); err != nil {
			return v, fmt.Errorf("take the secrets out: %w", err)
		}
	} else {
		v.Options = nil // nobody knows what of it is secret
	}
	last, _, err := s.cfg.Store.Deliveries.List(ctx, settings.DeliveryFilter{Route: row.ID, Limit: 1})
	if err != nil {
		return v, err
	}
	if len(last) > 0 {
		d := s.viewDelivery(last[0])
		v.Last = &d
	}
	return v, nil
}

// Route returns one route.
func (s *Service) Route(ctx context.Context, id int64) (Route, error) {
	row, err := s.cfg.Store.Routes.Get(ctx, id)
	if err != nil {
		return Route{}, err
	}
	return s.viewRoute(ctx, row)
}

// Routes returns routes by id, and how many there are without limit and offset.
func (s *Service) Routes(ctx context.Context, f settings.Filter) ([]Route, int64, error) {
	rows, total, err := s.cfg.Store.Routes.List(ctx, f)
	if err != nil {
		return nil, 0, err
	}
	all := make([]Route, 0, len(rows))
	for _, row := range rows {
		v, err := s.viewRoute(ctx, row)
		if err != nil {
			return nil, 0, err
		}
		all = append(all, v)
	}
	return all, total, nil
}

// UpdateRoute applies a JSON merge patch. Secrets that it does not mention stay.
func (s *Service) UpdateRoute(ctx context.Context, id int64, patch json.RawMessage, by string) (Route, error) {
	s.edits.Lock()
	defer s.edits.Unlock()
	old, err := s.cfg.Store.Routes.Get(ctx, id)
	if err != nil {
		return Route{}, err
	}
	kind, ok := s.ways[old.Kind]
	if !ok {
		return Route{}, option.Errors{{Field: "kind", Message: fmt.Sprintf("this program does not know the kind %q any more: the route can only be deleted", old.Kind)}}
	}
	options, err := s.cfg.Store.Secrets.OpenOptions(old.Options, kind.Options.Secrets())
	if errors.Is(err, secret.ErrNoKey) || errors.Is(err, secret.ErrWrongKey) || errors.Is(err, secret.ErrDamaged) {
		options, _, err = secret.RedactOptions(old.Options, kind.Options.Secrets()) // they are asked for anew: each is required, or missed by its service
	}
	if err != nil {
		return Route{}, fmt.Errorf("open the secrets: %w", err)
	}
	before := RouteDraft{Name: old.Name, Kind: old.Kind, Options: options, Enabled: &old.Enabled, MinSeverity: alert.Severity(old.MinSeverity), Digest: &old.Digest}
	after, err := merge(before, patch)
	if err != nil {
		return Route{}, err
	}
	if after.Kind != before.Kind {
		return Route{}, option.Errors{{Field: "kind", Message: "cannot be changed: add a new route of the other kind"}}
	}
	if after, _, err = s.checkedRoute(after); err != nil {
		return Route{}, err
	}
	changed, err := s.sealed(after, kind)
	if err != nil {
		return Route{}, err
	}
	row, err := s.cfg.Store.Routes.Update(ctx, id, func(r *settings.NotificationRoute) error {
		item := r.Item
		*r = changed
		r.Item, r.Name = item, changed.Name
		return nil
	})
	if err != nil {
		return Route{}, err
	}
	s.audit(row.Ref(), "updated", by, fmt.Sprintf("The notification route %s was changed", row.Name))
	return s.reroute(ctx, row)
}

// DeleteRoute puts a route into the bin. What waits for it is given up.
func (s *Service) DeleteRoute(ctx context.Context, id int64, by string) error {
	s.edits.Lock()
	defer s.edits.Unlock()
	row, err := s.cfg.Store.Routes.Get(ctx, id)
	if err != nil {
		return err
	}
	if err := s.cfg.Store.Routes.SoftDelete(ctx, id); err != nil {
		return err
	}
	now := time.Now()
	s.mu.Lock()
	delete(s.routes, id)
	if o, ok := s.senders[id]; ok {
		o.lane.Release()
		delete(s.senders, id)
	}
	s.herald.RemoveRoute(id)
	for _, r := range s.rules {
		s.retell(now, r)
	}
	s.mu.Unlock()
	s.queue.Retry(id)
	s.audit(row.Ref(), "deleted", by, fmt.Sprintf("The notification route %s was deleted", row.Name))
	return nil
}

// TestRoute sends a test message by a route and returns the delivery; what becomes of it is seen in Deliveries.
func (s *Service) TestRoute(ctx context.Context, id int64, by string) (Delivery, error) {
	row, err := s.cfg.Store.Routes.Get(ctx, id)
	if err != nil {
		return Delivery{}, err
	}
	if !row.Enabled {
		return Delivery{}, option.Errors{{Field: "enabled", Message: "the route is disabled: enable it first"}}
	}
	m := notify.Message{
		Title: "Test of " + row.Name, Body: "If you can read this, Hypha reaches you here. Asked for by " + by + ".", Level: notify.Info,
		At: time.Now(), Link: s.link(), About: []notify.About{}, Test: true,
	}
	sent := s.queue.Add(ctx, m, id)
	return s.viewDelivery(deliveryRow(sent[0])), nil
}
