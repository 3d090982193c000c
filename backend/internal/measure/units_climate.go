package measure

func ratioUnits() []unitDef {
	return []unitDef{
		root(Unitless, "", "number", 2),
		times(GravityPoints, "GP", "gravity points", 1, "0.001", Unitless).plus("1"),

		root(Percent, "%", "percent", 1),
		times(Decimal, "", "fraction of one", 3, "100", Percent),
		times(PPT, "‰", "parts per thousand", 2, "0.1", Percent),
		times(PPM, "ppm", "parts per million", 0, "0.0001", Percent),
		times(PPB, "ppb", "parts per billion", 0, "0.0000001", Percent),
		times(M3PerM3, "m³/m³", "cubic metre per cubic metre", 3, "100", Percent),
	}
}

func temperatureUnits() []unitDef {
	return []unitDef{
		root(Celsius, "°C", "degree Celsius", 1),
		times(Kelvin, "K", "kelvin", 1, "1", Celsius).plus("-273.15"),
		times(Fahrenheit, "°F", "degree Fahrenheit", 1, "5/9", Celsius).plus("-160/9"),
		times(Rankine, "°R", "degree Rankine", 1, "5/9", Celsius).plus("-273.15"),

		root(DeltaCelsius, "Δ°C", "degree Celsius (difference)", 1),
		times(DeltaFahrenheit, "Δ°F", "degree Fahrenheit (difference)", 1, "5/9", DeltaCelsius),

		root(KilojoulePerKg, "kJ/kg", "kilojoule per kilogram", 1),
		root(GramPerKg, "g/kg", "gram per kilogram", 2),
	}
}

// Columns of liquid are the conventional ones (mercury of 13.5951 g/cm³, water of 1 g/cm³, g of 9.80665 m/s²), which
// is what barometers and water gauges print.
func pressureUnits() []unitDef {
	return []unitDef{
		root(Pascal, "Pa", "pascal", 0),
		times(Hectopascal, "hPa", "hectopascal", 1, "100", Pascal),
		times(Kilopascal, "kPa", "kilopascal", 2, "1000", Pascal),
		times(Megapascal, "MPa", "megapascal", 4, "1000000", Pascal),
		times(Bar, "bar", "bar", 3, "100000", Pascal),
		times(Millibar, "mbar", "millibar", 1, "100", Pascal),
		times(Centibar, "cbar", "centibar", 1, "1000", Pascal),
		times(Atmosphere, "atm", "standard atmosphere", 4, "101325", Pascal),
		times(Torr, "Torr", "torr", 1, "101325/760", Pascal),
		times(PSI, "psi", "pound-force per square inch", 2, "0.45359237*9.80665/0.0254/0.0254", Pascal),
		times(MmHg, "mmHg", "millimetre of mercury", 1, "13.5951*9.80665", Pascal),
		times(InHg, "inHg", "inch of mercury", 2, "13.5951*9.80665*25.4", Pascal),
		times(MmH2O, "mmH₂O", "millimetre of water", 0, "9.80665", Pascal),
		times(CmH2O, "cmH₂O", "centimetre of water", 1, "98.0665", Pascal),
		times(InH2O, "inH₂O", "inch of water", 1, "9.80665*25.4", Pascal),
	}
}

// Illuminance, photon flux and irradiance are three families: turning one into another needs the lamp's spectrum. A
// daily light integral is a sum over a day, so it is no photon flux either.
func lightUnits() []unitDef {
	return []unitDef{
		root(Lux, "lx", "lux", 0),
		times(Kilolux, "klx", "kilolux", 2, "1000", Lux),
		times(FootCandle, "fc", "foot-candle", 1, "1/0.3048/0.3048", Lux),
		root(Full, "", "full-spectrum counts", 0),
		root(Infrared, "", "infrared counts", 0),
		root(Visible, "", "visible counts", 0),
		root(Ultraviolet, "", "ultraviolet counts", 0),

		root(UmolPerM2S, "µmol/(m²·s)", "micromole of photons per square metre and second", 0),
		root(MolPerM2Day, "mol/(m²·d)", "mole of photons per square metre and day", 1),

		root(WattPerM2, "W/m²", "watt per square metre", 0),
		times(MilliwattPerCm2, "mW/cm²", "milliwatt per square centimetre", 2, "10", WattPerM2),
		times(MicrowattPerCm2, "µW/cm²", "microwatt per square centimetre", 0, "0.01", WattPerM2),
	}
}
