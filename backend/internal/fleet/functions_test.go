package fleet

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"hypha/internal/controller"
	"hypha/internal/function"
	"hypha/internal/functions/conditional"
	"hypha/internal/functions/hysteresis"
	"hypha/internal/measure"
	"hypha/internal/option"
	"hypha/internal/output"
	"hypha/internal/settings"
)

func (b *bench) functions() []function.Kind {
	return slices.Concat(conditional.Kinds(), []function.Kind{hysteresis.Kind(), b.logicKind()}, b.more)
}

// fakeLogic is what the function of a test does at its next step.
type fakeLogic struct {
	steps  []function.Moment
	opens  int
	ends   int
	value  float64
	panics bool
	err    error
}

type logicOptions struct {
	Name    string            `json:"name" required:"true"`
	Channel measure.ChannelID `json:"channel"`
	Output  *function.Target  `json:"output"`
	Period  float64           `json:"period_s" default:"10"`
	Goal    float64           `json:"goal"`
}

type openLogic struct {
	bench *bench
	o     logicOptions
	env   function.Env
}

func (l *openLogic) Step(ctx context.Context, m function.Moment) (time.Time, error) {
	l.bench.mu.Lock()
	f := l.bench.logics[l.o.Name]
	f.steps = append(f.steps, m)
	err, panics, v := f.err, f.panics, f.value
	l.bench.mu.Unlock()
	if panics {
		panic("a fault of the test")
	}
	if err == nil && l.o.Output != nil {
		_, err = l.env.Drive(ctx, *l.o.Output, function.Command{
			Command: output.Command{Level: output.Level{On: new(v > 0)}, Lease: 30 * time.Second}, Reason: "the test wants it",
		})
	}
	l.env.Emit(ctx, m.Now, function.Value{V: v})
	return time.Time{}, err
}

func (l *openLogic) State() any { return map[string]any{"goal": l.o.Goal} }

func (l *openLogic) Adjust(_ context.Context, _ time.Time, change json.RawMessage) (json.RawMessage, error) {
	var c struct {
		Setpoint float64 `json:"setpoint"`
	}
	if err := json.Unmarshal(change, &c); err != nil {
		return nil, err
	}
	if c.Setpoint < 0 {
		return nil, option.Errors{{Field: "setpoint", Message: "must not be below 0"}}
	}
	l.o.Goal = c.Setpoint
	return json.Marshal(l.o)
}

func (l *openLogic) End(context.Context) {
	l.bench.do(func() { l.bench.logics[l.o.Name].ends++ })
}

func (b *bench) logicKind() function.Kind {
	return function.Define(function.Spec[logicOptions]{
		ID: "fake_function", Name: "Fake", Formula: "-", Source: "-", Example: "{}",
		Channels: []function.Channel{{Name: "result", Quantity: measure.Temperature, Unit: measure.Celsius}},
		PeriodOf: func(o logicOptions) time.Duration { return time.Duration(o.Period * float64(time.Second)) },
		Uses: func(o logicOptions) (u function.Uses) {
			if o.Channel != 0 {
				u.Channels = []function.ChannelUse{{Field: "channel", ID: o.Channel, Watch: true}}
			}
			if o.Output != nil {
				u.Outputs = []function.OutputUse{{Field: "output", Target: *o.Output, Types: []output.ChannelType{output.OnOff}}}
			}
			u.Events = []string{"alert"}
			return u
		},
		Open: func(_ context.Context, o logicOptions, env function.Env) (function.Logic, error) {
			b.mu.Lock()
			defer b.mu.Unlock()
			if b.logics[o.Name] == nil {
				b.logics[o.Name] = &fakeLogic{value: 1}
			}
			b.logics[o.Name].opens++
			return &openLogic{bench: b, o: o, env: env}, nil
		},
	})
}

// logic is what is known of the fake function of a name.
func (b *bench) logic(name string) fakeLogic {
	b.mu.Lock()
	defer b.mu.Unlock()
	return *b.logics[name]
}

func (w *world) addFunction(text string) Function {
	w.t.Helper()
	f, err := w.CreateFunction(w.t.Context(), draftOf[FunctionDraft](w.t, text), by)
	if err != nil {
		w.t.Fatalf("create %s: %v", text, err)
	}
	synctest.Wait()
	return f
}

const sensor = `{"name":"Air","kind":"fake_sensor","period_s":5,"options":{"address":1}}`

