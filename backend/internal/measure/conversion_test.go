package measure_test

import (
	"errors"
	"math"
	"testing"

	"pgregory.net/rapid"

	"hypha/internal/measure"
)

// The wanted values are published ones, not derived from the tables: NIST SP 811 (2008) appendix B.8 with the digits it
// prints (seven unless exact), the SI brochure, IEC 80000-13, and for the scales of hobby meters their makers' rule.
func TestConversionsArePublishedFactors(t *testing.T) {
	tests := []struct {
		x        float64
		from, to measure.Unit
		want     float64
		digits   int // significant ones in the source; 0: exact
	}{
		{0, "C", "K", 273.15, 0},
		{-273.15, "C", "K", 0, 0},
		{100, "C", "F", 212, 0},
		{-40, "F", "C", -40, 0},
		{32, "F", "C", 0, 0},
		{98.6, "F", "C", 37, 0},
		{0, "K", "F", -459.67, 0},
		{491.67, "R", "C", 0, 0},
		{10, "delta_C", "delta_F", 18, 0},

		{1, "atm", "Pa", 101325, 0},
		{1, "bar", "kPa", 100, 0},
		{1013.25, "hPa", "kPa", 101.325, 0},
		{1, "mbar", "hPa", 1, 0},
		{1, "cbar", "kPa", 1, 0},
		{1, "psi", "Pa", 6.894757e3, 7},
		{1, "mmHg", "Pa", 1.333224e2, 7},
		{1, "inHg", "Pa", 3.386389e3, 7},
		{1, "torr", "Pa", 1.333224e2, 7},
		{760, "torr", "atm", 1, 0},
		{1, "mmH2O", "Pa", 9.80665, 0},
		{1, "cmH2O", "Pa", 9.80665e1, 0},
		{1, "inH2O", "Pa", 2.490889e2, 7},

		{1, "percent", "ppm", 10000, 0},
		{400, "ppm", "ppb", 400000, 0},
		{35, "ppt", "percent", 3.5, 0},
		{0.87, "decimal", "percent", 87, 0},
		{0.32, "m3_m3", "percent", 32, 0},
		{1.048, "unitless", "gravity_points", 48, 0},

		{1, "fc", "lux", 1.076391e1, 7},
		{20, "klux", "lux", 20000, 0},
		{1, "mW_cm2", "W_m2", 10, 0},

		{1.413, "mS_cm", "uS_cm", 1413, 0},
		{1, "S_m", "mS_cm", 10, 0},
		{1, "dS_m", "mS_cm", 1, 0},
		{2, "mS_cm", "CF", 20, 0},
		{2, "mS_cm", "ppm_500", 1000, 0},
		{2, "mS_cm", "ppm_640", 1280, 0},
		{2, "mS_cm", "ppm_700", 1400, 0},
		{1, "dH", "mg_L_CaCO3", 17.848, 5},
		{1, "dH", "e_dH", 1.252, 4},
		{1, "dH", "f_dH", 1.7848, 5},

		{1, "g_L", "mg_L", 1000, 0},
		{1, "kg_m3", "g_L", 1, 0},
		{1, "g_cm3", "kg_m3", 1000, 0},
		{1, "mg_m3", "ug_m3", 1000, 0},
		{1, "lb_gal", "kg_m3", 1.198264e2, 7},
		{4, "SRM", "EBC", 7.88, 0},

		{1, "gal", "l", 3.785412, 7},
		{1, "qt", "l", 9.463529e-1, 7},
		{1, "pt", "l", 4.731765e-1, 7},
		{1, "floz", "ml", 2.957353e1, 7},
		{1, "gal_uk", "l", 4.54609, 0},
		{1, "ft3", "m3", 2.831685e-2, 7},
		{1, "m3", "l", 1000, 0},
		{1, "cm3", "ml", 1, 0},
		{1, "gal_min", "m3_s", 6.309020e-5, 7},
		{1, "ft3_min", "m3_s", 4.719474e-4, 7},
		{1, "l_s", "l_min", 60, 0},
		{60, "l_h", "l_min", 1, 0},
		{1, "m3_h", "l_h", 1000, 0},

		{1, "lb", "kg", 0.45359237, 0},
		{1, "oz", "g", 2.834952e1, 7},
		{1, "t", "kg", 1000, 0},
		{1, "kgf", "N", 9.80665, 0},
		{1, "lbf", "N", 4.448222, 7},

		{1, "in", "mm", 25.4, 0},
		{1, "ft", "in", 12, 0},
		{1, "yd", "m", 0.9144, 0},
		{1, "mi", "km", 1.609344, 0},
		{1, "ft2", "m2", 9.290304e-2, 0},
		{36, "km_h", "m_s", 10, 0},
		{1, "mph", "m_s", 0.44704, 0},
		{1, "mph", "km_h", 1.609344, 0},
		{1, "kn", "m_s", 5.144444e-1, 7},
		{1, "ft_s", "m_s", 0.3048, 0},
		{1, "in_h", "mm_h", 25.4, 0},
		{1, "g_force", "m_s_s", 9.80665, 0},
		{1000, "mg_force", "g_force", 1, 0},
		{180, "degree", "rad", math.Pi, 0},
		{1, "rad", "degree", 5.729578e1, 7},
		{90, "bearing", "degree", 90, 0},
		{3000, "rpm", "Hz", 50, 0},
		{1, "rad_s", "deg_s", 5.729578e1, 7},

		{1, "kWh", "J", 3.6e6, 0},
		{1, "MWh", "kWh", 1000, 0},
		{1, "kcal", "J", 4.184e3, 0},
		{1, "BTU", "J", 1.055056e3, 7},
		{1, "BTU_h", "W", 2.930711e-1, 7},
		{1, "hp", "W", 7.456999e2, 7},
		{1, "Ah", "coulomb", 3600, 0},
		{1, "Ah", "mAh", 1000, 0},
		{1, "V", "mV", 1000, 0},
		{1, "A", "mA", 1000, 0},
		{1, "gauss", "uT", 100, 0},
		{1, "pCi_L", "Bq_m3", 37, 0},

		{1, "MB", "kB", 1000, 0},
		{1, "MiB", "B", 1048576, 0},
		{1, "GiB", "MiB", 1024, 0},
		{8, "Mbit_s", "MB_s", 1, 0},
		{1, "week", "h", 168, 0},
		{1500, "us", "ms", 1.5, 0},
		{2, "d", "s", 172800, 0},
	}
	c := measure.NewCatalogue()
	for _, tt := range tests {
		conv, err := c.Conversion(tt.from, tt.to)
		if err != nil {
			t.Errorf("%s to %s: %v", tt.from, tt.to, err)
			continue
		}
		tolerance := 1e-13 * max(1, math.Abs(tt.want)) // of the arithmetic, where offsets cancel
		if tt.digits > 0 {
			tolerance = 0.5000001 * math.Pow(10, math.Floor(math.Log10(math.Abs(tt.want)))-float64(tt.digits-1))
		}
		if got := conv.Apply(tt.x); math.Abs(got-tt.want) > tolerance {
			t.Errorf("%v %s = %v %s; want %v", tt.x, tt.from, got, tt.to, tt.want)
		}
	}
}

