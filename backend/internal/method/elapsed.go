package method

import (
	"fmt"
	"math"
	"sort"
	"time"

	"hypha/internal/option"
	"hypha/internal/wallclock"
)

// legs runs from a start, in real time.
type legs struct {
	legs   []Leg
	ends   []float64 // s since the start of a round; the last is its length
	repeat int       // 0: for ever
	then   Ending
	start  time.Time
}

func compileLegs(parts []Leg, repeat int, then Ending, start time.Time) course {
	c := &legs{legs: parts, ends: make([]float64, len(parts)), repeat: repeat, then: then, start: start}
	total := 0.0
	for i, l := range parts {
		total += l.Duration
		c.ends[i] = total
	}
	return c
}

func (c *legs) at(t time.Time) Value {
	if c.start.IsZero() || t.Before(c.start) {
		return Value{}
	}
	last := len(c.legs) - 1
	length := c.ends[last]
	// As floats: a time.Duration ends after 292 years, and rounds add up.
	elapsed := float64(t.Unix()-c.start.Unix()) + float64(t.Nanosecond()-c.start.Nanosecond())/1e9
	if c.repeat > 0 && elapsed >= length*float64(c.repeat) {
		v := c.legs[last].at(1)
		return Value{V: v.V, OK: v.OK && c.then == Hold, Ended: true}
	}
	elapsed = math.Mod(elapsed, length)
	i := sort.Search(last, func(i int) bool { return c.ends[i] > elapsed })
	return c.legs[i].at(1 - (c.ends[i]-elapsed)/c.legs[i].Duration)
}

// at is the value a part x of the way through the leg.
func (l Leg) at(x float64) Value {
	to := l.From
	if l.To != nil {
		to = *l.To
	}
	return l.Shape.along(l.From, to, min(1, max(0, x)))
}

// dates goes from one moment of the calendar to the next.
type dates struct {
	marks []mark
	then  Ending
}

type mark struct {
	at     time.Time
	value  float64
	toNext Shape
}

func compileDates(points []Point, then Ending, zone *time.Location) (course, error) {
	c := &dates{marks: make([]mark, len(points)), then: then}
	for i, p := range points {
		at, err := parseDate(p.At, zone)
		if err != nil {
			return nil, fault(fmt.Sprintf("points[%d].at", i), "%v", err)
		}
		c.marks[i] = mark{at, p.Value, p.ToNext}
	}
	if errs := c.ordered("points[%d].at"); errs != nil {
		return nil, errs
	}
	return c, nil
}

// ordered demands that the marks rise: a mistyped year must not shuffle them.
func (c *dates) ordered(path string) option.Errors {
	for i := 1; i < len(c.marks); i++ {
		if !c.marks[i].at.After(c.marks[i-1].at) {
			return fault(fmt.Sprintf(path, i), "must be later than the one before it")
		}
	}
	return nil
}

// parseDate reads a date, a date and time of the zone, or RFC 3339.
func parseDate(text string, zone *time.Location) (time.Time, error) {
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return at, nil
	}
	for _, layout := range []string{time.DateOnly, "2006-01-02 15:04", time.DateTime, "2006-01-02T15:04", "2006-01-02T15:04:05"} {
		if shown, err := time.Parse(layout, text); err == nil {
			return wallclock.Moment(shown, zone), nil
		}
	}
	return time.Time{}, fmt.Errorf("%.30q is no date: write it like 2026-03-01, 2026-03-01 06:30 or 2026-03-01T06:30:00Z", text)
}

func (c *dates) at(t time.Time) Value {
	i := sort.Search(len(c.marks), func(i int) bool { return c.marks[i].at.After(t) }) - 1
	switch {
	case i < 0:
		return Value{}
	case i == len(c.marks)-1:
		// A single point or the last one has no way to go: it holds, or all is over once it is reached.
		return Value{V: c.marks[i].value, OK: c.then == Hold, Ended: true}
	}
	a, b := c.marks[i], c.marks[i+1]
	return a.toNext.along(a.value, b.value, part(t, a.at, b.at))
}
