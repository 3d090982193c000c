package fleet

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"hypha/internal/controller"
	"hypha/internal/output"
	"hypha/internal/settings"
)

// driven is an output that runs.
type driven struct {
	*output.Output
	row atomic.Pointer[settings.Output] // as it is called now
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

func (f *Fleet) buildOutput(row settings.Output) (*driven, error) {
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
	d := &driven{}
	d.row.Store(&row)
	cfg := output.Config{
		Device: device, Ref: row.Ref(), Host: f.cfg.Host, Timeout: seconds(row.TimeoutS), Lanes: f.lanes,
		Memory: memory{f.cfg.Store, row.ID, &f.tallies, f.states}, Latched: f.stop.latched, Name: row.Name,
		Panel: f.panel, Ending: f.ending.Load, SafeStart: f.safeStart(), Location: f.cfg.Place.Zone,
		Reading: f.reading, Backup: f.help,
		Alert:   func(n int, a output.Alert) { f.alerted(*d.row.Load(), n, a) },
		Changed: func(s output.State) { f.moved(*d.row.Load(), s) },
		Logger:  f.log.With("output", row.Name, "id", row.ID),
	}
	for n, declared := range device.Channels {
		ch := output.ChannelConfig{Name: declared.Name, Type: declared.Type}
		if n < len(row.Channels) {
			stored := row.Channels[n]
			ch.Name, ch.Interlock, ch.CurrentA = stored.Name, stored.Interlock, stored.CurrentA
			if err := decodeGuards(stored, &ch); err != nil {
				return nil, fmt.Errorf("channel %q: %w", stored.Name, err)
			}
		}
		cfg.Channels = append(cfg.Channels, ch)
	}
	d.Output = output.New(cfg)
	return d, nil
}

// assumeOn tells the outputs' panel what was on when the program ended, before anything is switched on: it is on until its
// device has been told otherwise.
func (f *Fleet) assumeOn(ctx context.Context, outputs []settings.Output) error {
	states, err := f.cfg.Store.OutputStates.List(ctx)
	if err != nil {
		return err
	}
	rows := map[int64]settings.Output{}
	for _, row := range outputs {
		rows[row.ID] = row
	}
	for _, stored := range states {
		row, ok := rows[stored.OutputID]
		if !ok || stored.Index >= len(row.Channels) {
			continue
		}
		ch := row.Channels[stored.Index]
		if s, err := stateOf(stored); err != nil || s.Active() && !(ch.Type == string(output.Volume) && s.EndsAt == nil) {
			f.panel.Assume(row.Ref(), ch.Index, output.Load{Name: row.Name + ", " + ch.Name, Group: ch.Interlock, CurrentA: ch.CurrentA})
		}
	}
	return nil
}

func decodeGuards(stored settings.OutputChannel, ch *output.ChannelConfig) error {
	if err := decodeGuard(stored, &ch.Guard); err != nil {
		return err
	}
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
		*ch.Safe = ch.Safe.For(ch.Type)
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
		(*r.into).Level = (*r.into).For(ch.Type)
	}
	return nil
}

func decodeGuard(stored settings.OutputChannel, into *output.Guard) error {
	if !present(stored.Guard) {
		return nil
	}
	if err := json.Unmarshal(stored.Guard, into); err != nil {
		return fmt.Errorf("guard: %w", err)
	}
	return nil
}

// rename has the journal call a running output by its new name, without touching it.
func (f *Fleet) rename(row settings.Output) {
	f.mu.RLock()
	defer f.mu.RUnlock()
	if d := f.driving[controller.Ref(row.Ref())]; d != nil {
		d.row.Store(&row)
	}
}

// moved is told of every new state of a channel.
func (f *Fleet) moved(row settings.Output, s output.State) {
	f.OutputMoves.Publish(OutputState{ID: row.ID, ChannelState: viewState(s)})
	f.journal.outputMoved(row, s)
}

