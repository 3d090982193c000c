package rowstore

import (
	"context"
	"database/sql"
	"fmt"
	"math"

	"hypha/internal/history"
	"hypha/internal/measure"
	"hypha/internal/sqlite"
)

// Fetching a row costs twice what summing it inside SQLite does, but a query costs as much as some twenty rows. So full
// buckets are summed by SQLite, one query each, and sparse ones from rows, a page at a time.
const (
	fullFrom = 64 // readings a bucket, seen in a page, from which on a query each pays
	fullDown = 32 // and down to which it goes on paying
)

// Buckets yields summaries; see history.Store.
func (s *Store) Buckets(ctx context.Context, id measure.ChannelID, from, to, width int64, yield func(history.Bucket) error) error {
	if width < 1 {
		return fmt.Errorf("buckets of channel %d: width is %d ms, must be at least 1", id, width)
	}
	for pos := from; pos < to; { // always a bucket's start
		next, full, err := s.sparse(ctx, id, pos, to, width, yield)
		if err != nil {
			return err
		}
		for pos = next; full && pos < to; {
			start, end := history.Span(pos, pos, to, width)
			b, n, err := s.sum(ctx, id, start, end)
			if err != nil {
				return err
			}
			if n > 0 {
				if err := yield(b); err != nil {
					return err
				}
			}
			pos, full = end, n >= fullDown
		}
	}
	return nil
}

// sparse yields the buckets of one page of rows from pos on, but for the last one, which the page may have cut. It
// returns where that one starts, or to, and whether buckets are full here.
func (s *Store) sparse(
	ctx context.Context, id measure.ChannelID, pos, to, width int64, yield func(history.Bucket) error,
) (next int64, full bool, err error) {
	page, err := s.readPage(ctx, id, pos, to, pageRows)
	if err != nil || len(page) == 0 {
		return to, false, err
	}
	cut := len(page) == pageRows
	last, _ := history.Span(page[len(page)-1].T, pos, to, width)
	buckets := 0
	for len(page) > 0 {
		start, end := history.Span(page[0].T, pos, to, width)
		if cut && start == last {
			return last, buckets*fullFrom <= pageRows, nil
		}
		var sum history.Summary
		for len(page) > 0 && page[0].T < end {
			sum.Add(page[0])
			page = page[1:]
		}
		buckets++
		if b, ok := sum.Bucket(start); ok {
			if err := yield(b); err != nil {
				return 0, false, err
			}
		}
	}
	return to, false, nil
}

// sum summarises [start, end) inside SQLite, whose sum() is as exact as history.Summary, and says how many it met.
func (s *Store) sum(ctx context.Context, id measure.ChannelID, start, end int64) (b history.Bucket, n int64, err error) {
	var low, high, sum sql.NullFloat64
	err = s.stmt.aggregate.QueryRowContext(ctx, int64(id), start, end).Scan(&n, &low, &high, &sum)
	if err != nil || n == 0 {
		return b, n, sqlite.Translate(err, "read channel %d", id)
	}
	if !sum.Valid || math.IsInf(sum.Float64, 0) || math.IsNaN(sum.Float64) { // out of range: Summary knows a way
		var all history.Summary
		err := s.Raw(ctx, id, start, end, 0, func(r measure.Reading) error { all.Add(r); return nil })
		b, _ = all.Bucket(start)
		return b, b.Count, err
	}
	mean := min(max(sum.Float64/float64(n), low.Float64), high.Float64) // as in history.Summary
	return history.Bucket{T: start, Min: low.Float64, Max: high.Float64, Mean: mean, Count: n}, n, nil
}
