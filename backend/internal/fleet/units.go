package fleet

import (
	"context"
	"errors"
	"fmt"

	"hypha/internal/measure"
	"hypha/internal/option"
	"hypha/internal/settings"
)

// Catalogue has the quantities and units, those of users included.
func (f *Fleet) Catalogue() *measure.Catalogue { return f.cfg.Catalogue }

// LoadUnits adds the stored units and quantities of users to the catalogue. It runs once, before Start. A unit may be
// based on one that comes later in the list.
func (f *Fleet) LoadUnits(ctx context.Context) error {
	units, err := f.cfg.Store.Units.List(ctx)
	if err != nil {
		return err
	}
	for len(units) > 0 {
		var later []settings.UserUnit
		var last error
		for _, u := range units {
			if err := f.defineUnit(u); err != nil {
				later, last = append(later, u), err
			}
		}
		if len(later) == len(units) {
			return fmt.Errorf("unit %q: %w", later[0].ID, last)
		}
		units = later
	}
	quantities, err := f.cfg.Store.Quantities.List(ctx)
	if err != nil {
		return err
	}
	for _, q := range quantities {
		if err := f.defineQuantity(q); err != nil {
			return fmt.Errorf("quantity %q: %w", q.ID, err)
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
	if err := f.defineUnit(u); err != nil {
		return definitionFault(err)
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
	if err := f.cfg.Catalogue.RemoveUnit(measure.Unit(id)); err != nil {
		return definitionFault(err)
	}
	if err := f.cfg.Store.Units.Delete(ctx, id); err != nil {
		return err
	}
	f.journal.audit("unit/"+id, "deleted", by, fmt.Sprintf("The unit %s was removed", id))
	return nil
}

// AddQuantity adds a quantity of a user's own.
func (f *Fleet) AddQuantity(ctx context.Context, q settings.UserQuantity, by string) error {
	if err := f.defineQuantity(q); err != nil {
		return definitionFault(err)
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
	if err := f.cfg.Catalogue.RemoveQuantity(measure.Quantity(id)); err != nil {
		return definitionFault(err)
	}
	if err := f.cfg.Store.Quantities.Delete(ctx, id); err != nil {
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

// definitionFault names the field that a refused definition is about.
func definitionFault(err error) error {
	switch {
	case errors.Is(err, measure.ErrInUse), errors.Is(err, measure.ErrBuiltIn):
		return fmt.Errorf("%w: %w", ErrInUse, err)
	case errors.Is(err, measure.ErrUnknownUnit):
		return option.Errors{{Field: "base", Message: err.Error()}}
	case errors.Is(err, measure.ErrUnknownQuantity):
		return fmt.Errorf("%w: %w", ErrNotFound, err)
	default:
		return option.Errors{{Field: "id", Message: err.Error()}}
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
