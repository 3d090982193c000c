package measure

func mechanicalQuantities() []QuantityInfo {
	acceleration := func(id Quantity, name string) QuantityInfo {
		return free(id, name, 2, MetrePerS2, GForce, MilliGForce)
	}
	return []QuantityInfo{
		free(Mass, "Mass", 1, Gram, Kilogram, Milligram, Microgram, Tonne, Pound, Ounce), // free: a tared scale
		free(Force, "Force", 2, Newton, KgForce, PoundForce),
		atLeast(0, free(Length, "Length", 1, Centimetre, Millimetre, Metre, Kilometre, Micrometre, Nanometre, Inch, Foot,
			Yard, Mile)),
		atLeast(0, free(Area, "Area", 2, SquareM, SquareCm, SquareFoot)),
		atLeast(0, free(Visibility, "Visibility", 1, Kilometre, Metre, Mile)),
		atLeast(0, free(Speed, "Speed", 1, MetrePerS, KmPerH, MilePerH, Knot, FootPerS, CmPerS)),
		atLeast(0, free(WindGust, "Wind gust", 1, MetrePerS, KmPerH, MilePerH, Knot, FootPerS)),
		acceleration(Acceleration, "Acceleration"),
		acceleration(AccelerationX, "Acceleration, x axis"),
		acceleration(AccelerationY, "Acceleration, y axis"),
		acceleration(AccelerationZ, "Acceleration, z axis"),
		free(Angle, "Angle", 1, Degree, Radian),
		between(0, 360, free(Direction, "Direction", 0, Bearing, Degree, Radian)),
		between(-90, 90, free(Latitude, "Latitude", 5, Degree)),
		between(-180, 180, free(Longitude, "Longitude", 5, Degree)),
		free(AngularVelocity, "Angular velocity", 1, DegreePerS, RadianPerS),
		between(0, 100, free(Position, "Position", 0, Percent, Decimal)),
		free(SoundLevel, "Sound level", 1, DecibelA, Decibel),
	}
}

func signalQuantities() []QuantityInfo {
	return []QuantityInfo{
		free(Revolutions, "Revolutions", 0, RPM, Hertz), // free: some count the other way as negative
		atLeast(0, free(Frequency, "Frequency", 2, Hertz, Kilohertz, Megahertz, Gigahertz, CountPerMin)),
		atLeast(0, free(PulseWidth, "Pulse width", 0, Microsecond, Millisecond, Second, Nanosecond)),
		atLeast(0, free(PulseCount, "Pulses", 0, Unitless)),
		between(0, 100, free(DutyCycle, "Duty cycle", 1, Percent, Decimal)),
		free(ADC, "Converter counts", 0, Unitless),
		free(MagneticFluxDensity, "Magnetic flux density", 1, Microtesla, Nanotesla, Millitesla, Tesla, Gauss),
		free(SignalStrength, "Signal strength", 0, DecibelMilliW, Decibel),
		free(LinkQuality, "Link quality", 0, Unitless, Percent),
	}
}

func electricQuantities() []QuantityInfo {
	return []QuantityInfo{
		free(ElectricalPotential, "Voltage", 2, Volt, Millivolt, Microvolt, Kilovolt),
		free(ElectricalCurrent, "Current", 3, Ampere, Milliampere, Microampere),
		atLeast(0, free(Resistance, "Resistance", 1, Ohm, Milliohm, Kiloohm, Megaohm)),
		atLeast(0, free(Capacitance, "Capacitance", 1, Picofarad, Nanofarad, Microfarad, Farad)),
		free(Charge, "Electric charge", 3, AmpereHour, MilliampHour, Coulomb),
		// Power and energy are free: what flows back to the grid counts below 0.
		free(Power, "Power", 1, Watt, Milliwatt, Kilowatt, Megawatt, Horsepower, BTUPerH),
		free(PowerApparent, "Apparent power", 1, VoltAmpere, KilovoltAmpere),
		free(PowerReactive, "Reactive power", 1, Var, Kilovar),
		between(-1, 1, free(PowerFactor, "Power factor", 2, Unitless)),
		free(Energy, "Energy", 3, KilowattHour, WattHour, MegawattHour, Joule, Kilojoule, Megajoule, Kilocalorie, BTU),
		free(EnergyApparent, "Apparent energy", 3, KilovoltAmpHour, VoltAmpereHour),
		free(EnergyReactive, "Reactive energy", 3, KilovarHour, VarHour),
		between(0, 100, free(Battery, "Battery", 0, Percent, Decimal, Volt, Millivolt)),
	}
}

func hostQuantities() []QuantityInfo {
	return []QuantityInfo{
		atLeast(0, free(DiskSpace, "Disk space", 0, Megabyte, Gigabyte, Terabyte, Kilobyte, Byte, Mebibyte, Gibibyte)),
		atLeast(0, free(Memory, "Memory", 0, Megabyte, Gigabyte, Kilobyte, Byte, Kibibyte, Mebibyte, Gibibyte)),
		atLeast(0, free(DataSize, "Amount of data", 0, Byte, Kilobyte, Megabyte, Gigabyte, Terabyte, Kibibyte, Mebibyte,
			Gibibyte)),
		atLeast(0, free(DataRate, "Data rate", 0, BytePerS, KilobyteS, MegabyteS, BitPerS, KilobitS, MegabitS)),
		atLeast(0, free(CPULoad1m, "Processor load, 1 min", 2, CPULoadUnit, Unitless)),
		atLeast(0, free(CPULoad5m, "Processor load, 5 min", 2, CPULoadUnit, Unitless)),
		atLeast(0, free(CPULoad15m, "Processor load, 15 min", 2, CPULoadUnit, Unitless)),
		between(0, 100, free(CPUUsage, "Processor usage", 1, Percent, Decimal)),
		between(0, 100, free(Usage, "Usage", 1, Percent, Decimal)),
		atLeast(0, free(DurationTime, "Duration", 1, Second, Millisecond, Microsecond, Minute, Hour, Day, Week)),
		free(Version, "Version", 0, Unitless),
		atLeast(0, free(Count, "Count", 0, Unitless)),
		free(Number, "Number", 2, Unitless),
		free(Percentage, "Percentage", 1, Percent, Decimal),
	}
}

func stateQuantities() []QuantityInfo {
	state := func(id Quantity, name string) QuantityInfo { return between(0, 1, free(id, name, 0, Bool)) }
	return []QuantityInfo{
		state(Boolean, "On or off"),
		state(Edge, "Edge"),
		state(GPIOState, "Pin state"),
		state(Contact, "Contact"),
		state(Motion, "Motion"),
		state(Presence, "Presence"),
		state(Leak, "Leak"),
		state(Smoke, "Smoke"),
	}
}
