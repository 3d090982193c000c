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

const (
	defaultFailures = 3
	maxPeriodS      = 31 * 24 * 3600.0
	maxTimeoutS     = 3600.0
	// defaultSilence is the expected interval of channels that report when they like and say nothing better.
	defaultSilence = 15 * time.Minute
)

// checkedInput is a draft that may be stored and run.
type checkedInput struct {
	row      settings.Input // options with open secrets
	device   *input.Device
	channels []input.Channel
}

// checkInput judges a draft. probe asks devices that must be asked for their channels; otherwise known is used.
func (f *Fleet) checkInput(ctx context.Context, d InputDraft, known []input.Channel) (*checkedInput, error) {
	var bad faults
	bad.name("name", d.Name)
	kind, ok := f.inputs[d.Kind]
	if !ok {
		bad.add("kind", "there is no input kind %q: GET /api/v1/kinds?type=input lists them", d.Kind)
		return nil, bad.err()
	}
	if len(d.Options) == 0 {
		d.Options = json.RawMessage("{}")
	}
	c := &checkedInput{row: settings.Input{
		Item: settings.Item{Name: d.Name}, Kind: d.Kind, Options: d.Options, Enabled: d.Enabled == nil || *d.Enabled,
		ZoneID: d.Zone, PeriodS: kind.Period.Seconds(), TimeoutS: kind.Timeout.Seconds(), FailuresBeforeDegraded: defaultFailures,
	}}
	if d.PeriodS != nil {
		low := 0.0
		if kind.Period > 0 {
			low = kind.MinPeriod.Seconds()
		}
		bad.seconds("period_s", d.PeriodS, low, maxPeriodS)
		c.row.PeriodS = *d.PeriodS
	}
	if d.TimeoutS != nil {
		bad.seconds("timeout_s", d.TimeoutS, 0.01, maxTimeoutS)
		c.row.TimeoutS = *d.TimeoutS
	}
	if d.Failures != nil {
		if *d.Failures < 1 || *d.Failures > 1000 {
			bad.add("failures_before_degraded", "must be 1 to 1000 reads")
		}
		c.row.FailuresBeforeDegraded = *d.Failures
	}
	f.checkZone(ctx, &bad, d.Zone)
	device, err := kind.Bind(d.Options)
	bad.under("options", err)
	if err := bad.err(); err != nil {
		return nil, err
	}
	c.device, c.channels = device, declaredOr(device, known)
	if known == nil {
		if c.channels, err = f.channelsOf(ctx, device, c.row.TimeoutS); err != nil {
			return nil, err
		}
	}
	f.checkUnits(&bad, d.Options, c.channels)
	return c, bad.err()
}

func (f *Fleet) checkZone(ctx context.Context, bad *faults, zone *int64) {
	if zone == nil {
		return
	}
	if _, err := f.cfg.Store.Zones.Get(ctx, *zone); err != nil {
		bad.add("zone", "there is no zone %d", *zone)
	}
}

// channelsOf asks the device what it yields, on its lane and within its time-out.
func (f *Fleet) channelsOf(ctx context.Context, d *input.Device, timeoutS float64) ([]input.Channel, error) {
	lane := f.lanes.Lane(d.Lane)
	defer lane.Release()
	channels, err := controller.Call(ctx, lane, seconds(timeoutS), func(ctx context.Context) ([]input.Channel, error) {
		return d.Channels(ctx, f.cfg.Host)
	})
	var bad option.Errors
	switch {
	case errors.As(err, &bad):
		var all faults
		all.under("options", bad)
		return nil, all.err()
	case err != nil:
		return nil, option.Errors{{Field: "options", Message: "the device could not be asked what it measures: " + err.Error()}}
	case len(channels) == 0:
		return nil, option.Errors{{Field: "options", Message: "with these options there is nothing to measure"}}
	}
	return channels, nil
}

// checkUnits sees that every channel's quantity and unit exist and go together.
func (f *Fleet) checkUnits(bad *faults, options json.RawMessage, channels []input.Channel) {
	listed := bytes.Contains(options, []byte(`"channels"`))
	for n, ch := range channels {
		at := "options"
		if listed {
			at = fmt.Sprintf("options.channels[%d]", n)
		}
		if _, ok := f.cfg.Catalogue.Quantity(ch.Quantity); !ok {
			bad.add(at+".quantity", "there is no quantity %q: GET /api/v1/quantities lists them", ch.Quantity)
		} else if err := f.cfg.Catalogue.Check(ch.Quantity, ch.Unit); err != nil {
			bad.add(at+".unit", "%v", err)
		}
	}
}

// specs says what the channels of an input are stored as.
func (c *checkedInput) specs() []settings.ChannelSpec {
	specs := make([]settings.ChannelSpec, len(c.channels))
	for n, ch := range c.channels {
		specs[n] = settings.ChannelSpec{
			Name: ch.Name, Quantity: ch.Quantity, Unit: ch.Unit, ExpectedIntervalS: expected(c.device, ch, c.row).Seconds(),
		}
	}
	return specs
}

// expected is the silence that is normal for a channel: what its kind says, else three periods and the time a read may
// take, so that two lost reads in a row are not yet an alarm.
func expected(d *input.Device, ch input.Channel, row settings.Input) time.Duration {
	switch {
	case ch.Expected > 0:
		return ch.Expected
	case row.PeriodS > 0:
		return 3*seconds(row.PeriodS) + seconds(row.TimeoutS)
	case d.Kind.Period > 0:
		return 3*d.Kind.Period + d.Kind.Timeout
	default:
		return defaultSilence
	}
}

