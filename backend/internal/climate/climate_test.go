package climate_test

import (
	"errors"
	"math"
	"testing"

	"pgregory.net/rapid"

	"hypha/internal/climate"
)

func must(t *rapid.T, f func() (float64, error)) float64 {
	t.Helper()
	v, err := f()
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// What physics demands of any air, whatever the formulas are.
func TestPhysics(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		temp := rapid.Float64Range(0, 60).Draw(t, "t")
		rh := rapid.Float64Range(0.1, 100).Draw(t, "rh")
		p := rapid.Float64Range(500, 1100).Draw(t, "p")
		dew := must(t, func() (float64, error) { return climate.DewPoint(temp, rh) })
		wet := must(t, func() (float64, error) { return climate.WetBulb(temp, rh, p) })
		if dew > temp || wet > temp || dew > wet+1e-6 {
			t.Fatalf("want dew point <= wet bulb <= temperature, got %v, %v, %v", dew, wet, temp)
		}
		if dew >= -40 {
			if again := must(t, func() (float64, error) { return climate.SaturationWater(dew) }); math.Abs(again/must(t, func() (float64, error) {
				return climate.VapourPressure(temp, rh)
			})-1) > 1e-8 {
				t.Fatalf("air at its dew point %v is not saturated", dew)
			}
		}
		if wet >= 0 {
			if back := must(t, func() (float64, error) { return climate.HumidityFromWetBulb(temp, wet, p) }); math.Abs(back-rh) > 1e-5 {
				t.Fatalf("wet bulb %v gives back %v %%, want %v", wet, back, rh)
			}
		}
		if vpd := must(t, func() (float64, error) { return climate.VPD(temp, rh) }); vpd < 0 {
			t.Fatalf("deficit of %v kPa", vpd)
		}
		w := must(t, func() (float64, error) { return climate.MixingRatio(temp, rh, p) })
		q := must(t, func() (float64, error) { return climate.SpecificHumidity(temp, rh, p) })
		if want := w / (1 + w/1000); math.Abs(q-want) > 1e-9*want { // by definition of the two
			t.Fatalf("specific humidity %v, want %v", q, want)
		}
	})
}

func TestSaturatedAirFromItsWetBulb(t *testing.T) {
	const air, p = 0.2720947265625, 500
	wet, err := climate.WetBulb(air, 100, p)
	if err != nil {
		t.Fatal(err)
	}
	if rh, err := climate.HumidityFromWetBulb(air, wet, p); err != nil || math.Abs(rh-100) > 1e-5 {
		t.Errorf("saturated air has %v %%: %v", rh, err)
	}
}

func TestFrostPointLiesAboveDewPoint(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		temp := rapid.Float64Range(-40, -0.1).Draw(t, "t")
		rh := rapid.Float64Range(1, 70).Draw(t, "rh") // more may be supersaturated over ice
		dew := must(t, func() (float64, error) { return climate.DewPoint(temp, rh) })
		if frost := must(t, func() (float64, error) { return climate.FrostPoint(temp, rh) }); frost <= dew {
			t.Fatalf("frost point %v, dew point %v", frost, dew)
		}
	})
}

func TestOthersFormulasDifferByWhatIsKnown(t *testing.T) {
	for temp := -20.0; temp <= 60; temp++ {
		es, err := climate.SaturationWater(temp)
		if err != nil || math.Abs(magnus(temp)/es-1) > 0.0035 {
			t.Errorf("%v °C: Magnus %v, Sonntag %v, %v; want within 0.35 %%", temp, magnus(temp), es, err)
		}
	}
	for temp := 5.0; temp <= 40; temp += 5 {
		for rh := 20.0; rh <= 95; rh += 5 {
			if wet, err := climate.WetBulb(temp, rh, 1013.25); err != nil || math.Abs(stull(temp, rh)-wet) > 1 {
				t.Errorf("%v °C, %v %%: Stull %v, ours %v, %v; want within 1 °C", temp, rh, stull(temp, rh), wet, err)
			}
		}
	}
}

