// Package function runs logic: PIDs, hysteresis, scripts, triggers, calculations.
//
// A kind describes itself with a [Spec] and becomes a [Kind] of the catalogue through [Define]. Its [Logic] is a machine
// of steps without a clock and without goroutines of its own: the [Function] controller calls Step when a reading it
// watches has arrived, when its period or the time it asked for has come, and when something it listens to has
// happened. Everything it does to the world goes through the [Env] it was opened with, so that the same logic runs on a
// simulated plant, dry on past readings, and for real.
package function

import (
	"context"
	"encoding/json"
	"time"

	"hypha/internal/measure"
	"hypha/internal/option"
	"hypha/internal/output"
)

// Channel is one series that a function yields.
type Channel struct {
	Name     string           `json:"name"`
	Quantity measure.Quantity `json:"quantity"`
	Unit     measure.Unit     `json:"unit"`
	// Expected is the longest silence that is normal; zero: derived from the period, else quiet for ever.
	Expected time.Duration `json:"-"`
}

// Target names a channel of an output in options.
type Target struct {
	Output  int64 `json:"output" required:"true" title:"Output" min:"1" format:"output"`
	Channel int   `json:"channel" title:"Channel of the output" default:"0" min:"0" max:"1000"`
}

// ChannelUse is a channel that options name; Field is its path in them.
type ChannelUse struct {
	Field string
	ID    measure.ChannelID
	// Watch: a reading of it is a reason for a step.
	Watch bool
}

// OutputUse is a channel of an output that options name, with the types that will do.
type OutputUse struct {
	Field string
	Target
	Types []output.ChannelType
}

// FunctionUse is another function that options name.
type FunctionUse struct {
	Field string
	ID    int64
}

// MethodUse is a method that options name.
type MethodUse struct {
	Field string
	ID    int64
}

// Uses is everything outside of itself that a function needs. What does not exist is refused when it is configured.
type Uses struct {
	Channels  []ChannelUse
	Outputs   []OutputUse
	Functions []FunctionUse
	Methods   []MethodUse
	// Events are the types of journal entries that are a reason for a step.
	Events []string
}

// Lookup tells what is known of things that options name, while a function is configured.
type Lookup interface {
	// ChannelOf returns quantity and unit of a channel; ok is false when there is none.
	ChannelOf(id measure.ChannelID) (Channel, bool)
	// Convert returns the conversion between two units, or an error when there is none.
	Convert(from, to measure.Unit) (measure.Affine, error)
}

// Spec declares a kind whose options have the type O (see package option for the tags).
type Spec[O any] struct {
	ID          string // stable: it is stored in settings and named in the API
	Name        string
	Description string
	Icon        string   // a Lucide icon name that the interface bundles
	Tags        []string // groups of the catalogue: regulate, calculate, react, schedule
	// Formula is the law in words or symbols with its units; Source is where it comes from; Example is a complete request.
	Formula, Source, Example string

	// PeriodOf is the time between two steps that come by themselves; nil or 0: none.
	PeriodOf func(O) time.Duration
	// Uses names what the options refer to; nil: nothing.
	Uses func(O) Uses
	// Channels, or ChannelsOf when they follow from the options.
	Channels   []Channel
	ChannelsOf func(O, Lookup) ([]Channel, error)
	// Check judges what needs more than the options alone; its fields are below "options". Nil: nothing.
	Check func(O, Lookup) error
	// Open makes the logic; it must not act yet: the first step is called with [Start].
	Open func(ctx context.Context, o O, env Env) (Logic, error)
}

// Kind is an entry of the catalogue of functions. Make it with Define.
type Kind struct {
	ID, Name, Description, Icon string
	Tags                        []string
	Formula, Source, Example    string
	Options                     *option.Spec
	Channels                    []Channel // nil when they depend on the options

	bind func(raw json.RawMessage) (*Bound, error)
}

// Bound is a kind with checked options: what a configured function runs.
type Bound struct {
	Kind   Kind
	Period time.Duration // 0: it has none
	Uses   Uses

	channels func(Lookup) ([]Channel, error)
	check    func(Lookup) error
	open     func(ctx context.Context, env Env) (Logic, error)
}

// Define makes a Kind of a Spec. It panics when the spec is broken, which only a programmer can cause and every start
// would show.
func Define[O any](s Spec[O]) Kind {
	if s.Open == nil || s.Formula == "" || s.Source == "" || s.Example == "" {
		panic("function kind " + s.ID + ": Open, Formula, Source and Example must be set")
	}
	k := Kind{
		ID: s.ID, Name: s.Name, Description: s.Description, Icon: s.Icon, Tags: s.Tags,
		Formula: s.Formula, Source: s.Source, Example: s.Example, Options: option.MustFor[O](), Channels: s.Channels,
	}
	k.bind = func(raw json.RawMessage) (*Bound, error) {
		var o O
		if err := k.Options.Decode(raw, &o); err != nil {
			return nil, err
		}
		b := &Bound{
			Kind: k,
			channels: func(l Lookup) ([]Channel, error) {
				if s.ChannelsOf != nil {
					return s.ChannelsOf(o, l)
				}
				return s.Channels, nil
			},
			check: func(l Lookup) error {
				if s.Check == nil {
					return nil
				}
				return s.Check(o, l)
			},
			open: func(ctx context.Context, env Env) (Logic, error) { return s.Open(ctx, o, env) },
		}
		if s.PeriodOf != nil {
			b.Period = s.PeriodOf(o)
		}
		if s.Uses != nil {
			b.Uses = s.Uses(o)
		}
		return b, nil
	}
	return k
}

// Bind checks options against the kind, without acting on anything. The error is an option.Errors when the options are at
// fault.
func (k Kind) Bind(options json.RawMessage) (*Bound, error) { return k.bind(options) }

// Declared returns what the function yields. The error is an option.Errors when the options are at fault.
func (b *Bound) Declared(l Lookup) ([]Channel, error) { return b.channels(l) }

// Check judges what needs a lookup. The error is an option.Errors.
func (b *Bound) Check(l Lookup) error { return b.check(l) }

// Open makes the logic.
func (b *Bound) Open(ctx context.Context, env Env) (Logic, error) { return b.open(ctx, env) }

// Watched are the channels whose readings are a reason for a step.
func (b *Bound) Watched() []measure.ChannelID {
	var ids []measure.ChannelID
	for _, u := range b.Uses.Channels {
		if u.Watch {
			ids = append(ids, u.ID)
		}
	}
	return ids
}
