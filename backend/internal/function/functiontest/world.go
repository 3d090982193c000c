// Package functiontest has a small world for the tests of functions: channels and outputs that a test sets and looks at.
package functiontest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"hypha/internal/function"
	"hypha/internal/measure"
	"hypha/internal/output"
)

// World is the function.Env of a test. Its clock stands until it is set.
type World struct {
	At         time.Time
	Channels   map[measure.ChannelID]function.Channel
	Readings   map[measure.ChannelID]function.Measurement
	Outputs    map[function.Target]output.Level
	Types      map[function.Target]output.ChannelType // on_off where none is given
	Commands   []Driven                               // everything that was commanded, in order
	Emitted    map[int][]function.Value               // by index of the function's own channels
	Said       []string                               // "kind: message"
	Orders     []function.Order                       // what was asked of the rest of the program
	Sums       map[measure.ChannelID]function.Aggregate
	Methods    map[int64]func(now time.Time) float64 // set-points that change by themselves
	Begun      []int64                               // methods that were begun anew
	Names      map[string]int64                      // "channel/temperature" and the like
	Where      *function.Place
	Led        map[int64][]float64 // set-points given to other loops
	LeadAnswer function.LeadAnswer
	States     map[string]string // of controllers, by ref
	Failing    map[string]error  // orders that fail, by what they are
	Refuse     error             // of every Drive; nil: none
	Overridden string            // who drives everything instead; "": nobody
	saved      json.RawMessage
	catalogue  *measure.Catalogue
}

// Driven is one command that a function gave; a release is one with an empty level.
type Driven struct {
	Target   function.Target
	Command  function.Command
	Released bool
	Reason   string
}

// New returns an empty world.
func New() *World {
	return &World{
		At:        time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC),
		Channels:  map[measure.ChannelID]function.Channel{},
		Readings:  map[measure.ChannelID]function.Measurement{},
		Outputs:   map[function.Target]output.Level{},
		Types:     map[function.Target]output.ChannelType{},
		Emitted:   map[int][]function.Value{},
		Sums:      map[measure.ChannelID]function.Aggregate{},
		Methods:   map[int64]func(time.Time) float64{},
		Led:       map[int64][]float64{},
		Names:     map[string]int64{},
		States:    map[string]string{},
		Failing:   map[string]error{},
		catalogue: measure.NewCatalogue(),
	}
}

// Add makes a channel known.
func (w *World) Add(id measure.ChannelID, name string, q measure.Quantity, u measure.Unit) {
	w.Channels[id] = function.Channel{Name: name, Quantity: q, Unit: u}
}

// Read gives a channel a good reading of this moment.
func (w *World) Read(id measure.ChannelID, v float64) {
	w.Readings[id] = function.Measurement{V: v, T: w.At, Q: measure.Good, Has: true}
}

// Spoil changes the quality of what a channel has.
func (w *World) Spoil(id measure.ChannelID, q measure.Quality) {
	m := w.Readings[id]
	m.Q = q
	w.Readings[id] = m
}

// Pass lets time pass; readings grow old.
func (w *World) Pass(d time.Duration) {
	w.At = w.At.Add(d)
	for id, m := range w.Readings {
		m.Age += d
		w.Readings[id] = m
	}
}

// Last is the newest command or release; the zero value when there was none.
func (w *World) Last() Driven {
	if len(w.Commands) == 0 {
		return Driven{}
	}
	return w.Commands[len(w.Commands)-1]
}

// Open binds options of a kind and opens its logic in this world.
func (w *World) Open(k function.Kind, options string) (function.Logic, error) {
	b, err := k.Bind(json.RawMessage(options))
	if err != nil {
		return nil, err
	}
	if err := b.Check(w); err != nil {
		return nil, err
	}
	if _, err := b.Declared(w); err != nil {
		return nil, err
	}
	return b.Open(context.Background(), w)
}

// Ref names the function.
func (w *World) Ref() string { return "function/1" }

// Name is what people call it.
func (w *World) Name() string { return "under test" }

