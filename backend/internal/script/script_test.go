package script

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"hypha/internal/output"
)

func TestFaultsHaveTheirPlaces(t *testing.T) {
	for source, want := range map[string]Errors{
		"x = 1\nif x == 1\n  pass": {{2, 10, "got newline, want ':'"}},
		"x = huminity\ny = 1\nz = vlaue(1)": {
			{1, 5, "undefined: huminity"}, {3, 5, "undefined: vlaue"},
		},
		"state = {}":                   {{1, 1, `state is kept between runs: set its items (state["name"] = ...), or state.clear()`}},
		"a, value = 1, 2":              {{1, 4, "value is a function: choose another name for the variable"}},
		"for now in [1]:\n  pass":      {{1, 5, "now is a function: choose another name for the variable"}},
		"def log():\n  pass\nx = nope": {{1, 5, "log is a function: choose another name for the variable"}, {3, 5, "undefined: nope"}},
		"load('a', 'b')":               {{1, 1, "load: a script has no other files"}},
	} {
		_, err := Compile(source)
		got, ok := errors.AsType[Errors](err)
		if !ok {
			t.Errorf("%q: %v", source, err)
			continue
		}
		for n := range got {
			got[n].Message, _, _ = strings.Cut(got[n].Message, " (did you mean")
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%q: %+v, want %+v", source, got, want)
		}
	}
}

func TestFailuresHaveTheirLine(t *testing.T) {
	for source, want := range map[string]string{
		"x = 1\nif value(3) > 5:\n  pass":            "line 2: one side of > is None",
		"def f():\n  return 1 + value(4)\n\nx = f()": "line 2: one side of + is None",
		"value('nowhere')":                           `line 1: no channel is called "nowhere"`,
		"value(99)":                                  "line 1: there is no channel 99",
		"value(1.5)":                                 "want the number or the name of a channel",
		"output('Pump') == True":                     "write output(...).level",
		"x = reading(1) > 5":                         "write reading(...).value",
		"output(5, channel=1)":                       "no output 5 with a channel 1",
		"set_output(5, duty=40)":                     "line 1: Fan: duty: does not fit a channel of type on_off",
		"set_output(5)":                              "Fan: on: is required",
		"set_output(5, on=1)":                        "on must be True or False, not int",
		"set_output(6, duty=140)":                    "must be 0 to 100 %",
		"set_output(6, duty=None)":                   "got None, want a number",
		"set_output(6, duty=float('nan'))":           "no finite number",
		"set_output(5, on=True, duration_s=0)":       "longer than 0 s",
		"set_output(5, on=True, duration_s='x')":     "is no time span",
		"set_output(5, on=True, per_hour=0)":         "per_hour must be 1 to 3600",
		"set_output(5, on=True, lvel=2)":             "unexpected keyword argument",
		"setpoint('Heating', value(4))":              "got None, want a number",
		"adjust('Heating')":                          "name what to change",
		"notify('x', severity='loud')":               "info, warning, critical",
		"enable('input/nowhere')":                    "no input is called",
		"result(0, 1)":                               "declare them",
		"sunrise()":                                  "latitude and longitude are not configured",
		"mean(3, 60)":                                "the past of co2 cannot be read: the store is closed",
		"mean(1, 0)":                                 "longer than 0 s",
		"count(1, '5 weeks')":                        "is no time span",
		"state[1] = 2":                               "state cannot be kept",
		"state['x'] = float('inf')":                  "state cannot be kept",
		"state['x'] = log":                           "state cannot be kept",
		"state['x'] = 'x' * 70000":                   "state is too large to be kept: 69 KiB of 64",
		"[1, 2].push(3)":                             "list has no .push; it has append",
		"value(4).x":                                 "there is no .x of None",
	} {
		r, err := try(t, tent(), Input{State: State{Vars: json.RawMessage(`{"a":1}`)}}, source)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", source, err, want)
		}
		if r.Actions != nil || r.Values != nil || string(r.State.Vars) != `{"a":1}` {
			t.Errorf("%q failed and left %+v", source, r)
		}
	}
}

