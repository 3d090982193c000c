package fleet

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"hypha/internal/controller"
	"hypha/internal/option"
	"hypha/internal/output"
	"hypha/internal/secret"
	"hypha/internal/settings"
)

// checkedOutput is a draft that may be stored and run.
type checkedOutput struct {
	row    settings.Output // options with open secrets
	device *output.Device
}

func (f *Fleet) checkOutput(ctx context.Context, d OutputDraft) (*checkedOutput, error) {
	var bad faults
	bad.name("name", d.Name)
	kind, ok := f.outputs[d.Kind]
	if !ok {
		bad.add("kind", "there is no output kind %q: GET /api/v1/kinds?type=output lists them", d.Kind)
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
	f.checkZone(ctx, &bad, d.Zone)
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
		checkOutputChannel(&bad, at, device.Channels[ch.Index], ch)
	}
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
			Limits: ch.Limits, Safe: rawOf(ch.Safe), AtStart: rawOf(ch.AtStart), AtStop: rawOf(ch.AtStop),
		})
	}
	return c, nil
}

func checkOutputChannel(bad *faults, at string, declared output.Channel, ch OutputChannelDraft) {
	if ch.Name != "" {
		bad.name(at+".name", ch.Name)
	}
	if ch.Type != "" && ch.Type != string(declared.Type) {
		bad.add(at+".type", "is given by the kind: %s", declared.Type)
	}
	if ch.Interlock != nil && *ch.Interlock != "" {
		bad.add(at+".interlock", "cannot be kept by this version yet: leave it out")
	}
	if ch.CurrentA != nil && *ch.CurrentA != 0 {
		bad.add(at+".current_a", "cannot be kept by this version yet: leave it out")
	}
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
		bad.under("", rest.Level.Check(declared.Type, at+"."+r.name))
	}
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

func present(raw json.RawMessage) bool { return len(raw) > 0 && string(raw) != "null" }

// CreateOutput checks, stores and starts an output.
func (f *Fleet) CreateOutput(ctx context.Context, d OutputDraft, by string) (Output, error) {
	c, err := f.checkOutput(ctx, d)
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
	defer f.edits.lock(controller.Ref(row.Ref()))()
	f.startOutput(row)
	f.journal.audit(row.Ref(), "created", by, fmt.Sprintf("%s was added", row.Name))
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
	for n := len(v.States); n < len(row.Channels); n++ {
		v.States = append(v.States, ChannelState{Index: n})
	}
	return v
}

// UpdateOutput applies a JSON merge patch. An output that only gets another name or zone is not touched; any other
// change stops it first, because a pin has one owner, and so goes through its states at stop and at start.
func (f *Fleet) UpdateOutput(ctx context.Context, id int64, patch json.RawMessage, by string) (Output, error) {
	ref := controller.Ref(settings.Ref("output", id))
	defer f.edits.lock(ref)()
	row, err := f.cfg.Store.Outputs.Get(ctx, id)
	if err != nil {
		return Output{}, err
	}
	kind, ok := f.outputs[row.Kind]
	if !ok {
		return Output{}, option.Errors{{Field: "kind", Message: fmt.Sprintf("this program does not know the kind %q any more: the output can only be deleted", row.Kind)}}
	}
	options, err := f.cfg.Store.Secrets.OpenOptions(row.Options, kind.Options.Secrets())
	if err != nil {
		return Output{}, fmt.Errorf("open the secrets: %w", err)
	}
	before := outputDraft(row, options)
	after, err := merge(before, patch)
	if err != nil {
		return Output{}, err
	}
	if after.Kind != before.Kind {
		return Output{}, option.Errors{{Field: "kind", Message: "cannot be changed: add a new output of the other kind"}}
	}
	if after.Options, err = secret.KeepSecrets(options, after.Options, kind.Options.Secrets()); err != nil {
		return Output{}, fmt.Errorf("keep the secrets: %w", err)
	}
	after.Channels = keepChannels(before.Channels, after.Channels)
	c, err := f.checkOutput(ctx, after)
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
	}
	f.journal.audit(row.Ref(), "updated", by, fmt.Sprintf("%s was changed", row.Name))
	return f.viewOutput(row), nil
}

