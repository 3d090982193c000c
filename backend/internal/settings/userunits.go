package settings

import (
	"context"

	"hypha/internal/sqlite"
)

// UserUnits is the repository of units that users have added.
type UserUnits struct{ db *sqlite.DB }

// List returns all, by id.
func (r *UserUnits) List(ctx context.Context) ([]UserUnit, error) {
	all := []UserUnit{}
	err := r.db.Read.WithContext(ctx).Order("id").Find(&all).Error
	return all, sqlite.Translate(err, "list units")
}

// Create stores a new unit. ErrConflict when its id is taken.
func (r *UserUnits) Create(ctx context.Context, u *UserUnit) error {
	return sqlite.Translate(r.db.Write.WithContext(ctx).Create(u).Error, "create unit %q", u.ID)
}

// Delete deletes a unit, or returns ErrNotFound.
func (r *UserUnits) Delete(ctx context.Context, id string) error {
	return sqlite.Translate(oneRow(r.db.Write.WithContext(ctx).Where("id = ?", id).Delete(&UserUnit{})), "delete unit %q", id)
}

// UserQuantities is the repository of quantities that users have added.
type UserQuantities struct{ db *sqlite.DB }

// List returns all, by id.
func (r *UserQuantities) List(ctx context.Context) ([]UserQuantity, error) {
	all := []UserQuantity{}
	err := r.db.Read.WithContext(ctx).Order("id").Find(&all).Error
	return all, sqlite.Translate(err, "list quantities")
}

// Create stores a new quantity. ErrConflict when its id is taken.
func (r *UserQuantities) Create(ctx context.Context, q *UserQuantity) error {
	return sqlite.Translate(r.db.Write.WithContext(ctx).Create(q).Error, "create quantity %q", q.ID)
}

// Delete deletes a quantity, or returns ErrNotFound.
func (r *UserQuantities) Delete(ctx context.Context, id string) error {
	done := r.db.Write.WithContext(ctx).Where("id = ?", id).Delete(&UserQuantity{})
	return sqlite.Translate(oneRow(done), "delete quantity %q", id)
}
