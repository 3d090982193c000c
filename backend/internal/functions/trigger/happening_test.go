package trigger

import (
	"strings"
	"testing"
	"time"

	"hypha/internal/function"
	"hypha/internal/measure"
	"hypha/internal/output"
)

// pump is the output that the rules of these tests name.
func pump() function.Target { return function.Target{Output: 7} }

func TestAnOutputChanges(t *testing.T) {
	for to, want := range map[string]int{"on": 2, "off": 1, "any": 3} {
		r := prepare(t, "trigger_output", `"output": {"output": 7}, "to": "`+to+`"`, note)
		r.begin()
		r.troubled("is not known")
		r.Outputs[pump()] = on(false)
		r.pass(time.Minute)
		r.want(0, "what it is at first is no change")
		for _, v := range []bool{true, true, false, true} {
			r.Outputs[pump()] = on(v)
			r.happen("output", "output/7", "went", "")
			r.pass(10 * time.Second)
		}
		r.want(want, to)
		if got := r.fired()[0]; !strings.HasPrefix(got, "output 7 went to") {
			t.Errorf("the reason is %q", got)
		}
	}
}

func TestAnOutputThatNobodyTellsOfIsSeenWithinASecond(t *testing.T) {
	r := prepare(t, "trigger_output", `"output": {"output": 7}, "to": "on"`, note)
	r.Outputs[pump()] = output.Level{Duty: new(0.0)}
	r.begin()
	r.pass(10 * time.Second)
	r.Outputs[pump()] = output.Level{Duty: new(30.0)}
	r.pass(time.Second)
	r.want(1, "a second later")
	r.Outputs[pump()] = output.Level{Duty: new(60.0)}
	r.pass(time.Minute)
	r.want(1, "another duty is no change to on")
}

func TestTwoThatAnswerEachOtherAreSlow(t *testing.T) {
	r := prepare(t, "trigger_output", `"output": {"output": 7}, "to": "any"`, note)
	r.Outputs[pump()] = on(false)
	r.begin()
	for n := range 100 { // ten times a second
		r.Outputs[pump()] = on(n%2 == 0)
		r.happen("output", "output/7", "went", "")
		r.Pass(100 * time.Millisecond)
	}
	if got := len(r.fired()); got > 10 {
		t.Errorf("fired %d times in 10 s", got)
	}
}

func TestAControllerComesIntoAState(t *testing.T) {
	r := prepare(t, "trigger_controller", `"ref": "input/3", "state": "running"`, note)
	r.States["input/3"] = "running"
	r.begin()
	r.pass(time.Minute)
	r.want(0, "it runs from the start")
	r.States["input/3"] = "backing_off"
	r.pass(time.Minute)
	r.States["input/3"] = "running"
	r.pass(time.Second)
	r.want(1, "it runs again")
	if got := r.fired()[0]; got != "input/3 is running" {
		t.Errorf("the reason is %q", got)
	}
	r = prepare(t, "trigger_controller", `"ref": "input/3", "state": "failed"`, note)
	r.States["input/3"] = "failed"
	r.begin()
	r.pass(time.Minute)
	r.want(1, "out of order from the start: that is told")
}

func TestAnEventIsTold(t *testing.T) {
	r := rigOf(t, "trigger_event", `"type": "alert", "source": "output/2", "contains": "No Effect"`)
	for _, e := range [][3]string{
		{"output", "output/2", "no effect"}, {"alert", "output/3", "no effect"}, {"alert", "output/2", "all is well"}, {"alert", "function/1", "no effect"},
	} {
		r.happen(e[0], e[1], e[2], "")
		r.pass(10 * time.Second)
	}
	r.want(0, "others")
	r.happen("alert", "output/2", "The heater has no effect", "")
	r.happen("alert", "output/2", "The heater has no effect", "")
	r.want(1, "twice in one second")
	if got := r.fired()[0]; got != "The heater has no effect" {
		t.Errorf("the reason is %q", got)
	}
}

func TestItsOwnEntriesDoNotSetItOff(t *testing.T) {
	r := rigOf(t, "trigger_event", `"type": "function"`)
	r.happen("function", "function/1", "under test fired", "")
	r.want(0, "its own")
	r.happen("function", "function/2", "another fired", "")
	r.want(1, "another's")
}

