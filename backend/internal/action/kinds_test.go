package action

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"hypha/internal/function"
	"hypha/internal/mqttconn"
	"hypha/internal/output"
)

func TestOutputsAreDrivenOnceWithTheCause(t *testing.T) {
	d := newDrill(t, `{"priority": 7, "actions": [
		{"kind": "output_on", "options": {"output": {"output": 1}, "duration_s": 60, "lease_s": 90}},
		{"kind": "output_off", "options": {"output": {"output": 1, "channel": 2}}},
		{"kind": "output_duty", "options": {"output": {"output": 2}, "duty": 40}},
		{"kind": "output_value", "options": {"output": {"output": 3}, "value": -1.5}},
		{"kind": "output_volume", "options": {"output": {"output": 4}, "volume_ml": 5}}]}`)
	d.fire()
	if len(d.Commands) != 5 {
		t.Fatalf("%d commands", len(d.Commands))
	}
	for n, want := range []output.Command{
		{Level: output.Level{On: new(true)}, Duration: time.Minute, Lease: 90 * time.Second},
		{Level: output.Level{On: new(false)}},
		{Level: output.Level{Duty: new(40.0)}},
		{Level: output.Level{Value: new(-1.5)}},
		{Level: output.Level{VolumeML: new(5.0)}},
	} {
		c := d.Commands[n].Command
		if !c.Level.Equal(want.Level) || c.Duration != want.Duration || c.Lease != want.Lease || c.Priority != 7 || !c.Anew {
			t.Errorf("command %d is %+v", n+1, c)
		}
		if len(c.Chain) != 2 || c.Chain[0].Ref != "channel/1" || c.Chain[1].Ref != "function/1" || c.Reason != "air rose above 25 C" {
			t.Errorf("command %d has the cause %q, %+v", n+1, c.Reason, c.Chain)
		}
	}
	if got := d.Commands[1].Target; got != (function.Target{Output: 1, Channel: 2}) {
		t.Errorf("the second drives %+v", got)
	}
	d.wantSaid("switch output 1 on for 1m0s", "set output 2 to 40 %", "give 5 ml by output 4")
}

func TestWhoDrivesInsteadIsTold(t *testing.T) {
	d := newDrill(t, `{"actions": [{"kind": "output_on", "options": {"output": {"output": 1}}}]}`)
	d.Overridden = "user:maya"
	d.fire()
	d.wantSaid("user:maya drives it: the command waits")
	if d.err != nil {
		t.Errorf("an override is no failure: %v", d.err)
	}
	d.Overridden, d.Refuse = "", errors.New("it needs 30 s of rest")
	d.fire()
	if d.err == nil || !strings.Contains(d.err.Error(), "30 s of rest") {
		t.Errorf("a refusal: %v", d.err)
	}
}

func TestARampArrivesAndHoldsUpWhatFollows(t *testing.T) {
	d := newDrill(t, `{"actions": [
		{"kind": "output_ramp", "options": {"output": {"output": 1}, "from": 80, "to": 20, "over_s": 10, "step_s": 4}},
		{"kind": "backup"}]}`)
	d.Types[function.Target{Output: 1}] = output.PWM
	d.fire()
	d.pass(9999 * time.Millisecond)
	if len(d.Orders) != 0 {
		t.Error("what follows did not wait")
	}
	d.pass(time.Millisecond)
	var duties []float64
	for _, c := range d.Commands {
		duties = append(duties, *c.Command.Duty)
	}
	if want := []float64{80, 56, 32, 20}; !reflect.DeepEqual(duties, want) {
		t.Errorf("went over %v, want %v", duties, want)
	}
	for n, c := range d.Commands {
		if last := n == len(d.Commands)-1; (c.Command.Lease == 0) != last || c.Command.Anew != (n == 0) {
			t.Errorf("step %d: lease %v, anew %v", n, c.Command.Lease, c.Command.Anew)
		}
	}
	if len(d.Orders) != 1 {
		t.Errorf("what follows was done %d times", len(d.Orders))
	}
}