func TestAFunctionStepsOnReadingsEventsAndItsPeriod(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.bench.plug(1)
		in := w.addInput(sensor)
		f := w.addFunction(`{"name":"Test","kind":"fake_function","options":{"name":"a","channel":` + idOf(in.Channels[0].ID) + `,"period_s":60}}`)
		if len(f.Channels) != 1 || f.Channels[0].Name != "result" || f.PeriodS != 60 {
			t.Errorf("created %+v", f)
		}
		later(5 * time.Second)
		w.Note("alert", "test", "", "Something happened", nil)
		later(time.Second)
		later(60 * time.Second)
		seen := map[function.Why]int{}
		for _, m := range w.bench.logic("a").steps {
			seen[m.Why]++
		}
		if seen[function.Start] != 1 || seen[function.Arrival] < 10 || seen[function.Tick] != 1 || seen[function.Event] < 1 {
			t.Errorf("steps by reason: %v", seen)
		}
		if got := w.values(f.Channels[0].ID); len(got) < 12 || got[0].V != 1 {
			t.Errorf("stored are %v", got)
		}
		if ch, err := w.Channel(t.Context(), f.Channels[0].ID); err != nil || ch.OwnerName != "Test" || ch.Last == nil {
			t.Errorf("its channel is %+v, %v", ch, err)
		}
		wantState(t, w, "function/1", controller.Running)
	})
}

func idOf(id measure.ChannelID) string {
	raw, _ := json.Marshal(id)
	return string(raw)
}

func TestAFunctionThatCrashesLetsItsOutputGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.addOutput(`{"name":"Heater","kind":"fake_relay","options":{"pin":"4"}}`)
		w.addFunction(`{"name":"Test","kind":"fake_function","options":{"name":"a","output":{"output":1}}}`)
		if got := w.bench.level("4", 0); got != "on" {
			t.Fatalf("the function has not driven: %q", got)
		}
		w.bench.do(func() { w.bench.logics["a"].panics = true })
		later(11 * time.Second)
		later(40 * time.Second) // the lease, if nothing else
		if got := w.bench.level("4", 0); got != "off" {
			t.Errorf("after the crash it is %q", got)
		}
		wantState(t, w, "function/1", controller.BackingOff)
		w.bench.do(func() { w.bench.logics["a"].panics = false })
		later(2 * time.Minute)
		if got := w.bench.level("4", 0); got != "on" {
			t.Errorf("after the crashes have ended it is %q", got)
		}
		if got := w.bench.logic("a"); got.ends != 0 {
			t.Errorf("a logic that crashed was asked to end %d times", got.ends)
		}
	})
}

func TestTroubleIsShownAndPasses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.addFunction(`{"name":"Test","kind":"fake_function","options":{"name":"a"}}`)
		w.bench.do(func() { w.bench.logics["a"].err = &function.Trouble{Reason: "the probe is silent"} })
		later(11 * time.Second)
		wantState(t, w, "function/1", controller.Degraded)
		f, err := w.Function(t.Context(), 1)
		if err != nil || f.Status.Error != "the probe is silent" {
			t.Errorf("shown is %+v, %v", f.Status, err)
		}
		w.bench.do(func() { w.bench.logics["a"].err = nil })
		later(11 * time.Second)
		wantState(t, w, "function/1", controller.Running)
		if got := w.bench.logic("a").opens; got != 1 {
			t.Errorf("it was opened %d times", got)
		}
	})
}

func TestAFunctionIsAdjustedWithoutARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.addFunction(`{"name":"Test","kind":"fake_function","options":{"name":"a","goal":3}}`)
		f, err := w.AdjustFunction(t.Context(), 1, json.RawMessage(`{"setpoint":7}`), by)
		if err != nil || !strings.Contains(string(f.Options), `"goal":7`) || f.State.(map[string]any)["goal"] != 7.0 {
			t.Errorf("adjusted %s, state %v, %v", f.Options, f.State, err)
		}
		if got := w.bench.logic("a").opens; got != 1 {
			t.Errorf("it was opened %d times", got)
		}
		_, err = w.AdjustFunction(t.Context(), 1, json.RawMessage(`{"setpoint":-7}`), by)
		wantFaults(t, "a negative set-point", err, "setpoint")
		w.restart()
		if f, err = w.Function(t.Context(), 1); err != nil || !strings.Contains(string(f.Options), `"goal":7`) {
			t.Errorf("after a restart %s, %v", f.Options, err)
		}
		if _, err := w.UpdateFunction(t.Context(), 1, json.RawMessage(`{"enabled":false}`), by); err != nil {
			t.Fatal(err)
		}
		if _, err := w.AdjustFunction(t.Context(), 1, json.RawMessage(`{"setpoint":7}`), by); !errors.Is(err, ErrNotRunning) {
			t.Errorf("adjusting a disabled function: %v", err)
		}
		if _, err := w.AdjustFunction(t.Context(), 9, json.RawMessage(`{}`), by); !errors.Is(err, ErrNotFound) {
			t.Errorf("adjusting no function: %v", err)
		}
		if _, err := w.UpdateFunction(t.Context(), 1, json.RawMessage(`{"enabled":true}`), by); err != nil {
			t.Fatal(err)
		}
		_, err = w.CommandFunction(t.Context(), 1, "dance", nil, by)
		wantFaults(t, "an order it does not know", err, "kind")
	})
}

