package fleet

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"sync"
	"time"

	"hypha/internal/controller"
	"hypha/internal/input"
	"hypha/internal/measure"
	"hypha/internal/option"
	"hypha/internal/refine"
	"hypha/internal/secret"
	"hypha/internal/settings"
)

// Sample is what one channel said when a device was tried.
type Sample struct {
	Channel  int              `json:"channel"` // position, from 0
	Name     string           `json:"name"`
	Quantity measure.Quantity `json:"quantity" swaggertype:"string"`
	Unit     measure.Unit     `json:"unit" swaggertype:"string"`
	Value    *float64         `json:"value" extensions:"x-nullable"` // null: none
	Error    string           `json:"error,omitempty"`
	Note     string           `json:"note,omitempty"`
}

// listenFor is how long a test waits for a source that sends when it likes.
const listenFor = 5 * time.Second

// TryInput reads a device that is not saved, once. A stored input whose secrets the draft leaves out may be named.
func (f *Fleet) TryInput(ctx context.Context, d InputDraft, like int64) ([]Sample, error) {
	if d.Name == "" {
		d.Name = "test"
	}
	if like != 0 {
		row, err := f.cfg.Store.Inputs.Get(ctx, like)
		if err != nil {
			return nil, err
		}
		if kind, ok := f.inputs[row.Kind]; ok && row.Kind == d.Kind {
			stored, lost, err := f.openOptions(row.Options, kind.Options.Secrets())
			if err != nil {
				return nil, err
			}
			if d.Options, err = secret.KeepSecrets(stored, d.Options, kind.Options.Secrets()); err != nil {
				return nil, option.Errors{{Field: "options", Message: err.Error()}}
			}
			if err := stillLost(lost, d.Options, kind.Options.Secrets()); err != nil {
				return nil, err
			}
		}
	}
	c, err := f.checkInput(ctx, d, existing{})
	if err != nil {
		return nil, err
	}
	return f.sample(ctx, c.device, c.channels, seconds(c.row.TimeoutS))
}

