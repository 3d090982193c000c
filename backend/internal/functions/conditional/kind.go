// Package conditional has the kinds of functions that people write themselves: scripts that decide what is done, and
// equations that make a channel of others. What scripts have is described in package script and docs/scripts.md.
package conditional

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"hypha/internal/function"
	"hypha/internal/measure"
	"hypha/internal/option"
	"hypha/internal/script"
)

// Options of the kind conditional.
type Options struct {
	Script     string              `json:"script" required:"true" title:"Script" help:"Starlark, which reads like Python: see the guide on scripts" format:"multiline" max_len:"65536"`
	Period     float64             `json:"period_s" title:"Period" help:"0: only when one of the channels below has a new reading" min:"0" max:"86400" default:"60" unit:"s"`
	OnChannels []measure.ChannelID `json:"on_channels" title:"Run when these report" format:"channel" min:"1" max_items:"50"`
	Channels   []Own               `json:"channels" title:"Channels of its own" help:"Which the script gives values to with result" max_items:"50"`
	Timeout    float64             `json:"timeout_s" title:"Time-out of a run" min:"0.01" max:"30" default:"1" unit:"s" advanced:"true"`
	Lease      float64             `json:"lease_s" title:"Lease" help:"If the script does not command an output again, it falls down its ladder after this time. 0: three periods, at least 60 s" min:"0" max:"86400" default:"0" unit:"s" advanced:"true"`
}

// Own is a channel that a script yields.
type Own struct {
	Name     string           `json:"name" required:"true" title:"Name" max_len:"100"`
	Quantity measure.Quantity `json:"quantity" required:"true" title:"Quantity" format:"quantity"`
	Unit     measure.Unit     `json:"unit" required:"true" title:"Unit" format:"unit"`
}

// Validate compiles the script and sees that it is ever run.
func (o Options) Validate() error {
	var bad option.Errors
	if _, err := script.Compile(o.Script); err != nil {
		bad = scriptErrors("script", err)
	}
	if o.Period == 0 && len(o.OnChannels) == 0 {
		bad = append(bad, option.FieldError{Field: "period_s", Message: "must be above 0, or name channels in on_channels: else the script is never run"})
	}
	if o.Period > 0 && o.Period < 0.1 {
		bad = append(bad, option.FieldError{Field: "period_s", Message: "must be at least 0.1 s"})
	}
	if o.Lease > 0 && o.Lease <= o.Period {
		bad = append(bad, option.FieldError{Field: "lease_s", Message: "must be longer than the period: else outputs fall back between two runs"})
	}
	seen := map[string]bool{}
	for n, ch := range o.Channels {
		if seen[ch.Name] {
			bad = append(bad, option.FieldError{Field: fmt.Sprintf("channels[%d].name", n), Message: fmt.Sprintf("%q is taken by another channel", ch.Name)})
		}
		seen[ch.Name] = true
	}
	if bad != nil {
		return bad
	}
	return nil
}

// scriptErrors tells the faults of a script under the field that holds it.
func scriptErrors(field string, err error) (bad option.Errors) {
	all, ok := errors.AsType[script.Errors](err)
	if !ok {
		return option.Errors{{Field: field, Message: err.Error()}}
	}
	for _, e := range all {
		bad = append(bad, option.FieldError{Field: field, Message: place(e.Line, e.Column) + e.Message})
	}
	return bad
}

func place(line, column int) string {
	switch {
	case line == 0:
		return ""
	case column == 0:
		return fmt.Sprintf("line %d: ", line)
	}
	return fmt.Sprintf("line %d, column %d: ", line, column)
}

// lease is how long a command holds that says nothing else.
func (o Options) lease() time.Duration {
	if o.Lease > 0 {
		return seconds(o.Lease)
	}
	return max(time.Minute, 3*seconds(o.Period))
}

func (o Options) names() (names []string) {
	for _, ch := range o.Channels {
		names = append(names, ch.Name)
	}
	return names
}

func seconds(s float64) time.Duration { return time.Duration(math.Round(s * float64(time.Second))) }

// Kinds returns the kinds conditional and equation.
func Kinds() []function.Kind { return []function.Kind{conditional(), equation()} }

func conditional() function.Kind {
	return function.Define(function.Spec[Options]{
		ID: "conditional", Name: "Conditional", Icon: "braces", Tags: []string{"react"},
		Description: "A script that reads channels and decides what is done: outputs, set-points, messages. It is sandboxed, and what it wants is done only when it has ended well.",
		Formula:     "the script, in Starlark; a run that fails does nothing and gives its outputs up",
		Source:      "The Starlark language, specification at github.com/bazelbuild/starlark; functions in docs/scripts.md",
		Example:     `{"name": "Mist when dry", "kind": "conditional", "options": {"period_s": 30, "script": "rh = value(\"Vivarium/Humidity\", max_age=\"2m\")\nif rh != None and rh < 75:\n    output(\"Mister\").on(seconds=20, per_hour=6)\n"}}`,
		PeriodOf:    func(o Options) time.Duration { return seconds(o.Period) },
		Uses:        func(o Options) (u function.Uses) { return watch("on_channels", o.OnChannels) },
		ChannelsOf: func(o Options, _ function.Lookup) (list []function.Channel, _ error) {
			for _, ch := range o.Channels {
				list = append(list, function.Channel{Name: ch.Name, Quantity: ch.Quantity, Unit: ch.Unit})
			}
			return list, nil
		},
		Open: func(ctx context.Context, o Options, env function.Env) (function.Logic, error) {
			return open(ctx, o, env)
		},
	})
}

func watch(field string, ids []measure.ChannelID) (u function.Uses) {
	for n, id := range ids {
		u.Channels = append(u.Channels, function.ChannelUse{Field: fmt.Sprintf("%s[%d]", field, n), ID: id, Watch: true})
	}
	return u
}
