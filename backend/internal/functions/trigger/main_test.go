package trigger

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"hypha/internal/function"
	"hypha/internal/function/functiontest"
	"hypha/internal/measure"
	"hypha/internal/output"
)

// rig runs a trigger in a world whose clock it moves, and calls it as the function controller does.
type rig struct {
	*functiontest.World
	t      *testing.T
	l      function.Logic
	kind   function.Kind
	opts   string
	period time.Duration
	asked  time.Time
	tick   time.Time
	err    error // of the last step
	steps  int
}

func kindOf(t *testing.T, id string) function.Kind {
	t.Helper()
	for _, k := range Kinds() {
		if k.ID == id {
			return k
		}
	}
	t.Fatalf("there is no kind %s", id)
	return function.Kind{}
}

// note is an action that shows in Orders that the trigger has fired, and why.
const note = `[{"kind": "note", "options": {"note": "{reason}"}}]`

// rigOf begins a trigger of a kind; opts are its options without the braces and without actions, which write a note.
func rigOf(t *testing.T, kind, opts string) *rig {
	t.Helper()
	return rigWith(t, kind, opts, note)
}

func rigWith(t *testing.T, kind, opts, actions string) *rig {
	t.Helper()
	r := prepare(t, kind, opts, actions)
	r.begin()
	return r
}

// prepare makes the world; begin then starts the trigger in it.
func prepare(t *testing.T, kind, opts, actions string) *rig {
	t.Helper()
	return prepareKind(t, kindOf(t, kind), opts, actions)
}

func prepareKind(t *testing.T, kind function.Kind, opts, actions string) *rig {
	t.Helper()
	w := functiontest.New()
	w.Add(1, "air", measure.Temperature, measure.Celsius)
	w.Add(2, "soil", measure.Humidity, "percent")
	w.Where = &function.Place{Zone: time.UTC}
	if opts != "" {
		opts += ", "
	}
	return &rig{World: w, t: t, kind: kind, opts: `{` + opts + `"actions": ` + actions + `}`}
}

// begin opens the logic, a second time as after a restart.
func (r *rig) begin() {
	r.t.Helper()
	b, err := r.kind.Bind(json.RawMessage(r.opts))
	if err != nil {
		r.t.Fatalf("%s: %v", r.opts, err)
	}
	if r.l, err = r.Open(r.kind, r.opts); err != nil {
		r.t.Fatal(err)
	}
	r.period, r.asked, r.tick = b.Period, time.Time{}, time.Time{}
	if b.Period > 0 {
		r.tick = r.At.Add(b.Period)
	}
	r.step(function.Moment{Why: function.Start})
}

func (r *rig) step(m function.Moment) {
	r.t.Helper()
	m.Now = r.At
	r.steps++
	r.asked, r.err = r.l.Step(r.t.Context(), m)
	if r.err != nil {
		if _, ok := r.err.(*function.Trouble); !ok {
			r.t.Errorf("at %v it crashed: %v", r.At, r.err)
		}
	}
}

// pass moves the clock on and steps whenever the controller would.
func (r *rig) pass(by time.Duration) {
	r.t.Helper()
	for end := r.At.Add(by); ; {
		next := earliest(r.asked, r.tick)
		if next.IsZero() || next.After(end) {
			r.Pass(end.Sub(r.At))
			return
		}
		r.Pass(max(0, next.Sub(r.At)))
		if !r.tick.IsZero() && !r.tick.After(r.At) {
			r.tick = r.At.Add(r.period)
		}
		r.step(function.Moment{Why: function.Tick})
		if !r.asked.IsZero() && !r.asked.After(r.At) {
			r.t.Fatalf("at %v it asks for %v", r.At, r.asked)
		}
	}
}

// jump sets the wall clock; the controller notices within half a minute.
func (r *rig) jump(by time.Duration) {
	r.At = r.At.Add(by)
	r.tick = r.At.Add(10 * time.Second)
	r.asked = earliest(r.asked, r.tick)
}

// arrive gives a channel a reading that sets off a step.
func (r *rig) arrive(id measure.ChannelID, v float64) {
	r.t.Helper()
	r.Read(id, v)
	r.step(function.Moment{Why: function.Arrival, Reading: measure.Reading{Channel: id, T: r.At.UnixMilli(), V: v}})
}

func (r *rig) happen(kind, source, message, data string) {
	r.t.Helper()
	r.step(function.Moment{Why: function.Event, Event: function.Happening{Type: kind, Source: source, Message: message, Data: json.RawMessage(data), At: r.At}})
}

// fired are the reasons with which the trigger has fired.
func (r *rig) fired() (reasons []string) {
	for _, o := range r.Orders {
		if o.What == "note" {
			reasons = append(reasons, fmt.Sprint(o.Args["text"]))
		}
	}
	return reasons
}

// want checks how often the trigger has fired so far.
func (r *rig) want(n int, when string) {
	r.t.Helper()
	if got := r.fired(); len(got) != n {
		r.t.Errorf("%s: %s fired %d times, want %d: %q", when, r.kind.ID, len(got), n, got)
	}
}

func (r *rig) troubled(words string) {
	r.t.Helper()
	if r.err == nil || !strings.Contains(r.err.Error(), words) {
		r.t.Errorf("trouble is %v, want %q", r.err, words)
	}
}

func (r *rig) state() map[string]any {
	s, _ := r.l.(function.Stater).State().(map[string]any)
	return s
}

func on(v bool) output.Level { return output.Level{On: &v} }

func utc(text string) time.Time {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	return t
}

func zone(name string) *time.Location {
	z, err := time.LoadLocation(name)
	if err != nil {
		panic(err)
	}
	return z
}
