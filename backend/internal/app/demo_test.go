package app

import (
	"encoding/json"
	"net/http"
	"testing"

	"hypha/internal/config"
)

// TestTheDemoHasAPast looks at the demo as somebody who opens it for the first time.
func TestTheDemoHasAPast(t *testing.T) {
	i := launchWith(t, func(o *Options) { o.Demo = true }, func(*config.Config) {})
	get := func(path string, into any) {
		t.Helper()
		a := i.send(http.MethodGet, path, "viewer", "")
		if a.status != http.StatusOK || json.Unmarshal([]byte(a.body), into) != nil {
			t.Fatalf("%s: %d %.300s", path, a.status, a.body)
		}
	}
	var readings struct {
		Series []struct {
			T []int64
			V []float64
		}
	}
	get("/readings?channel=1&from=-60h&points=100000", &readings)
	s := readings.Series[0]
	if len(s.T) < 3_000 {
		t.Fatalf("%d readings of the last days", len(s.T))
	}
	longest := int64(0)
	for n := 1; n < len(s.T); n++ {
		longest = max(longest, s.T[n]-s.T[n-1])
		if s.V[n] < 15 || s.V[n] > 32 {
			t.Fatalf("the tent was at %v °C", s.V[n])
		}
	}
	if longest < unpluggedFor.Milliseconds() || longest > unpluggedFor.Milliseconds()+60_000 {
		t.Errorf("the longest gap is %d ms", longest)
	}
	var week struct {
		Series []struct{ Count []int }
	}
	get("/readings?channel=4&from=-168h&points=20", &week)
	if n := len(week.Series[0].Count); n < 19 {
		t.Errorf("a week in %d of 20 buckets", n)
	}
	var journal struct {
		Items []struct{ Source, Message string }
		Total int
	}
	get("/events?type=output&from=-60h&limit=5000", &journal)
	if journal.Total < 300 || journal.Total > 5_000 {
		t.Errorf("%d turns of outputs", journal.Total)
	}
	var notes struct{ Total int }
	if get("/notes", &notes); notes.Total != 5 {
		t.Errorf("%d notes", notes.Total)
	}
}
