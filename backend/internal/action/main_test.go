package action

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"hypha/internal/function"
	"hypha/internal/function/functiontest"
	"hypha/internal/option"
)

// listOf decodes a list as a function's options hold it.
func listOf(t *testing.T, text string) List {
	t.Helper()
	l, err := decodeList(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return l
}

func decodeList(text string) (l List, err error) {
	err = option.MustFor[List]().Decode(json.RawMessage(text), &l)
	return l, err
}

// drill runs a list in a world whose clock it moves.
type drill struct {
	*functiontest.World
	t    *testing.T
	r    *Runner
	next time.Time
	err  error // what Step returned last that was not nil
}

func newDrill(t *testing.T, text string) *drill {
	t.Helper()
	w := functiontest.New()
	return &drill{World: w, t: t, r: NewRunner(w, listOf(t, text))}
}

func (d *drill) fire() bool {
	began := d.r.Fire(d.At, Cause{
		Reason: "air rose above 25 C", Channel: "air", Value: new(25.34), Unit: "C", At: d.At, Chain: []function.Link{{What: "reading", Ref: "channel/1"}},
	})
	d.step()
	return began
}

func (d *drill) step() {
	next, err := d.r.Step(d.t.Context(), d.At)
	d.next = next
	if err != nil {
		d.err = err
	}
}

// pass moves the clock, stepping whenever the runner has asked for it.
func (d *drill) pass(by time.Duration) {
	end := d.At.Add(by)
	for !d.next.IsZero() && !d.next.After(end) {
		if !d.next.After(d.At) {
			d.t.Fatalf("it asks to be called at %v, which is not after %v", d.next, d.At)
		}
		d.Pass(d.next.Sub(d.At))
		d.step()
	}
	d.Pass(end.Sub(d.At))
}

func (d *drill) wantSaid(words ...string) {
	d.t.Helper()
	all := strings.Join(d.Said, "\n")
	for _, w := range words {
		if !strings.Contains(all, w) {
			d.t.Errorf("the journal lacks %q:\n%s", w, all)
		}
	}
}
