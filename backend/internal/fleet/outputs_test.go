package fleet

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"hypha/internal/controller"
	"hypha/internal/output"
	"hypha/internal/settings"
)

const relay = `{"name":"Heater","kind":"fake_relay","options":{"pin":"4","password":"pw1"},"channels":[
	{"index":0,"name":"mat","limits":{"max_on_s":60},"safe":{"on":false},"at_start":"keep","at_stop":{"on":false}}]}`

func TestAnOutputIsCreatedDrivenAndKeptOverARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		o := w.addOutput(relay)
		if len(o.Output.Channels) != 2 || o.Output.Channels[0].Name != "mat" || o.Output.Channels[1].Name != "fan" || len(o.States) != 2 {
			t.Errorf("created %+v", o)
		}
		if strings.Contains(string(o.Options), "pw1") || len(o.SecretsSet) != 1 {
			t.Errorf("options show %s, secrets %v", o.Options, o.SecretsSet)
		}
		wantState(t, w, "output/1", controller.Running)
		s, err := w.Drive(t.Context(), 1, 0, on(), by)
		if err != nil || s.On == nil || !*s.On || s.EndsAt == nil || s.By != by {
			t.Errorf("driven %+v, %v", s, err)
		}
		if got := w.bench.level("4", 0); got != "on" {
			t.Errorf("the device is %q", got)
		}
		w.restart()
		if got := w.bench.level("4", 0); got != "off" {
			t.Errorf("after the stop the device is %q", got)
		}
		if s, err := w.ChannelState(t.Context(), 1, 0); err != nil || s.On == nil || *s.On || !s.Assumed {
			t.Errorf("after the restart the state is %+v, %v", s, err)
		}
		if _, err := w.ChannelState(t.Context(), 1, 2); !errors.Is(err, ErrNotFound) {
			t.Errorf("a channel that is not there: %v", err)
		}
	})
}

func TestFaultsOfOutputsNameTheirFields(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		channel := func(kind, ch string) string {
			return `{"name":"a","kind":"` + kind + `","options":{"pin":"1"},"channels":[` + ch + `]}`
		}
		for _, c := range []struct {
			text   string
			fields []string
		}{
			{`{"name":" ","kind":"fake_relay","options":{"pin":"1"}}`, []string{"name"}},
			{`{"name":"a","kind":"fake_sensor"}`, []string{"kind"}},
			{`{"name":"a","kind":"fake_relay"}`, []string{"options.pin"}},
			{`{"name":"a","kind":"fake_relay","options":{"pin":"1"},"zone":3,"timeout_s":0.001}`, []string{"timeout_s", "zone"}},
			{channel("fake_relay", `{"index":2}`), []string{"channels[0].index"}},
			{channel("fake_relay", `{"index":0},{"index":0}`), []string{"channels[1].index"}},
			{channel("fake_relay", `{"index":1,"type":"on_off"}`), []string{"channels[0].type"}},
			{channel("fake_relay", `{"index":0,"limits":{"max_on_s":-1,"duty_max":5}}`), []string{"channels[0].limits.duty_max", "channels[0].limits.max_on_s"}},
			{channel("fake_relay", `{"index":0,"limits":{"max_on":60}}`), []string{"channels[0].limits.max_on"}},
			{channel("fake_relay", `{"index":0,"safe":"keep"}`), []string{"channels[0].safe"}},
			{channel("fake_relay", `{"index":0,"safe":{"duty":5}}`), []string{"channels[0].safe.duty"}},
			{channel("fake_relay", `{"index":0,"at_start":{"of":true}}`), []string{"channels[0].at_start"}},
			{channel("fake_relay", `{"index":1,"limits":{"duty_max":50},"at_stop":{"duty":80}}`), []string{"channels[0].at_stop.duty"}},
			{channel("fake_relay", `{"index":0,"interlock":"a","current_a":-3,"safe":{"on":true}}`), []string{"channels[0].current_a", "channels[0].safe"}},
			{channel("fake_pump", `{"index":1,"interlock":"a"}`), []string{"channels[0].interlock"}},
			{channel("fake_pump", `{"index":0,"on_restart":"finish","limits":{"max_volume_ml_per_day":0}}`), []string{"channels[0].limits.max_volume_ml_per_day", "channels[0].on_restart"}},
			{channel("fake_pump", `{"index":0,"safe":{"volume_ml":5}}`), []string{"channels[0].safe.volume_ml"}},
			{channel("fake_pump", `{"index":1,"limits":{"value_max":1},"safe":{"value":2}}`), []string{"channels[0].safe.value"}},
		} {
			_, err := w.CreateOutput(t.Context(), draftOf[OutputDraft](t, c.text), by)
			wantFaults(t, c.text, err, c.fields...)
		}
	})
}

