package tuning

import (
	"math"
	"slices"
)

// place is what is searched for, in a space without walls: logarithms of what is above 0, logits of parts.
type place [4]float64

// logit takes a part between 0 and 1 into the space without walls, part brings it back.
func logit(p float64) float64 {
	p = min(max(p, 0.01), 0.99)
	return math.Log(p / (1 - p))
}

func part(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

// simplex is Nelder and Mead's method (1965) with the usual coefficients. It answers the best point found in so many
// evaluations.
func simplex(start place, size float64, dims, evaluations int, cost func(place) float64) (place, float64) {
	type corner struct {
		at   place
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
		var centre place
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
