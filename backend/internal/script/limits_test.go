package script

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
)

// follow runs a script again and again, a minute apart, and writes h for what was held back and d for what was done.
func follow(t *testing.T, w *world, source string, runs int, step time.Duration) string {
	t.Helper()
	var state State
	var marks strings.Builder
	for range runs {
		r, err := try(t, w, Input{State: state}, source)
		if err != nil {
			t.Fatal(err)
		}
		raw, err := json.Marshal(r.State) // as over a restart
		if err != nil {
			t.Fatal(err)
		}
		state = State{}
		if err := json.Unmarshal(raw, &state); err != nil {
			t.Fatal(err)
		}
		switch {
		case len(r.Actions) == 0:
			marks.WriteByte('-')
		case r.Actions[0].Held != "":
			marks.WriteByte('h')
		default:
			marks.WriteByte('d')
			if l := r.Actions[0].Level; l != nil {
				o := w.outputs[r.Actions[0].Output]
				o.Level = *l
				w.outputs[r.Actions[0].Output] = o
			}
		}
		w.now = w.now.Add(step)
	}
	return marks.String()
}

func TestLimitsOfCommandsHoldOverRestarts(t *testing.T) {
	for source, want := range map[string]string{
		`output(5).on(seconds=20, per_hour=3)`: "dddhhhddd", // one each 10 min; the first is an hour ago at the 7th
		`output(5).on(minutes=25)`:             "dhhdhhdhh",
		`output(7).dose(5, per_hour=1)`:        "dhhhhhdhh",
		`set_output(5, on=True)`:               "ddddddddd",
		`notify("x")`:                          "dhhhhhhhh",
		`notify("x", repeat="30m")`:            "dhhdhhdhh",
		`state["n"] = state.get("n", 0) + 1; notify("at %d" % state["n"])`:          "ddddddddd",
		`state["n"] = state.get("n", 0) + 1; notify("at %d" % state["n"], key="k")`: "dhhhhhhhh",
		"state['n'] = state.get('n', 0) + 1\nif state['n'] % 3 > 0:\n  notify('x')": "dh-dh-dh-",
	} {
		if got := follow(t, tent(), source, 9, 10*time.Minute); got != want {
			t.Errorf("%s: %s, want %s", source, got, want)
		}
	}
}

func TestStateKeepsWhatItIsGiven(t *testing.T) {
	r, err := try(t, tent(), Input{}, `state["a"] = {"b": [1, 2.0, None, True, "ü", 12345678901234567890]}`)
	if err != nil {
		t.Fatal(err)
	}
	r, err = try(t, tent(), Input{State: r.State}, `log(state)`)
	if err != nil || r.Logs[0].Text != `{"a": {"b": [1, 2.0, None, True, "ü", 12345678901234567890]}}` {
		t.Errorf("%v, %v", r.Logs, err)
	}
	if _, err = try(t, tent(), Input{State: State{Vars: json.RawMessage(`[1]`)}}, `pass`); err == nil {
		t.Error("a state that cannot be read was taken for none")
	}
}
