package remote

import (
	"cmp"
	"context"
	"slices"

	"hypha/internal/measure"
)

// uncounted is how long a range may be to be fetched without counting first: a minute of a channel at 1 kHz are 60 000.
const uncounted = 60_000

// pages fetches what a selector chooses in [from, to), a page at a time, oldest first.
func (e *engine) pages(ctx context.Context, selector string, from, to int64, page func([]row) error) error {
	if from >= to {
		return nil
	}
	if to-from <= uncounted {
		return e.page(ctx, selector, from, to, page)
	}
	width := cellWidth(from, to)
	cells, err := e.counts(ctx, selector, from, to, width)
	if err != nil {
		return err
	}
	for len(cells) > 0 {
		n, sum := 1, cells[0].n
		for n < len(cells) && sum+cells[n].n <= e.atOnce {
			sum += cells[n].n
			n++
		}
		first, last := cells[0], cells[n-1]
		if sum > e.atOnce && first.to-first.from > uncounted {
			err = e.pages(ctx, selector, first.from, first.to, page)
		} else {
			err = e.page(ctx, selector, first.from, last.to, page)
		}
		if err != nil {
			return err
		}
		cells = cells[n:]
	}
	return nil
}

func (e *engine) page(ctx context.Context, selector string, from, to int64, page func([]row) error) error {
	rows, err := e.raw(ctx, selector, from, to)
	if err != nil {
		return err
	}
	return page(rows)
}

// converter brings values to the present units. It asks for a channel's labels once.
type converter struct {
	source Source
	units  map[measure.ChannelID]measure.Unit
}

func newConverter(ctx context.Context, source Source, ids ...measure.ChannelID) (*converter, error) {
	labels, err := source.Labels(ctx, ids)
	if err != nil {
		return nil, err
	}
	c := &converter{source: source, units: make(map[measure.ChannelID]measure.Unit, len(ids))}
	for id, l := range labels {
		c.units[id] = l.Unit
	}
	return c, nil
}

// from returns how values of a channel in a unit become values of its present unit.
func (c *converter) from(id measure.ChannelID, unit measure.Unit) (measure.Affine, error) {
	present := c.units[id]
	if unit == present || unit == "" || present == "" {
		return measure.Affine{Scale: 1}, nil
	}
	return c.source.Conversion(unit, present)
}

// readings makes readings of the rows of one channel: by time, each instant once. Of several readings of one instant,
// which an engine keeps when a reading was replaced by one of another quality, the one to trust least counts.
func (c *converter) readings(id measure.ChannelID, rows []row) ([]measure.Reading, error) {
	var all []measure.Reading
	for _, r := range rows {
		by, err := c.from(id, measure.Unit(r.Metric["unit"]))
		if err != nil {
			return nil, err
		}
		q := qualityOf(r.Metric["quality"])
		for _, p := range r.Values {
			all = append(all, measure.Reading{Channel: id, T: p.t, V: by.Apply(p.v), Q: q})
		}
	}
	if len(rows) > 1 {
		slices.SortStableFunc(all, func(a, b measure.Reading) int { return cmp.Compare(a.Q, b.Q) })
	}
	return lastOfEach(all), nil
}
