package app

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"testing"

	"hypha/internal/recipe"
)

func decoded[T any](t *testing.T, a answer, status int) (v T) {
	t.Helper()
	if a.status != status {
		t.Fatalf("%d %s, want %d", a.status, a.body, status)
	}
	if err := json.Unmarshal([]byte(a.body), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// total is how many things there are below a path.
func (i *instance) total(path string) int {
	i.t.Helper()
	return decoded[struct {
		Total int `json:"total"`
	}](i.t, i.send(http.MethodGet, path, "admin", ""), http.StatusOK).Total
}

func TestEveryRecipeMakesAZoneAndTakesItBack(t *testing.T) {
	i := launch(t)
	things := []string{"/zones", "/inputs", "/outputs", "/functions", "/methods", "/alerts", "/dashboards"}
	recipes := decoded[struct {
		Items []recipe.Recipe `json:"items"`
	}](t, i.send(http.MethodGet, "/recipes", "viewer", ""), http.StatusOK).Items
	for _, r := range recipes {
		for n, stage := range r.Stages {
			// All roles, then only those that are needed; on/off and dimmed.
			roles := map[string]recipe.Filling{}
			for _, role := range r.Roles {
				how := "simulated"
				if n%2 == 1 && !role.Required {
					how = "none"
				}
				roles[role.ID] = recipe.Filling{How: how}
			}
			request, err := json.Marshal(recipe.Request{Stage: stage.ID, Roles: roles, Start: true})
			if err != nil {
				t.Fatal(err)
			}
			plan := decoded[recipe.Plan](t, i.send(http.MethodPost, "/recipes/"+r.ID+"/plan", "viewer", string(request)), http.StatusOK)
			before := map[string]int{}
			for _, path := range things {
				before[path] = i.total(path)
			}
			made := decoded[recipe.Applied](t, i.send(http.MethodPost, "/recipes/"+r.ID+"/apply", "admin", string(request)), http.StatusCreated)
			functions := len(slices.DeleteFunc(slices.Clone(plan.Parts), func(p recipe.PlannedPart) bool { return p.What != "function" }))
			if len(made.Functions) != functions || len(made.Alerts) != len(plan.Parts)-functions || made.Dashboard == 0 || functions == 0 {
				t.Errorf("%s, %s: planned %+v, made %+v", r.ID, stage.ID, plan.Parts, made)
			}
			for _, id := range made.Functions {
				f := decoded[struct {
					Name   string `json:"name"`
					Status struct {
						State string `json:"state"`
						Error string `json:"error"`
					} `json:"status"`
				}](t, i.send(http.MethodGet, fmt.Sprintf("/functions/%d", id), "admin", ""), http.StatusOK)
				if f.Status.State == "failed" {
					t.Errorf("%s, %s: %s %s", r.ID, stage.ID, f.Name, f.Status.Error)
				}
			}
			if got := i.send(http.MethodPost, fmt.Sprintf("/recipes/applied/%d/undo", made.Zone), "admin", ""); got.status != http.StatusNoContent {
				t.Fatalf("undo: %d %s", got.status, got.body)
			}
			for _, path := range things {
				if now := i.total(path); now != before[path] {
					t.Errorf("%s, %s: %d of %s, %d before", r.ID, stage.ID, now, path, before[path])
				}
			}
		}
	}
}

func TestARecipeTakesWhatIsThereAndLeavesItAsItWas(t *testing.T) {
	i := launch(t)
	for path, body := range map[string]string{
		"/inputs":  `{"name":"Tent climate","kind":"push","options":{"channels":[{"name":"temperature","quantity":"temperature","unit":"C"}]}}`,
		"/outputs": `{"name":"Heater","kind":"virtual_on_off","options":{}}`,
	} {
		if got := i.send(http.MethodPost, path, "admin", body); got.status != http.StatusCreated {
			t.Fatalf("%s: %d %s", path, got.status, got.body)
		}
	}
	made := decoded[recipe.Applied](t, i.send(http.MethodPost, "/recipes/grow_tent/apply", "admin", `{"name":"Tent A","values":{"temperature":22}}`), http.StatusCreated)
	if len(made.Inputs)+len(made.Outputs) != 0 || made.Name != "Tent A" {
		t.Errorf("made %+v", made)
	}
	type shown struct {
		Zone     *int64 `json:"zone"`
		Enabled  bool   `json:"enabled"`
		Options  struct{ Setpoint float64 }
		Channels []struct {
			Limits json.RawMessage `json:"limits"`
		} `json:"channels"`
	}
	heater := decoded[shown](t, i.send(http.MethodGet, "/outputs/1", "admin", ""), http.StatusOK)
	if heater.Zone == nil || *heater.Zone != made.Zone || string(heater.Channels[0].Limits) != `{"max_on_s":7200}` {
		t.Errorf("heater %+v", heater)
	}
	// Nobody has said start: nothing switches.
	heating := decoded[shown](t, i.send(http.MethodGet, fmt.Sprintf("/functions/%d", made.Functions[0]), "admin", ""), http.StatusOK)
	if heating.Enabled || heating.Options.Setpoint != 22 {
		t.Errorf("heating %+v", heating)
	}
	if got := i.send(http.MethodPost, fmt.Sprintf("/recipes/applied/%d/undo", made.Zone), "admin", ""); got.status != http.StatusNoContent {
		t.Fatalf("undo: %d %s", got.status, got.body)
	}
	heater = decoded[shown](t, i.send(http.MethodGet, "/outputs/1", "admin", ""), http.StatusOK)
	if heater.Zone != nil || string(heater.Channels[0].Limits) != `{}` {
		t.Errorf("after undoing: %+v", heater)
	}
	// Every recipe is content with a thermometer and a heater, and guards their effect.
	for _, id := range []string{"terrarium", "aquarium"} {
		made := decoded[recipe.Applied](t, i.send(http.MethodPost, "/recipes/"+id+"/apply", "admin", `{"roles":{"temperature":{"how":"channel","channel":1},"heater":{"how":"output","output":1}}}`), http.StatusCreated)
		if len(made.Alerts) < 4 {
			t.Errorf("%s: %+v", id, made)
		}
		i.send(http.MethodPost, fmt.Sprintf("/recipes/applied/%d/undo", made.Zone), "admin", "")
	}
	for body, field := range map[string]string{
		`{"stage":"retired"}`:                                "stage",
		`{"values":{"temperature":90}}`:                      "values.temperature",
		`{"values":{"day_begins":"late"}}`:                   "values.day_begins",
		`{"values":{"luck":1}}`:                              "values.luck",
		`{"roles":{"heater":{"how":"none"}}}`:                "roles.heater",
		`{"roles":{"heater":{"how":"channel","channel":1}}}`: "roles.heater",
		`{"roles":{"cook":{"how":"none"}}}`:                  "roles.cook",
	} {
		got := i.send(http.MethodPost, "/recipes/grow_tent/apply", "admin", body)
		p := decoded[struct {
			Errors []struct{ Field string } `json:"errors"`
		}](t, got, http.StatusUnprocessableEntity)
		if len(p.Errors) == 0 || p.Errors[0].Field != field {
			t.Errorf("%s: %s", body, got.body)
		}
	}
	if n := i.total("/zones"); n != 0 {
		t.Errorf("%d zones are left of what was refused", n)
	}
	if got := i.send(http.MethodPost, "/recipes/grow_tent/apply", "operator", `{}`); got.status != http.StatusForbidden {
		t.Errorf("an operator: %d", got.status)
	}
}
