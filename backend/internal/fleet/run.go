package fleet

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"time"

	"hypha/internal/controller"
	"hypha/internal/history"
	"hypha/internal/input"
	"hypha/internal/measure"
	"hypha/internal/refine"
	"hypha/internal/settings"
)

// stopWithin bounds how long an edit waits for the old controller.
const stopWithin = 10 * time.Second

// register makes the channels of an input or function known to the live table and, if they are pushed, to those who push.
func (f *Fleet) register(ref controller.Ref, pushed bool, channels []settings.Channel, last map[measure.ChannelID]measure.Reading) {
	kept := map[measure.ChannelID]bool{}
	f.mu.Lock()
	for _, ch := range channels {
		kept[ch.ID] = true
		f.channels[ch.ID] = place{ref: ref, index: ch.Index, pushed: pushed}
	}
	var gone []measure.ChannelID
	for id, p := range f.channels {
		if p.ref == ref && !kept[id] {
			gone = append(gone, id)
			delete(f.channels, id)
		}
	}
	f.mu.Unlock()
	for _, id := range gone {
		f.Live.Unregister(id)
	}
	for _, ch := range channels {
		var newest *measure.Reading
		if r, ok := last[ch.ID]; ok {
			newest = &r
		}
		f.Live.Register(ch.ID, seconds(ch.ExpectedIntervalS), newest)
	}
}

func (f *Fleet) unregister(channels []settings.Channel) {
	f.mu.Lock()
	for _, ch := range channels {
		delete(f.channels, ch.ID)
	}
	f.mu.Unlock()
	for _, ch := range channels {
		f.Live.Unregister(ch.ID)
	}
}

func (f *Fleet) lastReadings(ctx context.Context, channels []settings.Channel) map[measure.ChannelID]measure.Reading {
	ids := make([]measure.ChannelID, len(channels))
	for n, ch := range channels {
		ids[n] = ch.ID
	}
	last := map[measure.ChannelID]measure.Reading{}
	ctx, cancel := context.WithTimeout(ctx, lastReadingsWithin)
	defer cancel()
	newest, err := f.cfg.History.Latest(ctx, ids, history.End)
	if err != nil {
		f.log.Error("the last readings could not be loaded", "error", err)
	}
	for _, r := range newest {
		last[r.Channel] = r
	}
	return last
}

// startInput runs a stored input. What cannot be built is shown as failed.
func (f *Fleet) startInput(row settings.Input, channels []settings.Channel) {
	if !row.Enabled {
		return
	}
	device, err := f.bindStored(row)
	if err != nil {
		f.breakdown(controller.Ref(row.Ref()), err)
		return
	}
	f.runInput(row, device, declaredOr(device, knownChannels(channels)), channels)
}

// bindStored makes the device of stored options.
func (f *Fleet) bindStored(row settings.Input) (*input.Device, error) {
	kind, ok := f.inputs[row.Kind]
	if !ok {
		return nil, fmt.Errorf("this program does not know the kind %q", row.Kind)
	}
	options, err := f.cfg.Store.Secrets.OpenOptions(row.Options, kind.Options.Secrets())
	if err != nil {
		return nil, fmt.Errorf("open the secrets: %w", err)
	}
	return kind.Bind(options)
}

// knownChannels is what an input was found to yield when it was stored.
func knownChannels(stored []settings.Channel) []input.Channel {
	known := make([]input.Channel, len(stored))
	for n, ch := range stored {
		known[n] = input.Channel{Name: ch.SourceName, Quantity: ch.Quantity, Unit: ch.SourceUnit}
	}
	return known
}

// declaredOr is what a device declares, with the ranges that it can measure, as long as that is what was stored; devices
// that must be asked are not asked again.
func declaredOr(device *input.Device, known []input.Channel) []input.Channel {
	declared, ok := device.Declared()
	same := func(a, b input.Channel) bool { return a.Quantity == b.Quantity && a.Unit == b.Unit }
	if !ok || !slices.EqualFunc(declared, known, same) {
		return known
	}
	return declared
}

// runInput starts an input, in the place of the one that may run under its name.
func (f *Fleet) runInput(row settings.Input, device *input.Device, declared []input.Channel, channels []settings.Channel) {
	ref := controller.Ref(row.Ref())
	f.halt(ref)
	if !row.Enabled {
		return
	}
	in, err := f.buildInput(row, device, declared, channels)
	if err != nil {
		f.breakdown(ref, err)
		return
	}
	f.mu.Lock()
	f.running[ref] = in
	f.mu.Unlock()
	if err := f.manager.Start(ref, in, controller.Policy{InitTimeout: in.InitTimeout(), StopTimeout: stopWithin}); err != nil {
		f.breakdown(ref, err)
	}
}

