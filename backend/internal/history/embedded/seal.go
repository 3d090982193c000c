package embedded

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"math/bits"
	"os"
	"slices"
	"time"

	"hypha/internal/history/column"
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

// writer writes segments into the files of partitions.
type writer struct {
	s     *Store
	seq   uint64
	coder *column.Coder
	files map[int64]*fill
	next  func(number int64) (*written, error) // where the segments of a partition go; nil: behind what is there
}

// fill is a partition's file and the segment being gathered for it.
type fill struct {
	*written
	b *builder
}

// to returns the fill of a partition.
func (w *writer) to(number int64) (*fill, error) {
	if f := w.files[number]; f != nil {
		return f, nil
	}
	place := w.next
	if place == nil {
		place = w.s.behind
	}
	at, err := place(number)
	if err != nil {
		return nil, err
	}
	f := &fill{written: at, b: newBuilder(w.coder)}
	w.files[number] = f
	return f, nil
}

// behind is where the next segments of a partition go.
func (s *Store) behind(number int64) (*written, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range s.partitions {
		if p.number == number {
			return &written{p: p, size: p.size}, nil
		}
	}
	return s.fresh(number, 1), nil
}

// fresh is a partition that has no file yet.
func (s *Store) fresh(number int64, generation uint32) *written {
	p := &partition{number: number, generation: generation, path: partitionPath(s.dir, number, generation)}
	p.handle.path = p.path
	return &written{p: p, fresh: true}
}

// emit writes the segment gathered so far.
func (w *writer) emit(f *fill) error {
	if len(f.b.entries) == 0 {
		return nil
	}
	all, info := f.b.bytes(w.seq)
	at := f.size
	if f.size == 0 {
		all = append(appendFileHeader(nil, f.p.number, f.p.generation), all...)
		at = fileHeader
	}
	file, done, err := w.s.files.use(&f.p.handle, os.O_CREATE)
	if err != nil {
		return err
	}
	defer done()
	if _, err := file.WriteAt(all, f.size); err != nil {
		return err
	}
	f.size += int64(len(all))
	f.segments = append(f.segments, &segment{segmentInfo: info, at: at})
	f.b = newBuilder(w.coder)
	return nil
}

// finish writes what is left, and brings all to the disk.
func (w *writer) finish() (all []*written, err error) {
	fresh := false
	for _, number := range slices.Sorted(maps.Keys(w.files)) {
		f := w.files[number]
		if err := w.emit(f); err != nil {
			return nil, err
		}
		if len(f.segments) == 0 {
			continue
		}
		file, done, err := w.s.files.use(&f.p.handle, 0)
		if err != nil {
			return nil, err
		}
		err = syncData(file)
		done()
		if err != nil {
			return nil, err
		}
		fresh = fresh || f.fresh
		all = append(all, f.written)
	}
	if fresh {
		err = w.s.cfg.disk.syncDir(w.s.dir)
	}
	return all, err
}

// undo takes away what was written.
func (w *writer) undo() error {
	var errs []error
	for _, f := range w.files {
		if f.fresh {
			errs = append(errs, w.s.files.close(&f.p.handle))
			if err := w.s.cfg.disk.remove(f.p.path); err != nil && !errors.Is(err, os.ErrNotExist) {
				errs = append(errs, err)
			}
			continue
		}
		file, done, err := w.s.files.use(&f.p.handle, 0)
		if err == nil {
			err = file.Truncate(f.p.size)
			done()
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// cutter cuts a channel's readings into chunks: at the end of a partition, and at multiples of a span in which about a
// chunk's readings come. So the chunks of channels that are read together begin together, and share their times, even
// when one of them has missed a reading.
type cutter struct {
	w     *writer
	id    measure.ChannelID
	shift int // the span is 1<<shift ms
	now   block
	end   int64 // of the piece being gathered
}

func (w *writer) cutter(id measure.ChannelID, runs []run) *cutter {
	n, first, last := 0, int64(math.MaxInt64), int64(math.MinInt64)
	for _, r := range runs {
		n, first, last = n+r.n, min(first, r.first), max(last, r.last)
	}
	cut := &cutter{w: w, id: id, shift: 62}
	if n > chunkLen {
		each := chunkLen * (float64(last) - float64(first)) / float64(n)
		cut.shift = min(bits.Len64(uint64(max(each, 1)))-1, 62)
	}
	return cut
}

func (c *cutter) add(b block) error {
	for len(b.t) > 0 {
		if len(c.now.t) > 0 && (b.t[0] >= c.end || len(c.now.t) == chunkLen) {
			if err := c.flush(); err != nil {
				return err
			}
		}
		if len(c.now.t) == 0 {
			p := partition{number: partitionOf(b.t[0])}
			_, c.end = p.bounds()
			if piece := b.t[0]>>c.shift + 1; piece < math.MaxInt64>>c.shift {
				c.end = min(c.end, piece<<c.shift)
			}
		}
		part := b.between(math.MinInt64, c.end)
		if len(part.t) == 0 { // at the very end of time
			part = b.slice(0, 1)
		}
		if room := chunkLen - len(c.now.t); len(part.t) > room {
			part = part.slice(0, room)
		}
		c.now.addAll(part)
		b = b.slice(len(part.t), len(b.t))
	}
	return nil
}

// flush hands the piece on.
func (c *cutter) flush() error {
	if len(c.now.t) == 0 {
		return nil
	}
	f, err := c.w.to(partitionOf(c.now.t[0]))
	if err != nil {
		return err
	}
	f.b.add(c.id, c.now)
	c.now = block{t: c.now.t[:0], v: c.now.v[:0]}
	if len(f.b.columns) > segmentMaxBytes {
		return c.w.emit(f)
	}
	return nil
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
