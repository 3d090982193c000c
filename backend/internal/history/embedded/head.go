package embedded

import (
	"fmt"
	"math"

	"hypha/internal/history/column"
)

// openLen is how many readings of a channel lie unpacked in memory at most, in order and late ones each.
const openLen = 256

// head is what a channel has in memory: what the journals hold. Readers take a snapshot; parts are never changed.
type head struct {
	parts []part // the later one wins where two have the same instant
	// Readings come in order, or late. Invariant: what is in late is before what is in open, and neither is in a part
	// that came after it.
	late, open block
	last       int64 // the latest instant so far
	n          int   // readings, each repetition in another part counted
}

// part is a packed block.
type part struct {
	n                        int
	first, last              int64
	times, values, qualities []byte
}

func newHead() *head { return &head{last: math.MinInt64} }

// add takes a reading in.
func (h *head) add(c *column.Coder, t int64, v float64, q byte) {
	into := &h.open
	if len(h.open.t) > 0 && t < h.open.t[0] || len(h.open.t) == 0 && h.n > 0 && t <= h.last {
		into = &h.late
	}
	if into.put(t, v, q) {
		h.n++
	}
	h.last = max(h.last, t)
	if len(into.t) >= openLen {
		h.parts = append(h.parts, pack(c, *into))
		// Not the arrays: a snapshot may still hold them.
		*into = block{}
		if into == &h.open {
			*into = block{t: make([]int64, 0, openLen), v: make([]float64, 0, openLen)}
		}
	}
}

func pack(c *column.Coder, b block) part {
	return part{
		n: len(b.t), first: b.t[0], last: b.t[len(b.t)-1],
		times: c.AppendTimes(nil, b.t), values: c.AppendValues(nil, b.v), qualities: column.AppendQualities(nil, b.q),
	}
}

func (p part) unpack(c *column.Coder) (b block, err error) {
	if b.t, err = c.Times(nil, p.times, p.n); err != nil {
		return b, fmt.Errorf("memory: %w", err)
	}
	if b.v, err = c.Values(nil, p.values, p.n); err != nil {
		return b, fmt.Errorf("memory: %w", err)
	}
	if len(p.qualities) > 0 {
		b.q, err = column.Qualities(nil, p.qualities, p.n)
	}
	return b, err
}

// runs returns what the head has in [from, to), to be merged: the later one wins. It is a snapshot.
func (h *head) runs(seq uint64, from, to int64) (found []run) {
	for _, p := range h.parts {
		if p.first < to && p.last >= from {
			found = append(found, run{seq: seq, n: p.n, first: p.first, last: p.last, part: &p})
		}
	}
	for _, b := range []block{h.late, h.open} {
		if b = b.between(from, to); len(b.t) > 0 {
			b = b.clone()
			found = append(found, run{seq: seq, n: len(b.t), first: b.t[0], last: b.t[len(b.t)-1], block: b})
		}
	}
	return found
}

// edit carries an edit out on what is in memory.
func (h *head) edit(c *column.Coder, e edit) error {
	just := edits{e}
	parts := make([]part, 0, len(h.parts))
	for _, p := range h.parts {
		if !e.touches(e.channel, p.first, p.last) {
			parts = append(parts, p)
			continue
		}
		b, err := p.unpack(c)
		if err != nil {
			return err
		}
		if b = just.apply(b); len(b.t) > 0 {
			parts = append(parts, pack(c, b))
		}
	}
	h.parts, h.late, h.open = parts, just.apply(h.late).clone(), just.apply(h.open).clone()
	h.n = len(h.late.t) + len(h.open.t)
	for _, p := range h.parts {
		h.n += p.n
	}
	return nil
}

// bytes is about how much memory the head takes.
func (h *head) bytes() int {
	n := 24*(cap(h.open.t)+cap(h.late.t)) + 100
	for _, p := range h.parts {
		n += 120 + len(p.times) + len(p.values) + len(p.qualities)
	}
	return n
}
