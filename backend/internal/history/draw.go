package history

import (
	"context"

	"hypha/internal/measure"
)

// Cell is a span, in ms: buckets whose width is a multiple of it and that begin at multiples of it can be answered from
// summaries. Stores may, for any other, have to read every reading.
const Cell = 600_000

// cellsFrom is the width from which on buckets are rounded up to whole cells: below, that would cost too many of them.
const cellsFrom = 2 * Cell

// MoreThan tells whether a channel has more than n readings in [from, to). Stores that can tell without counting all of them
// implement CountUpTo, which may stop counting once it has passed n.
func MoreThan(ctx context.Context, s Store, id measure.ChannelID, from, to, n int64) (bool, error) {
	if early, ok := s.(interface {
		CountUpTo(ctx context.Context, id measure.ChannelID, from, to int64, most int) (int, error)
	}); ok {
		found, err := early.CountUpTo(ctx, id, from, to, int(n))
		return int64(found) > n, err
	}
	found, err := s.Count(ctx, id, from, to)
	return int64(found) > n, err
}

// Draw yields at most points buckets that cover [from, to), as narrow as that allows, ascending; empty ones are not
// yielded. Wide ones are whole cells, but for the first and the last. points is at least 1, from below to.
func Draw(ctx context.Context, s Store, id measure.ChannelID, from, to, points int64, yield func(Bucket) error) error {
	first, width := grid(from, to, points)
	if first > from {
		if err := s.Buckets(ctx, id, from, first, width, yield); err != nil {
			return err
		}
	}
	if first >= to {
		return nil
	}
	return s.Buckets(ctx, id, first, to, width, yield)
}

// grid returns the width of buckets and where the first whole one begins.
func grid(from, to, points int64) (first, width int64) {
	span := uint64(to - from) // may exceed an int64
	width = int64((span-1)/uint64(points) + 1)
	if width < cellsFrom || points < 2 || width > 1<<60 {
		return from, max(width, 1)
	}
	width = int64((span-1)/uint64(points-1) + 1) // one more for what is before the first whole one
	width += Cell - 1
	width -= width % Cell
	behind := from % width
	if behind < 0 {
		behind += width
	}
	if behind == 0 {
		return from, width
	}
	return from + width - behind, width
}
