package script

import (
	"errors"
	"runtime"
	"strings"
	"testing"
	"time"
)

// Each of these would take the processor or the memory of the machine for good. The line is where it must be found.
func TestHostileScriptsEndWithALine(t *testing.T) {
	double := "x = [1]\nfor i in range(60):\n  x = [x, x]\n" // 2^60 paths through 61 lists
	pair := strings.Replace(strings.Replace(double, "[1]", "(1,)", 1), "[x, x]", "(x, x)", 1)
	for name, c := range map[string]struct {
		source string
		line   int
		words  string
	}{
		"endless while":         {"while True:\n  pass", 1, "steps"},
		"endless for":           {"n = 0\nfor i in range(10000000000):\n  n += 1", 0, "steps"},
		"recursion":             {"def f():\n  f()\nf()", 2, "recursively"},
		"lambda recursion":      {"f = lambda g: g(g)\nf(f)", 1, "recursively"},
		"huge string":           {"x = 1\ny = 'a' * (1000 * 1000 * 1000)", 2, "memory"},
		"huge list":             {"y = [0] * 1000000000", 1, "memory"},
		"huge tuple":            {"y = 1000000000 * (0,)", 1, "memory"},
		"huge times":            {"y = 'a' * 99999999999999999999999", 1, "memory"},
		"in-place times":        {"y = 'a'\ny *= 1000000000", 2, "memory"},
		"in-place list times":   {"y = [1]\ny *= 1000000000", 2, "memory"},
		"doubling":              {"s = 'ab'\nfor i in range(100):\n  s = s + s", 3, "memory"},
		"in-place doubling":     {"s = 'ab'\nfor i in range(100):\n  s += s", 3, "memory"},
		"list doubling":         {"s = [1]\nfor i in range(100):\n  s += s", 3, "memory"},
		"list extending itself": {"s = [1]\nfor i in range(100):\n  s.extend(s)", 3, "memory"},
		"list of a range":       {"x = list(range(1000000000000))", 1, "memory"},
		"sorted range":          {"x = sorted(range(1000000000000))", 1, "memory"},
		"max of a range":        {"x = max(range(1000000000000))", 1, "memory"},
		"all of a range":        {"x = all(range(1, 1000000000000))", 1, "memory"},
		"zip of ranges":         {"x = zip(range(1000000000), range(1000000000))", 1, "memory"},
		"enumerate":             {"x = enumerate(range(1000000000))", 1, "memory"},
		"reversed":              {"x = reversed(range(1000000000))", 1, "memory"},
		"extend by a range":     {"x = []\nx.extend(range(1000000000))", 2, "memory"},
		"in-place range":        {"x = []\nx += range(1000000000)", 2, "memory"},
		"starred range":         {"def f(*a):\n  pass\nf(*range(1000000000))", 3, "memory"},
		"join":                  {"s = 'x' * 100000\ny = s.join(['a'] * 10000)", 2, "memory"},
		"join through a key":    {"s = 'x' * 100000\ny = max([['a'] * 10000], key=s.join)", 2, "memory"},
		"replace":               {"s = 'x' * 100000\ny = s.replace('x', s)", 2, "memory"},
		"replace of nothing":    {"s = 'x' * 100000\ny = s.replace('', s)", 2, "memory"},
		"format":                {"s = 'x' * 1000000\ny = ('{0}' * 100).format(s)", 2, "memory"},
		"percent":               {"s = 'x' * 1000000\ny = '%(a)s' * 100 % {'a': s}", 2, "memory"},
		"slices":                {"s = 'x' * 1000000\ny = [s[::2] for i in range(1000)]", 2, "memory"},
		"characters":            {"s = 'x' * 1000000\ny = s.elems()", 2, "memory"},
		"split":                 {"s = 'x,' * 1000000\ny = s.split(',')", 2, "memory"},
		"list literals":         {"x = []\nwhile True:\n  x.append([0, 0, 0, 0])", 2, "steps"},
		"dict growth":           {"x = {}\ni = 0\nwhile True:\n  x[i] = i\n  i += 1", 3, "steps"},
		"huge number":           {"x = 2\nwhile True:\n  x = x * x", 3, "too large"},
		"huge shift":            {"x = 1\nwhile True:\n  x = x << 500", 3, "too large"},
		"huge in-place shift":   {"x = 1\nwhile True:\n  x <<= 500", 3, "too large"},
		"huge decimal":          {"x = int('9' * 1000000)", 1, "too large"},
		"text of a web":         {double + "y = str(x)", 4, "memory"},
		"log of a web":          {double + "log(x)", 4, "memory"},
		"print of a web":        {double + "print(x)", 4, "memory"},
		"fail of a web":         {double + "fail(x)", 4, "memory"},
		"web equals web":        {double + "y = [[1], x] == [[1], x + []]", 4, "memory"},
		"web in web":            {double + "y = 1 in [x]", 4, "memory"},
		"web index":             {double + "y = [x].index(1)", 4, "memory"},
		"web as a key":          {pair + "y = {x: 1}", 4, "memory"},
		"web as an index":       {pair + "y = {}\ny[x] = 1", 5, "memory"},
		"web looked up":         {pair + "y = {}\ny = x in y", 5, "memory"},
		"web got":               {pair + "y = {}\ny = y.get(x)", 5, "memory"},
		"web in state":          {double + "state['x'] = x", 0, "state cannot be kept"},
		"percent of a web":      {double + "y = '%s' % x", 4, "memory"},
		"a list in itself":      {"x = []\nx.append(x)\ny = str(x)", 3, "deeply"},
		"equal to itself":       {"x = []\nx.append(x)\ny = []\ny.append(y)\nz = x == y", 5, "deeply"},
		"a chain":               {"x = []\nfor i in range(20000):\n  x = [x]\ny = str(x)", 4, "deeply"},
		"a chain in state":      {"x = []\nfor i in range(20000):\n  x = [x]\nstate['x'] = x", 0, "deeply"},
		"set":                   {"x = set([1])", 1, ""},
		"logs":                  {"while True:\n  log('x' * 1000)", 2, "memory"},
		"commands":              {"while True:\n  set_output(5, on=True)", 2, "more than 100"},
		"exception":             {"x = 1\ny = [1][x]", 2, "out of range"},
		"fail":                  {"x = 1\nfail('because')", 2, "because"},
		"division":              {"x = 1\ny = x / 0", 2, "division by zero"},
	} {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			began := time.Now()
			p, err := Compile(c.source)
			if name == "set" {
				if err == nil {
					t.Error("sets are compiled")
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			_, err = p.Run(t.Context(), tent(), Input{}, Limits{Time: 20 * time.Second})
			took := time.Since(began)
			runtime.ReadMemStats(&after)
			e, ok := errors.AsType[*Error](err)
			if !ok {
				t.Fatalf("it ended with %v", err)
			}
			if c.line > 0 && (e.Line < c.line || e.Line > c.line+1) || !strings.Contains(e.Message, c.words) {
				t.Errorf("line %d: %s; want line %d, %q", e.Line, e.Message, c.line, c.words)
			}
			if grown := after.TotalAlloc - before.TotalAlloc; grown > 64<<20 {
				t.Errorf("it made %d MiB of garbage in all", grown>>20)
			}
			if took > 5*time.Second {
				t.Errorf("it took %v", took)
			}
		})
	}
}

