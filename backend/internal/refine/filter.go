package refine

import (
	"errors"
	"fmt"
	"math"
	"slices"
)

// FilterKind names a filter; rejects are counted under it.
type FilterKind string

// The kinds of filters. median, moving_average and low_pass smooth; clamp limits; delta, outlier and stuck reject.
const (
	Median        FilterKind = "median"
	MovingAverage FilterKind = "moving_average"
	LowPass       FilterKind = "low_pass"
	Clamp         FilterKind = "clamp"
	Delta         FilterKind = "delta"
	Outlier       FilterKind = "outlier"
	Stuck         FilterKind = "stuck"
)

// Filter is one member of a channel's chain; which fields count follows from Kind. Values are in the channel's unit.
type Filter struct {
	Kind FilterKind `json:"kind" enums:"median,moving_average,low_pass,clamp,delta,outlier,stuck"`
	// Window is the number of values that median, moving_average and outlier look at.
	Window int `json:"window,omitempty"`
	// TimeConstantS of low_pass, in seconds: after it, 63 % of a step has arrived.
	TimeConstantS float64 `json:"time_constant_s,omitempty"`
	// Min and Max limit clamp.
	Min *float64 `json:"min,omitempty"`
	Max *float64 `json:"max,omitempty"`
	// MaxStep is the largest change from the last accepted value that delta lets through. A step that holds, so that
	// deltaPatience values in a row lie within MaxStep of one another, is taken as true.
	MaxStep float64 `json:"max_step,omitempty"`
	// Sigmas is how far from the window's median outlier lets a value be, in robust standard deviations.
	Sigmas float64 `json:"sigmas,omitempty"`
	// AfterS is how long a value may stay exactly the same before stuck rejects it, in seconds. A gap of that length
	// between two values begins the count anew: nobody saw the value stay.
	AfterS float64 `json:"after_s,omitempty"`
}

const (
	maxWindow = 1000
	maxAfterS = 366 * 24 * 3600
	// deltaPatience and outlierPatience are how many refused values in a row make a new level believable: without
	// them one wrong first value would refuse all that follow.
	deltaPatience   = 5
	outlierPatience = 5
)

func (f Filter) step() (step, error) {
	switch f.Kind {
	case Median, MovingAverage:
		if f.Window < 2 || f.Window > maxWindow {
			return nil, fmt.Errorf("window must be 2 to %d values, not %d", maxWindow, f.Window)
		}
		return &windowed{size: f.Window, median: f.Kind == Median}, nil
	case LowPass:
		if !(f.TimeConstantS > 0) || math.IsInf(f.TimeConstantS, 0) {
			return nil, errors.New("time_constant_s must be above 0 s")
		}
		return &lowPass{tau: f.TimeConstantS * 1000}, nil
	case Clamp:
		if f.Min == nil && f.Max == nil {
			return nil, errors.New("clamp needs min, max or both")
		}
		if f.Min != nil && f.Max != nil && *f.Min >= *f.Max {
			return nil, fmt.Errorf("min %v is not below max %v", *f.Min, *f.Max)
		}
		return clamp{f.Min, f.Max}, nil
	case Delta:
		if !(f.MaxStep > 0) {
			return nil, errors.New("max_step must be above 0")
		}
		return &delta{max: f.MaxStep}, nil
	case Outlier:
		if f.Window < 5 || f.Window > maxWindow {
			return nil, fmt.Errorf("window must be 5 to %d values, not %d", maxWindow, f.Window)
		}
		if !(f.Sigmas > 0) {
			return nil, errors.New("sigmas must be above 0; 4 is usual")
		}
		return &outlier{size: f.Window, sigmas: f.Sigmas}, nil
	case Stuck:
		if !(f.AfterS > 0 && f.AfterS <= maxAfterS) {
			return nil, errors.New("after_s must be above 0 s and at most a year")
		}
		return &stuck{after: int64(f.AfterS * 1000)}, nil
	default:
		return nil, fmt.Errorf("kind %q is unknown: use median, moving_average, low_pass, clamp, delta, outlier or stuck", f.Kind)
	}
}

// windowed is the median or the mean of the last size values; fewer at the start.
type windowed struct {
	size   int
	median bool
	values []float64 // oldest first
	sorted []float64
}

func (w *windowed) apply(_ int64, v float64) (float64, string) {
	w.values = push(w.values, v, w.size)
	if w.median {
		w.sorted = append(w.sorted[:0], w.values...)
		return medianOf(w.sorted), ""
	}
	return meanOf(w.values), ""
}

