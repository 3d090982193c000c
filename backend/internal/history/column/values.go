package column

import (
	"encoding/binary"
	"fmt"
	"math"
)

// The ways to pack values. The numbers are stored.
const (
	valuesPlanes     = iota // planes of bytes
	valuesDecimal           // integers of a power of ten
	valuesNearly            // the same, and by how many units in the last place the value is beside the decimal
	valuesRaw               // as they are
	valuesDictionary        // different ones, and the place of each
)

// What becomes of decimal integers.
const (
	orderPlain  = iota // the distance from the smallest
	orderDelta         // differences
	orderDelta2        // differences of differences: counters
)

const (
	maxExponent = 15
	maxNearly   = 1 << 40 // above, a decimal beside each value could be found for anything
	maxUlps     = 16
)

// AppendValues packs finite values. At least one and at most MaxLen.
func (c *Coder) AppendValues(dst []byte, values []float64) []byte {
	start := len(dst)
	dst = c.appendPlainValues(dst, values)
	size := len(dst) - start
	if len(values) < entropyFrom || float64(size) < dictionaryFrom*float64(len(values)) {
		return dst
	}
	if other, ok := c.appendDictionary(nil, values); ok && len(other) < size {
		return append(dst[:start], other...)
	}
	return dst
}

func (c *Coder) appendPlainValues(dst []byte, values []float64) []byte {
	d := decimals{ints: make([]int64, len(values))}
	switch {
	case d.exact(values):
		dst = append(dst, valuesDecimal, byte(d.exponent))
		return c.appendInts(dst, d.ints)
	case d.nearly(values):
		start := len(dst)
		dst = append(dst, valuesNearly, byte(d.exponent))
		c.ints2 = grown(c.ints2, len(values))
		for i, u := range d.ulps {
			c.ints2[i] = zigzag(int64(u))
		}
		dst = c.appendSized(dst, c.ints2)
		if dst = c.appendInts(dst, d.ints); len(dst)-start < 6*len(values) {
			return dst
		}
		dst = dst[:start]
	}
	return c.appendPlanes(append(dst, valuesPlanes), values)
}

// AppendRawValues stores values as they are, which nothing can go wrong with.
func AppendRawValues(dst []byte, values []float64) []byte {
	dst = append(dst, valuesRaw)
	for _, v := range values {
		dst = binary.LittleEndian.AppendUint64(dst, math.Float64bits(v))
	}
	return dst
}

// Values unpacks n values into dst's array, where that is large enough.
func (c *Coder) Values(dst []float64, src []byte, n int) ([]float64, error) {
	if n < 1 || n > MaxLen || len(src) == 0 {
		return nil, fmt.Errorf("%w: %d values", ErrDamaged, n)
	}
	dst = grown(dst, n)
	mode, src := src[0], src[1:]
	switch mode {
	case valuesPlanes:
		return dst, c.takePlanes(dst, src)
	case valuesDictionary:
		return dst, c.takeDictionary(dst, src)
	case valuesRaw:
		if len(src) < 8*n {
			return nil, ErrDamaged
		}
		for i := range dst {
			dst[i] = math.Float64frombits(binary.LittleEndian.Uint64(src[8*i:]))
		}
		return dst, nil
	}
	if mode != valuesDecimal && mode != valuesNearly || len(src) == 0 || src[0] > maxExponent {
		return nil, ErrDamaged
	}
	scale, src := pow10(int(src[0])), src[1:]
	var near []byte
	if mode == valuesNearly {
		var err error
		if near, src, err = takeSized(src); err != nil {
			return nil, err
		}
	}
	if err := c.takeInts(dst, src, scale); err != nil || near == nil {
		return dst, err
	}
	ulps, err := c.takeResiduals(near, n)
	if err != nil {
		return nil, err
	}
	for i, z := range ulps {
		dst[i] = math.Float64frombits(math.Float64bits(dst[i]) + uint64(unzigzag(z)))
	}
	return dst, nil
}

