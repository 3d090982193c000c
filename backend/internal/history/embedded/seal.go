package embedded

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"os"
	"slices"
	"time"

	"hypha/internal/measure"
)

// tend seals and tidies when it is time to, until ctx ends.
func (s *Store) tend(ctx context.Context) {
	tick := time.NewTicker(s.cfg.TendEvery)
	defer tick.Stop()
	failing := false
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-s.wake:
			if failing {
				continue // the disk is full, most likely: at the next tick, not at each append
			}
		}
		err := s.Tend(ctx)
		if err != nil && ctx.Err() == nil && !failing {
			s.cfg.Logger.Error("history could not be put in order; its journal goes on", "error", err)
		}
		failing = err != nil
	}
}

// Tend does what is due: sealing, then tidying of one week.
func (s *Store) Tend(ctx context.Context) error {
	var err error
	if s.sealDue() {
		err = s.Seal(ctx)
	}
	return errors.Join(err, s.tidyNext(ctx))
}

func (s *Store) sealDue() bool {
	s.writing.Lock()
	long := s.journal.at > s.cfg.SealBytes || s.journal.suspect.Load()
	s.writing.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	if long || s.frozen != nil {
		return true
	}
	memory := 0
	for _, h := range s.heads {
		memory += h.bytes()
	}
	return memory > s.cfg.SealMemory || len(s.heads) > 0 && time.Since(s.since) > s.cfg.SealAge
}

// Seal writes what is in memory into the files of its weeks. What it could not finish it goes on with the next time.
func (s *Store) Seal(ctx context.Context) error {
	s.tending.Lock()
	defer s.tending.Unlock()
	s.mu.Lock()
	now := s.frozen
	s.mu.Unlock()
	if now == nil {
		var err error
		if now, err = s.freeze(); err != nil {
			return err
		}
	}
	files, err := s.writeFrozen(ctx, now)
	if err != nil {
		return fmt.Errorf("seal history: %w", named(err))
	}
	s.mu.Lock()
	for _, f := range files {
		s.publish(f)
	}
	s.frozen = nil
	s.mu.Unlock()
	return s.dropJournals()
}

// freeze begins a new journal and takes out of memory what is to be sealed. Channels with few readings stay, unless a
// day has passed: many small chunks would take more room.
func (s *Store) freeze() (*frozen, error) {
	s.writing.Lock()
	defer s.writing.Unlock()
	if s.closed {
		return nil, errClosed
	}
	s.mu.Lock()
	old := time.Since(s.since) > s.cfg.SealAge
	now := &frozen{heads: map[measure.ChannelID]*head{}}
	carried := map[measure.ChannelID]*head{}
	for id, h := range s.heads {
		if h.n >= s.cfg.carryBelow || old && h.n > 0 {
			now.heads[id] = h
		} else if h.n > 0 {
			carried[id] = h
		}
	}
	s.mu.Unlock() // nothing changes meanwhile: writing is held
	next, err := createJournal(s.cfg.disk, s.dir, s.journal.number+1)
	if err != nil {
		return nil, err
	}
	if err := s.carry(next, carried); err != nil {
		return nil, errors.Join(err, next.f.Close(), s.cfg.disk.remove(next.path))
	}
	if err := syncData(next.f); err != nil && len(carried) > 0 {
		return nil, errors.Join(fmt.Errorf("sync what is carried over: %w", err), next.f.Close(), s.cfg.disk.remove(next.path))
	}
	before := s.journal
	s.covered = append(s.covered, before.path)
	s.journal = next
	s.mu.Lock()
	s.seq++
	now.seq = s.seq
	s.frozen, s.heads = now, carried
	if len(carried) == 0 {
		s.since = time.Now()
	}
	s.mu.Unlock()
	// What was appended last is in no sync that is still to come. When this one fails, being sealed is what saves it.
	if err := before.close(); err != nil {
		s.cfg.Logger.Warn("a journal of the history was not brought to the disk; its readings are sealed now", "error", err)
	}
	return now, nil
}

// carry writes what stays in memory to the next journal.
func (s *Store) carry(next *journal, heads map[measure.ChannelID]*head) error {
	for _, id := range slices.Sorted(maps.Keys(heads)) {
		var readings []measure.Reading
		v := &view{s: s, id: id, memory: heads[id].runs(latestSeq, math.MinInt64, math.MaxInt64)}
		err := v.blocks(context.Background(), &s.packer, math.MinInt64, math.MaxInt64, func(b block) error {
			for i := range b.t {
				readings = append(readings, b.reading(id, i))
			}
			return nil
		})
		if err == nil && len(readings) > 0 {
			err = next.write(func(b []byte) []byte { return appendBatch(b, readings) })
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// written is segments that lie in a file and are not published yet.
type written struct {
	p        *partition // known already, unless fresh
	fresh    bool
	segments []*segment
	size     int64 // of the file with them
}

// publish makes segments part of what is read. The caller holds mu.
func (s *Store) publish(w *written) {
	w.p.segments = append(w.p.segments, w.segments...)
	w.p.size = w.size
	if w.fresh {
		all := append(slices.Clone(s.partitions), w.p)
		slices.SortFunc(all, func(a, b *partition) int { return cmp.Compare(a.number, b.number) })
		s.partitions = all
	}
}

// writeFrozen writes segments, and brings them to the disk.
func (s *Store) writeFrozen(ctx context.Context, now *frozen) ([]*written, error) {
	w := &writer{s: s, seq: now.seq, coder: s.coder(), files: map[int64]*fill{}}
	defer s.coders.Put(w.coder)
	for _, id := range slices.Sorted(maps.Keys(now.heads)) {
		h := now.heads[id]
		v := &view{s: s, id: id, memory: h.runs(now.seq, math.MinInt64, math.MaxInt64)}
		cut := w.cutter(id, v.memory)
		err := v.blocks(ctx, w.coder, math.MinInt64, math.MaxInt64, cut.add)
		if err == nil {
			err = cut.flush()
		}
		if err != nil {
			return nil, errors.Join(err, w.undo())
		}
	}
	all, err := w.finish()
	if err != nil {
		return nil, errors.Join(err, w.undo())
	}
	return all, nil
}

// dropJournals removes the journals of what is sealed.
func (s *Store) dropJournals() error {
	s.writing.Lock()
	defer s.writing.Unlock()
	if s.unsaved {
		if err := s.saveEdits(); err != nil {
			return err // a journal may have the only record of an edit
		}
	}
	for len(s.covered) > 0 {
		if err := s.cfg.disk.remove(s.covered[0]); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("remove a journal that is sealed: %w", err)
		}
		s.covered = s.covered[1:]
	}
	return nil
}