func outputDraft(row settings.Output, options json.RawMessage) OutputDraft {
	d := OutputDraft{
		Name: row.Name, Kind: row.Kind, Options: options, TimeoutS: &row.TimeoutS, Enabled: &row.Enabled, Zone: row.ZoneID,
	}
	for _, ch := range row.Channels {
		d.Channels = append(d.Channels, OutputChannelDraft{
			Index: ch.Index, Name: ch.Name, Limits: ch.Limits, Safe: looseOf(ch.Safe), AtStart: looseOf(ch.AtStart), AtStop: looseOf(ch.AtStop),
		})
	}
	return d
}

// keepChannels keeps the set-up of channels that a patch does not mention: its list of channels names those to change.
func keepChannels(before, after []OutputChannelDraft) []OutputChannelDraft {
	named := map[int]bool{}
	for _, ch := range after {
		named[ch.Index] = true
	}
	for _, ch := range before {
		if !named[ch.Index] {
			after = append(after, ch)
		}
	}
	return after
}

func sameGuards(a, b []settings.OutputChannel) bool {
	if len(a) != len(b) {
		return false
	}
	for n := range a {
		for _, pair := range [][2]json.RawMessage{
			{a[n].Limits, b[n].Limits}, {a[n].Safe, b[n].Safe}, {a[n].AtStart, b[n].AtStart}, {a[n].AtStop, b[n].AtStop},
		} {
			if string(pair[0]) != string(pair[1]) {
				return false
			}
		}
	}
	return true
}

// DeleteOutput stops an output, which brings it to its state at stop, and puts it into the bin.
func (f *Fleet) DeleteOutput(ctx context.Context, id int64, by string) error {
	ref := controller.Ref(settings.Ref("output", id))
	defer f.edits.lock(ref)()
	row, err := f.cfg.Store.Outputs.Get(ctx, id)
	if err != nil {
		return err
	}
	if err := f.cfg.Store.Outputs.SoftDelete(ctx, id); err != nil {
		return err
	}
	f.halt(ref)
	f.journal.audit(row.Ref(), "deleted", by, fmt.Sprintf("%s was deleted", row.Name))
	return nil
}

// RestoreOutput takes an output out of the bin and starts it if it is enabled.
func (f *Fleet) RestoreOutput(ctx context.Context, id int64, by string) (Output, error) {
	ref := controller.Ref(settings.Ref("output", id))
	defer f.edits.lock(ref)()
	row, err := f.cfg.Store.Outputs.Restore(ctx, id)
	if err != nil {
		return Output{}, err
	}
	f.startOutput(row)
	f.journal.audit(row.Ref(), "restored", by, fmt.Sprintf("%s was brought back", row.Name))
	return f.viewOutput(row), nil
}

// startOutput runs a stored output, in the place of the one that may run under its name.
func (f *Fleet) startOutput(row settings.Output) {
	ref := controller.Ref(row.Ref())
	f.halt(ref)
	if !row.Enabled {
		return
	}
	out, err := f.buildOutput(row)
	if err != nil {
		f.breakdown(ref, err)
		return
	}
	f.mu.Lock()
	f.driving[ref] = out
	f.mu.Unlock()
	if err := f.manager.Start(ref, out, controller.Policy{InitTimeout: out.InitTimeout(), StopTimeout: stopWithin}); err != nil {
		f.breakdown(ref, err)
	}
}

func (f *Fleet) buildOutput(row settings.Output) (*output.Output, error) {
	kind, ok := f.outputs[row.Kind]
	if !ok {
		return nil, fmt.Errorf("this program does not know the kind %q", row.Kind)
	}
	options, err := f.cfg.Store.Secrets.OpenOptions(row.Options, kind.Options.Secrets())
	if err != nil {
		return nil, fmt.Errorf("open the secrets: %w", err)
	}
	device, err := kind.Bind(options)
	if err != nil {
		return nil, err
	}
	cfg := output.Config{
		Device: device, Ref: row.Ref(), Host: f.cfg.Host, Timeout: seconds(row.TimeoutS), Lanes: f.lanes,
		Memory: memory{f.cfg.Store, row.ID}, Latched: f.stop.latched,
		Changed: func(s output.State) { f.moved(row, s) },
		Logger:  f.log.With("output", row.Name, "id", row.ID),
	}
	for n, declared := range device.Channels {
		ch := output.ChannelConfig{Name: declared.Name, Type: declared.Type}
		if n < len(row.Channels) {
			stored := row.Channels[n]
			ch.Name = stored.Name
			if err := decodeGuards(stored, &ch); err != nil {
				return nil, fmt.Errorf("channel %q: %w", stored.Name, err)
			}
		}
		cfg.Channels = append(cfg.Channels, ch)
	}
	return output.New(cfg), nil
}