func TestAPatchOfAnOutputKeepsWhatItDoesNotName(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.addOutput(relay)
		ch := func(o Output) settings.OutputChannel { return o.Output.Channels[0] }
		opens := w.bench.relay("4").opens
		o := w.patchOutput(1, `{"channels":[{"index":0,"name":"lamp"}]}`)
		if c := ch(o); c.Name != "lamp" || string(c.Limits) != `{"max_on_s":60}` || string(c.AtStart) != `"keep"` || string(c.Safe) != `{"on":false}` {
			t.Errorf("a new name left limits %s, safe %s, at start %s", c.Limits, c.Safe, c.AtStart)
		}
		o = w.patchOutput(1, `{"name":"Tent heater","zone":null}`)
		if o.Name != "Tent heater" || string(ch(o).Limits) != `{"max_on_s":60}` {
			t.Errorf("changed %+v", o)
		}
		if got := w.bench.relay("4").opens; got != opens {
			t.Errorf("a name opened the device %d times", got-opens)
		}
		o = w.patchOutput(1, `{"channels":[{"index":1,"limits":{"duty_max":50}}]}`)
		if string(ch(o).Limits) != `{"max_on_s":60}` || string(o.Output.Channels[1].Limits) != `{"duty_max":50}` {
			t.Errorf("a change of the other channel left %+v", o.Output.Channels)
		}
		if got := w.bench.relay("4").opens; got != opens+1 {
			t.Errorf("new limits opened the device %d times, want once", got-opens)
		}
		o = w.patchOutput(1, `{"channels":null}`)
		if string(ch(o).Limits) != `{"max_on_s":60}` {
			t.Errorf("null for all channels left %+v", o.Output.Channels)
		}
		o = w.patchOutput(1, `{"channels":[{"index":0,"limits":null,"at_start":null}]}`)
		if c := ch(o); present(c.Limits) || present(c.AtStart) || string(c.Safe) != `{"on":false}` {
			t.Errorf("null left limits %s, at start %s, safe %s", c.Limits, c.AtStart, c.Safe)
		}
		row, err := w.store.Outputs.Get(t.Context(), 1)
		if err != nil || strings.Contains(string(row.Options), "pw1") || !strings.Contains(string(row.Options), "sealed") {
			t.Errorf("the database has %s, %v", row.Options, err)
		}
		for patch, fields := range map[string][]string{
			`{"kind":"fake_pump"}`:                              {"kind"},
			`{"channels":[{"index":0},{"index":0,"name":"x"}]}`: {"channels[1].index"},
			`{"channels":[{"index":5}]}`:                        {"channels[0].index"},
			`{"channels":5}`:                                    {"channels"},
			`{"channels":[{"index":0,"at_start":5}]}`:           {"channels[0].at_start"},
			`{"channels":[7]}`:                                  {"channels[0]"},
			`{"options":{"pin":null}}`:                          {"options.pin"},
		} {
			_, err := w.UpdateOutput(t.Context(), 1, json.RawMessage(patch), by)
			wantFaults(t, patch, err, fields...)
		}
		wantState(t, w, "output/1", controller.Running)
	})
}

