package fleet

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"hypha/internal/controller"
	"hypha/internal/option"
	"hypha/internal/output"
	"hypha/internal/secret"
	"hypha/internal/settings"
)

// CreateOutput checks, stores and starts an output.
func (f *Fleet) CreateOutput(ctx context.Context, d OutputDraft, by string) (Output, error) {
	c, err := f.checkOutput(ctx, d, nil, 0)
	if err != nil {
		return Output{}, err
	}
	row := c.row
	if row.Options, err = f.cfg.Store.Secrets.SealOptions(row.Options, c.device.Kind.Options.Secrets()); err != nil {
		return Output{}, fmt.Errorf("seal the secrets: %w", err)
	}
	if err := f.cfg.Store.Outputs.Create(ctx, &row); err != nil {
		return Output{}, err
	}
	f.journal.audit(row.Ref(), "created", by, fmt.Sprintf("%s was added", row.Name))
	ctx = context.WithoutCancel(ctx) // it is stored: who asked may go
	unlock, err := f.edits.lock(ctx, controller.Ref(row.Ref()))
	if err != nil {
		return Output{}, err
	}
	defer unlock()
	if row, err = f.cfg.Store.Outputs.Get(ctx, row.ID); err != nil { // deleted already
		return Output{}, err
	}
	f.startOutput(row)
	return f.viewOutput(row), nil
}

// Output returns one output.
func (f *Fleet) Output(ctx context.Context, id int64) (Output, error) {
	row, err := f.cfg.Store.Outputs.Get(ctx, id)
	if err != nil {
		return Output{}, err
	}
	return f.viewOutput(row), nil
}

// Outputs lists outputs by id, and how many there are without limit and offset.
func (f *Fleet) Outputs(ctx context.Context, filter settings.Filter) ([]Output, int64, error) {
	if f.binned.has(filter.Zone) {
		return []Output{}, 0, nil
	}
	rows, total, err := f.cfg.Store.Outputs.List(ctx, filter)
	if err != nil {
		return nil, 0, err
	}
	items := make([]Output, 0, len(rows))
	for _, row := range rows {
		items = append(items, f.viewOutput(row))
	}
	return items, total, nil
}

func (f *Fleet) viewOutput(row settings.Output) Output {
	ref := controller.Ref(row.Ref())
	row.ZoneID = f.binned.shown(row.ZoneID)
	v := Output{Output: row, Status: f.status(ref, row.Enabled, row.UpdatedAt)}
	v.Options, v.SecretsSet = f.redact(row.Options, f.outputs[row.Kind].Options)
	f.mu.RLock()
	out := f.driving[ref]
	f.mu.RUnlock()
	if out != nil {
		for _, s := range out.States() {
			v.States = append(v.States, viewState(s))
		}
	}
	v.Counters = make([]*Counters, len(row.Channels))
	if out != nil {
		for n, t := range out.Tallies() {
			if n < len(v.Counters) {
				v.Counters[n] = viewCounters(t, out.ServiceDue(n))
			}
		}
	}
	v.Guards = make([]output.Guard, len(row.Channels))
	for n, ch := range row.Channels {
		if err := decodeGuard(ch, &v.Guards[n]); err != nil {
			f.log.Error("the guard of an output channel cannot be read", "output", row.ID, "channel", n, "error", err)
		}
	}
	for n := len(v.States); n < len(row.Channels); n++ {
		v.States = append(v.States, ChannelState{Index: n})
	}
	return v
}