// lowPass is a first-order lag, exact for uneven intervals.
type lowPass struct {
	tau     float64 // ms
	started bool
	t       int64
	v       float64
}

func (l *lowPass) apply(t int64, v float64) (float64, string) {
	if !l.started {
		l.started, l.t, l.v = true, t, v
		return v, ""
	}
	keep := math.Exp(-float64(t-l.t) / l.tau)
	low, high := min(l.v, v), max(l.v, v)
	l.t, l.v = t, min(max(l.v*keep+v*(1-keep), low), high) // the last bit must not overshoot
	return l.v, ""
}

type clamp struct{ min, max *float64 }

func (c clamp) apply(_ int64, v float64) (float64, string) {
	if c.min != nil && v < *c.min {
		return *c.min, ""
	}
	if c.max != nil && v > *c.max {
		return *c.max, ""
	}
	return v, ""
}

type delta struct {
	max       float64
	started   bool
	last      float64
	candidate float64 // the last of the refused values that lie together
	refused   int     // how many they are
}

func (d *delta) apply(_ int64, v float64) (float64, string) {
	if step := math.Abs(v - d.last); d.started && step > d.max {
		if d.refused == 0 || math.Abs(v-d.candidate) > d.max {
			d.refused = 0 // of values that jump about none is true
		}
		d.candidate = v
		if d.refused++; d.refused <= deltaPatience {
			return 0, fmt.Sprintf("a step of %.4g is more than the %.4g allowed", step, d.max)
		}
	}
	d.started, d.last, d.refused = true, v, 0
	return v, ""
}

// outlier is the Hampel identifier (Hampel 1974; Liu, Shah, Jiang 2004): distance from the window's median in units of
// 1.4826 times the median absolute deviation, which equals the standard deviation for normal noise.
type outlier struct {
	size    int
	sigmas  float64
	values  []float64
	scratch []float64
	refused int
}

func (o *outlier) apply(_ int64, v float64) (float64, string) {
	if len(o.values) >= 5 {
		o.scratch = append(o.scratch[:0], o.values...)
		m := medianOf(o.scratch)
		for i, x := range o.values {
			o.scratch[i] = math.Abs(x - m)
		}
		sigma := 1.4826 * medianOf(o.scratch)
		// A window of equal values has no spread to judge by.
		if sigma > 0 && math.Abs(v-m) > o.sigmas*sigma {
			if o.refused++; o.refused <= outlierPatience {
				return 0, fmt.Sprintf("a spike: %.4g is %.1f standard deviations from %.4g", v, math.Abs(v-m)/sigma, m)
			}
			o.values = o.values[:0] // a new level, not a spike
		}
	}
	o.refused = 0
	o.values = push(o.values, v, o.size)
	return v, ""
}

type stuck struct {
	after   int64 // ms
	started bool
	since   int64 // when the value was seen first
	seen    int64 // and last
	last    float64
}

func (s *stuck) apply(t int64, v float64) (float64, string) {
	if !s.started || v != s.last || t-s.seen > s.after {
		s.since = t
	}
	s.started, s.seen, s.last = true, t, v
	if held := t - s.since; held > s.after {
		return 0, fmt.Sprintf("stuck: exactly %.6g for %d s", v, held/1000)
	}
	return v, ""
}

// push appends v and drops the oldest beyond size, within one array.
func push(values []float64, v float64, size int) []float64 {
	if len(values) < size {
		return append(values, v)
	}
	copy(values, values[1:])
	values[size-1] = v
	return values
}

// medianOf sorts in place.
func medianOf(v []float64) float64 {
	slices.Sort(v)
	if n := len(v); n%2 == 0 {
		return between(v[n/2-1], v[n/2])
	}
	return v[len(v)/2]
}

// between is the middle of two numbers, low <= high, also of huge ones whose difference is none.
func between(low, high float64) float64 {
	if d := high - low; !math.IsInf(d, 0) {
		return low + d/2
	}
	return low/2 + high/2
}

// meanOf is exact for equal values, never leaves their range and never overflows.
func meanOf(values []float64) float64 {
	mean := 0.0
	n := float64(len(values))
	low, high := values[0], values[0]
	for _, x := range values {
		low, high = min(low, x), max(high, x)
	}
	if math.IsInf(high-low, 0) {
		for _, x := range values {
			mean += x / n
		}
		return min(max(mean, low), high)
	}
	for _, x := range values {
		mean += (x - low) / n
	}
	return min(low+mean, high)
}