func TestOutsideTheRangeIsNoValue(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	cases := map[string]func() (float64, error){
		"water too cold":           func() (float64, error) { return climate.SaturationWater(-40.1) },
		"water too hot":            func() (float64, error) { return climate.SaturationWater(100.1) },
		"power-up value":           func() (float64, error) { return climate.SaturationWater(-127) },
		"NaN":                      func() (float64, error) { return climate.SaturationWater(nan) },
		"ice above zero":           func() (float64, error) { return climate.SaturationIce(0.1) },
		"ice too cold":             func() (float64, error) { return climate.SaturationIce(-80.1) },
		"humidity over 100":        func() (float64, error) { return climate.VPD(20, 100.1) },
		"negative humidity":        func() (float64, error) { return climate.VPD(20, -0.1) },
		"humidity NaN":             func() (float64, error) { return climate.AbsoluteHumidity(20, nan) },
		"dew of dry air":           func() (float64, error) { return climate.DewPoint(20, 0) },
		"leaf too hot":             func() (float64, error) { return climate.LeafVPD(90, 50, 15) },
		"leaf offset":              func() (float64, error) { return climate.LeafVPD(20, 50, inf) },
		"wet bulb in frost":        func() (float64, error) { return climate.WetBulb(-1, 50, 1013) },
		"wet bulb in space":        func() (float64, error) { return climate.WetBulb(20, 50, 0) },
		"pressure in Pa":           func() (float64, error) { return climate.WetBulb(20, 50, 101325) },
		"wet above dry":            func() (float64, error) { return climate.HumidityFromWetBulb(20, 21, 1013) },
		"wick has dried, reversed": func() (float64, error) { return climate.HumidityFromWetBulb(40, 5, 1013) },
		"boiled away":              func() (float64, error) { return climate.MixingRatio(100, 100, 1000) },
		"specific":                 func() (float64, error) { return climate.SpecificHumidity(20, 50, 10) },
		"density":                  func() (float64, error) { return climate.AirDensity(20, 50, inf) },
		"enthalpy of steam":        func() (float64, error) { return climate.Enthalpy(61, 10, 1013) },
		"heat index in frost":      func() (float64, error) { return climate.HeatIndex(-1, 50) },
		"heat index in an oven":    func() (float64, error) { return climate.HeatIndex(51, 50) },
		"below the Dead Sea":       func() (float64, error) { return climate.PressureAtAltitude(-501) },
		"stratosphere":             func() (float64, error) { return climate.PressureAtAltitude(11001) },
		"altitude of a vacuum":     func() (float64, error) { return climate.Altitude(0, 1013) },
		"altitude over no sea":     func() (float64, error) { return climate.Altitude(1000, 0) },
		"reduction from too high":  func() (float64, error) { return climate.SeaLevelPressure(600, 4000, 0) },
		"reduction in the cold":    func() (float64, error) { return climate.SeaLevelPressure(1000, 100, -61) },
		"reduction of too little":  func() (float64, error) { return climate.SeaLevelPressure(499, 100, 20) },
	}
	for name, f := range cases {
		got, err := f()
		if _, ok := errors.AsType[*climate.RangeError](err); !ok || !math.IsNaN(got) {
			t.Errorf("%s: %v, %v; want NaN and a RangeError", name, got, err)
		}
	}
	if got, err := climate.FrostPoint(25, 60); !errors.Is(err, climate.ErrNone) || !math.IsNaN(got) {
		t.Errorf("frost point of a warm room: %v, %v; want ErrNone", got, err)
	}
	_, err := climate.VPD(20, 140)
	if want := "relative humidity of 140 % is outside 0 to 100 %, where the formula holds"; err == nil || err.Error() != want {
		t.Errorf("got %q, want %q", err, want)
	}
}
