// Package output drives actuators and guards them.
//
// A driver describes itself with a [Spec] and becomes a [Kind] of the catalogue through [Define]. It only sets levels:
// durations, limits, safe states and who may drive a channel are kept above it, by the [Output] controller, so that they
// hold for every driver.
package output

import (
	"context"
	"encoding/json"
	"time"

	"hypha/internal/host"
	"hypha/internal/option"
)

// ChannelType says what a channel can be told.
type ChannelType string

// The types of channels. A duty is in percent (0..100), a volume in ml, a value in the unit of the device.
const (
	OnOff  ChannelType = "on_off"
	PWM    ChannelType = "pwm"
	Volume ChannelType = "volume"
	Value  ChannelType = "value"
)

// Channel is one thing that an output kind can drive.
type Channel struct {
	Name string      `json:"name"`
	Type ChannelType `json:"type"`
	Unit string      `json:"unit,omitempty"` // of a Value channel; for display
}

// Level is what a channel is set to: exactly one field is set, the one of the channel's type.
type Level struct {
	On       *bool    `json:"on,omitempty"`
	Duty     *float64 `json:"duty,omitempty"`      // percent, 0..100
	VolumeML *float64 `json:"volume_ml,omitempty"` // ml to dispense
	Value    *float64 `json:"value,omitempty"`
}

// Writer is an open actuator. Write sets one channel to a level of its type and returns when the device has taken it.
// Calls to one Writer never overlap. If the Writer is also an io.Closer it is closed when the output stops; Close may be
// called while a Write hangs and should end it.
type Writer interface {
	Write(ctx context.Context, channel int, l Level) error
}

// Spec declares a kind whose options have the type O.
type Spec[O any] struct {
	ID, Name, Description, Icon string
	Tags                        []string
	Bus                         string
	Timeout                     time.Duration // default for each call; zero: 5 s
	Channels                    []Channel
	ChannelsOf                  func(O) ([]Channel, error) // instead of Channels, when they follow from the options
	Lane                        func(O) string             // shared executor lane; nil or "": its own
	Open                        func(ctx context.Context, o O, h host.Host) (Writer, error)
}

// Kind is an entry of the catalogue of outputs. Make it with Define.
type Kind struct {
	ID, Name, Description, Icon, Bus string
	Tags                             []string
	Options                          *option.Spec
	Channels                         []Channel // nil when they depend on the options
	Timeout                          time.Duration

	bind func(raw json.RawMessage) (*Device, error)
}

// Device is a kind with checked options.
type Device struct {
	Kind     Kind
	Lane     string
	Channels []Channel

	open func(ctx context.Context, h host.Host) (Writer, error)
}

// Define makes a Kind of a Spec; it panics when the spec is broken.
func Define[O any](s Spec[O]) Kind {
	if s.Open == nil || (len(s.Channels) == 0) == (s.ChannelsOf == nil) {
		panic("output kind " + s.ID + ": Open and exactly one of Channels and ChannelsOf must be set")
	}
	if s.Timeout == 0 {
		s.Timeout = 5 * time.Second
	}
	k := Kind{
		ID: s.ID, Name: s.Name, Description: s.Description, Icon: s.Icon, Bus: s.Bus, Tags: s.Tags,
		Options: option.MustFor[O](), Channels: s.Channels, Timeout: s.Timeout,
	}
	k.bind = func(raw json.RawMessage) (*Device, error) {
		var o O
		if err := k.Options.Decode(raw, &o); err != nil {
			return nil, err
		}
		d := &Device{Kind: k, Channels: s.Channels}
		if s.ChannelsOf != nil {
			channels, err := s.ChannelsOf(o)
			if err != nil {
				return nil, err
			}
			d.Channels = channels
		}
		if s.Lane != nil {
			d.Lane = s.Lane(o)
		}
		d.open = func(ctx context.Context, h host.Host) (Writer, error) { return s.Open(ctx, o, h) }
		return d, nil
	}
	return k
}

// Bind checks options against the kind and returns the device they describe, without touching it. The error is an
// option.Errors when the options are at fault.
func (k Kind) Bind(options json.RawMessage) (*Device, error) { return k.bind(options) }

// Open acquires the actuator without changing its state.
func (d *Device) Open(ctx context.Context, h host.Host) (Writer, error) { return d.open(ctx, h) }
