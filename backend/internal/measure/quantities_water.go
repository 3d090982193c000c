package measure

func waterQuantities() []QuantityInfo {
	return []QuantityInfo{
		between(-2, 16, free(IonConcentration, "pH", 2, PH)), // the strongest acids and bases of practice
		atLeast(0, free(ElectricalConductivity, "Electrical conductivity", 0, MicrosiemensPerCm, MillisiemensPerCm,
			DecisiemensPerM, SiemensPerM, ConductivityFactor, PPM500, PPM640, PPM700)),
		free(OxidationReduction, "Oxidation-reduction potential", 0, Millivolt, Volt),
		atLeast(0, free(DissolvedOxygen, "Dissolved oxygen", 2, MgPerL, Percent, PPM)),
		atLeast(0, free(OxygenSaturation, "Oxygen saturation", 1, Percent)), // water under plants passes 100 %
		atLeast(0, free(TotalDissolvedSolids, "Total dissolved solids", 0, PPM, PPT, MgPerL, GramPerL)),
		atLeast(0, free(Salinity, "Salinity", 2, PPT, PracticalSalinity, PPM, GramPerL)),
		atLeast(0, free(SpecificGravity, "Specific gravity", 4, Unitless, GravityPoints)),
		atLeast(0, free(Turbidity, "Turbidity", 1, NTU)),
		atLeast(0, free(Alkalinity, "Alkalinity", 1, GermanDegree, MgPerLCaCO3, EnglishDegree, FrenchDegree)),
		atLeast(0, free(Hardness, "Hardness", 1, GermanDegree, MgPerLCaCO3, EnglishDegree, FrenchDegree)),
		between(0, 100, free(Moisture, "Moisture", 1, Percent, Decimal, M3PerM3, Unitless)),
		free(SoilWaterPotential, "Soil water potential", 1, Kilopascal, Centibar, Hectopascal, Bar, PSI),
		between(0, 100, free(LeafWetness, "Leaf wetness", 0, Percent, Unitless)),
	}
}

func substanceQuantities() []QuantityInfo {
	dissolved := func(id Quantity, name string) QuantityInfo {
		return atLeast(0, free(id, name, 2, MgPerL, UgPerL, PPM, PPB, MmolPerL, UmolPerL))
	}
	return []QuantityInfo{
		dissolved(Calcium, "Calcium"),
		dissolved(Magnesium, "Magnesium"),
		dissolved(Potassium, "Potassium"),
		dissolved(Ammonia, "Ammonia"),
		dissolved(Nitrite, "Nitrite"),
		dissolved(Nitrate, "Nitrate"),
		dissolved(Phosphate, "Phosphate"),
		dissolved(Chlorine, "Chlorine"),
		atLeast(0, free(Concentration, "Concentration", 2, MgPerL, GramPerL, UgPerL, KgPerM3, UgPerM3, MgPerM3, PPM, PPB,
			Percent, MmolPerL, UmolPerL)),
		atLeast(0, free(Density, "Density", 1, KgPerM3, GramPerCm3, GramPerL, LbPerGal)),
		between(0, 100, free(SugarContent, "Sugar content", 1, Plato, Brix)),
		between(0, 100, free(AlcoholByVolume, "Alcohol by volume", 1, Percent)),
		atLeast(0, free(Carbonation, "Carbonation", 2, VolumesOfCO2, GramPerL)),
		atLeast(0, free(Bitterness, "Bitterness", 0, IBU)),
		atLeast(0, free(BeerColor, "Beer colour", 1, EBC, SRM)),
	}
}

func fluidQuantities() []QuantityInfo {
	return []QuantityInfo{
		atLeast(0, free(Volume, "Volume", 2, Litre, Millilitre, Microlitre, CubicMetre, CubicCm, CubicFoot, Gallon, Quart,
			Pint, FluidOunce, GallonUK)),
		// Free: water also runs backwards.
		free(RateVolume, "Flow", 2, LitrePerMin, LitrePerS, LitrePerH, MlPerMin, M3PerH, M3PerS, GalPerMin, GalPerH,
			CubicFootMin),
		free(Level, "Level", 1, Centimetre, Millimetre, Metre, Inch, Foot),
		between(0, 100, free(FillLevel, "Fill level", 0, Percent, Decimal)),
		atLeast(0, free(Precipitation, "Precipitation", 1, Millimetre, Centimetre, Inch)),
		atLeast(0, free(PrecipitationRate, "Precipitation rate", 1, MmPerH, InchPerH)),
		between(0, 100, free(PrecipitationLikelihood, "Probability of precipitation", 0, Percent, Decimal)),
		between(0, 100, free(CloudCover, "Cloud cover", 0, Percent, Decimal)),
	}
}
