package script

import (
	"fmt"
	"slices"

	"go.starlark.net/lib/math"
	"go.starlark.net/starlark"

	"hypha/internal/script/guard"
)

// Builtin is a function that scripts have, described for people and editors.
type Builtin struct {
	Name      string `json:"name"`
	Signature string `json:"signature"`
	Doc       string `json:"doc"`
	Example   string `json:"example"`
} //	@name	ScriptBuiltin

type body = func(r *run, thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error)

type builtin struct {
	Builtin
	do body
}

// Builtins describes everything that scripts have beside Starlark itself, in the order in which help shows it.
func Builtins() []Builtin {
	var list []Builtin
	for _, b := range own() {
		list = append(list, b.Builtin)
	}
	return append(list, constants()...)
}

// constants are what is no function.
func constants() []Builtin {
	return []Builtin{
		{"state", "state", "A dict that is kept from run to run and over restarts: texts, numbers, lists and dicts with texts as keys, at most 64 KiB. A run that fails changes nothing in it.", `state["runs"] = state.get("runs", 0) + 1`},
		{"math", "math.sqrt(x), math.exp(x), math.log(x), math.pow(x, y), math.pi ...", "The functions of mathematics, angles in radians.", `dew = 243.04 * math.log(6.11)`},
	}
}

// lookup finds a name of our own.
func lookup(name string) (Builtin, bool) {
	all := Builtins()
	n := slices.IndexFunc(all, func(b Builtin) bool { return b.Name == name })
	if n < 0 {
		return Builtin{}, false
	}
	return all[n], true
}

func own() []builtin {
	return slices.Concat(readingBuiltins(), outputBuiltins(), orderBuiltins(), clockBuiltins())
}

// scope are all names that a script finds.
func scope() []string {
	names := guard.Names().Keys()
	for _, b := range Builtins() {
		names = append(names, b.Name)
	}
	return append(names, "round")
}

// runAt is where a thread keeps its run.
const runAt = "run"

// names is what every script finds under them, but for its state. They are the same on each run: the run is that of the
// thread.
func names() starlark.StringDict {
	d := guard.Names()
	for _, b := range own() {
		d[b.Name] = guard.Guarded(starlark.NewBuiltin(b.Name, func(thread *starlark.Thread, sb *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			r, ok := thread.Local(runAt).(*run)
			if !ok {
				return nil, fmt.Errorf("%s: the thread has no run", b.Name)
			}
			return b.do(r, thread, sb, args, kwargs)
		}), guard.Printed)
	}
	d["math"] = math.Module
	d["round"] = starlark.NewBuiltin("round", round)
	return d
}

// number takes ints and floats that are finite.
type number struct {
	v   float64
	set bool
}

// Unpack reads it.
func (n *number) Unpack(v starlark.Value) error {
	if v == starlark.None {
		return fmt.Errorf("got None, want a number: there is no usable reading, which a script must ask for first (if x != None: ...)")
	}
	if _, isBool := v.(starlark.Bool); isBool {
		return fmt.Errorf("got %s, want a number", v.Type())
	}
	f, ok := starlark.AsFloat(v)
	if !ok {
		return fmt.Errorf("got %s, want a number", v.Type())
	}
	if !finite(f) {
		return fmt.Errorf("%v is no finite number", v)
	}
	n.v, n.set = f, true
	return nil
}

// pointer is nil when nothing was given.
func (n *number) pointer() *float64 {
	if !n.set {
		return nil
	}
	return &n.v
}
