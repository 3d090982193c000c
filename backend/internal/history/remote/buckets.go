package remote

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"sync"

	"hypha/internal/history"
	"hypha/internal/measure"
)

// Fetching a reading costs more than having the engine sum it, but four queries cost as much as some thousand readings,
// and so does each empty bucket that an engine has to look at.
const sparse = 4 // readings a bucket, below which they are summed here

// Buckets yields summaries; see history.Store.
func (s *Store) Buckets(ctx context.Context, id measure.ChannelID, from, to, width int64, yield func(history.Bucket) error) error {
	if width < 1 {
		return fmt.Errorf("buckets of channel %d: width is %d ms, must be at least 1", id, width)
	}
	low, high := bounds(from, to)
	if low >= high {
		return nil
	}
	from, _ = history.Span(low, from, to, width) // buckets begin where they would
	to = high
	l, err := s.look(ctx, id, from, to)
	if err != nil {
		return fmt.Errorf("buckets of channel %d: %w", id, err)
	}
	b := &bucketing{store: s, id: id, look: l, width: width, yield: yield}
	for _, p := range spans(l.overlay, from, to, width) {
		if p.overlaid {
			err = b.sumHere(ctx, p.from, p.to)
		} else {
			err = b.sumThere(ctx, p.from, p.to)
		}
		if err != nil {
			break
		}
	}
	return ended(err, "buckets of channel %d", id)
}

// bucketing is one call of Buckets.
type bucketing struct {
	store *Store
	id    measure.ChannelID
	look  look
	width int64
	yield func(history.Bucket) error
}

func (b *bucketing) give(sum *history.Summary, start int64) error {
	bucket, ok := sum.Bucket(start)
	if !ok {
		return nil
	}
	if err := b.yield(bucket); err != nil {
		return &yieldError{err}
	}
	return nil
}

// sumHere makes the buckets of [from, to), which begin at from, of readings.
func (b *bucketing) sumHere(ctx context.Context, from, to int64) error {
	var sum history.Summary
	start, end := history.Span(from, from, to, b.width)
	err := b.store.merged(ctx, b.id, from, to, b.look, func(r measure.Reading) error {
		if r.T >= end {
			if err := b.give(&sum, start); err != nil {
				return err
			}
			sum = history.Summary{}
			start, end = history.Span(r.T, from, to, b.width)
		}
		sum.Add(r)
		return nil
	})
	if err != nil {
		return err
	}
	return b.give(&sum, start)
}

// sumThere has the engine make the buckets of [from, to), if that pays.
func (b *bucketing) sumThere(ctx context.Context, from, to int64) error {
	e := b.store.engine
	n, err := e.total(ctx, e.selector("", b.id), from, to)
	if err != nil || n == 0 {
		return err
	}
	buckets := (to-from-1)/b.width + 1
	if n <= e.atOnce || buckets > n/sparse || b.width < 2 {
		return b.sumHere(ctx, from, to)
	}
	full := from + (to-from)/b.width*b.width
	for at := from; at < full; {
		end := full
		if b.width < (full-at)/stepsAtOnce { // else the product may exceed an int64
			end = at + b.width*stepsAtOnce
		}
		if err := b.steps(ctx, at, end); err != nil {
			return err
		}
		at = end
	}
	if full < to {
		if to-full < uncounted {
			return b.sumHere(ctx, full, to)
		}
		return b.one(ctx, full, to)
	}
	return nil
}

// parts are what the engine says of a bucket, of the readings in one unit.
type parts struct {
	at   int64
	unit measure.Unit
	sum  [4]float64 // in the order of functions
}

// functions are what is asked: within a series, and over the series of a unit.
func functions() [4][2]string {
	return [4][2]string{
		{"sum", "count_over_time"}, {"min", "min_over_time"}, {"max", "max_over_time"}, {"sum", "sum_over_time"},
	}
}

// steps asks for the full buckets of [from, to).
func (b *bucketing) steps(ctx context.Context, from, to int64) error {
	return b.gather(ctx, b.width, func(ctx context.Context, expression string) ([]row, error) {
		return b.store.engine.ask.steps(ctx, expression, from+b.width-1, to-1, b.width)
	})
}

// one asks for the single bucket [from, to), which is shorter than the others.
func (b *bucketing) one(ctx context.Context, from, to int64) error {
	return b.gather(ctx, to-from, func(ctx context.Context, expression string) ([]row, error) {
		rows, err := b.store.engine.ask.at(ctx, expression, to-1)
		for i, r := range rows {
			if r.Value != nil {
				rows[i].Values = []point{*r.Value}
			}
		}
		return rows, err
	})
}

// gather asks the four questions at once and yields the buckets that the answers make.
func (b *bucketing) gather(ctx context.Context, width int64, ask func(ctx context.Context, expression string) ([]row, error)) error {
	e := b.store.engine
	window, err := e.window(ctx, width)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var wg sync.WaitGroup
	var answers [4][]row
	var errs [4]error
	for i, f := range functions() {
		wg.Go(func() {
			answers[i], errs[i] = ask(ctx, f[0]+" by (unit) ("+f[1]+"("+e.selector(usable, b.id)+window+"))")
			if errs[i] != nil {
				cancel() // the others are of no use
			}
		})
	}
	wg.Wait()
	if err := firstCause(errs[:]); err != nil {
		return err
	}
	return b.assemble(ctx, width, answers)
}

// assemble yields the buckets, ascending.
func (b *bucketing) assemble(ctx context.Context, width int64, answers [4][]row) error {
	type key struct {
		at   int64
		unit string
	}
	all := map[key]*parts{}
	for i, rows := range answers {
		for _, r := range rows {
			for _, p := range r.Values {
				k := key{p.t + 1 - width, r.Metric["unit"]}
				if all[k] == nil {
					all[k] = &parts{at: k.at, unit: measure.Unit(k.unit)}
				}
				all[k].sum[i] = p.v
			}
		}
	}
	list := make([]*parts, 0, len(all))
	for _, p := range all {
		list = append(list, p)
	}
	slices.SortFunc(list, func(a, b *parts) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.unit, b.unit)) })
	for len(list) > 0 {
		n := 1
		for n < len(list) && list[n].at == list[0].at {
			n++
		}
		if err := b.finish(ctx, list[:n], width); err != nil {
			return err
		}
		list = list[n:]
	}
	return nil
}

// finish makes a bucket of its parts.
func (b *bucketing) finish(ctx context.Context, list []*parts, width int64) error {
	var sum history.Summary
	for _, p := range list {
		count, low, high, total := p.sum[0], p.sum[1], p.sum[2], p.sum[3]
		by, err := b.look.from(b.id, p.unit)
		if err != nil {
			return err
		}
		total = by.Scale*total + by.Offset*count
		if math.IsInf(total, 0) || math.IsNaN(total) || count < 1 { // no room in a float64: Summary knows a way
			return b.sumHere(ctx, p.at, p.at+width)
		}
		low, high = by.Apply(low), by.Apply(high)
		sum.Merge(int64(count), min(low, high), max(low, high), total)
	}
	return b.give(&sum, list[0].at)
}