// sample opens a device, reads it once and closes it.
func (f *Fleet) sample(ctx context.Context, d *input.Device, channels []input.Channel, timeout time.Duration) ([]Sample, error) {
	if d.Listens() {
		return f.listen(ctx, d, channels)
	}
	lane := f.lanes.Lane(d.Lane)
	defer lane.Release()
	type result struct {
		values []float64
		err    error
	}
	got, err := controller.Call(ctx, lane, 2*timeout, func(ctx context.Context) (result, error) {
		reader, err := d.Open(ctx, f.cfg.Host)
		if err != nil {
			return result{}, fmt.Errorf("open: %w", err)
		}
		if c, ok := reader.(io.Closer); ok {
			defer func() { _ = c.Close() }() // it was only tried
		}
		values, err := reader.Read(ctx)
		var partial input.ChannelErrors
		if err != nil && !errors.As(err, &partial) && !errors.Is(err, input.ErrNotReady) {
			return result{}, err
		}
		return result{values, err}, nil
	})
	if err != nil {
		return nil, &DeviceError{Err: err}
	}
	samples := blank(channels)
	var partial input.ChannelErrors
	errors.As(got.err, &partial)
	for n := range samples {
		switch {
		case partial[n] != nil:
			samples[n].Error = partial[n].Error()
		case n < len(got.values) && !finite(got.values[n]):
			samples[n].Error = refine.ErrNotFinite.Error()
		case n < len(got.values):
			samples[n].Value = &got.values[n]
		default:
			samples[n].Note = "it answers, but has no value yet"
		}
	}
	return samples, nil
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

func blank(channels []input.Channel) []Sample {
	samples := make([]Sample, len(channels))
	for n, ch := range channels {
		samples[n] = Sample{Channel: n, Name: ch.Name, Quantity: ch.Quantity, Unit: ch.Unit}
	}
	return samples
}

// witness hears whether a source that is only tried says that it is not well.
type witness struct {
	mu     sync.Mutex
	reason string
}

func (w *witness) Degraded(reason string) { w.mu.Lock(); w.reason = reason; w.mu.Unlock() }
func (w *witness) Recovered()             { w.mu.Lock(); w.reason = ""; w.mu.Unlock() }
func (w *witness) Abandoned()             {}

// listen waits for the first values of a source, at most listenFor.
func (f *Fleet) listen(ctx context.Context, d *input.Device, channels []input.Channel) ([]Sample, error) {
	samples := blank(channels)
	if d.Kind.Pushed {
		for n := range samples {
			samples[n].Note = "ready for POST /api/v1/readings"
		}
		return samples, nil
	}
	enough, cancel := context.WithCancel(ctx)
	defer cancel()
	w := &witness{}
	var mu sync.Mutex
	missing := len(samples)
	emit := func(n int, _ time.Time, v float64) error {
		mu.Lock()
		defer mu.Unlock()
		switch {
		case n < 0 || n >= len(samples):
			return fmt.Errorf("the input has no channel %d", n)
		case !finite(v):
			return refine.ErrNotFinite
		case samples[n].Value == nil:
			samples[n].Value = &v
			if missing--; missing == 0 {
				cancel()
			}
		}
		return nil
	}
	_, err := controller.Call(controller.NewContext(enough, w), nil, listenFor, func(ctx context.Context) (struct{}, error) {
		return struct{}{}, d.Listen(ctx, f.cfg.Host, emit)
	})
	mu.Lock()
	defer mu.Unlock()
	var over *controller.TimeoutError // it has listened long enough
	if err != nil && enough.Err() == nil && !errors.As(err, &over) {
		return nil, &DeviceError{Err: err}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.reason != "" && missing == len(samples) {
		return nil, &DeviceError{Err: errors.New(w.reason)}
	}
	for n := range samples {
		if samples[n].Value == nil {
			samples[n].Note = "connected; nothing received yet"
		}
	}
	return slices.Clone(samples), nil
}

// Discovery is a device found on this machine, with what it says now.
type Discovery struct {
	input.Found
	Samples []Sample
	Error   string
	Exists  bool // an input with these options is configured already
}

// findWithin bounds the search of each kind and the trial of each device.
const findWithin = 3 * time.Second

// Discover looks for devices of all kinds at once and reads each once.
func (f *Fleet) Discover(ctx context.Context) ([]Discovery, error) {
	rows, _, err := f.cfg.Store.Inputs.List(ctx, settings.Filter{})
	if err != nil {
		return nil, err
	}
	var mu sync.Mutex
	var all []Discovery
	var wg sync.WaitGroup
	for _, kind := range f.inputs {
		wg.Go(func() {
			found, err := controller.Call(ctx, nil, findWithin, func(ctx context.Context) ([]input.Found, error) {
				return kind.Discover(ctx, f.cfg.Host)
			})
			if err != nil {
				f.log.Warn("looking for devices failed", "kind", kind.ID, "error", err)
			}
			for _, one := range found {
				d := Discovery{Found: one, Exists: configured(kind, rows, one)}
				d.Samples, err = f.try(ctx, kind, one)
				if err != nil {
					d.Error = err.Error()
				}
				mu.Lock()
				all = append(all, d)
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	slices.SortFunc(all, func(a, b Discovery) int {
		if c := strings.Compare(a.Kind, b.Kind); c != 0 {
			return c
		}
		return strings.Compare(a.Name+string(a.Options), b.Name+string(b.Options))
	})
	return all, nil
}

func (f *Fleet) try(ctx context.Context, kind input.Kind, found input.Found) ([]Sample, error) {
	device, err := kind.Bind(found.Options)
	if err != nil {
		return nil, err
	}
	channels, err := f.channelsOf(ctx, device, findWithin.Seconds())
	if err != nil {
		return nil, err
	}
	return f.sample(ctx, device, channels, findWithin/2)
}

// configured tells whether an input has all the options of what was found.
func configured(kind input.Kind, rows []settings.Input, found input.Found) bool {
	var want map[string]any
	if json.Unmarshal(found.Options, &want) != nil {
		return false
	}
	for _, row := range rows {
		if row.Kind != found.Kind {
			continue
		}
		var have map[string]any
		options, err := option.Merge(kind.Options.Defaults(), row.Options)
		if err != nil || json.Unmarshal(options, &have) != nil {
			continue
		}
		same := true
		for name, v := range want {
			same = same && fmt.Sprint(have[name]) == fmt.Sprint(v)
		}
		if same {
			return true
		}
	}
	return false
}

// InputKinds is the catalogue of inputs.
func (f *Fleet) InputKinds() []input.Kind { return f.cfg.Inputs }
