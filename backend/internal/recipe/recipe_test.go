package recipe

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"hypha/internal/measure"
)

func all(t *testing.T) []Recipe {
	t.Helper()
	recipes, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	if len(recipes) < 3 {
		t.Fatalf("%d recipes", len(recipes))
	}
	return recipes
}

func TestRecipesAreWhole(t *testing.T) {
	for _, r := range all(t) {
		if r.Name == "" || r.Icon == "" || r.Purpose == "" || len(r.Stages) == 0 || len(r.Functions) == 0 || len(r.Alerts) == 0 || len(r.Dashboards) == 0 {
			t.Errorf("%s lacks something: %+v", r.ID, r)
		}
		given := map[string]bool{}
		for _, role := range r.Roles {
			given[role.ID] = true
			if role.Output {
				given[role.ID+"_output"], given[role.ID+"_index"] = true, true
			}
			if role.Output == (role.Quantity != "") || role.Output != (len(role.Types) > 0) {
				t.Errorf("%s: the role %s is neither a channel nor an output", r.ID, role.ID)
			}
			if role.Required && role.StandIn == nil {
				t.Errorf("%s: the role %s is needed and cannot be tried out", r.ID, role.ID)
			}
		}
		for _, v := range r.Values {
			given[v.ID+"_value"] = true
			for _, s := range r.Stages {
				if message := v.check(s.Values[v.ID]); message != "" {
					t.Errorf("%s, stage %s: %s %s", r.ID, s.ID, v.ID, message)
				}
			}
			for _, need := range v.Needs {
				if _, ok := r.role(need); !ok {
					t.Errorf("%s: the value %s needs %q, which is no role", r.ID, v.ID, need)
				}
			}
		}
		check := func(what string, needs []string, text json.RawMessage) {
			for _, need := range needs {
				if _, ok := r.role(need); !ok {
					t.Errorf("%s: %s needs %q, which is no role", r.ID, what, need)
				}
			}
			for _, name := range asked(text) {
				if !given[name] {
					t.Errorf("%s: %s asks for %q, which nothing gives", r.ID, what, name)
				}
				// What a part names of a role, it must need: else it would be made without.
				role := strings.TrimSuffix(strings.TrimSuffix(name, "_output"), "_index")
				if _, ok := r.role(role); ok && needs != nil && !slices.Contains(needs, role) {
					if what == "a tile graph" { // it leaves out what is not there
						continue
					}
					t.Errorf("%s: %s names the role %s without needing it", r.ID, what, role)
				}
			}
		}
		for _, role := range r.Roles {
			if role.StandIn != nil {
				check("the stand-in of "+role.ID, nil, role.StandIn.Options)
			}
		}
		for _, m := range r.Methods {
			check(m.ID, m.Needs, m.Definition)
			given[m.ID] = true
		}
		for _, f := range r.Functions {
			check(f.ID, f.Needs, f.Options)
			given[f.ID] = true
		}
		for _, a := range r.Alerts {
			check(a.ID, a.Needs, a.Options)
		}
		for _, d := range r.Dashboards {
			check("a tile "+d.Kind, d.Needs, d.Options)
			if d.W < 1 || d.W > 12 || d.H < 1 {
				t.Errorf("%s: a tile of %d by %d", r.ID, d.W, d.H)
			}
		}
	}
}

func TestPlacesAreFilled(t *testing.T) {
	v := values{"air": int64(7), "warm_value": 24.5, "heater": map[string]any{"output": int64(3), "channel": 0}, "begins_value": "06:00"}
	got, err := v.fill(json.RawMessage(`{"channel":"${air}","above":"${warm_value+2}","below":"${warm_value-0.5}","out":"${heater}","list":["${air}"],"script":"day = \"${begins_value}\"; set_output(${air})","plain":"$5"}`))
	want := `{"above":26.5,"below":24,"channel":7,"list":[7],"out":{"channel":0,"output":3},"plain":"$5","script":"day = \"06:00\"; set_output(7)"}`
	if err != nil || string(got) != want {
		t.Errorf("%s, %v", got, err)
	}
	for _, bad := range []string{`{"a":"${nobody}"}`, `{"a":"x ${nobody} y"}`, `{"a":"${begins_value+1}"}`} {
		if got, err := v.fill(json.RawMessage(bad)); err == nil {
			t.Errorf("%s became %s", bad, got)
		}
	}
}

func TestRolesAreFilledByWhatFits(t *testing.T) {
	roles := []Role{
		{ID: "air", Quantity: measure.Temperature, Required: true, Prefer: []string{"climate"}, Avoid: []string{"cpu"}, StandIn: &StandIn{}},
		{ID: "heater", Output: true, Required: true, Types: []string{"on_off"}, Prefer: []string{"heat"}, StandIn: &StandIn{}},
		{ID: "fan", Output: true, Types: []string{"on_off", "pwm"}, Prefer: []string{"fan"}, StandIn: &StandIn{}},
	}
	channel := func(id measure.ChannelID, name string, q measure.Quantity) thing {
		return thing{Filling: Filling{How: "channel", Channel: id}, name: name, quantity: q}
	}
	relay := func(id int64, name, kind string, busy bool) thing {
		return thing{Filling: Filling{How: "output", Output: id}, name: name, kind: kind, busy: busy}
	}
	fill := func(things []thing, chosen map[string]Filling) map[string]Filling {
		of := map[string][]Candidate{}
		for _, r := range roles {
			of[r.ID] = r.candidates(things)
		}
		return assign(roles, of, chosen)
	}
	got := fill([]thing{channel(1, "This machine, cpu", measure.Temperature), channel(2, "Shed, temperature", measure.Temperature), channel(3, "Climate, temperature", measure.Temperature), channel(4, "Climate, humidity", measure.Humidity), relay(1, "Relay 1", "on_off", false), relay(2, "Heat mat", "on_off", false), relay(3, "Fan", "pwm", true)}, nil)
	want := map[string]Filling{"air": {How: "channel", Channel: 3}, "heater": {How: "output", Output: 2}, "fan": {How: "none"}}
	for id, f := range want {
		if got[id] != f {
			t.Errorf("%s is played by %+v, want %+v", id, got[id], f)
		}
	}
	// A relay that nobody has named is not taken for a heater; a processor is no air.
	got = fill([]thing{channel(1, "This machine, cpu", measure.Temperature), relay(1, "Relay 1", "on_off", false)}, nil)
	if got["air"].How != "simulated" || got["heater"].How != "simulated" || got["fan"].How != "none" {
		t.Errorf("with nothing that fits: %+v", got)
	}
	// What the person says counts, and plays no second role.
	got = fill([]thing{relay(2, "Heat fan", "on_off", false)}, map[string]Filling{"fan": {How: "output", Output: 2}})
	if got["fan"].Output != 2 || got["heater"].How != "simulated" {
		t.Errorf("chosen: %+v", got)
	}
}
