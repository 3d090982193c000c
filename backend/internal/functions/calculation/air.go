package calculation

import (
	"context"
	"time"

	"hypha/internal/climate"
	"hypha/internal/function"
	"hypha/internal/measure"
	"hypha/internal/option"
)

// Air are the options of calculations from temperature and relative humidity.
type Air struct {
	Temperature measure.ChannelID `json:"temperature" required:"true" title:"Temperature" format:"channel" min:"1"`
	Humidity    measure.ChannelID `json:"humidity" required:"true" title:"Relative humidity" format:"channel" min:"1"`
	MaxAge      float64           `json:"max_age_s" title:"Longest age" help:"Of each reading. 0: as long as its channel is not stale" default:"0" min:"0" max:"604800" unit:"s"`
	Period      float64           `json:"period_s" title:"Period" help:"0: whenever one of the channels has a new reading" default:"0" min:"0" max:"86400" unit:"s"`
}

// Leaf are the options of the vapour pressure deficit.
type Leaf struct {
	Air
	Offset   float64           `json:"leaf_offset" title:"Leaf cooler or warmer by" help:"Leaf minus air; about -2 under LED lamps. Not used where the leaf itself is measured" default:"0" min:"-20" max:"20" unit:"°C"`
	Measured measure.ChannelID `json:"leaf_temperature" title:"Leaf temperature" help:"Of an infrared thermometer, if there is one" format:"channel" default:"0" min:"0"`
}

// inAir makes a kind whose operands are temperature (°C), relative humidity (%) and, for the leaf, its temperature.
func inAir[O any](id, name, description, formula, source string, out function.Channel, air func(O) Air, leaf func(O) measure.ChannelID,
	law func(o O, v []float64) (float64, error),
) function.Kind {
	ids := func(o O) []measure.ChannelID {
		all := []measure.ChannelID{air(o).Temperature, air(o).Humidity}
		if l := leaf(o); l != 0 {
			all = append(all, l)
		}
		return all
	}
	fields := []string{"temperature", "humidity", "leaf_temperature"}
	units := []measure.Unit{measure.Celsius, measure.Percent, measure.Celsius}
	return function.Define(function.Spec[O]{
		ID: id, Name: name, Description: description, Icon: "thermometer", Tags: []string{"calculate", "climate"}, Formula: formula, Source: source,
		Example:  `{"name": "` + name + `", "kind": "` + id + `", "options": {"temperature": 1, "humidity": 2}}`,
		Channels: []function.Channel{out},
		PeriodOf: func(o O) time.Duration { return seconds(air(o).Period) },
		Uses: func(o O) (u function.Uses) {
			for n, id := range ids(o) {
				u.Channels = append(u.Channels, function.ChannelUse{Field: fields[n], ID: id, Watch: true})
			}
			return u
		},
		Check: func(o O, l function.Lookup) error {
			var bad option.Errors
			for n, id := range ids(o) {
				ch, _ := l.ChannelOf(id)
				if _, err := l.Convert(ch.Unit, units[n]); err != nil {
					bad = append(bad, option.FieldError{Field: fields[n], Message: "is in " + string(ch.Unit) + ", which cannot be converted to " + string(units[n])})
				}
			}
			if bad != nil {
				return bad
			}
			return nil
		},
		Open: func(_ context.Context, o O, env function.Env) (function.Logic, error) {
			ops, err := newOperands(env, ids(o), units[:len(ids(o))], seconds(air(o).MaxAge))
			if err != nil {
				return nil, err
			}
			return &machine{
				operands: ops, periodic: air(o).Period > 0,
				compute: func(_ context.Context, v []float64) (float64, error) { return law(o, v) },
			}, nil
		},
	})
}

// ofAir are the calculations from temperature and humidity.
func ofAir() []function.Kind {
	const sonntag = "Sonntag 1990, Z. Meteorol. 70, 340 (saturation vapour pressure over water)"
	plain := func(o Air) Air { return o }
	none := func(Air) measure.ChannelID { return 0 }
	return []function.Kind{
		inAir("dew_point", "Dew point", "The temperature at which the air's moisture condenses. Below it walls and leaves get wet.",
			"e_s(td) = RH/100 · e_s(t), solved for td; t and td in °C, RH in % from 0.1 to 100", sonntag,
			function.Channel{Name: "dew point", Quantity: measure.Dewpoint, Unit: measure.Celsius}, plain, none,
			func(_ Air, v []float64) (float64, error) { return climate.DewPoint(v[0], v[1]) }),
		inAir("absolute_humidity", "Absolute humidity", "How much water is in a cubic metre of air, whatever its temperature: compare inside with outside before you ventilate.",
			"a = 1e5 · e / (461.523 · T) in g/m³, e = RH/100 · e_s(t) in hPa, T = t + 273.15", sonntag+"; ideal gas",
			function.Channel{Name: "absolute humidity", Quantity: measure.AbsoluteHumidity, Unit: measure.GramPerM3}, plain, none,
			func(_ Air, v []float64) (float64, error) { return climate.AbsoluteHumidity(v[0], v[1]) }),
		inAir("vapour_pressure_deficit", "Vapour pressure deficit", "How strongly the air draws water from the leaves. Below 0 water condenses on them.",
			"VPD = (e_s(t + Δ) - RH/100 · e_s(t)) / 10 in kPa; Δ = leaf - air in °C, 0 for the air itself", sonntag+"; Allen et al., FAO Irrigation and Drainage Paper 56 (1998)",
			function.Channel{Name: "vapour pressure deficit", Quantity: measure.VaporPressureDeficit, Unit: measure.Kilopascal},
			func(o Leaf) Air { return o.Air }, func(o Leaf) measure.ChannelID { return o.Measured },
			func(o Leaf, v []float64) (float64, error) {
				offset := o.Offset
				if len(v) == 3 {
					offset = v[2] - v[0]
				}
				return climate.LeafVPD(v[0], v[1], offset)
			}),
	}
}
