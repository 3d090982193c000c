package fleet

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"hypha/internal/controller"
	"hypha/internal/function"
	"hypha/internal/measure"
	"hypha/internal/option"
	"hypha/internal/output"
	"hypha/internal/settings"
)

// FunctionDraft is a function as a person writes it. Absent fields get their default.
type FunctionDraft struct {
	Name    string          `json:"name"`
	Kind    string          `json:"kind"`
	Options json.RawMessage `json:"options,omitempty" swaggertype:"object"`
	Enabled *bool           `json:"enabled,omitempty"` // default true
	Zone    *int64          `json:"zone,omitempty"`
}

// checkedFunction is a draft that may be stored and run.
type checkedFunction struct {
	row      settings.Function // options with open secrets
	bound    *function.Bound
	channels []function.Channel
}

// checkFunction judges a draft; self is the function's own number when it exists, zone the one that it has already.
func (f *Fleet) checkFunction(ctx context.Context, d FunctionDraft, self int64, zone *int64) (*checkedFunction, error) {
	var bad faults
	bad.name("name", d.Name)
	kind, ok := f.functions[d.Kind]
	if !ok {
		bad.kind("function", d.Kind)
		return nil, bad.err()
	}
	if len(d.Options) == 0 {
		d.Options = json.RawMessage("{}")
	}
	f.checkZone(ctx, &bad, d.Zone, zone)
	bound, err := kind.Bind(d.Options)
	bad.under("options", err)
	if err := bad.err(); err != nil {
		return nil, err
	}
	look := lookup{f, ctx}
	f.checkUses(ctx, &bad, bound.Uses, self)
	if err := bad.err(); err != nil {
		return nil, err
	}
	bad.under("options", bound.Check(look))
	channels, err := bound.Declared(look)
	bad.under("options", err)
	for n, ch := range channels {
		if err := f.cfg.Catalogue.Check(ch.Quantity, ch.Unit); err != nil {
			bad.add(channelPath(d.Options, n)+".unit", "%v", err)
		}
	}
	return &checkedFunction{
		row: settings.Function{
			Item: settings.Item{Name: d.Name}, Kind: d.Kind, Options: d.Options, Enabled: d.Enabled == nil || *d.Enabled, ZoneID: d.Zone,
		},
		bound: bound, channels: channels,
	}, bad.err()
}

// checkUses sees that what a function names is there.
func (f *Fleet) checkUses(ctx context.Context, bad *faults, uses function.Uses, self int64) {
	look := lookup{f, ctx}
	for _, u := range uses.Channels {
		at := joinPath("options", u.Field)
		if _, ok := look.ChannelOf(u.ID); !ok {
			bad.add(at, "there is no channel %d: GET /api/v1/channels lists them", u.ID)
		} else if own, err := f.cfg.Store.Channels.Get(ctx, u.ID); err == nil && self != 0 && own.Owner == settings.Ref("function", self) && u.Watch {
			bad.add(at, "is a channel of this function itself: it would set itself off")
		}
	}
	for _, u := range uses.Outputs {
		f.checkOutputUse(ctx, bad, u)
	}
	for _, u := range uses.Methods {
		if _, err := f.cfg.Store.Methods.Get(ctx, u.ID); errors.Is(err, ErrNotFound) {
			bad.add(joinPath("options", u.Field), "there is no method %d: GET /api/v1/methods lists them", u.ID)
		}
	}
	for _, u := range uses.Functions {
		at := joinPath("options", u.Field)
		if _, err := f.cfg.Store.Functions.Get(ctx, u.ID); errors.Is(err, ErrNotFound) {
			bad.add(at, "there is no function %d: GET /api/v1/functions lists them", u.ID)
		} else if u.ID == self {
			bad.add(at, "is this function itself")
		}
	}
}

func (f *Fleet) checkOutputUse(ctx context.Context, bad *faults, u function.OutputUse) {
	at := joinPath("options", u.Field)
	row, err := f.cfg.Store.Outputs.Get(ctx, u.Output)
	switch {
	case errors.Is(err, ErrNotFound):
		bad.add(joinPath(at, "output"), "there is no output %d: GET /api/v1/outputs lists them", u.Output)
	case err != nil:
		bad.add(at, "%v", err)
	case u.Channel < 0 || u.Channel >= len(row.Channels):
		bad.add(joinPath(at, "channel"), "must be 0 to %d: %s has %d", len(row.Channels)-1, row.Name, len(row.Channels))
	case len(u.Types) > 0 && !slices.Contains(u.Types, output.ChannelType(row.Channels[u.Channel].Type)):
		bad.add(at, "%s is of type %s, and this needs %v", outputName(row, u.Channel), row.Channels[u.Channel].Type, u.Types)
	}
}

// lookup tells kinds what is known while they are configured.
type lookup struct {
	fleet *Fleet
	ctx   context.Context //nolint:containedctx // it lives as long as the call that it serves
}

