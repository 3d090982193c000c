package calculation

import (
	"context"
	"fmt"
	"slices"
	"time"

	"hypha/internal/function"
	"hypha/internal/measure"
	"hypha/internal/option"
)

// Several are the options of calculations of several channels.
type Several struct {
	Channels []measure.ChannelID `json:"channels" title:"Channels" help:"All must be convertible to the unit of the first" format:"channel" min:"1" min_items:"2" max_items:"50"`
	MaxAge   float64             `json:"max_age_s" title:"Longest age" help:"Of each reading. 0: as long as its channel is not stale" default:"0" min:"0" max:"604800" unit:"s"`
	Period   float64             `json:"period_s" title:"Period" help:"0: whenever one of the channels has a new reading" default:"0" min:"0" max:"86400" unit:"s"`
}

func (o Several) uses() function.Uses { return watchAll("channels", o.Channels) }

func watchAll(field string, ids []measure.ChannelID) function.Uses {
	var u function.Uses
	for n, id := range ids {
		u.Channels = append(u.Channels, function.ChannelUse{Field: fmt.Sprintf("%s[%d]", field, n), ID: id, Watch: true})
	}
	return u
}

// like is one channel of the quantity and unit of the first operand.
func like(name string, ids []measure.ChannelID, l function.Lookup) ([]function.Channel, error) {
	first, ok := l.ChannelOf(ids[0])
	if !ok {
		return nil, option.Errors{{Field: "channels[0]", Message: fmt.Sprintf("there is no channel %d", ids[0])}}
	}
	var bad option.Errors
	for n, id := range ids[1:] {
		ch, ok := l.ChannelOf(id)
		if !ok {
			continue // told already
		}
		if _, err := l.Convert(ch.Unit, first.Unit); err != nil {
			bad = append(bad, option.FieldError{Field: fmt.Sprintf("channels[%d]", n+1), Message: fmt.Sprintf("is in %s, which cannot be converted to %s, the unit of the first channel", ch.Unit, first.Unit)})
		}
	}
	if bad != nil {
		return nil, bad
	}
	return []function.Channel{{Name: name, Quantity: first.Quantity, Unit: first.Unit}}, nil
}

func several(id, name, description, formula string, law func([]float64) float64) function.Kind {
	return function.Define(function.Spec[Several]{
		ID: id, Name: name, Description: description, Icon: "gauge", Tags: []string{"calculate"},
		Formula: formula, Source: "definition",
		Example:  `{"name": "` + name + ` of the tent", "kind": "` + id + `", "options": {"channels": [1, 2]}}`,
		PeriodOf: func(o Several) time.Duration { return seconds(o.Period) },
		Uses:     Several.uses,
		ChannelsOf: func(o Several, l function.Lookup) ([]function.Channel, error) {
			return like(id, o.Channels, l)
		},
		Open: func(_ context.Context, o Several, env function.Env) (function.Logic, error) {
			units := make([]measure.Unit, len(o.Channels))
			if first, ok := env.Lookup().ChannelOf(o.Channels[0]); ok {
				for n := range units {
					units[n] = first.Unit
				}
			}
			ops, err := newOperands(env, o.Channels, units, seconds(o.MaxAge))
			if err != nil {
				return nil, err
			}
			return &machine{operands: ops, periodic: o.Period > 0, compute: func(_ context.Context, v []float64) (float64, error) { return law(v), nil }}, nil
		},
	})
}

func sumOf(values []float64) (sum float64) {
	for _, v := range values {
		sum += v
	}
	return sum
}

// Kinds returns the calculations.
func Kinds() []function.Kind {
	return append([]function.Kind{
		several("sum", "Sum", "The sum of the newest readings of several channels.", "y = x₁ + x₂ + … in the unit of the first channel", sumOf),
		several("average", "Average", "The mean of the newest readings of several channels.", "y = (x₁ + … + xₙ)/n in the unit of the first channel",
			func(v []float64) float64 { return sumOf(v) / float64(len(v)) }),
		several("minimum", "Minimum", "The smallest of the newest readings of several channels.", "y = min(x₁ … xₙ) in the unit of the first channel",
			func(v []float64) float64 { return slices.Min(v) }),
		several("maximum", "Maximum", "The largest of the newest readings of several channels.", "y = max(x₁ … xₙ) in the unit of the first channel",
			func(v []float64) float64 { return slices.Max(v) }),
		difference(),
	}, slices.Concat(past(), ofAir())...)
}

// Difference are the options of the difference of two channels.
type Difference struct {
	A        measure.ChannelID `json:"a" required:"true" title:"Channel" format:"channel" min:"1"`
	B        measure.ChannelID `json:"b" required:"true" title:"Channel that is subtracted" format:"channel" min:"1"`
	Absolute bool              `json:"absolute" title:"Without a sign" default:"false"`
	MaxAge   float64           `json:"max_age_s" title:"Longest age" help:"Of each reading. 0: as long as its channel is not stale" default:"0" min:"0" max:"604800" unit:"s"`
	Period   float64           `json:"period_s" title:"Period" help:"0: whenever one of the channels has a new reading" default:"0" min:"0" max:"86400" unit:"s"`
}

func difference() function.Kind {
	both := func(o Difference) []measure.ChannelID { return []measure.ChannelID{o.A, o.B} }
	return function.Define(function.Spec[Difference]{
		ID: "difference", Name: "Difference", Description: "What one channel has more than another: inside minus outside, inflow minus outflow.",
		Icon: "gauge", Tags: []string{"calculate"}, Formula: "y = a - b in the unit of a; without a sign |a - b|", Source: "definition",
		Example:  `{"name": "Warmer than outside", "kind": "difference", "options": {"a": 1, "b": 2}}`,
		PeriodOf: func(o Difference) time.Duration { return seconds(o.Period) },
		Uses: func(o Difference) function.Uses {
			return function.Uses{Channels: []function.ChannelUse{{Field: "a", ID: o.A, Watch: true}, {Field: "b", ID: o.B, Watch: true}}}
		},
		ChannelsOf: func(o Difference, l function.Lookup) ([]function.Channel, error) {
			a, _ := l.ChannelOf(o.A)
			b, _ := l.ChannelOf(o.B)
			if _, err := l.Convert(b.Unit, a.Unit); err != nil {
				return nil, option.Errors{{Field: "b", Message: fmt.Sprintf("is in %s, which cannot be converted to %s, the unit of the first channel", b.Unit, a.Unit)}}
			}
			return []function.Channel{{Name: "difference", Quantity: a.Quantity, Unit: a.Unit}}, nil
		},
		Open: func(_ context.Context, o Difference, env function.Env) (function.Logic, error) {
			a, _ := env.Lookup().ChannelOf(o.A)
			ops, err := newOperands(env, both(o), []measure.Unit{a.Unit, a.Unit}, seconds(o.MaxAge))
			if err != nil {
				return nil, err
			}
			return &machine{operands: ops, periodic: o.Period > 0, compute: func(_ context.Context, v []float64) (float64, error) {
				if d := v[0] - v[1]; !o.Absolute || d >= 0 {
					return d, nil
				}
				return v[1] - v[0], nil
			}}, nil
		},
	})
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
