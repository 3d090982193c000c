package trigger

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"hypha/internal/function"
)

func TestItRestsAfterFiringAlsoOverARestart(t *testing.T) {
	r := rigOf(t, "trigger_edge", `"channel": 1, "threshold": 25, "edge": "both", "cooldown_s": 600`)
	r.arrive(1, 20)
	r.arrive(1, 30)
	r.pass(time.Minute)
	r.arrive(1, 20)
	r.want(1, "a minute later")
	if r.state()["left_out"] != 1 {
		t.Errorf("shown is %v", r.state())
	}
	r.begin()
	r.arrive(1, 20)
	r.pass(539 * time.Second)
	r.arrive(1, 30)
	r.want(1, "599 s later, after a restart")
	r.pass(time.Second)
	r.arrive(1, 20)
	r.want(2, "600 s later")
}

func TestTestThisTrigger(t *testing.T) {
	r := rigOf(t, "trigger_threshold", `"channel": 1, "above": 30, "cooldown_s": 600`)
	c, _ := r.l.(function.Commander)
	if _, err := c.Command(t.Context(), r.At, "dance", nil); !errors.Is(err, function.ErrUnknownOrder) {
		t.Errorf("an order it does not know: %v", err)
	}
	w, _ := r.l.(function.Waker)
	for n := 1; n <= 2; n++ { // without a reading, and again at once
		if _, err := c.Command(t.Context(), r.At, "fire", nil); err != nil || !w.Wake() || w.Wake() {
			t.Fatalf("told to fire: %v, or it does not ask for one step", err)
		}
		r.want(n-1, "before the step: the order itself does nothing")
		r.step(function.Moment{Why: function.Tick})
		r.want(n, "told to fire")
		r.pass(time.Second)
	}
	if got := r.fired()[0]; got != "it was told to fire" {
		t.Errorf("the reason is %q", got)
	}
}

func TestAListThatIsUnderWayIsToldOf(t *testing.T) {
	const two = `[{"kind": "note", "options": {"note": "one"}}, {"kind": "note", "delay_s": 60, "options": {"note": "two"}}]`
	r := rigWith(t, "trigger_edge", `"channel": 1, "threshold": 25`, two)
	r.arrive(1, 20)
	r.arrive(1, 30)
	r.pass(30 * time.Second)
	if r.state()["under_way"] != "action 2 of 2" {
		t.Errorf("shown is %v", r.state())
	}
	r.begin() // as after kill -9
	if said := strings.Join(r.Said, "\n"); !strings.Contains(said, "cut short by a restart") {
		t.Errorf("the journal says %s", said)
	}
	r.pass(time.Hour)
	r.want(1, "an hour after the restart: the rest is not done")
	r.Said = nil
	r.begin()
	if said := strings.Join(r.Said, "\n"); strings.Contains(said, "cut short") {
		t.Error("the next start says so again")
	}

	r = rigWith(t, "trigger_edge", `"channel": 1, "threshold": 25`, two)
	r.arrive(1, 20)
	r.arrive(1, 30)
	r.l.(function.Ender).End(t.Context())
	if said := strings.Join(r.Said, "\n"); !strings.Contains(said, "was stopped at action 2 of 2") {
		t.Errorf("the journal says %s", said)
	}
	r.pass(time.Hour)
}

func TestAFailedActionIsShownUntilOneGoesWell(t *testing.T) {
	r := rigOf(t, "trigger_edge", `"channel": 1, "threshold": 25, "edge": "both"`)
	r.Failing["note"] = errors.New("the disk is full")
	r.arrive(1, 20)
	r.arrive(1, 30)
	r.troubled("the disk is full")
	r.pass(time.Minute)
	r.arrive(1, 31)
	r.troubled("the disk is full")
	delete(r.Failing, "note")
	r.arrive(1, 20)
	if r.err != nil {
		t.Errorf("after it went well: %v", r.err)
	}
}

func TestFaultsNameTheirFields(t *testing.T) {
	kinds := map[string]function.Kind{}
	for _, k := range Kinds() {
		kinds[k.ID] = k
	}
	for _, c := range []struct{ kind, opts, field string }{
		{"trigger_edge", `"channel": 1`, "threshold"},
		{"trigger_edge", `"channel": 1, "threshold": 1, "cooldown_s": -1`, "cooldown_s"},
		{"trigger_threshold", `"channel": 1`, "above"},
		{"trigger_threshold", `"channel": 1, "above": 1, "below": 2`, "below"},
		{"trigger_threshold", `"channel": 1, "above": 10, "below": 8, "hysteresis": 1`, "below"},
		{"trigger_missing", `"channel": 1`, "after_s"},
		{"trigger_daily", `"time": "25:00"`, "time"},
		{"trigger_daily", `"time": "12:00", "weekdays": ["mo"]`, "weekdays[0]"},
		{"trigger_span", `"from": "8", "to": "9:00", "every_s": 60`, "from"},
		{"trigger_timer", `"every_s": 60, "offset_s": 60`, "offset_s"},
		{"trigger_cron", `"expression": "* * *"`, "expression"},
		{"trigger_cron", `"expression": "0 0 30 2 *"`, "expression"},
		{"trigger_cron", `"expression": "@every 5m"`, "expression"},
		{"trigger_cron", `"expression": "TZ=UTC 0 0 * * *"`, "expression"},
		{"trigger_sun", `"event": "teatime"`, "event"},
		{"trigger_sun", `"event": "sunset", "fallback_time": "x"`, "fallback_time"},
		{"trigger_controller", `"ref": "zone/1", "state": "failed"`, "ref"},
		{"trigger_event", `"type": "hook:abc"`, "type"},
		{"trigger_webhook", `"token": "short"`, "token"},
		{"trigger_composed", `"conditions": []`, "conditions"},
		{"trigger_composed", `"conditions": [{"channel": 1}]`, "conditions[0].above"},
		{"trigger_composed", `"conditions": [{"about": "time", "from": "8:00", "to": "8:00"}]`, "conditions[0].to"},
		{"trigger_composed", `"conditions": [{"about": "output"}]`, "conditions[0].output"},
	} {
		_, err := kinds[c.kind].Bind(json.RawMessage(`{` + c.opts + `, "actions": ` + note + `}`))
		if err == nil || !strings.Contains(err.Error(), c.field+":") {
			t.Errorf("%s %s: %v, want a fault of %s", c.kind, c.opts, err, c.field)
		}
	}
	for _, k := range Kinds() {
		if _, err := k.Bind(json.RawMessage(`{}`)); err == nil || !strings.Contains(err.Error(), "actions: is required") {
			t.Errorf("%s without actions: %v", k.ID, err)
		}
	}
}

func TestExamplesAreTaken(t *testing.T) {
	for _, k := range Kinds() {
		var e struct {
			Kind    string
			Options json.RawMessage
		}
		if err := json.Unmarshal([]byte(k.Example), &e); err != nil || e.Kind != k.ID {
			t.Errorf("%s: the example is %s, %v", k.ID, k.Example, err)
			continue
		}
		if _, err := k.Bind(e.Options); err != nil {
			t.Errorf("%s: %v", k.ID, err)
		}
	}
}
