package column

import (
	"encoding/binary"
	"fmt"
	"slices"
)

// The ways to pack times. The numbers are stored.
const (
	timesGrid  = iota // distance from a grid of a period, and how many points of it each step goes on
	timesDelta        // difference of each step from a period
	timesRaw          // each as it is
)

// sampled bounds how many steps are looked at to find the period.
const sampled = 512

// AppendTimes packs ascending times, in ms. At least one and at most MaxLen.
func (c *Coder) AppendTimes(dst []byte, times []int64) []byte {
	dst = binary.AppendVarint(dst, times[0])
	if len(times) == 1 {
		return dst
	}
	period := periodOf(times)
	c.best, c.ints2 = grown(c.best, len(times)-1), grown(c.ints2, len(times)-1)
	onGrid := period > 0 && grid(times, period, c.best, c.ints2)
	var gridCost float64
	if onGrid {
		gridCost = cost(c.best) + cost(c.ints2)
	}
	delta := grown(c.ints, len(times)-1)
	c.ints = delta
	for i := range delta {
		delta[i] = zigzag(times[i+1] - times[i] - period)
	}
	if !onGrid || cost(delta) <= gridCost {
		dst = binary.AppendVarint(append(dst, timesDelta), period)
		return c.appendResiduals(dst, delta)
	}
	dst = binary.AppendVarint(append(dst, timesGrid), period)
	dst = c.appendSized(dst, c.ints2)
	return c.appendResiduals(dst, c.best)
}

// AppendRawTimes stores times as they are, which nothing can go wrong with.
func AppendRawTimes(dst []byte, times []int64) []byte {
	dst = binary.AppendVarint(dst, times[0])
	if len(times) == 1 {
		return dst
	}
	dst = binary.AppendVarint(append(dst, timesRaw), 0)
	for _, t := range times[1:] {
		dst = binary.LittleEndian.AppendUint64(dst, uint64(t))
	}
	return dst
}

// appendSized packs residuals with their length before them.
func (c *Coder) appendSized(dst []byte, res []uint64) []byte {
	start := len(dst)
	dst = c.appendResiduals(dst, res)
	var head [binary.MaxVarintLen64]byte
	n := binary.PutUvarint(head[:], uint64(len(dst)-start))
	return slices.Insert(dst, start, head[:n]...)
}

// takeSized splits src into a part that appendSized has written and what follows.
func takeSized(src []byte) (part, rest []byte, err error) {
	size, n := binary.Uvarint(src)
	if n <= 0 || size > uint64(len(src)-n) {
		return nil, nil, ErrDamaged
	}
	return src[n : n+int(size)], src[n+int(size):], nil
}

// periodOf returns the median of the steps.
func periodOf(times []int64) int64 {
	every := max(1, (len(times)-1)/sampled)
	steps := make([]int64, 0, sampled+1)
	for i := 1; i < len(times); i += every {
		steps = append(steps, times[i]-times[i-1])
	}
	slices.Sort(steps)
	return steps[len(steps)/2]
}

// grid splits times after the first into distances from the grid of the period through it, and the number of the grid's
// points beyond one that each is ahead. It is false where the numbers would not fit.
func grid(times []int64, period int64, distances, skipped []uint64) bool {
	at := times[0]
	for i, t := range times[1:] {
		step := uint64(t - at + period/2)
		if t < at-period/2 || step > 1<<62 {
			return false
		}
		k := int64(step) / period
		at += k * period
		distances[i], skipped[i] = zigzag(t-at), zigzag(k-1)
	}
	return true
}

// Times unpacks n times into dst's array, where that is large enough.
func (c *Coder) Times(dst []int64, src []byte, n int) ([]int64, error) {
	if n < 1 || n > MaxLen {
		return nil, fmt.Errorf("%w: %d times", ErrDamaged, n)
	}
	dst = grown(dst, n)
	first, size := binary.Varint(src)
	if size <= 0 {
		return nil, ErrDamaged
	}
	dst[0] = first
	if n == 1 {
		return dst, nil
	}
	if src = src[size:]; len(src) == 0 {
		return nil, ErrDamaged
	}
	mode, src := src[0], src[1:]
	period, size := binary.Varint(src)
	if size <= 0 {
		return nil, ErrDamaged
	}
	src = src[size:]
	switch mode {
	case timesDelta:
		res, err := c.takeResiduals(src, n-1)
		if err != nil {
			return nil, err
		}
		at := first
		for i, z := range res {
			at += unzigzag(z) + period
			dst[i+1] = at
		}
		return dst, nil
	case timesRaw:
		if len(src) < 8*(n-1) {
			return nil, ErrDamaged
		}
		for i := range n - 1 {
			dst[i+1] = int64(binary.LittleEndian.Uint64(src[8*i:]))
		}
		return dst, nil
	case timesGrid:
		return c.fromGrid(dst, src, period)
	}
	return nil, ErrDamaged
}

func (c *Coder) fromGrid(dst []int64, src []byte, period int64) ([]int64, error) {
	part, src, err := takeSized(src)
	if err != nil {
		return nil, err
	}
	res, err := c.takeResiduals(part, len(dst)-1)
	if err != nil {
		return nil, err
	}
	at := dst[0]
	for i, z := range res {
		at += (unzigzag(z) + 1) * period
		dst[i+1] = at
	}
	if res, err = c.takeResiduals(src, len(dst)-1); err != nil {
		return nil, err
	}
	for i, z := range res {
		dst[i+1] += unzigzag(z)
	}
	return dst, nil
}
