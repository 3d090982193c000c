package app

import (
	"net/http"
	"slices"
	"testing"

	"hypha/internal/fleet"
)

func TestWhatWouldMissAThing(t *testing.T) {
	i := launch(t)
	add := func(path, body string) {
		t.Helper()
		if a := i.send(http.MethodPost, path, "admin", body); a.status != http.StatusCreated {
			t.Fatalf("%s: %d %s", path, a.status, a.body)
		}
	}
	add("/inputs", `{"name":"Air","kind":"push","options":{"channels":[{"name":"t","quantity":"temperature","unit":"C"}]}}`)
	add("/inputs", `{"name":"Spare","kind":"push","options":{"channels":[{"name":"t","quantity":"temperature","unit":"C"}]}}`)
	add("/outputs", `{"name":"Heater","kind":"virtual_on_off"}`)
	add("/outputs", `{"name":"Lamp","kind":"virtual_on_off","channels":[{"index":0,"feedback":{"kind":"current","channel":1,"on_above":3,"within_s":5}}]}`)
	add("/functions", `{"name":"Warm","kind":"hysteresis","options":{"channel":1,"setpoint":22,"band":1,"output":{"output":1,"channel":0}}}`)
	add("/zones", `{"name":"Tent","targets":[{"channel":1,"min":18}]}`)
	add("/alerts", `{"name":"Too warm","kind":"threshold","options":{"channel":1,"above":30}}`)
	add("/alerts", `{"name":"Elsewhere","kind":"threshold","options":{"channel":2,"above":30},"actions":[{"output":1,"channel":0,"do":"stop"}]}`)
	for of, want := range map[string][]string{
		"input/1":                   {"function/1", "output/2", "zone/1", "alert/1"},
		"input/2":                   {"alert/2"},
		"output/1":                  {"function/1", "alert/2"},
		"output/2":                  {},
		"function/1":                {},
		"input/1,function/1":        {"output/2", "zone/1", "alert/1"}, // what goes too misses nothing
		"input/1,output/2,output/1": {"function/1", "zone/1", "alert/2", "alert/1"},
	} {
		list := read[struct{ Items []fleet.Dependant }](t, i.send(http.MethodGet, "/dependants?of="+of, "viewer", ""), http.StatusOK)
		got := []string{}
		for _, d := range list.Items {
			got = append(got, d.Ref)
			if d.Name == "" || d.Needs == "" {
				t.Errorf("%s: %+v", of, d)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", of, got, want)
		}
	}
	for _, bad := range []string{"", "input", "input/x", "zone/1", "input/0"} {
		i.send(http.MethodGet, "/dependants?of="+bad, "viewer", "").wantProblem(t, bad)
	}
}
