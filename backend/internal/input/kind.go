package input

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"hypha/internal/host"
	"hypha/internal/measure"
	"hypha/internal/option"
)

// Channel is one series that a kind yields, as the device gives it, before calibration and conversion.
type Channel struct {
	Name     string           `json:"name"`
	Quantity measure.Quantity `json:"quantity"`
	Unit     measure.Unit     `json:"unit"`
	// Min and Max bound what the device can truly measure, in Unit. A value outside is kept with quality
	// out_of_range. Both zero: the limits of the quantity hold.
	Min float64 `json:"min,omitempty"`
	Max float64 `json:"max,omitempty"`
	// Expected is the longest silence that is normal; zero: derived from the period. Sensors that report only
	// changes need a long one.
	Expected time.Duration `json:"-"`
}

// Reader is an open device that is read on a beat.
//
// Read returns one value for each channel, in the channels' order and units. When some channels failed and others did
// not it returns all values with a [ChannelErrors]; when all failed, the values may be nil. Calls to one Reader never overlap. If the Reader is also an
// io.Closer it is closed when the input stops; Close may be called while a Read hangs and should end it.
type Reader interface {
	Read(ctx context.Context) ([]float64, error)
}

// ChannelErrors names the channels, by index, that yielded no value in a Read whose other values are good.
type ChannelErrors map[int]error

func (e ChannelErrors) Error() string {
	lowest := -1
	for i := range e {
		if lowest < 0 || i < lowest {
			lowest = i
		}
	}
	if lowest < 0 {
		return "no channel failed"
	}
	if len(e) == 1 {
		return fmt.Sprintf("channel %d: %v", lowest, e[lowest])
	}
	return fmt.Sprintf("channel %d: %v (and %d more)", lowest, e[lowest], len(e)-1)
}

// ErrNotReady says that the device has no new value yet. It is not a failure: the beat yields nothing and nothing is
// counted against the device.
var ErrNotReady = errors.New("the device has no new value yet")

// Emit hands over one value of a listening kind, in the channel's unit. A zero at means now. It returns an error when
// the channel does not exist or the value is not finite.
type Emit func(channel int, at time.Time, v float64) error

// Found is a device or source seen on this machine that an input could be made of.
type Found struct {
	Kind    string          `json:"kind"`
	Name    string          `json:"name"`
	Detail  string          `json:"detail"`
	Options json.RawMessage `json:"options"`
}

// Spec declares a kind whose options have the type O (see package option for the tags).
type Spec[O any] struct {
	ID          string // stable: it is stored in settings and named in the API
	Name        string
	Description string
	Icon        string   // a Lucide icon name that the interface bundles
	Tags        []string // purpose groups of the catalogue: climate, water, light, gas, power, network, host, test
	Bus         string   // "", "i2c", "1-wire", "sysfs", "network", "host"

	Period    time.Duration // default between two reads; zero for kinds that Listen
	MinPeriod time.Duration // shortest allowed; zero: 10 ms
	Timeout   time.Duration // default for each call; zero: 5 s

	// Channels, or ChannelsOf when they follow from the options alone, or Probe when the device itself must be
	// asked (it runs when an input is created or its options change, never at start).
	Channels   []Channel
	ChannelsOf func(O) ([]Channel, error)
	Probe      func(ctx context.Context, o O, h host.Host) ([]Channel, error)

	// Lane names the serial executor lane of the bus that the device shares with others; nil or "": its own.
	Lane func(O) string

	// Prompt tells that Read returns soon after its context ends and needs no lane of its own; nil: it does not. Such
	// reads run in the input's own goroutine, which is cheaper; one that hangs all the same leaves its channels stale.
	Prompt func(O) bool

	// Open acquires the device. Exactly one of Open, Dial and Listen is set.
	Open func(ctx context.Context, o O, h host.Host) (Reader, error)
	// Dial reaches a source whose data then arrives by itself: the input runs once it has returned.
	Dial func(ctx context.Context, o O, h host.Host) (Listener, error)
	// Listen receives data of a source that need not be reached first, until ctx ends.
	Listen func(ctx context.Context, o O, h host.Host, emit Emit) error

	// Pushed kinds take readings through the API.
	Pushed bool

	// Discover looks for devices of this kind on this machine; it must not change them.
	Discover func(ctx context.Context, h host.Host) ([]Found, error)
}

