package fleet

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"hypha/internal/controller"
	"hypha/internal/input"
	"hypha/internal/option"
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

// existing is what an input that is being changed has now.
type existing struct {
	zone     *int64
	channels []input.Channel // nil when its options change, so that the device must be asked
}

// checkInput judges a draft; a device that must be asked for its channels is asked unless they are known.
func (f *Fleet) checkInput(ctx context.Context, d InputDraft, now existing) (*checkedInput, error) {
	var bad faults
	bad.name("name", d.Name)
	kind, ok := f.inputs[d.Kind]
	if !ok {
		bad.kind("input", d.Kind)
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
	f.checkZone(ctx, &bad, d.Zone, now.zone)
	device, err := kind.Bind(d.Options)
	bad.under("options", err)
	if err := bad.err(); err != nil {
		return nil, err
	}
	c.device, c.channels = device, declaredOr(device, now.channels)
	if now.channels == nil {
		if c.channels, err = f.channelsOf(ctx, device, c.row.TimeoutS); err != nil {
			return nil, err
		}
	}
	f.checkUnits(&bad, d.Options, c.channels)
	return c, bad.err()
}

// checkZone sees that a zone is there. The one that an item has already may lie in the bin.
func (f *Fleet) checkZone(ctx context.Context, bad *faults, zone, had *int64) {
	if zone == nil || had != nil && *zone == *had {
		return
	}
	if _, err := f.cfg.Store.Zones.Get(ctx, *zone); errors.Is(err, ErrNotFound) {
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
	for n, ch := range channels {
		at := channelPath(options, n)
		if _, ok := f.cfg.Catalogue.Quantity(ch.Quantity); !ok {
			bad.add(at+".quantity", "there is no quantity %q: GET /api/v1/quantities lists them", ch.Quantity)
		} else if err := f.cfg.Catalogue.Check(ch.Quantity, ch.Unit); err != nil {
			bad.add(at+".unit", "%v", err)
		}
	}
}

// channelPath is where options set up a channel; the options as a whole when they list none.
func channelPath(options json.RawMessage, n int) string {
	if bytes.Contains(options, []byte(`"channels"`)) {
		return fmt.Sprintf("options.channels[%d]", n)
	}
	return "options"
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