// ChannelOf returns quantity and unit of a channel.
func (l lookup) ChannelOf(id measure.ChannelID) (function.Channel, bool) {
	row, err := l.fleet.cfg.Store.Channels.Get(l.ctx, id)
	if err != nil {
		return function.Channel{}, false
	}
	return function.Channel{Name: row.Name, Quantity: row.Quantity, Unit: row.Unit, Expected: seconds(row.ExpectedIntervalS)}, true
}

// Convert returns the conversion between two units.
func (l lookup) Convert(from, to measure.Unit) (measure.Affine, error) {
	return l.fleet.cfg.Catalogue.Conversion(from, to)
}

// specs says what the channels of a function are stored as.
func (c *checkedFunction) specs() []settings.ChannelSpec {
	specs := make([]settings.ChannelSpec, len(c.channels))
	for n, ch := range c.channels {
		silence := ch.Expected
		if silence == 0 && c.bound.Period > 0 {
			silence = 3*c.bound.Period + time.Second
		}
		specs[n] = settings.ChannelSpec{Name: ch.Name, Quantity: ch.Quantity, Unit: ch.Unit, ExpectedIntervalS: silence.Seconds()}
	}
	return specs
}

// CreateFunction checks, stores and starts a function.
func (f *Fleet) CreateFunction(ctx context.Context, d FunctionDraft, by string) (Function, error) {
	c, err := f.checkFunction(ctx, d, 0, nil)
	if err != nil {
		return Function{}, err
	}
	row := c.row
	if row.Options, err = f.cfg.Store.Secrets.SealOptions(row.Options, c.bound.Kind.Options.Secrets()); err != nil {
		return Function{}, fmt.Errorf("seal the secrets: %w", err)
	}
	err = f.cfg.Store.Tx(ctx, func(tx *settings.Store) error {
		if err := tx.Functions.Create(ctx, &row); err != nil {
			return err
		}
		_, err := tx.Channels.Sync(ctx, row.Ref(), c.specs())
		return err
	})
	if err != nil {
		return Function{}, err
	}
	f.journal.audit(row.Ref(), "created", by, fmt.Sprintf("%s was added", row.Name))
	ctx = context.WithoutCancel(ctx) // it is stored: who asked may go
	unlock, err := f.edits.lock(ctx, controller.Ref(row.Ref()))
	if err != nil {
		return Function{}, err
	}
	defer unlock()
	return f.beginFunction(ctx, row.ID)
}

// UpdateFunction applies a JSON merge patch. What does not concern the logic does not restart it.
func (f *Fleet) UpdateFunction(ctx context.Context, id int64, patch json.RawMessage, by string) (Function, error) {
	ref := controller.Ref(settings.Ref("function", id))
	unlock, err := f.edits.lock(ctx, ref)
	if err != nil {
		return Function{}, err
	}
	defer unlock()
	row, err := f.cfg.Store.Functions.Get(ctx, id)
	if err != nil {
		return Function{}, err
	}
	kind, ok := f.functions[row.Kind]
	if !ok {
		return Function{}, option.Errors{{Field: "kind", Message: fmt.Sprintf("this program does not know the kind %q any more: the function can only be deleted", row.Kind)}}
	}
	options, lost, err := f.openOptions(row.Options, kind.Options.Secrets())
	if err != nil {
		return Function{}, err
	}
	before := FunctionDraft{Name: row.Name, Kind: row.Kind, Options: options, Enabled: &row.Enabled, Zone: row.ZoneID}
	after, err := merge(before, patch)
	if err != nil {
		return Function{}, err
	}
	if after.Kind != before.Kind {
		return Function{}, option.Errors{{Field: "kind", Message: "cannot be changed: add a new function of the other kind"}}
	}
	if err := stillLost(lost, after.Options, kind.Options.Secrets()); err != nil {
		return Function{}, err
	}
	c, err := f.checkFunction(ctx, after, id, row.ZoneID)
	if err != nil {
		return Function{}, err
	}
	same := sameJSON(options, after.Options)
	sealed := row.Options
	if !same {
		if sealed, err = f.cfg.Store.Secrets.SealOptions(after.Options, kind.Options.Secrets()); err != nil {
			return Function{}, fmt.Errorf("seal the secrets: %w", err)
		}
	}
	old := row
	err = f.cfg.Store.Tx(ctx, func(tx *settings.Store) error {
		row, err = tx.Functions.Update(ctx, id, func(fn *settings.Function) error {
			item := fn.Item
			*fn = c.row
			fn.Item, fn.Name, fn.Options = item, c.row.Name, sealed
			return nil
		})
		if err != nil {
			return err
		}
		_, err = tx.Channels.Sync(ctx, row.Ref(), c.specs())
		return err
	})
	if err != nil {
		return Function{}, err
	}
	f.journal.audit(row.Ref(), "updated", by, fmt.Sprintf("%s was changed", row.Name))
	if !old.Enabled && row.Enabled {
		f.forgetBeginning(ctx, row.Ref())
	}
	if old.Enabled && !row.Enabled {
		defer f.rested(ref, row.UpdatedAt)
	}
	if same && old.Enabled == row.Enabled {
		f.renameFunction(row)
		return f.Function(ctx, id)
	}
	return f.beginFunction(ctx, id)
}
