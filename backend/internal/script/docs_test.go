package script

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"hypha/internal/output"
)

// guide is the tent of docs/scripts.md.
type guide struct{ *world }

func (g guide) Find(what, name string) (int64, bool) {
	id, ok := map[string]int64{
		"channel/Tent/temperature": 1, "channel/Tent/humidity": 2, "channel/Tent/co2": 3, "channel/Tank/level": 4,
		"output/Fan": 5, "output/Lamp": 6, "output/Pump": 7, "output/Mister": 8, "function/Heating": 8,
	}[what+"/"+name]
	return id, ok
}

func newGuide() guide {
	g := guide{tent()}
	set := func(id int64, v float64) {
		r := g.readings[id]
		r.Value, r.Age, r.Has, r.Usable = v, 5*time.Second, true, true
		g.readings[id] = r
	}
	set(1, 26.4)
	set(2, 58)
	set(4, 0.4)
	g.past[1] = map[time.Duration]Past{10 * time.Minute: {Count: 60, Mean: 25.9}}
	g.past[2] = map[time.Duration]Past{3 * time.Minute: {Count: 3, Max: 61}, 6 * time.Minute: {Count: 6, Max: 61.5}}
	g.outputs[8] = Output{Type: output.OnOff, Level: output.Level{On: new(false)}, Known: true}
	midnight := g.now.Truncate(24 * time.Hour)
	g.sun = &Sun{Rise: midnight.Add(6*time.Hour + 48*time.Minute), Set: midnight.Add(18*time.Hour + 2*time.Minute), Up: true}
	return g
}

// blocks are the fenced blocks of a language, each with the one that follows it.
func blocks(text, language string) (pairs [][2]string) {
	parts := strings.Split(text, "```"+language+"\n")
	for _, part := range parts[1:] {
		code, rest, _ := strings.Cut(part, "```\n")
		next := ""
		if after, ok := strings.CutPrefix(rest, "```text\n"); ok {
			next, _, _ = strings.Cut(after, "```")
		}
		pairs = append(pairs, [2]string{code, next})
	}
	return pairs
}

func TestTheGuidesExamplesDoWhatItSays(t *testing.T) {
	raw, err := os.ReadFile("../../../docs/scripts.md")
	if err != nil {
		t.Fatal(err)
	}
	examples := blocks(string(raw), "python")
	if len(examples) < 9 {
		t.Errorf("only %d examples were found", len(examples))
	}
	for _, e := range examples {
		r, err := try(t, newGuide(), Input{Results: []string{"vpd"}}, e[0])
		var got strings.Builder
		if err != nil {
			fmt.Fprintf(&got, "error in %v\n", err)
		}
		for _, l := range r.Logs {
			fmt.Fprintf(&got, "log: %s\n", l.Text)
		}
		for _, a := range r.Actions {
			fmt.Fprintf(&got, "line %d: %s\n", a.Line, a.Text)
		}
		for _, v := range r.Values {
			fmt.Fprintf(&got, "result %d: %.4f\n", v.Index, v.Value)
		}
		if len(r.State.Vars) > 2 {
			fmt.Fprintf(&got, "state: %s\n", r.State.Vars)
		}
		if got.String() != e[1] {
			t.Errorf("%s\ndoes\n%s\nand the guide says\n%s", e[0], got.String(), e[1])
		}
	}
	_, table, _ := strings.Cut(string(raw), "<!-- builtins -->")
	table, _, _ = strings.Cut(table, "<!-- end -->")
	for _, b := range Builtins() {
		if !strings.Contains(table, b.Name) {
			t.Errorf("the guide does not name %s", b.Name)
		}
	}
}
