package column

import "math"

// decimals are values as integers of a power of ten: m / 10^exponent, correctly rounded, is the value. Sensors give
// decimals; so this is what most columns are.
type decimals struct {
	exponent int
	ints     []int64
	ulps     []int8 // of nearly
}

// pow10 is exact for 0 <= e <= 22.
func pow10(e int) float64 {
	return [...]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15}[e]
}

const exactInts = 1 << 53 // float64 holds all integers up to it

// nearest is the integer next to v times scale; false when it is too large to be exact.
func nearest(v, scale float64, limit float64) (int64, bool) {
	x := v * scale
	if !(math.Abs(x) < limit) {
		return 0, false
	}
	return int64(x + math.Copysign(0.5, x)), true
}

// exact finds the smallest exponent with which all values are decimals. m / 10^e has one nearest float64, whatever the
// exponent it is written with, so what is a decimal with one is also one with each larger, as long as m is exact.
func (d *decimals) exact(values []float64) bool {
	d.exponent = 0
	for again := true; again; {
		again = false
		scale := pow10(d.exponent)
		for i, v := range values {
			for {
				m, ok := nearest(v, scale, exactInts)
				if !ok {
					return false
				}
				if math.Float64bits(float64(m)/scale) == math.Float64bits(v) {
					d.ints[i] = m
					break
				}
				if d.exponent == maxExponent {
					return false
				}
				d.exponent++
				scale = pow10(d.exponent)
				again = i > 0 // those before have smaller integers
			}
		}
	}
	return true
}

// nearly finds an exponent with which all values lie a few units in the last place beside a decimal: what arithmetic,
// such as a calibration, makes of decimals.
func (d *decimals) nearly(values []float64) bool {
	few := values[:min(len(values), 64)]
	for d.exponent = 0; d.exponent <= maxExponent; d.exponent++ {
		if d.nearlyAll(few) {
			d.ulps = make([]int8, len(values))
			return d.nearlyAll(values)
		}
	}
	return false
}

func (d *decimals) nearlyAll(values []float64) bool {
	scale := pow10(d.exponent)
	for i, v := range values {
		m, ok := nearest(v, scale, maxNearly)
		if !ok {
			return false
		}
		ulps := int64(math.Float64bits(v) - math.Float64bits(float64(m)/scale))
		if ulps < -maxUlps || ulps > maxUlps {
			return false
		}
		d.ints[i] = m
		if d.ulps != nil {
			d.ulps[i] = int8(ulps)
		}
	}
	return true
}
