package fleet

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"hypha/internal/controller"
	"hypha/internal/function"
	"hypha/internal/measure"
	"hypha/internal/option"
	"hypha/internal/settings"
)

// Function is a configured function with its state.
type Function struct {
	settings.Function
	Options    json.RawMessage // without secrets
	SecretsSet []string
	PeriodS    float64 // 0: it has none
	Status     Status
	Channels   []settings.Channel
	State      any // what the kind has to show while it runs; nil when nothing
	Stats      function.Stats
}

// working is a function that runs.
type working struct {
	*function.Function
	row    atomic.Pointer[settings.Function] // as it is called now
	period time.Duration
}

// startFunctions runs all stored functions. Whoever watches the outputs of another starts when they are there.
func (f *Fleet) startFunctions(ctx context.Context, of map[string][]settings.Channel, last map[measure.ChannelID]measure.Reading) error {
	rows, _, err := f.cfg.Store.Functions.List(ctx, settings.Filter{})
	if err != nil {
		return fmt.Errorf("load functions: %w", err)
	}
	for _, row := range rows {
		f.register(controller.Ref(row.Ref()), false, of[row.Ref()], last)
	}
	for _, row := range rows {
		f.startFunction(row, of[row.Ref()])
	}
	return nil
}

// beginFunction makes a stored function known and runs it. Whoever calls holds its lock.
func (f *Fleet) beginFunction(ctx context.Context, id int64) (Function, error) {
	row, err := f.cfg.Store.Functions.Get(ctx, id)
	if err != nil {
		return Function{}, err
	}
	channels, err := f.cfg.Store.Channels.Of(ctx, row.Ref())
	if err != nil {
		return Function{}, err
	}
	f.halt(controller.Ref(row.Ref()))
	f.register(controller.Ref(row.Ref()), false, channels, f.lastReadings(ctx, channels))
	f.startFunction(row, channels)
	return f.viewFunction(row, channels), nil
}

// startFunction runs a stored function, in the place of the one that may run under its name. What cannot be built is shown
// as failed.
func (f *Fleet) startFunction(row settings.Function, channels []settings.Channel) {
	ref := controller.Ref(row.Ref())
	f.halt(ref)
	if !row.Enabled || f.SafeMode() != nil { // safe mode keeps what could have made the program fail
		return
	}
	fn, err := f.buildFunction(row, channels)
	if err != nil {
		f.breakdown(ref, err)
		return
	}
	f.mu.Lock()
	f.working[ref] = fn
	f.mu.Unlock()
	if err := f.manager.Start(ref, fn, controller.Policy{StopTimeout: stopWithin}); err != nil {
		f.breakdown(ref, err)
	}
}

func (f *Fleet) buildFunction(row settings.Function, channels []settings.Channel) (*working, error) {
	kind, ok := f.functions[row.Kind]
	if !ok {
		return nil, fmt.Errorf("this program does not know the kind %q", row.Kind)
	}
	options, err := f.cfg.Store.Secrets.OpenOptions(row.Options, kind.Options.Secrets())
	if err != nil {
		return nil, fmt.Errorf("open the secrets: %w", err)
	}
	bound, err := kind.Bind(options)
	if err != nil {
		return nil, err
	}
	w := &working{period: bound.Period}
	w.row.Store(&row)
	env, err := f.newEnv(w, channels)
	if err != nil {
		return nil, err
	}
	w.Function = function.New(function.Config{
		Bound: bound, Env: env, Subscribe: f.dispatch.subscribe, Released: env.released,
		Logger: f.log.With("function", row.Name, "id", row.ID),
	})
	return w, nil
}

// renameFunction has the journal call a running function by its new name, without touching it.
func (f *Fleet) renameFunction(row settings.Function) {
	f.mu.RLock()
	defer f.mu.RUnlock()
	if w := f.working[controller.Ref(row.Ref())]; w != nil {
		w.row.Store(&row)
	}
}

func (f *Fleet) viewFunction(row settings.Function, channels []settings.Channel) Function {
	ref := controller.Ref(row.Ref())
	row.ZoneID = f.binned.shown(row.ZoneID)
	v := Function{Function: row, Channels: channels, Status: f.status(ref, row.Enabled, row.UpdatedAt)}
	kind := f.functions[row.Kind]
	v.Options, v.SecretsSet = f.redact(row.Options, kind.Options)
	f.mu.RLock()
	w := f.working[ref]
	f.mu.RUnlock()
	if w != nil {
		v.PeriodS, v.State, v.Stats = w.period.Seconds(), w.State(), w.Stats()
	} else if kind.Options != nil {
		if options, _, err := f.openOptions(row.Options, kind.Options.Secrets()); err == nil {
			if bound, err := kind.Bind(options); err == nil {
				v.PeriodS = bound.Period.Seconds()
			}
		}
	}
	return v
}

