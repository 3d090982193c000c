package settings

import (
	"context"
	"time"

	"gorm.io/gorm"

	"hypha/internal/sqlite"
)

// Events is the journal: what happened, newest first. It is bounded by Prune.
type Events struct{ db *sqlite.DB }

// EventFilter chooses and pages events. The zero value is everything.
type EventFilter struct {
	Type   string // only this type; "" = all
	Source string // only this source ("output/1"); "" = all
	From   int64  // ms since the epoch, inclusive; 0 = since ever
	To     int64  // ms since the epoch, exclusive; 0 = no end
	Limit  int    // at most so many; 0 = all
	Offset int    // leave out the first (newest) ones
}

// Append writes events in one commit and gives them their ids. An event without T gets the present time.
func (r *Events) Append(ctx context.Context, events ...*Event) error {
	if len(events) == 0 {
		return nil
	}
	now := r.db.Write.NowFunc().UnixMilli()
	for _, e := range events {
		e.ID = 0
		if e.T == 0 {
			e.T = now
		}
	}
	return sqlite.Translate(r.db.Write.WithContext(ctx).CreateInBatches(events, 500).Error, "journal")
}

// List returns the events that f chooses, newest first, and how many there are without Limit and Offset.
func (r *Events) List(ctx context.Context, f EventFilter) (events []Event, total int64, err error) {
	q := r.db.Read.WithContext(ctx).Model(&Event{})
	if f.Type != "" {
		q = q.Where("type = ?", f.Type)
	}
	if f.Source != "" {
		q = q.Where("source = ?", f.Source)
	}
	if f.From != 0 {
		q = q.Where("t >= ?", f.From)
	}
	if f.To != 0 {
		q = q.Where("t < ?", f.To)
	}
	q = q.Session(&gorm.Session{})
	if err := q.Count(&total).Error; err != nil {
		return nil, 0, sqlite.Translate(err, "list events")
	}
	events = []Event{}
	err = page(q, f.Limit, f.Offset).Order("t DESC, id DESC").Find(&events).Error
	return events, total, sqlite.Translate(err, "list events")
}

// Prune keeps the newest events: at most keep of them (0 = any number), and none from before the given time (zero = any
// age). It says how many it has deleted.
func (r *Events) Prune(ctx context.Context, keep int, before time.Time) (deleted int64, err error) {
	err = r.db.Write.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		deleted = 0
		if !before.IsZero() {
			done := tx.Where("t < ?", before.UnixMilli()).Delete(&Event{})
			if done.Error != nil {
				return done.Error
			}
			deleted += done.RowsAffected
		}
		if keep > 0 {
			done := tx.Where("id IN (SELECT id FROM events ORDER BY t DESC, id DESC LIMIT -1 OFFSET ?)", keep).Delete(&Event{})
			if done.Error != nil {
				return done.Error
			}
			deleted += done.RowsAffected
		}
		return nil
	})
	return deleted, sqlite.Translate(err, "prune events")
}
