package limp

import (
	_ "embed"
	"encoding/json"
	"math"
	"strconv"
	"testing"
	"time"
)

//go:embed testdata/limp_duty.json
var vectors []byte

func TestDutyIsThatOfTheVectors(t *testing.T) {
	var cases []struct {
		Inputs struct {
			Days    []map[string]float64 `json:"hourly_mean_duty_by_day"`
			CapLow  float64              `json:"cap_low"`
			CapHigh float64              `json:"cap_high"`
		}
		Outputs struct {
			Duty []float64 `json:"duty_percent"`
		}
		Tolerance struct{ Absolute float64 }
	}
	if err := json.Unmarshal(vectors, &cases); err != nil || len(cases) == 0 {
		t.Fatal(len(cases), err)
	}
	for n, c := range cases {
		var l Learned
		for _, day := range c.Inputs.Days {
			for hour, duty := range day {
				h, err := strconv.Atoi(hour)
				if err != nil {
					t.Fatal(err)
				}
				l.Add(h, duty)
			}
		}
		for hour, want := range c.Outputs.Duty {
			got, ok := l.Duty(hour, Caps{Low: c.Inputs.CapLow, High: &c.Inputs.CapHigh}, nil)
			if !ok || math.Abs(got-want) > c.Tolerance.Absolute {
				t.Errorf("case %d, hour %d: %g %%, want %g", n, hour, got, want)
			}
		}
	}
}

func learned(hours map[int]float64, days int) (l Learned) {
	for range days {
		for h, duty := range hours {
			l.Add(h, duty)
			l.AddOutdoor(h, 5)
		}
	}
	return l
}

func TestTheCaps(t *testing.T) {
	l := learned(map[int]float64{3: 60, 4: 30, 5: 20}, 5)
	for _, c := range []struct {
		name    string
		l       Learned
		hour    int
		caps    Caps
		outdoor *float64
		want    float64
		ok      bool
	}{
		{"nothing is learned", Learned{}, 3, Caps{Low: 10}, nil, 0, false},
		{"at most half", l, 3, Caps{}, nil, 50, true},
		{"as the user says", l, 3, Caps{High: new(55.0)}, nil, 55, true},
		{"at most 1.2 of the largest hour", learned(map[int]float64{3: 20}, 5), 3, Caps{}, nil, 20, true},
		{"an hour that was never seen", l, 12, Caps{}, nil, 0, true},
		{"and the user's floor", l, 12, Caps{Low: 5}, nil, 5, true},
		{"a day like the others", l, 3, Caps{}, new(14.0), 50, true},
		{"a much warmer day", l, 3, Caps{}, new(16.0), 25, true},
		{"a much colder day", l, 3, Caps{}, new(-6.0), 25, true},
		{"a floor above the cap is none", l, 3, Caps{Low: 80, High: new(40.0)}, nil, 40, true},
	} {
		if got, ok := c.l.Duty(c.hour, c.caps, c.outdoor); got != c.want || ok != c.ok {
			t.Errorf("%s: %g, %v; want %g, %v", c.name, got, ok, c.want, c.ok)
		}
	}
}

func TestOnlyHoursOfNormalControlAreLearned(t *testing.T) {
	begin := time.Date(2026, 5, 1, 7, 50, 0, 0, time.UTC)
	// run tells of three hours from 7:50 on; what is delivered is up to duty.
	run := func(duty func(minute int) (percent float64, normal bool)) (l Learned) {
		var m Meter
		for minute := range 180 {
			percent, normal := duty(minute)
			m.Note(begin.Add(time.Duration(minute)*time.Minute), percent, normal, nil, &l)
		}
		return l
	}
	l := run(func(minute int) (float64, bool) { return 40, true })
	if h := l.Hours; h[7].Days != 0 || h[8].Duty != 40 || h[8].Days != 1 || h[9].Days != 1 || h[10].Days != 0 {
		t.Errorf("learned %+v", h)
	}
	l = run(func(minute int) (float64, bool) { return float64(minute % 2 * 100), true })
	if h := l.Hours; math.Abs(h[8].Duty-50) > 1e-9 {
		t.Errorf("half the time on is %+v", h[8])
	}
	l = run(func(minute int) (float64, bool) { return 100, minute > 40 }) // half of hour 8 by hand
	if h := l.Hours; h[8].Days != 0 || h[9].Days != 1 {
		t.Errorf("an hour by hand was learned: %+v", h[8:10])
	}
	var gone Learned
	var m Meter
	for _, minute := range []int{0, 10, 20, 75} {
		m.Note(begin.Add(time.Duration(minute)*time.Minute), 100, true, nil, &gone)
	}
	if gone != (Learned{}) {
		t.Errorf("learned over a gap: %+v", gone)
	}
}
