package column

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
)

// Means of a few readings, such as 437.333333333333, have many digits and come again and again. Such a column is packed
// as the sorted list of its different values and the place of each in it.

const (
	dictionaryFrom = 1.5 // bytes a value from which on another way is worth looking at
	dictionaryMost = 2   // at most every so many-th value may be a new one
)

// appendDictionary packs values as a dictionary; false when there are too many different ones.
func (c *Coder) appendDictionary(dst []byte, values []float64) ([]byte, bool) {
	places := make(map[uint64]int64, len(values)/dictionaryMost)
	var words []float64
	for _, v := range values {
		b := math.Float64bits(v)
		if _, known := places[b]; known {
			continue
		}
		if len(words) == len(values)/dictionaryMost {
			return dst, false
		}
		places[b] = 0
		words = append(words, v)
	}
	slices.SortFunc(words, func(a, b float64) int {
		if a != b {
			if a < b {
				return -1
			}
			return 1
		}
		return int(int64(math.Float64bits(a)>>63) - int64(math.Float64bits(b)>>63)) // zeros have a sign
	})
	for i, v := range words {
		places[math.Float64bits(v)] = int64(i)
	}
	ints := make([]int64, len(values))
	for i, v := range values {
		ints[i] = places[math.Float64bits(v)]
	}
	packed := c.appendPlainValues(nil, words)
	dst = binary.AppendUvarint(append(dst, valuesDictionary), uint64(len(words)))
	dst = binary.AppendUvarint(dst, uint64(len(packed)))
	return c.appendInts(append(dst, packed...), ints), true
}

// takeDictionary unpacks what appendDictionary has packed.
func (c *Coder) takeDictionary(dst []float64, src []byte) error {
	n, size := binary.Uvarint(src)
	if size <= 0 || n == 0 || n > uint64(len(dst)) {
		return ErrDamaged
	}
	packed, src, err := takeSized(src[size:])
	if err != nil {
		return err
	}
	if len(packed) > 0 && packed[0] == valuesDictionary {
		return fmt.Errorf("%w: a dictionary in a dictionary", ErrDamaged)
	}
	words, err := c.Values(nil, packed, int(n))
	if err != nil {
		return err
	}
	if err := c.takeInts(dst, src, 1); err != nil {
		return err
	}
	for i, place := range dst {
		if !(place >= 0 && place < float64(n)) {
			return ErrDamaged
		}
		dst[i] = words[int(place)]
	}
	return nil
}