// A factor is rounded once, so the decimal ones are the numbers people write.
func TestFactorsAreTheNearestNumbers(t *testing.T) {
	c := measure.NewCatalogue()
	for _, tt := range []struct {
		from, to measure.Unit
		want     measure.Affine
	}{
		{"hPa", "kPa", measure.Affine{Scale: 0.1}},
		{"in", "ft", measure.Affine{Scale: 1.0 / 12}},
		{"cm", "in", measure.Affine{Scale: 1 / 2.54}},
		{"C", "F", measure.Affine{Scale: 1.8, Offset: 32}},
		{"K", "C", measure.Affine{Scale: 1, Offset: -273.15}},
		{"K", "F", measure.Affine{Scale: 1.8, Offset: -459.67}},
		{"mph", "km_h", measure.Affine{Scale: 1.609344}},
		{"ppb", "percent", measure.Affine{Scale: 1e-7}},
		{"psi", "Pa", measure.Affine{Scale: 6894.757293168361336722673}}, // 44482216152605/6451600000
		{"hp", "W", measure.Affine{Scale: 745.69987158227022}},
	} {
		if got, err := c.Conversion(tt.from, tt.to); err != nil || got != tt.want {
			t.Errorf("%s to %s: %+v, %v; want %+v", tt.from, tt.to, got, err, tt.want)
		}
	}
}

