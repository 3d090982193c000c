package script

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"
	"time"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"hypha/internal/script/guard"
)

const (
	maxActions = 100
	maxReads   = 200 // of the trace; a script may read more
	maxLogs    = 50
	maxText    = 1000 // characters of a log, a message, an error
	maxResults = 100
)

// Input is what a run begins with.
type Input struct {
	State   State
	Results []string // the names of the channels that result gives values to
}

// run is one run on its way.
type run struct {
	ctx   context.Context //nolint:containedctx // it lives as long as the call of Run
	world World
	in    Input
	out   Result
	told  map[string]int64
	vars  *starlark.Dict
}

// Run runs the program once. The error is an [*Error] with the line at which it failed.
func (p *Program) Run(ctx context.Context, w World, in Input, limits Limits) (Result, error) {
	r := &run{world: w, in: in, told: map[string]int64{}, out: Result{State: State{Times: current(in.State.Times, w.Now())}}}
	limits = limits.orDefaults()
	ctx, cancel := context.WithTimeout(ctx, limits.Time)
	defer cancel()
	r.ctx = ctx
	thread, meter, done := newThread(ctx, limits)
	defer done()
	thread.SetLocal(runAt, r)
	thread.Print = func(thread *starlark.Thread, text string) { r.log(thread, text) }
	err := r.exec(thread, p)
	r.out.Steps, r.out.Memory = thread.Steps, meter.Used()
	if err == nil && ctx.Err() != nil {
		err = &Error{Message: reason(ctx, limits)}
	}
	if err != nil {
		return Result{Reads: r.out.Reads, Logs: r.out.Logs, Steps: r.out.Steps, Memory: r.out.Memory, State: in.State}, place(err)
	}
	r.out.State.Told = r.told
	return r.out, nil
}

func (l Limits) orDefaults() Limits {
	d := DefaultLimits()
	if l.Steps == 0 {
		l.Steps = d.Steps
	}
	if l.Time == 0 {
		l.Time = d.Time
	}
	if l.Memory == 0 {
		l.Memory = d.Memory
	}
	return l
}

// newThread makes a thread that ends at its limits, or with ctx. done must be called.
func newThread(ctx context.Context, limits Limits) (*starlark.Thread, *guard.Meter, func()) {
	thread := &starlark.Thread{Name: "script", OnMaxSteps: func(t *starlark.Thread) {
		t.Cancel(fmt.Sprintf("it takes more than %d steps: is there an endless loop?", limits.Steps))
	}}
	thread.SetMaxExecutionSteps(limits.Steps)
	stop := context.AfterFunc(ctx, func() { thread.Cancel(reason(ctx, limits)) })
	return thread, guard.NewMeter(thread, limits.Memory), func() { stop() }
}

func reason(ctx context.Context, limits Limits) string {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return fmt.Sprintf("it takes longer than %v", limits.Time)
	}
	return "it was stopped"
}

// exec runs the code and takes the state back. A panic of the interpreter is a failure of the script.
func (r *run) exec(thread *starlark.Thread, p *Program) (err error) {
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("the interpreter failed: %v", fault)
		}
	}()
	if r.vars, err = loadVars(r.in.State.Vars); err != nil {
		return err
	}
	names := maps.Clone(p.names)
	names["state"] = r.vars
	if _, err := p.code.Init(thread, names); err != nil {
		return err
	}
	r.out.State.Vars, err = saveVars(thread, r.vars)
	return err
}

// place finds the line of the script at which an error arose.
func place(err error) *Error {
	if own, ok := errors.AsType[*Error](err); ok {
		return own
	}
	message, ok := strings.CutPrefix(err.Error(), "Starlark computation cancelled: ")
	if !ok {
		message = err.Error()
	}
	e := &Error{Message: cut(message)}
	if eval, ok := errors.AsType[*starlark.EvalError](err); ok {
		pos := position(eval.CallStack)
		e.Line, e.Column = int(pos.Line), int(pos.Col)
	}
	return e
}

// position is the innermost one that lies in the script.
func position(stack starlark.CallStack) syntax.Position {
	for n := range len(stack) {
		if pos := stack.At(n).Pos; pos.Line > 0 && pos.Filename() == "script" {
			return pos
		}
	}
	return syntax.Position{}
}

// line is where the script is now.
func line(thread *starlark.Thread) int {
	for n := range thread.CallStackDepth() {
		if pos := thread.CallFrame(n).Pos; pos.Line > 0 && pos.Filename() == "script" {
			return int(pos.Line)
		}
	}
	return 0
}

// cut shortens a text that somebody is to read.
func cut(text string) string {
	text = strings.ToValidUTF8(text, "�")
	n := 0
	for i := range text {
		if n++; n > maxText {
			return text[:i] + "…"
		}
	}
	return text
}

func (r *run) log(thread *starlark.Thread, text string) {
	if len(r.out.Logs) == maxLogs {
		copy(r.out.Logs, r.out.Logs[1:])
		r.out.Logs = r.out.Logs[:maxLogs-1]
	}
	r.out.Logs = append(r.out.Logs, Log{line(thread), cut(text)})
}

func (r *run) note(read Read) {
	if len(r.out.Reads) < maxReads {
		r.out.Reads = append(r.out.Reads, read)
	}
}

func (r *run) want(a Action) error {
	if len(r.out.Actions) == maxActions {
		return fmt.Errorf("it wants more than %d things done in one run", maxActions)
	}
	r.out.Actions = append(r.out.Actions, a)
	return nil
}

// current drops what is too long ago to matter: limits count an hour back. The newest is kept for timed commands under way.
func current(times map[string][]int64, now time.Time) map[string][]int64 {
	kept := map[string][]int64{}
	for key, list := range times {
		for _, t := range list {
			if t > now.Add(-time.Hour).UnixMilli() {
				kept[key] = append(kept[key], t)
			}
		}
	}
	return kept
}