// Kind is an entry of the catalogue of inputs. Make it with Define.
type Kind struct {
	ID, Name, Description, Icon, Bus string
	Tags                             []string
	Options                          *option.Spec
	Channels                         []Channel // nil when they depend on the options
	Period, MinPeriod, Timeout       time.Duration
	Pushed                           bool

	bind     func(raw json.RawMessage) (*Device, error)
	discover func(ctx context.Context, h host.Host) ([]Found, error)
}

// Device is a kind with checked options: what a configured input runs.
type Device struct {
	Kind Kind
	// Lane is the name of the executor lane; "" is a private one.
	Lane string
	// Prompt devices are read without a lane.
	Prompt bool

	declared func() ([]Channel, error) // nil for kinds that must ask the device
	channels func(ctx context.Context, h host.Host) ([]Channel, error)
	open     func(ctx context.Context, h host.Host) (Reader, error)
	dial     func(ctx context.Context, h host.Host) (Listener, error)
}

// Define makes a Kind of a Spec. It panics when the spec is broken, which only a programmer can cause and every start
// would show.
func Define[O any](s Spec[O]) Kind {
	ways := 0
	for _, there := range []bool{s.Open != nil, s.Dial != nil, s.Listen != nil} {
		if there {
			ways++
		}
	}
	if ways != 1 {
		panic("input kind " + s.ID + ": exactly one of Open, Dial and Listen must be set")
	}
	if s.Open != nil && s.Period <= 0 {
		panic("input kind " + s.ID + ": a kind that is read needs a period")
	}
	if s.MinPeriod == 0 {
		s.MinPeriod = 10 * time.Millisecond
	}
	if s.Timeout == 0 {
		s.Timeout = 5 * time.Second
	}
	k := Kind{
		ID: s.ID, Name: s.Name, Description: s.Description, Icon: s.Icon, Bus: s.Bus, Tags: s.Tags,
		Options: option.MustFor[O](), Channels: s.Channels,
		Period: s.Period, MinPeriod: s.MinPeriod, Timeout: s.Timeout, Pushed: s.Pushed,
		discover: s.Discover,
	}
	k.bind = func(raw json.RawMessage) (*Device, error) {
		var o O
		if err := k.Options.Decode(raw, &o); err != nil {
			return nil, err
		}
		d := &Device{Kind: k, channels: channelsOf(s, o)}
		switch {
		case s.Probe != nil:
		case s.ChannelsOf != nil:
			d.declared = func() ([]Channel, error) { return s.ChannelsOf(o) }
		default:
			d.declared = func() ([]Channel, error) { return s.Channels, nil }
		}
		if s.Lane != nil {
			d.Lane = s.Lane(o)
		}
		d.Prompt = s.Prompt != nil && d.Lane == "" && s.Prompt(o)
		if s.Open != nil {
			d.open = func(ctx context.Context, h host.Host) (Reader, error) { return s.Open(ctx, o, h) }
		}
		d.dial = dialOf(s, o)
		return d, nil
	}
	return k
}

func channelsOf[O any](s Spec[O], o O) func(context.Context, host.Host) ([]Channel, error) {
	return func(ctx context.Context, h host.Host) ([]Channel, error) {
		switch {
		case s.Probe != nil:
			return s.Probe(ctx, o, h)
		case s.ChannelsOf != nil:
			return s.ChannelsOf(o)
		default:
			return s.Channels, nil
		}
	}
}

// Bind checks options against the kind and returns the device they describe, without touching it. The error is an
// option.Errors when the options are at fault.
func (k Kind) Bind(options json.RawMessage) (*Device, error) { return k.bind(options) }

// Discover lists what of this kind is present on this machine; none for kinds that cannot tell.
func (k Kind) Discover(ctx context.Context, h host.Host) ([]Found, error) {
	if k.discover == nil {
		return nil, nil
	}
	return k.discover(ctx, h)
}

// Channels returns what the device yields. Kinds that probe ask the device.
func (d *Device) Channels(ctx context.Context, h host.Host) ([]Channel, error) {
	return d.channels(ctx, h)
}

// Declared returns what the device yields as far as its kind and options say, without touching it; ok is false for kinds
// that must ask the device.
func (d *Device) Declared() (channels []Channel, ok bool) {
	if d.declared == nil {
		return nil, false
	}
	channels, err := d.declared()
	return channels, err == nil
}

// Open acquires the device; only for devices that do not Listen.
func (d *Device) Open(ctx context.Context, h host.Host) (Reader, error) { return d.open(ctx, h) }