// Function returns one function.
func (f *Fleet) Function(ctx context.Context, id int64) (Function, error) {
	row, err := f.cfg.Store.Functions.Get(ctx, id)
	if err != nil {
		return Function{}, err
	}
	channels, err := f.cfg.Store.Channels.Of(ctx, row.Ref())
	if err != nil {
		return Function{}, err
	}
	return f.viewFunction(row, channels), nil
}

// Functions lists functions, by id, and how many there are without limit and offset.
func (f *Fleet) Functions(ctx context.Context, filter settings.Filter) ([]Function, int64, error) {
	if f.binned.has(filter.Zone) {
		return []Function{}, 0, nil
	}
	rows, total, err := f.cfg.Store.Functions.List(ctx, filter)
	if err != nil {
		return nil, 0, err
	}
	of, err := f.channelsByOwner(ctx)
	if err != nil {
		return nil, 0, err
	}
	items := make([]Function, 0, len(rows))
	for _, row := range rows {
		items = append(items, f.viewFunction(row, of[row.Ref()]))
	}
	return items, total, nil
}

// DeleteFunction stops a function, which gives up its outputs, and puts it into the bin.
func (f *Fleet) DeleteFunction(ctx context.Context, id int64, by string) error {
	ref := controller.Ref(settings.Ref("function", id))
	unlock, err := f.edits.lock(ctx, ref)
	if err != nil {
		return err
	}
	defer unlock()
	row, err := f.cfg.Store.Functions.Get(ctx, id)
	if err != nil {
		return err
	}
	channels, err := f.cfg.Store.Channels.Of(ctx, row.Ref())
	if err != nil {
		return err
	}
	if err := f.cfg.Store.Functions.SoftDelete(ctx, id); err != nil {
		return err
	}
	f.halt(ref)
	f.unregister(channels)
	f.rested(ref, time.Now())
	f.journal.audit(row.Ref(), "deleted", by, fmt.Sprintf("%s was deleted", row.Name))
	return nil
}

// RestoreFunction takes a function out of the bin and starts it if it is enabled.
func (f *Fleet) RestoreFunction(ctx context.Context, id int64, by string) (Function, error) {
	unlock, err := f.edits.lock(ctx, controller.Ref(settings.Ref("function", id)))
	if err != nil {
		return Function{}, err
	}
	defer unlock()
	row, err := f.cfg.Store.Functions.Restore(ctx, id)
	if err != nil {
		return Function{}, err
	}
	f.journal.audit(row.Ref(), "restored", by, fmt.Sprintf("%s was brought back", row.Name))
	return f.beginFunction(context.WithoutCancel(ctx), id)
}

// DuplicateFunction adds a copy, secrets included, disabled unless enabled says otherwise: two of a kind would drive the
// same outputs.
func (f *Fleet) DuplicateFunction(ctx context.Context, id int64, enabled *bool, by string) (Function, error) {
	row, err := f.cfg.Store.Functions.Get(ctx, id)
	if err != nil {
		return Function{}, err
	}
	kind, ok := f.functions[row.Kind]
	if !ok {
		return Function{}, option.Errors{{Field: "kind", Message: fmt.Sprintf("this program does not know the kind %q any more", row.Kind)}}
	}
	options, lost, err := f.openOptions(row.Options, kind.Options.Secrets())
	if err != nil {
		return Function{}, err
	}
	if err := stillLost(lost, options, kind.Options.Secrets()); err != nil {
		return Function{}, err
	}
	if enabled == nil {
		enabled = new(false)
	}
	return f.CreateFunction(ctx, FunctionDraft{
		Name: copyName(row.Name), Kind: row.Kind, Options: options, Enabled: enabled, Zone: f.binned.shown(row.ZoneID),
	}, by)
}

// AdjustFunction changes a running function without starting it anew, and stores what it then is.
func (f *Fleet) AdjustFunction(ctx context.Context, id int64, change json.RawMessage, by string) (Function, error) {
	unlock, row, w, err := f.workingFunction(ctx, id)
	if err != nil {
		return Function{}, err
	}
	defer unlock()
	options, err := w.Adjust(ctx, change)
	if err != nil {
		return Function{}, f.translateFunction(row, err)
	}
	if err := f.storeOptions(ctx, row, options); err != nil {
		return Function{}, err
	}
	f.journal.add("audit", row.Ref(), by, fmt.Sprintf("%s was set: %s", row.Name, change), map[string]any{"ref": row.Ref(), "action": "adjusted", "change": change})
	return f.Function(ctx, id)
}

