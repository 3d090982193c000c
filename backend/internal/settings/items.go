package settings

import (
	"context"
	"strings"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"hypha/internal/sqlite"
)

// Filter chooses and pages a list. The zero value is everything.
type Filter struct {
	IDs    []int64 // only these; nil = all
	Zone   int64   // only members of this zone; 0 = all
	Q      string  // only items in whose name or kind (zones: name or description) this text occurs, whatever the case
	Limit  int     // at most so many; 0 = all
	Offset int     // leave out the first ones
}

// Inputs is the repository of inputs.
type Inputs = Items[Input, *Input]

// Outputs is the repository of outputs. It reads and stores their Channels with them.
type Outputs = Items[Output, *Output]

// Functions is the repository of functions.
type Functions = Items[Function, *Function]

// Zones is the repository of zones.
type Zones = Items[Zone, *Zone]

// Items is the repository of one sort of item. Items in the bin are seen by Restore, Deleted and Purge only.
type Items[T any, P itemOf[T]] struct {
	db      *sqlite.DB
	noun    string                        // "input", also the first half of a Ref
	search  []string                      // columns of Filter.Q
	zoned   bool                          // has a zone_id
	preload func(*gorm.DB) *gorm.DB       // adds dependent rows to a query
	store   func(tx *gorm.DB, in P) error // stores dependent rows
	owns    bool                          // owns rows of channels, which go and return with it
}

// itemOf is a pointer to a struct that embeds Item.
type itemOf[T any] interface {
	*T
	item() *Item
}

func (i *Item) item() *Item { return i }

func newInputs(db *sqlite.DB) *Inputs {
	return &Inputs{db: db, noun: "input", search: []string{"name", "kind"}, zoned: true, owns: true}
}

func newFunctions(db *sqlite.DB) *Functions {
	return &Functions{db: db, noun: "function", search: []string{"name", "kind"}, zoned: true, owns: true}
}

func newZones(db *sqlite.DB) *Zones {
	return &Zones{db: db, noun: "zone", search: []string{"name", "description"}}
}

func newOutputs(db *sqlite.DB) *Outputs {
	return &Outputs{
		db: db, noun: "output", search: []string{"name", "kind"}, zoned: true,
		preload: func(q *gorm.DB) *gorm.DB {
			return q.Preload("Channels", func(q *gorm.DB) *gorm.DB { return q.Order("idx") })
		},
		store: storeOutputChannels,
	}
}

// storeOutputChannels replaces the channels of o. States of channels that are gone go with them.
func storeOutputChannels(tx *gorm.DB, o *Output) error {
	if err := tx.Where("output_id = ?", o.ID).Delete(&OutputChannel{}).Error; err != nil {
		return err
	}
	keep := []int{-1}
	for i := range o.Channels {
		o.Channels[i].OutputID = o.ID
		keep = append(keep, o.Channels[i].Index)
	}
	if err := tx.Where("output_id = ? AND idx NOT IN ?", o.ID, keep).Delete(&OutputState{}).Error; err != nil {
		return err
	}
	if err := tx.Where("output_id = ? AND idx NOT IN ?", o.ID, keep).Delete(&OutputTally{}).Error; err != nil {
		return err
	}
	if len(o.Channels) == 0 {
		return nil
	}
	return tx.Create(&o.Channels).Error
}

// List returns the items that f chooses, by id, and how many there are without Limit and Offset.
func (r *Items[T, P]) List(ctx context.Context, f Filter) (items []T, total int64, err error) {
	q := r.db.Read.WithContext(ctx).Model(new(T))
	if f.IDs != nil {
		q = q.Where("id IN ?", f.IDs)
	}
	if f.Zone != 0 {
		if !r.zoned {
			return []T{}, 0, nil
		}
		q = q.Where("zone_id = ?", f.Zone)
	}
	if f.Q != "" {
		q = q.Where(r.matches(f.Q))
	}
	q = q.Session(&gorm.Session{}) // used twice
	if err := q.Count(&total).Error; err != nil {
		return nil, 0, sqlite.Translate(err, "list %ss", r.noun)
	}
	if r.preload != nil {
		q = r.preload(q)
	}
	items = []T{}
	err = page(q, f.Limit, f.Offset).Order("id").Find(&items).Error
	return items, total, sqlite.Translate(err, "list %ss", r.noun)
}

func (r *Items[T, P]) matches(text string) clause.Expression {
	pattern := "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(text) + "%"
	var found []clause.Expression
	for _, column := range r.search {
		found = append(found, gorm.Expr(column+` LIKE ? ESCAPE '\'`, pattern))
	}
	return clause.Or(found...)
}

// page limits a query; a limit of 0 is none.
func page(q *gorm.DB, limit, offset int) *gorm.DB {
	if limit > 0 {
		q = q.Limit(limit)
	}
	return q.Offset(max(0, offset))
}

// Get returns item id, or ErrNotFound.
func (r *Items[T, P]) Get(ctx context.Context, id int64) (T, error) {
	it, err := r.get(r.db.Read.WithContext(ctx), id)
	return it, sqlite.Translate(err, "%s %d", r.noun, id)
}

