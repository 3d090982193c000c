// Package functions lists every kind of function. Adding one takes a folder and a line here.
package functions

import (
	"slices"

	"hypha/internal/function"
	"hypha/internal/functions/calculation"
	"hypha/internal/functions/hysteresis"
)

// All returns all kinds, in the order in which the catalogue shows them.
func All() []function.Kind {
	return slices.Concat(
		[]function.Kind{hysteresis.Kind()},
		calculation.Kinds(),
	)
}
