package measure_test

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"hypha/internal/measure"
)

// What drivers and their device images yield; each pair is a public name.
const publicPairs = `
	acceleration:g_force,m_s_s acceleration_x:m_s_s,g_force acceleration_y:m_s_s,g_force acceleration_z:m_s_s,g_force
	adc:unitless altitude:m angle:degree battery:V,percent,decimal boolean:bool co2:ppm,unitless color_red:eight_bit_color
	color_green:eight_bit_color color_blue:eight_bit_color color_x:cie color_y:cie color_Y:cie cpu_load_1m:cpu_load
	cpu_load_5m:cpu_load cpu_load_15m:cpu_load dewpoint:C direction:bearing disk_space:MB dissolved_oxygen:mg_L
	duration_time:s,h duty_cycle:percent edge:bool electrical_conductivity:uS_cm,mS_cm electrical_current:A,mA
	electrical_potential:V,mV energy:kWh frequency:Hz gpio_state:bool humidity:percent,ppm,unitless
	ion_concentration:pH length:cm,mm light:lux,unitless,uv,visible,ir,full,umol_m2_s magnetic_flux_density:uT mass:g,lb,oz
	methane:ppm,unitless moisture:unitless,percent o2:ppt oxidation_reduction_potential:mV particulate_matter_1_0:ug_m3
	particulate_matter_2_5:ug_m3 particulate_matter_4_0:ug_m3 particulate_matter_10_0:ug_m3 power:W,kW power_apparent:va
	power_factor:unitless power_reactive:var pressure:Pa,hPa,kPa,psi,inHg,mmHg,bar pulse_width:us rate_volume:l_min
	resistance:Ohm revolutions:rpm salinity:ppt specific_gravity:unitless speed:m_s,km_h,mph temperature:C,F,K
	total_dissolved_solids:ppm uv_index:unitless vapor_pressure_deficit:Pa,kPa version:unitless voc:ppb voc_raw:unitless
	volume:l,ml,gal`

func TestPublicNamesExist(t *testing.T) {
	c := measure.NewCatalogue()
	for line := range strings.FieldsSeq(publicPairs) {
		quantity, units, _ := strings.Cut(line, ":")
		for u := range strings.SplitSeq(units, ",") {
			if err := c.Check(measure.Quantity(quantity), measure.Unit(u)); err != nil {
				t.Errorf("%s [%s]: %v", quantity, u, err)
			}
		}
	}
}

func TestBuiltInTablesAreSound(t *testing.T) {
	c := measure.NewCatalogue()
	units := c.Units()
	if !slices.IsSortedFunc(units, func(a, b measure.UnitInfo) int { return strings.Compare(string(a.ID), string(b.ID)) }) {
		t.Error("units are not sorted by id")
	}
	used := map[measure.Unit]bool{}
	quantities := c.Quantities()
	for i, q := range quantities {
		if i > 0 && quantities[i-1].ID >= q.ID {
			t.Errorf("%s comes after %s", q.ID, quantities[i-1].ID)
		}
		if q.Name == "" || len(q.Units) == 0 || q.Min != nil && q.Max != nil && *q.Min >= *q.Max {
			t.Errorf("%+v is not complete", q)
		}
		for j, u := range q.Units {
			used[u] = true
			if _, ok := c.Unit(u); !ok || slices.Contains(q.Units[:j], u) {
				t.Errorf("%s: unit %q is unknown or twice there", q.ID, u)
			}
		}
	}
	for _, u := range units {
		if u.Name == "" || !used[u.ID] {
			t.Errorf("unit %q has no name or no quantity", u.ID)
		}
	}
}

func TestBuiltInIDsAreUnique(t *testing.T) {
	c, units, quantities := measure.NewCatalogue(), measure.BuiltInUnits(), measure.BuiltInQuantities()
	if len(c.Units()) != units || len(c.Quantities()) != quantities {
		t.Errorf("%d units of %d and %d quantities of %d are left: an id is used twice",
			len(c.Units()), units, len(c.Quantities()), quantities)
	}
}

func TestLimits(t *testing.T) {
	inf := math.Inf(1)
	c := measure.NewCatalogue()
	downwards := measure.UnitInfo{ID: "below_boiling", Name: "degrees below boiling"}
	if err := c.AddUnit(downwards, measure.Celsius, measure.Affine{Scale: -1, Offset: 100}); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		quantity measure.Quantity
		unit     measure.Unit
		lo, hi   float64
	}{
		{"temperature", "C", -273.15, inf},
		{"temperature", "K", 0, inf},
		{"temperature", "F", -459.67, inf},
		{"temperature", "below_boiling", -inf, 373.15},
		{"humidity", "percent", 0, 100},
		{"humidity", "decimal", 0, 1},
		{"humidity", "unitless", -inf, inf}, // raw counts
		{"co2", "ppm", 0, 1e6},
		{"co2", "percent", 0, 100},
		{"co2", "mg_m3", 0, inf},
		{"light", "umol_m2_s", 0, inf},
		{"ion_concentration", "pH", -2, 16},
		{"pressure", "inHg", 0, inf},
		{"electrical_potential", "mV", -inf, inf},
		{"specific_gravity", "gravity_points", -1000, inf},
		{"boolean", "bool", 0, 1},
	} {
		lo, hi, err := c.Limits(tt.quantity, tt.unit)
		if err != nil || lo != tt.lo || hi != tt.hi {
			t.Errorf("%s in %s: %v to %v, %v; want %v to %v", tt.quantity, tt.unit, lo, hi, err, tt.lo, tt.hi)
		}
	}
}

func TestCheckNamesTheFault(t *testing.T) {
	c := measure.NewCatalogue()
	for _, tt := range []struct {
		quantity measure.Quantity
		unit     measure.Unit
		want     error
		says     string
	}{
		{"temperature", "percent", measure.ErrMismatch, `use one of ["C" "F"`},
		{"temprature", "C", measure.ErrUnknownQuantity, `"temprature"`},
		{"temperature", "c", measure.ErrUnknownUnit, `"c"`},
		{"altitude", "mi", nil, ""}, // not listed, but a length
		{"temperature", "unitless", nil, ""},
	} {
		err := c.Check(tt.quantity, tt.unit)
		if !errors.Is(err, tt.want) || tt.want != nil && !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s in %s: %v; want %v with %s", tt.quantity, tt.unit, err, tt.want, tt.says)
		}
		if _, _, limitsErr := c.Limits(tt.quantity, tt.unit); !errors.Is(limitsErr, tt.want) {
			t.Errorf("limits of %s in %s: %v", tt.quantity, tt.unit, limitsErr)
		}
	}
}

func TestAnswersBelongToTheCaller(t *testing.T) {
	c := measure.NewCatalogue()
	q, _ := c.Quantity(measure.Humidity)
	q.Units[0], *q.Min = "broken", 50
	for _, all := range c.Quantities() {
		all.Units[0] = "broken"
	}
	if q, _ := c.Quantity(measure.Humidity); q.Units[0] != measure.Percent || *q.Min != 0 {
		t.Errorf("a caller changed the catalogue: %+v", q)
	}
}
