package fleet

import (
	"encoding/json"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"hypha/internal/functions/conditional"
	"hypha/internal/settings"
)

const script = `
t = value("Air/temperature")
if t != None and t >= 20:
    output("Relay").on(minutes=1)
    note("It is warm\nat last", tags=["air"])
state["runs"] = state.get("runs", 0) + 1
`

func TestAScriptReadsByNameDrivesNotesAndRemembers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.bench.plug(1)
		in := w.addInput(sensor)
		w.addOutput(`{"name":"Relay","kind":"fake_relay","options":{"pin":"a"}}`)
		later(6 * time.Second)
		text, err := json.Marshal(strings.ReplaceAll(script, "temperature", in.Channels[0].Name))
		if err != nil {
			t.Fatal(err)
		}
		f := w.addFunction(`{"name":"Warm","kind":"conditional","options":{"script":` + string(text) + `,"period_s":10}}`)
		if got := w.bench.level("a", 0); got != "on" {
			t.Errorf("the relay is %s", got)
		}
		notes, _, err := w.Notes(t.Context(), settings.NoteFilter{})
		if err != nil || len(notes) != 1 || notes[0].Name != "It is warm" || notes[0].Text != "at last" || notes[0].Author != f.Ref() {
			t.Errorf("the notes are %+v, %v", notes, err)
		}
		later(10 * time.Second)
		got, err := w.Function(t.Context(), f.ID)
		if err != nil {
			t.Fatal(err)
		}
		if state, err := json.Marshal(got.State); err != nil || !strings.Contains(string(state), `"state":{"runs":2}`) || !strings.Contains(string(state), "it is under way until") {
			t.Errorf("it shows %s, %v", state, err)
		}
		answer, err := w.CommandFunction(t.Context(), f.ID, "dry-run", nil, by)
		if o, ok := answer.(conditional.Outcome); err != nil || !ok || !o.OK || string(o.State) != `{"runs":3}` {
			t.Errorf("a dry run: %+v, %v", answer, err)
		}
	})
}

func TestADryRunSeesWhatWasMeasured(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		s := w.bench.plug(1)
		in := w.addInput(sensor)
		later(20 * time.Second)
		then := time.Now()
		w.bench.do(func() { s.values[0]++ })
		later(5 * time.Minute)
		ask := func(at *int64) string {
			o, err := conditional.Try(t.Context(), w.Imagined(), time.Now(), conditional.DryRun{
				Script: `log(value(` + idOf(in.Channels[0].ID) + `), count(` + idOf(in.Channels[0].ID) + `, 10))`, At: at,
			})
			if err != nil || !o.OK {
				t.Fatalf("%+v, %v", o, err)
			}
			return o.Logs[0].Text
		}
		was, is := ask(new(then.UnixMilli())), ask(nil)
		before := ask(new(then.Add(-time.Hour).UnixMilli()))
		if was == is || strings.HasPrefix(was, "None") || !strings.HasSuffix(was, " 3") && !strings.HasSuffix(was, " 2") || before != "None 0" {
			t.Errorf("it saw %s then, %s now and %s before there was anything", was, is, before)
		}
	})
}
