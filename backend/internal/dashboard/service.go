package dashboard

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"hypha/internal/auth"
	"hypha/internal/option"
	"hypha/internal/settings"
)

// ErrNotYours says that somebody may look at a dashboard and not change it.
var ErrNotYours = errors.New("operators and administrators change shared dashboards: duplicate it to have one of your own")

// ChangedError says that somebody else has changed a dashboard meanwhile.
type ChangedError struct {
	By       string // "user:maya"
	At       time.Time
	Revision int64 // the present one
}

func (e *ChangedError) Error() string {
	return fmt.Sprintf("%s has changed it at %s: load revision %d and change that", e.By, e.At.Format(time.RFC3339), e.Revision)
}

// Dashboard is a page that people arrange.
type Dashboard struct {
	ID        int64
	Name      string
	Icon      string
	Owner     *int64 // nil = shared
	Position  int
	Widgets   int // how many Layout has
	Layout    Layout
	Kiosk     Kiosk
	Revision  int64
	ChangedBy string // "user:maya"
	CreatedAt time.Time
	UpdatedAt time.Time
}

// Draft is a dashboard as a person writes it.
type Draft struct {
	Name     string `json:"name"`
	Icon     string `json:"icon,omitempty"`     // name of an icon
	Shared   bool   `json:"shared,omitempty"`   // seen by everybody
	Position *int   `json:"position,omitempty"` // default: last
	Layout   Layout `json:"layout,omitzero" validate:"optional"`
	Kiosk    *Kiosk `json:"kiosk,omitempty"` // absent fields get their default
} //	@name	DashboardDraft

const (
	maxName       = 100
	maxIcon       = 40
	maxDashboard  = 500 // dashboards that somebody sees
	maxPosition   = 1_000_000
	decodeFailure = "the stored layout of dashboard %d: %w"
)

func (d *Draft) check() error {
	var bad faults
	d.Name = strings.TrimSpace(d.Name)
	if d.Name == "" {
		bad.add("name", "is required: say what people will know it by")
	}
	bad.plain("name", d.Name, maxName)
	bad.plain("icon", d.Icon, maxIcon)
	if d.Position != nil && (*d.Position < 0 || *d.Position > maxPosition) {
		bad.add("position", "must be 0 to %d", maxPosition)
	}
	bad.layout(d.Layout)
	if d.Kiosk != nil {
		bad.kiosk(*d.Kiosk)
	}
	return bad.err()
}

// Service is safe for concurrent use.
type Service struct {
	store *settings.Store
	told  func(ref, action, by, message string)
}

// New returns a Service; told is told what changes, for the journal.
func New(store *settings.Store, told func(ref, action, by, message string)) *Service {
	return &Service{store, told}
}

func viewOf(row settings.Dashboard) (Dashboard, error) {
	d := Dashboard{
		ID: row.ID, Name: row.Name, Icon: row.Icon, Owner: row.OwnerID, Position: row.Position, Widgets: row.Widgets, Kiosk: usualKiosk(),
		Revision: row.Revision, ChangedBy: row.ChangedBy, CreatedAt: row.CreatedAt, UpdatedAt: row.UpdatedAt,
	}
	if len(row.Kiosk) > 0 {
		if err := json.Unmarshal(row.Kiosk, &d.Kiosk); err != nil {
			return d, fmt.Errorf(decodeFailure, row.ID, err)
		}
	}
	if len(row.Layout) > 0 {
		if err := json.Unmarshal(row.Layout, &d.Layout); err != nil {
			return d, fmt.Errorf(decodeFailure, row.ID, err)
		}
	}
	if d.Layout.Widgets == nil {
		d.Layout.Widgets = []Widget{}
	}
	return d, nil
}

// store writes a checked draft into a row.
func (d Draft) into(row *settings.Dashboard, owner int64) error {
	kiosk := usualKiosk()
	if d.Kiosk != nil {
		kiosk = *d.Kiosk
	}
	if kiosk.Dashboards == nil {
		kiosk.Dashboards = []int64{}
	}
	if d.Layout.Widgets == nil {
		d.Layout.Widgets = []Widget{}
	}
	var err error
	if row.Layout, err = json.Marshal(d.Layout); err != nil {
		return fmt.Errorf("encode the layout: %w", err)
	}
	if row.Kiosk, err = json.Marshal(kiosk); err != nil {
		return fmt.Errorf("encode the kiosk: %w", err)
	}
	row.Name, row.Icon, row.Widgets, row.OwnerID = d.Name, d.Icon, len(d.Layout.Widgets), nil
	if !d.Shared {
		row.OwnerID = &owner
	}
	if d.Position != nil {
		row.Position = *d.Position
	}
	return nil
}

// MayChange tells whether p may change a dashboard.
func MayChange(p auth.Principal, owner *int64) bool {
	if owner != nil {
		return *owner == p.User.ID && p.Link == nil
	}
	return p.Role.Allows(auth.Operator)
}