func (r *Items[T, P]) get(q *gorm.DB, id int64) (it T, err error) {
	if r.preload != nil {
		q = r.preload(q)
	}
	return it, q.Where("id = ?", id).First(&it).Error
}

// Create stores a new item and gives it its id and times.
func (r *Items[T, P]) Create(ctx context.Context, it P) error {
	head := it.item()
	*head = Item{Name: head.Name}
	err := r.db.Write.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		if err := tx.Omit(clause.Associations).Create(it).Error; err != nil {
			return err
		}
		return r.storeDependents(tx, it)
	})
	return sqlite.Translate(err, "create %s", r.noun)
}

// Update applies change to item id in one transaction and returns the result. An error of change ends it without effect
// and is returned as it is. Inside change nothing may be written through the Store: that would wait for change to end.
func (r *Items[T, P]) Update(ctx context.Context, id int64, change func(P) error) (it T, err error) {
	var refused error
	err = r.db.Write.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		if it, err = r.get(tx, id); err != nil {
			return err
		}
		before := *P(&it).item()
		if refused = change(&it); refused != nil {
			return refused
		}
		before.Name = P(&it).item().Name
		*P(&it).item() = before // nothing but the name is the caller's
		if err := tx.Omit(clause.Associations).Save(&it).Error; err != nil {
			return err
		}
		return r.storeDependents(tx, &it)
	})
	if refused != nil {
		return *new(T), refused
	}
	return it, sqlite.Translate(err, "update %s %d", r.noun, id)
}

func (r *Items[T, P]) storeDependents(tx *gorm.DB, it P) error {
	if r.store == nil {
		return nil
	}
	return r.store(tx, it)
}

// SoftDelete puts item id and the channels it owns into the bin. ErrNotFound when it is not there or in the bin already.
func (r *Items[T, P]) SoftDelete(ctx context.Context, id int64) error {
	err := r.db.Write.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		at := tx.NowFunc()
		done := tx.Model(new(T)).Where("id = ?", id).UpdateColumn("deleted_at", at)
		if done.Error != nil || !r.owns {
			return oneRow(done)
		}
		if err := oneRow(done); err != nil {
			return err
		}
		return tx.Model(&Channel{}).Where("owner = ?", Ref(r.noun, id)).UpdateColumn("deleted_at", at).Error
	})
	return sqlite.Translate(err, "delete %s %d", r.noun, id)
}

// Restore takes item id out of the bin, with the channels that went with it. ErrNotFound when it is not in the bin.
func (r *Items[T, P]) Restore(ctx context.Context, id int64) (it T, err error) {
	err = r.db.Write.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		var gone T
		if err := tx.Unscoped().Where("id = ? AND deleted_at IS NOT NULL", id).First(&gone).Error; err != nil {
			return err
		}
		if r.owns { // channels that an edit had removed before keep their own, earlier time, and stay away
			err := tx.Unscoped().Model(&Channel{}).
				Where("owner = ? AND deleted_at = ?", Ref(r.noun, id), P(&gone).item().DeletedAt.Time).
				UpdateColumn("deleted_at", nil).Error
			if err != nil {
				return err
			}
		}
		if err := tx.Unscoped().Model(new(T)).Where("id = ?", id).UpdateColumn("deleted_at", nil).Error; err != nil {
			return err
		}
		it, err = r.get(tx, id)
		return err
	})
	return it, sqlite.Translate(err, "restore %s %d", r.noun, id)
}

// Deleted lists what is in the bin since before the given time, by id.
func (r *Items[T, P]) Deleted(ctx context.Context, before time.Time) ([]T, error) {
	items := []T{}
	err := r.db.Read.WithContext(ctx).Unscoped().Where("deleted_at < ?", before).Order("id").Find(&items).Error
	return items, sqlite.Translate(err, "list deleted %ss", r.noun)
}

// Purge removes for good what is in the bin since before the given time. It returns the ids of the items and of the
// channels they owned, whose history the caller then deletes.
func (r *Items[T, P]) Purge(ctx context.Context, before time.Time) (p Purged, err error) {
	err = r.db.Write.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		p = Purged{}
		gone := tx.Unscoped().Model(new(T)).Where("deleted_at < ?", before)
		if err := gone.Order("id").Pluck("id", &p.IDs).Error; err != nil || len(p.IDs) == 0 {
			return err
		}
		if r.owns {
			owners := make([]string, len(p.IDs))
			for i, id := range p.IDs {
				owners[i] = Ref(r.noun, id)
			}
			q := tx.Unscoped().Where("owner IN ?", owners).Session(&gorm.Session{})
			if err := q.Model(&Channel{}).Order("id").Pluck("id", &p.Channels).Error; err != nil {
				return err
			}
			if err := q.Delete(&Channel{}).Error; err != nil {
				return err
			}
		}
		return tx.Unscoped().Where("id IN ?", p.IDs).Delete(new(T)).Error
	})
	return p, sqlite.Translate(err, "purge %ss", r.noun)
}

// oneRow is ErrNotFound when a statement that names an id has met no row.
func oneRow(done *gorm.DB) error {
	if done.Error == nil && done.RowsAffected == 0 {
		return ErrNotFound
	}
	return done.Error
}