func (f *Fleet) buildInput(row settings.Input, device *input.Device, declared []input.Channel, channels []settings.Channel) (*input.Input, error) {
	if len(declared) != len(channels) {
		return nil, fmt.Errorf("the device has %d channels, stored are %d: save its settings once to match them", len(declared), len(channels))
	}
	cfg := input.Config{
		Device: device, Host: f.cfg.Host, Period: seconds(row.PeriodS), Timeout: seconds(row.TimeoutS),
		FailuresBeforeDegraded: row.FailuresBeforeDegraded, Sink: f, Lanes: f.lanes,
		Logger: f.log.With("input", row.Name, "id", row.ID),
	}
	cfg.Phase, cfg.Epoch = input.Spread(row.ID, cfg.Period), f.epoch
	for n, ch := range channels {
		r, err := f.refineConfig(ch, declared[n])
		if err != nil {
			return nil, fmt.Errorf("channel %q: %w", ch.Name, err)
		}
		cfg.Channels = append(cfg.Channels, input.ChannelConfig{ID: ch.ID, Name: ch.Name, Refine: r})
	}
	return input.New(cfg)
}

// refineConfig says how the values of a channel are refined, from what the user set and the device declares.
func (f *Fleet) refineConfig(ch settings.Channel, declared input.Channel) (refine.Config, error) {
	cfg := refine.Config{ValidMin: ch.ValidMin, ValidMax: ch.ValidMax}
	var err error
	if cfg.Convert, err = f.cfg.Catalogue.Conversion(ch.SourceUnit, ch.Unit); err != nil {
		return cfg, err
	}
	if declared.Min != 0 || declared.Max != 0 {
		cfg.PhysicalMin, cfg.PhysicalMax = &declared.Min, &declared.Max
	} else {
		cfg.PhysicalMin, cfg.PhysicalMax = f.limitsOf(ch.Quantity, ch.SourceUnit)
	}
	if len(ch.Calibration) > 0 {
		if err := json.Unmarshal(ch.Calibration, &cfg.Calibration); err != nil {
			return cfg, fmt.Errorf("calibration: %w", err)
		}
	}
	if len(ch.Filters) > 0 {
		if err := json.Unmarshal(ch.Filters, &cfg.Filters); err != nil {
			return cfg, fmt.Errorf("filters: %w", err)
		}
	}
	return cfg, nil
}

// limitsOf gives the physical limits of a quantity in a unit, nil where there is none. They are widened by a billionth of
// their size, so that a conversion's last bit does not refuse the limit itself.
func (f *Fleet) limitsOf(quantity measure.Quantity, unit measure.Unit) (low, high *float64) {
	lo, hi, err := f.cfg.Catalogue.Limits(quantity, unit)
	if err != nil {
		return nil, nil
	}
	widen := func(v, sign float64) *float64 {
		if math.IsInf(v, 0) {
			return nil
		}
		v += sign * 1e-9 * max(1e-3, math.Abs(v))
		return &v
	}
	return widen(lo, -1), widen(hi, 1)
}

// halt stops whatever runs under ref. Stopping is bounded: a device that hangs is left to itself.
func (f *Fleet) halt(ref controller.Ref) {
	ctx, cancel := context.WithTimeout(context.Background(), stopWithin+time.Second)
	defer cancel()
	if _, ok := f.manager.Status(ref); ok {
		if err := f.manager.Remove(ctx, ref); err != nil {
			f.log.Warn("a controller did not stop in time", "ref", string(ref), "error", err)
		}
	}
	f.mu.Lock()
	delete(f.running, ref)
	delete(f.driving, ref)
	delete(f.working, ref)
	delete(f.broken, ref)
	f.mu.Unlock()
}

// breakdown notes that an item cannot even be built.
func (f *Fleet) breakdown(ref controller.Ref, err error) {
	status := Status{State: controller.Failed, Since: Time(time.Now()), Attempt: 1, Error: err.Error()}
	f.mu.Lock()
	delete(f.running, ref)
	delete(f.driving, ref)
	delete(f.working, ref)
	f.broken[ref] = status
	f.mu.Unlock()
	f.log.Error("an item cannot run", "ref", string(ref), "error", err)
	f.journal.controllerChanged(controller.Status{Ref: ref, State: status.State, Error: status.Error, Attempt: status.Attempt})
	f.Controllers.Publish(ControllerStatus{Ref: string(ref), Status: status})
}
