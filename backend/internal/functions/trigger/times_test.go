package trigger

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"hypha/internal/function"
	"hypha/internal/sun"
	"hypha/internal/wallclock"
)

func clockAt(text string) wallclock.Time {
	t, err := wallclock.Parse(text)
	if err != nil {
		panic(err)
	}
	return t
}

func cronOf(t *testing.T, text, where string) crontab {
	t.Helper()
	s, err := parseCron(text)
	if err != nil {
		t.Fatal(err)
	}
	return crontab{text: text, sched: s, zone: zone(where)}
}

// TestPointsAroundChangesOfTheClock: Berlin puts clocks forward on 2026-03-29 at 02:00 CET and back on 2026-10-25 at 03:00 CEST.
func TestPointsAroundChangesOfTheClock(t *testing.T) {
	berlin := zone("Europe/Berlin")
	for _, c := range []struct {
		name   string
		points points
		after  string
		want   []string
	}{
		{"a time that does not exist", daily{at: clockAt("02:30"), zone: berlin}, "2026-03-28T00:00:00Z", []string{"2026-03-28T02:30:00+01:00", "2026-03-29T03:00:00+02:00", "2026-03-30T02:30:00+02:00"}},
		{"a time that exists twice", daily{at: clockAt("02:30"), zone: berlin}, "2026-10-24T12:00:00Z", []string{"2026-10-25T02:30:00+02:00", "2026-10-26T02:30:00+01:00"}},
		{"a day of 23 hours", daily{at: clockAt("12:00"), zone: berlin}, "2026-03-28T10:59:59Z", []string{"2026-03-28T12:00:00+01:00", "2026-03-29T12:00:00+02:00"}},
		{"weekdays", daily{at: clockAt("06:00"), days: weekdays{"mon", "sat"}, zone: berlin}, "2026-01-01T00:00:00Z", []string{"2026-01-03T06:00:00+01:00", "2026-01-05T06:00:00+01:00", "2026-01-10T06:00:00+01:00"}},
		{"hours with a jump", span{from: clockAt("01:00"), to: clockAt("04:00"), every: time.Hour, zone: berlin}, "2026-03-28T23:00:00Z", []string{"2026-03-29T01:00:00+01:00", "2026-03-29T03:00:00+02:00", "2026-03-30T01:00:00+02:00"}},
		{"hours that come twice", span{from: clockAt("01:30"), to: clockAt("03:00"), every: time.Hour, zone: berlin}, "2026-10-24T22:00:00Z", []string{"2026-10-25T01:30:00+02:00", "2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00", "2026-10-26T01:30:00+01:00"}},
		{"hours over midnight", span{from: clockAt("23:00"), to: clockAt("01:00"), every: 50 * time.Minute, zone: berlin}, "2026-01-01T22:55:00+01:00", []string{"2026-01-01T23:00:00+01:00", "2026-01-01T23:50:00+01:00", "2026-01-02T00:40:00+01:00", "2026-01-02T23:00:00+01:00"}},
		{"over midnight, from within", span{from: clockAt("23:00"), to: clockAt("01:00"), every: 50 * time.Minute, zone: berlin}, "2026-01-02T00:10:00+01:00", []string{"2026-01-02T00:40:00+01:00"}},
		{"the whole day", span{from: clockAt("06:00"), to: clockAt("06:00"), every: 7 * time.Hour, zone: berlin}, "2026-01-01T05:59:00+01:00", []string{"2026-01-01T06:00:00+01:00", "2026-01-01T13:00:00+01:00", "2026-01-01T20:00:00+01:00", "2026-01-02T03:00:00+01:00", "2026-01-02T06:00:00+01:00"}},
		{"every quarter past", timer{every: time.Hour, offset: 15 * time.Minute}, "2026-03-29T00:15:00Z", []string{"2026-03-29T01:15:00Z", "2026-03-29T02:15:00Z"}},
		{"cron that does not exist", cronOf(t, "30 2 * * *", "Europe/Berlin"), "2026-03-28T12:00:00Z", []string{"2026-03-29T03:00:00+02:00", "2026-03-30T02:30:00+02:00"}},
		{"cron that exists twice", cronOf(t, "30 2 * * *", "Europe/Berlin"), "2026-10-25T00:00:00Z", []string{"2026-10-25T02:30:00+02:00", "2026-10-26T02:30:00+01:00"}},
		{"cron in the second of them", cronOf(t, "30 2 * * *", "Europe/Berlin"), "2026-10-25T00:45:00Z", []string{"2026-10-26T02:30:00+01:00"}},
		{"cron after the second began", cronOf(t, "10 2 * * *", "Europe/Berlin"), "2026-10-25T01:20:00Z", []string{"2026-10-26T02:10:00+01:00"}},
		{"cron of every hour goes by real time", cronOf(t, "0 * * * *", "Europe/Berlin"), "2026-10-25T00:30:00Z", []string{"2026-10-25T02:00:00+01:00", "2026-10-25T03:00:00+01:00"}},
		{"cron of a weekday", cronOf(t, "0 6 * * mon", "Europe/Berlin"), "2026-01-01T00:00:00Z", []string{"2026-01-05T06:00:00+01:00"}},
	} {
		at := utc(c.after)
		for _, want := range c.want {
			got, err := c.points.next(at)
			if err != nil || !got.Equal(utc(want)) {
				t.Errorf("%s: after %v comes %v, %v; want %s", c.name, at, got.In(berlin), err, want)
				break
			}
			at = got
		}
	}
}