func TestValues(t *testing.T) {
	w := tent()
	w.past[1] = map[time.Duration]Past{time.Minute: {Count: 4, Mean: 22, Sum: 88, Min: 20, Max: 24}}
	w.sun = &Sun{Rise: w.now.Add(-6 * time.Hour), Set: w.now.Add(6 * time.Hour), Up: true}
	for source, want := range map[string]string{
		`log(value(1), value("Tent/temperature"), value("Tent / humidity"), value("Input/Tent/humidity"))`: "22.5 22.5 61.0 61.0",
		`log(value(3), value(4), value(1, max_age=4), value(1, max_age="5s"))`:                             "None None None 22.5",
		`log(mean(1, 60), minimum(1, "1m"), maximum(1, 60), sum(1, 60.0), count(1, 60))`:                   "22.0 20.0 24.0 88.0 4",
		`log(mean(2, 60), minimum(2, 60), count(2, 60))`:                                                   "None None 0",
		`log(age(1), age(3), age(4))`:                                                                      "5.0 3600.0 None",
		`r = reading(1)
log(r.value, r.usable, r.age, r.unit, r.name, r.quality, bool(r))`: "22.5 True 5.0 C temperature good True",
		`r = reading(3)
log(r.value, r.usable, r.age, r.quality, bool(r), r.under(1000), r.over(1))`: "None False 3600.0 stale False False False",
		`log(reading(4).age, reading(4).quality, reading(1).under(23), reading(1).over(23))`:               "None None True False",
		`log(output(5).level, output("Dimmer").level, output(7).level, bool(output(5)), output(6).active)`: "False 40.0 None False True",
		`log(time_of_day(), weekday(), now(), sunrise(), sunset(), is_day())`:                              "12:30 6 1.7723682e+09 06:30 18:30 True",
		`log(round(2.5), round(2.345, 2), math.sqrt(16), math.pi > 3.14)`:                                  "2.0 2.35 4.0 True",
		`print("a", [1, {"b": None}])`: `a [1, {"b": None}]`,
	} {
		if got := logged(t, w, source); got != want {
			t.Errorf("%s\n%s, want %s", source, got, want)
		}
	}
}

