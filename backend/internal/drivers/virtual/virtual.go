// Package virtual has outputs that drive nothing: for trying out rules, and as a stand-in until the hardware is there.
package virtual

import (
	"context"
	"fmt"
	"time"

	"hypha/internal/host"
	"hypha/internal/output"
)

// Options of the outputs that need none.
type Options struct{}

// ValueOptions are those of virtual_value.
type ValueOptions struct {
	Unit string `json:"unit" max_len:"20" title:"Unit" help:"Shown beside the value" placeholder:"rpm"`
}

// OnOff is the catalogue entry of the virtual switch.
func OnOff() output.Kind {
	return output.Define(output.Spec[Options]{
		ID: "virtual_on_off", Name: "Virtual switch", Icon: "toggle-right", Tags: []string{"test"},
		Description: "A switch that drives nothing, for trying out rules.",
		Channels:    []output.Channel{{Name: "switch", Type: output.OnOff}},
		Open:        open[Options](output.OnOff),
	})
}

// PWM is the catalogue entry of the virtual dimmer.
func PWM() output.Kind {
	return output.Define(output.Spec[Options]{
		ID: "virtual_pwm", Name: "Virtual dimmer", Icon: "sliders-horizontal", Tags: []string{"test"},
		Description: "A dimmer from 0 to 100 % that drives nothing, for trying out rules.",
		Channels:    []output.Channel{{Name: "duty", Type: output.PWM}},
		Open:        open[Options](output.PWM),
	})
}

// Value is the catalogue entry of the virtual set value.
func Value() output.Kind {
	return output.Define(output.Spec[ValueOptions]{
		ID: "virtual_value", Name: "Virtual value", Icon: "hash", Tags: []string{"test"},
		Description: "A number that drives nothing, for trying out rules.",
		ChannelsOf: func(o ValueOptions) ([]output.Channel, error) {
			return []output.Channel{{Name: "value", Type: output.Value, Unit: o.Unit}}, nil
		},
		Open: open[ValueOptions](output.Value),
	})
}

// VolumeOptions are those of virtual_volume.
type VolumeOptions struct {
	Rate float64 `json:"ml_per_s" default:"0" min:"0" max:"100000" title:"Flow" help:"ml a second; 0: a dose takes no time"`
}

// Volume is the catalogue entry of the virtual dosing pump.
func Volume() output.Kind {
	return output.Define(output.Spec[VolumeOptions]{
		ID: "virtual_volume", Name: "Virtual dosing pump", Icon: "flask-conical", Tags: []string{"test"},
		Description: "A dosing pump that drives nothing, for trying out rules.",
		Channels:    []output.Channel{{Name: "dose", Type: output.Volume}},
		Open: func(_ context.Context, o VolumeOptions, _ host.Host) (output.Writer, error) {
			return pump{nowhere{output.Volume}, o.Rate}, nil
		},
	})
}

// pump takes its time for a dose.
type pump struct {
	nowhere
	rate float64 // ml a second; 0: no time
}

// DoseTime is how long a dose takes.
func (p pump) DoseTime(_ int, ml float64) time.Duration {
	if p.rate == 0 {
		return 0
	}
	return time.Duration(min(ml/p.rate, 366*24*3600) * float64(time.Second))
}

func open[O any](t output.ChannelType) func(context.Context, O, host.Host) (output.Writer, error) {
	return func(context.Context, O, host.Host) (output.Writer, error) { return nowhere{t}, nil }
}

type nowhere struct{ takes output.ChannelType }

// Write takes any level of the channel's type.
func (n nowhere) Write(ctx context.Context, _ int, l output.Level) error {
	ok := n.takes == output.OnOff && l.On != nil || n.takes == output.PWM && l.Duty != nil || n.takes == output.Value && l.Value != nil ||
		n.takes == output.Volume && l.VolumeML != nil
	if !ok {
		return fmt.Errorf("this output takes only %s", n.takes)
	}
	return ctx.Err()
}