func TestWhatDoesNotConvert(t *testing.T) {
	c := measure.NewCatalogue()
	for _, pair := range [][2]measure.Unit{
		{"lux", "umol_m2_s"}, {"lux", "W_m2"}, {"umol_m2_s", "mol_m2_d"}, {"umol_m2_s", "W_m2"}, // takes the spectrum, or the day
		{"mg_L", "ppm"}, {"mg_m3", "ppm"}, {"uS_cm", "ppm"}, {"psu", "ppt"}, {"mmol_L", "mg_L"}, // takes the substance
		{"unitless", "percent"},    // raw counts are no fraction of one
		{"C", "delta_C"},           // a temperature is no difference
		{"W", "va"}, {"va", "var"}, // power, but not the same
		{"mW", "MPa"}, {"C", "coulomb"}, // look alike
		{"dB", "dBA"}, {"brix", "plato"}, // nearly the same is not the same
	} {
		if got, err := c.Conversion(pair[0], pair[1]); !errors.Is(err, measure.ErrNoConversion) {
			t.Errorf("%s to %s: %+v, %v; want %v", pair[0], pair[1], got, err, measure.ErrNoConversion)
		}
	}
	_, err := c.Conversion("C", "parsec")
	if !errors.Is(err, measure.ErrNoConversion) || !errors.Is(err, measure.ErrUnknownUnit) {
		t.Errorf("to an unknown unit: %v", err)
	}
}

// Whatever the way through a family, a value comes back, and a detour changes nothing.
func TestConversionsAgreeWithEachOther(t *testing.T) {
	c := measure.NewCatalogue()
	ids := make([]measure.Unit, 0, 256)
	for _, u := range c.Units() {
		ids = append(ids, u.ID)
	}
	families := map[measure.Unit][]measure.Unit{}
	for _, from := range ids {
		for _, to := range ids {
			if _, err := c.Conversion(from, to); err == nil {
				families[from] = append(families[from], to)
			}
		}
		if conv, err := c.Conversion(from, from); err != nil || !conv.IsIdentity() {
			t.Errorf("%s to itself: %+v, %v", from, conv, err)
		}
	}
	convert := func(t *rapid.T, x float64, way ...measure.Unit) float64 {
		for i := range way[1:] {
			conv, err := c.Conversion(way[i], way[i+1])
			if err != nil {
				t.Fatal(err)
			}
			x = conv.Apply(x)
		}
		return x
	}
	rapid.Check(t, func(t *rapid.T) {
		from := rapid.SampledFrom(ids).Draw(t, "from")
		via := rapid.SampledFrom(families[from]).Draw(t, "via")
		to := rapid.SampledFrom(families[from]).Draw(t, "to")
		x := rapid.Float64Range(-1e6, 1e6).Draw(t, "x")
		if back := convert(t, x, from, to, from); !near(back, x, 1e-9) {
			t.Errorf("%v %s by way of %s came back as %v", x, from, to, back)
		}
		if direct, detour := convert(t, x, from, to), convert(t, x, from, via, to); !near(detour, direct, 1e-9) {
			t.Errorf("%v %s is %v %s, by way of %s %v", x, from, direct, to, via, detour)
		}
	})
}

// near compares with a tolerance relative to the values, or to the 500 that offsets of temperature scales reach.
func near(a, b, tolerance float64) bool {
	return math.Abs(a-b) <= tolerance*max(math.Abs(a), math.Abs(b), 500) || a == b
}
