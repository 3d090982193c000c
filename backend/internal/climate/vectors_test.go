package climate_test

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"hypha/internal/climate"
)

// vector is one case that was computed independently of this package.
type vector struct {
	Formula   string
	Inputs    map[string]float64
	Outputs   struct{ Value float64 }
	Tolerance struct{ Relative, Absolute float64 }
}

func (v vector) accepts(got float64) bool {
	return math.Abs(got-v.Outputs.Value) <= v.Tolerance.Absolute+v.Tolerance.Relative*math.Abs(v.Outputs.Value)
}

func vectors(t *testing.T) []vector {
	t.Helper()
	raw, err := os.ReadFile("testdata/psychrometrics.json")
	if err != nil {
		t.Fatal(err)
	}
	var all []vector
	if err := json.Unmarshal(raw, &all); err != nil {
		t.Fatal(err)
	}
	return all
}

// formulas gives each formula of the vectors the function that answers it.
func formulas() map[string]func(in map[string]float64) (float64, error) {
	ofAir := func(f func(t, rh float64) (float64, error)) func(map[string]float64) (float64, error) {
		return func(in map[string]float64) (float64, error) { return f(in["t_c"], in["rh_percent"]) }
	}
	underPressure := func(f func(t, rh, p float64) (float64, error)) func(map[string]float64) (float64, error) {
		return func(in map[string]float64) (float64, error) { return f(in["t_c"], in["rh_percent"], in["p_hpa"]) }
	}
	return map[string]func(map[string]float64) (float64, error){
		"saturation_vapour_pressure_water_hpa": func(in map[string]float64) (float64, error) { return climate.SaturationWater(in["t_c"]) },
		"saturation_vapour_pressure_ice_hpa":   func(in map[string]float64) (float64, error) { return climate.SaturationIce(in["t_c"]) },
		"saturation_vapour_pressure_magnus_hpa": func(in map[string]float64) (float64, error) {
			return magnus(in["t_c"]), nil
		},
		"wet_bulb_stull_c":       func(in map[string]float64) (float64, error) { return stull(in["t_c"], in["rh_percent"]), nil },
		"dew_point_c":            ofAir(climate.DewPoint),
		"frost_point_c":          ofAir(climate.FrostPoint),
		"absolute_humidity_g_m3": ofAir(climate.AbsoluteHumidity),
		"vpd_kpa":                ofAir(climate.VPD),
		"vpd_leaf_kpa": func(in map[string]float64) (float64, error) {
			return climate.LeafVPD(in["t_c"], in["rh_percent"], in["leaf_offset_c"])
		},
		"mixing_ratio_g_kg": underPressure(climate.MixingRatio),
		"wet_bulb_c":        underPressure(climate.WetBulb),
		"enthalpy_kj_kg":    underPressure(climate.Enthalpy),
		"air_density_kg_m3": underPressure(climate.AirDensity),
		"rh_from_wet_bulb_percent": func(in map[string]float64) (float64, error) {
			return climate.HumidityFromWetBulb(in["t_c"], in["wet_c"], in["p_hpa"])
		},
		"heat_index_c": ofAir(climate.HeatIndex),
		"heat_index_f_table": func(in map[string]float64) (float64, error) {
			c, err := climate.HeatIndex((in["t_f"]-32)/1.8, in["rh_percent"])
			return 1.8*c + 32, err
		},
		"pressure_at_altitude_hpa": func(in map[string]float64) (float64, error) { return climate.PressureAtAltitude(in["altitude_m"]) },
		"altitude_m": func(in map[string]float64) (float64, error) {
			return climate.Altitude(in["p_hpa"], in["sea_level_hpa"])
		},
		"sea_level_pressure_hpa": func(in map[string]float64) (float64, error) {
			return climate.SeaLevelPressure(in["p_hpa"], in["altitude_m"], in["t_c"])
		},
	}
}

func TestVectors(t *testing.T) {
	known := formulas()
	seen := map[string]int{}
	for _, v := range vectors(t) {
		f, ok := known[v.Formula]
		if !ok {
			t.Errorf("no function answers %s", v.Formula)
			continue
		}
		seen[v.Formula]++
		if got, err := f(v.Inputs); err != nil || !v.accepts(got) {
			t.Errorf("%s%v = %.9g, %v; want %.9g", v.Formula, v.Inputs, got, err, v.Outputs.Value)
		}
	}
	for name := range known {
		if seen[name] == 0 {
			t.Errorf("no vector for %s", name)
		}
	}
}

// magnus is the formula of WMO-No. 8 (2008) that many sensors and programs use, here to tell by how much they differ.
func magnus(t float64) float64 { return 6.112 * math.Exp(17.62*t/(243.12+t)) }

// stull is the fit of Stull (J. Appl. Meteorol. Clim. 50 (2011) 2267) for 1013.25 hPa.
func stull(t, rh float64) float64 {
	return t*math.Atan(0.151977*math.Sqrt(rh+8.313659)) + math.Atan(t+rh) - math.Atan(rh-1.676331) +
		0.00391838*math.Pow(rh, 1.5)*math.Atan(0.023101*rh) - 4.686035
}