func TestFaultsOfFunctionsNameTheirFields(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.bench.plug(1)
		w.addInput(sensor)
		w.addOutput(`{"name":"Heater","kind":"fake_relay","options":{"pin":"4"}}`)
		for _, c := range []struct {
			text   string
			fields []string
		}{
			{`{"name":" ","kind":"fake_function","options":{"name":"a"}}`, []string{"name"}},
			{`{"name":"a","kind":"nothing"}`, []string{"kind"}},
			{`{"name":"a","kind":"fake_function"}`, []string{"options.name"}},
			{`{"name":"a","kind":"fake_function","options":{"name":"a","channel":99,"output":{"output":9}},"zone":4}`, []string{"zone"}},
			{`{"name":"a","kind":"fake_function","options":{"name":"a","channel":99,"output":{"output":9}}}`, []string{"options.channel", "options.output.output"}},
			{`{"name":"a","kind":"fake_function","options":{"name":"a","output":{"output":1,"channel":7}}}`, []string{"options.output.channel"}},
			{`{"name":"a","kind":"fake_function","options":{"name":"a","output":{"output":1,"channel":1}}}`, []string{"options.output"}},
			{`{"name":"a","kind":"hysteresis","options":{"channel":1,"setpoint":5,"output":{"output":1}}}`, []string{"options.band"}},
		} {
			_, err := w.CreateFunction(t.Context(), draftOf[FunctionDraft](t, c.text), by)
			wantFaults(t, c.text, err, c.fields...)
		}
		if _, total, err := w.Functions(t.Context(), settings.Filter{}); err != nil || total != 0 {
			t.Errorf("there are %d functions, %v", total, err)
		}
	})
}

func TestAFunctionIsDeletedRestoredAndCopied(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		f := w.addFunction(`{"name":"Test","kind":"fake_function","options":{"name":"a"}}`)
		if err := w.DeleteFunction(t.Context(), 1, by); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Function(t.Context(), 1); !errors.Is(err, ErrNotFound) {
			t.Errorf("deleted: %v", err)
		}
		if got := w.bench.logic("a"); got.ends != 1 {
			t.Errorf("it was asked to end %d times", got.ends)
		}
		back, err := w.RestoreFunction(t.Context(), 1, by)
		if err != nil || back.Channels[0].ID != f.Channels[0].ID {
			t.Errorf("restored %+v, %v", back, err)
		}
		again, err := w.DuplicateFunction(t.Context(), 1, nil, by)
		if err != nil || again.Name != "Test copy" || again.Enabled || again.ID == 1 {
			t.Errorf("copied %+v, %v", again, err)
		}
		if err := w.DeleteFunction(t.Context(), 1, by); err != nil {
			t.Fatal(err)
		}
		later(26 * time.Hour)
		if _, err := w.RestoreFunction(t.Context(), 1, by); !errors.Is(err, ErrNotFound) {
			t.Errorf("restored after the bin was emptied: %v", err)
		}
	})
}

func TestHysteresisHoldsASensorAndFallsWithIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		s := w.bench.plug(1)
		w.addInput(sensor)
		w.addOutput(`{"name":"Heater","kind":"fake_relay","options":{"pin":"4"}}`)
		w.addFunction(`{"name":"Warm","kind":"hysteresis","options":{"channel":1,"setpoint":22,"band":1,"output":{"output":1},"max_age_s":20}}`)
		later(6 * time.Second)
		if got := w.bench.level("4", 0); got != "on" {
			t.Fatalf("at 20 °C it is %q", got)
		}
		w.bench.do(func() { s.values[0] = 23 })
		later(6 * time.Second)
		if got := w.bench.level("4", 0); got != "off" {
			t.Errorf("at 23 °C it is %q", got)
		}
		w.bench.do(func() { s.values[0] = 21 })
		later(6 * time.Second)
		w.bench.do(func() { s.err = errNoAnswer })
		later(26 * time.Second)
		if got := w.bench.level("4", 0); got != "off" {
			t.Errorf("25 s after the last reading of 21 °C, of which 20 s are allowed, it is %q", got)
		}
		wantState(t, w, "function/1", controller.Degraded)
	})
}
