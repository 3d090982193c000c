package measure

// Conductivity comes with the scales that hand meters print. A "ppm" of such a meter is a conductivity in disguise
// (500, 640 or 700 to 1 mS/cm, 10 CF to 1 mS/cm), exact by convention of the scale, not a mass of salt.
//
// 1 °dH is 10 mg CaO in a litre, as CaCO₃ 17.848 mg/l (molar masses 56.077 and 100.087 g/mol); 1 °e is a grain in an
// imperial gallon, 64.79891 mg in 4.54609 l; 1 °f is 10 mg/l of CaCO₃.
func waterUnits() []unitDef {
	return []unitDef{
		root(PH, "pH", "pH", 2),

		root(MicrosiemensPerCm, "µS/cm", "microsiemens per centimetre", 0),
		times(MillisiemensPerCm, "mS/cm", "millisiemens per centimetre", 2, "1000", MicrosiemensPerCm),
		times(DecisiemensPerM, "dS/m", "decisiemens per metre", 2, "1000", MicrosiemensPerCm),
		times(SiemensPerM, "S/m", "siemens per metre", 3, "10000", MicrosiemensPerCm),
		times(ConductivityFactor, "CF", "conductivity factor", 1, "100", MicrosiemensPerCm),
		times(PPM500, "ppm (500)", "ppm on the 500 scale", 0, "1000/500", MicrosiemensPerCm),
		times(PPM640, "ppm (640)", "ppm on the 640 scale", 0, "1000/640", MicrosiemensPerCm),
		times(PPM700, "ppm (700)", "ppm on the 700 scale", 0, "1000/700", MicrosiemensPerCm),
		root(PracticalSalinity, "PSU", "practical salinity", 2),
		root(NTU, "NTU", "nephelometric turbidity", 1),

		root(MgPerLCaCO3, "mg/l CaCO₃", "milligram of calcium carbonate per litre", 0),
		times(GermanDegree, "°dH", "German degree of hardness", 1, "17.848", MgPerLCaCO3),
		times(EnglishDegree, "°e", "English degree of hardness", 1, "64.79891/4.54609", MgPerLCaCO3),
		times(FrenchDegree, "°fH", "French degree of hardness", 1, "10", MgPerLCaCO3),

		root(Plato, "°P", "degree Plato", 1),
		root(Brix, "°Bx", "degree Brix", 1),
		root(VolumesOfCO2, "vol", "volumes of CO₂", 2),
		root(IBU, "IBU", "international bitterness units", 0),
		root(SRM, "SRM", "standard reference method", 1),
		times(EBC, "EBC", "European Brewery Convention colour", 1, "1/1.97", SRM), // EBC is 1.97 SRM by definition
	}
}

// Mass in a volume, whether of a gas, a solution or the substance itself. It is no fraction: mg/l is ppm only for
// water of exactly 1 kg/l.
func concentrationUnits() []unitDef {
	return []unitDef{
		root(MgPerL, "mg/l", "milligram per litre", 2),
		times(GramPerL, "g/l", "gram per litre", 2, "1000", MgPerL),
		times(UgPerL, "µg/l", "microgram per litre", 0, "0.001", MgPerL),
		times(KgPerM3, "kg/m³", "kilogram per cubic metre", 1, "1000", MgPerL),
		times(GramPerCm3, "g/cm³", "gram per cubic centimetre", 4, "1000000", MgPerL),
		times(GramPerM3, "g/m³", "gram per cubic metre", 2, "1", MgPerL),
		times(MgPerM3, "mg/m³", "milligram per cubic metre", 2, "0.001", MgPerL),
		times(UgPerM3, "µg/m³", "microgram per cubic metre", 0, "0.000001", MgPerL),
		times(LbPerGal, "lb/gal", "pound per US gallon", 3, "453592.37/3.785411784", MgPerL),

		root(MmolPerL, "mmol/l", "millimole per litre", 2),
		times(UmolPerL, "µmol/l", "micromole per litre", 0, "0.001", MmolPerL),

		root(CountPerCm3, "1/cm³", "particles per cubic centimetre", 1),
		times(CountPerDl, "1/0.1 l", "particles per 0.1 litre", 0, "0.01", CountPerCm3),
	}
}

// The gallon is the US liquid gallon of 231 cubic inches; the imperial one is gal_uk, 4.54609 l.
func volumeUnits() []unitDef {
	return []unitDef{
		root(Litre, "l", "litre", 2),
		times(Millilitre, "ml", "millilitre", 1, "0.001", Litre),
		times(Microlitre, "µl", "microlitre", 0, "0.000001", Litre),
		times(CubicMetre, "m³", "cubic metre", 3, "1000", Litre),
		times(CubicCm, "cm³", "cubic centimetre", 1, "0.001", Litre),
		times(CubicFoot, "ft³", "cubic foot", 3, "3.048*3.048*3.048", Litre),
		times(Gallon, "gal", "US gallon", 2, "3.785411784", Litre),
		times(Quart, "qt", "US quart", 2, "3.785411784/4", Litre),
		times(Pint, "pt", "US pint", 2, "3.785411784/8", Litre),
		times(FluidOunce, "fl oz", "US fluid ounce", 1, "3.785411784/128", Litre),
		times(GallonUK, "imp gal", "imperial gallon", 2, "4.54609", Litre),

		root(LitrePerMin, "l/min", "litre per minute", 2),
		times(LitrePerS, "l/s", "litre per second", 3, "60", LitrePerMin),
		times(LitrePerH, "l/h", "litre per hour", 1, "1/60", LitrePerMin),
		times(MlPerMin, "ml/min", "millilitre per minute", 1, "0.001", LitrePerMin),
		times(M3PerH, "m³/h", "cubic metre per hour", 2, "1000/60", LitrePerMin),
		times(M3PerS, "m³/s", "cubic metre per second", 4, "60000", LitrePerMin),
		times(GalPerMin, "gal/min", "US gallon per minute", 2, "3.785411784", LitrePerMin),
		times(GalPerH, "gal/h", "US gallon per hour", 1, "3.785411784/60", LitrePerMin),
		times(CubicFootMin, "ft³/min", "cubic foot per minute", 1, "3.048*3.048*3.048", LitrePerMin),
	}
}
