package calculation

import (
	"context"
	"fmt"
	"time"

	"hypha/internal/function"
	"hypha/internal/measure"
)

// Past are the options of calculations over the last readings of one channel.
type Past struct {
	Channel measure.ChannelID `json:"channel" required:"true" title:"Channel" format:"channel" min:"1"`
	Over    float64           `json:"over_s" title:"Over the last" default:"3600" min:"1" max:"31622400" unit:"s"`
	Period  float64           `json:"period_s" title:"Period" default:"60" min:"1" max:"86400" unit:"s"`
	Least   int               `json:"min_readings" title:"Fewest readings" help:"With fewer usable readings there is no result" default:"1" min:"1" max:"1000000"`
}

// past are the calculations over time. Only usable readings count: good and substituted ones.
func past() []function.Kind {
	one := func(id, name, description, formula string, law func(function.Aggregate) float64) function.Kind {
		return function.Define(function.Spec[Past]{
			ID: id, Name: name, Description: description, Icon: "gauge", Tags: []string{"calculate"}, Formula: formula, Source: "definition",
			Example:  `{"name": "` + name + `", "kind": "` + id + `", "options": {"channel": 1, "over_s": 3600}}`,
			PeriodOf: func(o Past) time.Duration { return seconds(o.Period) },
			Uses: func(o Past) function.Uses {
				return function.Uses{Channels: []function.ChannelUse{{Field: "channel", ID: o.Channel}}}
			},
			ChannelsOf: func(o Past, l function.Lookup) ([]function.Channel, error) {
				ch, _ := l.ChannelOf(o.Channel)
				return []function.Channel{{Name: id, Quantity: ch.Quantity, Unit: ch.Unit}}, nil
			},
			Open: func(_ context.Context, o Past, env function.Env) (function.Logic, error) {
				return &overTime{o: o, env: env, law: law}, nil
			},
		})
	}
	return []function.Kind{
		one("average_past", "Average over time", "The mean of one channel over the last minutes or hours.", "y = Σx/n over the usable readings of the last over_s seconds",
			func(a function.Aggregate) float64 { return a.Mean }),
		one("sum_past", "Sum over time", "The sum of the readings of one channel over the last minutes or hours: pulses, doses, millimetres of rain.",
			"y = Σx over the usable readings of the last over_s seconds", func(a function.Aggregate) float64 { return a.Sum }),
		one("minimum_past", "Minimum over time", "The smallest reading of one channel over the last minutes or hours.", "y = min x over the usable readings of the last over_s seconds",
			func(a function.Aggregate) float64 { return a.Min }),
		one("maximum_past", "Maximum over time", "The largest reading of one channel over the last minutes or hours.", "y = max x over the usable readings of the last over_s seconds",
			func(a function.Aggregate) float64 { return a.Max }),
	}
}

type overTime struct {
	o      Past
	env    function.Env
	law    func(function.Aggregate) float64
	result *float64
	count  int64
}

// Step asks the history, which has what is recent in memory.
func (l *overTime) Step(ctx context.Context, m function.Moment) (time.Time, error) {
	a, err := l.env.Aggregate(ctx, l.o.Channel, seconds(l.o.Over))
	l.result, l.count = nil, a.Count
	if err != nil {
		return time.Time{}, &function.Trouble{Reason: err.Error()}
	}
	if a.Count < int64(l.o.Least) {
		return time.Time{}, &function.Trouble{Reason: fmt.Sprintf("there are %d usable readings in the last %v; at least %d are needed", a.Count, seconds(l.o.Over), l.o.Least)}
	}
	v := l.law(a)
	l.result = &v
	l.env.Emit(ctx, m.Now, function.Value{V: v})
	return time.Time{}, nil
}

// State shows the last result and of how many readings it is.
func (l *overTime) State() any { return map[string]any{"result": l.result, "readings": l.count} }
