package fleet

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"hypha/internal/option"
	"hypha/internal/output"
	"hypha/internal/settings"
)

// checkedOutput is a draft that may be stored and run.
type checkedOutput struct {
	row    settings.Output // options with open secrets
	device *output.Device
}

// checkOutput judges a draft; zone is the one that the output has already, if any, self its id, 0 for a new one.
func (f *Fleet) checkOutput(ctx context.Context, d OutputDraft, zone *int64, self int64) (*checkedOutput, error) {
	var bad faults
	bad.name("name", d.Name)
	kind, ok := f.outputs[d.Kind]
	if !ok {
		bad.kind("output", d.Kind)
		return nil, bad.err()
	}
	if len(d.Options) == 0 {
		d.Options = json.RawMessage("{}")
	}
	c := &checkedOutput{row: settings.Output{
		Item: settings.Item{Name: d.Name}, Kind: d.Kind, Options: d.Options, Enabled: d.Enabled == nil || *d.Enabled,
		ZoneID: d.Zone, TimeoutS: kind.Timeout.Seconds(),
	}}
	if d.TimeoutS != nil {
		bad.seconds("timeout_s", d.TimeoutS, 0.01, maxTimeoutS)
		c.row.TimeoutS = *d.TimeoutS
	}
	f.checkZone(ctx, &bad, d.Zone, zone)
	device, err := kind.Bind(d.Options)
	bad.under("options", err)
	if device == nil {
		return nil, bad.err()
	}
	c.device = device
	given := map[int]OutputChannelDraft{}
	for n, ch := range d.Channels {
		at := fmt.Sprintf("channels[%d]", n)
		if ch.Index < 0 || ch.Index >= len(device.Channels) {
			bad.add(at+".index", "must be 0 to %d: this output has %d", len(device.Channels)-1, len(device.Channels))
			continue
		}
		if _, twice := given[ch.Index]; twice {
			bad.add(at+".index", "channel %d is set up twice", ch.Index)
		}
		given[ch.Index] = ch
		f.checkOutputChannel(&bad, at, device.Channels[ch.Index], ch)
	}
	f.checkReferences(ctx, &bad, d, self)
	if err := bad.err(); err != nil {
		return nil, err
	}
	for n, declared := range device.Channels {
		ch := given[n]
		name := ch.Name
		if name == "" {
			name = declared.Name
		}
		c.row.Channels = append(c.row.Channels, settings.OutputChannel{
			Index: n, Name: name, Type: string(declared.Type),
			Limits: orNothing(ch.Limits), Safe: rawOf(ch.Safe), AtStart: rawOf(ch.AtStart), AtStop: rawOf(ch.AtStop),
			Guard: guardOf(ch.Guard), Interlock: orZero(ch.Interlock), CurrentA: orZero(ch.CurrentA),
		})
	}
	return c, nil
}

func (f *Fleet) checkOutputChannel(bad *faults, at string, declared output.Channel, ch OutputChannelDraft) {
	if ch.Name != "" {
		bad.name(at+".name", ch.Name)
	}
	if ch.Type != "" && ch.Type != string(declared.Type) {
		bad.add(at+".type", "is given by the kind: %s", declared.Type)
	}
	if group := orZero(ch.Interlock); group != "" {
		bad.name(at+".interlock", group)
		if declared.Type == output.Value {
			bad.add(at+".interlock", "does not fit a value, which has no off")
		}
	}
	if a := orZero(ch.CurrentA); !(a >= 0 && a <= 1000) {
		bad.add(at+".current_a", "must be 0 (unknown) to 1000 A")
	} else if most := f.cfg.MaxCurrentA; most > 0 && a > most {
		bad.add(at+".current_a", "must be at most system.max_current_a, which is %g A: it could never be switched on", most)
	}
	bad.under("", ch.Check(declared.Type, at))
	var limits output.Limits
	if present(ch.Limits) {
		if err := Strict(ch.Limits, &limits); err != nil {
			bad.under(at+".limits", err)
		} else {
			bad.under("", limits.Check(declared.Type, at+".limits"))
		}
	}
	for _, r := range []struct {
		name string
		raw  json.RawMessage
		keep bool
	}{{"safe", rawOf(ch.Safe), false}, {"at_start", rawOf(ch.AtStart), true}, {"at_stop", rawOf(ch.AtStop), true}} {
		if !present(r.raw) {
			continue
		}
		var rest output.Resting
		if err := json.Unmarshal(r.raw, &rest); err != nil {
			bad.add(at+"."+r.name, "%v", err)
			continue
		}
		if rest.Keep {
			if !r.keep {
				bad.add(at+"."+r.name, `must be a level, for example {"on":false}: a safe state that keeps what is wrong is none`)
			}
			continue
		}
		rest.Level = rest.For(declared.Type)
		if r.name == "safe" && rest.Active() && orZero(ch.Interlock) != "" && declared.Type != output.Value {
			bad.add(at+".safe", "must be off in an interlock group: all its members may have to be safe at once")
			continue
		}
		err := rest.Check(declared.Type, at+"."+r.name)
		if err == nil {
			err = limits.Allow(rest.Level, at+"."+r.name)
		}
		if err == nil && declared.Type == output.Volume && rest.Active() {
			err = option.Errors{{Field: at + "." + r.name + ".volume_ml", Message: "must be 0 ml: a state of rest must not dispense anything"}}
		}
		bad.under("", err)
	}
}

