package measure

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"sync"
)

// Errors of a [Catalogue]; test for them with errors.Is. All of them are the caller's doing: none is worth a retry.
var (
	ErrUnknownQuantity = errors.New("unknown quantity")
	ErrUnknownUnit     = errors.New("unknown unit")
	ErrNoConversion    = errors.New("no conversion")         // between these two units
	ErrMismatch        = errors.New("unit does not fit")     // to this quantity
	ErrDuplicate       = errors.New("already exists")        // an id is taken
	ErrInvalid         = errors.New("invalid definition")    // of a user's unit or quantity
	ErrBuiltIn         = errors.New("built in, so it stays") // change or removal refused
	ErrInUse           = errors.New("still in use")          // by another unit or a quantity
)

// Catalogue knows quantities, units and conversions, built-in and user-defined. Make it with [NewCatalogue]. All
// methods may be called at any time from any goroutine; what they return belongs to the caller.
//
// Conversions are worked out exactly on each call, some microseconds each: ask once per channel, not per reading.
type Catalogue struct {
	mu         sync.RWMutex
	units      map[Unit]unitDef
	quantities map[Quantity]quantityDef
}

type quantityDef struct {
	info    QuantityInfo
	builtIn bool
}

// NewCatalogue returns a catalogue of the built-in quantities and units.
func NewCatalogue() *Catalogue {
	c := &Catalogue{units: map[Unit]unitDef{}, quantities: map[Quantity]quantityDef{}}
	for _, d := range units() {
		c.units[d.info.ID] = d
	}
	for _, q := range quantities() {
		c.quantities[q.ID] = quantityDef{info: q, builtIn: true}
	}
	return c
}

// Quantities returns all quantities, sorted by id.
func (c *Catalogue) Quantities() []QuantityInfo {
	c.mu.RLock()
	defer c.mu.RUnlock()
	all := make([]QuantityInfo, 0, len(c.quantities))
	for _, id := range slices.Sorted(maps.Keys(c.quantities)) {
		all = append(all, c.describe(c.quantities[id].info))
	}
	return all
}

// Units returns all units, sorted by id.
func (c *Catalogue) Units() []UnitInfo {
	c.mu.RLock()
	defer c.mu.RUnlock()
	all := make([]UnitInfo, 0, len(c.units))
	for _, d := range c.units {
		all = append(all, d.info)
	}
	slices.SortFunc(all, func(a, b UnitInfo) int { return cmp.Compare(a.ID, b.ID) })
	return all
}

// Quantity returns the quantity with this id. Its units end with the user-defined ones that convert into one of the
// quantity's own.
func (c *Catalogue) Quantity(id Quantity) (QuantityInfo, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	d, ok := c.quantities[id]
	if !ok {
		return QuantityInfo{}, false
	}
	return c.describe(d.info), true
}

// Unit returns the unit with this id.
func (c *Catalogue) Unit(id Unit) (UnitInfo, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	d, ok := c.units[id]
	return d.info, ok
}

// Conversion returns how values in from become values in to; from and to may be the same. Without one the error wraps
// ErrNoConversion, and ErrUnknownUnit as well if there is no such unit.
func (c *Catalogue) Conversion(from, to Unit) (Affine, error) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	for _, id := range []Unit{from, to} {
		if _, ok := c.units[id]; !ok {
			return Affine{}, fmt.Errorf("%w from %q to %q: %w %q", ErrNoConversion, from, to, ErrUnknownUnit, id)
		}
	}
	e, ok := c.convert(from, to)
	if !ok {
		return Affine{}, fmt.Errorf("%w from %q to %q: they measure different things", ErrNoConversion, from, to)
	}
	a, err := e.affine()
	if err != nil {
		return Affine{}, fmt.Errorf("%w from %q to %q: %w", ErrNoConversion, from, to, err)
	}
	return a, nil
}

// Check reports whether a channel of this quantity may have this unit: one that the quantity lists, one that converts
// into such a unit, or a plain number (raw counts). The error wraps ErrUnknownQuantity, ErrUnknownUnit or ErrMismatch.
func (c *Catalogue) Check(q Quantity, u Unit) error {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.check(q, u)
}

// Limits returns the limits of a quantity in the given unit, both inclusive, infinite where there is none. It fails as
// [Catalogue.Check] does.
//
// In units that do not convert into the quantity's first one only a lower limit of 0 holds: nothing is nothing in every
// unit. A plain number of another quantity has no limits, for its scale is unknown.
func (c *Catalogue) Limits(q Quantity, u Unit) (lo, hi float64, err error) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if err := c.check(q, u); err != nil {
		return 0, 0, err
	}
	info := c.quantities[q].info
	lo, hi = math.Inf(-1), math.Inf(1)
	e, ok := c.convert(info.Units[0], u)
	switch {
	case ok:
		bound := func(limit *float64, side int) float64 {
			if limit == nil {
				return math.Inf(side * e.scale.Sign())
			}
			return e.apply(decimal(*limit))
		}
		lo, hi = bound(info.Min, -1), bound(info.Max, 1)
		if lo > hi { // a unit that counts downwards turns the limits round
			lo, hi = hi, lo
		}
	case u != Unitless && info.Min != nil && *info.Min == 0:
		lo = 0
	}
	return lo, hi, nil
}

func (c *Catalogue) check(q Quantity, u Unit) error {
	d, ok := c.quantities[q]
	if !ok {
		return fmt.Errorf("%w %q", ErrUnknownQuantity, q)
	}
	if _, ok := c.units[u]; !ok {
		return fmt.Errorf("%w %q", ErrUnknownUnit, u)
	}
	if u != Unitless && !c.fits(d.info, u) {
		return fmt.Errorf("%w: %q is no unit of %q, use one of %q", ErrMismatch, u, q, c.describe(d.info).Units)
	}
	return nil
}

// fits reports whether u is listed for q or converts into a unit that is. The caller holds mu.
func (c *Catalogue) fits(q QuantityInfo, u Unit) bool {
	root := c.rootOf(u)
	return slices.ContainsFunc(q.Units, func(listed Unit) bool { return c.rootOf(listed) == root })
}

// describe returns a copy of q with the user-defined units that fit it. The caller holds mu.
func (c *Catalogue) describe(q QuantityInfo) QuantityInfo {
	q = q.clone()
	var own []Unit
	for id, d := range c.units {
		if !d.builtIn && !slices.Contains(q.Units, id) && c.fits(q, id) {
			own = append(own, id)
		}
	}
	slices.Sort(own)
	q.Units = append(q.Units, own...)
	return q
}

// convert returns the exact conversion between two known units, if there is one. The caller holds mu.
func (c *Catalogue) convert(from, to Unit) (exact, bool) {
	if c.rootOf(from) != c.rootOf(to) {
		return exact{}, false
	}
	return c.toRoot(from).then(c.toRoot(to).inverse()), true
}

// rootOf returns the unit at the end of u's chain of bases; the chain is short and has no ring (see checkBases).
func (c *Catalogue) rootOf(u Unit) Unit {
	for c.units[u].base != "" {
		u = c.units[u].base
	}
	return u
}

// toRoot returns the conversion from u to its root.
func (c *Catalogue) toRoot(u Unit) exact {
	e := identity()
	for d := c.units[u]; d.base != ""; d = c.units[d.base] {
		e = e.then(d.toBase)
	}
	return e
}
