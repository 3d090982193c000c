package fleet

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"hypha/internal/input"
	"hypha/internal/measure"
	"hypha/internal/option"
	"hypha/internal/refine"
	"hypha/internal/secret"
	"hypha/internal/settings"
	"hypha/internal/wire"
)

// Diagnosis is what a device said when it was asked for the sake of looking, and what became of it.
type Diagnosis struct {
	At        time.Time
	Took      time.Duration
	Listened  bool            // the source sends by itself: it was listened to
	Pushed    bool            // readings come through the API: there is nobody to ask
	Error     string          // why there is no answer as a whole
	Exchanges []wire.Exchange // as far as the driver can tell, without secrets
	More      int             // further exchanges that were not kept
	Channels  []DiagnosedChannel
}

// DiagnosedChannel follows one value from the device to the channel. Values that there are not are nil.
type DiagnosedChannel struct {
	settings.Channel
	Raw        *float64 // in Channel.SourceUnit
	Calibrated *float64 // the same unit; nil: there is no calibration
	Converted  *float64 // in Channel.Unit
	Quality    measure.Quality
	Why        string // the reason of a quality other than good
	Error      string // why the device gave no value
	Note       string
	Filters    []refine.Filter // judge what follows: a single value is no sequence
}

// ErrBusy says that the same device is being diagnosed already.
var ErrBusy = errors.New("somebody is looking at this device at this moment; try again in a few seconds")

// Diagnose opens the device of a stored input beside the running one, reads it once, or listens to it for a few seconds,
// and tells all that passed. Nothing is handed on, and nothing is kept.
func (f *Fleet) Diagnose(ctx context.Context, id int64) (Diagnosis, error) {
	row, err := f.cfg.Store.Inputs.Get(ctx, id)
	if err != nil {
		return Diagnosis{}, err
	}
	channels, err := f.cfg.Store.Channels.Of(ctx, row.Ref())
	if err != nil {
		return Diagnosis{}, err
	}
	kind, ok := f.inputs[row.Kind]
	if !ok {
		return Diagnosis{}, option.Errors{{Field: "kind", Message: fmt.Sprintf("this program does not know the kind %q any more", row.Kind)}}
	}
	if _, busy := f.diagnosing.LoadOrStore(id, struct{}{}); busy {
		return Diagnosis{}, ErrBusy
	}
	defer f.diagnosing.Delete(id)
	options, err := f.cfg.Store.Secrets.OpenOptions(row.Options, kind.Options.Secrets())
	if err != nil {
		return Diagnosis{}, &DeviceError{Err: fmt.Errorf("open the secrets: %w", err)}
	}
	hide, err := secret.OptionValues(options, kind.Options.Secrets())
	if err != nil {
		return Diagnosis{}, fmt.Errorf("look for the secrets: %w", err)
	}
	device, err := kind.Bind(options)
	if err != nil {
		return Diagnosis{}, &DeviceError{Err: err}
	}
	declared := declaredOr(device, knownChannels(channels))
	log := wire.NewLog(hide)
	d := Diagnosis{At: time.Now(), Listened: device.Listens(), Pushed: kind.Pushed}
	samples, err := f.sample(ctx, f.cfg.Host.Watched(log), device, declared, seconds(row.TimeoutS))
	d.Took = time.Since(d.At)
	if err != nil {
		d.Error = log.Hide(err.Error())
		samples = blank(declared)
	}
	d.Exchanges, d.More = log.Seen()
	for n, ch := range channels {
		if n < len(samples) && n < len(declared) {
			d.Channels = append(d.Channels, f.follow(ch, declared[n], samples[n], log))
		}
	}
	return d, nil
}

// follow tells what becomes of a sample.
func (f *Fleet) follow(ch settings.Channel, declared input.Channel, s Sample, log *wire.Log) DiagnosedChannel {
	d := DiagnosedChannel{Channel: ch, Raw: s.Value, Error: log.Hide(s.Error), Note: s.Note}
	cfg, err := f.refineConfig(ch, declared)
	d.Filters = slices.Clone(cfg.Filters)
	if err == nil && s.Value != nil {
		var steps refine.Steps
		if steps, err = refine.Explain(cfg, *s.Value); err == nil {
			d.Calibrated, d.Converted, d.Quality, d.Why = steps.Calibrated, &steps.Converted, steps.Q, steps.Why
		}
	}
	if err != nil && d.Error == "" {
		d.Error = err.Error()
	}
	return d
}
