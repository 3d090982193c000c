package fleet

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"hypha/internal/controller"
	"hypha/internal/functions/conditional"
	"hypha/internal/functions/pidloop"
	"hypha/internal/functions/trigger"
	"hypha/internal/settings"
)

const heater = `{"name":"Heater","kind":"fake_relay","options":{"pin":"4"}}`

func (w *world) noted() (lines []string) {
	w.t.Helper()
	notes, _, err := w.Notes(w.t.Context(), settings.NoteFilter{})
	if err != nil {
		w.t.Fatal(err)
	}
	for _, n := range notes {
		lines = append(lines, n.Name)
	}
	return lines
}

func TestATriggerSwitchesAnOutputAndWritesANote(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, trigger.Kinds()...)
		s := w.bench.plug(1)
		w.addInput(sensor)
		w.addOutput(heater)
		w.addFunction(`{"name":"Too warm","kind":"trigger_threshold","options":{"channel":1,"above":25,"for_s":10,"actions":[
			{"kind":"output_on","options":{"output":{"output":1}}},
			{"kind":"note","delay_s":20,"options":{"note":"{name}: {channel} is {value} {unit}","tags":["hot"]}}]}}`)
		later(time.Minute)
		if got := w.bench.level("4", 0); got != "off" {
			t.Fatalf("at 20 °C it is %q", got)
		}
		w.bench.do(func() { s.values[0] = 26 })
		later(16 * time.Second)
		if got := w.bench.level("4", 0); got != "on" {
			t.Fatalf("10 s above 25 °C it is %q", got)
		}
		why, err := w.Why(t.Context(), 1, 0, time.Now())
		if err != nil || why.By != "function/1" || len(why.Chain) != 3 || why.Chain[0].What != "reading" || *why.Chain[0].Value != 26 || why.Chain[1].What != "trigger" {
			t.Errorf("why: %+v, %v", why, err)
		}
		if got := w.noted(); len(got) != 0 {
			t.Errorf("noted too early: %q", got)
		}
		later(20 * time.Second)
		if got := w.noted(); len(got) != 1 || got[0] != "Too warm: temperature is 26 C" {
			t.Errorf("noted %q", got)
		}
		if got := w.messages("function", "Too warm"); len(got) != 3 { // it fired, and two actions
			t.Errorf("the journal has %q", got)
		}
		w.bench.do(func() { s.err = errNoAnswer })
		later(time.Minute)
		if got := w.bench.level("4", 0); got != "off" {
			t.Errorf("without a reading to go by it is %q", got)
		}
		wantState(t, w, "function/1", controller.Degraded)
	})
}

func TestTwoTriggersSwitchALampDayAfterDay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // it begins at midnight UTC
		w := newWorld(t, trigger.Kinds()...)
		w.addOutput(heater)
		for name, at := range map[string]string{"on": "06:00", "off": "22:00"} {
			w.addFunction(`{"name":"` + name + `","kind":"trigger_daily","options":{"time":"` + at + `","actions":[{"kind":"output_` + name + `","options":{"output":{"output":1}}}]}}`)
		}
		local := time.Now().In(w.cfg.Place.Zone)
		later(time.Date(local.Year(), local.Month(), local.Day()+1, 5, 0, 0, 0, w.cfg.Place.Zone).Sub(local))
		for day := range 3 {
			later(2 * time.Hour)
			if got := w.bench.level("4", 0); got != "on" {
				t.Errorf("day %d, 7 h: %q", day, got)
			}
			later(16 * time.Hour)
			if got := w.bench.level("4", 0); got != "off" {
				t.Errorf("day %d, 23 h: %q", day, got)
			}
			later(6 * time.Hour)
		}
	})
}

func TestATriggerThatHasFiredDoesNotFireAgainAfterARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, trigger.Kinds()...)
		w.addFunction(`{"name":"Hourly","kind":"trigger_timer","options":{"every_s":3600,"catch_up_s":86400,"actions":[{"kind":"note","options":{"note":"{reason}"}}]}}`)
		later(time.Hour + time.Second)
		if got := w.noted(); len(got) != 1 {
			t.Fatalf("noted %q", got)
		}
		w.restart()
		later(time.Minute)
		if got := w.noted(); len(got) != 1 {
			t.Errorf("after a restart: noted %q", got)
		}
		w.shutdown()
		<-time.After(5*time.Hour + 10*time.Minute)
		w.start()
		if got := w.noted(); len(got) != 2 || !strings.Contains(got[0], "late") {
			t.Errorf("after five hours off: noted %q", got)
		}
	})
}

func TestACallFromOutsideAndATest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, trigger.Kinds()...)
		f := w.addFunction(`{"name":"Bell","kind":"trigger_webhook","options":{"token":"0123456789abcdef","actions":[{"kind":"note","options":{"note":"{reason}"}}]}}`)
		if strings.Contains(string(f.Options), "0123456789abcdef") {
			t.Errorf("the token is shown: %s", f.Options)
		}
		if err := w.Hook("0123456789abcdeF", "10.0.0.1", nil); !errors.Is(err, ErrNotFound) {
			t.Errorf("a wrong token: %v", err)
		}
		if err := w.Hook("0123456789abcdef", "10.0.0.1", json.RawMessage(`{"reason":"ring"}`)); err != nil {
			t.Error(err)
		}
		synctest.Wait()
		if got := w.noted(); len(got) != 1 || got[0] != "ring" {
			t.Errorf("noted %q", got)
		}
		if _, err := w.CommandFunction(t.Context(), 1, "fire", nil, by); err != nil {
			t.Error(err)
		}
		synctest.Wait() // at once, not with the next tick
		if got := w.noted(); len(got) != 2 || got[0] != "it was told to fire" {
			t.Errorf("noted %q", got)
		}
		if _, err := w.UpdateFunction(t.Context(), 1, json.RawMessage(`{"enabled":false}`), by); err != nil {
			t.Fatal(err)
		}
		if err := w.Hook("0123456789abcdef", "10.0.0.1", nil); !errors.Is(err, ErrNotFound) {
			t.Errorf("a disabled trigger: %v", err)
		}
	})
}

