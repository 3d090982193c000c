package method_test

import (
	"errors"
	"math"
	"slices"
	"testing"
	"time"

	"hypha/internal/method"
	"hypha/internal/sun"
)

// On 2024-06-21 the sun rises in Berlin at 04:43:11 and sets at 21:33:23 (an independent table, within 30 s).
func TestSunFollowing(t *testing.T) {
	check(t, build(t, `{"kind":"sun_following","night":18,"day":26,"sunrise_offset_s":3600,"sunset_offset_s":-1800}`, berlin(t)), []want{
		{"2024-06-21T05:42:30+02:00", 18, false},
		{"2024-06-21T05:44:00+02:00", 26, false},
		{"2024-06-21T21:02:30+02:00", 26, false},
		{"2024-06-21T21:04:00+02:00", 18, false},
	})
	at := func(m *method.Method, text string) float64 { return m.At(moment(t, text)).V }
	ramps := build(t, `{"kind":"sun_following","night":0,"day":100,"course":"linear","ramp_s":3600}`, berlin(t))
	if v := at(ramps, "2024-06-21T05:13:11+02:00"); math.Abs(v-50) > 1 {
		t.Errorf("half an hour after sunrise: %v, want 50", v)
	}
	arc := build(t, `{"kind":"sun_following","night":0,"day":100,"course":"arc"}`, berlin(t))
	if v := at(arc, "2024-06-21T13:08:17+02:00"); math.Abs(v-100) > 0.01 {
		t.Errorf("solar noon: %v, want 100", v)
	}
	if v := at(arc, "2024-06-21T23:00:00+02:00"); v != 0 {
		t.Errorf("night: %v, want 0", v)
	}
}

func TestSunPastMidnight(t *testing.T) {
	iceland := method.Context{Zone: load(t, "Atlantic/Reykjavik"), Place: &sun.Place{Latitude: 64.1466, Longitude: -21.9426}}
	m := build(t, `{"kind":"sun_following","night":0,"day":1}`, iceland)
	check(t, m, []want{ // sets at 00:04:04 of the 22nd, rises at 02:55
		{"2024-06-22T00:03:00Z", 1, false}, {"2024-06-22T00:06:00Z", 0, false}, {"2024-06-22T03:00:00Z", 1, false},
	})
}

func TestADayWithoutSunriseHasNoValueUnlessTheUserGivesTimes(t *testing.T) {
	north := method.Context{Zone: load(t, "Europe/Oslo"), Place: &sun.Place{Latitude: 69.6492, Longitude: 18.9553}}
	check(t, build(t, `{"kind":"sun_following","night":0,"day":1}`, north), []want{
		{"2024-06-21T12:00:00+02:00", none(), false}, {"2024-12-21T12:00:00+01:00", none(), false}, {"2024-03-20T12:00:00+01:00", 1, false},
	})
	check(t, build(t, `{"kind":"sun_following","night":0,"day":1,"fallback_sunrise":"06:00","fallback_sunset":"22:00"}`, north), []want{
		{"2024-06-21T05:59:00+02:00", 0, false}, {"2024-06-21T06:00:00+02:00", 1, false}, {"2024-12-21T22:00:00+01:00", 0, false},
	})
}

func TestSunNeedsAPlace(t *testing.T) {
	d := decode(t, `{"kind":"sun_following","night":0,"day":1}`)
	if _, err := method.New(d, method.Context{}); !slices.Equal(faults(t, err), []string{"kind"}) {
		t.Errorf("%v", err)
	}
}

func TestCascade(t *testing.T) {
	library := map[int64]method.Definition{
		1: decode(t, `{"kind":"daily","points":[{"at":"06:00","value":80},{"at":"18:00","value":20}]}`),
		2: decode(t, `{"kind":"duration","steps":[{"duration_s":86400,"from":0,"to":100},{"duration_s":86400,"from":100}]}`),
		3: decode(t, `{"kind":"cascade","methods":[{"method":1,"weight":0.01},{"method":2}]}`),
		4: decode(t, `{"kind":"cascade","methods":[{"method":5}]}`),
		5: decode(t, `{"kind":"cascade","methods":[{"method":4}]}`),
		6: decode(t, `{"kind":"sine","mean":1e308,"amplitude":0}`),
	}
	c := method.Context{Start: moment(t, "2024-06-01T00:00:00Z"), Methods: func(id int64) (method.Definition, error) {
		if d, ok := library[id]; ok {
			return d, nil
		}
		return method.Definition{}, errors.New("there is no such method")
	}}
	for raw, wants := range map[string][]want{
		`{"kind":"cascade","methods":[{"method":1,"weight":0.01},{"method":2}]}`: {
			{"2024-05-31T23:59:59Z", none(), false},
			{"2024-06-01T12:00:00Z", 40, false},
			{"2024-06-01T18:00:00Z", 15, false},
			{"2024-06-03T00:00:00Z", none(), true},
		},
		`{"kind":"cascade","combine":"sum","methods":[{"method":1},{"method":2,"weight":-1}]}`: {{"2024-06-01T12:00:00Z", 30, false}},
		`{"kind":"cascade","combine":"minimum","methods":[{"method":1},{"method":2}]}`:         {{"2024-06-01T12:00:00Z", 50, false}},
		`{"kind":"cascade","combine":"maximum","methods":[{"method":1},{"method":2}]}`:         {{"2024-06-01T12:00:00Z", 80, false}},
		`{"kind":"cascade","methods":[{"method":3},{"method":3}]}`:                             {{"2024-06-01T12:00:00Z", 1600, false}},
		`{"kind":"cascade","methods":[{"method":6},{"method":6}]}`:                             {{"2024-06-01T12:00:00Z", none(), false}}, // infinite
	} {
		check(t, build(t, raw, c), wants)
	}
	for _, raw := range []string{`{"kind":"cascade","methods":[{"method":4}]}`, `{"kind":"cascade","methods":[{"method":7}]}`} {
		if m, err := method.New(decode(t, raw), c); err == nil {
			t.Errorf("%s: %v", raw, m.At(time.Now()))
		} else if !slices.Equal(faults(t, err), []string{"methods[0].method"}) {
			t.Errorf("%s: %v", raw, err)
		}
	}
}

