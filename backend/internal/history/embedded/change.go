package embedded

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"

	"hypha/internal/history"
	"hypha/internal/measure"
)

const editsFile = "edits"

// Delete deletes a range; see history.Store.
func (s *Store) Delete(ctx context.Context, id measure.ChannelID, from, to int64) (int64, error) {
	if from >= to {
		return 0, nil
	}
	n, err := s.delete(ctx, edit{channel: id, from: from, to: to}, []measure.ChannelID{id})
	if err != nil {
		return 0, fmt.Errorf("delete readings of channel %d: %w", id, err)
	}
	return n, nil
}

// DeleteChannel deletes a channel's readings; see history.Store.
func (s *Store) DeleteChannel(ctx context.Context, id measure.ChannelID) (int64, error) {
	return s.Delete(ctx, id, math.MinInt64, math.MaxInt64)
}

// DropBefore deletes what is older; see history.Store. Weeks that are over go with their files at once.
func (s *Store) DropBefore(ctx context.Context, t int64) (int64, error) {
	ids, err := s.channelsBefore(t)
	if err != nil {
		return 0, err
	}
	drop := edit{channel: everyChannel, from: math.MinInt64, to: t}
	n, err := s.delete(ctx, drop, ids)
	if errors.Is(err, history.ErrFull) {
		// Writing down what is dropped needs room. To remove files needs none, and makes some.
		s.dropFiles(t, true)
		_, err = s.delete(ctx, drop, ids)
	}
	if err != nil {
		return 0, fmt.Errorf("drop old readings: %w", err)
	}
	s.dropFiles(t, false)
	return n, nil
}

// dropFiles removes the files of weeks that ended before t; without force only those whose readings are dropped already:
// something may have come late meanwhile.
func (s *Store) dropFiles(t int64, force bool) {
	s.tending.Lock()
	defer s.tending.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range slices.Clone(s.partitions) {
		if _, end := p.bounds(); end <= t && (force || !s.olderThan(p, t)) {
			s.doom(p)
		}
	}
}

// Oldest returns the instant of the oldest reading, or one before it where single readings were deleted; false when there
// is none.
func (s *Store) Oldest() (t int64, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t = math.MaxInt64
	for _, p := range s.partitions {
		for _, g := range p.segments {
			if first := s.firstOf(g); first <= g.last {
				t, ok = min(t, first), true
			}
		}
	}
	heads := []map[measure.ChannelID]*head{s.heads}
	if s.frozen != nil {
		heads = append(heads, s.frozen.heads)
	}
	for _, some := range heads {
		for _, h := range some {
			if h.n > 0 {
				t, ok = min(t, h.begins()), true
			}
		}
	}
	return t, ok
}

// channelsBefore lists the channels that may have readings before t.
func (s *Store) channelsBefore(t int64) ([]measure.ChannelID, error) {
	s.mu.Lock()
	due := slices.ContainsFunc(s.partitions, func(p *partition) bool { return s.olderThan(p, t) })
	for _, h := range s.heads {
		due = due || h.begins() < t
	}
	if s.frozen != nil {
		for _, h := range s.frozen.heads {
			due = due || h.begins() < t
		}
	}
	s.mu.Unlock()
	if !due {
		return nil, nil
	}
	return s.channels()
}

// olderThan reports whether a partition may have readings before t that are not dropped yet. The caller holds mu.
func (s *Store) olderThan(p *partition, t int64) bool {
	return slices.ContainsFunc(p.segments, func(g *segment) bool {
		first := s.firstOf(g)
		return first < t && first <= g.last
	})
}

// firstOf is where a segment begins, without what is dropped already; after g.last when that is all of it. The caller
// holds mu.
func (s *Store) firstOf(g *segment) int64 {
	first := g.first
	for _, e := range s.edits {
		if e.channel == everyChannel && e.seq > g.seq {
			first = max(first, min(e.to, g.last+1))
		}
	}
	return first
}

func (h *head) begins() int64 {
	first := int64(math.MaxInt64)
	for _, p := range h.parts {
		first = min(first, p.first)
	}
	for _, b := range []block{h.late, h.open} {
		if len(b.t) > 0 {
			first = min(first, b.t[0])
		}
	}
	return first
}

