package method

import (
	"math"
	"sync/atomic"
	"time"

	"hypha/internal/option"
	"hypha/internal/sun"
	"hypha/internal/wallclock"
)

// follow goes from the night value to the day value and back with the sun.
type follow struct {
	night, day        float64
	rise, set         time.Duration // after sunrise and sunset
	course            Shape
	ramp              time.Duration
	fallback          bool
	fallRise, fallSet wallclock.Time
	place             sun.Place
	zone              *time.Location

	cached atomic.Pointer[lightOf] // of the date that was last asked for: a set-point is asked for each second
}

// lightOf is when it is day on a date and the two beside it.
type lightOf struct {
	year, day int // of the year
	periods   [3]period
}

type period struct {
	begin, end time.Time
	ok         bool // there is a sunrise and a sunset, or other times for them
}

func (d *Definition) compileSun(b *binding) (course, error) {
	c := &follow{
		night: d.Night, day: d.Day, course: d.Course, ramp: seconds(d.Ramp), rise: seconds(d.RiseOffset), set: seconds(d.SetOffset),
		zone: b.Zone,
	}
	if d.FallbackRise != "" || d.FallbackSet != "" {
		var errs option.Errors
		var err error
		if c.fallRise, err = wallclock.Parse(d.FallbackRise); err != nil {
			errs = append(errs, fault("fallback_sunrise", "%v", err)...)
		}
		if c.fallSet, err = wallclock.Parse(d.FallbackSet); err != nil {
			errs = append(errs, fault("fallback_sunset", "%v", err)...)
		}
		if errs == nil && c.fallSet <= c.fallRise {
			errs = fault("fallback_sunset", "must be later than fallback_sunrise")
		}
		if errs != nil {
			return nil, errs
		}
		c.fallback = true
	}
	if b.Place == nil {
		return nil, fault("kind", "needs to know the place: set system.latitude and system.longitude")
	}
	if err := b.Place.Check(); err != nil {
		return nil, fault("kind", "%v", err)
	}
	c.place = *b.Place
	return c, nil
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

func (c *follow) at(t time.Time) Value {
	light := c.light(t)
	level := 0.0
	for i, p := range light.periods {
		switch {
		case !p.ok && i == 1:
			return Value{}
		case p.ok && !t.Before(p.begin) && t.Before(p.end):
			level = max(level, c.level(t, p))
		}
	}
	return Value{V: c.night + (c.day-c.night)*level, OK: true}
}

// level is how much of the way from night to day has been gone, 0 to 1, at a moment of the period.
func (c *follow) level(t time.Time, p period) float64 {
	if c.course == Arc {
		return math.Sin(math.Pi * part(t, p.begin, p.end))
	}
	if c.course == Step {
		return 1
	}
	x := min(1, float64(min(t.Sub(p.begin), p.end.Sub(t)))/float64(c.ramp))
	return c.course.along(0, 1, x).V
}

func (c *follow) light(t time.Time) *lightOf {
	year, day := t.Year(), t.YearDay()
	if known := c.cached.Load(); known != nil && known.year == year && known.day == day {
		return known
	}
	fresh := &lightOf{year: year, day: day}
	for i := range fresh.periods {
		fresh.periods[i] = c.period(noon(t, i-1))
	}
	c.cached.Store(fresh)
	return fresh
}

// period is the day of a date.
func (c *follow) period(date time.Time) period {
	d := sun.DayOf((wallclock.EndOfDay/2).On(date, c.zone), c.place)
	rise, set := d.Event(sun.Sunrise), d.Event(sun.Sunset)
	switch {
	case rise.OK() && set.OK():
		return period{rise.At.Add(c.rise), set.At.Add(c.set), true}
	case c.fallback:
		return period{c.fallRise.On(date, c.zone), c.fallSet.On(date, c.zone), true}
	}
	return period{}
}