func TestAChangedOutputGoesThroughItsStatesOfRest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.addOutput(`{"name":"Heater","kind":"fake_relay","options":{"pin":"4"}}`)
		if _, err := w.Drive(t.Context(), 1, 0, on(), by); err != nil {
			t.Fatal(err)
		}
		w.patchOutput(1, `{"options":{"pin":"5"}}`)
		if got := w.bench.level("4", 0); got != "off" {
			t.Errorf("the pin it was on before is %q", got)
		}
		if got := w.bench.level("5", 0); got != "off" {
			t.Errorf("the new pin is %q", got)
		}
		if _, err := w.Drive(t.Context(), 1, 0, on(), by); err != nil {
			t.Fatal(err)
		}
		if o := w.patchOutput(1, `{"enabled":false}`); o.Status.State != controller.Inactive {
			t.Errorf("disabled it is %s", o.Status.State)
		}
		if got := w.bench.level("5", 0); got != "off" {
			t.Errorf("disabled, the device is %q", got)
		}
		if _, err := w.Drive(t.Context(), 1, 0, on(), by); !errors.Is(err, ErrNotRunning) {
			t.Errorf("driving a disabled output: %v", err)
		}
		w.patchOutput(1, `{"enabled":true}`)
		if _, err := w.Drive(t.Context(), 1, 0, on(), by); err != nil {
			t.Fatal(err)
		}
		if err := w.DeleteOutput(t.Context(), 1, by); err != nil {
			t.Fatal(err)
		}
		if got := w.bench.level("5", 0); got != "off" {
			t.Errorf("deleted, the device is %q", got)
		}
		if _, err := w.Drive(t.Context(), 1, 0, on(), by); !errors.Is(err, ErrNotFound) {
			t.Errorf("driving a deleted output: %v", err)
		}
		if o, err := w.RestoreOutput(t.Context(), 1, by); err != nil || o.Name != "Heater" {
			t.Errorf("restored %+v, %v", o, err)
		}
		later(time.Second)
		wantState(t, w, "output/1", controller.Running)
	})
}

func TestWhatADeviceRefusesIsToldOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.addOutput(`{"name":"Heater","kind":"fake_relay","options":{"pin":"4"}}`)
		r := w.bench.relay("4")
		w.bench.do(func() { r.err = errNoAnswer })
		_, err := w.Drive(t.Context(), 1, 0, on(), by)
		if _, ok := errors.AsType[*DeviceError](err); !ok {
			t.Errorf("error %v, want a DeviceError", err)
		}
		later(10 * time.Minute)
		wantState(t, w, "output/1", controller.Degraded)
		if got := w.messages("output", "heater did not take"); len(got) != 2 { // on, and then off
			t.Errorf("ten minutes of refusals are told as %q", got)
		}
		if got := w.messages("output", "was not set"); len(got) != 1 {
			t.Errorf("the refused command is told as %q", got)
		}
		w.bench.do(func() { r.err = nil })
		later(time.Minute)
		if got := w.messages("output", "heater went to off"); len(got) != 2 { // at start, and now
			t.Errorf("the recovery is told as %q", got)
		}
		wantState(t, w, "output/1", controller.Running)
	})
}

func TestRefusedCommandsAreInTheJournal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.addOutput(relay)
		_, err := w.Drive(t.Context(), 1, 0, output.Command{Level: output.Level{On: new(true)}, Duration: time.Hour}, by)
		wantFaults(t, "an hour of at most a minute", err, "duration_s")
		if got := w.messages("output", "mat was not set to on"); len(got) != 1 || !strings.Contains(got[0], "longest on-time") {
			t.Errorf("the journal has %q", got)
		}
		if _, err := w.Drive(t.Context(), 1, 9, on(), by); !errors.Is(err, ErrNotFound) {
			t.Errorf("a channel that is not there: %v", err)
		}
	})
}

func TestAnOutputWhoseDeviceIsAwayIsNotDisabled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		r := w.bench.relay("4")
		w.bench.do(func() { r.err = errNoAnswer })
		w.addOutput(`{"name":"Heater","kind":"fake_relay","options":{"pin":"4"}}`)
		wantState(t, w, "output/1", controller.BackingOff)
		if _, err := w.Drive(t.Context(), 1, 0, on(), by); !errors.Is(err, output.ErrNotOpen) {
			t.Errorf("driving it: %v, want ErrNotOpen", err)
		}
	})
}
