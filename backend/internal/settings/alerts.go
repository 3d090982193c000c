package settings

import (
	"context"
	"encoding/json"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"hypha/internal/sqlite"
)

// AlertRule is what is watched for, and who is told. The JSON columns belong to package alerting; nil = not set.
type AlertRule struct {
	Item
	Kind          string
	Options       json.RawMessage `gorm:"serializer:json"` // of the kind
	Enabled       bool
	ZoneID        *int64
	Severity      string
	Timing        json.RawMessage `gorm:"serializer:json"` // for how long things last, and how often they are told
	Routes        json.RawMessage `gorm:"serializer:json"` // who is told
	Actions       json.RawMessage `gorm:"serializer:json"` // what it does to outputs
	SilencedUntil *time.Time
}

// Ref names the rule in events: "alert/3".
func (a AlertRule) Ref() string { return Ref("alert", a.ID) }

// NotificationRoute is a way to people.
type NotificationRoute struct {
	Item
	Kind        string
	Options     json.RawMessage `gorm:"serializer:json"` // of the kind, secrets sealed
	Enabled     bool
	MinSeverity string // alerts without routes of their own go by it from this severity on
	Digest      bool   // the daily digest goes by it
}

// Ref names the route in events: "notification-route/2".
func (r NotificationRoute) Ref() string { return Ref("notification-route", r.ID) }

// AlertRules is the repository of rules.
type AlertRules = Items[AlertRule, *AlertRule]

// NotificationRoutes is the repository of routes.
type NotificationRoutes = Items[NotificationRoute, *NotificationRoute]

func newAlertRules(db *sqlite.DB) *AlertRules {
	return &AlertRules{db: db, noun: "alert", search: []string{"name", "kind"}, zoned: true}
}

func newNotificationRoutes(db *sqlite.DB) *NotificationRoutes {
	return &NotificationRoutes{db: db, noun: "notification-route", search: []string{"name", "kind"}}
}

// AlertState is how a rule stands and what people know of it.
type AlertState struct {
	RuleID    int64           `gorm:"primaryKey;autoIncrement:false"`
	Data      json.RawMessage `gorm:"serializer:json"` // of package alerting
	UpdatedAt time.Time
}

// AlertStates is the repository of the states of rules.
type AlertStates struct{ db *sqlite.DB }

// Put stores states in one commit, each in the place of the one before. ErrReference when a rule is gone.
func (r *AlertStates) Put(ctx context.Context, states ...AlertState) error {
	if len(states) == 0 {
		return nil
	}
	err := r.db.Write.WithContext(ctx).Clauses(clause.OnConflict{UpdateAll: true}).CreateInBatches(states, 100).Error
	return sqlite.Translate(err, "states of alerts")
}

// List returns all states, by rule.
func (r *AlertStates) List(ctx context.Context) ([]AlertState, error) {
	all := []AlertState{}
	err := r.db.Read.WithContext(ctx).Order("rule_id").Find(&all).Error
	return all, sqlite.Translate(err, "list states of alerts")
}

// Delivery is a message on its way by one route, or what became of it. A route that is gone leaves its deliveries.
type Delivery struct {
	ID        int64 `gorm:"primaryKey"`
	RouteID   int64
	Message   json.RawMessage `gorm:"serializer:json"` // of package notify
	State     string          // waiting, sent or given_up
	Attempts  int
	Error     string // of the last attempt
	CreatedAt time.Time
	NextAt    time.Time  // of the next attempt, while it waits
	DoneAt    *time.Time // when it was sent or given up
}

// Deliveries is the repository of deliveries. It is bounded by Prune.
type Deliveries struct{ db *sqlite.DB }

// DeliveryFilter chooses and pages deliveries. The zero value is everything.
type DeliveryFilter struct {
	State  string // only in this state; "" = all
	Route  int64  // only of this route; 0 = all
	Limit  int    // at most so many; 0 = all
	Offset int    // leave out the first (newest) ones
}

// Add stores a delivery and gives it its id.
func (r *Deliveries) Add(ctx context.Context, d *Delivery) error {
	d.ID = 0
	return sqlite.Translate(r.db.Write.WithContext(ctx).Create(d).Error, "add a delivery")
}

// Update stores what has become of a delivery.
func (r *Deliveries) Update(ctx context.Context, d Delivery) error {
	err := r.db.Write.WithContext(ctx).Model(&Delivery{}).Where("id = ?", d.ID).
		Select("state", "attempts", "error", "next_at", "done_at").Updates(&d).Error
	return sqlite.Translate(err, "delivery %d", d.ID)
}

// Waiting returns what is not done, oldest first.
func (r *Deliveries) Waiting(ctx context.Context) ([]Delivery, error) {
	all := []Delivery{}
	err := r.db.Read.WithContext(ctx).Where("state = 'waiting'").Order("id").Find(&all).Error
	return all, sqlite.Translate(err, "list what waits to be delivered")
}

// List returns the deliveries that f chooses, newest first, and how many there are without Limit and Offset.
func (r *Deliveries) List(ctx context.Context, f DeliveryFilter) (all []Delivery, total int64, err error) {
	q := r.db.Read.WithContext(ctx).Model(&Delivery{})
	if f.State != "" {
		q = q.Where("state = ?", f.State)
	}
	if f.Route != 0 {
		q = q.Where("route_id = ?", f.Route)
	}
	q = q.Session(&gorm.Session{}) // used twice
	if err := q.Count(&total).Error; err != nil {
		return nil, 0, sqlite.Translate(err, "list deliveries")
	}
	all = []Delivery{}
	err = page(q, f.Limit, f.Offset).Order("id DESC").Find(&all).Error
	return all, total, sqlite.Translate(err, "list deliveries")
}

// Prune keeps the newest of those that are done, at most keep, and says how many it has deleted.
func (r *Deliveries) Prune(ctx context.Context, keep int) (int64, error) {
	done := r.db.Write.WithContext(ctx).
		Where("id IN (SELECT id FROM deliveries WHERE state <> 'waiting' ORDER BY id DESC LIMIT -1 OFFSET ?)", keep).Delete(&Delivery{})
	return done.RowsAffected, sqlite.Translate(done.Error, "prune deliveries")
}
