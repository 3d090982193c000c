package remote

import (
	"context"
	"sort"

	"hypha/internal/history"
	"hypha/internal/measure"
)

// near is how far readings of the overlay may be apart to be merged with the engine's in one go.
const near = 10 * 60_000

// span is a part of a range; overlaid says that what the engine has there is not all.
type span struct {
	from, to int64
	overlaid bool
}

// within returns the readings in [from, to) of a sorted list.
func within(all []measure.Reading, from, to int64) []measure.Reading {
	first := sort.Search(len(all), func(i int) bool { return all[i].T >= from })
	last := sort.Search(len(all), func(i int) bool { return all[i].T >= to })
	return all[first:last]
}

// spans cuts [from, to) at the edges of buckets of the given width into what the overlay touches and what it does not.
func spans(overlay []measure.Reading, from, to, width int64) (all []span) {
	at := from
	for i := 0; i < len(overlay); {
		start, end := history.Span(overlay[i].T, from, to, width)
		for i++; i < len(overlay) && (overlay[i].T < end || overlay[i].T-end < near); i++ {
			_, end = history.Span(overlay[i].T, from, to, width)
		}
		if at < start {
			all = append(all, span{at, start, false})
		}
		all = append(all, span{start, end, true})
		at = end
	}
	if at < to {
		all = append(all, span{at, to, false})
	}
	return all
}

// total counts what a selector chooses in [from, to).
func (e *engine) total(ctx context.Context, selector string, from, to int64) (sum int64, err error) {
	cells, err := e.counts(ctx, selector, from, to, countWidth(from, to))
	for _, c := range cells {
		sum += c.n
	}
	return sum, err
}

// countWidth is wide, for nobody looks at the cells; but not so wide that an engine has to hold a year at once.
func countWidth(from, to int64) int64 {
	const month = 30 * 24 * 3600 * 1000
	return max(min(to-from, month), 2)
}