func decodeGuards(stored settings.OutputChannel, ch *output.ChannelConfig) error {
	if present(stored.Limits) {
		if err := json.Unmarshal(stored.Limits, &ch.Limits); err != nil {
			return fmt.Errorf("limits: %w", err)
		}
	}
	if present(stored.Safe) {
		ch.Safe = &output.Level{}
		if err := json.Unmarshal(stored.Safe, ch.Safe); err != nil {
			return fmt.Errorf("safe: %w", err)
		}
	}
	for name, r := range map[string]struct {
		raw  json.RawMessage
		into **output.Resting
	}{"at_start": {stored.AtStart, &ch.AtStart}, "at_stop": {stored.AtStop, &ch.AtStop}} {
		if !present(r.raw) {
			continue
		}
		*r.into = &output.Resting{}
		if err := json.Unmarshal(r.raw, *r.into); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// moved is told of every new state of a channel.
func (f *Fleet) moved(row settings.Output, s output.State) {
	f.OutputMoves.Publish(OutputState{ID: row.ID, ChannelState: viewState(s)})
	f.journal.outputMoved(row, s)
}

// Drive commands a channel of an output.
func (f *Fleet) Drive(ctx context.Context, id int64, channel int, c output.Command, by string) (ChannelState, error) {
	out, row, err := f.drivable(ctx, id)
	if err != nil {
		return ChannelState{}, err
	}
	s, err := out.Drive(ctx, channel, c, by, "")
	if err != nil {
		if !errors.Is(err, output.ErrNoChannel) {
			f.journal.refused(row, channel, c, by, err)
		}
		return ChannelState{}, translateDrive(err)
	}
	return viewState(s), nil
}

// ChannelState returns the state of a channel of an output.
func (f *Fleet) ChannelState(ctx context.Context, id int64, channel int) (ChannelState, error) {
	o, err := f.Output(ctx, id)
	if err != nil {
		return ChannelState{}, err
	}
	if channel < 0 || channel >= len(o.States) {
		return ChannelState{}, ErrNotFound
	}
	return o.States[channel], nil
}

func (f *Fleet) drivable(ctx context.Context, id int64) (*output.Output, settings.Output, error) {
	row, err := f.cfg.Store.Outputs.Get(ctx, id)
	if err != nil {
		return nil, row, err
	}
	f.mu.RLock()
	out := f.driving[controller.Ref(row.Ref())]
	f.mu.RUnlock()
	if out == nil {
		return nil, row, ErrNotRunning
	}
	return out, row, nil
}

func translateDrive(err error) error {
	var refused *output.NotTakenError
	switch {
	case errors.Is(err, output.ErrNotOpen):
		return ErrNotRunning
	case errors.Is(err, output.ErrNoChannel):
		return ErrNotFound
	case errors.As(err, &refused):
		return &DeviceError{Err: err}
	default:
		return err
	}
}

// memory keeps the channel states of one output in the settings.
type memory struct {
	store  *settings.Store
	output int64
}

func (m memory) Save(ctx context.Context, s output.State) error {
	level, err := json.Marshal(s.Level)
	if err != nil {
		return fmt.Errorf("encode the level: %w", err)
	}
	// Leaving the world safe at the end must not fail for want of time.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	return m.store.OutputStates.Put(ctx, settings.OutputState{
		OutputID: m.output, Index: s.Index, Command: level, Since: s.Since, EndsAt: s.EndsAt, By: s.By,
		LeaseUntil: s.LeaseUntil, Reason: s.Reason,
	})
}

func (m memory) Load(ctx context.Context) ([]output.State, error) {
	rows, err := m.store.OutputStates.Of(ctx, m.output)
	if err != nil {
		return nil, err
	}
	states := make([]output.State, 0, len(rows))
	for _, row := range rows {
		s := output.State{Index: row.Index, Since: row.Since, EndsAt: row.EndsAt, By: row.By, LeaseUntil: row.LeaseUntil, Reason: row.Reason}
		if err := json.Unmarshal(row.Command, &s.Level); err != nil {
			return nil, fmt.Errorf("stored state of channel %d: %w", row.Index, err)
		}
		states = append(states, s)
	}
	return states, nil
}
