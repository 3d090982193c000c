// Package refine turns what a device said into a reading a person and a control loop can trust: physical range,
// calibration, conversion, valid range, filters, each in this order and each with a verdict.
//
// A value is never invented: what fails a check keeps its number and gets the quality that says so (out_of_range,
// rejected), and the reason is counted by name. Only filters that the user chose change a number.
package refine

import (
	"errors"
	"fmt"
	"math"

	"hypha/internal/measure"
)

// ErrNotFinite refuses NaN and the infinities: they are no measurement and are not stored.
var ErrNotFinite = errors.New("the device returned a value that is not a finite number")

// Config says how the values of one channel are refined. The zero value passes every finite value through.
type Config struct {
	// PhysicalMin and PhysicalMax bound what the device can truly measure, in the device's unit; nil: unbounded.
	PhysicalMin, PhysicalMax *float64
	// Calibration corrects the raw value, in the device's unit; nil: none.
	Calibration *Calibration
	// Convert leads from the device's unit to the channel's.
	Convert measure.Affine
	// ValidMin and ValidMax are the user's limits, in the channel's unit; nil: unbounded.
	ValidMin, ValidMax *float64
	// Filters run in order on good values only.
	Filters []Filter
}

// Chain refines the values of one channel. It keeps the filters' memory and is used by one goroutine at a time.
type Chain struct {
	cfg     Config
	steps   []step
	lastT   int64
	Rejects map[string]uint64 // how often each check refused, by name
}

// Result is one refined value, in the channel's unit.
type Result struct {
	V float64
	Q measure.Quality
	// Why names the check and the cause when Q is not good.
	Why string
}

// step is one filter with its memory. t is in ms since the epoch and rises from call to call. A non-empty why rejects.
type step interface {
	apply(t int64, v float64) (out float64, why string)
}

// New checks the configuration and makes a chain with empty memory.
func New(cfg Config) (*Chain, error) {
	if cfg.Convert == (measure.Affine{}) {
		cfg.Convert = measure.Affine{Scale: 1}
	}
	c := &Chain{cfg: cfg, Rejects: map[string]uint64{}, lastT: math.MinInt64}
	if cfg.Calibration != nil {
		if err := cfg.Calibration.check(); err != nil {
			return nil, fmt.Errorf("calibration: %w", err)
		}
	}
	if cfg.ValidMin != nil && cfg.ValidMax != nil && *cfg.ValidMin >= *cfg.ValidMax {
		return nil, fmt.Errorf("valid range: the lower limit %v is not below the upper limit %v", *cfg.ValidMin, *cfg.ValidMax)
	}
	for i, f := range cfg.Filters {
		s, err := f.step()
		if err != nil {
			return nil, fmt.Errorf("filters[%d]: %w", i, err)
		}
		c.steps = append(c.steps, s)
	}
	return c, nil
}

// Apply refines one raw value taken at t (ms since the epoch). The error is ErrNotFinite. Values that are not newer
// than the last one (late or repeated) pass the checks but not the filters, whose memory runs forward only.
func (c *Chain) Apply(t int64, raw float64) (Result, error) {
	if math.IsNaN(raw) || math.IsInf(raw, 0) {
		c.Rejects["not_finite"]++
		return Result{}, ErrNotFinite
	}
	physical := within(raw, c.cfg.PhysicalMin, c.cfg.PhysicalMax)
	v := raw
	if c.cfg.Calibration != nil {
		v = c.cfg.Calibration.apply(v)
	}
	v = c.cfg.Convert.Apply(v)
	if math.IsNaN(v) || math.IsInf(v, 0) {
		c.Rejects["not_finite"]++
		return Result{}, fmt.Errorf("after calibration and conversion of %v: %w", raw, ErrNotFinite)
	}
	if !physical {
		c.Rejects["physical_range"]++
		return Result{V: v, Q: measure.OutOfRange, Why: fmt.Sprintf("the device gave %v, which it cannot measure", raw)}, nil
	}
	if !within(v, c.cfg.ValidMin, c.cfg.ValidMax) {
		c.Rejects["valid_range"]++
		return Result{V: v, Q: measure.OutOfRange, Why: "outside the valid range set for this channel"}, nil
	}
	if t <= c.lastT {
		return Result{V: v}, nil
	}
	c.lastT = t
	for i, s := range c.steps {
		out, why := s.apply(t, v)
		if why != "" {
			c.Rejects[string(c.cfg.Filters[i].Kind)]++
			return Result{V: v, Q: measure.Rejected, Why: why}, nil
		}
		v = out
	}
	return Result{V: v}, nil
}

func within(v float64, low, high *float64) bool {
	return (low == nil || v >= *low) && (high == nil || v <= *high)
}
