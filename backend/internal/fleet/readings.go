package fleet

import (
	"context"
	"fmt"
	"math"
	"time"

	"hypha/internal/controller"
	"hypha/internal/input"
	"hypha/internal/measure"
)

// Pushed is a reading that came through the API. T is in ms since the epoch.
type Pushed struct {
	Channel measure.ChannelID
	T       int64
	V       float64
}

// aheadAtMost is how far in the future a pushed reading may lie: clocks differ, but a date of next year is a fault.
const aheadAtMost = 24 * time.Hour

// Ingest takes readings for channels of push inputs, all of them or none. When it returns they are stored.
func (f *Fleet) Ingest(ctx context.Context, pushed []Pushed) (int, error) {
	now := time.Now()
	var bad faults
	batch := make([]measure.Reading, 0, len(pushed))
	inputs := map[controller.Ref]*input.Input{}
	for n, p := range pushed {
		at := fmt.Sprintf("readings[%d]", n)
		in, index, ok := f.pushTarget(&bad, at, p.Channel)
		if !ok {
			continue
		}
		if t := time.UnixMilli(p.T); t.After(now.Add(aheadAtMost)) {
			bad.add(at+".t", "is more than a day in the future: check the clock of the sender")
			continue
		} else if p.T < 0 || f.cfg.Retention > 0 && t.Before(now.Add(-f.cfg.Retention)) {
			bad.add(at+".t", "is older than the history keeps")
			continue
		}
		if math.IsNaN(p.V) || math.IsInf(p.V, 0) {
			bad.add(at+".v", "must be a finite number")
			continue
		}
		r, err := in.Refine(index, p.T, p.V)
		if err != nil {
			bad.add(at+".v", "%v", err)
			continue
		}
		inputs[f.placeOf(p.Channel).ref] = in
		batch = append(batch, r)
		if len(bad.list) > 100 {
			break
		}
	}
	if err := bad.err(); err != nil {
		return 0, err
	}
	if err := f.cfg.History.Append(ctx, batch); err != nil {
		return 0, fmt.Errorf("store the readings: %w", err)
	}
	for _, in := range inputs {
		in.Delivered(now)
	}
	if newest := f.Live.PutDated(batch); len(newest) > 0 {
		f.Readings.Publish(newest)
	}
	return len(batch), nil
}

func (f *Fleet) placeOf(id measure.ChannelID) place {
	f.mu.RLock()
	defer f.mu.RUnlock()
	return f.channels[id]
}

// pushTarget finds the running push input of a channel.
func (f *Fleet) pushTarget(bad *faults, at string, id measure.ChannelID) (*input.Input, int, bool) {
	f.mu.RLock()
	defer f.mu.RUnlock()
	p, ok := f.channels[id]
	switch {
	case !ok:
		bad.add(at+".channel", "there is no channel %d: GET /api/v1/channels lists them", id)
		return nil, 0, false
	case !p.pushed:
		bad.add(at+".channel", "channel %d belongs to an input that reads by itself: only channels of push inputs take readings", id)
		return nil, 0, false
	}
	in := f.running[p.ref]
	if in == nil {
		bad.add(at+".channel", "the input of channel %d is disabled: enable it first", id)
		return nil, 0, false
	}
	return in, p.index, true
}

// ReadNow reads a device at once.
func (f *Fleet) ReadNow(ctx context.Context, id int64) ([]measure.Reading, error) {
	row, err := f.cfg.Store.Inputs.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	f.mu.RLock()
	in := f.running[controller.Ref(row.Ref())]
	f.mu.RUnlock()
	if in == nil {
		return nil, ErrNotRunning
	}
	readings, err := in.ReadNow(ctx)
	if err != nil && len(readings) == 0 {
		return nil, &DeviceError{Err: err}
	}
	return readings, nil
}