func TestHostileSourcesAreRefused(t *testing.T) {
	for name, c := range map[string]struct{ source, words string }{
		"long":          {strings.Repeat("#", MaxSource+1), "longer than"},
		"deep lists":    {"x = " + strings.Repeat("[", 20000) + strings.Repeat("]", 20000), "nesting"},
		"deep parens":   {"x = " + strings.Repeat("(", 20000), "nesting"},
		"deep nots":     {"x = " + strings.Repeat("not ", 10000) + "1", "nesting"},
		"deep minus":    {"x = " + strings.Repeat("-", 20000) + "1", "nesting"},
		"deep lambdas":  {"x = " + strings.Repeat("lambda: ", 5000) + "1", "nesting"},
		"load":          {"load('x', 'y')", "no other files"},
		"large literal": {"x = " + strings.Repeat("9", 5000), "too large"},
		"hidden names":  {"x = ` attribute`(1, 'x')", ""},
		"no string":     {"x = \x00", ""},
	} {
		if _, err := Compile(c.source); err == nil || !strings.Contains(err.Error(), c.words) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, source := range map[string]string{ // long chains are no nesting: they must be compiled, and run
		"sum":   "x = 1" + strings.Repeat("+1", 20000),
		"calls": "x = {}" + strings.Repeat(".get(1, {})", 3000),
	} {
		p, err := Compile(source)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if _, err := p.Run(t.Context(), tent(), Input{}, Limits{Time: 10 * time.Second}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestATimeOutEndsARun(t *testing.T) {
	p, err := Compile("while True:\n  pass")
	if err != nil {
		t.Fatal(err)
	}
	_, err = p.Run(t.Context(), tent(), Input{}, Limits{Time: 20 * time.Millisecond, Steps: 1 << 50})
	if e, ok := errors.AsType[*Error](err); !ok || e.Line == 0 || !strings.Contains(e.Message, "longer than 20ms") {
		t.Errorf("it ended with %v", err)
	}
}
