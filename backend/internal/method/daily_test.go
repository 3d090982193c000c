package method_test

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hypha/internal/method"
)

const tent = `{"kind":"daily","points":[
	{"at":"06:00","value":18,"to_next":"linear"},{"at":"08:00","value":25},
	{"at":"20:00","value":22,"to_next":"smooth"},{"at":"22:00","value":18}]}`

func TestDaily(t *testing.T) {
	check(t, build(t, tent, berlin(t)), []want{
		{"2024-06-01T05:59:00+02:00", 18, false}, // since 22:00 of the day before
		{"2024-06-01T06:00:00+02:00", 18, false},
		{"2024-06-01T07:00:00+02:00", 21.5, false},
		{"2024-06-01T08:00:00+02:00", 25, false},
		{"2024-06-01T19:59:59+02:00", 25, false}, // a step keeps its value
		{"2024-06-01T20:00:00+02:00", 22, false},
		{"2024-06-01T20:30:00+02:00", 18 + 4*(1+math.Sqrt2/2)/2, false},
		{"2024-06-01T21:00:00+02:00", 20, false},
		{"2024-06-01T22:00:00+02:00", 18, false},
	})
}

func TestDailyRoundMidnightAndWithAGap(t *testing.T) {
	m := build(t, `{"kind":"daily","points":[{"at":"22:00","value":10,"to_next":"linear"},{"at":"02:00","value":30,"to_next":"none"}]}`, berlin(t))
	check(t, m, []want{
		{"2024-06-01T00:00:00+02:00", 20, false},
		{"2024-06-01T02:00:00+02:00", none(), false},
		{"2024-06-01T21:59:59+02:00", none(), false},
		{"2024-06-01T23:00:00+02:00", 15, false},
	})
	single := build(t, `{"kind":"daily","points":[{"at":"12:00","value":7}]}`, berlin(t))
	check(t, single, []want{{"2024-06-01T00:00:00+02:00", 7, false}, {"2024-06-01T13:00:00+02:00", 7, false}})
}

// A ramp over the change of the clocks takes an hour less or more, and stays straight.
func TestDailyOnDaysOf23And25Hours(t *testing.T) {
	m := build(t, `{"kind":"daily","points":[{"at":"00:00","value":0,"to_next":"linear"},{"at":"06:00","value":60}]}`, berlin(t))
	check(t, m, []want{
		{"2024-03-31T01:00:00+01:00", 12, false}, // 1 h of 5
		{"2024-03-31T03:00:00+02:00", 24, false}, // 2 h
		{"2024-03-31T06:00:00+02:00", 60, false},
		{"2024-10-27T02:00:00+02:00", 60 * 2.0 / 7, false},
		{"2024-10-27T02:00:00+01:00", 60 * 3.0 / 7, false}, // the second two o'clock
		{"2024-10-27T06:00:00+01:00", 60, false},
	})
	// A point within the missing hour happens at its end; one within the double hour, once.
	point := build(t, `{"kind":"daily","points":[{"at":"02:30","value":1},{"at":"12:00","value":0}]}`, berlin(t))
	check(t, point, []want{
		{"2024-03-31T01:59:59+01:00", 0, false},
		{"2024-03-31T03:00:00+02:00", 1, false},
		{"2024-10-27T02:29:59+02:00", 0, false},
		{"2024-10-27T02:30:00+02:00", 1, false},
		{"2024-10-27T02:15:00+01:00", 1, false},
	})
}