func TestFaultsNameTheirField(t *testing.T) {
	for raw, field := range map[string]string{
		`{}`:                           "kind",
		`{"kind":"weekly"}`:            "kind",
		`{"kind":"daily"}`:             "points",
		`{"kind":"daily","points":[]}`: "points",
		`{"kind":"daily","points":[{"at":"6 am","value":1}]}`:                                                                             "points[0].at",
		`{"kind":"daily","points":[{"at":"24:00","value":1}]}`:                                                                            "points[0].at",
		`{"kind":"daily","points":[{"at":"06:00"}]}`:                                                                                      "points[0].value",
		`{"kind":"daily","points":[{"at":"06:00","value":1},{"at":"6:00","value":2}]}`:                                                    "points[1].at",
		`{"kind":"daily","points":[{"at":"06:00","value":1,"to_next":"arc"}]}`:                                                            "points[0].to_next",
		`{"kind":"date","points":[{"at":"2024-02-30","value":1}]}`:                                                                        "points[0].at",
		`{"kind":"date","points":[{"at":"2024-02-02","value":1},{"at":"2024-02-01","value":1}]}`:                                          "points[1].at",
		`{"kind":"duration","steps":[{"duration_s":0,"from":1}]}`:                                                                         "steps[0].duration_s",
		`{"kind":"sine","peak_at":"25:00"}`:                                                                                               "peak_at",
		`{"kind":"sine","cycles_per_day":0}`:                                                                                              "cycles_per_day",
		`{"kind":"bezier","curve":[{"at":"06:00","value":10}]}`:                                                                           "curve",
		`{"kind":"bezier","curve":[{"at":"06:00","value":1},{"at":"05:00","value":1},{"at":"07:00","value":1},{"at":"08:00","value":1}]}`: "curve[1].at",
		`{"kind":"bezier","curve":[{"at":"06:00","value":1},{"at":"06:00","value":1},{"at":"06:00","value":1},{"at":"06:00","value":1}]}`: "curve[3].at",
		`{"kind":"cascade","methods":[]}`:                                                                                                 "methods",
		`{"kind":"cascade","combine":"minimum","methods":[{"method":1},{"method":1}]}`:                                                    "methods[1].method",
		`{"kind":"sun_following","night":1}`:                                                                                              "day",
		`{"kind":"sun_following","night":1,"day":2,"fallback_sunrise":"06:00"}`:                                                           "fallback_sunset",
		`{"kind":"sun_following","night":1,"day":2,"fallback_sunrise":"06:00","fallback_sunset":"05:00"}`:                                 "fallback_sunset",
		`{"kind":"csv","csv":""}`:                                                                                                         "csv",
		`{"kind":"csv","csv":"time,value"}`:                                                                                               "csv",
		`{"kind":"csv","csv":"06:00,1\n07:00,NaN"}`:                                                                                       "csv",
		`{"kind":"csv","csv":"06:00;18,5\n07:00;19,5"}`:                                                                                   "csv", // a decimal comma is no heading
		`{"kind":"csv","csv":"06:00,1\n07:00"}`:                                                                                           "csv",
		`{"kind":"csv","csv":"06:00,1\n\"07:00,2"}`:                                                                                       "csv",
		`{"kind":"csv","csv":"06:00,1\n05:00,2"}`:                                                                                         "csv",
		`{"kind":"csv","csv":"06:00,1\n24:00,2"}`:                                                                                         "csv",
		`{"kind":"csv","clock":"duration","csv":"10,1"}`:                                                                                  "csv",
		`{"kind":"csv","clock":"duration","csv":"-10,1\n0,2"}`:                                                                            "csv",
		`{"kind":"csv","clock":"date","csv":"2024-01-02,1\n2024-01-01,2"}`:                                                                "csv",
		`{"kind":"csv","clock":"date","csv":"tomorrow,1"}`:                                                                                "csv",
	} {
		var d method.Definition
		err := method.Spec().Decode([]byte(raw), &d)
		if err == nil {
			t.Errorf("%s is accepted", raw)
			continue
		}
		if got := faults(t, err); len(got) != 1 || got[0] != field {
			t.Errorf("%s: %v, want one of %s", raw, err, field)
		}
	}
}

func TestCheckAgreesWithDecode(t *testing.T) {
	for _, raw := range []string{tent, mash + `}`, `{"kind":"sine","amplitude":0}`, `{"kind":"duration","repeat":0,"steps":[{"duration_s":1,"from":0}]}`} {
		if err := decode(t, raw).Check(); err != nil {
			t.Errorf("%s: %v", raw, err)
		}
	}
	for _, d := range []method.Definition{
		{},
		{Kind: method.Daily},
		{Kind: method.Sine, Mean: math.Inf(1)},
		{Kind: method.Daily, Points: []method.Point{{At: "12:00", Value: 1}}}, // no shape
	} {
		if err := d.Check(); err == nil {
			t.Errorf("%+v is accepted", d)
		}
	}
}

func BenchmarkAt(b *testing.B) {
	for name, raw := range map[string]string{"daily": tent, "sun": `{"kind":"sun_following","night":0,"day":1,"course":"smooth"}`} {
		m, now := build(b, raw, berlin(b)), moment(b, "2024-06-21T20:30:00+02:00")
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				m.At(now)
			}
		})
	}
}
