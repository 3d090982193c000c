package alerting

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"hypha/internal/alert"
	"hypha/internal/option"
	"hypha/internal/settings"
)

// Alert is a rule with how it stands.
type Alert struct {
	ID int64 `json:"id"`
	Draft
	CreatedAt time.Time
	UpdatedAt time.Time
	Status    Status
}

// draftOf is a stored rule as its owner would write it, with every default said.
func (s *Service) draftOf(row settings.AlertRule) (d Draft, err error) {
	var t timing
	var to telling
	d = Draft{Name: row.Name, Kind: row.Kind, Options: row.Options, Severity: alert.Severity(row.Severity), Enabled: &row.Enabled, Zone: row.ZoneID}
	for _, part := range []struct {
		raw  json.RawMessage
		into any
	}{{row.Timing, &t}, {row.Routes, &to}, {row.Actions, &d.Actions}} {
		if len(part.raw) == 0 {
			continue
		}
		if err := json.Unmarshal(part.raw, part.into); err != nil {
			return d, fmt.Errorf("alert %d as it is stored: %w", row.ID, err)
		}
	}
	d.ForS, d.RecoverS, d.NoDataS, d.RepeatS, d.EscalateAfterS = &t.ForS, &t.RecoverS, &t.NoDataS, &t.RepeatS, &t.EscalateAfterS
	d.Routes, d.EscalateRoutes, d.Cause = to.Routes, to.Escalate, to.Cause
	d.fill(s.kinds[d.Kind])
	return d, nil
}

// rowOf is a checked draft as it is stored.
func rowOf(d Draft) (row settings.AlertRule, err error) {
	row = settings.AlertRule{
		Item: settings.Item{Name: d.Name}, Kind: d.Kind, Options: d.Options, Enabled: *d.Enabled, ZoneID: d.Zone, Severity: string(d.Severity),
	}
	for _, part := range []struct {
		into *json.RawMessage
		v    any
	}{
		{&row.Timing, timing{*d.ForS, *d.RecoverS, *d.NoDataS, *d.RepeatS, *d.EscalateAfterS}},
		{&row.Routes, telling{d.Routes, d.EscalateRoutes, d.Cause}},
		{&row.Actions, d.Actions},
	} {
		if *part.into, err = json.Marshal(part.v); err != nil {
			return row, fmt.Errorf("encode the alert: %w", err)
		}
	}
	return row, nil
}

// Create checks and stores a rule, and judges it from now on.
func (s *Service) Create(ctx context.Context, d Draft, by string) (Alert, error) {
	s.edits.Lock()
	defer s.edits.Unlock()
	d, err := s.checked(ctx, d, nil)
	if err != nil {
		return Alert{}, err
	}
	row, err := rowOf(d)
	if err != nil {
		return Alert{}, err
	}
	if err := s.cfg.Store.AlertRules.Create(ctx, &row); err != nil {
		return Alert{}, err
	}
	s.audit(row.Ref(), "created", by, fmt.Sprintf("The alert %s was added", row.Name))
	return s.begin(ctx, row)
}

// begin judges a rule as it is stored now.
func (s *Service) begin(ctx context.Context, row settings.AlertRule) (Alert, error) {
	t, err := loadNames(ctx, s.cfg.Store)
	if err != nil {
		return Alert{}, err
	}
	s.do(func(now time.Time) []alert.Change {
		s.names.table = t
		s.dirty[row.ID] = true
		return s.put(now, row)
	})
	if !row.Enabled {
		s.letGo(row.ID)
	}
	select {
	case s.again <- struct{}{}:
	default:
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if r := s.rules[row.ID]; r != nil {
		s.cfg.Alerts.Publish(s.alertStatus(r))
	}
	return s.view(row)
}

func (s *Service) audit(ref, action, by, message string) {
	s.cfg.Note("audit", ref, by, message, map[string]string{"ref": ref, "action": action})
}

// Get returns one rule.
func (s *Service) Get(ctx context.Context, id int64) (Alert, error) {
	row, err := s.cfg.Store.AlertRules.Get(ctx, id)
	if err != nil {
		return Alert{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.view(row)
}

// List returns rules by id, and how many there are without limit and offset.
func (s *Service) List(ctx context.Context, f settings.Filter) ([]Alert, int64, error) {
	rows, total, err := s.cfg.Store.AlertRules.List(ctx, f)
	if err != nil {
		return nil, 0, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]Alert, 0, len(rows))
	for _, row := range rows {
		a, err := s.view(row)
		if err != nil {
			return nil, 0, err
		}
		all = append(all, a)
	}
	return all, total, nil
}

// Update applies a JSON merge patch. A rule goes on where it stands: an edit neither forgets nor repeats an alert.
func (s *Service) Update(ctx context.Context, id int64, patch json.RawMessage, by string) (Alert, error) {
	s.edits.Lock()
	defer s.edits.Unlock()
	old, err := s.cfg.Store.AlertRules.Get(ctx, id)
	if err != nil {
		return Alert{}, err
	}
	before, err := s.draftOf(old)
	if err != nil {
		return Alert{}, err
	}
	after, err := merge(before, patch)
	if err != nil {
		return Alert{}, err
	}
	if after.Kind != before.Kind {
		return Alert{}, option.Errors{{Field: "kind", Message: "cannot be changed: add a new alert of the other kind"}}
	}
	if after, err = s.checked(ctx, after, &before); err != nil {
		return Alert{}, err
	}
	changed, err := rowOf(after)
	if err != nil {
		return Alert{}, err
	}
	row, err := s.cfg.Store.AlertRules.Update(ctx, id, func(r *settings.AlertRule) error {
		item, silenced := r.Item, r.SilencedUntil
		*r = changed
		r.Item, r.Name, r.SilencedUntil = item, changed.Name, silenced
		return nil
	})
	if err != nil {
		return Alert{}, err
	}
	s.mu.Lock()
	if after.Severity.Rank() > before.Severity.Rank() {
		s.engine.Renew(id)
	}
	s.mu.Unlock()
	if !slices.EqualFunc(before.Actions, after.Actions, sameAction) {
		s.letGo(id)
	}
	s.audit(row.Ref(), "updated", by, fmt.Sprintf("The alert %s was changed", row.Name))
	return s.begin(ctx, row)
}

// Delete puts a rule into the bin.
func (s *Service) Delete(ctx context.Context, id int64, by string) error {
	s.edits.Lock()
	defer s.edits.Unlock()
	row, err := s.cfg.Store.AlertRules.Get(ctx, id)
	if err != nil {
		return err
	}
	if err := s.cfg.Store.AlertRules.SoftDelete(ctx, id); err != nil {
		return err
	}
	s.letGo(id)
	s.mu.Lock()
	s.engine.Remove(id)
	s.herald.Remove(id)
	delete(s.rules, id)
	delete(s.dirty, id)
	s.mu.Unlock()
	s.audit(row.Ref(), "deleted", by, fmt.Sprintf("The alert %s was deleted", row.Name))
	return nil
}

// Restore takes a rule out of the bin and judges it anew.
func (s *Service) Restore(ctx context.Context, id int64, by string) (Alert, error) {
	s.edits.Lock()
	defer s.edits.Unlock()
	row, err := s.cfg.Store.AlertRules.Restore(ctx, id)
	if err != nil {
		return Alert{}, err
	}
	s.audit(row.Ref(), "restored", by, fmt.Sprintf("The alert %s was brought back", row.Name))
	return s.begin(ctx, row)
}