// CreateInput checks, stores and starts an input.
func (f *Fleet) CreateInput(ctx context.Context, d InputDraft, by string) (Input, error) {
	c, err := f.checkInput(ctx, d, nil)
	if err != nil {
		return Input{}, err
	}
	secrets := c.device.Kind.Options.Secrets()
	row := c.row
	if row.Options, err = f.cfg.Store.Secrets.SealOptions(row.Options, secrets); err != nil {
		return Input{}, fmt.Errorf("seal the secrets: %w", err)
	}
	var channels []settings.Channel
	err = f.cfg.Store.Tx(ctx, func(tx *settings.Store) error {
		if err := tx.Inputs.Create(ctx, &row); err != nil {
			return err
		}
		channels, err = tx.Channels.Sync(ctx, row.Ref(), c.specs())
		return err
	})
	if err != nil {
		return Input{}, err
	}
	defer f.edits.lock(controller.Ref(row.Ref()))()
	f.register(row, channels, nil)
	f.runInput(row, c.device, c.channels, channels)
	f.journal.audit(row.Ref(), "created", by, fmt.Sprintf("%s was added", row.Name))
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
	rows, total, err := f.cfg.Store.Inputs.List(ctx, filter)
	if err != nil {
		return nil, 0, err
	}
	channels, _, err := f.cfg.Store.Channels.List(ctx, settings.ChannelFilter{})
	if err != nil {
		return nil, 0, err
	}
	of := map[string][]settings.Channel{}
	for _, c := range channels {
		of[c.Owner] = append(of[c.Owner], c)
	}
	items := make([]Input, 0, len(rows))
	for _, row := range rows {
		items = append(items, f.viewInput(row, of[row.Ref()]))
	}
	return items, total, nil
}

func (f *Fleet) viewInput(row settings.Input, channels []settings.Channel) Input {
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

// draft is the present state of an input as its owner would write it, with open secrets.
func (f *Fleet) draft(row settings.Input, kind input.Kind) (InputDraft, error) {
	options, err := f.cfg.Store.Secrets.OpenOptions(row.Options, kind.Options.Secrets())
	if err != nil {
		return InputDraft{}, fmt.Errorf("open the secrets: %w", err)
	}
	return InputDraft{
		Name: row.Name, Kind: row.Kind, Options: options, PeriodS: &row.PeriodS, TimeoutS: &row.TimeoutS,
		Failures: &row.FailuresBeforeDegraded, Enabled: &row.Enabled, Zone: row.ZoneID,
	}, nil
}

// UpdateInput applies a JSON merge patch. The new settings are checked completely, devices asked included, before the
// running ones are touched; what does not concern the device does not restart it.
func (f *Fleet) UpdateInput(ctx context.Context, id int64, patch json.RawMessage, by string) (Input, error) {
	ref := controller.Ref(settings.Ref("input", id))
	defer f.edits.lock(ref)()
	row, err := f.cfg.Store.Inputs.Get(ctx, id)
	if err != nil {
		return Input{}, err
	}
	kind, ok := f.inputs[row.Kind]
	if !ok {
		return Input{}, option.Errors{{Field: "kind", Message: fmt.Sprintf("this program does not know the kind %q any more: the input can only be deleted", row.Kind)}}
	}
	before, err := f.draft(row, kind)
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
	f.register(row, channels, nil)
	if restart {
		f.runInput(row, c.device, c.channels, channels)
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
	var known []input.Channel
	if sameOptions {
		stored, err := f.cfg.Store.Channels.Of(ctx, row.Ref())
		if err != nil {
			return nil, err
		}
		known = knownChannels(stored)
	}
	return f.checkInput(ctx, after, known)
}

// syncChannels stores what the input now yields. The expected intervals that nobody has set follow the period.
func (f *Fleet) syncChannels(ctx context.Context, tx *settings.Store, old, row settings.Input, c *checkedInput) ([]settings.Channel, error) {
	channels, err := tx.Channels.Sync(ctx, row.Ref(), c.specs())
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

// DeleteInput stops an input and puts it into the bin, from which RestoreInput brings it back with its history.
func (f *Fleet) DeleteInput(ctx context.Context, id int64, by string) error {
	ref := controller.Ref(settings.Ref("input", id))
	defer f.edits.lock(ref)()
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
	f.journal.audit(row.Ref(), "deleted", by, fmt.Sprintf("%s was deleted", row.Name))
	return nil
}

// RestoreInput takes an input out of the bin and starts it if it is enabled.
func (f *Fleet) RestoreInput(ctx context.Context, id int64, by string) (Input, error) {
	ref := controller.Ref(settings.Ref("input", id))
	defer f.edits.lock(ref)()
	row, err := f.cfg.Store.Inputs.Restore(ctx, id)
	if err != nil {
		return Input{}, err
	}
	channels, err := f.cfg.Store.Channels.Of(ctx, row.Ref())
	if err != nil {
		return Input{}, err
	}
	f.register(row, channels, f.lastReadings(ctx, channels))
	f.startInput(row, channels)
	f.journal.audit(row.Ref(), "restored", by, fmt.Sprintf("%s was brought back", row.Name))
	return f.viewInput(row, channels), nil
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
	d, err := f.draft(row, kind)
	if err != nil {
		return Input{}, err
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
