package measure

func massUnits() []unitDef {
	return []unitDef{
		root(Gram, "g", "gram", 1),
		times(Kilogram, "kg", "kilogram", 3, "1000", Gram),
		times(Milligram, "mg", "milligram", 0, "0.001", Gram),
		times(Microgram, "µg", "microgram", 0, "0.000001", Gram),
		times(Tonne, "t", "tonne", 3, "1000000", Gram),
		times(Pound, "lb", "pound", 2, "453.59237", Gram),
		times(Ounce, "oz", "ounce", 2, "453.59237/16", Gram),

		root(Newton, "N", "newton", 2),
		times(KgForce, "kgf", "kilogram-force", 3, "9.80665", Newton),
		times(PoundForce, "lbf", "pound-force", 2, "0.45359237*9.80665", Newton),
	}
}

func lengthUnits() []unitDef {
	return []unitDef{
		root(Metre, "m", "metre", 2),
		times(Kilometre, "km", "kilometre", 2, "1000", Metre),
		times(Centimetre, "cm", "centimetre", 1, "0.01", Metre),
		times(Millimetre, "mm", "millimetre", 0, "0.001", Metre),
		times(Micrometre, "µm", "micrometre", 1, "0.000001", Metre),
		times(Nanometre, "nm", "nanometre", 0, "0.000000001", Metre),
		times(Inch, "in", "inch", 2, "0.0254", Metre),
		times(Foot, "ft", "foot", 2, "0.3048", Metre),
		times(Yard, "yd", "yard", 2, "0.9144", Metre),
		times(Mile, "mi", "mile", 2, "1609.344", Metre),

		root(SquareM, "m²", "square metre", 2),
		times(SquareCm, "cm²", "square centimetre", 0, "0.0001", SquareM),
		times(SquareFoot, "ft²", "square foot", 1, "0.3048*0.3048", SquareM),
	}
}

// π, to 36 digits: the one factor here that is not exact, by far more digits than a float64 has.
const pi = "3.14159265358979323846264338327950288"

func motionUnits() []unitDef {
	return []unitDef{
		root(MetrePerS, "m/s", "metre per second", 1),
		times(KmPerH, "km/h", "kilometre per hour", 1, "1/3.6", MetrePerS),
		times(MilePerH, "mph", "mile per hour", 1, "1609.344/3600", MetrePerS),
		times(Knot, "kn", "knot", 1, "1852/3600", MetrePerS),
		times(FootPerS, "ft/s", "foot per second", 1, "0.3048", MetrePerS),
		times(CmPerS, "cm/s", "centimetre per second", 1, "0.01", MetrePerS),
		times(MmPerH, "mm/h", "millimetre per hour", 1, "0.001/3600", MetrePerS),
		times(InchPerH, "in/h", "inch per hour", 2, "0.0254/3600", MetrePerS),

		root(MetrePerS2, "m/s²", "metre per second squared", 2),
		times(GForce, "g", "standard gravity", 3, "9.80665", MetrePerS2),
		times(MilliGForce, "mg", "thousandth of standard gravity", 0, "0.00980665", MetrePerS2),

		root(Degree, "°", "degree", 1),
		times(Bearing, "°", "bearing, clockwise from north", 0, "1", Degree),
		times(Radian, "rad", "radian", 4, "180/"+pi, Degree),
		root(DegreePerS, "°/s", "degree per second", 1),
		times(RadianPerS, "rad/s", "radian per second", 3, "180/"+pi, DegreePerS),

		root(Hertz, "Hz", "hertz", 2),
		times(Kilohertz, "kHz", "kilohertz", 3, "1000", Hertz),
		times(Megahertz, "MHz", "megahertz", 3, "1000000", Hertz),
		times(Gigahertz, "GHz", "gigahertz", 3, "1000000000", Hertz),
		times(RPM, "rpm", "revolutions per minute", 0, "1/60", Hertz),
		times(CountPerMin, "1/min", "per minute", 1, "1/60", Hertz),
	}
}
