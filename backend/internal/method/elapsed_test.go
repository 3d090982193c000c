package method_test

import (
	"testing"
	"time"

	"hypha/internal/method"
)

const mash = `{"kind":"duration","steps":[
	{"duration_s":600,"from":20,"to":50},{"duration_s":1200,"from":50},{"duration_s":60,"from":0,"shape":"none"},
	{"duration_s":100,"from":60,"to":70,"shape":"step"}]`

func TestDuration(t *testing.T) {
	c := method.Context{Start: moment(t, "2024-03-31T01:30:00+01:00"), Zone: load(t, "Europe/Berlin")}
	check(t, build(t, mash+`}`, c), []want{
		{"2024-03-31T01:29:59+01:00", none(), false},
		{"2024-03-31T01:30:00+01:00", 20, false},
		{"2024-03-31T01:35:00+01:00", 35, false},
		{"2024-03-31T01:59:59+01:00", 50, false},
		{"2024-03-31T03:00:00+02:00", none(), false}, // a second later: the missing hour is no time
		{"2024-03-31T03:01:00+02:00", 60, false},
		{"2024-03-31T03:02:39+02:00", 60, false},
		{"2024-03-31T03:02:40+02:00", none(), true},
	})
	check(t, build(t, mash+`,"then":"hold"}`, c), []want{{"2024-03-31T03:02:40+02:00", 60, true}, {"2034-03-31T03:02:40+02:00", 60, true}})
	check(t, build(t, mash+`}`, method.Context{}), []want{{"2024-03-31T01:35:00+01:00", none(), false}}) // not begun
}

func TestRepeating(t *testing.T) {
	const saw = `{"kind":"duration","steps":[{"duration_s":60,"from":0,"to":60},{"duration_s":60,"from":60,"to":0}]`
	c := method.Context{Start: moment(t, "2024-06-01T00:00:00Z")}
	check(t, build(t, saw+`,"repeat":3}`, c), []want{
		{"2024-06-01T00:00:30Z", 30, false},
		{"2024-06-01T00:02:30Z", 30, false},
		{"2024-06-01T00:05:45Z", 15, false},
		{"2024-06-01T00:06:00Z", none(), true},
	})
	check(t, build(t, saw+`,"repeat":0}`, c), []want{{"2424-06-01T00:01:30Z", 30, false}}) // longer than a time.Duration can be
	check(t, build(t, saw+`,"repeat":3,"then":"hold"}`, c), []want{{"2024-06-01T00:06:00Z", 0, true}})
}

func TestDates(t *testing.T) {
	const season = `{"kind":"date","points":[{"at":"2024-03-01","value":10,"to_next":"linear"},{"at":"2024-03-11 00:00","value":20},
		{"at":"2024-04-01T06:30:00Z","value":25}]`
	zone := method.Context{Zone: load(t, "Europe/Berlin")}
	check(t, build(t, season+`}`, zone), []want{
		{"2024-02-29T23:59:59+01:00", none(), false},
		{"2024-03-01T00:00:00+01:00", 10, false},
		{"2024-03-06T00:00:00+01:00", 15, false},
		{"2024-03-20T00:00:00+01:00", 20, false},
		{"2024-04-01T06:29:59Z", 20, false},
		{"2024-04-01T06:30:00Z", none(), true},
	})
	check(t, build(t, season+`,"then":"hold"}`, zone), []want{{"2025-04-01T06:30:00Z", 25, true}})
}

func TestTable(t *testing.T) {
	check(t, build(t, `{"kind":"csv","csv":"time,value\n06:00,18\n08:00,22\n"}`, method.Context{}), []want{
		{"2024-06-01T06:00:00Z", 18, false}, {"2024-06-01T07:00:00Z", 20, false}, {"2024-06-01T19:00:00Z", 20, false},
	})
	check(t, build(t, `{"kind":"csv","clock":"duration","between":"step","then":"hold","csv":"10;1\n20;2\n30;3"}`,
		method.Context{Start: moment(t, "2024-06-01T00:00:00Z")}), []want{
		{"2024-06-01T00:00:09Z", none(), false},
		{"2024-06-01T00:00:10Z", 1, false},
		{"2024-06-01T00:00:25Z", 2, false},
		{"2024-06-01T00:00:31Z", 2, true},
	})
	check(t, build(t, `{"kind":"csv","clock":"date","csv":"# reef\n2024-06-01\t1\n2024-06-03\t3"}`, method.Context{}), []want{
		{"2024-06-02T00:00:00Z", 2, false}, {"2024-06-03T00:00:00Z", none(), true},
	})
}

func TestPreview(t *testing.T) {
	m := build(t, `{"kind":"daily","points":[{"at":"00:00","value":0,"to_next":"linear"},{"at":"12:00","value":12,"to_next":"linear"}]}`, method.Context{})
	from := moment(t, "2024-06-01T00:00:00Z")
	samples, err := m.Preview(from, from.Add(24*time.Hour), 25)
	if err != nil || len(samples) != 25 || samples[6].V != 6 || samples[18].V != 6 || !samples[24].T.Equal(from.Add(24*time.Hour)) {
		t.Errorf("%v, %v", samples, err)
	}
	for _, bad := range []struct {
		to time.Time
		n  int
	}{{from.Add(time.Hour), 1}, {from.Add(time.Hour), method.MaxSamples + 1}, {from, 10}, {from.Add(-time.Hour), 10}} {
		if samples, err := m.Preview(from, bad.to, bad.n); err == nil {
			t.Errorf("%v: %d samples", bad, len(samples))
		}
	}
}
