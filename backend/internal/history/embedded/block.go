package embedded

import (
	"slices"
	"sort"

	"hypha/internal/measure"
)

// block is a run of readings of one channel, ascending, in columns.
type block struct {
	t []int64
	v []float64
	q []byte // nil: all good
}

func (b block) quality(i int) measure.Quality {
	if b.q == nil {
		return measure.Good
	}
	return measure.Quality(b.q[i])
}

func (b block) reading(id measure.ChannelID, i int) measure.Reading {
	return measure.Reading{Channel: id, T: b.t[i], V: b.v[i], Q: b.quality(i)}
}

// between returns the part in [from, to), which shares b's arrays.
func (b block) between(from, to int64) block {
	if len(b.t) == 0 || from <= b.t[0] && to > b.t[len(b.t)-1] {
		return b
	}
	i := sort.Search(len(b.t), func(i int) bool { return b.t[i] >= from })
	j := max(i, sort.Search(len(b.t), func(i int) bool { return b.t[i] >= to }))
	return b.slice(i, j)
}

func (b block) slice(i, j int) block {
	part := block{t: b.t[i:j], v: b.v[i:j]}
	if b.q != nil {
		part.q = b.q[i:j]
	}
	return part
}

// without returns a block without the part in [from, to).
func (b block) without(from, to int64) block {
	i := sort.Search(len(b.t), func(i int) bool { return b.t[i] >= from })
	j := max(i, sort.Search(len(b.t), func(i int) bool { return b.t[i] >= to }))
	if i == j {
		return b
	}
	left := block{t: slices.Concat(b.t[:i], b.t[j:]), v: slices.Concat(b.v[:i], b.v[j:])}
	if b.q != nil {
		left.q = slices.Concat(b.q[:i], b.q[j:])
	}
	return left
}

// add appends one reading.
func (b *block) add(t int64, v float64, q byte) {
	if q != 0 && b.q == nil {
		b.q = make([]byte, len(b.t), cap(b.t))
	}
	b.t, b.v = append(b.t, t), append(b.v, v)
	if b.q != nil {
		b.q = append(b.q, q)
	}
}

// addAll appends a block.
func (b *block) addAll(o block) {
	if o.q != nil && b.q == nil {
		b.q = make([]byte, len(b.t), cap(b.t))
	}
	b.t, b.v = append(b.t, o.t...), append(b.v, o.v...)
	if b.q != nil {
		if o.q != nil {
			b.q = append(b.q, o.q...)
		} else {
			b.q = append(b.q, make([]byte, len(o.t))...)
		}
	}
}

// put sets the reading at t, in its place; true when there was none.
func (b *block) put(t int64, v float64, q byte) bool {
	n := len(b.t)
	if n == 0 || t > b.t[n-1] {
		b.add(t, v, q)
		return true
	}
	i := sort.Search(n, func(i int) bool { return b.t[i] >= t })
	if q != 0 && b.q == nil {
		b.q = make([]byte, n, cap(b.t))
	}
	if b.t[i] == t {
		b.v[i] = v
		if b.q != nil {
			b.q[i] = q
		}
		return false
	}
	b.t, b.v = slices.Insert(b.t, i, t), slices.Insert(b.v, i, v)
	if b.q != nil {
		b.q = slices.Insert(b.q, i, q)
	}
	return true
}

func (b block) clone() block {
	return block{t: slices.Clone(b.t), v: slices.Clone(b.v), q: slices.Clone(b.q)}
}
