package fleet

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"time"

	"hypha/internal/function"
	"hypha/internal/host"
	"hypha/internal/input"
	"hypha/internal/measure"
	"hypha/internal/output"
)

// bench has the fake devices that the kinds of these tests speak to.
type bench struct {
	mu      sync.Mutex
	sensors map[int]*fakeSensor // by address
	relays  map[string]*fakeRelay
	emit    map[string]input.Emit // of listeners that run, by broker
	heard   map[string]string     // the password a listener was given, by broker
	refuses map[string]error      // brokers that do not take us
	asked   int                   // times a device was asked for its channels
	logics  map[string]*fakeLogic // by name
	more    []function.Kind       // beside those of every test
}

type fakeSensor struct {
	values []float64
	err    error
	hang   chan struct{}
	opens  int
	reads  int
}

type fakeRelay struct {
	levels []string // in the order they came
	now    map[int]string
	err    error
	slow   time.Duration
	opens  int
}

func newBench() *bench {
	return &bench{
		sensors: map[int]*fakeSensor{}, relays: map[string]*fakeRelay{}, emit: map[string]input.Emit{},
		heard: map[string]string{}, refuses: map[string]error{}, logics: map[string]*fakeLogic{},
	}
}

// do changes the devices.
func (b *bench) do(change func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	change()
}

// plug puts a sensor of 20 °C and 50 % at an address.
func (b *bench) plug(address int) *fakeSensor {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := &fakeSensor{values: []float64{20, 50}}
	b.sensors[address] = s
	return s
}

func (b *bench) relay(pin string) *fakeRelay {
	b.mu.Lock()
	defer b.mu.Unlock()
	r := b.relays[pin]
	if r == nil {
		r = &fakeRelay{now: map[int]string{}}
		b.relays[pin] = r
	}
	return r
}

func (b *bench) level(pin string, channel int) string {
	r := b.relay(pin)
	b.mu.Lock()
	defer b.mu.Unlock()
	return r.now[channel]
}

func (b *bench) inputs() []input.Kind {
	return []input.Kind{b.sensorKind(), b.probedKind(), b.brokerKind(), pushKind()}
}

func (b *bench) outputs() []output.Kind { return []output.Kind{b.relayKind(), b.valveKind()} }

type sensorOptions struct {
	Address int    `json:"address" default:"1" min:"1" max:"99"`
	Key     string `json:"key" secret:"true"`
}

type openSensor struct {
	bench   *bench
	address int
}

func (s openSensor) Read(ctx context.Context) ([]float64, error) {
	s.bench.mu.Lock()
	d := s.bench.sensors[s.address]
	if d == nil {
		s.bench.mu.Unlock()
		return nil, errNoAnswer
	}
	d.reads++
	values, err, hang := slices.Clone(d.values), d.err, d.hang
	s.bench.mu.Unlock()
	if hang != nil {
		<-hang
	}
	return values, err
}

func (b *bench) openSensor(_ context.Context, o sensorOptions, _ host.Host) (input.Reader, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	d := b.sensors[o.Address]
	if d == nil {
		return nil, fmt.Errorf("device at %d: %w", o.Address, errNoAnswer)
	}
	d.opens++
	return openSensor{b, o.Address}, nil
}

var climate = []input.Channel{ //nolint:gochecknoglobals // a table that nobody changes
	{Name: "temperature", Quantity: measure.Temperature, Unit: measure.Celsius, Min: -40, Max: 80},
	{Name: "humidity", Quantity: measure.Humidity, Unit: measure.Percent, Min: 0, Max: 100},
}

// sensorKind declares its channels and finds what is plugged.
func (b *bench) sensorKind() input.Kind {
	return input.Define(input.Spec[sensorOptions]{
		ID: "fake_sensor", Period: 10 * time.Second, MinPeriod: time.Second, Timeout: time.Second, Channels: climate, Open: b.openSensor,
		Discover: func(context.Context, host.Host) ([]input.Found, error) {
			b.mu.Lock()
			defer b.mu.Unlock()
			var found []input.Found
			for address := range b.sensors {
				found = append(found, input.Found{
					Kind: "fake_sensor", Name: fmt.Sprintf("sensor %d", address), Options: json.RawMessage(fmt.Sprintf(`{"address":%d}`, address)),
				})
			}
			return found, nil
		},
	})
}

