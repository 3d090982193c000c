package fleet

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"time"

	"hypha/internal/controller"
	"hypha/internal/input"
	"hypha/internal/measure"
	"hypha/internal/refine"
	"hypha/internal/settings"
)

// ChannelDraft is what a person sets of a channel. Absent fields stay, null ones are cleared.
type ChannelDraft struct {
	Name              string              `json:"name"`
	Unit              measure.Unit        `json:"unit" swaggertype:"string"`
	ExpectedIntervalS float64             `json:"expected_interval_s"` // seconds of silence after which it is stale; 0: never
	ValidMin          *float64            `json:"valid_min,omitempty"`
	ValidMax          *float64            `json:"valid_max,omitempty"`
	Calibration       *refine.Calibration `json:"calibration,omitempty"`
	Filters           []refine.Filter     `json:"filters,omitempty"`
}

// Channel returns one channel.
func (f *Fleet) Channel(ctx context.Context, id measure.ChannelID) (Channel, error) {
	row, err := f.cfg.Store.Channels.Get(ctx, id)
	if err != nil {
		return Channel{}, err
	}
	owners, err := f.owners(ctx)
	if err != nil {
		return Channel{}, err
	}
	return f.viewChannel(row, owners), nil
}

// Channels lists channels by id, and how many there are without limit and offset.
func (f *Fleet) Channels(ctx context.Context, filter settings.ChannelFilter) ([]Channel, int64, error) {
	rows, total, err := f.cfg.Store.Channels.List(ctx, filter)
	if err != nil {
		return nil, 0, err
	}
	owners, err := f.owners(ctx)
	if err != nil {
		return nil, 0, err
	}
	items := make([]Channel, 0, len(rows))
	for _, row := range rows {
		items = append(items, f.viewChannel(row, owners))
	}
	return items, total, nil
}

// owner is what a channel belongs to, an input or a function, as far as both have it.
type owner struct {
	name  string
	zone  *int64
	input *settings.Input // nil for a function
}

// owners are the inputs and functions by their ref.
func (f *Fleet) owners(ctx context.Context) (map[string]owner, error) {
	inputs, _, err := f.cfg.Store.Inputs.List(ctx, settings.Filter{})
	if err != nil {
		return nil, err
	}
	functions, _, err := f.cfg.Store.Functions.List(ctx, settings.Filter{})
	if err != nil {
		return nil, err
	}
	owners := make(map[string]owner, len(inputs)+len(functions))
	for _, row := range inputs {
		owners[row.Ref()] = owner{name: row.Name, zone: row.ZoneID, input: &row}
	}
	for _, row := range functions {
		owners[row.Ref()] = owner{name: row.Name, zone: row.ZoneID}
	}
	return owners, nil
}

func (f *Fleet) viewChannel(row settings.Channel, owners map[string]owner) Channel {
	owner := owners[row.Owner]
	v := Channel{Channel: row, OwnerName: owner.name, Zone: f.binned.shown(owner.zone)}
	if u, ok := f.cfg.Catalogue.Unit(row.Unit); ok {
		v.Decimals = u.Decimals
	}
	last, stale, ok := f.Live.Get(row.ID)
	v.Stale = stale
	if ok {
		v.Last = &LastReading{T: FromMillis(last.T), V: last.V, Q: last.Q}
	}
	return v
}

// UpdateChannel applies a JSON merge patch. A new unit converts what is stored: the series stays one series. The input is
// started anew only when its values come out otherwise.
func (f *Fleet) UpdateChannel(ctx context.Context, id measure.ChannelID, patch json.RawMessage, by string) (Channel, error) {
	row, err := f.cfg.Store.Channels.Get(ctx, id)
	if err != nil {
		return Channel{}, err
	}
	owner := row.Owner // never changes
	unlock, err := f.edits.lock(ctx, controller.Ref(owner))
	if err != nil {
		return Channel{}, err
	}
	defer unlock()
	if row, err = f.cfg.Store.Channels.Get(ctx, id); err != nil {
		return Channel{}, err
	}
	before, err := channelDraft(row)
	if err != nil {
		return Channel{}, err
	}
	if patch, err = f.channelDefaults(ctx, row, patch); err != nil {
		return Channel{}, err
	}
	after, err := merge(before, patch)
	if err != nil {
		return Channel{}, err
	}
	convert, err := f.checkChannel(before, &after)
	if err != nil {
		return Channel{}, err
	}
	if convert.IsIdentity() {
		row, err = f.cfg.Store.Channels.Update(ctx, id, after.into)
	} else {
		f.halt(controller.Ref(owner)) // readings of the old unit must not arrive among those of the new one
		row, err = f.convert(ctx, id, after, convert)
	}
	if err != nil {
		if !convert.IsIdentity() {
			f.reload(ctx, owner, true)
		}
		return Channel{}, err
	}
	f.reload(ctx, owner, !sameValues(before, after))
	f.journal.audit(owner, "updated", by, fmt.Sprintf("Channel %s was changed", row.Name))
	return f.Channel(ctx, id)
}

// channelDefaults puts into a patch what null stands for, where that is not nothing: what the kind declares.
func (f *Fleet) channelDefaults(ctx context.Context, row settings.Channel, patch json.RawMessage) (json.RawMessage, error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(patch, &fields); err != nil {
		return patch, nil //nolint:nilerr // merge says what is wrong
	}
	cleared := func(name string) bool { return string(fields[name]) == "null" }
	defaults := map[string]any{}
	if cleared("name") {
		defaults["name"] = row.SourceName
	}
	if cleared("unit") {
		defaults["unit"] = row.SourceUnit
	}
	if cleared("expected_interval_s") {
		silence, err := f.normalSilence(ctx, row)
		if err != nil {
			return nil, err
		}
		defaults["expected_interval_s"] = silence.Seconds()
	}
	for name, v := range defaults {
		raw, err := json.Marshal(v)
		if err != nil {
			return nil, fmt.Errorf("encode the default of %s: %w", name, err)
		}
		fields[name] = raw
	}
	return json.Marshal(fields)
}

