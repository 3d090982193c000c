package measure

import "slices"

// UnitInfo describes a unit. Decimals is how many places a value usually deserves.
type UnitInfo struct {
	ID       Unit   `json:"id"`
	Name     string `json:"name"`   // "degree Celsius"
	Symbol   string `json:"symbol"` // "°C"; may be empty
	Decimals int    `json:"decimals"`
}

// unitDef is a unit with its conversion: value in base = factor*value + offset. Units with an empty base are the roots
// of their family; two units convert into each other when they have the same root.
type unitDef struct {
	info    UnitInfo
	base    Unit
	toBase  exact
	builtIn bool
}

// root defines a unit that others are measured in, or one that converts to nothing.
func root(id Unit, symbol, name string, decimals int) unitDef {
	return unitDef{info: UnitInfo{id, name, symbol, decimals}, toBase: identity(), builtIn: true}
}

// times defines a unit as factor (see rational) times base.
func times(id Unit, symbol, name string, decimals int, factor string, base Unit) unitDef {
	d := root(id, symbol, name, decimals)
	d.base, d.toBase.scale = base, rational(factor)
	return d
}

// plus shifts the zero of d by offset, in its base.
func (d unitDef) plus(offset string) unitDef {
	d.toBase.offset = rational(offset)
	return d
}

// units returns the built-in units. Unless a line says otherwise, factors are exact by definition: the SI brochure
// (9th edition), the international yard and pound (1959), and NIST Special Publication 811 (2008), appendix B.
func units() []unitDef {
	return slices.Concat(
		ratioUnits(), temperatureUnits(), pressureUnits(), lightUnits(), waterUnits(), concentrationUnits(),
		volumeUnits(), massUnits(), lengthUnits(), motionUnits(), electricUnits(), energyUnits(), physicsUnits(),
		dataUnits(), timeUnits(), stateUnits(),
	)
}