// sees returns the dashboard, or settings.ErrNotFound when it is somebody else's.
func (s *Service) sees(ctx context.Context, p auth.Principal, id int64) (settings.Dashboard, error) {
	row, err := s.store.Dashboards.Get(ctx, id)
	if err == nil && row.OwnerID != nil && *row.OwnerID != p.User.ID {
		err = fmt.Errorf("dashboard %d: %w", id, settings.ErrNotFound)
	}
	return row, err
}

// changes returns the dashboard if p may change it.
func (s *Service) changes(ctx context.Context, p auth.Principal, id int64) (settings.Dashboard, error) {
	row, err := s.sees(ctx, p, id)
	if err == nil && !MayChange(p, row.OwnerID) {
		err = ErrNotYours
	}
	return row, err
}

// List lists what p sees, in order, without the layouts, and how many there are.
func (s *Service) List(ctx context.Context, p auth.Principal, limit, offset int) ([]Dashboard, int64, error) {
	rows, total, err := s.store.Dashboards.SeenBy(ctx, p.User.ID, limit, offset)
	if err != nil {
		return nil, 0, err
	}
	all := make([]Dashboard, len(rows))
	for n, row := range rows {
		if all[n], err = viewOf(row); err != nil {
			return nil, 0, err
		}
	}
	return all, total, nil
}

// Get returns a dashboard that p sees.
func (s *Service) Get(ctx context.Context, p auth.Principal, id int64) (Dashboard, error) {
	row, err := s.sees(ctx, p, id)
	if err != nil {
		return Dashboard{}, err
	}
	return viewOf(row)
}

// Create stores a dashboard of p, or a shared one.
func (s *Service) Create(ctx context.Context, p auth.Principal, d Draft) (Dashboard, error) {
	if err := d.check(); err != nil {
		return Dashboard{}, err
	}
	if d.Shared && !p.Role.Allows(auth.Operator) {
		return Dashboard{}, option.Errors{{Field: "shared", Message: "needs the role operator"}}
	}
	_, total, err := s.store.Dashboards.SeenBy(ctx, p.User.ID, 1, 0)
	if err != nil {
		return Dashboard{}, err
	}
	if total >= maxDashboard {
		return Dashboard{}, option.Errors{{Message: fmt.Sprintf("there are %d dashboards: delete one first", total)}}
	}
	if d.Position == nil {
		last, err := s.store.Dashboards.NextPosition(ctx)
		if err != nil {
			return Dashboard{}, err
		}
		d.Position = &last
	}
	row := settings.Dashboard{Revision: 1, ChangedBy: p.By()}
	row.Name = d.Name
	if err := d.into(&row, p.User.ID); err != nil {
		return Dashboard{}, err
	}
	if err := s.store.Dashboards.Create(ctx, &row); err != nil {
		return Dashboard{}, err
	}
	s.told(row.Ref(), "created", p.By(), fmt.Sprintf("The dashboard %s was added", row.Name))
	return viewOf(row)
}

// Delete puts a dashboard into the bin; its links show nothing from then on.
func (s *Service) Delete(ctx context.Context, p auth.Principal, id int64) error {
	row, err := s.changes(ctx, p, id)
	if err != nil {
		return err
	}
	if err := s.store.Dashboards.SoftDelete(ctx, id); err != nil {
		return err
	}
	s.told(row.Ref(), "deleted", p.By(), fmt.Sprintf("The dashboard %s was deleted", row.Name))
	return nil
}

// Restore takes a dashboard out of the bin.
func (s *Service) Restore(ctx context.Context, p auth.Principal, id int64) (Dashboard, error) {
	gone, err := s.store.Dashboards.Deleted(ctx, time.Now().Add(time.Hour))
	if err != nil {
		return Dashboard{}, err
	}
	for _, row := range gone {
		if row.ID != id || row.OwnerID != nil && *row.OwnerID != p.User.ID {
			continue
		}
		if !MayChange(p, row.OwnerID) {
			return Dashboard{}, ErrNotYours
		}
		row, err := s.store.Dashboards.Restore(ctx, id)
		if err != nil {
			return Dashboard{}, err
		}
		s.told(row.Ref(), "restored", p.By(), fmt.Sprintf("The dashboard %s was brought back", row.Name))
		return viewOf(row)
	}
	return Dashboard{}, fmt.Errorf("dashboard %d: %w", id, settings.ErrNotFound)
}

// Duplicate makes a dashboard of p's own of one that p sees. "" = the same name.
func (s *Service) Duplicate(ctx context.Context, p auth.Principal, id int64, name string) (Dashboard, error) {
	d, err := s.Get(ctx, p, id)
	if err != nil {
		return d, err
	}
	if name == "" {
		name = d.Name
	}
	shared := d.Owner == nil && p.Role.Allows(auth.Operator)
	return s.Create(ctx, p, Draft{Name: name, Icon: d.Icon, Shared: shared, Layout: d.Layout, Kiosk: &d.Kiosk})
}