// appendInts packs the integers in the order that seems smallest.
func (c *Coder) appendInts(dst []byte, ints []int64) []byte {
	n := len(ints)
	low := ints[0]
	for _, m := range ints {
		low = min(low, m)
	}
	step := stepOf(ints)
	if step > 1 {
		for i, m := range ints {
			ints[i] = (m - low) / step
		}
	}
	best, order := grown(c.best, n), byte(orderPlain)
	other := grown(c.ints2, n)
	for i, m := range ints {
		if best[i] = uint64(m); step == 1 {
			best[i] = uint64(m - low)
		}
	}
	least := cost(best)
	try := func(this byte, fill func()) {
		fill()
		if bits := cost(other[1:]); bits < least {
			least, order = bits, this
			best, other = other, best
		}
	}
	if n > 1 && least > 0 {
		try(orderDelta, func() {
			for i := 1; i < n; i++ {
				other[i] = zigzag(ints[i] - ints[i-1])
			}
		})
	}
	if n > 2 && least > 0 {
		try(orderDelta2, func() {
			before := int64(0)
			for i := 1; i < n; i++ {
				d := ints[i] - ints[i-1]
				other[i] = zigzag(d - before)
				before = d
			}
		})
	}
	c.best, c.ints2 = best, other
	dst = binary.AppendUvarint(append(dst, order), uint64(step))
	if step > 1 {
		dst = binary.AppendVarint(dst, low)
	}
	if order == orderPlain {
		if step == 1 {
			dst = binary.AppendVarint(dst, low)
		}
		return c.appendResiduals(dst, best)
	}
	dst = binary.AppendVarint(dst, ints[0])
	return c.appendResiduals(dst, best[1:])
}

// stepOf returns the largest number of which all differences are multiples: a thermometer of 0.0625 °C has 625. At
// least 1.
func stepOf(ints []int64) int64 {
	step := uint64(0)
	for _, m := range ints {
		d := uint64(m - ints[0])
		if m < ints[0] {
			d = -d
		}
		if step != 0 && d%step == 0 {
			continue
		}
		for d != 0 {
			step, d = d, step%d
		}
		if step == 1 {
			break
		}
	}
	return int64(max(step, 1))
}

// takeInts unpacks integers into dst, divided by scale.
func (c *Coder) takeInts(dst []float64, src []byte, scale float64) error {
	if len(src) == 0 {
		return ErrDamaged
	}
	order, src := src[0], src[1:]
	factor, size := binary.Uvarint(src)
	if size <= 0 || factor == 0 {
		return ErrDamaged
	}
	src = src[size:]
	var low, first int64
	if factor > 1 {
		if low, size = binary.Varint(src); size <= 0 {
			return ErrDamaged
		}
		src = src[size:]
	}
	if factor == 1 || order != orderPlain {
		if first, size = binary.Varint(src); size <= 0 {
			return ErrDamaged
		}
		src = src[size:]
	}
	// The value is low + step * n of what is coded: a straight line, in integers.
	step := int64(factor)
	first = low + step*first
	switch order {
	case orderPlain:
		res, err := c.takeResiduals(src, len(dst))
		if err != nil {
			return err
		}
		for i, z := range res {
			dst[i] = float64(first+step*int64(z)) / scale
		}
		return nil
	case orderDelta, orderDelta2:
	default:
		return ErrDamaged
	}
	res, err := c.takeResiduals(src, len(dst)-1)
	if err != nil {
		return err
	}
	dst[0] = float64(first) / scale
	dst = dst[1:]
	if order == orderDelta {
		for i, z := range res {
			first += step * unzigzag(z)
			dst[i] = float64(first) / scale
		}
		return nil
	}
	slope := int64(0)
	for i, z := range res {
		slope += unzigzag(z)
		first += step * slope
		dst[i] = float64(first) / scale
	}
	return nil
}

// appendPlanes packs the bytes of values, those of the same weight together, each value combined with the one before it:
// the leading bytes of neighbours are alike.
func (c *Coder) appendPlanes(dst []byte, values []float64) []byte {
	plane := make([]byte, len(values))
	for shift := 56; shift >= 0; shift -= 8 {
		before := uint64(0)
		for i, v := range values {
			now := math.Float64bits(v)
			plane[i] = byte((now ^ before) >> shift)
			before = now
		}
		dst = c.appendSymbols(dst, plane)
	}
	return dst
}

func (c *Coder) takePlanes(dst []float64, src []byte) error {
	all := grown(c.ints, len(dst))
	c.ints = all
	clear(all)
	for shift := 56; shift >= 0; shift -= 8 {
		plane, rest, err := c.takeSymbols(src, len(dst))
		if err != nil {
			return err
		}
		for i, b := range plane {
			all[i] |= uint64(b) << shift
		}
		src = rest
	}
	before := uint64(0)
	for i, x := range all {
		before ^= x
		dst[i] = math.Float64frombits(before)
	}
	return nil
}
