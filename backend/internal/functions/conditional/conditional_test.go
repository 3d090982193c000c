package conditional

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"hypha/internal/function"
	"hypha/internal/function/functiontest"
	"hypha/internal/measure"
	"hypha/internal/option"
	"hypha/internal/output"
	"hypha/internal/script"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func kind(t *testing.T, id string) function.Kind {
	t.Helper()
	for _, k := range Kinds() {
		if k.ID == id {
			return k
		}
	}
	t.Fatalf("there is no kind %s", id)
	return function.Kind{}
}

// tent has a temperature (1) and a humidity (2), a fan (5) and a pump (7).
func tent() *functiontest.World {
	w := functiontest.New()
	w.Add(1, "temperature", measure.Temperature, measure.Celsius)
	w.Add(2, "humidity", "humidity", "percent")
	w.Names["channel/temperature"], w.Names["channel/Tent/humidity"] = 1, 2
	w.Names["output/Fan"], w.Names["output/Pump"], w.Names["function/Heating"] = 5, 7, 9
	w.Types[pump] = output.Volume
	return w
}

var (
	fan  = function.Target{Output: 5} //nolint:gochecknoglobals // names for the tests
	pump = function.Target{Output: 7} //nolint:gochecknoglobals // names for the tests
)

func conditionalOf(t *testing.T, w *functiontest.World, source, more string) function.Logic {
	t.Helper()
	text, err := json.Marshal(source)
	if err != nil {
		t.Fatal(err)
	}
	l, err := w.Open(kind(t, "conditional"), `{"script": `+string(text)+more+`}`)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func step(t *testing.T, w *functiontest.World, l function.Logic, why function.Why) error {
	t.Helper()
	_, err := l.Step(t.Context(), function.Moment{Now: w.At, Why: why})
	return err
}

func state(t *testing.T, l function.Logic) shown {
	t.Helper()
	s, ok := l.(function.Stater).State().(shown)
	if !ok {
		t.Fatalf("it shows %T", l.(function.Stater).State())
	}
	return s
}

const cooling = `
t = value("temperature")
if t == None:
    fail("no temperature")
set_output("Fan", on=t > 25)
log("at", t)
`

func TestItDrivesOnALeaseAndSaysWhy(t *testing.T) {
	w := tent()
	w.Read(1, 26)
	l := conditionalOf(t, w, cooling, `, "period_s": 30`)
	if err := step(t, w, l, function.Start); err != nil {
		t.Fatal(err)
	}
	c := w.Last().Command
	if w.Last().Target != fan || c.On == nil || !*c.On || c.Lease != 90*time.Second || c.Reason != "line 5 of its script" {
		t.Errorf("commanded %+v", w.Last())
	}
	if len(c.Chain) != 2 || c.Chain[0].Ref != "channel/1" || *c.Chain[0].Value != 26 || c.Chain[1].Ref != "function/1" {
		t.Errorf("because of %+v", c.Chain)
	}
	if s := state(t, l); s.Runs != 1 || s.Error != "" || len(s.Logs) != 1 || s.Logs[0].Text != "at 26.0" || len(s.Actions) != 1 || *s.LastRun != w.At.UnixMilli() {
		t.Errorf("it shows %+v", s)
	}
}

func TestAFailedScriptDoesNothingAndLetsGo(t *testing.T) {
	w := tent()
	w.Read(1, 26)
	l := conditionalOf(t, w, cooling, "")
	if err := step(t, w, l, function.Start); err != nil {
		t.Fatal(err)
	}
	w.Spoil(1, measure.Stale)
	err := step(t, w, l, function.Tick)
	if trouble, ok := errors.AsType[*function.Trouble](err); !ok || trouble.Reason != "the script failed: line 4: fail: no temperature" {
		t.Errorf("it said %v", err)
	}
	if got := w.Last(); !got.Released || got.Target != fan {
		t.Errorf("and then %+v", got)
	}
	if s := state(t, l); s.Line != 4 || s.Failures != 1 || len(s.Actions) != 0 {
		t.Errorf("it shows %+v", s)
	}
	n := len(w.Commands)
	_ = step(t, w, l, function.Tick)
	if len(w.Commands) != n {
		t.Error("it let go twice")
	}
	w.Read(1, 24)
	if err := step(t, w, l, function.Tick); err != nil || *w.Outputs[fan].On || state(t, l).Error != "" {
		t.Errorf("after the return of the measurement: %v, %+v", err, w.Outputs[fan])
	}
}

func TestAScriptThatFailsHalfWayHasDoneNothing(t *testing.T) {
	w := tent()
	l := conditionalOf(t, w, "set_output(5, on=True)\nnotify('x')\nstate['n'] = 1\nx = 1 // 0", "")
	if err := step(t, w, l, function.Start); err == nil || !strings.Contains(err.Error(), "line 4: floored division by zero") {
		t.Errorf("%v", err)
	}
	if len(w.Commands) != 0 || len(w.Orders) != 0 || len(state(t, l).Vars) != 0 {
		t.Errorf("it did %+v, %+v and kept %s", w.Commands, w.Orders, state(t, l).Vars)
	}
}

func TestStateOutlivesARestartAndIsWrittenBeforeADose(t *testing.T) {
	const source = "if not state.get('dosed'):\n  output('Pump').dose(5)\n  state['dosed'] = True\nstate['runs'] = state.get('runs', 0) + 1"
	w := tent()
	l := conditionalOf(t, w, source, "")
	if err := step(t, w, l, function.Start); err != nil {
		t.Fatal(err)
	}
	if c := w.Last().Command; *c.VolumeML != 5 || c.Lease != 0 {
		t.Errorf("commanded %+v", c)
	}
	w.Pass(time.Second)
	if err := step(t, w, l, function.Tick); err != nil {
		t.Fatal(err)
	}
	crashed := conditionalOf(t, w, source, "") // the second run's state is a second old: it has not been written yet
	if got := string(state(t, crashed).Vars); got != `{"dosed":true,"runs":1}` {
		t.Errorf("after a crash it keeps %s", got)
	}
	l.(function.Ender).End(t.Context())
	l = conditionalOf(t, w, source, "")
	if got := string(state(t, l).Vars); got != `{"dosed":true,"runs":2}` {
		t.Errorf("after a stop it keeps %s", got)
	}
	if err := step(t, w, l, function.Start); err != nil || len(w.Commands) != 1 {
		t.Errorf("after a restart it dosed again: %v, %+v", err, w.Commands)
	}
}

// forgetful cannot keep anything.
type forgetful struct{ *functiontest.World }

func (forgetful) Save(context.Context, any) error { return errors.New("the disk is full") }

func TestWithoutAStateThatIsKeptNothingIsDone(t *testing.T) {
	w := tent()
	b, err := kind(t, "conditional").Bind(json.RawMessage(`{"script": "output('Pump').dose(5)\nstate['dosed'] = True"}`))
	if err != nil {
		t.Fatal(err)
	}
	l, err := b.Open(t.Context(), forgetful{w})
	if err != nil {
		t.Fatal(err)
	}
	if err := step(t, w, l, function.Start); err == nil || !strings.Contains(err.Error(), "the disk is full") || len(w.Commands) != 0 {
		t.Errorf("%v, and then %+v", err, w.Commands)
	}
}

func TestReadingsThatComeTogetherMakeOneRun(t *testing.T) {
	w := tent()
	w.Read(1, 20)
	l := conditionalOf(t, w, cooling, `, "period_s": 0, "on_channels": [1, 2]`)
	at := w.At
	for range 3 { // 9 ms apart: a run that is put off by each would never come
		next, err := l.Step(t.Context(), function.Moment{Now: w.At, Why: function.Arrival})
		if err != nil || !next.Equal(at.Add(together)) {
			t.Errorf("asked for %v, %v", next.Sub(at), err)
		}
		w.Pass(9 * time.Millisecond)
	}
	if err := step(t, w, l, function.Tick); err != nil || state(t, l).Runs != 1 {
		t.Errorf("%d runs, %v", state(t, l).Runs, err)
	}
}

func TestOrdersResultsAndRefusals(t *testing.T) {
	w := tent()
	w.Read(2, 50)
	w.Spoil(2, measure.Substituted)
	l := conditionalOf(t, w, `
setpoint("Heating", 21.5)
notify("dry", severity="warning")
note("dry", tags=["air"])
disable("function/1")
set_output("Fan", on=True, duration_s=300, lease_s=5)
result("half", value("Tent / humidity") / 2)
`, `, "channels": [{"name": "half", "quantity": "humidity", "unit": "percent"}]`)
	w.Refuse = option.Errors{{Field: "duration_s", Message: "must be at most 60 s"}}
	err := step(t, w, l, function.Start)
	if err == nil || err.Error() != "line 5, disable function/1: a script cannot change or end its own function" {
		t.Errorf("it said %v", err)
	}
	want := []function.Order{
		{What: "set_point", Ref: "function/9", Args: map[string]any{"value": 21.5}},
		{What: "notify", Args: map[string]any{"text": "dry", "severity": "warning"}},
		{What: "note", Args: map[string]any{"text": "dry", "tags": []string{"air"}}},
	}
	if !reflect.DeepEqual(w.Orders, want) {
		t.Errorf("it ordered %+v", w.Orders)
	}
	if c := w.Last().Command; c.Duration != 5*time.Minute || c.Lease != 5*time.Minute {
		t.Errorf("commanded %+v", c)
	}
	if a := state(t, l).Actions; len(a) != 5 || a[4].Error != "the output refuses: duration_s: must be at most 60 s" {
		t.Errorf("it shows %+v", a)
	}
	if got := w.Emitted[0]; len(got) != 1 || got[0].V != 25 || got[0].Q != measure.Substituted {
		t.Errorf("the result is %+v", got)
	}
	w.Refuse, w.Overridden = nil, "person"
	_ = step(t, w, l, function.Tick)
	if a := state(t, l).Actions; a[4].DrivenBy != "person" {
		t.Errorf("it shows %+v", a)
	}
}

func TestOptionsThatDoNotFit(t *testing.T) {
	for text, want := range map[string]string{
		`{}`:                                   "script: is required",
		`{"script": "x = "}`:                   "script: line 1, column 5",
		`{"script": "x = y\nz = w"}`:           "script: line 2, column 5: undefined: w",
		`{"script": "pass", "period_s": 0}`:    "period_s: must be above 0",
		`{"script": "pass", "period_s": 0.01}`: "period_s: must be at least 0.1 s",
		`{"script": "pass", "period_s": 60, "lease_s": 60}`:                                                                          "lease_s: must be longer",
		`{"script": "pass", "channels": [{"name": "a", "quantity": "q", "unit": "u"}, {"name": "a", "quantity": "q", "unit": "u"}]}`: "channels[1].name",
	} {
		if _, err := kind(t, "conditional").Bind(json.RawMessage(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestNamesAreLookedUpNowAndThen(t *testing.T) {
	w := tent()
	w.Read(1, 20)
	l := conditionalOf(t, w, `log(value("temperature"))`, "")
	_ = step(t, w, l, function.Start)
	w.Add(3, "other", measure.Temperature, measure.Celsius)
	w.Read(3, 40)
	w.Names["channel/temperature"] = 3
	w.Pass(10 * time.Second)
	_ = step(t, w, l, function.Tick)
	w.Pass(21 * time.Second)
	_ = step(t, w, l, function.Tick)
	var got []string
	for _, line := range state(t, l).Logs {
		got = append(got, line.Text)
	}
	if !reflect.DeepEqual(got, []string{"20.0", "20.0", "40.0"}) {
		t.Errorf("it saw %v", got)
	}
}

func TestTheLastFiftyLogsAreKept(t *testing.T) {
	w := tent()
	l := conditionalOf(t, w, "state['n'] = state.get('n', 0) + 1\nlog(state['n'])\nlog('-')", "")
	for range 40 {
		_ = step(t, w, l, function.Tick)
	}
	if logs := state(t, l).Logs; len(logs) != 50 || logs[49].Text != "-" || logs[0].Text != "16" {
		t.Errorf("%d logs, the first is %q", len(logs), logs[0].Text)
	}
}

func TestExamplesOfTheKindsBind(t *testing.T) {
	for _, k := range Kinds() {
		var request struct {
			Kind    string          `json:"kind"`
			Options json.RawMessage `json:"options"`
		}
		if err := json.Unmarshal([]byte(k.Example), &request); err != nil || request.Kind != k.ID {
			t.Errorf("%s: %v", k.ID, err)
		}
		if _, err := k.Bind(request.Options); err != nil {
			t.Errorf("%s: %v", k.ID, err)
		}
	}
}

// A script that runs each second must cost next to nothing.
func BenchmarkConditional(b *testing.B) {
	w := tent()
	w.Read(1, 26)
	p, err := script.Compile(cooling)
	if err != nil {
		b.Fatal(err)
	}
	var known book
	b.ReportAllocs()
	for b.Loop() {
		if _, err := p.Run(b.Context(), newView(w, w.At, &known), script.Input{}, script.Limits{}); err != nil {
			b.Fatal(err)
		}
	}
}
