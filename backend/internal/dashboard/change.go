package dashboard

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"hypha/internal/auth"
	"hypha/internal/option"
	"hypha/internal/settings"
)

// Change is what Update changes; nil = leave it.
type Change struct {
	Revision *int64          `json:"revision,omitempty"` // on which the change is based; required with layout and kiosk
	Name     *string         `json:"name,omitempty"`
	Icon     *string         `json:"icon,omitempty"`
	Shared   *bool           `json:"shared,omitempty"`
	Position *int            `json:"position,omitempty"`
	Layout   *Layout         `json:"layout,omitempty"`
	Kiosk    json.RawMessage `json:"kiosk,omitempty" swaggertype:"object"` // absent fields stay
} //	@name	DashboardPatch

// Update changes a dashboard. A *ChangedError when somebody else has changed what it shows since the given revision.
func (s *Service) Update(ctx context.Context, p auth.Principal, id int64, c Change) (Dashboard, error) {
	if _, err := s.changes(ctx, p, id); err != nil {
		return Dashboard{}, err
	}
	if c.Revision == nil && (c.Layout != nil || c.Kiosk != nil) {
		return Dashboard{}, option.Errors{{Field: "revision", Message: "is required: say which revision was changed"}}
	}
	row, err := s.store.Dashboards.Update(ctx, id, func(row *settings.Dashboard) error {
		if c.Revision != nil && *c.Revision != row.Revision {
			return &ChangedError{By: row.ChangedBy, At: row.UpdatedAt, Revision: row.Revision}
		}
		return c.apply(row, p)
	})
	if err != nil {
		return Dashboard{}, err
	}
	if c.Layout != nil || c.Name != nil || c.Shared != nil {
		s.told(row.Ref(), "updated", p.By(), fmt.Sprintf("The dashboard %s was changed", row.Name))
	}
	return viewOf(row)
}

func (c Change) apply(row *settings.Dashboard, p auth.Principal) error {
	now, err := viewOf(*row)
	if err != nil {
		return err
	}
	d := Draft{Name: now.Name, Icon: now.Icon, Shared: now.Owner == nil, Position: c.Position, Layout: now.Layout, Kiosk: &now.Kiosk}
	or(&d.Name, c.Name)
	or(&d.Icon, c.Icon)
	or(&d.Layout, c.Layout)
	if c.Kiosk != nil {
		if err := json.Unmarshal(c.Kiosk, d.Kiosk); err != nil {
			return err
		}
	}
	if c.Shared != nil && *c.Shared != d.Shared {
		if !p.Role.Allows(auth.Operator) {
			return option.Errors{{Field: "shared", Message: "needs the role operator"}}
		}
		d.Shared = *c.Shared
	}
	if err := d.check(); err != nil {
		return err
	}
	if c.Layout != nil || c.Kiosk != nil || c.Name != nil || c.Icon != nil || c.Shared != nil { // not for its place among others
		row.Revision++
		row.ChangedBy = p.By()
	}
	owner := p.User.ID
	if row.OwnerID != nil {
		owner = *row.OwnerID
	}
	return d.into(row, owner)
}

func or[T any](into, v *T) {
	if v != nil {
		*into = *v
	}
}

// Shown are the dashboards that a screen shows in turns: the one with that number first, then those that it names and that
// whoever sees the first one sees as well.
func (s *Service) Shown(ctx context.Context, p auth.Principal, id int64) ([]Dashboard, error) {
	row, err := s.store.Dashboards.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	// A link stands for the owner of what it shows.
	seer := p
	if p.Link != nil && row.OwnerID != nil {
		seer.User.ID = *row.OwnerID
	}
	first, err := s.Get(ctx, seer, id)
	if err != nil {
		return nil, err
	}
	all := []Dashboard{first}
	for _, other := range first.Kiosk.Dashboards {
		if other == id {
			continue
		}
		d, err := s.Get(ctx, seer, other)
		if err == nil {
			all = append(all, d)
		} else if !errors.Is(err, settings.ErrNotFound) {
			return nil, err
		}
	}
	return all, nil
}
