package script

import (
	"strings"
	"testing"
)

func TestExpressions(t *testing.T) {
	for source, want := range map[string]float64{
		"a + b":                         5.5,
		"0.5 * (a + b)":                 2.75,
		"pow(a, 2) + math.sqrt(b * b)":  7.5,
		"sqrt(a * 8) - abs(-b)":         0.5,
		"a if a > b else b":             3.5,
		"max(a, b, 1) - min(a, b)":      1.5,
		"round(b * 10.01)":              35,
		"7 // a + 7 % a":                4,
		"log(exp(a))":                   2,
		"2":                             2,
		"sin(pi / 2)":                   1,
		"math.degrees(math.acos(-1.0))": 180,
	} {
		x, err := CompileExpression(source, []string{"a", "b"})
		if err != nil {
			t.Errorf("%s: %v", source, err)
			continue
		}
		got, err := x.Eval(t.Context(), map[string]float64{"a": 2, "b": 3.5})
		if err != nil || got-want > 1e-12 || want-got > 1e-12 {
			t.Errorf("%s = %v, %v; want %v", source, got, err, want)
		}
	}
}

func TestExpressionsThatHaveNoValue(t *testing.T) {
	for source, want := range map[string]string{
		"a / (b - b)": "division by zero", "a > b": "True or False", "'x'": "string", "None": "NoneType", "exp(10000)": "finite",
		"log(-a)": "finite", "float('nan') * a": "finite", "[x for x in range(1000000)]": "", "a ^ 2": "float ^ int", "list(range(1000000000))": "memory",
		"sqrt(a - b)": "finite",
	} {
		x, err := CompileExpression(source, []string{"a", "b"})
		if err != nil {
			t.Errorf("%s: %v", source, err)
			continue
		}
		if v, err := x.Eval(t.Context(), map[string]float64{"a": 2, "b": 3.5}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s = %v, %v; want %q", source, v, err, want)
		}
	}
	for source, want := range map[string]string{
		"a +": "got", "a ** 2": "pow(x, y)", "c": "undefined: c", "": "empty", "x = 1": "got", "value(1)": "undefined", strings.Repeat("1+", 3000) + "1": "longer than",
	} {
		if _, err := CompileExpression(source, []string{"a", "b"}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v; want %q", source, err, want)
		}
	}
	x, err := CompileExpression("a + b", []string{"a", "b"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := x.Eval(t.Context(), map[string]float64{"a": 1}); err == nil || !strings.Contains(err.Error(), "b has no value") {
		t.Errorf("a missing operand: %v", err)
	}
}
