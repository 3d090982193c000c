package fleet

import (
	"context"
	"errors"
	"fmt"
	"math"
	"unicode/utf8"

	"hypha/internal/measure"
	"hypha/internal/option"
	"hypha/internal/settings"
)

// Catalogue has the quantities and units, those of users included.
func (f *Fleet) Catalogue() *measure.Catalogue { return f.cfg.Catalogue }

// LoadUnits adds the stored units and quantities of users to the catalogue. It runs once, before Start. A unit may be
// based on one that comes later in the list. What cannot be defined, for example because this version of the program has
// come to have it itself, keeps nothing else from starting.
func (f *Fleet) LoadUnits(ctx context.Context) error {
	units, err := f.cfg.Store.Units.List(ctx)
	if err != nil {
		return err
	}
	quantities, err := f.cfg.Store.Quantities.List(ctx)
	if err != nil {
		return err
	}
	for progress := true; progress; {
		var later []settings.UserUnit
		for _, u := range units {
			switch err := f.defineUnit(u); {
			case errors.Is(err, measure.ErrUnknownUnit):
				later = append(later, u)
			case err != nil:
				f.log.Error("a unit of a user cannot be defined", "unit", u.ID, "error", err)
			}
		}
		progress, units = len(later) < len(units), later
	}
	for _, u := range units {
		f.log.Error("a unit of a user has lost its base", "unit", u.ID, "base", u.Base)
	}
	for _, q := range quantities {
		if err := f.defineQuantity(q); err != nil {
			f.log.Error("a quantity of a user cannot be defined", "quantity", q.ID, "error", err)
		}
	}
	return nil
}

func (f *Fleet) defineUnit(u settings.UserUnit) error {
	return f.cfg.Catalogue.AddUnit(
		measure.UnitInfo{ID: measure.Unit(u.ID), Name: u.Name, Symbol: u.Symbol, Decimals: u.Decimals},
		measure.Unit(u.Base), measure.Affine{Scale: u.Scale, Offset: u.Offset})
}

func (f *Fleet) defineQuantity(q settings.UserQuantity) error {
	info := measure.QuantityInfo{ID: measure.Quantity(q.ID), Name: q.Name, Decimals: q.Decimals}
	for _, u := range q.Units {
		info.Units = append(info.Units, measure.Unit(u))
	}
	return f.cfg.Catalogue.AddQuantity(info)
}

// AddUnit adds a unit of a user's own: value in its base = scale * value + offset.
func (f *Fleet) AddUnit(ctx context.Context, u settings.UserUnit, by string) error {
	var bad faults
	bad.definition(u.Name, u.Decimals)
	if utf8.RuneCountInString(u.Symbol) > maxSymbol {
		bad.add("symbol", "must be at most %d characters", maxSymbol)
	}
	switch {
	case u.Scale == 0 || math.IsNaN(u.Scale) || math.IsInf(u.Scale, 0):
		bad.add("scale", "must be a number other than 0")
	case math.IsNaN(u.Offset) || math.IsInf(u.Offset, 0):
		bad.add("offset", "must be a number")
	case u.Base == "" && (u.Scale != 1 || u.Offset != 0):
		bad.add("base", "is required: the unit that scale and offset lead to")
	}
	if err := bad.err(); err != nil {
		return err
	}
	if err := f.defineUnit(u); err != nil {
		return definitionFault(err, "unit", "base")
	}
	if err := f.cfg.Store.Units.Create(ctx, &u); err != nil {
		return errors.Join(err, f.cfg.Catalogue.RemoveUnit(measure.Unit(u.ID)))
	}
	f.journal.audit("unit/"+u.ID, "created", by, fmt.Sprintf("The unit %s was added", u.Name))
	return nil
}

// RemoveUnit removes a user's unit that no channel uses.
func (f *Fleet) RemoveUnit(ctx context.Context, id string, by string) error {
	if err := f.unused(ctx, func(c settings.Channel) bool { return string(c.Unit) == id || string(c.SourceUnit) == id }); err != nil {
		return err
	}
	units, err := f.cfg.Store.Units.List(ctx)
	if err != nil {
		return err
	}
	if err := f.cfg.Catalogue.RemoveUnit(measure.Unit(id)); err != nil {
		return removalFault(err)
	}
	if err := f.cfg.Store.Units.Delete(ctx, id); err != nil {
		for _, u := range units {
			if u.ID == id { // it is still there, so it goes on being known
				err = errors.Join(err, f.defineUnit(u))
			}
		}
		return err
	}
	f.journal.audit("unit/"+id, "deleted", by, fmt.Sprintf("The unit %s was removed", id))
	return nil
}

