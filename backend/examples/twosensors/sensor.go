package main

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"hypha/internal/controller"
	"hypha/internal/event"
)

// sensor is the controller of one device.
type sensor struct {
	name     string
	device   device
	lane     *controller.Lane
	start    time.Time // beats are whole periods after it
	readings *event.Topic[reading]

	good atomic.Int64 // time of the last good reading, in ns since the epoch; health checks come beside Run
}

// Initialize opens the device. An error is all it takes to be tried again later.
func (s *sensor) Initialize(ctx context.Context) error {
	_, err := controller.Call(ctx, s.lane, timeout, func(ctx context.Context) (struct{}, error) {
		return struct{}{}, s.device.Open(ctx)
	})
	if err != nil {
		return fmt.Errorf("open: %w", err)
	}
	s.good.Store(time.Now().UnixNano())
	return nil
}

// Run reads at each beat until ctx ends. A failed reading degrades; it is not worth a restart.
func (s *sensor) Run(ctx context.Context) error {
	report := controller.FromContext(ctx)
	for {
		beat := int(time.Since(s.start)/period) + 1
		select {
		case <-time.After(time.Until(s.start.Add(time.Duration(beat) * period))):
		case <-ctx.Done():
			return nil
		}
		r := reading{sensor: s.name, beat: beat, began: time.Now()}
		r.celsius, r.err = controller.Call(ctx, s.lane, timeout, s.device.Read)
		r.ended = time.Now()
		if ctx.Err() != nil {
			return nil //nolint:nilerr // the reading was cut short: it says nothing about the device
		}
		s.readings.Publish(r)
		if r.err != nil {
			report.Degraded(r.err.Error())
			continue
		}
		s.good.Store(r.ended.UnixNano())
		report.Recovered()
	}
}

// Stop has nothing to release: the device has no Close, the lane belongs to run.
func (s *sensor) Stop(context.Context) error { return nil }

// HealthCheck is bad when there was no good reading for three periods. Three bad ones in a row restart the
// controller, and with it open the device anew.
func (s *sensor) HealthCheck(context.Context) controller.Health {
	silence := time.Since(time.Unix(0, s.good.Load()))
	if silence <= 3*period {
		return controller.Health{OK: true}
	}
	return controller.Health{Message: fmt.Sprintf("no good reading for %v", silence.Round(time.Second))}
}