// delete counts what an edit will take from the channels, and makes it.
func (s *Store) delete(ctx context.Context, e edit, ids []measure.ChannelID) (total int64, err error) {
	s.writing.Lock() // nothing is appended between counting and deleting
	defer s.writing.Unlock()
	for _, id := range ids {
		n, err := s.Count(ctx, id, e.from, e.to)
		if err != nil {
			return 0, err
		}
		total += int64(n)
	}
	if total == 0 {
		return 0, nil
	}
	return total, s.change(e)
}

// Rescale converts a channel's values; see history.Store.
func (s *Store) Rescale(ctx context.Context, id measure.ChannelID, by measure.Affine) error {
	if by.IsIdentity() {
		return nil
	}
	s.writing.Lock()
	defer s.writing.Unlock()
	err := s.checkScale(ctx, id, by)
	if err == nil {
		err = s.change(edit{channel: id, rescale: true, by: by})
	}
	if err != nil {
		return fmt.Errorf("rescale channel %d: %w", id, err)
	}
	return nil
}

// checkScale finds a reading whose scaled value is no number.
func (s *Store) checkScale(ctx context.Context, id measure.ChannelID, by measure.Affine) error {
	finite := func(v float64) bool { v = by.Apply(v); return !math.IsInf(v, 0) && !math.IsNaN(v) }
	v := s.view(id, math.MinInt64, math.MaxInt64)
	defer v.release()
	c := s.coder()
	defer s.coders.Put(c)
	return v.clusters(ctx, math.MinInt64, math.MaxInt64, func(runs []run) error {
		// Scaling keeps the order of values, so what holds for both ends holds for all between.
		if r := &runs[0]; len(runs) == 1 && r.partition != nil && len(r.edits) == 0 && r.chunk.usable == r.chunk.n &&
			finite(r.chunk.low) && finite(r.chunk.high) {
			return nil
		}
		return v.merged(c, runs, math.MinInt64, math.MaxInt64, func(b block) error {
			for i, x := range b.v {
				if !finite(x) {
					r := b.reading(id, i)
					r.V = by.Apply(x)
					return &history.InvalidError{Reading: r}
				}
			}
			return nil
		})
	})
}

// change makes an edit: from its record in the journal on it holds. The caller holds writing.
func (s *Store) change(e edit) error {
	if s.closed {
		return errClosed
	}
	s.mu.Lock()
	e.seq = s.seq + 1
	s.mu.Unlock()
	if err := s.journal.write(func(b []byte) []byte { return appendEdit(b, e) }); err != nil {
		return err
	}
	s.mu.Lock()
	s.seq = e.seq
	s.edits = s.edits.with(e)
	err := s.editHeads(e)
	s.mu.Unlock()
	s.unsaved = true
	// Both only matter for a power cut, or once the journal is removed, which needs the file first.
	return errors.Join(err, s.journal.sync(), s.saveEdits())
}

// editHeads carries an edit out on what is in memory. The caller holds mu.
func (s *Store) editHeads(e edit) error {
	var errs []error
	for id, h := range s.heads {
		if e.channel != everyChannel && e.channel != id {
			continue
		}
		on := e
		on.channel = id
		if errs = append(errs, h.edit(&s.packer, on)); h.n == 0 {
			delete(s.heads, id)
		}
	}
	return errors.Join(errs...)
}

// saveEdits writes the edits anew. The caller holds writing.
func (s *Store) saveEdits() error {
	s.mu.Lock()
	all := s.edits
	s.mu.Unlock()
	var b []byte
	for _, e := range all {
		from := len(b)
		b = sealed(appendEdit(b, e), from)
	}
	b = append(b, b...) // a conversion that is lost would make wrong values, so there are two of each
	path := filepath.Join(s.dir, editsFile)
	if err := s.replace(path, b); err != nil {
		return fmt.Errorf("write edits: %w", named(err))
	}
	s.unsaved = false
	return nil
}

// replace writes a file so that there is either the old one or the new one, whole.
func (s *Store) replace(path string, b []byte) error {
	d, fresh := s.cfg.disk, path+temporary
	f, err := d.open(fresh, os.O_RDWR|os.O_CREATE|os.O_TRUNC)
	if err != nil {
		return err
	}
	_, err = f.WriteAt(b, 0)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	if err := d.rename(fresh, path); err != nil {
		return err
	}
	return d.syncDir(s.dir)
}