// probedKind asks the device for its channels.
func (b *bench) probedKind() input.Kind {
	return input.Define(input.Spec[sensorOptions]{
		ID: "fake_probed", Period: 10 * time.Second, Timeout: time.Second, Open: b.openSensor,
		Probe: func(_ context.Context, o sensorOptions, _ host.Host) ([]input.Channel, error) {
			b.mu.Lock()
			defer b.mu.Unlock()
			b.asked++
			d := b.sensors[o.Address]
			if d == nil {
				return nil, errNoAnswer
			}
			return climate[:len(d.values)], nil
		},
	})
}

type seriesOptions struct {
	Name     string  `json:"name" required:"true"`
	Topic    string  `json:"topic" required:"true"`
	Quantity string  `json:"quantity" default:"temperature"`
	Unit     string  `json:"unit" default:"C"`
	Token    string  `json:"token" secret:"true"`
	Max      float64 `json:"max"`
}

type brokerOptions struct {
	Broker   string          `json:"broker" required:"true" pattern:"^mqtt://"`
	Password string          `json:"password" secret:"true"`
	Channels []seriesOptions `json:"channels" required:"true" min_items:"1"`
}

func (o brokerOptions) channels() []input.Channel {
	var all []input.Channel
	for _, s := range o.Channels {
		all = append(all, input.Channel{Name: s.Name, Quantity: measure.Quantity(s.Quantity), Unit: measure.Unit(s.Unit), Max: s.Max})
	}
	return all
}

// brokerKind listens, its channels follow from its options, and it has secrets in two places.
func (b *bench) brokerKind() input.Kind {
	return input.Define(input.Spec[brokerOptions]{
		ID: "fake_broker", Timeout: time.Second,
		ChannelsOf: func(o brokerOptions) ([]input.Channel, error) { return o.channels(), nil },
		Listen: func(ctx context.Context, o brokerOptions, _ host.Host, emit input.Emit) error {
			b.mu.Lock()
			b.heard[o.Broker] = o.Password
			err := b.refuses[o.Broker]
			if err == nil {
				b.emit[o.Broker] = emit
			}
			b.mu.Unlock()
			if err != nil {
				return err
			}
			<-ctx.Done()
			return nil
		},
	})
}

type pushOptions struct {
	Channels []pushedSeries `json:"channels" required:"true" min_items:"1"`
}

type pushedSeries struct {
	Name     string `json:"name" required:"true"`
	Quantity string `json:"quantity" required:"true"`
	Unit     string `json:"unit" required:"true"`
}

func pushKind() input.Kind {
	return input.Define(input.Spec[pushOptions]{
		ID: "fake_push", Pushed: true,
		ChannelsOf: func(o pushOptions) ([]input.Channel, error) {
			var all []input.Channel
			for _, s := range o.Channels {
				all = append(all, input.Channel{Name: s.Name, Quantity: measure.Quantity(s.Quantity), Unit: measure.Unit(s.Unit)})
			}
			return all, nil
		},
		Listen: func(ctx context.Context, _ pushOptions, _ host.Host, _ input.Emit) error {
			<-ctx.Done()
			return nil
		},
	})
}

type relayOptions struct {
	Pin      string `json:"pin" required:"true"`
	Password string `json:"password" secret:"true"`
}

type openRelay struct {
	bench *bench
	relay *fakeRelay
}

func (o openRelay) Write(ctx context.Context, channel int, l output.Level) error {
	o.bench.mu.Lock()
	slow, err := o.relay.slow, o.relay.err
	o.bench.mu.Unlock()
	if slow > 0 {
		select {
		case <-time.After(slow):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	o.bench.mu.Lock()
	defer o.bench.mu.Unlock()
	if err != nil {
		return err
	}
	o.relay.levels = append(o.relay.levels, fmt.Sprintf("%d %s", channel, l))
	o.relay.now[channel] = l.String()
	return nil
}

func (b *bench) relayKind() output.Kind {
	return output.Define(output.Spec[relayOptions]{
		ID: "fake_relay", Timeout: time.Second,
		Channels: []output.Channel{{Name: "heater", Type: output.OnOff}, {Name: "fan", Type: output.PWM}},
		Open: func(_ context.Context, o relayOptions, _ host.Host) (output.Writer, error) {
			r := b.relay(o.Pin)
			b.mu.Lock()
			defer b.mu.Unlock()
			r.opens++
			return openRelay{b, r}, nil
		},
	})
}

func (b *bench) valveKind() output.Kind {
	return output.Define(output.Spec[relayOptions]{
		ID: "fake_pump", Timeout: time.Second,
		Channels: []output.Channel{{Name: "dose", Type: output.Volume}, {Name: "speed", Type: output.Value}},
		Open: func(_ context.Context, o relayOptions, _ host.Host) (output.Writer, error) {
			return openRelay{b, b.relay(o.Pin)}, nil
		},
	})
}