func TestACallFromOutside(t *testing.T) {
	const token = "0123456789abcdef"
	r := rigWith(t, "trigger_webhook", `"token": "`+token+`"`, `[{"kind": "note", "options": {"note": "{reason} / {value}"}}]`)
	r.happen(function.HookEvent("another-token-0123"), "10.0.0.1", "", "")
	r.want(0, "another token")
	for _, c := range [][2]string{
		{`{"value": 3.5, "reason": "the bell"}`, "the bell / 3.5"},
		{`{"value": "high"}`, "it was called from 10.0.0.1 / no value"},
		{`[1, 2]`, "it was called from 10.0.0.1 / no value"},
		{``, "it was called from 10.0.0.1 / no value"},
	} {
		before := len(r.fired())
		r.happen(function.HookEvent(token), "10.0.0.1", "", c[0])
		r.pass(2 * time.Second)
		if got := r.fired()[before:]; len(got) != 1 || got[0] != c[1] {
			t.Errorf("called with %s: %q, want %q", c[0], got, c[1])
		}
	}
	if e := function.HookEvent(token); strings.Contains(e, token) {
		t.Errorf("the event holds the token: %s", e)
	}
}

func TestComposedNeedsAll(t *testing.T) {
	r := prepare(t, "trigger_composed", `"for_s": 60, "conditions": [
		{"channel": 2, "below": 30, "hysteresis": 5},
		{"about": "output", "output": {"output": 7}, "on": false},
		{"about": "time", "from": "22:00", "to": "06:00"}]`, note)
	r.At = utc("2026-03-01T21:50:00Z")
	r.Outputs[pump()] = on(false)
	r.Read(2, 25)
	r.begin()
	r.pass(10*time.Minute + 59*time.Second)
	r.want(0, "59 s after 22:00")
	r.pass(time.Second)
	r.want(1, "60 s after 22:00")
	if got := r.fired()[0]; got != "soil is 25 percent; output 7 is at off; it is between 22:00 and 06:00" {
		t.Errorf("the reason is %q", got)
	}
	r.pass(time.Hour)
	r.want(1, "as long as it holds")
	r.Outputs[pump()] = on(true)
	r.pass(5 * time.Second)
	r.Outputs[pump()] = on(false)
	r.arrive(2, 33) // within the hysteresis
	r.pass(61 * time.Second)
	r.want(2, "after a break")
	r.arrive(2, 36)
	r.arrive(2, 33)
	r.pass(61 * time.Second)
	r.want(2, "not below any more")
}

func TestComposedDoesNotGuess(t *testing.T) {
	for _, c := range []struct {
		match   string
		output  bool
		fires   int
		trouble bool
	}{
		{"all", true, 0, true},   // the lost reading would decide
		{"all", false, 0, false}, // decided without it
		{"any", true, 1, false},
		{"any", false, 0, true},
	} {
		r := prepare(t, "trigger_composed", `"match": "`+c.match+`", "conditions": [{"channel": 2, "below": 30}, {"about": "output", "output": {"output": 7}}]`, note)
		r.Read(2, 10)
		r.Spoil(2, measure.Stale)
		r.Outputs[pump()] = on(c.output)
		r.begin()
		r.want(c.fires, c.match)
		if (r.err != nil) != c.trouble {
			t.Errorf("%s, output %v: %v", c.match, c.output, r.err)
		}
	}
}

func TestHoursBelongToTheDayOnWhichTheyBegin(t *testing.T) {
	r := rule{Rule: Rule{About: "time", From: "22:00", To: "06:00", Weekdays: []string{"fri"}}, zone: zone("Europe/Berlin")}
	for when, want := range map[string]bool{
		"2026-03-05T23:00:00+01:00": false, // Thursday
		"2026-03-06T05:00:00+01:00": false, // Friday, but the hours began on Thursday
		"2026-03-06T21:59:59+01:00": false,
		"2026-03-06T22:00:00+01:00": true,
		"2026-03-07T05:59:59+01:00": true, // Saturday
		"2026-03-07T06:00:00+01:00": false,
		"2026-03-07T23:00:00+01:00": false,
	} {
		if got := r.within(utc(when)); got != want {
			t.Errorf("%s: %v", when, got)
		}
	}
}
