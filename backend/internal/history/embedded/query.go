package embedded

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"hypha/internal/history"
	"hypha/internal/history/column"
	"hypha/internal/measure"
)

// coder lends a Coder; give it back.
func (s *Store) coder() *column.Coder {
	if c, ok := s.coders.Get().(*column.Coder); ok {
		return c
	}
	return &column.Coder{}
}

// Raw yields readings; see history.Store.
func (s *Store) Raw(ctx context.Context, id measure.ChannelID, from, to int64, limit int, yield func(measure.Reading) error) error {
	v := s.view(id, from, to)
	defer v.release()
	c := s.coder()
	defer s.coders.Put(c)
	left, enough := limit, fmt.Errorf("enough")
	err := v.blocks(ctx, c, from, to, func(b block) error {
		for i := range b.t {
			if err := yield(b.reading(id, i)); err != nil {
				return err
			}
			if left--; left == 0 {
				return enough
			}
		}
		return nil
	})
	if err == enough { //nolint:errorlint // this very value
		return nil
	}
	return err
}

// Count says how many readings there are; see history.Store.
func (s *Store) Count(ctx context.Context, id measure.ChannelID, from, to int64) (n int, err error) {
	return s.CountUpTo(ctx, id, from, to, math.MaxInt)
}

// CountUpTo is Count that ends as soon as there are more than most; see history.MoreThan.
func (s *Store) CountUpTo(ctx context.Context, id measure.ChannelID, from, to int64, most int) (n int, err error) {
	v := s.view(id, from, to)
	defer v.release()
	c := s.coder()
	defer s.coders.Put(c)
	enough := errors.New("enough")
	err = v.clusters(ctx, from, to, func(runs []run) error {
		if n > most {
			return enough
		}
		if r := &runs[0]; len(runs) == 1 && !r.clipped && !r.deletes() && r.first >= from && r.last < to {
			n += r.n
			return nil
		}
		return v.merged(c, runs, from, to, func(b block) error { n += len(b.t); return nil })
	})
	if err == enough { //nolint:errorlint // this very value
		err = nil
	}
	return n, err
}

func (r *run) deletes() bool {
	return slices.ContainsFunc(r.edits, func(e edit) bool { return !e.rescale })
}

// Latest returns the last reading of each channel before the given instant; see history.Store.
func (s *Store) Latest(ctx context.Context, ids []measure.ChannelID, before int64) ([]measure.Reading, error) {
	if ids == nil {
		var err error
		if ids, err = s.channels(); err != nil {
			return nil, err
		}
	}
	c := s.coder()
	defer s.coders.Put(c)
	latest := make([]measure.Reading, 0, len(ids))
	for _, id := range ids {
		r, ok, err := s.latest(ctx, c, id, before)
		if err != nil {
			return nil, fmt.Errorf("latest reading of channel %d: %w", id, err)
		}
		if ok {
			latest = append(latest, r)
		}
	}
	return latest, nil
}

func (s *Store) latest(ctx context.Context, c *column.Coder, id measure.ChannelID, before int64) (measure.Reading, bool, error) {
	v := s.view(id, math.MinInt64, before)
	defer v.release()
	l := latestOf{v: v, c: c, before: before}
	// What is in memory is newer than any file, and most often it is all that is needed.
	for _, r := range slices.Backward(v.memory) {
		if err := l.look(r); err != nil {
			return measure.Reading{}, false, err
		}
	}
	for _, at := range slices.Backward(v.pinned) {
		if err := ctx.Err(); err != nil {
			return measure.Reading{}, false, err
		}
		if _, end := at.p.bounds(); l.found && l.r.T >= end {
			break
		}
		if err := l.lookInto(at); err != nil {
			return measure.Reading{}, false, err
		}
	}
	return l.r, l.found, nil
}

// latestOf looks for the latest reading before an instant. What it looks at first wins where two have the instant.
type latestOf struct {
	v      *view
	c      *column.Coder
	before int64
	r      measure.Reading
	found  bool
}

// lookInto looks at a partition's segments, the newest first.
func (l *latestOf) lookInto(at pinned) error {
	for _, g := range slices.Backward(at.segments) {
		if g.first >= l.before || l.found && g.last <= l.r.T {
			continue
		}
		chunks, err := l.v.s.chunksOf(at.p, g, l.v.id)
		if err != nil {
			return err
		}
		for _, ch := range slices.Backward(chunks) {
			r := run{seq: g.seq, n: ch.n, first: ch.first, last: ch.last, partition: at.p, chunk: ch}
			r.edits = l.v.pending.after(r.seq, l.v.id, r.first, r.last)
			if err := l.look(r); err != nil {
				return err
			}
		}
	}
	return nil
}

func (l *latestOf) look(r run) error {
	if r.first >= l.before || l.found && r.last <= l.r.T {
		return nil
	}
	b, err := l.v.load(l.c, &r, l.v.spare)
	if err != nil {
		return err
	}
	b = b.between(math.MinInt64, l.before)
	if n := len(b.t); n > 0 && (!l.found || b.t[n-1] > l.r.T) {
		l.r, l.found = b.reading(l.v.id, n-1), true
	}
	return nil
}

// channels lists all channels that may have readings.
func (s *Store) channels() ([]measure.ChannelID, error) {
	v := s.view(everyChannel, math.MinInt64, math.MaxInt64)
	defer v.release()
	known := map[measure.ChannelID]bool{}
	s.mu.Lock()
	for id := range s.heads {
		known[id] = true
	}
	if s.frozen != nil {
		for id := range s.frozen.heads {
			known[id] = true
		}
	}
	s.mu.Unlock()
	for _, at := range v.pinned {
		for _, g := range at.segments {
			ids, err := s.channelsOf(at.p, g)
			if err != nil {
				return nil, err
			}
			for _, id := range ids {
				known[id] = true
			}
		}
	}
	all := make([]measure.ChannelID, 0, len(known))
	for id := range known {
		all = append(all, id)
	}
	slices.Sort(all)
	return all, nil
}

var _ history.Store = (*Store)(nil)
