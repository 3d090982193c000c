package method

import (
	"fmt"
	"math"
	"slices"
	"sort"
	"time"

	"hypha/internal/option"
	"hypha/internal/wallclock"
)

// daily goes round the local day, from the last point on to the first of the next day.
type daily struct {
	knots []knot // by time
	zone  *time.Location
}

type knot struct {
	at     wallclock.Time
	value  float64
	toNext Shape
}

func compileDaily(points []Point, zone *time.Location) (course, error) {
	knots := make([]knot, len(points))
	var errs option.Errors
	for i, p := range points {
		at, err := wallclock.Parse(p.At)
		switch {
		case err != nil:
			errs = append(errs, fault(fmt.Sprintf("points[%d].at", i), "%v", err)...)
		case at == wallclock.EndOfDay:
			errs = append(errs, fault(fmt.Sprintf("points[%d].at", i), "must be before 24:00: that is 00:00 of the next day")...)
		}
		knots[i] = knot{at, p.Value, p.ToNext}
	}
	if errs == nil {
		errs = ordered(knots, "points[%d].at")
	}
	if errs != nil {
		return nil, errs
	}
	return &daily{knots: knots, zone: zone}, nil
}

// ordered sorts the knots; two at the same time are a fault of the later one. path has a %d for its place.
func ordered(knots []knot, path string) option.Errors {
	seen := map[wallclock.Time]int{}
	for i, k := range knots {
		if first, twice := seen[k.at]; twice {
			return fault(fmt.Sprintf(path, i), "is the same time as that of %s: keep one of them", fmt.Sprintf(path, first))
		}
		seen[k.at] = i
	}
	slices.SortFunc(knots, func(a, b knot) int { return int(a.at - b.at) })
	return nil
}

func (d *daily) at(t time.Time) Value {
	// The last knot that is not after t, on this date or the one before. Moments rise with the times of a day.
	day := t
	i := sort.Search(len(d.knots), func(i int) bool { return d.knots[i].at.On(day, d.zone).After(t) }) - 1
	if i < 0 {
		day, i = yesterday(t), len(d.knots)-1
	}
	begin := d.knots[i].at.On(day, d.zone)
	next := i + 1
	if next == len(d.knots) {
		day, next = tomorrow(day), 0
	}
	a, b := d.knots[i], d.knots[next]
	return a.toNext.along(a.value, b.value, part(t, begin, b.at.On(day, d.zone)))
}

// yesterday and tomorrow are the noons of the dates beside that of t, which exist whatever the clocks do.
func yesterday(t time.Time) time.Time { return noon(t, -1) }
func tomorrow(t time.Time) time.Time  { return noon(t, 1) }

func noon(t time.Time, days int) time.Time {
	year, month, day := t.Date()
	return time.Date(year, month, day+days, 12, 0, 0, 0, time.UTC)
}

// sine is a wave between the peaks of two days.
type sine struct {
	mean, amplitude, cycles float64
	peak                    wallclock.Time
	zone                    *time.Location
}

func (d *Definition) compileSine(zone *time.Location) (course, error) {
	peak, err := wallclock.Parse(d.PeakAt)
	if err != nil {
		return nil, fault("peak_at", "%v", err)
	}
	return &sine{d.Mean, d.Amplitude, float64(d.Cycles), peak, zone}, nil
}

func (s *sine) at(t time.Time) Value {
	last, next := s.peak.On(t, s.zone), s.peak.On(tomorrow(t), s.zone)
	if last.After(t) {
		last, next = s.peak.On(yesterday(t), s.zone), last
	}
	return Value{V: s.mean + s.amplitude*math.Cos(2*math.Pi*s.cycles*part(t, last, next)), OK: true}
}

// bezier is a cubic curve over a part of the local day.
type bezier struct {
	begin, end wallclock.Time
	x          [2]float64 // of the control points, as parts of the way from begin to end
	y          [4]float64
	outside    Ending
	zone       *time.Location
}

func (d *Definition) compileBezier(zone *time.Location) (course, error) {
	c := &bezier{outside: d.Outside, zone: zone}
	var at [4]wallclock.Time
	var errs option.Errors
	for i, p := range d.Curve {
		var err error
		if at[i], err = wallclock.Parse(p.At); err != nil {
			errs = append(errs, fault(fmt.Sprintf("curve[%d].at", i), "%v", err)...)
		}
		c.y[i] = p.Value
	}
	if errs != nil {
		return nil, errs
	}
	if at[3] <= at[0] {
		return nil, fault("curve[3].at", "must be later than the start at %v", at[0])
	}
	for i := 1; i <= 2; i++ { // within the span x rises all the way, so that each time has one value
		if at[i] < at[0] || at[i] > at[3] {
			return nil, fault(fmt.Sprintf("curve[%d].at", i), "must lie between the start at %v and the end at %v", at[0], at[3])
		}
		c.x[i-1] = float64(at[i]-at[0]) / float64(at[3]-at[0])
	}
	c.begin, c.end = at[0], at[3]
	return c, nil
}

func (c *bezier) at(t time.Time) Value {
	begin, end := c.begin.On(t, c.zone), c.end.On(t, c.zone)
	if t.Before(begin) || t.After(end) {
		return Value{V: c.y[3], OK: c.outside == Hold}
	}
	x := part(t, begin, end)
	low, high := 0.0, 1.0
	for range 50 {
		if s := (low + high) / 2; cubic(0, c.x[0], c.x[1], 1, s) < x {
			low = s
		} else {
			high = s
		}
	}
	return Value{V: cubic(c.y[0], c.y[1], c.y[2], c.y[3], high), OK: true}
}

func cubic(p0, p1, p2, p3, s float64) float64 {
	r := 1 - s
	return r*r*r*p0 + 3*r*r*s*p1 + 3*r*s*s*p2 + s*s*s*p3
}