// Place is where the sun rises and sets.
func (w *World) Place() (function.Place, bool) {
	if w.Where == nil {
		return function.Place{Zone: time.UTC}, false
	}
	return *w.Where, true
}

// Latest is the live value of a channel.
func (w *World) Latest(id measure.ChannelID) function.Measurement { return w.Readings[id] }

// Lookup tells quantity, unit and name of channels.
func (w *World) Lookup() function.Lookup { return w }

// ChannelOf is one of the channels that were added.
func (w *World) ChannelOf(id measure.ChannelID) (function.Channel, bool) {
	ch, ok := w.Channels[id]
	return ch, ok
}

// Convert is that of the catalogue.
func (w *World) Convert(from, to measure.Unit) (measure.Affine, error) {
	return w.catalogue.Conversion(from, to)
}

// SetpointOf is the value of a method of the test.
func (w *World) SetpointOf(method int64, now time.Time) (float64, bool, error) {
	m, ok := w.Methods[method]
	if !ok {
		return 0, false, fmt.Errorf("there is no method %d", method)
	}
	return m(now), false, nil
}

// BeginMethod notes that a method begins anew.
func (w *World) BeginMethod(method int64, _ time.Time) { w.Begun = append(w.Begun, method) }

// Aggregate is what the test has put there.
func (w *World) Aggregate(_ context.Context, id measure.ChannelID, _ time.Duration) (function.Aggregate, error) {
	return w.Sums[id], nil
}

// Drive notes a command and obeys it.
func (w *World) Drive(_ context.Context, t function.Target, c function.Command) (function.Driven, error) {
	w.Commands = append(w.Commands, Driven{Target: t, Command: c, Reason: c.Reason})
	if w.Refuse != nil {
		return function.Driven{}, w.Refuse
	}
	if w.Overridden != "" {
		return function.Driven{Outranked: true, By: w.Overridden, Level: w.Outputs[t]}, nil
	}
	w.Outputs[t] = c.Level
	return function.Driven{By: w.Ref(), Level: c.Level}, nil
}

// TypeOf is the type of a channel of an output.
func (w *World) TypeOf(t function.Target) output.ChannelType {
	if typ, ok := w.Types[t]; ok {
		return typ
	}
	return output.OnOff
}

// Actual is what a channel of an output does.
func (w *World) Actual(t function.Target) (output.Level, bool) {
	l, ok := w.Outputs[t]
	return l, ok
}

// StateOf is the state that the test has set.
func (w *World) StateOf(ref string) string { return w.States[ref] }

// Release notes that a channel was given up.
func (w *World) Release(t function.Target, reason string) {
	w.Commands = append(w.Commands, Driven{Target: t, Released: true, Reason: reason})
	delete(w.Outputs, t)
}

// Lead notes the set-point that was given to another loop.
func (w *World) Lead(_ context.Context, id int64, setpoint float64, _ time.Duration) (function.LeadAnswer, error) {
	w.Led[id] = append(w.Led[id], setpoint)
	return w.LeadAnswer, nil
}

// Emit keeps values.
func (w *World) Emit(_ context.Context, _ time.Time, values ...function.Value) {
	for _, v := range values {
		w.Emitted[v.Index] = append(w.Emitted[v.Index], v)
	}
}

// Say keeps an entry of the journal.
func (w *World) Say(kind, message string, _ any) { w.Said = append(w.Said, kind+": "+message) }

// Save keeps a value.
func (w *World) Save(_ context.Context, value any) (err error) {
	w.saved, err = json.Marshal(value)
	return err
}

// Load reads it.
func (w *World) Load(_ context.Context, into any) (bool, error) {
	if w.saved == nil {
		return false, nil
	}
	return true, json.Unmarshal(w.saved, into)
}

// Do notes an order.
func (w *World) Do(_ context.Context, o function.Order) error {
	if strings.HasPrefix(o.What, "fail") {
		return errors.New("it fails")
	}
	w.Orders = append(w.Orders, o)
	return w.Failing[o.What]
}

// Find knows the names that the test has given.
func (w *World) Find(what, name string) (int64, bool) {
	id, ok := w.Names[what+"/"+name]
	return id, ok
}