// Drive commands a channel of an output for a person, or for a program in a person's place.
func (f *Fleet) Drive(ctx context.Context, id int64, channel int, c output.Command, by string) (ChannelState, error) {
	return f.DriveAs(ctx, id, channel, c, output.Cause{
		By: by, Rank: output.OverrideRank, Chain: []output.Link{{What: "person", Ref: by, T: time.Now()}},
	})
}

// DriveAs commands a channel of an output for whom the cause names. An *output.OutrankedError says that somebody of higher
// rank drives it; the state is what the channel does instead, and the command waits as long as it holds.
func (f *Fleet) DriveAs(ctx context.Context, id int64, channel int, c output.Command, cause output.Cause) (ChannelState, error) {
	out, row, err := f.drivable(ctx, id)
	if err != nil {
		return ChannelState{}, err
	}
	s, err := out.Drive(ctx, channel, c, cause)
	switch {
	case err == nil:
		f.journal.obeyed(row.ID, channel, cause)
		f.instate(row, channel, cause.By)
	case !errors.Is(err, output.ErrNoChannel):
		f.journal.refused(row, channel, c, cause, err)
		if notWorking(err) {
			if s, ok := f.instead(ctx, out, row, channel, c, cause, err); ok {
				return s, nil
			}
		}
	}
	if errors.Is(err, output.ErrOutranked) {
		return viewState(s), err
	}
	if err != nil {
		return ChannelState{}, translateDrive(err)
	}
	return viewState(s), nil
}

// notWorking tells whether a command failed because the device of the channel does not work.
func notWorking(err error) bool {
	_, refused := errors.AsType[*output.NotTakenError](err)
	_, fault := errors.AsType[*output.FaultError](err)
	return refused || fault || errors.Is(err, output.ErrNotOpen)
}

// ReleaseClaims ends the claims of a driver on every channel: a function that ends. Who waits takes over; where nobody
// does, the channel goes down its ladder.
func (f *Fleet) ReleaseClaims(by string) { f.ReleaseClaimsBecause(by, by+" has ended") }

// ReleaseClaimsBecause is ReleaseClaims with a reason that people read: "function/2 has no reading any more".
func (f *Fleet) ReleaseClaimsBecause(by, reason string) {
	f.mu.RLock()
	defer f.mu.RUnlock()
	for _, out := range f.driving {
		out.Release(by, reason)
	}
}

// ReleaseClaim ends the claim of a driver on one channel.
func (f *Fleet) ReleaseClaim(id int64, channel int, by, reason string) {
	f.mu.RLock()
	out := f.driving[controller.Ref(settings.Ref("output", id))]
	f.mu.RUnlock()
	if out != nil && channel >= 0 && channel < len(out.States()) {
		out.ReleaseChannel(channel, by, reason)
	}
}

// EndOverride ends a person's command on a channel before its time.
func (f *Fleet) EndOverride(ctx context.Context, id int64, channel int, by string) error {
	out, _, err := f.drivable(ctx, id)
	if err != nil {
		return err
	}
	return translateDrive(out.EndOverride(channel, by))
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

func (f *Fleet) drivable(ctx context.Context, id int64) (*driven, settings.Output, error) {
	ref := controller.Ref(settings.Ref("output", id))
	f.mu.RLock()
	out := f.driving[ref]
	f.mu.RUnlock()
	if out != nil { // what runs is there: functions drive it each second, and need not ask the settings
		return out, *out.row.Load(), nil
	}
	row, err := f.cfg.Store.Outputs.Get(ctx, id)
	if err != nil {
		return nil, row, err
	}
	return nil, row, f.idle(ref)
}

func translateDrive(err error) error {
	var refused *output.NotTakenError
	switch {
	case errors.Is(err, output.ErrNoChannel):
		return ErrNotFound
	case errors.As(err, &refused):
		return &DeviceError{Err: err}
	default:
		return err
	}
}
