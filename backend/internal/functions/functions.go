// Package functions lists every kind of function. Adding one takes a folder and a line here.
package functions

import (
	"slices"

	"hypha/internal/function"
	"hypha/internal/functions/calculation"
	"hypha/internal/functions/conditional"
	"hypha/internal/functions/hysteresis"
	"hypha/internal/functions/pidloop"
	"hypha/internal/functions/trigger"
)

// All returns all kinds, in the order in which the catalogue shows them.
func All() []function.Kind {
	return slices.Concat(
		[]function.Kind{pidloop.Kind(), hysteresis.Kind()},
		calculation.Kinds(),
		conditional.Kinds(),
		trigger.Kinds(),
	)
}
