package measure

func climateQuantities() []QuantityInfo {
	return []QuantityInfo{
		atLeast(absoluteZero, free(Temperature, "Temperature", 1, Celsius, Fahrenheit, Kelvin, Rankine)),
		free(TemperatureDifference, "Temperature difference", 1, DeltaCelsius, DeltaFahrenheit),
		atLeast(absoluteZero, free(Dewpoint, "Dew point", 1, Celsius, Fahrenheit, Kelvin)),
		atLeast(absoluteZero, free(WetBulbTemperature, "Wet-bulb temperature", 1, Celsius, Fahrenheit, Kelvin)),
		atLeast(absoluteZero, free(HeatIndex, "Heat index", 1, Celsius, Fahrenheit, Kelvin)),
		between(0, 100, free(Humidity, "Relative humidity", 1, Percent, Decimal, PPM)), // some gas sensors give ppm of vapour
		atLeast(0, free(AbsoluteHumidity, "Absolute humidity", 1, GramPerM3, KgPerM3, MgPerL)),
		atLeast(0, free(HumidityRatio, "Humidity ratio", 2, GramPerKg)),
		free(Enthalpy, "Enthalpy of air", 1, KilojoulePerKg),
		// Below 0 when a leaf is colder than the dew point: then it is wet.
		free(VaporPressureDeficit, "Vapour pressure deficit", 0, Pascal, Hectopascal, Kilopascal, Millibar, PSI),
		atLeast(0, free(Pressure, "Pressure", 0, Pascal, Hectopascal, Kilopascal, Megapascal, Bar, Millibar, Atmosphere,
			PSI, MmHg, InHg, Torr, CmH2O)),
		// Also a gauge pressure, which counts from the air around it.
		free(PressureDifference, "Pressure difference", 0, Pascal, Hectopascal, Kilopascal, Bar, Millibar, PSI, MmH2O,
			CmH2O, InH2O, MmHg, InHg),
		free(Altitude, "Altitude", 0, Metre, Foot, Kilometre),
	}
}

// Fractions of a volume, or mass in a volume where a sensor or a rule is written in it. They do not convert into each
// other: that takes the molar mass, the temperature and the pressure.
func gasQuantities() []QuantityInfo {
	fraction := func(id Quantity, name string, units ...Unit) QuantityInfo {
		return between(0, 1e6, free(id, name, 0, append([]Unit{PPM, PPB, PPT, Percent}, units...)...))
	}
	return []QuantityInfo{
		fraction(CO2, "Carbon dioxide", MgPerM3, Unitless),
		between(0, 100, free(O2, "Oxygen", 1, Percent, PPT, PPM, Decimal)),
		fraction(CO, "Carbon monoxide", MgPerM3, Unitless),
		fraction(Methane, "Methane", Unitless),
		fraction(Hydrogen, "Hydrogen"),
		fraction(NO, "Nitric oxide", UgPerM3),
		fraction(NO2, "Nitrogen dioxide", UgPerM3),
		fraction(NOx, "Nitrogen oxides", UgPerM3),
		fraction(Ozone, "Ozone", UgPerM3),
		fraction(SO2, "Sulfur dioxide", UgPerM3),
		fraction(H2S, "Hydrogen sulfide", MgPerM3),
		fraction(NH3, "Ammonia gas", MgPerM3),
		fraction(Ethylene, "Ethylene"),
		fraction(Formaldehyde, "Formaldehyde", MgPerM3, UgPerM3),
		fraction(Gas, "Gas", Unitless),
		between(0, 1e9, free(VOC, "Volatile organic compounds", 0, PPB, PPM, UgPerM3, MgPerM3, Unitless)),
		atLeast(0, free(VOCRaw, "Volatile organic compounds, raw signal", 0, Unitless)),
		atLeast(0, free(NOxRaw, "Nitrogen oxides, raw signal", 0, Unitless)),
		atLeast(0, free(VOCIndex, "Index of volatile organic compounds", 0, Unitless)),
		atLeast(0, free(NOxIndex, "Index of nitrogen oxides", 0, Unitless)),
		atLeast(0, free(AirQuality, "Air quality index", 0, Unitless)),
		atLeast(0, free(Radon, "Radon", 0, BecquerelPerM3, PicocuriePerL)),
		atLeast(0, free(RadiationDose, "Radiation dose rate", 2, MicrosievertPerH, NanosievertPerH)),
	}
}

func particleQuantities() []QuantityInfo {
	dust := func(id Quantity, size string) QuantityInfo {
		return atLeast(0, free(id, "Particulate matter up to "+size+" µm", 0, UgPerM3, MgPerM3))
	}
	return []QuantityInfo{
		dust(ParticulateMatter1, "1"),
		dust(ParticulateMatter2_5, "2.5"),
		dust(ParticulateMatter4, "4"),
		dust(ParticulateMatter10, "10"),
		atLeast(0, free(ParticleCount, "Particle count", 1, CountPerCm3, CountPerDl)),
		atLeast(0, free(ParticleSize, "Typical particle size", 2, Micrometre, Nanometre)),
	}
}

func lightQuantities() []QuantityInfo {
	color := func(id Quantity, name string) QuantityInfo {
		return between(0, 255, free(id, name, 0, EightBitColor, Unitless))
	}
	return []QuantityInfo{
		atLeast(0, free(Light, "Light", 0, Lux, Kilolux, FootCandle, UmolPerM2S, WattPerM2, Full, Visible, Infrared,
			Ultraviolet, Unitless)),
		atLeast(0, free(PPFD, "Photosynthetic photon flux density", 0, UmolPerM2S)),
		atLeast(0, free(DailyLightIntegral, "Daily light integral", 1, MolPerM2Day)),
		// Free: a net radiometer, and a pyranometer on a clear night, truly read below 0.
		free(Irradiance, "Irradiance", 0, WattPerM2, MilliwattPerCm2, MicrowattPerCm2),
		atLeast(0, free(UVIndex, "UV index", 1, Unitless)),
		atLeast(0, free(ColorTemperature, "Colour temperature", 0, Kelvin)),
		color(Color, "Colour"),
		color(ColorRed, "Red"),
		color(ColorGreen, "Green"),
		color(ColorBlue, "Blue"),
		color(ColorClear, "Clear"),
		between(0, 1, free(ColorX, "Colour x", 3, CIE)),
		between(0, 1, free(ColorY, "Colour y", 3, CIE)),
		atLeast(0, free(ColorLuminance, "Colour Y (luminance)", 1, CIE)),
	}
}
