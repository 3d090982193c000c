package fleet

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"hypha/internal/controller"
	"hypha/internal/input"
	"hypha/internal/option"
	"hypha/internal/secret"
	"hypha/internal/settings"
)

// draft is the present state of an input as its owner would write it, with open secrets; lost are those that cannot be
// opened.
func (f *Fleet) draft(row settings.Input, kind input.Kind) (d InputDraft, lost []string, err error) {
	options, lost, err := f.openOptions(row.Options, kind.Options.Secrets())
	return InputDraft{
		Name: row.Name, Kind: row.Kind, Options: options, PeriodS: &row.PeriodS, TimeoutS: &row.TimeoutS,
		Failures: &row.FailuresBeforeDegraded, Enabled: &row.Enabled, Zone: row.ZoneID,
	}, lost, err
}

// openOptions opens the secrets of stored options. When the key is not theirs, they are all left out and named.
func (f *Fleet) openOptions(raw json.RawMessage, secrets []string) (options json.RawMessage, lost []string, err error) {
	options, err = f.cfg.Store.Secrets.OpenOptions(raw, secrets)
	if errors.Is(err, secret.ErrNoKey) || errors.Is(err, secret.ErrWrongKey) || errors.Is(err, secret.ErrDamaged) {
		options, lost, err = secret.RedactOptions(raw, secrets)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("open the secrets: %w", err)
	}
	return options, lost, nil
}

// stillLost asks for the secrets that could not be opened and that a change of the options does not bring anew: nobody
// shall lose one by changing a name.
func stillLost(lost []string, options json.RawMessage, secrets []string) error {
	_, given, err := secret.RedactOptions(options, secrets)
	if err != nil {
		return fmt.Errorf("look for the secrets: %w", err)
	}
	var bad faults
	for _, path := range lost {
		if !slices.Contains(given, path) {
			bad.add(joinPath("options", path), "cannot be opened with the key of this data folder: enter it again, or restore its "+secret.KeyFile)
		}
	}
	return bad.err()
}

// UpdateInput applies a JSON merge patch. The new settings are checked completely, devices asked included, before the
// running ones are touched; what does not concern the device does not restart it.
func (f *Fleet) UpdateInput(ctx context.Context, id int64, patch json.RawMessage, by string) (Input, error) {
	ref := controller.Ref(settings.Ref("input", id))
	unlock, err := f.edits.lock(ctx, ref)
	if err != nil {
		return Input{}, err
	}
	defer unlock()
	row, err := f.cfg.Store.Inputs.Get(ctx, id)
	if err != nil {
		return Input{}, err
	}
	kind, ok := f.inputs[row.Kind]
	if !ok {
		return Input{}, option.Errors{{Field: "kind", Message: fmt.Sprintf("this program does not know the kind %q any more: the input can only be deleted", row.Kind)}}
	}
	before, lost, err := f.draft(row, kind)
	if err != nil {
		return Input{}, err
	}
	after, err := merge(before, patch)
	if err != nil {
		return Input{}, err
	}
	if after.Kind != before.Kind {
		return Input{}, option.Errors{{Field: "kind", Message: "cannot be changed: add a new input of the other kind"}}
	}
	secrets := kind.Options.Secrets()
	// The merge has kept, or cleared, what is not in a list; a list comes as a whole, without its secrets.
	if after.Options, err = secret.KeepSecrets(before.Options, after.Options, inLists(secrets)); err != nil {
		return Input{}, fmt.Errorf("keep the secrets: %w", err)
	}
	if err := stillLost(lost, after.Options, secrets); err != nil {
		return Input{}, err
	}
	sameOptions := sameJSON(before.Options, after.Options)
	c, err := f.recheck(ctx, row, after, sameOptions)
	if err != nil {
		return Input{}, err
	}
	sealed := row.Options
	if !sameOptions {
		if sealed, err = f.cfg.Store.Secrets.SealOptions(after.Options, secrets); err != nil {
			return Input{}, fmt.Errorf("seal the secrets: %w", err)
		}
	}
	var channels []settings.Channel
	old := row
	err = f.cfg.Store.Tx(ctx, func(tx *settings.Store) error {
		row, err = tx.Inputs.Update(ctx, id, func(in *settings.Input) error {
			item := in.Item
			*in = c.row
			in.Item, in.Name, in.Options = item, c.row.Name, sealed
			return nil
		})
		if err != nil {
			return err
		}
		channels, err = f.syncChannels(ctx, tx, old, row, c)
		return err
	})
	if err != nil {
		return Input{}, err
	}
	restart := !sameOptions || old.PeriodS != row.PeriodS || old.TimeoutS != row.TimeoutS ||
		old.FailuresBeforeDegraded != row.FailuresBeforeDegraded || old.Enabled != row.Enabled
	if restart {
		f.halt(ref) // before the channels change places under it
	}
	f.register(controller.Ref(row.Ref()), f.inputs[row.Kind].Pushed, channels, nil)
	if restart {
		f.runInput(row, c.device, c.channels, channels)
	}
	if old.Enabled && !row.Enabled {
		f.rested(ref, row.UpdatedAt)
	}
	f.journal.audit(row.Ref(), "updated", by, fmt.Sprintf("%s was changed", row.Name))
	return f.viewInput(row, channels), nil
}

// inLists are the paths of secrets that lie in a list ("channels[].token").
func inLists(paths []string) []string {
	return slices.DeleteFunc(slices.Clone(paths), func(p string) bool { return !strings.Contains(p, "[]") })
}

