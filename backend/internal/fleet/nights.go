package fleet

import (
	"time"

	"hypha/internal/sun"
)

// Night is a span in which the sun is below the horizon of the site.
type Night struct {
	From Time `json:"from" swaggertype:"string" format:"date-time"`
	To   Time `json:"to" swaggertype:"string" format:"date-time"`
} //	@name	Night

// Nights are the nights at the site that touch [from, to), ascending and whole; a polar night is as long as it is. ok is false when the
// site has no place.
func (f *Fleet) Nights(from, to time.Time) (nights []Night, ok bool) {
	if !f.cfg.HasPlace {
		return nil, false
	}
	place := sun.Place{Latitude: f.cfg.Place.Latitude, Longitude: f.cfg.Place.Longitude}
	nights = []Night{}
	for at := from; at.Before(to); {
		set := at
		if sun.IsUp(at, place) {
			if set, ok = sun.Next(sun.Sunset, at, place); !ok || !set.Before(to) {
				break
			}
		} else if before, found := lastSunset(at, place); found {
			set = before
		}
		rise, found := sun.Next(sun.Sunrise, set, place)
		if !found {
			break
		}
		nights = append(nights, Night{From: Time(set), To: Time(rise)})
		at = rise.Add(time.Minute) // past the moment in which rounding may still find it below
	}
	return nights, true
}

// lastSunset is the sunset before t, which lies in a night: at most half a year back.
func lastSunset(t time.Time, place sun.Place) (time.Time, bool) {
	for _, back := range []time.Duration{24 * time.Hour, 48 * time.Hour, 183 * 24 * time.Hour} {
		set, ok := sun.Next(sun.Sunset, t.Add(-back), place)
		for next := set; ok && next.Before(t); next, ok = sun.Next(sun.Sunset, set.Add(time.Minute), place) {
			set = next
		}
		if set.Before(t) && !set.IsZero() {
			return set, true
		}
	}
	return time.Time{}, false
}
