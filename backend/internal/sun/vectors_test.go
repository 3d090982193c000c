package sun_test

import (
	"encoding/json"
	"math"
	"os"
	"testing"
	"time"

	"hypha/internal/sun"
)

// vector is one case that was computed, or published, independently of this package.
type vector struct {
	Formula string
	Inputs  struct {
		Place               string
		Latitude, Longitude float64
		Date                string
		Time                time.Time
	}
	Outputs   map[string]any
	Tolerance map[string]float64
}

func (v vector) place() sun.Place {
	return sun.Place{Latitude: v.Inputs.Latitude, Longitude: v.Inputs.Longitude}
}

// of returns the vectors of a formula, at least as many as there are known to be.
func of(t *testing.T, formula string, atLeast int) []vector {
	t.Helper()
	raw, err := os.ReadFile("testdata/sun_moon.json")
	if err != nil {
		t.Fatal(err)
	}
	var all, some []vector
	if err := json.Unmarshal(raw, &all); err != nil {
		t.Fatal(err)
	}
	for _, v := range all {
		if v.Formula == formula {
			some = append(some, v)
		}
	}
	if len(some) < atLeast {
		t.Fatalf("%d vectors of %s, want %d", len(some), formula, atLeast)
	}
	return some
}

// solarZone is a zone that has its noon about when the sun does.
func solarZone(longitude float64) *time.Location {
	return time.FixedZone("solar", int(math.Round(longitude/15))*3600)
}

func TestTimes(t *testing.T) {
	groups := map[sun.Event]string{
		sun.Sunrise: "sun", sun.Sunset: "sun", sun.CivilDawn: "civil", sun.CivilDusk: "civil", sun.NauticalDawn: "nautical",
		sun.NauticalDusk: "nautical", sun.AstronomicalDawn: "astronomical", sun.AstronomicalDusk: "astronomical",
	}
	for _, v := range of(t, "sun_times", 38) {
		date, err := time.ParseInLocation(time.DateOnly, v.Inputs.Date, solarZone(v.Inputs.Longitude))
		if err != nil {
			t.Fatal(err)
		}
		day := sun.DayOf(date, v.place())
		tolerance := time.Duration(v.Tolerance["seconds"] * float64(time.Second))
		for _, e := range sun.Events() {
			key := string(e)
			if e == sun.Noon {
				key = "solar_noon"
			}
			want, told := v.Outputs[key]
			if !told {
				continue // published tables have sunrise and sunset only
			}
			got := day.Event(e)
			if want == nil {
				if state := v.Outputs[groups[e]+"_state"]; string(got.State) != state || !got.At.IsZero() {
					t.Errorf("%s %s: %s %v, want %v", v.Inputs.Place, v.Inputs.Date, e, got, state)
				}
				continue
			}
			at, err := time.Parse(time.RFC3339, want.(string))
			if err != nil {
				t.Fatal(err)
			}
			if !got.OK() || got.At.Sub(at).Abs() > tolerance {
				t.Errorf("%s %s: %s %v, want %v within %v", v.Inputs.Place, v.Inputs.Date, e, got, at, tolerance)
			}
		}
	}
}

func TestPosition(t *testing.T) {
	for _, v := range of(t, "sun_position", 27) {
		p := sun.At(v.Inputs.Time, v.place())
		for key, got := range map[string]float64{
			"elevation_deg": p.Elevation, "azimuth_deg": p.Azimuth, "declination_deg": p.Declination,
			"equation_of_time_min": p.EquationOfTime, "apparent_elevation_deg": p.ApparentElevation,
		} {
			if want, ok := v.Outputs[key].(float64); !ok || math.Abs(got-want) > v.Tolerance["absolute"] {
				t.Errorf("%s %v: %s = %v, want %v", v.Inputs.Place, v.Inputs.Time, key, got, v.Outputs[key])
			}
		}
	}
}

func TestMoon(t *testing.T) {
	for _, v := range of(t, "moon_phase", 9) {
		m := sun.MoonAt(v.Inputs.Time)
		for key, got := range map[string]float64{
			"illuminated_fraction": m.Illuminated, "phase_angle_deg": m.PhaseAngle, "phase_cycle": m.Cycle,
		} {
			if want, ok := v.Outputs[key].(float64); !ok || math.Abs(got-want) > v.Tolerance[key] {
				t.Errorf("moon %v: %s = %v, want %v", v.Inputs.Time, key, got, v.Outputs[key])
			}
		}
	}
}
