package trigger

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"hypha/internal/action"
	"hypha/internal/function"
)

// condition says when a trigger fires.
type condition interface {
	// look judges a moment. It returns a cause when the trigger is to fire, and when it wants to look again. The error is a
	// Trouble that says why it cannot know.
	look(m function.Moment, mem *memory) (cause *action.Cause, next time.Time, err error)
	// show adds what people should see.
	show(into map[string]any)
}

// memory is what is kept over restarts.
type memory struct {
	Fired    time.Time `json:"fired,omitzero"`      // when it fired last
	Point    time.Time `json:"point,omitzero"`      // the last point in time that fired, of schedules
	Of       string    `json:"of,omitempty"`        // the schedule that it belongs to
	UnderWay string    `json:"under_way,omitempty"` // the list that is being done, if that takes time
}

const (
	// saveAgain is how often a trigger that fires all the time is written to the disk, at most.
	saveAgain = time.Minute
	// saveEach is how far the next point in time has to be for each one to be written: what fires more often than that may, after
	// a crash, repeat the last one.
	saveEach = 10 * time.Second
)

// trigger is the logic of every kind.
type trigger struct {
	o    Common
	env  function.Env
	on   condition
	acts *action.Runner
	mem  memory

	fired      time.Time // when it fired last, with the monotonic clock if that was in this run
	saved      time.Time // when mem was last written
	written    time.Time // the Point that was written with it
	dirty      bool      // mem is newer than what was written
	count      int
	suppressed int
	reason     string // of the last time
	asked      bool   // somebody has ordered it to fire
	wake       bool
	failed     error // of the last list, until one goes well
	unsaved    error
}

func opener[O interface{ common() Common }](open func(O, function.Env) (condition, error)) func(context.Context, O, function.Env) (function.Logic, error) {
	return func(ctx context.Context, o O, env function.Env) (function.Logic, error) {
		c, err := open(o, env)
		if err != nil {
			return nil, err
		}
		t := &trigger{o: o.common(), env: env, on: c, acts: action.NewRunner(env, o.common().List)}
		if _, err := env.Load(ctx, &t.mem); err != nil {
			return nil, fmt.Errorf("when it fired last cannot be read: %w", err)
		}
		t.fired = t.mem.Fired
		return t, nil
	}
}

// Step judges the moment, fires, and goes on with the actions.
func (t *trigger) Step(ctx context.Context, m function.Moment) (time.Time, error) {
	if m.Why == function.Start && t.mem.UnderWay != "" {
		t.env.Say("function", fmt.Sprintf("The actions of %s were cut short by a restart; they are not gone on with", t.env.Name()), map[string]any{"reason": t.mem.UnderWay})
		t.mem.UnderWay = ""
		t.save(ctx, m.Now)
	}
	cause, next, trouble := t.on.look(m, &t.mem)
	switch {
	case trouble != nil && t.o.OnLoss == "release" && cause == nil:
		t.acts.LetGo(trouble.Error())
	case t.asked:
		cause = &action.Cause{Reason: "it was told to fire"}
	case cause != nil && t.resting(m.Now):
		t.suppressed++
		cause = nil
	}
	if t.asked && cause == nil { // it has nothing to go by, but a test needs nothing
		cause = &action.Cause{Reason: "it was told to fire"}
	}
	t.asked = false
	if cause != nil {
		t.fire(ctx, m.Now, *cause, next)
	}
	again, failed := t.acts.Step(ctx, m.Now)
	if !t.acts.Busy() {
		if last := t.acts.Last(); failed != nil || last != nil && len(last.Failed) == 0 {
			t.failed = failed
		}
		if t.mem.UnderWay != "" {
			t.mem.UnderWay = ""
			t.save(ctx, m.Now)
		}
	}
	for _, err := range []error{trouble, t.failed, t.unsaved} {
		if err != nil {
			return earliest(next, again), err
		}
	}
	return earliest(next, again), nil
}

// resting tells whether the rest after the last time is not over. By the wall clock alone, after a restart, a time in the
// future is a clock that was wrong.
func (t *trigger) resting(now time.Time) bool {
	since := now.Sub(t.fired)
	return !t.fired.IsZero() && since >= 0 && since < seconds(t.o.Cooldown)
}

// fire begins the actions; next is when the condition looks again.
func (t *trigger) fire(ctx context.Context, now time.Time, c action.Cause, next time.Time) {
	place, _ := t.env.Place()
	if c.At.IsZero() {
		c.At = now
	}
	c.At = c.At.In(place.Zone)
	c.Chain = append(c.Chain, function.Link{What: "trigger", Ref: t.env.Ref(), Text: c.Reason, T: now})
	if !t.acts.Fire(now, c) {
		t.suppressed++
		return
	}
	t.env.Say("function", fmt.Sprintf("%s fired: %s", t.env.Name(), c.Reason), map[string]any{"fired": true, "reason": c.Reason, "value": c.Value})
	t.fired, t.mem.Fired, t.reason = now, now.Round(0), c.Reason
	t.count++
	lasting := t.o.Lasting()
	if lasting {
		t.mem.UnderWay = c.Reason
	}
	t.dirty = true
	point := !t.mem.Point.Equal(t.written) && next.Sub(now) >= saveEach
	if lasting || point || t.saved.IsZero() || now.Sub(t.saved) >= saveAgain || now.Before(t.saved) {
		t.save(ctx, now) // before the actions: whatever happens meanwhile, they are not done twice
	}
}

func (t *trigger) save(ctx context.Context, now time.Time) {
	t.saved, t.unsaved = now, nil
	if err := t.env.Save(ctx, t.mem); err != nil {
		t.unsaved = &function.Trouble{Reason: "it fires, but cannot remember over a restart that it did: " + err.Error()}
		return // what is not written is tried again with the next firing, and at the end
	}
	t.written, t.dirty = t.mem.Point, false
}

// End says which actions are left undone.
func (t *trigger) End(ctx context.Context) {
	if p := t.acts.Progress(); p != "" {
		t.env.Say("function", fmt.Sprintf("%s was stopped at %s; the rest is not done", t.env.Name(), p), nil)
		t.mem.UnderWay = "" // else the next start says the same in other words
		t.dirty = true
	}
	if t.dirty {
		t.save(ctx, t.fired)
	}
}

// Command takes the order fire: "test this trigger". The rest after the last time does not hold for it.
func (t *trigger) Command(_ context.Context, _ time.Time, order string, _ json.RawMessage) (any, error) {
	if order != "fire" {
		return nil, function.ErrUnknownOrder
	}
	if t.acts.Busy() && t.o.Again != "restart" {
		return map[string]any{"fired": false, "why": "its actions are still under way: " + t.acts.Progress()}, nil
	}
	t.asked, t.wake = true, true
	return map[string]any{"fired": true}, nil
}

// Wake asks for the step in which it fires.
func (t *trigger) Wake() bool {
	w := t.wake
	t.wake = false
	return w
}

// State shows when it fired last, and what it waits for.
func (t *trigger) State() any {
	s := map[string]any{"fired": t.count, "left_out": t.suppressed}
	if !t.fired.IsZero() {
		s["last_fired_at"] = t.mem.Fired.UTC().Truncate(time.Millisecond)
	}
	if t.reason != "" {
		s["last_reason"] = t.reason
	}
	if p := t.acts.Progress(); p != "" {
		s["under_way"] = p
	}
	if last := t.acts.Last(); last != nil {
		s["last_actions"] = last
	}
	t.on.show(s)
	return s
}

// number writes a value as people read it.
func number(v float64) string { return strconv.FormatFloat(v, 'g', 6, 64) }
