package action

import (
	"context"
	"errors"
	"fmt"
	"time"

	"hypha/internal/function"
)

// Runner does a list of actions, one list at a time.
type Runner struct {
	env  function.Env
	list List
	held map[function.Target]bool // channels on which a command without an end was given
	pass *pass                    // under way; nil: none
	last *Outcome
}

// pass is a list being done.
type pass struct {
	cause Cause
	next  int       // the action that is due next
	due   time.Time // when
	began time.Time // of that action, when it goes on over several steps; else zero
	out   Outcome
}

// Outcome is how a list went, for people.
type Outcome struct {
	At     time.Time `json:"at"`
	Reason string    `json:"reason"`
	Done   int       `json:"done"`
	Of     int       `json:"of"`
	Failed []string  `json:"failed,omitempty"`
}

// NewRunner makes the runner of a list that was decoded.
func NewRunner(env function.Env, list List) *Runner {
	return &Runner{env: env, list: list, held: map[function.Target]bool{}}
}

// Busy tells whether a list is under way.
func (r *Runner) Busy() bool { return r.pass != nil }

// Last is how the last list went that has ended; nil: none has.
func (r *Runner) Last() *Outcome { return r.last }

// Fire begins the list; Step then does it. It says whether it has begun: while one is under way it does so only if the options
// want it anew.
func (r *Runner) Fire(now time.Time, cause Cause) bool {
	if r.pass != nil {
		if r.list.Again != "restart" {
			return false
		}
		r.env.Say("function", fmt.Sprintf("%s begins its actions anew: %s", r.env.Name(), cause.Reason), map[string]any{"reason": cause.Reason})
	}
	r.pass = &pass{cause: cause, due: now.Add(seconds(r.list.Actions[0].Delay)), out: Outcome{At: now, Reason: cause.Reason, Of: len(r.list.Actions)}}
	return true
}

// Step does what is due and returns when it wants to be called next, zero when nothing is under way. The error is a Trouble that
// names the actions which failed; it is returned once, by the step that ends the list.
func (r *Runner) Step(ctx context.Context, now time.Time) (next time.Time, err error) {
	for r.pass != nil && !r.pass.due.After(now) {
		if ctx.Err() != nil {
			return r.pass.due, nil //nolint:nilerr // the program ends: whoever owns the list says so in End
		}
		r.one(ctx, now)
		if p := r.pass; p.next == len(r.list.Actions) {
			r.last, r.pass = &p.out, nil
			if len(p.out.Failed) > 0 {
				return time.Time{}, &function.Trouble{Reason: p.out.Failed[len(p.out.Failed)-1]}
			}
		}
	}
	if r.pass == nil {
		return time.Time{}, nil
	}
	return r.pass.due, nil
}

// one does the action that is due, or a part of it, and says which is due next.
func (r *Runner) one(ctx context.Context, now time.Time) {
	p := r.pass
	a := r.list.Actions[p.next].act()
	if p.began.IsZero() {
		p.began = now
	}
	o := &occasion{ctx: ctx, env: r.env, cause: p.cause, now: now, began: p.began, words: a.words(), priority: r.list.Priority, held: r.held}
	again, err := a.do(o)
	if err == nil && !again.IsZero() {
		p.due = again
		return
	}
	if err != nil && ctx.Err() != nil {
		err = errors.New("it was cut short: the function was stopped")
	}
	r.tell(o, err)
	p.began = time.Time{}
	p.next++
	switch {
	case err == nil:
		p.out.Done++
	case r.list.OnFailure == "stop" && p.next < len(r.list.Actions):
		r.env.Say("function", fmt.Sprintf("%s leaves out the rest of its actions", r.env.Name()), map[string]any{"left_out": len(r.list.Actions) - p.next})
		p.next = len(r.list.Actions)
	}
	if p.next < len(r.list.Actions) {
		p.due = now.Add(seconds(r.list.Actions[p.next].Delay))
	}
}

// tell writes into the journal what was done, and why.
func (r *Runner) tell(o *occasion, err error) {
	p := r.pass
	step := r.list.Actions[p.next]
	data := map[string]any{"action": step.Kind, "number": p.next + 1, "of": len(r.list.Actions), "reason": p.cause.Reason, "chain": p.cause.Chain}
	message := fmt.Sprintf("%s: %s", r.env.Name(), o.words)
	if o.outcome != "" {
		message += "; " + o.outcome
	}
	if err != nil {
		data["error"] = err.Error()
		message = fmt.Sprintf("%s could not %s: %v", r.env.Name(), o.words, err)
		p.out.Failed = append(p.out.Failed, fmt.Sprintf("action %d, %s, failed: %v", p.next+1, step.Kind, err))
	}
	r.env.Say("function", message, data)
}

// LetGo gives up the channels on which commands without an end were given, because nobody can know any more whether they are
// right: the channels fall down their ladders.
func (r *Runner) LetGo(reason string) {
	for t, open := range r.held {
		if open {
			r.env.Release(t, reason)
		}
	}
	clear(r.held)
}

// Progress says how far the list under way has come, "" when none is.
func (r *Runner) Progress() string {
	if r.pass == nil {
		return ""
	}
	return fmt.Sprintf("action %d of %d", r.pass.next+1, len(r.list.Actions))
}
