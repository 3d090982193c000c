package trigger

import (
	"time"

	"hypha/internal/action"
	"hypha/internal/function"
	"hypha/internal/option"
)

// Common are the options of all triggers.
type Common struct {
	action.List
	Cooldown float64 `json:"cooldown_s" title:"Rest after firing" help:"Whatever would set it off meanwhile is left out" min:"0" max:"8640000" default:"0" unit:"s"`
	OnLoss   string  `json:"on_loss" title:"Without a reading to go by" enum:"release,keep" enum_titles:"outputs fall down their ladders,outputs stay as they are" default:"release" help:"Of outputs that it drives without an end" advanced:"true"`
}

func (c Common) common() Common { return c }

// define makes a kind of a trigger: what is the same for all is added.
func define[O interface{ common() Common }](s function.Spec[O], watches func(O) function.Uses, open func(O, function.Env) (condition, error)) function.Kind {
	s.Icon = "zap"
	if len(s.Tags) == 0 {
		s.Tags = []string{"react"}
	}
	if s.Source == "" {
		s.Source = "the definition above; docs/triggers.md"
	}
	s.Uses = func(o O) function.Uses {
		u := o.common().List.Uses()
		if watches != nil {
			more := watches(o)
			u.Channels = append(u.Channels, more.Channels...)
			u.Outputs = append(u.Outputs, more.Outputs...)
			u.Functions = append(u.Functions, more.Functions...)
			u.Methods = append(u.Methods, more.Methods...)
			u.Events = more.Events
		}
		return u
	}
	s.Open = opener(open)
	return function.Define(s)
}

// Kinds returns all kinds of triggers.
func Kinds() []function.Kind {
	return []function.Kind{
		edgeKind(), thresholdKind(), missingKind(), composedKind(),
		dailyKind(), spanKind(), timerKind(), cronKind(), sunKind(),
		outputKind(), controllerKind(), eventKind(), webhookKind(),
	}
}

// beyond is a band that a reading can leave, with hysteresis.
type beyond struct {
	above, below *float64
	hysteresis   float64
}

func checkBand(above, below *float64, hysteresis float64) option.Errors {
	switch {
	case above == nil && below == nil:
		return option.Errors{{Field: "above", Message: "is required, or below"}}
	case above != nil && below != nil && *below+2*hysteresis >= *above:
		return option.Errors{{Field: "below", Message: "must be less than above, by more than twice the hysteresis"}}
	}
	return nil
}

// judge tells whether a value is outside, knowing whether it was.
func (b beyond) judge(v float64, was bool) bool {
	h := 0.0
	if was {
		h = b.hysteresis
	}
	return b.above != nil && v > *b.above-h || b.below != nil && v < *b.below+h
}

// words say which limit a value is beyond.
func (b beyond) words(v float64, unit string) string {
	if b.above != nil && v > *b.above-b.hysteresis {
		return "above " + number(*b.above) + unit
	}
	return "below " + number(*b.below) + unit
}

// earliest is the first of the times that are not zero. Times with and without a monotonic reading compare by the clock that
// both have.
func earliest(times ...time.Time) (first time.Time) {
	for _, t := range times {
		if !t.IsZero() && (first.IsZero() || t.Sub(first) < 0) {
			first = t
		}
	}
	return first
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
