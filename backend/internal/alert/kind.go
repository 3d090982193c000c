package alert

import (
	"encoding/json"
	"time"

	"hypha/internal/option"
)

// instant is a monotonic time: the duration since the engine began. Conditions reckon with it.
type instant time.Duration

func (i instant) seconds() float64 { return time.Duration(i).Seconds() }

func secondsOf(s float64) instant { return instant(s * float64(time.Second)) }

// Kind is an entry of the catalogue of rules.
type Kind struct {
	ID, Name, Description, Icon string
	Tags                        []string
	Options                     *option.Spec
	// Silent kinds wait for data, and so can miss it: NoData applies to them.
	Silent bool

	bind func(raw json.RawMessage) (*Check, error)
}

// Check is a kind with checked options. It has a memory, and so belongs to one rule.
type Check struct {
	Kind  Kind
	Watch Watch

	cond  condition
	timed bool // its verdict changes with time alone
}

// spec declares a kind whose options have the type O.
type spec[O any] struct {
	id, name, description, icon string
	tags                        []string
	silent, timed               bool
	make                        func(O) (condition, Watch)
}

func define[O any](s spec[O]) Kind {
	k := Kind{
		ID: s.id, Name: s.name, Description: s.description, Icon: s.icon, Tags: s.tags,
		Options: option.MustFor[O](), Silent: s.silent,
	}
	k.bind = func(raw json.RawMessage) (*Check, error) {
		var o O
		if err := k.Options.Decode(raw, &o); err != nil {
			return nil, err
		}
		cond, watch := s.make(o)
		return &Check{Kind: k, Watch: watch, cond: cond, timed: s.timed}, nil
	}
	return k
}

// Bind checks options and returns a check with no memory yet. The error is an option.Errors when the options are at fault.
func (k Kind) Bind(options json.RawMessage) (*Check, error) { return k.bind(options) }

// Kinds is the catalogue.
func Kinds() []Kind {
	return []Kind{
		thresholdKind(), deviationKind(), missingKind(), stuckKind(), rateKind(), disagreementKind(),
		forecastKind(), outputKind(), effectKind(), controllerKind(), eventKind(),
	}
}

func fault(field, message string) error {
	return option.Errors{{Field: field, Message: message}}
}
