package climate

// Gas constants in J/(kg K) and the ratio of their weights.
const (
	gasVapour = 461.523
	gasDry    = 287.055
	ratio     = 621.945 // g of vapour to kg of dry air, at equal pressures
)

// AbsoluteHumidity is the water in the air in g/m³, for t °C (-40 to 100) and rh % (0 to 100).
//
//	a = 1e5 e/(461.523 T),   e in hPa, T = t + 273.15
//
// Source: ideal gas law.
func AbsoluteHumidity(t, rh float64) (float64, error) {
	e, err := VapourPressure(t, rh)
	if err != nil {
		return none(err)
	}
	return 1e5 * e / (gasVapour * (t + absoluteZero)), nil
}

// VPD is the vapour pressure deficit of the air in kPa, for t °C (-40 to 100) and rh % (0 to 100): how much more vapour it
// could take up.
//
//	VPD = es(t)·(1 - rh/100)/10
//
// Source: FAO Irrigation and Drainage Paper 56, with Sonntag's es.
func VPD(t, rh float64) (float64, error) { return LeafVPD(t, rh, 0) }

// LeafVPD is the deficit between a leaf and the air in kPa: what drives transpiration. The air has t °C (-40 to 100) and
// rh % (0 to 100), the leaf is offset °C warmer (-20 to 20; about -2 under LED, 0 when unknown). Negative: dew settles on
// the leaf.
//
//	VPD = (es(t + offset) - e)/10
//
// Source: FAO Irrigation and Drainage Paper 56, with Sonntag's es.
func LeafVPD(t, rh, offset float64) (float64, error) {
	if err := within("leaf offset", offset, -20, 20, "°C"); err != nil {
		return none(err)
	}
	e, err := VapourPressure(t, rh)
	if err != nil {
		return none(err)
	}
	inLeaf, err := SaturationWater(t + offset)
	if err != nil {
		return none(err)
	}
	return (inLeaf - e) / 10, nil
}

// MixingRatio is the water in g per kg of dry air, for t °C (-40 to 100), rh % (0 to 100) and p hPa (500 to 1100).
//
//	w = 621.945 e/(p - e)
//
// Source: ASHRAE Handbook, Fundamentals.
func MixingRatio(t, rh, p float64) (float64, error) {
	e, err := vapourIn(t, rh, p)
	if err != nil {
		return none(err)
	}
	return ratio * e / (p - e), nil
}

// SpecificHumidity is the water in g per kg of moist air, for t °C (-40 to 100), rh % (0 to 100) and p hPa (500 to 1100).
//
//	q = 621.945 e/(p - 0.378055 e)
//
// Source: ASHRAE Handbook, Fundamentals.
func SpecificHumidity(t, rh, p float64) (float64, error) {
	e, err := vapourIn(t, rh, p)
	if err != nil {
		return none(err)
	}
	return ratio * e / (p - (1-ratio/1000)*e), nil
}

// Enthalpy is the heat content in kJ per kg of dry air, for t °C (-40 to 60), rh % (0 to 100) and p hPa (500 to 1100). Dry
// air of 0 °C has none.
//
//	h = 1.006 t + w (2501 + 1.86 t),   w: MixingRatio in kg/kg
//
// Source: ASHRAE Handbook, Fundamentals.
func Enthalpy(t, rh, p float64) (float64, error) {
	if err := temperature(t, -40, 60); err != nil {
		return none(err)
	}
	w, err := MixingRatio(t, rh, p)
	if err != nil {
		return none(err)
	}
	return 1.006*t + w/1000*(2501+1.86*t), nil
}

// AirDensity is the density of moist air in kg/m³, for t °C (-40 to 100), rh % (0 to 100) and p hPa (500 to 1100).
//
//	ρ = 100 (p - e)/(287.055 T) + 100 e/(461.523 T),   T = t + 273.15
//
// Source: ideal gas law.
func AirDensity(t, rh, p float64) (float64, error) {
	e, err := vapourIn(t, rh, p)
	if err != nil {
		return none(err)
	}
	k := t + absoluteZero
	return 100*(p-e)/(gasDry*k) + 100*e/(gasVapour*k), nil
}

// vapourIn is VapourPressure of air of p hPa, whose vapour must not be all of it.
func vapourIn(t, rh, p float64) (float64, error) {
	if err := pressure(p); err != nil {
		return none(err)
	}
	e, err := VapourPressure(t, rh)
	if err != nil {
		return none(err)
	}
	if e >= p {
		return none(&RangeError{Quantity: "vapour pressure", Value: e, Min: 0, Max: p, Unit: "hPa"})
	}
	return e, nil
}
