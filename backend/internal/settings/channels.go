package settings

import (
	"context"
	"time"

	"gorm.io/gorm"

	"hypha/internal/measure"
	"hypha/internal/sqlite"
)

// Channels is the repository of measured channels.
type Channels struct{ db *sqlite.DB }

// Purged says what Purge has removed.
type Purged struct {
	IDs      []int64             // the items
	Channels []measure.ChannelID // the channels they owned
}

// ChannelFilter chooses and pages a list of channels. The zero value is everything.
type ChannelFilter struct {
	IDs    []measure.ChannelID // only these; nil = all
	Owner  string              // only those of this owner ("input/3")
	Limit  int                 // at most so many; 0 = all
	Offset int                 // leave out the first ones
}

// ChannelSpec is a channel as its owner's kind declares it.
type ChannelSpec struct {
	Name              string
	Quantity          measure.Quantity
	Unit              measure.Unit
	ExpectedIntervalS float64 // for a new channel only: users may have changed it since
}

// List returns the channels that f chooses, by id, and how many there are without Limit and Offset.
func (r *Channels) List(ctx context.Context, f ChannelFilter) (items []Channel, total int64, err error) {
	q := r.db.Read.WithContext(ctx).Model(&Channel{})
	if f.IDs != nil {
		q = q.Where("id IN ?", f.IDs)
	}
	if f.Owner != "" {
		q = q.Where("owner = ?", f.Owner)
	}
	q = q.Session(&gorm.Session{}) // used twice
	if err := q.Count(&total).Error; err != nil {
		return nil, 0, sqlite.Translate(err, "list channels")
	}
	items = []Channel{}
	err = page(q, f.Limit, f.Offset).Order("id").Find(&items).Error
	return items, total, sqlite.Translate(err, "list channels")
}

// Of returns the channels of an owner by index.
func (r *Channels) Of(ctx context.Context, owner string) ([]Channel, error) {
	items := []Channel{}
	err := r.db.Read.WithContext(ctx).Where("owner = ?", owner).Order("idx, id").Find(&items).Error
	return items, sqlite.Translate(err, "channels of %s", owner)
}

// Get returns channel id, or ErrNotFound.
func (r *Channels) Get(ctx context.Context, id measure.ChannelID) (c Channel, err error) {
	err = r.db.Read.WithContext(ctx).Where("id = ?", id).First(&c).Error
	return c, sqlite.Translate(err, "channel %d", id)
}

// Update applies change to channel id in one transaction. Owner, index and what the kind declares stay as they are. An
// error of change ends it without effect and is returned as it is.
func (r *Channels) Update(ctx context.Context, id measure.ChannelID, change func(*Channel) error) (c Channel, err error) {
	var refused error
	err = r.db.Write.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		if err := tx.Where("id = ?", id).First(&c).Error; err != nil {
			return err
		}
		before := c
		if refused = change(&c); refused != nil {
			return refused
		}
		c.ID, c.Owner, c.Index, c.CreatedAt, c.DeletedAt = before.ID, before.Owner, before.Index, before.CreatedAt, before.DeletedAt
		c.SourceName, c.SourceUnit, c.Quantity = before.SourceName, before.SourceUnit, before.Quantity
		return tx.Save(&c).Error
	})
	if refused != nil {
		return Channel{}, refused
	}
	return c, sqlite.Translate(err, "update channel %d", id)
}

// Sync makes the channels of owner those of specs, in that order, and returns them. A channel keeps its id, and with it
// its history and what the user has set, when its quantity is the same and either its declared name or its position is;
// a name counts more. A channel that is no longer declared goes into the bin, and returns with its id when it is
// declared again under the same name. Unit stays what it was: the stored history is in it.
func (r *Channels) Sync(ctx context.Context, owner string, specs []ChannelSpec) (now []Channel, err error) {
	err = r.db.Write.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		var known []Channel
		if err := tx.Unscoped().Where("owner = ?", owner).Order("idx, id").Find(&known).Error; err != nil {
			return err
		}
		now = match(owner, known, specs)
		stays := make(map[measure.ChannelID]bool, len(now))
		for i := range now {
			if err := tx.Unscoped().Save(&now[i]).Error; err != nil { // creates those without an id
				return err
			}
			stays[now[i].ID] = true
		}
		for _, c := range known {
			if stays[c.ID] || c.DeletedAt.Valid {
				continue
			}
			if err := tx.Delete(&c).Error; err != nil {
				return err
			}
		}
		return nil
	})
	return now, sqlite.Translate(err, "channels of %s", owner)
}

// match gives each spec the known channel that it continues, or a new one without id.
func match(owner string, known []Channel, specs []ChannelSpec) []Channel {
	now := make([]Channel, len(specs))
	taken := make([]bool, len(known))
	passes := []func(c *Channel, i int, s ChannelSpec) bool{
		func(c *Channel, i int, s ChannelSpec) bool {
			return !c.DeletedAt.Valid && c.SourceName == s.Name && c.Index == i
		},
		func(c *Channel, _ int, s ChannelSpec) bool { return !c.DeletedAt.Valid && c.SourceName == s.Name },
		func(c *Channel, _ int, s ChannelSpec) bool { return c.DeletedAt.Valid && c.SourceName == s.Name },
		func(c *Channel, i int, _ ChannelSpec) bool { return !c.DeletedAt.Valid && c.Index == i },
	}
	for _, same := range passes {
		for i, s := range specs {
			for k := range known {
				if now[i].ID == 0 && !taken[k] && known[k].Quantity == s.Quantity && same(&known[k], i, s) {
					now[i], taken[k] = known[k], true
				}
			}
		}
	}
	for i, s := range specs {
		c := &now[i]
		if c.ID == 0 {
			*c = Channel{Owner: owner, Name: s.Name, Quantity: s.Quantity, Unit: s.Unit, ExpectedIntervalS: s.ExpectedIntervalS}
		} else if c.Name == c.SourceName { // the user has not named it
			c.Name = s.Name
		}
		c.Index, c.SourceName, c.SourceUnit, c.DeletedAt = i, s.Name, s.Unit, gorm.DeletedAt{}
	}
	return now
}

// PurgeRemoved removes for good the channels that Sync has put into the bin before the given time, and returns their ids,
// whose history the caller then deletes. Channels that went with their owner wait for the owner's Purge.
func (r *Channels) PurgeRemoved(ctx context.Context, before time.Time) (ids []measure.ChannelID, err error) {
	const ownersInBin = `SELECT 'input/' || id FROM inputs WHERE deleted_at IS NOT NULL
		UNION ALL SELECT 'function/' || id FROM functions WHERE deleted_at IS NOT NULL`
	err = r.db.Write.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		q := tx.Unscoped().Where("deleted_at < ? AND owner NOT IN ("+ownersInBin+")", before).Session(&gorm.Session{})
		if err := q.Model(&Channel{}).Order("id").Pluck("id", &ids).Error; err != nil {
			return err
		}
		return q.Delete(&Channel{}).Error
	})
	return ids, sqlite.Translate(err, "purge channels")
}
