package embedded

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"hypha/internal/measure"
)

const tidyFrom = 300 // seals of the running week

// tidyNext tidies one week that needs it.
func (s *Store) tidyNext(ctx context.Context) error {
	s.mu.Lock()
	var next *partition
	for _, p := range s.partitions {
		if time.Since(p.tidied) >= s.cfg.TidyEvery && s.untidy(p) {
			next = p
			break
		}
	}
	s.mu.Unlock()
	if next == nil {
		return nil
	}
	return s.tidy(ctx, next.number)
}

// untidy reports whether it is worth writing a partition anew. The caller holds mu.
func (s *Store) untidy(p *partition) bool {
	seals := 0
	for i, g := range p.segments {
		if i == 0 || g.seq != p.segments[i-1].seq {
			seals++
		}
	}
	newest := min(s.partitions[len(s.partitions)-1].number, partitionOf(time.Now().UnixMilli()))
	if seals > tidyFrom || seals > 1 && p.number < newest {
		return true
	}
	return slices.ContainsFunc(s.edits, func(e edit) bool {
		return e.channel != everyChannel && s.waits(p, e) // old weeks go with their file
	})
}

// waits reports whether an edit has still to be carried out on a partition's file. The caller holds mu.
func (s *Store) waits(p *partition, e edit) bool {
	return slices.ContainsFunc(p.segments, func(g *segment) bool {
		return g.seq < e.seq && (e.rescale || e.from <= g.last && e.to > g.first)
	})
}

// Tidy writes the files of all weeks anew.
func (s *Store) Tidy(ctx context.Context) error {
	s.mu.Lock()
	all := s.partitions
	s.mu.Unlock()
	for _, p := range all {
		if err := s.tidy(ctx, p.number); err != nil {
			return err
		}
	}
	return nil
}

// tidy writes the file of a week anew: each channel's chunks together and full, each reading once, edits carried out.
func (s *Store) tidy(ctx context.Context, number int64) error {
	s.tending.Lock()
	defer s.tending.Unlock()
	s.mu.Lock()
	i := slices.IndexFunc(s.partitions, func(p *partition) bool { return p.number == number })
	if i < 0 {
		s.mu.Unlock()
		return nil
	}
	old := s.partitions[i]
	old.tidied = time.Now()
	old.pins++
	segments, pending, seq := old.segments, s.edits, s.seq
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		s.unpin(old)
		s.mu.Unlock()
	}()

	fresh := s.fresh(number, old.generation+1)
	fresh.p.tidied = old.tidied
	w := &writer{
		s: s, seq: seq, coder: s.coder(), files: map[int64]*fill{},
		next: func(int64) (*written, error) { return fresh, nil },
	}
	defer s.coders.Put(w.coder)
	// Under another name until it is whole: a crash must not leave half of it in the place of the old one.
	final := fresh.p.path
	fresh.p.handle.path = final + temporary
	all, err := w.rewrite(ctx, pinned{old, segments}, pending)
	if err == nil && len(all) > 0 {
		err = errors.Join(s.files.close(&fresh.p.handle), s.cfg.disk.rename(fresh.p.handle.path, final))
		if err == nil {
			fresh.p.handle.path = final
			err = s.cfg.disk.syncDir(s.dir)
		}
	}
	if err != nil {
		return errors.Join(fmt.Errorf("tidy week %d of the history: %w", number, named(err)), s.files.close(&fresh.p.handle), s.cfg.disk.remove(fresh.p.handle.path))
	}
	s.mu.Lock()
	s.doom(old)
	for _, f := range all {
		s.publish(f)
	}
	pruned := s.prune()
	s.mu.Unlock()
	if !pruned {
		return nil
	}
	s.writing.Lock()
	defer s.writing.Unlock()
	return s.saveEdits()
}

const temporary = ".tmp"

// rewrite writes all that a partition has into the next file.
func (w *writer) rewrite(ctx context.Context, from pinned, pending edits) ([]*written, error) {
	known := map[measure.ChannelID]bool{}
	var ids []measure.ChannelID
	for _, g := range from.segments {
		some, err := w.s.channelsOf(from.p, g)
		if err != nil {
			return nil, err
		}
		for _, id := range some {
			if !known[id] {
				known[id] = true
				ids = append(ids, id)
			}
		}
	}
	slices.Sort(ids)
	for _, id := range ids {
		v := &view{s: w.s, id: id, pinned: []pinned{from}}
		for _, e := range pending {
			if e.channel == id || e.channel == everyChannel {
				v.pending = append(v.pending, e)
			}
		}
		runs, err := v.stored(from, math.MinInt64, math.MaxInt64)
		if err != nil {
			return nil, err
		}
		cut := w.cutter(id, runs)
		begin, end := from.p.bounds()
		if err := v.blocks(ctx, w.coder, begin, end, cut.add); err != nil {
			return nil, err
		}
		if err := cut.flush(); err != nil {
			return nil, err
		}
	}
	return w.finish()
}

// prune forgets edits that have been carried out everywhere. The caller holds mu.
func (s *Store) prune() bool {
	kept := make(edits, 0, len(s.edits))
	for _, e := range s.edits {
		if s.frozen != nil && s.frozen.seq < e.seq || slices.ContainsFunc(s.partitions, func(p *partition) bool { return s.waits(p, e) }) {
			kept = append(kept, e)
		}
	}
	pruned := len(kept) < len(s.edits)
	s.edits = kept
	return pruned
}
