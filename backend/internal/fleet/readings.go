package fleet

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
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
	owners := f.ownersOf(pushed)
	unlock, err := f.edits.lockAll(ctx, owners) // an edit that is under way is no reason to refuse them
	if err != nil {
		return 0, err
	}
	defer unlock()
	now := time.Now()
	targets, err := f.checkPushed(pushed, owners, now)
	if err != nil {
		return 0, err
	}
	// Only now the filters, which remember what they see: a batch that is refused must leave no trace in them.
	var bad faults
	batch := make([]measure.Reading, len(pushed))
	for n, p := range pushed {
		r, err := targets[n].in.Refine(targets[n].index, p.T, p.V)
		if err != nil {
			bad.add(fmt.Sprintf("readings[%d].v", n), "%v", err)
		}
		batch[n] = r
	}
	if err := bad.err(); err != nil {
		return 0, err
	}
	if err := f.cfg.History.Append(ctx, batch); err != nil {
		return 0, fmt.Errorf("store the readings: %w", err)
	}
	f.cfg.Writer.Stored()
	told := map[*input.Input]bool{}
	for _, t := range targets {
		if !told[t.in] {
			told[t.in] = true
			t.in.Delivered(now)
		}
	}
	if newest := f.Live.PutDated(batch); len(newest) > 0 {
		f.Readings.Publish(newest)
		f.dispatch.arrived(newest)
	}
	return len(batch), nil
}

// ownersOf are the push inputs whose channels are pushed to.
func (f *Fleet) ownersOf(pushed []Pushed) (refs []controller.Ref) {
	f.mu.RLock()
	defer f.mu.RUnlock()
	seen := map[controller.Ref]bool{}
	for _, p := range pushed {
		if at, ok := f.channels[p.Channel]; ok && at.pushed && !seen[at.ref] {
			seen[at.ref] = true
			refs = append(refs, at.ref)
		}
	}
	return refs
}

// target is where a pushed reading goes.
type target struct {
	in    *input.Input
	index int
}

// maxFaults bounds how many faults of one request are listed.
const maxFaults = 100

// checkPushed finds the input of each reading and judges what can be judged without it.
func (f *Fleet) checkPushed(pushed []Pushed, owners []controller.Ref, now time.Time) ([]target, error) {
	var bad faults
	targets := make([]target, len(pushed))
	for n, p := range pushed {
		at := fmt.Sprintf("readings[%d]", n)
		in, index, ok := f.pushTarget(&bad, at, p.Channel, owners)
		targets[n] = target{in, index}
		t := time.UnixMilli(p.T)
		switch {
		case !ok:
		case t.After(now.Add(aheadAtMost)):
			bad.add(at+".t", "is more than a day in the future: check the clock of the sender")
		case p.T < 0 || f.cfg.Retention > 0 && t.Before(now.Add(-f.cfg.Retention)):
			bad.add(at+".t", "is older than the history keeps")
		case math.IsNaN(p.V) || math.IsInf(p.V, 0):
			bad.add(at+".v", "must be a finite number")
		}
		if len(bad.list) >= maxFaults {
			break
		}
	}
	return targets, bad.err()
}

// pushTarget finds the running push input of a channel; it must be one of owners, whose locks are held.
func (f *Fleet) pushTarget(bad *faults, at string, id measure.ChannelID, owners []controller.Ref) (*input.Input, int, bool) {
	f.mu.RLock()
	defer f.mu.RUnlock()
	p, ok := f.channels[id]
	switch {
	case !ok, p.pushed && !slices.Contains(owners, p.ref): // the second came to be this very moment
		bad.add(at+".channel", "there is no channel %d: GET /api/v1/channels lists them", id)
		return nil, 0, false
	case !p.pushed:
		bad.add(at+".channel", "channel %d belongs to an input that reads by itself: only channels of push inputs take readings", id)
		return nil, 0, false
	}
	in := f.running[p.ref]
	if in != nil {
		return in, p.index, true
	}
	if s, broken := f.broken[p.ref]; broken {
		bad.add(at+".channel", "the input of channel %d is out of order: %s", id, s.Error)
	} else {
		bad.add(at+".channel", "the input of channel %d is disabled: enable it first", id)
	}
	return nil, 0, false
}

// storedWithin bounds how long a read that was asked for waits for the history.
const storedWithin = 500 * time.Millisecond

// stored waits until what has been read is in the history, where whoever asked will look for it next. That it is not there
// yet, or cannot be, is no fault of the read.
func (f *Fleet) stored(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, storedWithin)
	defer cancel()
	_ = f.cfg.Writer.Flush(ctx) // the writer itself alerts
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
		return nil, f.idle(controller.Ref(row.Ref()))
	}
	readings, err := in.ReadNow(ctx)
	switch {
	case len(readings) > 0 || err == nil:
		f.stored(ctx)
		return readings, nil
	case errors.Is(err, input.ErrNotOpen):
		return nil, err
	default:
		return nil, &DeviceError{Err: err}
	}
}
