package sun_test

import (
	"errors"
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hypha/internal/sun"
)

func berlin() sun.Place { return sun.Place{Latitude: 52.52, Longitude: 13.405} }

func at(t *testing.T, text string) time.Time {
	t.Helper()
	moment, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return moment
}

func anyTime(t *rapid.T) time.Time {
	return time.Unix(rapid.Int64Range(0, 4e9).Draw(t, "s"), 0).UTC()
}

func anyPlace(t *rapid.T) sun.Place {
	return sun.Place{Latitude: rapid.Float64Range(-90, 90).Draw(t, "lat"), Longitude: rapid.Float64Range(-180, 180).Draw(t, "lon")}
}

// A day's events come in their order, and the sun stands where each event says.
func TestEventsOfAnyDay(t *testing.T) {
	level := map[sun.Event]float64{
		sun.AstronomicalDawn: -18, sun.NauticalDawn: -12, sun.CivilDawn: -6, sun.Sunrise: -0.833,
		sun.Sunset: -0.833, sun.CivilDusk: -6, sun.NauticalDusk: -12, sun.AstronomicalDusk: -18,
	}
	rapid.Check(t, func(t *rapid.T) {
		p := anyPlace(t)
		d := sun.DayOf(anyTime(t), p)
		previous := time.Time{}
		for _, e := range sun.Events() {
			c := d.Event(e)
			if c.OK() == c.At.IsZero() {
				t.Fatalf("%s: %v", e, c)
			}
			if !c.OK() {
				continue
			}
			if c.At.Before(previous) {
				t.Fatalf("%s at %v, before %v", e, c.At, previous)
			}
			previous = c.At
			if want, ok := level[e]; ok && math.Abs(sun.At(c.At, p).Elevation-want) > 0.001 {
				t.Fatalf("%s at %v: the sun is at %v°, want %v°", e, c.At, sun.At(c.At, p).Elevation, want)
			}
		}
	})
}

func TestNextIsTheFirst(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, after := anyPlace(t), anyTime(t)
		e := rapid.SampledFrom(sun.Events()).Draw(t, "event")
		next, ok := sun.Next(e, after, p)
		if !ok || !next.After(after) {
			t.Fatalf("%v, %v after %v", next, ok, after)
		}
		// No day in between has the event.
		for day := after.Add(-24 * time.Hour); day.Before(next.Add(24 * time.Hour)); day = day.Add(24 * time.Hour) {
			if c := sun.DayOf(day, p).Event(e); c.OK() && c.At.After(after.Add(time.Second)) && c.At.Before(next.Add(-time.Second)) {
				t.Fatalf("Next says %v, but there is one at %v", next, c.At)
			}
		}
	})
}

func TestPolarDayIsPassedOver(t *testing.T) {
	next, ok := sun.Next(sun.Sunset, at(t, "2024-06-21T12:00:00+02:00"), sun.Place{Latitude: 69.6492, Longitude: 18.9553})
	if day := next.YearDay() - at(t, "2024-07-26T00:00:00Z").YearDay(); !ok || day < -2 || day > 2 {
		t.Errorf("first sunset after the polar day at %v, want about 26 July", next)
	}
}

func TestThePoleHasASunriseAYear(t *testing.T) {
	pole := sun.Place{Latitude: 90}
	rise, ok := sun.Next(sun.Sunrise, at(t, "2024-01-01T00:00:00Z"), pole)
	if !ok || rise.Month() != time.March {
		t.Errorf("sunrise at the pole: %v, %v; want one in March", rise, ok)
	}
	if set, ok := sun.Next(sun.Sunset, rise, pole); !ok || set.Month() != time.September {
		t.Errorf("sunset at the pole: %v, %v; want one in September", set, ok)
	}
}

func TestTheZoneSaysWhatTodayIs(t *testing.T) {
	line := sun.Place{Latitude: 1.87, Longitude: -157.4} // Kiritimati: on the date of Asia, in the longitude of Hawaii
	noon := sun.DayOf(time.Date(2024, 3, 20, 3, 0, 0, 0, time.FixedZone("+14", 14*3600)), line).Noon
	if noon.Day() != 20 || noon.Hour() != 12 {
		t.Errorf("noon at %v, want it on 20 March about 12:37 local time", noon)
	}
}

func TestIsUp(t *testing.T) {
	d := sun.DayOf(at(t, "2024-03-20T12:00:00+01:00"), berlin())
	rise, set := d.Event(sun.Sunrise).At, d.Event(sun.Sunset).At
	for moment, want := range map[time.Time]bool{
		rise.Add(-time.Minute): false, rise.Add(time.Minute): true, set.Add(-time.Minute): true, set.Add(time.Minute): false,
	} {
		if got := sun.IsUp(moment, berlin()); got != want {
			t.Errorf("up at %v: %v", moment, got)
		}
	}
}

func TestNoPlace(t *testing.T) {
	for p, want := range map[sun.Place]error{
		{Latitude: 91}: sun.ErrLatitude, {Latitude: math.NaN()}: sun.ErrLatitude, {Longitude: -181}: sun.ErrLongitude,
	} {
		if err := p.Check(); !errors.Is(err, want) {
			t.Errorf("%v: %v, want %v", p, err, want)
		}
		if next, ok := sun.Next(sun.Sunrise, at(t, "2024-03-20T12:00:00Z"), p); ok {
			t.Errorf("sunrise at %v, which is no place: %v", p, next)
		}
	}
}

func TestParseEvent(t *testing.T) {
	for _, e := range sun.Events() {
		if got, err := sun.ParseEvent(string(e)); got != e || err != nil {
			t.Errorf("%s: %v, %v", e, got, err)
		}
	}
	if _, err := sun.ParseEvent("moonrise"); err == nil {
		t.Error("moonrise is taken for an event of the sun")
	}
}

func TestPhase(t *testing.T) {
	for text, want := range map[string]string{
		"2024-01-11T11:57:00Z": "new", "2024-01-14T12:00:00Z": "waxing_crescent", "2024-01-18T03:53:00Z": "first_quarter",
		"2024-01-25T17:54:00Z": "full", "2024-02-02T23:18:00Z": "last_quarter", "2024-02-06T12:00:00Z": "waning_crescent",
	} {
		if got := sun.MoonAt(at(t, text)).Phase(); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

func BenchmarkNext(b *testing.B) {
	after := time.Date(2024, 3, 20, 12, 0, 0, 0, time.UTC)
	for b.Loop() {
		sun.Next(sun.Sunset, after, berlin())
	}
}
