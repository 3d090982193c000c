package conditional

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"time"

	"hypha/internal/function"
	"hypha/internal/measure"
	"hypha/internal/script"
)

const (
	together  = 20 * time.Millisecond // how long a run waits for readings that come with the first
	keepLogs  = 50
	keepReads = 50
	// saveEach is how often a state is written that changes without anything being done.
	saveEach = time.Minute
)

type logic struct {
	o       Options
	env     function.Env
	program *script.Program
	book    book

	state   script.State
	saved   time.Time // when it was written last
	unsaved bool
	due     time.Time // of the run that readings have asked for; zero: none
	held    map[function.Target]bool
	shown   shown
}

// shown is what the function has to show.
type shown struct {
	LastRun  *int64          `json:"last_run"` // ms
	TookMS   float64         `json:"took_ms"`
	Steps    uint64          `json:"steps"`
	Memory   int64           `json:"memory_bytes"`
	Runs     uint64          `json:"runs"`
	Failures uint64          `json:"failures"`
	Error    string          `json:"error,omitempty"`
	Line     int             `json:"line,omitempty"`
	Logs     []logged        `json:"logs"`
	Reads    []script.Read   `json:"reads"`
	Actions  []done          `json:"actions"`
	Vars     json.RawMessage `json:"state"`
}

type logged struct {
	T int64 `json:"t"` // ms
	script.Log
}

func open(ctx context.Context, o Options, env function.Env) (*logic, error) {
	program, err := script.Compile(o.Script)
	if err != nil {
		return nil, fmt.Errorf("compile the script: %w", err)
	}
	l := &logic{o: o, env: env, program: program, held: map[function.Target]bool{}}
	if _, err := env.Load(ctx, &l.state); err != nil {
		return nil, fmt.Errorf("load what the script keeps: %w", err)
	}
	l.shown = shown{Logs: []logged{}, Reads: []script.Read{}, Actions: []done{}, Vars: l.state.Vars}
	return l, nil
}

// Step runs the script, on its period and shortly after readings that it waits for.
func (l *logic) Step(ctx context.Context, m function.Moment) (time.Time, error) {
	switch m.Why {
	case function.Arrival:
		if l.due.IsZero() {
			l.due = m.Now.Add(together)
		}
		return l.due, nil
	case function.Event:
		return l.due, nil
	case function.Start, function.Tick:
	}
	l.due = time.Time{}
	return time.Time{}, l.run(ctx, m.Now)
}

// run runs the script once and does what it wants.
func (l *logic) run(ctx context.Context, now time.Time) error {
	began := time.Now()
	result, err := l.program.Run(ctx, newView(l.env, now, &l.book), l.input(), l.limits())
	l.record(now, time.Since(began), result)
	if err != nil {
		return l.fail(err)
	}
	if err := l.keep(ctx, now, result); err != nil {
		return l.fail(err)
	}
	trouble := l.act(ctx, now, result)
	if len(result.Values) > 0 {
		values := make([]function.Value, len(result.Values))
		for n, v := range result.Values {
			values[n] = function.Value{Index: v.Index, V: v.Value, Q: quality(result.Reads)}
		}
		l.env.Emit(ctx, now, values...)
	}
	return trouble
}

func (l *logic) input() script.Input { return script.Input{State: l.state, Results: l.o.names()} }

func (l *logic) limits() script.Limits { return script.Limits{Time: seconds(l.o.Timeout)} }

// quality of what was computed: substituted when one of the values was.
func quality(reads []script.Read) measure.Quality {
	substituted := func(r script.Read) bool { return r.Value != nil && r.Quality == measure.Substituted.String() }
	if slices.ContainsFunc(reads, substituted) {
		return measure.Substituted
	}
	return measure.Good
}

// keep takes the state over. Before something is done it is written, so that a crash cannot make it be done twice; else
// once a minute is often enough for a memory card.
func (l *logic) keep(ctx context.Context, now time.Time, r script.Result) error {
	if !sameState(l.state, r.State) {
		l.unsaved = true
	}
	acts := slices.ContainsFunc(r.Actions, func(a script.Action) bool { return a.Held == "" })
	if l.unsaved && (acts || now.Sub(l.saved) >= saveEach || now.Before(l.saved)) {
		if err := l.env.Save(ctx, r.State); err != nil {
			return fmt.Errorf("what the script keeps cannot be written: %w", err)
		}
		l.unsaved, l.saved = false, now
	}
	l.state, l.shown.Vars = r.State, r.State.Vars
	return nil
}

func sameState(a, b script.State) bool {
	return sameVars(a.Vars, b.Vars) && sameTimes(a.Times, b.Times) && (len(a.Told) == 0 && len(b.Told) == 0 || reflect.DeepEqual(a.Told, b.Told))
}

func sameTimes(a, b map[string][]int64) bool {
	return len(a) == 0 && len(b) == 0 || reflect.DeepEqual(a, b)
}

// sameVars takes no state and an empty one for the same.
func sameVars(a, b json.RawMessage) bool {
	empty := func(raw json.RawMessage) bool { return len(raw) == 0 || string(raw) == "{}" }
	return bytes.Equal(a, b) || empty(a) && empty(b)
}

// fail gives up what the script drives. The error says why, with the line.
func (l *logic) fail(err error) error {
	reason, line := err.Error(), 0
	if e, ok := err.(*script.Error); ok { //nolint:errorlint // Run returns it as it is
		line = e.Line
	}
	l.shown.Failures++
	l.shown.Error, l.shown.Line = reason, line
	l.release(reason)
	return &function.Trouble{Reason: "the script failed: " + reason}
}

func (l *logic) release(reason string) {
	for t := range l.held {
		l.env.Release(t, reason)
	}
	clear(l.held)
}

// record notes what there is to show of a run.
func (l *logic) record(now time.Time, took time.Duration, r script.Result) {
	s := &l.shown
	s.Runs++
	s.LastRun, s.TookMS, s.Steps, s.Memory = new(now.UnixMilli()), float64(took.Microseconds())/1000, r.Steps, r.Memory
	s.Error, s.Line = "", 0
	s.Reads = append([]script.Read{}, r.Reads[:min(len(r.Reads), keepReads)]...)
	s.Actions = []done{}
	logs := slices.Clone(s.Logs) // what was shown before is not written into
	for _, line := range r.Logs {
		logs = append(logs, logged{now.UnixMilli(), line})
	}
	s.Logs = logs[max(0, len(logs)-keepLogs):]
}

// State shows the last run.
func (l *logic) State() any { return l.shown }

// End writes what the script keeps.
func (l *logic) End(ctx context.Context) {
	if l.unsaved {
		if err := l.env.Save(ctx, l.state); err != nil {
			l.env.Say("function", "what the script keeps could not be written: "+err.Error(), nil)
			return
		}
		l.unsaved = false
	}
}
