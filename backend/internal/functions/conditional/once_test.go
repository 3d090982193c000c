package conditional

import (
	"testing"

	"hypha/internal/function"
	"hypha/internal/function/functiontest"
	"hypha/internal/measure"
)

func TestAScriptAsAnActionActsOnceAndKeepsNothing(t *testing.T) {
	w := functiontest.New()
	w.Add(1, "temperature", measure.Temperature, measure.Celsius)
	w.Read(1, 30)
	if err := w.Save(t.Context(), map[string]int{"mine": 1}); err != nil {
		t.Fatal(err)
	}
	if err := Once(t.Context(), w, w.At, "if value(1) > 25:\n    set_output(5, on=True)\nstate[\"n\"] = 1\n"); err != nil {
		t.Fatal(err)
	}
	if l := w.Outputs[function.Target{Output: 5}]; l.On == nil || !*l.On {
		t.Errorf("the output is %v", l)
	}
	var kept map[string]int
	if found, err := w.Load(t.Context(), &kept); !found || err != nil || kept["mine"] != 1 || len(kept) != 1 {
		t.Errorf("the function keeps %v, %v", kept, err)
	}
	for _, bad := range []string{"1 // 0", "if"} {
		if err := Once(t.Context(), w, w.At, bad); err == nil {
			t.Errorf("%q was run", bad)
		}
	}
}
