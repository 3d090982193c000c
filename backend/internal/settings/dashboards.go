package settings

import (
	"context"
	"encoding/json"
	"time"

	"gorm.io/gorm"

	"hypha/internal/sqlite"
)

// Dashboard is a page that people arrange. The JSON columns belong to package dashboard.
type Dashboard struct {
	Item
	OwnerID   *int64 // nil = shared
	Icon      string
	Position  int             // among those that are seen together; equal ones by id
	Layout    json.RawMessage `gorm:"serializer:json"`
	Widgets   int             // how many Layout has
	Kiosk     json.RawMessage `gorm:"serializer:json"`
	Revision  int64           // grows with each change of what it shows
	ChangedBy string          // "user:maya"
}

// Ref names the dashboard in events: "dashboard/4".
func (d Dashboard) Ref() string { return Ref("dashboard", d.ID) }

// Dashboards is the repository of dashboards.
type Dashboards struct{ *Items[Dashboard, *Dashboard] }

func newDashboards(db *sqlite.DB) *Dashboards {
	return &Dashboards{&Items[Dashboard, *Dashboard]{db: db, noun: "dashboard", search: []string{"name"}}}
}

// SeenBy lists what a user sees, their own and the shared ones, by position, without the layouts; and how many there are
// without limit and offset. A limit of 0 is none.
func (r *Dashboards) SeenBy(ctx context.Context, user int64, limit, offset int) (all []Dashboard, total int64, err error) {
	q := r.db.Read.WithContext(ctx).Model(&Dashboard{}).Where("owner_id IS NULL OR owner_id = ?", user).Session(&gorm.Session{})
	if err := q.Count(&total).Error; err != nil {
		return nil, 0, sqlite.Translate(err, "list dashboards")
	}
	all = []Dashboard{}
	err = page(q, limit, offset).Omit("layout").Order("position, id").Find(&all).Error
	return all, total, sqlite.Translate(err, "list dashboards")
}

// NextPosition is behind all that there are.
func (r *Dashboards) NextPosition(ctx context.Context) (n int, err error) {
	err = r.db.Read.WithContext(ctx).Model(&Dashboard{}).Select("coalesce(max(position) + 1, 0)").Scan(&n).Error
	return n, sqlite.Translate(err, "list dashboards")
}

// DashboardLink shows a dashboard to whoever has its secret, of which only the hash is stored.
type DashboardLink struct {
	ID          int64 `gorm:"primaryKey"`
	DashboardID int64
	UserID      int64 // who made it
	Name        string
	Hash        []byte // SHA-256 of the secret, unique
	CreatedAt   time.Time
	ExpiresAt   *time.Time // nil = never
	LastUsedAt  *time.Time
}

// DashboardLinks is the repository of links. Purging a dashboard and deleting a user delete theirs.
type DashboardLinks struct{ db *sqlite.DB }

// Create stores a new link and gives it its id. ErrReference when its dashboard or user is gone.
func (r *DashboardLinks) Create(ctx context.Context, l *DashboardLink) error {
	l.ID = 0
	return sqlite.Translate(r.db.Write.WithContext(ctx).Create(l).Error, "create link %q", l.Name)
}

// Of lists the links of a dashboard, by id.
func (r *DashboardLinks) Of(ctx context.Context, dashboard int64) ([]DashboardLink, error) {
	all := []DashboardLink{}
	err := r.db.Read.WithContext(ctx).Where("dashboard_id = ?", dashboard).Order("id").Find(&all).Error
	return all, sqlite.Translate(err, "list links of dashboard %d", dashboard)
}

// shown is for links whose dashboard is not in the bin.
const shown = "dashboard_id IN (SELECT id FROM dashboards WHERE deleted_at IS NULL)"

// Get returns link id, or ErrNotFound, also when its dashboard is in the bin.
func (r *DashboardLinks) Get(ctx context.Context, id int64) (l DashboardLink, err error) {
	err = r.db.Read.WithContext(ctx).Where("id = ?", id).Where(shown).First(&l).Error
	return l, sqlite.Translate(err, "link %d", id)
}

// ByHash returns the link with that hash, expired or not, or ErrNotFound, also when its dashboard is in the bin.
func (r *DashboardLinks) ByHash(ctx context.Context, hash []byte) (l DashboardLink, err error) {
	err = r.db.Read.WithContext(ctx).Where("hash = ?", hash).Where(shown).First(&l).Error
	return l, sqlite.Translate(err, "link")
}

// Touch notes when link id was used.
func (r *DashboardLinks) Touch(ctx context.Context, id int64, used time.Time) error {
	err := r.db.Write.WithContext(ctx).Model(&DashboardLink{}).Where("id = ?", id).UpdateColumn("last_used_at", used).Error
	return sqlite.Translate(err, "link %d", id)
}

// Delete ends link id of a dashboard for good, or returns ErrNotFound.
func (r *DashboardLinks) Delete(ctx context.Context, dashboard, id int64) error {
	done := r.db.Write.WithContext(ctx).Where("id = ? AND dashboard_id = ?", id, dashboard).Delete(&DashboardLink{})
	return sqlite.Translate(oneRow(done), "delete link %d", id)
}