func TestBeyondALimitTheWholeTime(t *testing.T) {
	for name, c := range map[string]struct {
		within, before Past
		age            time.Duration
		want           string
	}{
		"all of it":                    {Past{Count: 3, Max: 74, Min: 61}, Past{Count: 5, Max: 90}, 5 * time.Second, "True"},
		"once above":                   {Past{Count: 3, Max: 76, Min: 61}, Past{Count: 5, Max: 90}, 5 * time.Second, "False"},
		"it has only begun":            {Past{Count: 3, Max: 74, Min: 61}, Past{Count: 3, Max: 74}, 5 * time.Second, "False"},
		"one reading, older than that": {Past{}, Past{}, 4 * time.Minute, "True"},
		"nothing recorded":             {Past{}, Past{}, 5 * time.Second, "False"},
	} {
		w := tent()
		r := w.readings[2]
		r.Age = c.age
		w.readings[2] = r
		w.past[2] = map[time.Duration]Past{3 * time.Minute: c.within, 6 * time.Minute: c.before}
		if got := logged(t, w, `log(reading(2).under(75, minutes=3))`); got != c.want {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func TestActions(t *testing.T) {
	r, err := try(t, tent(), Input{Results: []string{"vpd", "dew"}}, `
set_output("Fan", on=True, duration_s="2m", priority=3)
output(6).duty(55.5, lease_s=30)
output("Dimmer").off()
output("Pump").dose(2.5)
setpoint("Heating", 22)
adjust("Heating", pause=True, kp=2)
enable("input/Tent")
disable("Heating")
notify("Tank", severity="warning")
note("hello", tags=["a"])
result("dew", 9.5)
result(0, 1)
`)
	if err != nil {
		t.Fatal(err)
	}

	want := []Action{
		{What: "set_output", Line: 2, Output: 5, Level: &output.Level{On: new(true)}, DurationS: 120, Priority: 3, Text: "Fan: on for 2m0s"},
		{What: "set_output", Line: 3, Output: 6, Level: &output.Level{Duty: new(55.5)}, LeaseS: 30, Text: "Dimmer: 55.5 %"},
		{What: "set_output", Line: 4, Output: 6, Level: &output.Level{Duty: new(0.0)}, Text: "Dimmer: 0 %"},
		{What: "set_output", Line: 5, Output: 7, Level: &output.Level{VolumeML: new(2.5)}, Text: "Pump: 2.5 ml"},
		{What: "set_point", Line: 6, Ref: "function/8", Args: map[string]any{"value": 22.0}, Text: "set-point of function 8: 22"},
		{What: "adjust", Line: 7, Ref: "function/8", Args: map[string]any{"pause": true, "kp": 2.0}, Text: "change of function 8: map[kp:2 pause:true]"},
		{What: "enable", Line: 8, Ref: "input/9", Text: "enable input/9"},
		{What: "disable", Line: 9, Ref: "function/8", Text: "disable function/8"},
		{What: "notify", Line: 10, Args: map[string]any{"text": "Tank", "severity": "warning"}, Text: "warning: Tank"},
		{What: "note", Line: 11, Args: map[string]any{"text": "hello", "tags": []string{"a"}}, Text: "note: hello"},
	}
	if !reflect.DeepEqual(r.Actions, want) {
		for n := range min(len(want), len(r.Actions)) {
			t.Logf("%+v\nwant %+v", r.Actions[n], want[n])
		}
		t.Errorf("%d actions, want %d", len(r.Actions), len(want))
	}
	if !reflect.DeepEqual(r.Values, []Value{{1, 9.5}, {0, 1}}) {
		t.Errorf("the results are %v", r.Values)
	}
}

func TestTheTraceOfReads(t *testing.T) {
	r, err := try(t, tent(), Input{}, "x = value(1)\nx = value(3)\nx = output(6)")
	if err != nil {
		t.Fatal(err)
	}
	want := []Read{
		{What: "value", Line: 1, Channel: 1, Name: "temperature", Unit: "C", Value: new(22.5), At: tent().now.Add(-5 * time.Second).UnixMilli(), Quality: "good"},
		{What: "value", Line: 2, Channel: 3, Name: "co2", Unit: "ppm", Why: "its reading is stale", At: tent().now.Add(-time.Hour).UnixMilli(), Quality: "stale"},
		{What: "output", Line: 3, Name: "Dimmer", Unit: "%", Value: new(40.0)},
	}
	if !reflect.DeepEqual(r.Reads, want) {
		t.Errorf("%+v", r.Reads)
	}
}

// The examples of the help are shown to people: each must be compiled and run.
func TestTheExamplesOfBuiltinsRun(t *testing.T) {
	w := everything{tent()}
	w.sun = &Sun{Up: true}
	for _, b := range Builtins() {
		if b.Doc == "" || b.Signature == "" || !strings.HasPrefix(b.Signature, b.Name) {
			t.Errorf("%s is not described", b.Name)
		}
		if _, err := try(t, w, Input{Results: []string{"vpd"}}, b.Example); err != nil {
			t.Errorf("%s: %s\n%v", b.Name, b.Example, err)
		}
	}
}

// everything finds a thing under any name.
type everything struct{ *world }

func (everything) Find(what, name string) (int64, bool) {
	if name == "" {
		return 0, false
	}
	switch {
	case what == "output" && name == "Fan":
		return 6, true // the example gives it a duty
	case what == "output":
		return 5, true
	}
	return 1, true
}