// AddQuantity adds a quantity of a user's own.
func (f *Fleet) AddQuantity(ctx context.Context, q settings.UserQuantity, by string) error {
	var bad faults
	bad.definition(q.Name, q.Decimals)
	if len(q.Units) == 0 {
		bad.add("units", "is required: name at least one unit")
	}
	seen := map[string]bool{}
	for n, u := range q.Units {
		if seen[u] {
			bad.add(fmt.Sprintf("units[%d]", n), "%s is listed twice", u)
		}
		seen[u] = true
	}
	if err := bad.err(); err != nil {
		return err
	}
	if err := f.defineQuantity(q); err != nil {
		return definitionFault(err, "quantity", "units")
	}
	if err := f.cfg.Store.Quantities.Create(ctx, &q); err != nil {
		return errors.Join(err, f.cfg.Catalogue.RemoveQuantity(measure.Quantity(q.ID)))
	}
	f.journal.audit("quantity/"+q.ID, "created", by, fmt.Sprintf("The quantity %s was added", q.Name))
	return nil
}

// RemoveQuantity removes a user's quantity that no channel uses.
func (f *Fleet) RemoveQuantity(ctx context.Context, id string, by string) error {
	if err := f.unused(ctx, func(c settings.Channel) bool { return string(c.Quantity) == id }); err != nil {
		return err
	}
	quantities, err := f.cfg.Store.Quantities.List(ctx)
	if err != nil {
		return err
	}
	if err := f.cfg.Catalogue.RemoveQuantity(measure.Quantity(id)); err != nil {
		return removalFault(err)
	}
	if err := f.cfg.Store.Quantities.Delete(ctx, id); err != nil {
		for _, q := range quantities {
			if q.ID == id { // it is still there, so it goes on being known
				err = errors.Join(err, f.defineQuantity(q))
			}
		}
		return err
	}
	f.journal.audit("quantity/"+id, "deleted", by, fmt.Sprintf("The quantity %s was removed", id))
	return nil
}

// ErrInUse refuses to remove what something else needs.
var ErrInUse = errors.New("it is still in use")

func (f *Fleet) unused(ctx context.Context, uses func(settings.Channel) bool) error {
	channels, _, err := f.cfg.Store.Channels.List(ctx, settings.ChannelFilter{})
	if err != nil {
		return err
	}
	for _, c := range channels {
		if uses(c) {
			return fmt.Errorf("%w by channel %d (%s)", ErrInUse, c.ID, c.Name)
		}
	}
	return nil
}

const (
	maxSymbol   = 20
	maxDecimals = 12
)

// definition judges what units and quantities have in common.
func (f *faults) definition(name string, decimals int) {
	f.name("name", name)
	if decimals < 0 || decimals > maxDecimals {
		f.add("decimals", "must be 0 to %d", maxDecimals)
	}
}

// definitionFault says which field of a refused definition is at fault: relies is the one that names units.
func definitionFault(err error, what, relies string) error {
	switch {
	case errors.Is(err, measure.ErrDuplicate):
		return &settings.ConflictError{Table: what, Column: "id"}
	case errors.Is(err, measure.ErrUnknownUnit):
		return option.Errors{{Field: relies, Message: err.Error()}}
	default:
		return option.Errors{{Field: "id", Message: err.Error()}}
	}
}

// removalFault says why what is there, or is not, cannot be removed.
func removalFault(err error) error {
	switch {
	case errors.Is(err, measure.ErrInUse), errors.Is(err, measure.ErrBuiltIn):
		return fmt.Errorf("%w: %w", ErrInUse, err)
	case errors.Is(err, measure.ErrUnknownUnit), errors.Is(err, measure.ErrUnknownQuantity):
		return fmt.Errorf("%w: %w", ErrNotFound, err)
	default:
		return err
	}
}

// UserDefined names the units and quantities that users have added.
func (f *Fleet) UserDefined(ctx context.Context) (units map[measure.Unit]bool, quantities map[measure.Quantity]bool, err error) {
	us, err := f.cfg.Store.Units.List(ctx)
	if err != nil {
		return nil, nil, err
	}
	qs, err := f.cfg.Store.Quantities.List(ctx)
	if err != nil {
		return nil, nil, err
	}
	units, quantities = map[measure.Unit]bool{}, map[measure.Quantity]bool{}
	for _, u := range us {
		units[measure.Unit(u.ID)] = true
	}
	for _, q := range qs {
		quantities[measure.Quantity(q.ID)] = true
	}
	return units, quantities, nil
}
