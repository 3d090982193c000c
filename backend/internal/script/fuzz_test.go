package script

import (
	"runtime"
	"testing"
	"time"
)

// Whatever the source, compiling and running it ends soon, without a panic and without much memory.
func FuzzScripts(f *testing.F) {
	for _, b := range Builtins() {
		f.Add(b.Example)
	}
	f.Add("x = [1]\nfor i in range(99):\n  x = [x, x]\ny = str(x) == '%s' % x")
	f.Add("def f(*a, **k):\n  return a + tuple(k.values())\nx = {f(1, b=2): [c for c in 'ab'.elems() if c not in 'b']}\nx[()] = 2 << 40\nx |= {1: (lambda y: y)(3)}")
	f.Add("s = 'a,b' * 99\ns += ','.join(s.split(',')).replace('a', '{}').format(*range(9))\nwhile s:\n  s = s[1:]\n  state[s] = -~len(s) // 2")
	f.Fuzz(func(t *testing.T, source string) {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		began := time.Now()
		p, err := Compile(source)
		if err != nil {
			return
		}
		w := tent()
		w.sun = &Sun{}
		_, _ = p.Run(t.Context(), w, Input{Results: []string{"a"}}, Limits{Steps: 20_000, Time: time.Minute, Memory: 2 << 20})
		runtime.ReadMemStats(&after)
		if took, grown := time.Since(began), after.TotalAlloc-before.TotalAlloc; took > 5*time.Second || grown > 64<<20 {
			t.Errorf("it took %v and %d MiB", took, grown>>20)
		}
	})
}