// CommandFunction gives a running function an order of its kind, such as to begin an experiment.
func (f *Fleet) CommandFunction(ctx context.Context, id int64, order string, args json.RawMessage, by string) (any, error) {
	unlock, row, w, err := f.workingFunction(ctx, id)
	if err != nil {
		return nil, err
	}
	defer unlock()
	answer, err := w.Command(ctx, order, args)
	if err != nil {
		return nil, f.translateFunction(row, err)
	}
	if changed, ok := answer.(function.Changed); ok {
		if err := f.storeOptions(ctx, row, changed.Options); err != nil {
			return nil, err
		}
		answer = changed.Answer
	}
	f.journal.add("audit", row.Ref(), by, fmt.Sprintf("%s was told: %s", row.Name, order), map[string]any{"ref": row.Ref(), "action": order})
	return answer, nil
}

// storeOptions stores what a running function has made of its options; nil: nothing.
func (f *Fleet) storeOptions(ctx context.Context, row settings.Function, options json.RawMessage) error {
	if options == nil {
		return nil
	}
	sealed, err := f.cfg.Store.Secrets.SealOptions(options, f.functions[row.Kind].Options.Secrets())
	if err != nil {
		return fmt.Errorf("seal the secrets: %w", err)
	}
	_, err = f.cfg.Store.Functions.Update(ctx, row.ID, func(fn *settings.Function) error {
		fn.Options = sealed
		return nil
	})
	return err
}

func (f *Fleet) workingFunction(ctx context.Context, id int64) (unlock func(), row settings.Function, w *working, err error) {
	ref := controller.Ref(settings.Ref("function", id))
	if unlock, err = f.edits.lock(ctx, ref); err != nil {
		return nil, row, nil, err
	}
	if row, err = f.cfg.Store.Functions.Get(ctx, id); err == nil {
		f.mu.RLock()
		w = f.working[ref]
		f.mu.RUnlock()
		if w == nil {
			err = f.idle(ref)
		}
	}
	if err != nil {
		unlock()
		return nil, row, nil, err
	}
	return unlock, row, w, nil
}

func (f *Fleet) translateFunction(row settings.Function, err error) error {
	switch {
	case errors.Is(err, function.ErrNotRunning):
		return ErrNotRunning
	case errors.Is(err, function.ErrUnknownOrder):
		return option.Errors{{Field: "kind", Message: fmt.Sprintf("a function of kind %s cannot do that", row.Kind)}}
	}
	return err
}

// Setpoint is the set-point that a function holds now; ok is false when it holds none.
func (f *Fleet) Setpoint(id int64) (v float64, ok bool) {
	f.mu.RLock()
	w := f.working[controller.Ref(settings.Ref("function", id))]
	f.mu.RUnlock()
	if w == nil {
		return 0, false
	}
	return w.Aim()
}

// FunctionKinds is the catalogue of functions.
func (f *Fleet) FunctionKinds() []function.Kind { return f.cfg.Functions }

// startFunctionAgain runs a function whose channels have changed.
func (f *Fleet) startFunctionAgain(ctx context.Context, ref string, channels []settings.Channel) {
	rows, _, err := f.cfg.Store.Functions.List(ctx, settings.Filter{})
	if err != nil {
		f.breakdown(controller.Ref(ref), err)
		return
	}
	for _, row := range rows {
		if row.Ref() == ref {
			f.startFunction(row, channels)
		}
	}
}

// functionSilence is the expected interval of a function's channel of which nobody has set one.
func (f *Fleet) functionSilence(ctx context.Context, ch settings.Channel) time.Duration {
	rows, _, err := f.cfg.Store.Functions.List(ctx, settings.Filter{})
	if err != nil {
		return defaultSilence
	}
	for _, row := range rows {
		kind, ok := f.functions[row.Kind]
		if row.Ref() != ch.Owner || !ok {
			continue
		}
		options, _, err := f.openOptions(row.Options, kind.Options.Secrets())
		if err != nil {
			break
		}
		bound, err := kind.Bind(options)
		if err != nil {
			break
		}
		c := &checkedFunction{bound: bound}
		if c.channels, err = bound.Declared(lookup{f, ctx}); err != nil || ch.Index >= len(c.channels) {
			break
		}
		return seconds(c.specs()[ch.Index].ExpectedIntervalS)
	}
	return defaultSilence
}
