package input

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"hypha/internal/controller"
	"hypha/internal/measure"
)

// poll reads at each beat. Beats lie on a grid of the period from the first one on, so a slow read or a busy machine
// never shifts the later ones; a read that overruns costs the beats it covers, which are counted.
func (i *Input) poll(ctx context.Context) error {
	report := controller.FromContext(ctx)
	next := i.firstBeat(time.Now())
	timer := time.NewTimer(time.Until(next))
	defer timer.Stop()
	failed, silent, overran := 0, 0, 0 // in a row: reads with an error, reads without any value, beats overrun
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-timer.C:
		}
		late := time.Since(next)
		batch, err := i.readBeat(ctx)
		if ctx.Err() != nil {
			return nil
		}
		next = next.Add(i.cfg.Period)
		skipped := 0
		if behind := time.Since(next); behind > 0 {
			skipped = int(behind/i.cfg.Period) + 1
			next = next.Add(time.Duration(skipped) * i.cfg.Period)
		}
		i.beat(late, skipped)
		timer.Reset(time.Until(next))

		switch {
		case err != nil:
			failed++
			silent++
			if len(batch) > 0 { // one dead channel does not take the others with it
				silent = 0
			}
			if silent >= 2*i.cfg.FailuresBeforeDegraded {
				return fmt.Errorf("%d reads in a row failed: %w", silent, err)
			}
			if failed >= i.cfg.FailuresBeforeDegraded {
				report.Degraded("reads fail: " + err.Error()) // without a count, so that it is told once
			}
		case skipped > 0:
			failed, silent = 0, 0
			if overran++; overran >= i.cfg.FailuresBeforeDegraded {
				report.Degraded(fmt.Sprintf("reading takes longer than the period of %v: %d of %d beats are skipped",
					i.cfg.Period, skipped, skipped+1))
			}
		default:
			if failed > 0 || overran > 0 {
				failed, silent, overran = 0, 0, 0
				report.Recovered()
			}
		}
	}
}

// firstBeat is the first point of the grid after now; Initialize has just read.
func (i *Input) firstBeat(now time.Time) time.Time {
	epoch := i.cfg.Epoch
	if epoch.IsZero() {
		epoch = now
	}
	first := epoch.Add(i.cfg.Phase)
	if behind := now.Sub(first); behind >= 0 {
		first = first.Add(behind - behind%i.cfg.Period + i.cfg.Period)
	}
	return first
}

// readBeat reads once whoever reads at this moment has finished.
func (i *Input) readBeat(ctx context.Context) ([]measure.Reading, error) {
	if err := i.acquire(ctx); err != nil {
		return nil, err
	}
	defer i.release()
	return i.read(ctx)
}

func (i *Input) beat(late time.Duration, skipped int) {
	i.mu.Lock()
	i.stats.Lateness = late
	i.stats.MaxLateness = max(i.stats.MaxLateness, late)
	i.stats.Skipped += uint64(skipped)
	i.mu.Unlock()
	i.cfg.Sink.Beat(late, skipped)
}

// read asks the device once, refines what it said and hands it on. The caller holds reading. A ChannelErrors comes back
// together with the readings of the channels that answered.
func (i *Input) read(ctx context.Context) ([]measure.Reading, error) {
	i.mu.Lock()
	reader, lane, opened := i.reader, i.lane, i.opened
	i.mu.Unlock()
	if reader == nil || lane == nil {
		return nil, ErrNotOpen
	}
	if _, hung := lane.Hung(); hung && i.cfg.Device.Lane == "" {
		return nil, i.fail(errors.New("the last read has not returned; the device hangs"))
	}
	values, err := i.ask(ctx, lane, reader)
	at := time.Now()
	if errors.Is(err, ErrNotReady) {
		return nil, nil
	}
	var partial ChannelErrors
	if err != nil && !errors.As(err, &partial) {
		return nil, i.fail(err)
	}
	if len(values) == 0 && len(partial) > 0 { // not one channel has a value: the reasons count, not the number of values
		return nil, i.fail(fmt.Errorf("%s: %w", i.names(partial), partial))
	}
	if len(values) != len(i.chains) {
		return nil, i.fail(fmt.Errorf("the driver returned %d values for %d channels", len(values), len(i.chains)))
	}
	batch, err := i.refineAll(opened, at, values, partial)
	if len(batch) > 0 {
		i.cfg.Sink.Accept(ctx, batch)
	}
	return batch, err
}

// ask calls the driver: on its lane, or in this goroutine when the device is prompt.
func (i *Input) ask(ctx context.Context, lane *controller.Lane, reader Reader) ([]float64, error) {
	if i.cfg.Device.Prompt {
		return controller.Direct(ctx, i.cfg.Timeout, reader.Read)
	}
	return controller.Call(ctx, lane, i.cfg.Timeout, reader.Read)
}

// refineAll makes the batch of one read and keeps the figures. What comes from a device that has been closed meanwhile
// is nobody's reading any more: its channel may have another unit by now.
func (i *Input) refineAll(opened int, at time.Time, values []float64, partial ChannelErrors) ([]measure.Reading, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.opened != opened {
		return nil, ErrNotOpen
	}
	batch := make([]measure.Reading, 0, len(values))
	failed := ChannelErrors{}
	for n, v := range values {
		if err, ok := partial[n]; ok {
			failed[n] = err
			continue
		}
		r, err := i.refine(n, at.UnixMilli(), i.filterTime(at), v)
		if err != nil {
			failed[n] = err
			continue
		}
		batch = append(batch, r)
	}
	if len(batch) > 0 {
		i.stats.Reads++
		i.stats.LastReadingAt = at
	}
	if len(failed) == 0 {
		i.stats.LastError = ""
		return batch, nil
	}
	err := fmt.Errorf("%s: %w", i.names(failed), failed)
	i.stats.Failures++
	i.stats.LastError = err.Error()
	return batch, err
}

func (i *Input) fail(err error) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.stats.Failures++
	i.stats.LastError = err.Error()
	return err
}

// names lists the channels that failed, in order, for people.
func (i *Input) names(failed ChannelErrors) string {
	var names []string
	for n, ch := range i.cfg.Channels {
		if _, ok := failed[n]; ok {
			names = append(names, ch.Name)
		}
	}
	return strings.Join(names, ", ")
}
