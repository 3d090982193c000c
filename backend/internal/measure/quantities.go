package measure

import "slices"

// QuantityInfo describes a quantity.
//
// Min and Max are the limits of the world, not those of a device, in the first unit: absolute zero, 100 % humidity.
// Nil means that there is none. A value beyond them is impossible, so it is a fault of the sensor or its wiring.
type QuantityInfo struct {
	ID       Quantity `json:"id"`
	Name     string   `json:"name"`
	Units    []Unit   `json:"units"` // at least one; the first is the usual one
	Min      *float64 `json:"min,omitempty"`
	Max      *float64 `json:"max,omitempty"`
	Decimals int      `json:"decimals"` // that a value in the first unit usually deserves
}

// clone returns a copy that shares nothing with q.
func (q QuantityInfo) clone() QuantityInfo {
	q.Units = slices.Clone(q.Units)
	if q.Min != nil {
		q.Min = new(*q.Min)
	}
	if q.Max != nil {
		q.Max = new(*q.Max)
	}
	return q
}

// absoluteZero is 0 K in °C, exact since 1954.
const absoluteZero = -273.15

// free describes a quantity that may take any value.
func free(id Quantity, name string, decimals int, units ...Unit) QuantityInfo {
	return QuantityInfo{ID: id, Name: name, Units: units, Decimals: decimals}
}

func atLeast(lo float64, q QuantityInfo) QuantityInfo {
	q.Min = &lo
	return q
}

func between(lo, hi float64, q QuantityInfo) QuantityInfo {
	q.Min, q.Max = &lo, &hi
	return q
}

// quantities returns the built-in quantities.
func quantities() []QuantityInfo {
	return slices.Concat(
		climateQuantities(), gasQuantities(), particleQuantities(), lightQuantities(), waterQuantities(),
		substanceQuantities(), fluidQuantities(), mechanicalQuantities(), signalQuantities(), electricQuantities(),
		hostQuantities(), stateQuantities(),
	)
}