// Without steps and gaps a daily method never jumps, in any year of any zone, and stays between its points.
func TestDailyIsContinuous(t *testing.T) {
	zones := []*time.Location{load(t, "Europe/Berlin"), load(t, "America/Havana"), load(t, "Australia/Lord_Howe"), time.UTC}
	rapid.Check(t, func(r *rapid.T) {
		d := method.Definition{Kind: method.Daily}
		hours := rapid.SliceOfNDistinct(rapid.IntRange(0, 23), 2, 6, rapid.ID).Draw(r, "hours")
		for _, h := range hours {
			d.Points = append(d.Points, method.Point{
				At: time.Date(2024, 1, 1, h, 0, 0, 0, time.UTC).Format("15:04"), Value: rapid.Float64Range(0, 100).Draw(r, "v"),
				ToNext: rapid.SampledFrom([]method.Shape{method.Linear, method.Smooth}).Draw(r, "shape"),
			})
		}
		m, err := method.New(d, method.Context{Zone: rapid.SampledFrom(zones).Draw(r, "zone")})
		if err != nil {
			r.Fatal(err)
		}
		from := time.Unix(rapid.Int64Range(1.7e9, 1.8e9).Draw(r, "from"), 0)
		samples, err := m.Preview(from, from.Add(48*time.Hour), 48*60+1)
		if err != nil {
			r.Fatal(err)
		}
		for i, s := range samples {
			// Points lie an hour apart; where the clocks jump over one of them two become one.
			if !s.OK || s.V < 0 || s.V > 100 {
				r.Fatalf("%v: %+v", s.T, s.Value)
			}
			if i > 0 && math.Abs(s.V-samples[i-1].V) > 100.0/60*math.Pi/2+1e-9 && !clocksChanged(s.T) {
				r.Fatalf("%v: from %v to %v in a minute", s.T, samples[i-1].V, s.V)
			}
		}
	})
}

// clocksChanged tells whether they have, somewhere, within the hours before t, where points may fall together.
func clocksChanged(t time.Time) bool {
	for _, name := range []string{"Europe/Berlin", "America/Havana", "Australia/Lord_Howe"} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			panic(err)
		}
		_, a := t.In(zone).Zone()
		_, b := t.Add(-3 * time.Hour).In(zone).Zone()
		if a != b {
			return true
		}
	}
	return false
}

func TestSine(t *testing.T) {
	m := build(t, `{"kind":"sine","mean":20,"amplitude":4,"peak_at":"14:00"}`, berlin(t))
	check(t, m, []want{
		{"2024-06-01T14:00:00+02:00", 24, false},
		{"2024-06-01T20:00:00+02:00", 20, false},
		{"2024-06-02T02:00:00+02:00", 16, false},
		{"2024-06-02T08:00:00+02:00", 20, false},
		{"2024-03-31T14:00:00+02:00", 24, false}, // at 14:00 also after a short night
		{"2024-10-27T14:00:00+01:00", 24, false},
	})
	flood := build(t, `{"kind":"sine","cycles_per_day":2,"peak_at":"00:00"}`, method.Context{})
	check(t, flood, []want{
		{"2024-06-01T00:00:00Z", 1, false},
		{"2024-06-01T06:00:00Z", -1, false},
		{"2024-06-01T12:00:00Z", 1, false},
		{"2024-06-01T09:00:00Z", 0, false},
	})
}

func TestBezier(t *testing.T) {
	// With its control points at a third and two thirds of the way the curve is a straight line.
	line := build(t, `{"kind":"bezier","curve":[{"at":"06:00","value":10},{"at":"10:00","value":20},{"at":"14:00","value":30},{"at":"18:00","value":40}]}`, method.Context{})
	check(t, line, []want{
		{"2024-06-01T06:00:00Z", 10, false},
		{"2024-06-01T09:00:00Z", 17.5, false},
		{"2024-06-01T12:00:00Z", 25, false},
		{"2024-06-01T18:00:00Z", 40, false},
		{"2024-06-01T23:00:00Z", 40, false},
		{"2024-06-01T05:00:00Z", 40, false},
	})
	// Symmetric: at half time s is 1/2, and y = (10 + 3·40 + 3·40 + 10)/8.
	hill := build(t, `{"kind":"bezier","outside":"end","curve":[{"at":"06:00","value":10},{"at":"08:00","value":40},{"at":"16:00","value":40},{"at":"18:00","value":10}]}`, method.Context{})
	check(t, hill, []want{{"2024-06-01T12:00:00Z", 32.5, false}, {"2024-06-01T18:00:01Z", none(), false}})
}