// guardOf is a guard as it is stored; nil when it is all defaults.
func guardOf(g output.Guard) json.RawMessage {
	if raw := rawOf(g); string(raw) != "{}" {
		return raw
	}
	return nil
}

func orZero[T any](v *T) (zero T) {
	if v == nil {
		return zero
	}
	return *v
}

// rawOf and looseOf lead from a decoded JSON value to its text and back; nothing is null and null is nothing.
func rawOf(v any) json.RawMessage {
	raw, err := json.Marshal(v)
	if err != nil || v == nil {
		return nil
	}
	return raw
}

func looseOf(raw json.RawMessage) any {
	if !present(raw) {
		return nil
	}
	return raw
}

// orNothing makes nothing of null.
func orNothing(raw json.RawMessage) json.RawMessage {
	if !present(raw) {
		return nil
	}
	return raw
}

func present(raw json.RawMessage) bool { return len(raw) > 0 && string(raw) != "null" }

func outputDraft(row settings.Output, options json.RawMessage) (OutputDraft, error) {
	d := OutputDraft{
		Name: row.Name, Kind: row.Kind, Options: options, TimeoutS: &row.TimeoutS, Enabled: &row.Enabled, Zone: row.ZoneID,
	}
	for _, ch := range row.Channels {
		one := OutputChannelDraft{
			Index: ch.Index, Name: ch.Name, Limits: ch.Limits, Safe: looseOf(ch.Safe), AtStart: looseOf(ch.AtStart), AtStop: looseOf(ch.AtStop),
			Interlock: &ch.Interlock, CurrentA: &ch.CurrentA,
		}
		if err := decodeGuard(ch, &one.Guard); err != nil {
			return d, err
		}
		d.Channels = append(d.Channels, one)
	}
	return d, nil
}

// mergeChannels completes the channels of a patch by what they do not mention. A merge patch replaces a list as a whole,
// and so would take the limits and safe states of a channel with it that is only to get another name. A channel that is
// left out stays as it is, and so does a field of a channel; null clears a field.
func mergeChannels(before []OutputChannelDraft, patch json.RawMessage) (json.RawMessage, error) {
	type object = map[string]json.RawMessage
	var fields object
	var changed []object
	if json.Unmarshal(patch, &fields) != nil || fields["channels"] == nil || json.Unmarshal(fields["channels"], &changed) != nil {
		return patch, nil //nolint:nilerr // where something is wrong, merge says it
	}
	raw, err := json.Marshal(before)
	if err != nil {
		return nil, fmt.Errorf("encode the present channels: %w", err)
	}
	var old []object
	if err := json.Unmarshal(raw, &old); err != nil {
		return nil, fmt.Errorf("decode the present channels: %w", err)
	}
	all := make([]object, 0, len(old))
	for _, ch := range changed {
		if ch["index"] == nil && ch != nil {
			ch["index"] = json.RawMessage("0")
		}
		whole := object{}
		for _, o := range old {
			if string(o["index"]) == string(ch["index"]) {
				maps.Copy(whole, o)
			}
		}
		maps.Copy(whole, ch)
		all = append(all, whole)
	}
	for _, o := range old {
		if !slices.ContainsFunc(changed, func(ch object) bool { return string(ch["index"]) == string(o["index"]) }) {
			all = append(all, o)
		}
	}
	if fields["channels"], err = json.Marshal(all); err != nil {
		return nil, fmt.Errorf("encode the channels: %w", err)
	}
	return json.Marshal(fields)
}

func sameGuards(a, b []settings.OutputChannel) bool {
	if len(a) != len(b) {
		return false
	}
	for n := range a {
		if a[n].Interlock != b[n].Interlock || a[n].CurrentA != b[n].CurrentA {
			return false
		}
		for _, pair := range [][2]json.RawMessage{
			{a[n].Limits, b[n].Limits},
			{a[n].Safe, b[n].Safe},
			{a[n].AtStart, b[n].AtStart},
			{a[n].AtStop, b[n].AtStop},
			{a[n].Guard, b[n].Guard},
		} {
			if string(pair[0]) != string(pair[1]) {
				return false
			}
		}
	}
	return true
}