// normalSilence is the expected interval of a channel of which nobody has set one.
func (f *Fleet) normalSilence(ctx context.Context, row settings.Channel) (time.Duration, error) {
	owners, err := f.owners(ctx)
	if err != nil {
		return 0, err
	}
	of := owners[row.Owner].input
	if of == nil {
		return f.functionSilence(ctx, row), nil
	}
	owner := *of
	kind, ok := f.inputs[owner.Kind]
	if !ok {
		return defaultSilence, nil
	}
	device := &input.Device{Kind: kind}
	var declared input.Channel
	if options, _, err := f.openOptions(owner.Options, kind.Options.Secrets()); err == nil {
		if bound, err := kind.Bind(options); err == nil {
			if channels, ok := bound.Declared(); ok && row.Index < len(channels) {
				device, declared = bound, channels[row.Index]
			}
		}
	}
	return expected(device, declared, owner), nil
}

// checkChannel judges a changed channel and returns how its stored values are to be converted.
func (f *Fleet) checkChannel(before ChannelDraft, after *ChannelDraft) (measure.Affine, error) {
	var bad faults
	bad.name("name", after.Name)
	bad.seconds("expected_interval_s", &after.ExpectedIntervalS, 0, 366*24*3600)
	convert := measure.Affine{Scale: 1}
	if after.Unit != before.Unit {
		var err error
		if _, ok := f.cfg.Catalogue.Unit(after.Unit); !ok {
			bad.add("unit", "there is no unit %q: GET /api/v1/units lists them", after.Unit)
		} else if convert, err = f.cfg.Catalogue.Conversion(before.Unit, after.Unit); err != nil {
			bad.add("unit", "%s cannot be converted to %s", before.Unit, after.Unit)
		} else {
			// Limits that were not changed along with the unit mean the same as before.
			low, high := convertBand(before.ValidMin, before.ValidMax, convert)
			if sameLimit(before.ValidMin, after.ValidMin) {
				after.ValidMin = low
			}
			if sameLimit(before.ValidMax, after.ValidMax) {
				after.ValidMax = high
			}
			if reflect.DeepEqual(before.Filters, after.Filters) {
				after.Filters = convertFilters(after.Filters, convert)
			}
		}
	}
	if after.ValidMin != nil && after.ValidMax != nil && *after.ValidMin >= *after.ValidMax {
		bad.add("valid_min", "must be below valid_max")
	}
	if _, err := refine.New(refine.Config{Calibration: after.Calibration}); err != nil {
		bad.add("calibration", "%v", errors.Unwrap(err))
	}
	if len(after.Filters) > 10 {
		bad.add("filters", "must be at most 10")
	}
	for n, filter := range after.Filters {
		if _, err := refine.New(refine.Config{Filters: []refine.Filter{filter}}); err != nil {
			bad.add(fmt.Sprintf("filters[%d]", n), "%v", errors.Unwrap(err))
		}
	}
	return convert, bad.err()
}

func channelDraft(row settings.Channel) (ChannelDraft, error) {
	d := ChannelDraft{
		Name: row.Name, Unit: row.Unit, ExpectedIntervalS: row.ExpectedIntervalS,
		ValidMin: row.ValidMin, ValidMax: row.ValidMax,
	}
	if len(row.Calibration) > 0 {
		if err := json.Unmarshal(row.Calibration, &d.Calibration); err != nil {
			return d, fmt.Errorf("stored calibration of channel %d: %w", row.ID, err)
		}
	}
	if len(row.Filters) > 0 {
		if err := json.Unmarshal(row.Filters, &d.Filters); err != nil {
			return d, fmt.Errorf("stored filters of channel %d: %w", row.ID, err)
		}
	}
	return d, nil
}

func (d ChannelDraft) into(c *settings.Channel) error {
	c.Name, c.Unit, c.ExpectedIntervalS = d.Name, d.Unit, d.ExpectedIntervalS
	c.ValidMin, c.ValidMax, c.Calibration, c.Filters = d.ValidMin, d.ValidMax, nil, nil
	var err error
	if d.Calibration != nil {
		if c.Calibration, err = json.Marshal(d.Calibration); err != nil {
			return fmt.Errorf("encode the calibration: %w", err)
		}
	}
	if len(d.Filters) > 0 {
		if c.Filters, err = json.Marshal(d.Filters); err != nil {
			return fmt.Errorf("encode the filters: %w", err)
		}
	}
	return nil
}

// reload registers the channels of an input or function as they are stored, and runs it anew when its values come out
// otherwise.
func (f *Fleet) reload(ctx context.Context, ref string, restart bool) {
	ctx = context.WithoutCancel(ctx) // what has been halted must come back
	rows, err := f.owners(ctx)
	of, ok := rows[ref]
	if err != nil || !ok {
		f.log.Error("an item could not be loaded again", "ref", ref, "error", err)
		return
	}
	channels, err := f.cfg.Store.Channels.Of(ctx, ref)
	if err != nil {
		f.log.Error("the channels of an item could not be loaded again", "ref", ref, "error", err)
		return
	}
	if restart {
		f.halt(controller.Ref(ref))
	}
	f.register(controller.Ref(ref), of.input != nil && f.inputs[of.input.Kind].Pushed, channels, nil)
	switch {
	case !restart:
	case of.input != nil:
		f.startInput(*of.input, channels)
	default:
		f.startFunctionAgain(ctx, ref, channels)
	}
}
