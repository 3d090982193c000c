package measure

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

const (
	maxBases    = 8   // user-defined units built on each other; keeps the exact factors small
	maxDecimals = 12  // digits after the point that an interface can show
	maxName     = 100 // bytes of a name or symbol
	maxUnits    = 100 // of one quantity
)

// AddUnit adds a user-defined unit: value in base = toBase(value in the unit). An empty base makes a unit that converts
// to nothing else; toBase must then be the identity or zero. The factors are taken as the decimals they print as, so
// that 0.1 is a tenth.
//
// The error wraps ErrDuplicate, ErrUnknownUnit (the base) or ErrInvalid, which says what is wrong.
func (c *Catalogue) AddUnit(info UnitInfo, base Unit, toBase Affine) error {
	d, err := newUnit(info, base, toBase)
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, taken := c.units[info.ID]; taken {
		return fmt.Errorf("unit %q %w", info.ID, ErrDuplicate)
	}
	if err := c.checkBases(d); err != nil {
		return err
	}
	c.units[info.ID] = d
	return nil
}

// ReplaceUnit changes a user-defined unit. It fails as [Catalogue.AddUnit] does, with ErrUnknownUnit if there is no
// such unit, with ErrBuiltIn for the built-in ones, and with ErrInUse when a new base would leave quantities or
// units that rely on the unit without their conversions.
func (c *Catalogue) ReplaceUnit(info UnitInfo, base Unit, toBase Affine) error {
	d, err := newUnit(info, base, toBase)
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.userUnit(info.ID); err != nil {
		return err
	}
	if user := c.userOf(info.ID); user != "" && c.units[info.ID].base != base {
		return fmt.Errorf("base of unit %q: %w by %s", info.ID, ErrInUse, user)
	}
	if err := c.checkBases(d); err != nil {
		return err
	}
	c.units[info.ID] = d
	return nil
}

// RemoveUnit removes a user-defined unit. The error wraps ErrUnknownUnit, ErrBuiltIn or ErrInUse. Whether channels use
// the unit is for the caller to know.
func (c *Catalogue) RemoveUnit(id Unit) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.userUnit(id); err != nil {
		return err
	}
	if user := c.userOf(id); user != "" {
		return fmt.Errorf("unit %q: %w by %s", id, ErrInUse, user)
	}
	delete(c.units, id)
	return nil
}

// AddQuantity adds a user-defined quantity. The error wraps ErrDuplicate, ErrUnknownUnit or ErrInvalid, which says what
// is wrong.
func (c *Catalogue) AddQuantity(info QuantityInfo) error {
	info = info.clone()
	if err := info.validate(); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, taken := c.quantities[info.ID]; taken {
		return fmt.Errorf("quantity %q %w", info.ID, ErrDuplicate)
	}
	return c.putQuantity(info)
}

// ReplaceQuantity changes a user-defined quantity. It fails as [Catalogue.AddQuantity] does, with ErrUnknownQuantity
// if there is none, and with ErrBuiltIn for the built-in ones.
func (c *Catalogue) ReplaceQuantity(info QuantityInfo) error {
	info = info.clone()
	if err := info.validate(); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.userQuantity(info.ID); err != nil {
		return err
	}
	return c.putQuantity(info)
}

// RemoveQuantity removes a user-defined quantity. The error wraps ErrUnknownQuantity or ErrBuiltIn. Whether channels
// use the quantity is for the caller to know.
func (c *Catalogue) RemoveQuantity(id Quantity) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.userQuantity(id); err != nil {
		return err
	}
	delete(c.quantities, id)
	return nil
}

func (c *Catalogue) putQuantity(info QuantityInfo) error {
	for _, u := range info.Units {
		if _, ok := c.units[u]; !ok {
			return fmt.Errorf("quantity %q: %w %q", info.ID, ErrUnknownUnit, u)
		}
	}
	c.quantities[info.ID] = quantityDef{info: info}
	return nil
}

func (c *Catalogue) userUnit(id Unit) error {
	d, ok := c.units[id]
	switch {
	case !ok:
		return fmt.Errorf("%w %q", ErrUnknownUnit, id)
	case d.builtIn:
		return fmt.Errorf("unit %q is %w", id, ErrBuiltIn)
	}
	return nil
}

func (c *Catalogue) userQuantity(id Quantity) error {
	d, ok := c.quantities[id]
	switch {
	case !ok:
		return fmt.Errorf("%w %q", ErrUnknownQuantity, id)
	case d.builtIn:
		return fmt.Errorf("quantity %q is %w", id, ErrBuiltIn)
	}
	return nil
}

