package sun

import (
	"fmt"
	"strings"
	"time"
)

// Event is something the sun does once a day, at most.
type Event string

// The events of a day, in their order. A dawn begins, and a dusk ends, when the centre of the sun is that far below the
// horizon.
const (
	AstronomicalDawn Event = "astronomical_dawn" // 18°
	NauticalDawn     Event = "nautical_dawn"     // 12°
	CivilDawn        Event = "civil_dawn"        // 6°
	Sunrise          Event = "sunrise"
	Noon             Event = "noon" // upper transit
	Sunset           Event = "sunset"
	CivilDusk        Event = "civil_dusk"
	NauticalDusk     Event = "nautical_dusk"
	AstronomicalDusk Event = "astronomical_dusk"
)

// Events lists all events in the order of a day.
func Events() []Event {
	return []Event{AstronomicalDawn, NauticalDawn, CivilDawn, Sunrise, Noon, Sunset, CivilDusk, NauticalDusk, AstronomicalDusk}
}

// ParseEvent returns the event of that name; the error lists the names there are.
func ParseEvent(name string) (Event, error) {
	var names []string
	for _, e := range Events() {
		if string(e) == name {
			return e, nil
		}
		names = append(names, string(e))
	}
	return "", fmt.Errorf("%q is no event of the sun: use one of %s", name, strings.Join(names, ", "))
}

// horizon is where the centre of the sun stands when its upper edge touches the horizon: half its width and the refraction.
const horizon = -0.833

// line is the elevation that an event crosses, and whether upwards. ok is false for Noon, which crosses none.
func (e Event) line() (elevation float64, rising, ok bool) {
	switch e {
	case AstronomicalDawn:
		return -18, true, true
	case NauticalDawn:
		return -12, true, true
	case CivilDawn:
		return -6, true, true
	case Sunrise:
		return horizon, true, true
	case Sunset:
		return horizon, false, true
	case CivilDusk:
		return -6, false, true
	case NauticalDusk:
		return -12, false, true
	case AstronomicalDusk:
		return -18, false, true
	case Noon:
	}
	return 0, false, false
}

// State says why a day lacks an event.
type State string

// The states of a crossing.
const (
	Crosses     State = "crosses"
	AlwaysAbove State = "always_above" // polar day, or no such twilight's end
	AlwaysBelow State = "always_below" // polar night, or not even such a twilight
)

// Crossing is the moment of an event; At is zero, and nothing to be used, unless State is Crosses.
type Crossing struct {
	At    time.Time
	State State
}

// OK tells whether there is a time.
func (c Crossing) OK() bool { return c.State == Crosses }

// Day is one solar day at a place.
type Day struct {
	Noon time.Time // upper transit; also in polar night

	place         Place
	before, after time.Time // the lower transits around Noon
}

// DayOf is the solar day of the local date of t, in the zone of t: the one whose noon is nearest to the clock's noon. Its
// times are in that zone.
func DayOf(t time.Time, p Place) Day {
	year, month, day := t.Date()
	return dayAround(time.Date(year, month, day, 12, 0, 0, 0, t.Location()), p)
}

// dayAround is the solar day whose noon is nearest to t.
func dayAround(t time.Time, p Place) Day {
	noon := transit(t, p.Longitude)
	return Day{
		Noon: noon, place: p,
		before: transit(noon.Add(-12*time.Hour), p.Longitude+180),
		after:  transit(noon.Add(12*time.Hour), p.Longitude+180),
	}
}

// transit is the moment next to t at which the sun passes the meridian of the longitude.
func transit(t time.Time, longitude float64) time.Time {
	for range 3 { // the equation of time changes by 30 s a day, so the second step is already exact
		_, equation := solar(t)
		t = t.Add(-time.Duration(hourAngle(t, equation, longitude) / 360 * float64(24*time.Hour)))
	}
	return t
}

// Event is the moment of e on this day.
func (d Day) Event(e Event) Crossing {
	level, rising, ok := e.line()
	switch {
	case !ok:
		return Crossing{At: d.Noon, State: Crosses}
	case rising:
		return d.place.crossing(d.before, d.Noon, level)
	default:
		return d.place.crossing(d.after, d.Noon, level)
	}
}

// crossing seeks the moment between night, a lower transit, and noon at which the sun crosses the level. In between it
// climbs or falls all the time, so the moment is taken where the sun really is, not with the declination of another hour.
func (p Place) crossing(night, noon time.Time, level float64) Crossing {
	switch {
	case elevation(noon, p) <= level:
		return Crossing{State: AlwaysBelow}
	case elevation(night, p) >= level:
		return Crossing{State: AlwaysAbove}
	}
	return Crossing{At: p.bisect(night, noon, level), State: Crosses}
}

// bisect returns the moment, to 0.1 s, at which the elevation reaches level between below and above, in either order.
func (p Place) bisect(below, above time.Time, level float64) time.Time {
	for above.Sub(below).Abs() > 100*time.Millisecond {
		if middle := below.Add(above.Sub(below) / 2); elevation(middle, p) < level {
			below = middle
		} else {
			above = middle
		}
	}
	return above
}

// daysAhead is how far Next looks: every place has every event within a year, the poles included.
const daysAhead = 368

// Next is the first moment after t at which e happens at p, in the zone of t. It passes over days without the event. ok is
// false when there is none within a year, which means that p is no place.
func Next(e Event, after time.Time, p Place) (at time.Time, ok bool) {
	if p.Check() != nil {
		return time.Time{}, false
	}
	level, rising, crosses := e.line()
	for i := -1; i < daysAhead; i++ {
		d := dayAround(after.Add(time.Duration(i)*24*time.Hour), p)
		if !crosses {
			if d.Noon.After(after) {
				return d.Noon, true
			}
			continue
		}
		// Near the poles the season moves the sun more than the hour does, so that it may rise in the afternoon.
		for _, half := range [][2]time.Time{{d.before, d.Noon}, {d.Noon, d.after}} {
			below, above := half[0], half[1]
			if !rising {
				below, above = above, below
			}
			if elevation(below, p) >= level || elevation(above, p) <= level {
				continue
			}
			if at := p.bisect(below, above, level); at.After(after) {
				return at, true
			}
		}
	}
	return time.Time{}, false
}
