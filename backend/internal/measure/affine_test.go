package measure_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"hypha/internal/measure"
)

func drawAffine(t *rapid.T, label string) measure.Affine {
	return measure.Affine{
		Scale:  rapid.OneOf(rapid.Float64Range(0.001, 1000), rapid.Float64Range(-1000, -0.001)).Draw(t, label+" scale"),
		Offset: rapid.Float64Range(-1000, 1000).Draw(t, label+" offset"),
	}
}

func TestAffineLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := drawAffine(t, "a"), drawAffine(t, "b"), drawAffine(t, "c")
		x := rapid.Float64Range(-1e3, 1e3).Draw(t, "x")
		same := func(law string, got, want, size float64) {
			if math.Abs(got-want) > 1e-9*max(1, math.Abs(size)) {
				t.Errorf("%s: %v, want %v", law, got, want)
			}
		}
		// Intermediate values bound the rounding: cancellation can make the result much smaller than they are.
		size := 1e3 * (1 + math.Abs(b.Scale)) * (1 + math.Abs(c.Scale)) * (1 + math.Abs(a.Scale)) * 1e3
		same("a then b", a.Then(b).Apply(x), b.Apply(a.Apply(x)), size)
		same("associative", a.Then(b).Then(c).Apply(x), a.Then(b.Then(c)).Apply(x), size)
		same("inverse", a.Inverse().Apply(a.Apply(x)), x, 1e6/math.Abs(a.Scale))
		if identity := (measure.Affine{Scale: 1}); a.Then(identity) != a || identity.Then(a) != a {
			t.Errorf("the identity changes %+v", a)
		}
	})
}

func TestAffineIsIdentity(t *testing.T) {
	for a, want := range map[measure.Affine]bool{{Scale: 1}: true, {}: false, {Scale: 1, Offset: 1}: false, {Scale: 2}: false} {
		if a.IsIdentity() != want {
			t.Errorf("%+v: %v", a, !want)
		}
	}
}
