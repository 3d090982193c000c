package measure

// Active, apparent and reactive power (W, VA, var) share a dimension and no meaning: they do not convert.
func electricUnits() []unitDef {
	return []unitDef{
		root(Volt, "V", "volt", 2),
		times(Millivolt, "mV", "millivolt", 0, "0.001", Volt),
		times(Microvolt, "µV", "microvolt", 0, "0.000001", Volt),
		times(Kilovolt, "kV", "kilovolt", 3, "1000", Volt),

		root(Ampere, "A", "ampere", 3),
		times(Milliampere, "mA", "milliampere", 1, "0.001", Ampere),
		times(Microampere, "µA", "microampere", 0, "0.000001", Ampere),

		root(Ohm, "Ω", "ohm", 1),
		times(Milliohm, "mΩ", "milliohm", 1, "0.001", Ohm),
		times(Kiloohm, "kΩ", "kiloohm", 2, "1000", Ohm),
		times(Megaohm, "MΩ", "megaohm", 3, "1000000", Ohm),

		root(Farad, "F", "farad", 3),
		times(Microfarad, "µF", "microfarad", 1, "0.000001", Farad),
		times(Nanofarad, "nF", "nanofarad", 1, "0.000000001", Farad),
		times(Picofarad, "pF", "picofarad", 1, "0.000000000001", Farad),

		root(Watt, "W", "watt", 1),
		times(Milliwatt, "mW", "milliwatt", 0, "0.001", Watt),
		times(Kilowatt, "kW", "kilowatt", 3, "1000", Watt),
		times(Megawatt, "MW", "megawatt", 3, "1000000", Watt),
		times(Horsepower, "hp", "mechanical horsepower", 2, "550*0.3048*0.45359237*9.80665", Watt),
		times(BTUPerH, "BTU/h", "British thermal unit per hour", 0, "1055.05585262/3600", Watt),
		root(VoltAmpere, "VA", "volt-ampere", 1),
		times(KilovoltAmpere, "kVA", "kilovolt-ampere", 3, "1000", VoltAmpere),
		root(Var, "var", "volt-ampere reactive", 1),
		times(Kilovar, "kvar", "kilovolt-ampere reactive", 3, "1000", Var),
	}
}

// The calorie is the thermochemical one (4.184 J), the British thermal unit that of the International Table.
func energyUnits() []unitDef {
	return []unitDef{
		root(Joule, "J", "joule", 0),
		times(Kilojoule, "kJ", "kilojoule", 2, "1000", Joule),
		times(Megajoule, "MJ", "megajoule", 3, "1000000", Joule),
		times(WattHour, "Wh", "watt-hour", 1, "3600", Joule),
		times(KilowattHour, "kWh", "kilowatt-hour", 3, "3600000", Joule),
		times(MegawattHour, "MWh", "megawatt-hour", 3, "3600000000", Joule),
		times(Kilocalorie, "kcal", "kilocalorie", 1, "4184", Joule),
		times(BTU, "BTU", "British thermal unit", 0, "1055.05585262", Joule),
		root(VarHour, "varh", "volt-ampere reactive hour", 1),
		times(KilovarHour, "kvarh", "kilovolt-ampere reactive hour", 3, "1000", VarHour),
		root(VoltAmpereHour, "VAh", "volt-ampere hour", 1),
		times(KilovoltAmpHour, "kVAh", "kilovolt-ampere hour", 3, "1000", VoltAmpereHour),

		root(Coulomb, "C", "coulomb", 1),
		times(AmpereHour, "Ah", "ampere-hour", 3, "3600", Coulomb),
		times(MilliampHour, "mAh", "milliampere-hour", 0, "3.6", Coulomb),
	}
}

func physicsUnits() []unitDef {
	return []unitDef{
		root(Microtesla, "µT", "microtesla", 1),
		times(Tesla, "T", "tesla", 6, "1000000", Microtesla),
		times(Millitesla, "mT", "millitesla", 3, "1000", Microtesla),
		times(Nanotesla, "nT", "nanotesla", 0, "0.001", Microtesla),
		times(Gauss, "G", "gauss", 3, "100", Microtesla),

		root(BecquerelPerM3, "Bq/m³", "becquerel per cubic metre", 0),
		times(PicocuriePerL, "pCi/l", "picocurie per litre", 1, "37", BecquerelPerM3), // the curie is 3.7e10 Bq
		root(MicrosievertPerH, "µSv/h", "microsievert per hour", 2),
		times(NanosievertPerH, "nSv/h", "nanosievert per hour", 0, "0.001", MicrosievertPerH),

		root(Decibel, "dB", "decibel", 1),
		root(DecibelA, "dB(A)", "decibel, A-weighted", 1),
		root(DecibelMilliW, "dBm", "decibel over one milliwatt", 0),
	}
}
