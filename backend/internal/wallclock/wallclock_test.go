package wallclock_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"hypha/internal/wallclock"
)

func load(name string) *time.Location {
	zone, err := time.LoadLocation(name)
	if err != nil {
		panic(err)
	}
	return zone
}

func TestParse(t *testing.T) {
	for text, want := range map[string]wallclock.Time{
		"0:00": 0, "06:30": 23400, "6:30": 23400, "22:15:30": 80130, "23:59:59": 86399, "24:00": 86400, "24:00:00": 86400,
	} {
		if got, err := wallclock.Parse(text); got != want || err != nil {
			t.Errorf("%q: %v, %v; want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "6", "6:3", "24:01", "12:60", "12:00:60", "-1:00", "12:00 ", "noon", "99:00", "1:00am"} {
		if got, err := wallclock.Parse(text); err == nil {
			t.Errorf("%q is taken as %v", text, got)
		}
	}
}

func TestOnTheDaysThatClocksChange(t *testing.T) {
	for _, c := range []struct{ zone, date, clock, want string }{
		{"Europe/Berlin", "2024-03-31", "01:59", "2024-03-31T01:59:00+01:00"},
		{"Europe/Berlin", "2024-03-31", "02:00", "2024-03-31T03:00:00+02:00"}, // does not exist
		{"Europe/Berlin", "2024-03-31", "02:30", "2024-03-31T03:00:00+02:00"},
		{"Europe/Berlin", "2024-03-31", "03:00", "2024-03-31T03:00:00+02:00"},
		{"Europe/Berlin", "2024-10-27", "01:59", "2024-10-27T01:59:00+02:00"},
		{"Europe/Berlin", "2024-10-27", "02:30", "2024-10-27T02:30:00+02:00"}, // exists twice
		{"Europe/Berlin", "2024-10-27", "03:00", "2024-10-27T03:00:00+01:00"},
		{"America/Havana", "2024-03-10", "00:00", "2024-03-10T01:00:00-04:00"}, // midnight does not exist
		{"America/Havana", "2024-03-09", "24:00", "2024-03-10T01:00:00-04:00"},
		{"Australia/Lord_Howe", "2024-10-06", "02:15", "2024-10-06T02:30:00+11:00"}, // half an hour
		{"Pacific/Apia", "2011-12-30", "12:00", "2011-12-31T00:00:00+14:00"},        // a whole day does not exist
		{"Asia/Kathmandu", "2024-01-01", "06:00", "2024-01-01T06:00:00+05:45"},
	} {
		day, err := time.Parse(time.DateOnly, c.date)
		if err != nil {
			t.Fatal(err)
		}
		clock, err := wallclock.Parse(c.clock)
		if err != nil {
			t.Fatal(err)
		}
		if got := clock.On(day, load(c.zone)).Format(time.RFC3339); got != c.want {
			t.Errorf("%s %s in %s: %s, want %s", c.date, c.clock, c.zone, got, c.want)
		}
	}
}

func TestOrderIsKept(t *testing.T) {
	zones := []*time.Location{load("Europe/Berlin"), load("America/Havana"), load("Australia/Lord_Howe"), load("Pacific/Apia"), time.UTC}
	rapid.Check(t, func(t *rapid.T) {
		zone := rapid.SampledFrom(zones).Draw(t, "zone")
		day := time.Unix(rapid.Int64Range(1e9, 2e9).Draw(t, "day"), 0).UTC()
		a := wallclock.Time(rapid.IntRange(0, 86400).Draw(t, "a"))
		b := wallclock.Time(rapid.IntRange(int(a), 86400).Draw(t, "b"))
		if first, second := a.On(day, zone), b.On(day, zone); second.Before(first) {
			t.Fatalf("%v at %v, but %v at %v", a, first, b, second)
		}
		if again, err := wallclock.Parse(a.String()); again != a || err != nil {
			t.Fatalf("%v written as %q: %v, %v", int(a), a, again, err)
		}
		if at := a.On(day, time.UTC); a < wallclock.EndOfDay && wallclock.Of(at) != a {
			t.Fatalf("%v on a plain day shows %v", a, wallclock.Of(at))
		}
	})
}
