package fleet

import (
	"context"
	"encoding/json"
	"fmt"

	"hypha/internal/controller"
	"hypha/internal/option"
	"hypha/internal/secret"
	"hypha/internal/settings"
)

// CreateInput checks, stores and starts an input.
func (f *Fleet) CreateInput(ctx context.Context, d InputDraft, by string) (Input, error) {
	c, err := f.checkInput(ctx, d, existing{})
	if err != nil {
		return Input{}, err
	}
	secrets := c.device.Kind.Options.Secrets()
	row := c.row
	if row.Options, err = f.cfg.Store.Secrets.SealOptions(row.Options, secrets); err != nil {
		return Input{}, fmt.Errorf("seal the secrets: %w", err)
	}
	err = f.cfg.Store.Tx(ctx, func(tx *settings.Store) error {
		if err := tx.Inputs.Create(ctx, &row); err != nil {
			return err
		}
		_, err := tx.Channels.Sync(ctx, row.Ref(), c.specs())
		return err
	})
	if err != nil {
		return Input{}, err
	}
	f.journal.audit(row.Ref(), "created", by, fmt.Sprintf("%s was added", row.Name))
	ctx = context.WithoutCancel(ctx) // it is stored: who asked may go
	unlock, err := f.edits.lock(ctx, controller.Ref(row.Ref()))
	if err != nil {
		return Input{}, err
	}
	defer unlock()
	return f.begin(ctx, row.ID)
}

// begin makes a stored input known and runs it. Whoever calls holds its lock; what is stored is read now, for somebody may
// have changed or deleted it before.
func (f *Fleet) begin(ctx context.Context, id int64) (Input, error) {
	row, err := f.cfg.Store.Inputs.Get(ctx, id)
	if err != nil {
		return Input{}, err
	}
	channels, err := f.cfg.Store.Channels.Of(ctx, row.Ref())
	if err != nil {
		return Input{}, err
	}
	f.halt(controller.Ref(row.Ref()))
	f.register(controller.Ref(row.Ref()), f.inputs[row.Kind].Pushed, channels, f.lastReadings(ctx, channels))
	f.startInput(row, channels)
	return f.viewInput(row, channels), nil
}

// Input returns one input.
func (f *Fleet) Input(ctx context.Context, id int64) (Input, error) {
	row, err := f.cfg.Store.Inputs.Get(ctx, id)
	if err != nil {
		return Input{}, err
	}
	channels, err := f.cfg.Store.Channels.Of(ctx, row.Ref())
	if err != nil {
		return Input{}, err
	}
	return f.viewInput(row, channels), nil
}

// Inputs lists inputs, by id, and how many there are without limit and offset.
func (f *Fleet) Inputs(ctx context.Context, filter settings.Filter) ([]Input, int64, error) {
	if f.binned.has(filter.Zone) {
		return []Input{}, 0, nil
	}
	rows, total, err := f.cfg.Store.Inputs.List(ctx, filter)
	if err != nil {
		return nil, 0, err
	}
	of, err := f.channelsByOwner(ctx)
	if err != nil {
		return nil, 0, err
	}
	items := make([]Input, 0, len(rows))
	for _, row := range rows {
		items = append(items, f.viewInput(row, of[row.Ref()]))
	}
	return items, total, nil
}

// channelsByOwner finds the channels of everything in one query, under the references of their owners.
func (f *Fleet) channelsByOwner(ctx context.Context) (map[string][]settings.Channel, error) {
	channels, _, err := f.cfg.Store.Channels.List(ctx, settings.ChannelFilter{})
	if err != nil {
		return nil, err
	}
	of := map[string][]settings.Channel{}
	for _, c := range channels {
		of[c.Owner] = append(of[c.Owner], c)
	}
	return of, nil
}

func (f *Fleet) viewInput(row settings.Input, channels []settings.Channel) Input {
	row.ZoneID = f.binned.shown(row.ZoneID)
	v := Input{Input: row, Channels: channels, Status: f.status(controller.Ref(row.Ref()), row.Enabled, row.UpdatedAt)}
	v.Options, v.SecretsSet = f.redact(row.Options, f.inputs[row.Kind].Options)
	return v
}

// redact takes the secrets out of stored options. Options of a kind that is gone are not shown at all: nobody knows
// which of them are secret.
func (f *Fleet) redact(options json.RawMessage, spec *option.Spec) (json.RawMessage, []string) {
	if spec == nil {
		return json.RawMessage("{}"), []string{}
	}
	redacted, set, err := secret.RedactOptions(options, spec.Secrets())
	if err != nil {
		f.log.Error("options could not be read", "error", err)
		return json.RawMessage("{}"), []string{}
	}
	if set == nil {
		set = []string{}
	}
	return redacted, set
}
