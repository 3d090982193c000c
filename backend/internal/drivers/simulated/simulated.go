// Package simulated is a sensor without hardware, for trying things out. It can be slow, fail and hang like a real one.
package simulated

import (
	"context"
	"fmt"
	"math"
	"sync"
	"time"

	"hypha/internal/host"
	"hypha/internal/input"
	"hypha/internal/measure"
)

// Options say what the sensor shows and how badly it behaves.
type Options struct {
	Quantity   string  `json:"quantity" default:"temperature" format:"quantity" title:"Quantity" help:"What the sensor pretends to measure"`
	Unit       string  `json:"unit" default:"C" format:"unit" title:"Unit"`
	Waveform   string  `json:"waveform" default:"sine" enum:"constant,sine,square,ramp,noise" enum_titles:"Constant,Sine,Square,Ramp,Noise" title:"Course" help:"How the value moves. It follows the clock, so two sensors with the same settings always agree"`
	Offset     float64 `json:"offset" default:"22" title:"Middle" help:"The value around which it moves"`
	Amplitude  float64 `json:"amplitude" default:"3" min:"0" title:"Swing" help:"How far it goes to either side of the middle" when:"waveform=sine|square|ramp|noise"`
	WavePeriod float64 `json:"wave_period_s" default:"600" min:"0.001" max:"31622400" unit:"s" title:"Duration of one swing" when:"waveform=sine|square|ramp"`
	Latency    float64 `json:"latency_s" default:"0" min:"0" max:"3600" unit:"s" advanced:"true" title:"Answer time" help:"How long each reading takes"`
	FailEvery  int     `json:"fail_every" default:"0" min:"0" advanced:"true" title:"Fail every" help:"Every so many readings one fails; 0: never"`
	HangEvery  int     `json:"hang_every" default:"0" min:"0" advanced:"true" title:"Hang every" help:"Every so many readings the sensor never answers again, as an unplugged one may; 0: never"`
}

// Kind is the catalogue entry.
func Kind() input.Kind {
	return input.Define(input.Spec[Options]{
		ID: "simulated_sensor", Name: "Simulated sensor", Icon: "activity", Tags: []string{"test"},
		Description: "A sensor without hardware, for trying things out. It can be slow, fail and hang like a real one.",
		Period:      time.Second,
		ChannelsOf: func(o Options) ([]input.Channel, error) {
			return []input.Channel{{Name: "value", Quantity: measure.Quantity(o.Quantity), Unit: measure.Unit(o.Unit)}}, nil
		},
		Prompt: func(o Options) bool { return o.HangEvery == 0 },
		Open: func(_ context.Context, o Options, _ host.Host) (input.Reader, error) {
			return &sensor{o: o, closed: make(chan struct{})}, nil
		},
	})
}

type sensor struct {
	o     Options
	reads int // touched by Read only

	close  sync.Once
	closed chan struct{}
}

// Read returns the value of this moment.
func (s *sensor) Read(ctx context.Context) ([]float64, error) {
	s.reads++
	if due(s.reads, s.o.HangEvery) {
		<-s.closed // ctx is not looked at, on purpose: a read of a dead file descriptor knows no context
		return nil, fmt.Errorf("reading %d hung until the sensor was closed", s.reads)
	}
	if s.o.Latency > 0 {
		timer := time.NewTimer(time.Duration(s.o.Latency * float64(time.Second)))
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-s.closed:
			return nil, fmt.Errorf("the sensor was closed during reading %d", s.reads)
		}
	}
	if due(s.reads, s.o.FailEvery) {
		return nil, fmt.Errorf("simulated failure of reading %d", s.reads)
	}
	return []float64{s.o.at(time.Now())}, nil
}

// Close ends a read that hangs.
func (s *sensor) Close() error {
	s.close.Do(func() { close(s.closed) })
	return nil
}

func due(n, every int) bool { return every > 0 && n%every == 0 }

// at is the value at a moment.
func (o Options) at(t time.Time) float64 {
	// In integers first: a float64 of nanoseconds since 1970 is only good to 256 ns, and a phase of it to less.
	period := max(1, int64(o.WavePeriod*float64(time.Second)))
	phase := float64(t.UnixNano()%period) / float64(period)
	switch o.Waveform {
	case "sine":
		return o.Offset + o.Amplitude*math.Sin(2*math.Pi*phase)
	case "square":
		if phase < 0.5 {
			return o.Offset + o.Amplitude
		}
		return o.Offset - o.Amplitude
	case "ramp":
		return o.Offset + o.Amplitude*(2*phase-1)
	case "noise":
		return o.Offset + o.Amplitude*(2*scatter(uint64(t.UnixMilli()))-1)
	default:
		return o.Offset
	}
}

// scatter maps a number to one in [0,1) that looks random and is always the same (splitmix64).
func scatter(x uint64) float64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return float64((x^x>>31)>>11) / (1 << 53)
}
