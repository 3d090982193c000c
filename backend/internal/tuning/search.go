package tuning

import (
	"math"
	"slices"
)

// times are what is searched for, in a space without walls: logarithms of the lags, the second as a part of the first, and
// of the dead time beside a period.
type times [3]float64

// simplex is Nelder and Mead's method (1965) with the usual coefficients. It answers the best point found in so many
// evaluations.
func simplex(start times, size float64, dims, evaluations int, cost func(times) float64) (times, float64) {
	type corner struct {
		at   times
		cost float64
	}
	corners := []corner{{start, cost(start)}}
	for d := range dims {
		at := start
		at[d] += size
		corners = append(corners, corner{at, cost(at)})
	}
	used := dims + 1
	order := func(a, b corner) int {
		switch {
		case a.cost < b.cost:
			return -1
		case a.cost > b.cost:
			return 1
		}
		return 0
	}
	for used < evaluations {
		slices.SortStableFunc(corners, order)
		best, worst := corners[0], corners[dims]
		if worst.cost-best.cost <= 1e-10*(math.Abs(best.cost)+1e-30) {
			break
		}
		var centre times
		for _, c := range corners[:dims] {
			for d := range dims {
				centre[d] += c.at[d] / float64(dims)
			}
		}
		try := func(f float64) corner {
			at := start
			for d := range dims {
				at[d] = centre[d] + f*(worst.at[d]-centre[d])
			}
			used++
			return corner{at, cost(at)}
		}
		reflected := try(-1)
		switch {
		case reflected.cost < best.cost:
			if further := try(-2); further.cost < reflected.cost {
				reflected = further
			}
			corners[dims] = reflected
			continue
		case reflected.cost < corners[dims-1].cost:
			corners[dims] = reflected
			continue
		}
		f := 0.5
		if reflected.cost < worst.cost {
			f = -0.5
		}
		if nearer := try(f); nearer.cost < min(worst.cost, reflected.cost) {
			corners[dims] = nearer
			continue
		}
		for i := range corners[1:] {
			c := &corners[i+1]
			for d := range dims {
				c.at[d] = best.at[d] + (c.at[d]-best.at[d])/2
			}
			c.cost = cost(c.at)
			used++
		}
	}
	slices.SortStableFunc(corners, order)
	return corners[0].at, corners[0].cost
}
