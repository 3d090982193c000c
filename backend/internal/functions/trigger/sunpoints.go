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

// daysAhead is how far the next event may lie: every place has every event within a year.
const daysAhead = 368

// next asks for each date by itself, never for "the next after": a moment that is found twice must be the same to the
// nanosecond, or it would fire twice.
func (s solar) next(after time.Time) (first time.Time, err error) {
	if !s.known && s.fallback == nil {
		return first, errNoPlace
	}
	for n, last := -2, daysAhead; n <= last; n++ {
		t, ok := s.on(date(after, s.place.Zone, n))
		if ok && t.After(after) && (first.IsZero() || t.Before(first)) {
			first, last = t, min(last, n+2) // an offset can change the order of two days, as can a sun that sets past midnight
		}
	}
	if first.IsZero() {
		return first, errNever
	}
	return first, nil
}

// on is the point of a date; ok is false when there is none.
func (s solar) on(day time.Time) (t time.Time, ok bool) {
	if s.known {
		noon := wallclock.Time(12*3600).On(day, s.place.Zone)
		if c := sun.DayOf(noon, sun.Place{Latitude: s.place.Latitude, Longitude: s.place.Longitude}).Event(s.event); c.OK() {
			return c.At.Add(s.offset), true
		}
	}
	if s.fallback == nil {
		return t, false
	}
	return s.fallback.On(day, s.place.Zone), true
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