func TestActionsOnOtherFunctions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, append(trigger.Kinds(), pidloop.Kind())...)
		w.bench.plug(1)
		w.addInput(sensor)
		w.addOutput(heater)
		w.addFunction(`{"name":"Warm","kind":"pid","options":{"channel":1,"setpoint":20.1,"kp":1,"raise":{"output":1,"channel":1}}}`)
		fire := func(actions string) Function {
			t.Helper()
			f := w.addFunction(`{"name":"Act","kind":"trigger_event","options":{"type":"audit","source":"nobody","actions":[` + actions + `]}}`)
			if _, err := w.CommandFunction(t.Context(), f.ID, "fire", nil, by); err != nil {
				t.Fatal(err)
			}
			later(time.Second)
			f, err := w.Function(t.Context(), f.ID)
			if err != nil {
				t.Fatal(err)
			}
			return f
		}
		option := func(name string) any {
			f, err := w.Function(t.Context(), 1)
			if err != nil {
				t.Fatal(err)
			}
			var o map[string]any
			if err := json.Unmarshal(f.Options, &o); err != nil {
				t.Fatal(err)
			}
			return o[name]
		}
		fire(`{"kind":"set_point","options":{"function":1,"mode":"raise","value":0.2}}`)
		if got := option("setpoint"); got != 20.3 {
			t.Errorf("raised to %v", got)
		}
		f := fire(`{"kind":"set_point","options":{"function":1,"mode":"lower","value":5,"min":18}}`)
		if got := option("setpoint"); got != 20.3 || !strings.Contains(f.Status.Error, "must not be below 18") {
			t.Errorf("lowered to %v, %+v", got, f.Status)
		}
		fire(`{"kind":"set_point","options":{"function":1,"value":25}}`)
		if got := option("setpoint"); got != 25.0 {
			t.Errorf("set to %v", got)
		}
		fire(`{"kind":"pid","options":{"function":1,"do":"pause"}},{"kind":"disable","delay_s":10,"options":{"ref":"input/1"}}`)
		later(15 * time.Second)
		if pid, err := w.Function(t.Context(), 1); err != nil || !strings.Contains(shown(t, pid.State), `"paused"`) {
			t.Errorf("paused: %s, %v", shown(t, pid.State), err)
		}
		wantState(t, w, "input/1", controller.Inactive)
		f = fire(`{"kind":"command","options":{"command":"/bin/true"}},{"kind":"backup"}`)
		if got := w.messages("function", "actions.allow_commands"); len(got) != 1 || !strings.Contains(f.Status.Error, "cannot backup") {
			t.Errorf("the journal has %q, status %+v", got, f.Status)
		}
		w.cfg.Script = conditional.Once
		f = fire(`{"kind":"script","options":{"script":"log(value(1))\nset_output(1, on=True)"}}`)
		if got := w.messages("function", "Act: 20"); len(got) != 1 || w.bench.level("4", 0) != "on" || f.Status.Error != "" {
			t.Errorf("a script: the journal has %q, the heater is %s, %+v", got, w.bench.level("4", 0), f.Status)
		}
		f = fire(`{"kind":"script","options":{"script":"x = 1\nfail(\"no\")"}}`)
		if !strings.Contains(f.Status.Error, "line 2") {
			t.Errorf("a script that fails: %+v", f.Status)
		}
		other := fire(`{"kind":"log","options":{"text":"here"}}`)
		fire(`{"kind":"run","options":{"function":` + idText(other.ID) + `,"order":"fire"}}`)
		if got := w.messages("function", "here"); len(got) < 2 {
			t.Errorf("told another one to fire: %q", got)
		}
		self := w.addFunction(`{"name":"Self","kind":"trigger_event","options":{"type":"audit","source":"nobody","actions":[{"kind":"log","options":{"text":"x"}}]}}`)
		_, err := w.UpdateFunction(t.Context(), self.ID, json.RawMessage(`{"options":{"actions":[{"kind":"run","options":{"function":`+idText(self.ID)+`,"order":"fire"}}]}}`), by)
		wantFaults(t, "a trigger that sets itself off", err, "options.actions[0].options.function")
	})
}

func TestActionsThatNameNothingAreRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, trigger.Kinds()...)
		w.addOutput(heater)
		for action, field := range map[string]string{
			`{"kind":"output_on","options":{"output":{"output":9}}}`:                        "options.actions[0].options.output.output",
			`{"kind":"output_on","options":{"output":{"output":1,"channel":1}}}`:            "options.actions[0].options.output",
			`{"kind":"output_duty","options":{"duty":1,"output":{"output":1,"channel":9}}}`: "options.actions[0].options.output.channel",
			`{"kind":"run","options":{"function":9}}`:                                       "options.actions[0].options.function",
			`{"kind":"disable","options":{"ref":"function/9"}}`:                             "options.actions[0].options.ref",
		} {
			_, err := w.CreateFunction(t.Context(), draftOf[FunctionDraft](t, `{"name":"x","kind":"trigger_timer","options":{"every_s":60,"actions":[`+action+`]}}`), by)
			wantFaults(t, action, err, field)
		}
	})
}

func idText(id int64) string {
	raw, _ := json.Marshal(id)
	return string(raw)
}

func shown(t *testing.T, v any) string {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}