// UpdateOutput applies a JSON merge patch. An output that only gets another name or zone is not touched; any other
// change stops it first, because a pin has one owner, and so goes through its states at stop and at start.
func (f *Fleet) UpdateOutput(ctx context.Context, id int64, patch json.RawMessage, by string) (Output, error) {
	ref := controller.Ref(settings.Ref("output", id))
	unlock, err := f.edits.lock(ctx, ref)
	if err != nil {
		return Output{}, err
	}
	defer unlock()
	row, err := f.cfg.Store.Outputs.Get(ctx, id)
	if err != nil {
		return Output{}, err
	}
	kind, ok := f.outputs[row.Kind]
	if !ok {
		return Output{}, option.Errors{{Field: "kind", Message: fmt.Sprintf("this program does not know the kind %q any more: the output can only be deleted", row.Kind)}}
	}
	options, lost, err := f.openOptions(row.Options, kind.Options.Secrets())
	if err != nil {
		return Output{}, err
	}
	before, err := outputDraft(row, options)
	if err != nil {
		return Output{}, err
	}
	if patch, err = mergeChannels(before.Channels, patch); err != nil {
		return Output{}, err
	}
	after, err := merge(before, patch)
	if err != nil {
		return Output{}, err
	}
	if after.Kind != before.Kind {
		return Output{}, option.Errors{{Field: "kind", Message: "cannot be changed: add a new output of the other kind"}}
	}
	if after.Options, err = secret.KeepSecrets(options, after.Options, inLists(kind.Options.Secrets())); err != nil {
		return Output{}, fmt.Errorf("keep the secrets: %w", err)
	}
	if err := stillLost(lost, after.Options, kind.Options.Secrets()); err != nil {
		return Output{}, err
	}
	c, err := f.checkOutput(ctx, after, row.ZoneID, row.ID)
	if err != nil {
		return Output{}, err
	}
	sealed, err := f.cfg.Store.Secrets.SealOptions(after.Options, kind.Options.Secrets())
	if err != nil {
		return Output{}, fmt.Errorf("seal the secrets: %w", err)
	}
	old := row
	row, err = f.cfg.Store.Outputs.Update(ctx, id, func(o *settings.Output) error {
		item := o.Item
		*o = c.row
		o.Item, o.Name, o.Options = item, c.row.Name, sealed
		return nil
	})
	if err != nil {
		return Output{}, err
	}
	if old.Enabled != row.Enabled || old.TimeoutS != row.TimeoutS || !sameJSON(options, after.Options) || !sameGuards(old.Channels, row.Channels) {
		f.startOutput(row)
	} else {
		f.rename(row)
	}
	if old.Enabled && !row.Enabled {
		f.rested(ref, row.UpdatedAt)
	}
	f.journal.audit(row.Ref(), "updated", by, fmt.Sprintf("%s was changed", row.Name))
	return f.viewOutput(row), nil
}

// DeleteOutput stops an output, which brings it to its state at stop, and puts it into the bin.
func (f *Fleet) DeleteOutput(ctx context.Context, id int64, by string) error {
	ref := controller.Ref(settings.Ref("output", id))
	unlock, err := f.edits.lock(ctx, ref)
	if err != nil {
		return err
	}
	defer unlock()
	row, err := f.cfg.Store.Outputs.Get(ctx, id)
	if err != nil {
		return err
	}
	if err := f.cfg.Store.Outputs.SoftDelete(ctx, id); err != nil {
		return err
	}
	f.halt(ref)
	f.panel.Forget(row.Ref())
	f.rested(ref, time.Now())
	f.journal.audit(row.Ref(), "deleted", by, fmt.Sprintf("%s was deleted", row.Name))
	return nil
}

// RestoreOutput takes an output out of the bin and starts it if it is enabled.
func (f *Fleet) RestoreOutput(ctx context.Context, id int64, by string) (Output, error) {
	ref := controller.Ref(settings.Ref("output", id))
	unlock, err := f.edits.lock(ctx, ref)
	if err != nil {
		return Output{}, err
	}
	defer unlock()
	row, err := f.cfg.Store.Outputs.Restore(ctx, id)
	if err != nil {
		return Output{}, err
	}
	f.startOutput(row)
	f.journal.audit(row.Ref(), "restored", by, fmt.Sprintf("%s was brought back", row.Name))
	return f.viewOutput(row), nil
}

// OutputKinds is the catalogue of outputs.
func (f *Fleet) OutputKinds() []output.Kind { return f.cfg.Outputs }
