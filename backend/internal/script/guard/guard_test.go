package guard_test

import (
	"testing"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"hypha/internal/script/guard"
)

// run gives the value of the global x after a program, with the guard or without.
func run(t *testing.T, source string, guarded bool) (string, error) {
	t.Helper()
	options := &syntax.FileOptions{While: true, TopLevelControl: true, GlobalReassign: true}
	file, err := options.Parse("test", source, 0)
	if err != nil {
		t.Fatalf("%s: %v", source, err)
	}
	names := starlark.StringDict{}
	if guarded {
		if bad := guard.Rewrite(file); bad != nil {
			t.Fatalf("%s: %v", source, bad)
		}
		names = guard.Names()
	}
	program, err := starlark.FileProgram(file, names.Has)
	if err != nil {
		t.Fatalf("%s: %v", source, err)
	}
	thread := &starlark.Thread{Name: "test"}
	guard.NewMeter(thread, 1<<20)
	globals, err := program.Init(thread, names)
	if err != nil {
		return "", err
	}
	return globals["x"].String(), nil
}

// A guarded program means what it means without: each operation and method, on each kind of value.
func TestGuardedProgramsMeanTheSame(t *testing.T) {
	values := []string{"0", "1", "7", "-3", "2.5", "True", "None", "''", "'ab'", "'%s-%d'", "[]", "[1, 2]", "(1, 'b')", "()", "{}", "{'a': 1}", "{1: 2}", "range(3)", "1 << 80"}
	operators := []string{"+", "-", "*", "/", "//", "%", "&", "|", "^", "<<", ">>", "==", "!=", "<", "<=", ">", ">=", "in", "not in", "and", "or"}
	var sources []string
	for _, a := range values {
		for _, b := range values {
			for _, op := range operators {
				sources = append(sources, "x = ("+a+") "+op+" ("+b+")")
			}
			for _, op := range operators[:11] {
				sources = append(sources, "x = "+a+"\nx "+op+"= "+b)
				sources = append(sources, "x = "+a+"\ny = x\nx "+op+"= "+b+"\nx = (x, y)") // in place or not
				if op != "<<" && op != ">>" && op != "%" {
					sources = append(sources, "y = ["+a+"]\ny[0] "+op+"= "+b+"\nx = y")
				}
			}
		}
		for _, f := range []string{"len", "str", "repr", "bool", "type", "list", "tuple", "sorted", "reversed", "enumerate", "any", "all", "min", "max", "int", "float", "abs", "dict", "zip", "hash", "dir"} {
			sources = append(sources, "x = "+f+"("+a+")")
		}
		sources = append(sources, "x = -("+a+")", "x = not "+a, "x = ("+a+")[0]", "x = ("+a+")[1:]", "x = ("+a+")[::-1]", "x = {"+a+": 1}", "x = hasattr("+a+", 'get')")
	}
	sources = append(
		sources,
		"x = 'a,b'.split(',')", "x = ','.join(['a', 'b'])", "x = 'aXb'.replace('X', 'yy')", "x = '{}-{a}'.format(1, a=2)", "x = 'ab'.upper().lower().title()",
		"x = {'a': 1}.get('b', 2)", "x = {}\nx.setdefault('a', []).append(1)", "x = {'a': 1}\nx.update(b=2)", "x = {'a': 1}.items()", "x = {'a': 1}.keys() + {'a': 1}.values()",
		"x = [3, 1]\nx.append(2)\nx.insert(0, 9)\nx.remove(1)\nx.extend((5, 6))\nx.pop()", "x = [1, 2].index(2)", "x = [a + b for a in range(3) for b in [10, 20] if a != 1]",
		"x = {a: a * 2 for a in range(3)}", "def f(a, b=1 + 1, *c, **d):\n  return (a, b, c, d)\nx = f(*[1, 2, 3], **{'e': 4})", "x = (lambda a, b=2 * 3: a - b)(1)",
		"a, (b, c) = 1, (2, 3)\nx = [c, b, a]", "x = {}\nx['a'] = 1\nx['a'] += 1", "x = [[1]]\nx[0] += [2]", "x = sorted(['bb', 'a'], key=len)", "x = getattr('a', 'upper')()", "x = getattr(1, 'no', 5)",
		"x = 1 if 2 > 1 else 3", "x = 0\nwhile x < 5:\n  x += 1\n  if x == 3:\n    break", "x = 'aé'.count('é') + 'abc'.find('c')", "x = [c for c in 'ab'.elems()]",
		"def f():\n  n = [0]\n  def g():\n    n[0] += 1\n    return n[0]\n  return g() + g()\nx = f()", "x = [1]\nx += x", "x = [1]\nx.extend(x)", "x = {'a': 1}\nx |= {'b': 2}",
	)
	for _, source := range sources {
		want, wantErr := run(t, source, false)
		got, err := run(t, source, true)
		if want != got || (wantErr == nil) != (err == nil) {
			t.Errorf("%s\n%s (%v); without the guard %s (%v)", source, got, err, want, wantErr)
		}
	}
	t.Logf("%d programs", len(sources))
}
