package fleet

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"hypha/internal/controller"
	"hypha/internal/function"
	"hypha/internal/history"
	"hypha/internal/measure"
	"hypha/internal/output"
	"hypha/internal/settings"
)

// env is the world as one function sees it.
type env struct {
	fleet    *Fleet
	function *working
	channels []ownChannel
	refusals refusals

	mu    sync.Mutex
	begun *beginning // of the method it follows; nil until it asks
}

// ownChannel is a channel that the function yields, with the conversion from the kind's unit to the channel's.
type ownChannel struct {
	id      measure.ChannelID
	convert measure.Affine
}

func (f *Fleet) newEnv(w *working, channels []settings.Channel) (*env, error) {
	e := &env{fleet: f, function: w}
	for _, ch := range channels {
		convert, err := f.cfg.Catalogue.Conversion(ch.SourceUnit, ch.Unit)
		if err != nil {
			return nil, fmt.Errorf("channel %q: %w", ch.Name, err)
		}
		e.channels = append(e.channels, ownChannel{ch.ID, convert})
	}
	return e, nil
}

// Ref names the function.
func (e *env) Ref() string { return e.function.row.Load().Ref() }

// Name is what people call it.
func (e *env) Name() string { return e.function.row.Load().Name }

// Place is where the sun rises and sets.
func (e *env) Place() (function.Place, bool) { return e.fleet.cfg.Place, e.fleet.cfg.HasPlace }

// Latest is the live value of a channel.
func (e *env) Latest(id measure.ChannelID) function.Measurement {
	v, _, age, ok := e.fleet.Live.Heard(id)
	return function.Measurement{V: v.V, T: time.UnixMilli(v.T), Age: age, Q: v.Q, Has: ok}
}

// Lookup tells quantity, unit and name of channels.
func (e *env) Lookup() function.Lookup { return lookup{e.fleet, context.Background()} }

// aggregateWithin bounds how long the store may take to answer a function.
const aggregateWithin = 3 * time.Second

// Aggregate sums up the usable readings of a channel over the last so long.
func (e *env) Aggregate(ctx context.Context, id measure.ChannelID, over time.Duration) (function.Aggregate, error) {
	ctx, cancel := context.WithTimeout(ctx, aggregateWithin)
	defer cancel()
	now := time.Now().UnixMilli()
	// What was read a moment ago may still wait to be written, and must not be missed.
	if err := e.fleet.cfg.Writer.Flush(ctx); err != nil {
		return function.Aggregate{}, fmt.Errorf("the newest readings cannot be read: %w", err)
	}
	a, err := history.AggregateOf(ctx, e.fleet.cfg.History, id, now-over.Milliseconds(), now+1)
	if err != nil {
		return function.Aggregate{}, err
	}
	sum := function.Aggregate{Count: a.Count, Mean: a.Mean, Sum: a.Sum, Min: a.Min, Max: a.Max}
	if a.Last != nil {
		sum.Last, sum.LastAt = a.Last.V, time.UnixMilli(a.Last.T)
	}
	return sum, nil
}

// Drive commands a channel of an output in the function's name. It asks no database: a thousand loops do it each second.
func (e *env) Drive(ctx context.Context, t function.Target, c function.Command) (function.Driven, error) {
	out := e.output(t)
	if out == nil {
		return function.Driven{}, e.fleet.idle(outputRef(t))
	}
	cause := output.Cause{By: e.Ref(), Reason: c.Reason, Priority: c.Priority, Chain: c.Chain, Anew: c.Anew}
	if c.Safety {
		cause.Rank = output.SafetyRank
	}
	s, err := out.Drive(ctx, t.Channel, c.Command, cause)
	if err == nil {
		e.refusals.forget(t)
		e.fleet.journal.obeyed(t.Output, t.Channel, cause)
		return function.Driven{By: s.By, Level: s.Level}, nil
	}
	if e.refusals.news(t, err) {
		e.fleet.journal.refused(*out.row.Load(), t.Channel, c.Command, cause, err)
	}
	if errors.Is(err, output.ErrStopped) {
		now, _ := e.Actual(t)
		return function.Driven{Outranked: true, By: "stop", Level: now}, nil
	}
	if outranked, ok := errors.AsType[*output.OutrankedError](err); ok {
		return function.Driven{Outranked: true, By: outranked.By, Level: s.Level}, nil
	}
	return function.Driven{}, translateDrive(err)
}

func outputRef(t function.Target) controller.Ref {
	return controller.Ref(settings.Ref("output", t.Output))
}

// output is the running output of a target; nil when it does not run.
func (e *env) output(t function.Target) *driven {
	e.fleet.mu.RLock()
	defer e.fleet.mu.RUnlock()
	return e.fleet.driving[outputRef(t)]
}

