package embedded

import (
	"context"
	"fmt"
	"math"

	"hypha/internal/history"
	"hypha/internal/history/column"
	"hypha/internal/measure"
)

// Buckets yields summaries; see history.Store. Chunks within a bucket count with what the directory says of them, and
// where borders fall on those of cells, the others with their cells; only what is left is read.
func (s *Store) Buckets(ctx context.Context, id measure.ChannelID, from, to, width int64, yield func(history.Bucket) error) error {
	if width < 1 {
		return fmt.Errorf("buckets of channel %d: width is %d ms, must be at least 1", id, width)
	}
	v := s.view(id, from, to)
	defer v.release()
	c := s.coder()
	defer s.coders.Put(c)
	b := bucketer{from: from, to: to, width: width, yield: yield, end: math.MinInt64}
	err := v.clusters(ctx, from, to, func(runs []run) error {
		if r := &runs[0]; len(runs) == 1 && r.partition != nil && len(r.edits) == 0 && r.first >= from && !math.IsNaN(r.chunk.sum) {
			if r.last < to && b.within(r.first, r.last) {
				return b.merge(r.first, int64(r.chunk.usable), r.chunk.low, r.chunk.high, r.chunk.sum)
			}
			if len(r.chunk.cells) > 0 && from%cellWidth == 0 && width%cellWidth == 0 {
				return b.cells(c, v, r)
			}
		}
		return v.merged(c, runs, from, to, b.block)
	})
	if err != nil {
		return err
	}
	return b.flush()
}

// bucketer sums up readings that come in order.
type bucketer struct {
	from, to, width int64
	yield           func(history.Bucket) error

	start, end int64 // of the bucket being filled; end MinInt64 when there is none
	sum        history.Summary
	spare      cellRoom
}

// within reports whether both instants are in one bucket.
func (b *bucketer) within(first, last int64) bool {
	_, end := history.Span(first, b.from, b.to, b.width)
	return last < end
}

// at makes the bucket of t the one being filled.
func (b *bucketer) at(t int64) error {
	if t < b.end {
		return nil
	}
	if err := b.flush(); err != nil {
		return err
	}
	b.start, b.end = history.Span(t, b.from, b.to, b.width)
	return nil
}

func (b *bucketer) flush() error {
	full, ok := b.sum.Bucket(b.start)
	b.sum = history.Summary{}
	if !ok {
		return nil
	}
	return b.yield(full)
}

func (b *bucketer) merge(t, n int64, low, high, sum float64) error {
	if n == 0 {
		return nil
	}
	if err := b.at(t); err != nil {
		return err
	}
	b.sum.Merge(n, low, high, sum)
	return nil
}

func (b *bucketer) block(bl block) error {
	for i := 0; i < len(bl.t); {
		if err := b.at(bl.t[i]); err != nil {
			return err
		}
		if bl.q == nil {
			from := i
			for i < len(bl.t) && bl.t[i] < b.end {
				i++
			}
			b.sum.AddUsable(bl.v[from:i])
			continue
		}
		for ; i < len(bl.t) && bl.t[i] < b.end; i++ {
			b.sum.Add(measure.Reading{V: bl.v[i], Q: bl.quality(i)})
		}
	}
	return nil
}

// cells sums up the cells of a chunk; the readings of the one that to cuts are read.
func (b *bucketer) cells(c *column.Coder, v *view, r *run) error {
	all, err := takeCells(c, r.chunk.cells, &b.spare)
	if err != nil {
		return fmt.Errorf("read %s: %w", r.partition.path, err)
	}
	for _, x := range all {
		if r.last >= b.to && x.start+cellWidth > b.to {
			cut := max(x.start, r.first)
			return v.merged(c, []run{*r}, cut, b.to, b.block)
		}
		if err := b.merge(max(x.start, r.first), x.n, x.low, x.high, x.sum); err != nil {
			return err
		}
	}
	return nil
}
