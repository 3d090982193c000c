package trigger

import (
	"errors"
	"fmt"
	"time"

	"hypha/internal/function"
	"hypha/internal/sun"
	"hypha/internal/wallclock"
)

// errNoPlace says what is missing for the sun.
var errNoPlace = errors.New("where the sun rises is not known: set system.latitude and system.longitude in the configuration, or give a fallback_time")

// solar is an event of the sun with an offset. On days without it the fallback stands in, if there is one.
type solar struct {
	event    sun.Event
	offset   time.Duration
	fallback *wallclock.Time
	place    function.Place
	known    bool // the place is
}

func (s solar) next(after time.Time) (time.Time, error) {
	where := sun.Place{Latitude: s.place.Latitude, Longitude: s.place.Longitude}
	if s.fallback == nil {
		if !s.known {
			return time.Time{}, errNoPlace
		}
		t, ok := sun.Next(s.event, after.Add(-s.offset).In(s.place.Zone), where)
		if !ok {
			return time.Time{}, errNever
		}
		return t.Add(s.offset), nil
	}
	var first time.Time
	for n := -2; n <= 3; n++ {
		day := date(after, s.place.Zone, n)
		t := s.fallback.On(day, s.place.Zone)
		if s.known {
			noon := wallclock.Time(12*3600).On(day, s.place.Zone)
			if c := sun.DayOf(noon, where).Event(s.event); c.OK() {
				t = c.At.Add(s.offset)
			}
		}
		if t.After(after) && (first.IsZero() || t.Before(first)) {
			first = t
		}
	}
	if first.IsZero() {
		return first, errNever
	}
	return first, nil
}

func (s solar) words() string {
	switch {
	case s.offset > 0:
		return fmt.Sprintf("%v after %s", s.offset, s.event)
	case s.offset < 0:
		return fmt.Sprintf("%v before %s", -s.offset, s.event)
	}
	return string(s.event)
}