// refusals remembers what was refused last on each channel, so that the same refusal is told once and not each second.
type refusals struct {
	mu   sync.Mutex
	told map[function.Target]string
}

func (r *refusals) news(t function.Target, err error) bool {
	words := err.Error()
	if outranked, ok := errors.AsType[*output.OutrankedError](err); ok {
		words = "outranked by " + outranked.By // its end moves on with each renewal
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.told[t] == words {
		return false
	}
	if r.told == nil {
		r.told = map[function.Target]string{}
	}
	r.told[t] = words
	return true
}

func (r *refusals) forget(t function.Target) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.told, t)
}

// TypeOf is the type of a channel of an output.
func (e *env) TypeOf(t function.Target) output.ChannelType {
	out := e.output(t)
	if out == nil {
		return ""
	}
	if row := out.row.Load(); t.Channel >= 0 && t.Channel < len(row.Channels) {
		return output.ChannelType(row.Channels[t.Channel].Type)
	}
	return ""
}

// Actual is what a channel of an output does.
func (e *env) Actual(t function.Target) (output.Level, bool) {
	out := e.output(t)
	if out == nil {
		return output.Level{}, false
	}
	states := out.States()
	if t.Channel < 0 || t.Channel >= len(states) {
		return output.Level{}, false
	}
	l := states[t.Channel].Level
	return l, l != output.Level{}
}

// StateOf is the state of an input, output or function.
func (e *env) StateOf(ref string) string { return e.fleet.stateOf(ref) }

// Release gives up what the function claims of a channel.
func (e *env) Release(t function.Target, reason string) {
	if out := e.output(t); out != nil {
		out.ReleaseChannel(t.Channel, e.Ref(), e.Name()+": "+reason)
	}
}

// released gives up all that the function claims.
func (e *env) released(reason string) {
	e.fleet.ReleaseClaimsBecause(e.Ref(), e.Name()+": "+reason)
}

// leadWithin bounds how long an outer loop waits for the inner one.
const leadWithin = 200 * time.Millisecond

// Lead gives the set-point of another PID for a while. It neither stores nor journals: an outer loop does it each second.
func (e *env) Lead(ctx context.Context, id int64, setpoint float64, lease time.Duration) (a function.LeadAnswer, err error) {
	e.fleet.mu.RLock()
	w := e.fleet.working[controller.Ref(settings.Ref("function", id))]
	e.fleet.mu.RUnlock()
	if w == nil {
		return a, fmt.Errorf("function %d is not running", id)
	}
	args, err := json.Marshal(map[string]any{"setpoint": setpoint, "lease_s": lease.Seconds(), "by": e.Ref()})
	if err != nil {
		return a, fmt.Errorf("encode the set-point: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, leadWithin)
	defer cancel()
	answer, err := w.Command(ctx, "lead", args)
	if err != nil {
		return a, err
	}
	a, ok := answer.(function.LeadAnswer)
	if !ok {
		return a, fmt.Errorf("function %d takes no set-point", id)
	}
	return a, nil
}

// Emit publishes values of the function's own channels.
func (e *env) Emit(ctx context.Context, at time.Time, values ...function.Value) {
	batch := make([]measure.Reading, 0, len(values))
	for _, v := range values {
		if v.Index < 0 || v.Index >= len(e.channels) {
			continue
		}
		ch := e.channels[v.Index]
		batch = append(batch, measure.Reading{Channel: ch.id, T: at.UnixMilli(), V: ch.convert.Apply(v.V), Q: v.Q})
	}
	e.fleet.Accept(ctx, batch)
}

// Say adds an entry to the journal.
func (e *env) Say(kind, message string, data any) {
	e.fleet.journal.add(kind, e.Ref(), "", message, data)
}

// stateKey is where a function's state is kept.
func stateKey(ref string) string { return ref + "/state" }

// Save keeps a value over restarts.
func (e *env) Save(ctx context.Context, value any) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), saveWithin)
	defer cancel()
	return e.fleet.cfg.Store.KV.Set(ctx, stateKey(e.Ref()), value)
}

// Load reads what Save has kept.
func (e *env) Load(ctx context.Context, into any) (bool, error) {
	return e.fleet.cfg.Store.KV.Get(ctx, stateKey(e.Ref()), into)
}

// Find returns the number of what is called by a name.
func (e *env) Find(what, name string) (int64, bool) { return e.fleet.find(what, name) }

// Do carries out an order on other parts of the program.
func (e *env) Do(ctx context.Context, o function.Order) error {
	if o.What == "script" && e.fleet.cfg.Script != nil { // it acts in the name of the function, and so through its Env
		return e.fleet.cfg.Script(ctx, e, time.Now(), argOf[string](o, "script"))
	}
	return e.fleet.do(ctx, e.Ref(), o)
}
