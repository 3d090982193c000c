package embedded

import (
	"math"
	"math/bits"

	"hypha/internal/measure"
)

// cutter cuts a channel's readings into chunks: at the end of a partition, and at multiples of a span in which about a
// chunk's readings come. So the chunks of channels that are read together begin together, and share their times, even
// when one of them has missed a reading.
type cutter struct {
	w     *writer
	id    measure.ChannelID
	shift int // the span is 1<<shift ms
	now   block
	end   int64 // of the piece being gathered
}

func (w *writer) cutter(id measure.ChannelID, runs []run) *cutter {
	n, first, last := 0, int64(math.MaxInt64), int64(math.MinInt64)
	for _, r := range runs {
		n, first, last = n+r.n, min(first, r.first), max(last, r.last)
	}
	cut := &cutter{w: w, id: id, shift: 62}
	if n > chunkLen {
		each := chunkLen * (float64(last) - float64(first)) / float64(n)
		cut.shift = min(bits.Len64(uint64(max(each, 1)))-1, 62)
	}
	return cut
}

func (c *cutter) add(b block) error {
	for len(b.t) > 0 {
		if len(c.now.t) > 0 && (b.t[0] >= c.end || len(c.now.t) == chunkLen) {
			if err := c.flush(); err != nil {
				return err
			}
		}
		if len(c.now.t) == 0 {
			p := partition{number: partitionOf(b.t[0])}
			_, c.end = p.bounds()
			if piece := b.t[0]>>c.shift + 1; piece < math.MaxInt64>>c.shift {
				c.end = min(c.end, piece<<c.shift)
			}
		}
		part := b.between(math.MinInt64, c.end)
		if len(part.t) == 0 { // at the very end of time
			part = b.slice(0, 1)
		}
		if room := chunkLen - len(c.now.t); len(part.t) > room {
			part = part.slice(0, room)
		}
		c.now.addAll(part)
		b = b.slice(len(part.t), len(b.t))
	}
	return nil
}

// flush hands the piece on.
func (c *cutter) flush() error {
	if len(c.now.t) == 0 {
		return nil
	}
	f, err := c.w.to(partitionOf(c.now.t[0]))
	if err != nil {
		return err
	}
	f.b.add(c.id, c.now)
	c.now = block{t: c.now.t[:0], v: c.now.v[:0]}
	if len(f.b.columns) > segmentMaxBytes {
		return c.w.emit(f)
	}
	return nil
}