// TestPointsAreInOrder: whatever the sequence and the moment, the next point lies after it, and nothing lies between.
func TestPointsAreInOrder(t *testing.T) {
	zones := []string{"Europe/Berlin", "America/Havana", "Australia/Lord_Howe", "Pacific/Apia", "UTC"}
	rapid.Check(t, func(rt *rapid.T) {
		z := zone(rapid.SampledFrom(zones).Draw(rt, "zone"))
		clock := func(name string) wallclock.Time { return wallclock.Time(60 * rapid.IntRange(0, 1439).Draw(rt, name)) }
		place := function.Place{Latitude: rapid.Float64Range(-60, 60).Draw(rt, "latitude"), Longitude: rapid.Float64Range(-180, 180).Draw(rt, "longitude"), Zone: z}
		fall := clock("fallback")
		all := []points{
			daily{at: clock("at"), zone: z},
			daily{at: clock("at"), days: weekdays{"sun", "wed"}, zone: z},
			span{from: clock("from"), to: clock("to"), every: time.Duration(rapid.IntRange(1, 86400).Draw(rt, "every")) * time.Second, zone: z},
			timer{every: time.Duration(rapid.IntRange(1, 1_000_000).Draw(rt, "every")) * time.Second},
			cronOf(t, "17 3,14 * * *", z.String()),
			cronOf(t, "*/20 * * * *", z.String()),
			solar{event: sun.Sunrise, offset: time.Duration(rapid.IntRange(-720, 720).Draw(rt, "offset")) * time.Minute, place: place, known: true},
			solar{event: sun.Sunset, fallback: &fall, place: place, known: true},
		}
		p := all[rapid.IntRange(0, len(all)-1).Draw(rt, "points")]
		after := time.Unix(rapid.Int64Range(1.2e9, 1.9e9).Draw(rt, "after"), rapid.Int64Range(0, 999_999_999).Draw(rt, "ns"))
		first, err := p.next(after)
		if err != nil || !first.After(after) {
			rt.Fatalf("%s in %v: after %v comes %v, %v", p.words(), z, after, first, err)
		}
		between := after.Add(time.Duration(rapid.Float64Range(0, 1).Draw(rt, "part") * float64(first.Sub(after)-1)))
		if again, err := p.next(between); err != nil || !again.Equal(first) {
			rt.Fatalf("%s in %v: after %v comes %v, but after %v already %v", p.words(), z, after, first, between, again)
		}
	})
}

func TestTheSun(t *testing.T) {
	berlin := function.Place{Latitude: 52.52, Longitude: 13.405, Zone: zone("Europe/Berlin")}
	tromso := function.Place{Latitude: 69.65, Longitude: 18.96, Zone: zone("Europe/Oslo")}
	six := clockAt("06:00")
	near := func(name string, p points, after, want string) {
		t.Helper()
		got, err := p.next(utc(after))
		if err != nil || got.Sub(utc(want)).Abs() > 2*time.Minute {
			t.Errorf("%s: %v, %v; want %s", name, got, err, want)
		}
	}
	// Sunset in Berlin on 2026-06-21: 21:33 CEST (almanac).
	near("sunset", solar{event: sun.Sunset, place: berlin, known: true}, "2026-06-21T10:00:00Z", "2026-06-21T21:33:00+02:00")
	near("an hour before", solar{event: sun.Sunset, offset: -time.Hour, place: berlin, known: true}, "2026-06-21T10:00:00Z", "2026-06-21T20:33:00+02:00")
	// Tromsø has no sunrise from late November to mid January.
	near("a day without one", solar{event: sun.Sunrise, place: tromso, known: true, fallback: &six}, "2026-12-20T12:00:00Z", "2026-12-21T06:00:00+01:00")
	if got, err := (solar{event: sun.Sunrise, place: tromso, known: true}).next(utc("2026-12-20T12:00:00Z")); err != nil || got.Before(utc("2027-01-10T00:00:00Z")) {
		t.Errorf("without a fallback the next sunrise is %v, %v: that of January is", got, err)
	}
	if _, err := (solar{event: sun.Sunrise, place: tromso}).next(utc("2026-12-20T12:00:00Z")); err == nil {
		t.Error("a place that is not known has a sunrise")
	}
	near("a place that is not known", solar{event: sun.Sunrise, place: tromso, fallback: &six}, "2026-06-20T12:00:00Z", "2026-06-21T06:00:00+02:00")
}
