package fleet

import (
	"time"

	"hypha/internal/sun"
)

// Sun tells whether the sun is up at the site and until when; until is nil where it neither rises nor sets for long, and ok
// is false when nobody has said where the site is.
func (f *Fleet) Sun(now time.Time) (up bool, until *time.Time, ok bool) {
	if !f.cfg.HasPlace {
		return false, nil, false
	}
	place := sun.Place{Latitude: f.cfg.Place.Latitude, Longitude: f.cfg.Place.Longitude}
	up = sun.IsUp(now, place)
	next := sun.Sunrise
	if up {
		next = sun.Sunset
	}
	if at, found := sun.Next(next, now.In(f.cfg.Place.Zone), place); found {
		until = &at
	}
	return up, until, true
}
