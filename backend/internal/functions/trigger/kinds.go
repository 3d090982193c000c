package trigger

import (
	"time"

	"hypha/internal/action"
	"hypha/internal/function"
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
