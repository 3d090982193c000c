package remote

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"

	"hypha/internal/measure"
)

const (
	groupOf = 100    // channels asked for at once
	lately  = 60_000 // ms in which most channels have a reading
)

// Latest returns the last reading of each channel before the given instant; see history.Store.
func (s *Store) Latest(ctx context.Context, ids []measure.ChannelID, before int64) ([]measure.Reading, error) {
	latest, err := s.latest(ctx, ids, before)
	if err != nil {
		return nil, fmt.Errorf("latest readings: %w", err)
	}
	return latest, nil
}

func (s *Store) latest(ctx context.Context, ids []measure.ChannelID, before int64) ([]measure.Reading, error) {
	from, to := bounds(math.MinInt64, before)
	waiting := map[measure.ChannelID]sample{}
	err := s.queue.pending(ctx, ids, from, to, func(one sample) {
		if old, ok := waiting[one.channel]; !ok || one.t >= old.t {
			waiting[one.channel] = one
		}
	})
	if err != nil {
		return nil, err
	}
	if ids == nil {
		if ids, err = s.channels(ctx, from, to, waiting); err != nil {
			return nil, err
		}
	}
	c, err := newConverter(ctx, s.cfg.Source, ids...)
	if err != nil {
		return nil, err
	}
	found := make(map[measure.ChannelID]measure.Reading, len(ids))
	for group := range slices.Chunk(ids, groupOf) {
		if err := s.engine.lastOf(ctx, c, group, from, to, found); err != nil {
			return nil, err
		}
	}
	latest := make([]measure.Reading, 0, len(ids))
	for _, id := range ids {
		r, ok := found[id]
		if w, waits := waiting[id]; waits && (!ok || w.t >= r.T) {
			by, err := c.from(id, w.labels.Unit)
			if err != nil {
				return nil, err
			}
			r, ok = w.reading(), true
			r.V = by.Apply(r.V)
		}
		if ok {
			latest = append(latest, r)
		}
	}
	return latest, nil
}

// channels lists the channels of which there is a reading, by id.
func (s *Store) channels(ctx context.Context, from, to int64, waiting map[measure.ChannelID]sample) ([]measure.ChannelID, error) {
	names, err := s.engine.ask.values(ctx, "channel", s.engine.selector(""), from, to)
	if err != nil {
		return nil, err
	}
	ids := slices.Collect(maps.Keys(waiting))
	for _, name := range names {
		if n, err := strconv.ParseInt(name, 10, 64); err == nil {
			ids = append(ids, measure.ChannelID(n))
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids), nil
}

// lastOf finds the last readings of channels in [from, to): most are a minute old at most, the others are looked for
// further and further back.
func (e *engine) lastOf(
	ctx context.Context, c *converter, ids []measure.ChannelID, from, to int64, found map[measure.ChannelID]measure.Reading,
) error {
	begin := max(from, to-lately)
	if begin < to {
		rows, err := e.raw(ctx, e.selector("", ids...), begin, to)
		if err != nil {
			return err
		}
		if err := keepLast(c, rows, found); err != nil {
			return err
		}
	}
	for reach := int64(lately); begin > from; {
		missing := slices.DeleteFunc(slices.Clone(ids), func(id measure.ChannelID) bool { _, ok := found[id]; return ok })
		if len(missing) == 0 {
			return nil
		}
		end := begin
		reach *= 24
		begin = max(from, to-reach)
		if end-begin < 2 {
			begin = end - 2 // not every engine knows a window of a millisecond
		}
		window, err := e.window(ctx, end-begin)
		if err != nil {
			return err
		}
		rows, err := e.ask.at(ctx, "count by (channel) (count_over_time("+e.selector("", missing...)+window+"))", end-1)
		if err != nil {
			return err
		}
		for _, r := range rows {
			id, err := strconv.ParseInt(r.Metric["channel"], 10, 64)
			if err != nil {
				return fmt.Errorf("the remote engine knows a channel %q", r.Metric["channel"])
			}
			if err := e.lastIn(ctx, c, measure.ChannelID(id), begin, end, found); err != nil {
				return err
			}
		}
	}
	return nil
}

// lastIn finds the last reading of a channel in [from, to), where there is one.
func (e *engine) lastIn(
	ctx context.Context, c *converter, id measure.ChannelID, from, to int64, found map[measure.ChannelID]measure.Reading,
) error {
	selector := e.selector("", id)
	for to-from > uncounted {
		cells, err := e.counts(ctx, selector, from, to, max((to-from)/1000, 2))
		if err != nil || len(cells) == 0 {
			return err
		}
		last := cells[len(cells)-1]
		if from, to = last.from, last.to; last.n <= e.atOnce {
			break
		}
	}
	rows, err := e.raw(ctx, selector, from, to)
	if err != nil {
		return err
	}
	return keepLast(c, rows, found)
}

// keepLast notes the last reading of each channel.
func keepLast(c *converter, rows []row, found map[measure.ChannelID]measure.Reading) error {
	for _, r := range rows {
		n, err := strconv.ParseInt(r.Metric["channel"], 10, 64)
		if err != nil || len(r.Values) == 0 {
			continue // one that is none of ours
		}
		id := measure.ChannelID(n)
		all, err := c.readings(id, []row{r})
		if err != nil {
			return err
		}
		last := all[len(all)-1]
		if old, ok := found[id]; !ok || last.T > old.T || last.T == old.T && last.Q > old.Q {
			found[id] = last
		}
	}
	return nil
}