func TestOrdersToTheRestOfTheProgram(t *testing.T) {
	type args = map[string]any
	for text, want := range map[string]function.Order{
		`{"kind": "set_point", "options": {"function": 2, "value": 21.5}}`:                         {What: "set_point", Ref: "function/2", Args: args{"value": 21.5}},
		`{"kind": "set_point", "options": {"function": 2, "mode": "lower", "value": 2, "min": 5}}`: {What: "set_point", Ref: "function/2", Args: args{"by": -2.0, "min": new(5.0), "max": (*float64)(nil)}},
		`{"kind": "pid", "options": {"function": 2, "do": "hold"}}`:                                {What: "adjust", Ref: "function/2", Args: args{"hold": true}},
		`{"kind": "pid", "options": {"function": 2, "do": "pause"}}`:                               {What: "adjust", Ref: "function/2", Args: args{"pause": true}},
		`{"kind": "pid", "options": {"function": 2, "do": "resume"}}`:                              {What: "adjust", Ref: "function/2", Args: args{"hold": false, "pause": false}},
		`{"kind": "pid", "options": {"function": 2, "do": "method", "method": 3}}`:                 {What: "adjust", Ref: "function/2", Args: args{"method": int64(3)}},
		`{"kind": "enable", "options": {"ref": "input/3"}}`:                                        {What: "enable", Ref: "input/3"},
		`{"kind": "disable", "options": {"ref": "output/3"}}`:                                      {What: "disable", Ref: "output/3"},
		`{"kind": "run", "options": {"function": 2}}`:                                              {What: "order", Ref: "function/2", Args: args{"order": "run"}},
		`{"kind": "notify", "options": {"text": "{channel} is {value} {unit}: {reason}"}}`:         {What: "notify", Args: args{"text": "air is 25.34 C: air rose above 25 C", "title": "under test", "severity": "info"}},
		`{"kind": "note", "options": {"note": "{time}", "tags": ["hot"]}}`:                         {What: "note", Args: args{"note": "2026-03-01 12:00:00", "text": "", "tags": []string{"hot"}}},
		`{"kind": "read", "options": {"input": 4}}`:                                                {What: "read", Ref: "input/4"},
		`{"kind": "clear_total", "options": {"output": {"output": 4, "channel": 1}}}`:              {What: "clear_total", Ref: "output/4", Args: args{"channel": 1, "what": "all"}},
		`{"kind": "backup"}`: {What: "backup"},
		`{"kind": "command", "options": {"command": "/bin/feed", "args": ["{value}", "; rm -rf /"]}}`: {What: "command", Args: args{"command": "/bin/feed", "args": []string{"25.34", "; rm -rf /"}}},
		`{"kind": "script", "options": {"script": "log(1)"}}`:                                         {What: "script", Args: args{"script": "log(1)"}},
		`{"kind": "webhook", "options": {"url": "https://nas/x", "headers": [{"name": "X-Key", "value": "s"}], "body": "{\"v\": {value}, \"n\": \"{name}\"}"}}`: {What: "webhook", Args: args{
			"method": "POST", "url": "https://nas/x", "headers": map[string]string{"X-Key": "s", "Content-Type": "application/json"}, "body": `{"v": 25.34, "n": "under test"}`,
		}},
		`{"kind": "mqtt", "options": {"broker": "mqtt://nas:1883", "topic": "a/b", "payload": "{value}"}}`: {What: "mqtt", Args: args{
			"broker": mqttconn.Broker{URL: "mqtt://nas:1883"}, "topic": "a/b", "payload": "25.34", "qos": 1, "retain": false,
		}},
	} {
		d := newDrill(t, `{"actions": [`+text+`]}`)
		d.fire()
		if len(d.Orders) != 1 || !reflect.DeepEqual(d.Orders[0], want) {
			t.Errorf("%s\norders %+v\nwant   %+v", text, d.Orders, want)
		}
	}
	d := newDrill(t, `{"actions": [{"kind": "log", "options": {"text": "{channel} is hot"}}]}`)
	d.fire()
	d.wantSaid("function: air is hot")
}