// recheck judges changed settings. The device is asked for its channels only when its options have changed.
func (f *Fleet) recheck(ctx context.Context, row settings.Input, after InputDraft, sameOptions bool) (*checkedInput, error) {
	now := existing{zone: row.ZoneID}
	if sameOptions {
		stored, err := f.cfg.Store.Channels.Of(ctx, row.Ref())
		if err != nil {
			return nil, err
		}
		now.channels = knownChannels(stored)
	}
	return f.checkInput(ctx, after, now)
}

// syncChannels stores what the input now yields. The expected intervals that nobody has set follow the period.
func (f *Fleet) syncChannels(ctx context.Context, tx *settings.Store, old, row settings.Input, c *checkedInput) ([]settings.Channel, error) {
	channels, err := tx.Channels.Sync(ctx, row.Ref(), c.specs())
	if err == nil {
		err = f.checkSeries(row.Options, channels)
	}
	if err != nil || old.PeriodS == row.PeriodS && old.TimeoutS == row.TimeoutS {
		return channels, err
	}
	for n := range channels {
		if n >= len(c.channels) || channels[n].ExpectedIntervalS != expected(c.device, c.channels[n], old).Seconds() {
			continue // set by a person
		}
		channels[n], err = tx.Channels.Update(ctx, channels[n].ID, func(ch *settings.Channel) error {
			ch.ExpectedIntervalS = expected(c.device, c.channels[n], row).Seconds()
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return channels, nil
}

// checkSeries sees that what the device now yields can be converted to the units in which the histories are kept.
func (f *Fleet) checkSeries(options json.RawMessage, channels []settings.Channel) error {
	var bad faults
	for n, ch := range channels {
		if _, err := f.cfg.Catalogue.Conversion(ch.SourceUnit, ch.Unit); err != nil {
			bad.add(channelPath(options, n)+".unit", "%s cannot be converted to %s, in which this channel is recorded: give the channel another name to begin a new series", ch.SourceUnit, ch.Unit)
		}
	}
	return bad.err()
}

// DeleteInput stops an input and puts it into the bin, from which RestoreInput brings it back with its history.
func (f *Fleet) DeleteInput(ctx context.Context, id int64, by string) error {
	ref := controller.Ref(settings.Ref("input", id))
	unlock, err := f.edits.lock(ctx, ref)
	if err != nil {
		return err
	}
	defer unlock()
	row, err := f.cfg.Store.Inputs.Get(ctx, id)
	if err != nil {
		return err
	}
	channels, err := f.cfg.Store.Channels.Of(ctx, row.Ref())
	if err != nil {
		return err
	}
	if err := f.cfg.Store.Inputs.SoftDelete(ctx, id); err != nil {
		return err
	}
	f.halt(ref)
	f.unregister(channels)
	f.rested(ref, time.Now())
	f.journal.audit(row.Ref(), "deleted", by, fmt.Sprintf("%s was deleted", row.Name))
	return nil
}

// RestoreInput takes an input out of the bin and starts it if it is enabled.
func (f *Fleet) RestoreInput(ctx context.Context, id int64, by string) (Input, error) {
	unlock, err := f.edits.lock(ctx, controller.Ref(settings.Ref("input", id)))
	if err != nil {
		return Input{}, err
	}
	defer unlock()
	row, err := f.cfg.Store.Inputs.Restore(ctx, id)
	if err != nil {
		return Input{}, err
	}
	f.journal.audit(row.Ref(), "restored", by, fmt.Sprintf("%s was brought back", row.Name))
	return f.begin(context.WithoutCancel(ctx), id) // it is stored: who asked may go
}

// DuplicateInput adds a copy, secrets included.
func (f *Fleet) DuplicateInput(ctx context.Context, id int64, enabled *bool, by string) (Input, error) {
	row, err := f.cfg.Store.Inputs.Get(ctx, id)
	if err != nil {
		return Input{}, err
	}
	kind, ok := f.inputs[row.Kind]
	if !ok {
		return Input{}, option.Errors{{Field: "kind", Message: fmt.Sprintf("this program does not know the kind %q any more", row.Kind)}}
	}
	d, lost, err := f.draft(row, kind)
	if err != nil {
		return Input{}, err
	}
	if err := stillLost(lost, d.Options, kind.Options.Secrets()); err != nil {
		return Input{}, err
	}
	if d.Zone != nil {
		if _, err := f.cfg.Store.Zones.Get(ctx, *d.Zone); errors.Is(err, ErrNotFound) {
			d.Zone = nil // it lies in the bin
		}
	}
	d.Name = copyName(d.Name)
	if enabled != nil {
		d.Enabled = enabled
	}
	return f.CreateInput(ctx, d, by)
}

// copyName names the copy of a thing; a long name loses its end rather than the word that tells the two apart.
func copyName(name string) string {
	const suffix = " copy"
	if r := []rune(name); len(r) > maxName-len(suffix) {
		name = string(r[:maxName-len(suffix)])
	}
	return name + suffix
}

func sameJSON(a, b json.RawMessage) bool {
	var x, y any
	if json.Unmarshal(a, &x) != nil || json.Unmarshal(b, &y) != nil {
		return false
	}
	p, errP := json.Marshal(x)
	q, errQ := json.Marshal(y)
	return errP == nil && errQ == nil && bytes.Equal(p, q)
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