// userOf names what relies on a unit, "" if nothing does; the first by id, so that the answer is always the same.
func (c *Catalogue) userOf(id Unit) string {
	var users []string
	for other, d := range c.units {
		if d.base == id {
			users = append(users, fmt.Sprintf("unit %q", other))
		}
	}
	for q, d := range c.quantities {
		if slices.Contains(d.info.Units, id) {
			users = append(users, fmt.Sprintf("quantity %q", q))
		}
	}
	if len(users) == 0 {
		return ""
	}
	return slices.Min(users)
}

// checkBases walks from d to its root: every base must exist, the way must be short and must not come back to d, and
// the whole conversion must fit into float64.
func (c *Catalogue) checkBases(d unitDef) error {
	e, bases := d.toBase, 0
	for u := d.base; u != ""; bases++ {
		next, ok := c.units[u]
		switch {
		case !ok:
			return fmt.Errorf("unit %q: base: %w %q", d.info.ID, ErrUnknownUnit, u)
		case u == d.info.ID:
			return fmt.Errorf("unit %q: %w: it is defined by itself", d.info.ID, ErrInvalid)
		case bases == maxBases:
			return fmt.Errorf("unit %q: %w: more than %d units defined by each other, use an earlier base",
				d.info.ID, ErrInvalid, maxBases)
		}
		u, e = next.base, e.then(next.toBase)
	}
	for _, way := range []exact{e, e.inverse()} {
		if _, err := way.affine(); err != nil {
			return fmt.Errorf("unit %q: %w: %w", d.info.ID, ErrInvalid, err)
		}
	}
	return nil
}

func newUnit(info UnitInfo, base Unit, toBase Affine) (unitDef, error) {
	d := unitDef{info: info, base: base}
	if problem := problemOf(string(info.ID), info.Name, info.Decimals); problem != "" {
		return d, fmt.Errorf("unit %q: %w: %s", info.ID, ErrInvalid, problem)
	}
	if len(info.Symbol) > maxName {
		return d, fmt.Errorf("unit %q: %w: the symbol must have at most %d bytes", info.ID, ErrInvalid, maxName)
	}
	if base == "" {
		if toBase != (Affine{}) && !toBase.IsIdentity() {
			return d, fmt.Errorf("unit %q: %w: a conversion needs a base unit", info.ID, ErrInvalid)
		}
		toBase = Affine{Scale: 1}
	}
	var err error
	if d.toBase, err = exactly(toBase); err != nil {
		return d, fmt.Errorf("unit %q: %w: %w", info.ID, ErrInvalid, err)
	}
	return d, nil
}

// validate checks all of q that needs no catalogue.
func (q QuantityInfo) validate() error {
	problem := problemOf(string(q.ID), q.Name, q.Decimals)
	switch {
	case problem != "":
	case len(q.Units) == 0:
		problem = "it needs at least one unit"
	case len(q.Units) > maxUnits:
		problem = fmt.Sprintf("it must have at most %d units", maxUnits)
	case len(slices.Compact(slices.Sorted(slices.Values(q.Units)))) != len(q.Units):
		problem = "a unit is listed twice"
	case !finite(q.Min) || !finite(q.Max):
		problem = "its limits must be finite numbers"
	case q.Min != nil && q.Max != nil && *q.Min >= *q.Max:
		problem = "its lower limit must be below its upper one"
	default:
		return nil
	}
	return fmt.Errorf("quantity %q: %w: %s", q.ID, ErrInvalid, problem)
}

func finite(f *float64) bool { return f == nil || !math.IsNaN(*f) && !math.IsInf(*f, 0) }

// problemOf says what is wrong with the fields that units and quantities share, "" if nothing is.
func problemOf(id, name string, decimals int) string {
	switch {
	case !validID(id):
		return "the id must start with a letter and hold letters, digits and _ only, at most 64"
	case strings.TrimSpace(name) == "" || len(name) > maxName:
		return fmt.Sprintf("the name must have 1 to %d bytes", maxName)
	case decimals < 0 || decimals > maxDecimals:
		return fmt.Sprintf("decimals must be 0 to %d", maxDecimals)
	}
	return ""
}

// validID keeps ids safe in addresses, column names and topics.
func validID(id string) bool {
	for i, r := range id {
		letter := 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
		if !letter && (i == 0 || r != '_' && (r < '0' || '9' < r)) {
			return false
		}
	}
	return id != "" && len(id) <= 64
}
