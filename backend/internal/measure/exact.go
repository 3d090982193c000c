package measure

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
)

// exact is an affine map over the rationals. Chains of conversions (foot to inch by way of the metre) are computed
// with it and rounded once at the end, so that every factor the catalogue hands out is the nearest float64 to the
// defined one: 1000 hPa are 100 kPa, not 100.00000000000001.
type exact struct{ scale, offset *big.Rat }

func identity() exact { return exact{scale: big.NewRat(1, 1), offset: new(big.Rat)} }

// then returns the map that applies e first and f to its result.
func (e exact) then(f exact) exact {
	offset := new(big.Rat).Mul(f.scale, e.offset)
	return exact{
		scale:  new(big.Rat).Mul(f.scale, e.scale),
		offset: offset.Add(offset, f.offset),
	}
}

// inverse returns the map back; the scale is never zero, as both ways into the catalogue check it.
func (e exact) inverse() exact {
	scale := new(big.Rat).Inv(e.scale)
	offset := new(big.Rat).Mul(e.offset, scale)
	return exact{scale: scale, offset: offset.Neg(offset)}
}

// apply returns the image of x, rounded once.
func (e exact) apply(x *big.Rat) float64 {
	y := new(big.Rat).Mul(e.scale, x)
	f, _ := y.Add(y, e.offset).Float64()
	return f
}

var errNotRepresentable = errors.New("the factor is too large or too small for a number")

// affine rounds e to float64. It fails when a user's extreme factors leave the range of float64.
func (e exact) affine() (Affine, error) {
	scale, _ := e.scale.Float64()
	offset, _ := e.offset.Float64()
	if scale == 0 || math.IsInf(scale, 0) || math.IsInf(offset, 0) {
		return Affine{}, errNotRepresentable
	}
	return Affine{Scale: scale, Offset: offset}, nil
}

// exactly takes a user's factors as the decimals they were written as: 0.1 means one tenth, not its binary neighbour.
func exactly(a Affine) (exact, error) {
	if a.Scale == 0 || math.IsNaN(a.Scale) || math.IsInf(a.Scale, 0) {
		return exact{}, errors.New("the scale must be a finite number other than 0")
	}
	if math.IsNaN(a.Offset) || math.IsInf(a.Offset, 0) {
		return exact{}, errors.New("the offset must be a finite number")
	}
	return exact{scale: decimal(a.Scale), offset: decimal(a.Offset)}, nil
}

// decimal returns the shortest decimal that stands for the finite f.
func decimal(f float64) *big.Rat {
	r, ok := new(big.Rat).SetString(strconv.FormatFloat(f, 'g', -1, 64))
	if !ok {
		panic(fmt.Sprintf("decimal of %v", f)) // only NaN and infinities, which callers exclude
	}
	return r
}

// rational evaluates a product and quotient of decimals from left to right, such as "0.45359237*9.80665/0.00064516".
// The tables use it to show a factor as its definition. It panics on anything else: the tables are constant.
func rational(expr string) *big.Rat {
	result, divide := big.NewRat(1, 1), false
	for rest := expr; ; {
		end := strings.IndexAny(rest, "*/")
		operand := rest
		if end >= 0 {
			operand = rest[:end]
		}
		r, ok := new(big.Rat).SetString(operand)
		if !ok || divide && r.Sign() == 0 {
			panic("broken factor " + expr)
		}
		if divide {
			result.Quo(result, r)
		} else {
			result.Mul(result, r)
		}
		if end < 0 {
			return result
		}
		rest, divide = rest[end+1:], rest[end] == '/'
	}
}
