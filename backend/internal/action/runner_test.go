package action

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hypha/internal/function"
)

func whats(orders []function.Order) (out []string) {
	for _, o := range orders {
		out = append(out, o.What)
	}
	return out
}

func TestActionsAreDoneInOrderWithWaitsBetween(t *testing.T) {
	d := newDrill(t, `{"actions": [
		{"kind": "note", "options": {"note": "one"}},
		{"kind": "backup", "delay_s": 10},
		{"kind": "notify", "delay_s": 5, "options": {"text": "three"}}]}`)
	if !d.fire() {
		t.Fatal("it has not begun")
	}
	for _, c := range []struct {
		pass time.Duration
		want string
	}{{0, "note"}, {9999 * time.Millisecond, "note"}, {time.Millisecond, "note backup"}, {4 * time.Second, "note backup"}, {time.Second, "note backup notify"}} {
		d.pass(c.pass)
		if got := strings.Join(whats(d.Orders), " "); got != c.want {
			t.Errorf("after %v: %q, want %q", c.pass, got, c.want)
		}
	}
	if d.r.Busy() || d.err != nil || !d.next.IsZero() || d.r.Last().Done != 3 {
		t.Errorf("at the end: busy %v, %v, next %v, %+v", d.r.Busy(), d.err, d.next, d.r.Last())
	}
}

func TestAFailureIsToldAndTheRestIsDoneOrLeftOut(t *testing.T) {
	for mode, want := range map[string]string{"continue": "note webhook backup", "stop": "note webhook"} {
		d := newDrill(t, `{"on_failure": "`+mode+`", "actions": [
			{"kind": "note", "options": {"note": "one"}},
			{"kind": "webhook", "options": {"url": "http://nas/hook"}},
			{"kind": "backup"}]}`)
		d.Failing["webhook"] = errors.New("it answered 503")
		d.fire()
		if got := strings.Join(whats(d.Orders), " "); got != want {
			t.Errorf("%s: %q, want %q", mode, got, want)
		}
		if d.err == nil || !strings.Contains(d.err.Error(), "action 2, webhook, failed: it answered 503") {
			t.Errorf("%s: %v", mode, d.err)
		}
		if _, ok := errors.AsType[*function.Trouble](d.err); !ok {
			t.Errorf("%s: %v is no Trouble: the function would be restarted for it", mode, d.err)
		}
		d.wantSaid("could not call nas: it answered 503")
		if mode == "stop" {
			d.wantSaid("leaves out the rest")
		}
	}
}

func TestWhileUnderWayItGoesOnOrBeginsAnew(t *testing.T) {
	for mode, want := range map[string]int{"ignore": 1, "restart": 2} {
		d := newDrill(t, `{"again": "`+mode+`", "actions": [{"kind": "note", "options": {"note": "one"}}, {"kind": "backup", "delay_s": 10}]}`)
		d.fire()
		d.pass(6 * time.Second)
		if again := d.fire(); again != (mode == "restart") {
			t.Errorf("%s: fired again %v", mode, again)
		}
		d.pass(time.Minute)
		notes, backups := 0, 0
		for _, what := range whats(d.Orders) {
			if what == "note" {
				notes++
			} else {
				backups++
			}
		}
		if notes != want || backups != 1 {
			t.Errorf("%s: %d notes, %d backups", mode, notes, backups)
		}
		if !d.fire() {
			t.Errorf("%s: it cannot be done a second time", mode)
		}
	}
}

func TestAStoppedFunctionDoesNotGoOn(t *testing.T) {
	d := newDrill(t, `{"actions": [{"kind": "backup"}, {"kind": "note", "options": {"note": "two"}}]}`)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	d.r.Fire(d.At, Cause{})
	if _, err := d.r.Step(ctx, d.At); err != nil || len(d.Orders) != 0 || d.r.Progress() != "action 1 of 2" {
		t.Errorf("after the end of the program: %v, %d orders, %q", err, len(d.Orders), d.r.Progress())
	}
}

func TestOpenCommandsAreGivenUp(t *testing.T) {
	d := newDrill(t, `{"actions": [
		{"kind": "output_on", "options": {"output": {"output": 1}}},
		{"kind": "output_on", "options": {"output": {"output": 2}, "duration_s": 60}},
		{"kind": "output_off", "options": {"output": {"output": 3}}}]}`)
	d.fire()
	before := len(d.Commands)
	d.r.LetGo("the probe is lost")
	d.r.LetGo("the probe is lost")
	var released []int64
	for _, c := range d.Commands[before:] {
		if !c.Released || c.Reason != "the probe is lost" {
			t.Errorf("%+v", c)
		}
		released = append(released, c.Target.Output)
	}
	slices.Sort(released)
	if fmt.Sprint(released) != "[1 3]" {
		t.Errorf("released %v, want 1 and 3 once: 2 ends by itself", released)
	}
}

// TestNoActionIsLeftOutOrDoneTwice fires and steps at random moments: whatever the steps, one pass does each action once, in
// order, and never before its wait is over.
func TestNoActionIsLeftOutOrDoneTwice(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(1, 8).Draw(rt, "actions")
		var steps []string
		var delays []float64
		for i := range n {
			delays = append(delays, float64(rapid.IntRange(0, 20).Draw(rt, "delay")))
			steps = append(steps, fmt.Sprintf(`{"kind": "note", "delay_s": %g, "options": {"note": "%d"}}`, delays[i], i))
		}
		d := newDrill(t, `{"actions": [`+strings.Join(steps, ",")+`]}`)
		began := d.At
		d.fire()
		for d.r.Busy() {
			d.At = d.At.Add(time.Duration(rapid.IntRange(1, 10_000).Draw(rt, "pass")) * time.Millisecond)
			before := len(d.Orders)
			d.step()
			earliest := 0.0
			for _, s := range delays[:len(d.Orders)] {
				earliest += s
			}
			if len(d.Orders) > before && d.At.Sub(began).Seconds() < earliest {
				rt.Fatalf("action %d was done after %v, want at least %g s", len(d.Orders), d.At.Sub(began), earliest)
			}
		}
		for i, o := range d.Orders {
			if o.Args["text"] != fmt.Sprint(i) {
				rt.Fatalf("done %v", d.Orders)
			}
		}
		if len(d.Orders) != n {
			rt.Fatalf("%d of %d were done", len(d.Orders), n)
		}
	})
}
