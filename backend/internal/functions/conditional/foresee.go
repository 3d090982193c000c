package conditional

import (
	"context"
	"fmt"
	"time"

	"hypha/internal/function"
	"hypha/internal/output"
	"hypha/internal/script"
)

const (
	// foreseeEvery is how far apart the runs are that look ahead; between two that differ the moment is searched for.
	foreseeEvery = 10 * time.Minute
	// foreseeTo is how exactly.
	foreseeTo = time.Second
	// foreseeWithin bounds how long looking ahead may take.
	foreseeWithin = 2 * time.Second
)

// foresee runs a script at moments that lie ahead, without anything being done, and tells what it will command. Only one that
// asks for nothing but the time can be foreseen: of others, of those that remember something and of those that fail, nothing
// is said.
func foresee(ctx context.Context, o Options, env function.Env, from, to time.Time) (plan function.Plan, err error) {
	program, err := script.Compile(o.Script)
	if err != nil {
		return plan, fmt.Errorf("compile: %w", err)
	}
	if o.Period == 0 || len(o.OnChannels) > 0 {
		return plan, nil
	}
	ctx, cancel := context.WithTimeout(ctx, foreseeWithin)
	defer cancel()
	s := seer{env: env, program: program, names: o.names(), book: &book{}}
	before, ok := s.at(ctx, from)
	if !ok {
		return plan, nil
	}
	plan.Steady = true
	add(&plan, nil, before, from)
	for at := from; at.Before(to); at = at.Add(foreseeEvery) {
		now, ok := s.at(ctx, at)
		if !ok {
			return function.Plan{}, nil
		}
		if !now.equal(before) {
			moment, ok := s.change(ctx, at.Add(-foreseeEvery), at, before)
			if !ok {
				return function.Plan{}, nil
			}
			add(&plan, before, now, moment)
		}
		before = now
	}
	return plan, nil
}

// wishes are what a run commands: the level of each channel.
type wishes map[function.Target]output.Level

func (w wishes) equal(o wishes) bool {
	if len(w) != len(o) {
		return false
	}
	for t, l := range w {
		if other, ok := o[t]; !ok || !l.Equal(other) {
			return false
		}
	}
	return true
}

// add notes what changes at a moment. A channel that is not commanded any more is let go.
func add(plan *function.Plan, before, now wishes, at time.Time) {
	for t, l := range now {
		if was, ok := before[t]; !ok || !was.Equal(l) {
			plan.Commands = append(plan.Commands, function.Planned{At: at, Target: t, Level: l})
		}
	}
	for t := range before {
		if _, ok := now[t]; !ok {
			plan.Commands = append(plan.Commands, function.Planned{At: at, Target: t})
		}
	}
}

// seer runs a script at times that have not come.
type seer struct {
	env     function.Env
	program *script.Program
	names   []string
	book    *book
}

// at is what the script commands at a moment; ok is false when something else than the time decides that.
func (s seer) at(ctx context.Context, t time.Time) (w wishes, ok bool) {
	world := &imagined{view: newView(s.env, t, s.book), levels: map[function.Target]lasting{}}
	r, err := s.program.Run(ctx, world, script.Input{Results: s.names}, script.Limits{})
	if err != nil || len(r.Reads) > 0 || len(r.State.Vars) > len("{}") || len(r.State.Times) > 0 {
		return nil, false
	}
	w = wishes{}
	for _, a := range r.Actions {
		if a.What != "set_output" || a.Held != "" || a.Level == nil {
			continue
		}
		if a.DurationS > 0 { // pulses come and go between the runs
			return nil, false
		}
		w[function.Target{Output: a.Output, Channel: a.Channel}] = *a.Level
	}
	return w, true
}

// change is the moment after one and up to another at which the script begins to command something else than before.
func (s seer) change(ctx context.Context, after, upTo time.Time, before wishes) (time.Time, bool) {
	for upTo.Sub(after) > foreseeTo {
		middle := after.Add(upTo.Sub(after) / 2).Truncate(foreseeTo)
		if !middle.After(after) {
			break
		}
		w, ok := s.at(ctx, middle)
		if !ok {
			return upTo, false
		}
		if w.equal(before) {
			after = middle
		} else {
			upTo = middle
		}
	}
	return upTo, true
}