func TestWhatThereIsNoneOfIsNotInvented(t *testing.T) {
	d := newDrill(t, `{"actions": [
		{"kind": "notify", "options": {"text": "{value}"}},
		{"kind": "webhook", "options": {"url": "http://nas/x", "body": "{\"v\": {value}, \"why\": \"{reason}\"}"}}]}`)
	d.r.Fire(d.At, Cause{Reason: `he said "hot"`, At: d.At})
	d.step()
	if got := d.Orders[0].Args["text"]; got != "no value" {
		t.Errorf("the text is %q", got)
	}
	if got := d.Orders[1].Args["body"]; got != `{"v": null, "why": "he said \"hot\""}` {
		t.Errorf("the body is %s", got)
	}
}

func TestFaultsNameTheirFields(t *testing.T) {
	for text, field := range map[string]string{
		`{"kind": "dance"}`:                    "actions[0].kind",
		`{"kind": "output_on"}`:                "actions[0].options",
		`{"kind": "output_on", "options": {}}`: "actions[0].options.output",
		`{"kind": "output_on", "delay_s": -1, "options": {"output": {"output": 1}}}`:                                  "actions[0].delay_s",
		`{"kind": "output_duty", "options": {"output": {"output": 1}, "duty": 101}}`:                                  "actions[0].options.duty",
		`{"kind": "output_ramp", "options": {"output": {"output": 1}, "from": 1, "to": 2, "over_s": 1, "step_s": 2}}`: "actions[0].options.step_s",
		`{"kind": "set_point", "options": {"function": 1, "mode": "raise", "value": -1}}`:                             "actions[0].options.value",
		`{"kind": "enable", "options": {"ref": "zone/1"}}`:                                                            "actions[0].options.ref",
		`{"kind": "notify", "options": {"text": "{temperature}"}}`:                                                    "actions[0].options.text",
		`{"kind": "webhook", "options": {"url": "ftp://nas"}}`:                                                        "actions[0].options.url",
		`{"kind": "webhook", "options": {"url": "http://maya:x@nas"}}`:                                                "actions[0].options.url",
		`{"kind": "webhook", "options": {"url": "http://nas", "body": "{\"v\": {name}x}"}}`:                           "actions[0].options.body",
		`{"kind": "webhook", "options": {"url": "http://nas", "headers": [{"name": "X", "value": "a\nb"}]}}`:          "actions[0].options.headers[0].value",
		`{"kind": "mqtt", "options": {"broker": "mqtt://nas:1883", "topic": "a/#"}}`:                                  "actions[0].options.topic",
		`{"kind": "command", "options": {"command": "feed"}}`:                                                         "actions[0].options.command",
		`{"kind": "script", "options": {"script": "log("}}`:                                                           "actions[0].options.script",
		`{"kind": "note", "options": {"note": "a\nb"}}`:                                                               "actions[0].options.note",
	} {
		_, err := decodeList(`{"actions": [` + text + `]}`)
		if err == nil || !strings.Contains(err.Error(), field+":") {
			t.Errorf("%s: %v, want a fault of %s", text, err, field)
		}
	}
	if _, err := decodeList(`{"actions": []}`); err == nil {
		t.Error("an empty list is taken")
	}
}

// TestEveryKindActs sees that no kind of the list is forgotten in the switch that finds its action.
func TestEveryKindActs(t *testing.T) {
	field, _ := reflect.TypeFor[Step]().FieldByName("Kind")
	kinds := Kinds()
	if titles := strings.Split(field.Tag.Get("enum_titles"), ","); len(titles) != len(kinds) {
		t.Errorf("%d kinds have %d titles", len(kinds), len(titles))
	}
	for _, kind := range kinds {
		if (Step{Kind: kind}).act() == nil {
			t.Errorf("%s has no action", kind)
		}
	}
}

func TestUsesNameTheirFields(t *testing.T) {
	u := listOf(t, `{"actions": [
		{"kind": "output_on", "options": {"output": {"output": 1}}},
		{"kind": "run", "options": {"function": 2}},
		{"kind": "disable", "options": {"ref": "function/3"}}]}`).Uses()
	if len(u.Outputs) != 1 || u.Outputs[0].Field != "actions[0].options.output" || len(u.Functions) != 2 || u.Functions[1].Field != "actions[2].options.ref" || u.Functions[1].ID != 3 {
		t.Errorf("%+v", u)
	}
}
