package embedded

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// recover reads what is there: files, edits, journals, in this order.
func (s *Store) recover(ctx context.Context) error {
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		return err
	}
	var journals []string
	for _, e := range entries {
		path := filepath.Join(s.dir, e.Name())
		switch {
		case strings.HasSuffix(path, temporary): // was not finished
			err = s.cfg.disk.remove(path)
		case strings.HasPrefix(e.Name(), "journal-"):
			journals = append(journals, path) // by number: ReadDir sorts
		case strings.HasSuffix(path, ".hist"):
			err = s.recoverPartition(path)
		}
		if err := errors.Join(err, ctx.Err()); err != nil {
			return err
		}
	}
	if err := s.keepNewest(); err != nil {
		return err
	}
	if err := s.recoverEdits(); err != nil {
		return err
	}
	return s.recoverJournals(journals)
}

// recoverPartition reads the headers of a file. What it ends with that is no whole segment is cut off: it was being
// written, and the journal still has it.
func (s *Store) recoverPartition(path string) error {
	p := &partition{path: path, handle: handle{path: path}}
	f, done, err := s.files.use(&p.handle, 0)
	if err != nil {
		return err
	}
	defer done()
	size, err := sizeOf(f)
	if err != nil {
		return err
	}
	var week int64
	var generation uint32
	if _, err := fmt.Sscanf(filepath.Base(path), "week%d.g%d.hist", &week, &generation); err != nil {
		s.cfg.Logger.Warn("a file that is not ours lies in the history's folder", "file", path)
		return nil
	}
	p.number, p.generation = week, generation
	head := make([]byte, fileHeader)
	if _, err := f.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if _, _, err := takeFileHeader(head); err != nil && size >= fileHeader {
		s.cfg.Logger.Warn("a file of the history has a damaged header; its name says the same", "file", path)
	}
	at := int64(fileHeader)
	for at < size {
		info, ok, err := segmentAt(f, at, size)
		if err != nil {
			return err
		}
		if ok {
			p.segments = append(p.segments, &segment{segmentInfo: info, at: at})
			at += info.size()
			continue
		}
		next, err := nextSegment(f, at, size)
		if err != nil {
			return err
		}
		end := next
		if next < 0 {
			end = size
		}
		if info, ok, err := segmentBefore(f, at, end); err != nil {
			return err
		} else if ok {
			s.cfg.Logger.Warn("a segment of the history has a damaged header; its trailer says the same", "file", path, "byte", at)
			p.segments = append(p.segments, &segment{segmentInfo: info, at: at})
			at = end
			continue
		}
		if next < 0 {
			s.cfg.Logger.Warn("a segment that was not finished is cut off", "file", path, "byte", at, "bytes", size-at)
			if err := f.Truncate(at); err != nil {
				return err
			}
			break
		}
		begin, last := p.bounds()
		s.damage(path, fmt.Sprintf("segment at byte %d", at), begin, last-1)
		at = next
	}
	p.size = at
	if len(p.segments) == 0 {
		p.size = 0 // the header is written with the first one
	}
	for _, g := range p.segments {
		s.seq = max(s.seq, g.seq)
	}
	s.partitions = append(s.partitions, p)
	return nil
}

// segmentAt reads the header of the segment that begins at a place; false when there is none that is whole.
func segmentAt(f file, at, size int64) (info segmentInfo, ok bool, err error) {
	if at+segmentHeader > size {
		return info, false, nil
	}
	head := make([]byte, segmentHeader)
	if _, err := f.ReadAt(head, at); err != nil {
		return info, false, err
	}
	info, err = takeSegmentHeader(head, segmentMagic)
	if err != nil || info.columns < 0 || info.directory < 0 || info.columns > size || info.directory > size || at+info.size() > size {
		return info, false, nil //nolint:nilerr // what is damaged is no segment
	}
	return info, true, nil
}

// segmentBefore reads the trailer of the segment that goes from at to end; false when there is none.
func segmentBefore(f file, at, end int64) (info segmentInfo, ok bool, err error) {
	if end-at < 2*segmentHeader {
		return info, false, nil
	}
	tail := make([]byte, segmentHeader)
	if _, err := f.ReadAt(tail, end-segmentHeader); err != nil {
		return info, false, err
	}
	info, err = takeSegmentHeader(tail, trailerMagic)
	return info, err == nil && info.size() == end-at, nil
}

// nextSegment looks for a segment's header after a place; -1 when there is none.
func nextSegment(f file, at, size int64) (int64, error) {
	const window = 1 << 20
	buffer := make([]byte, window+segmentHeader)
	for at++; at < size; at += window {
		n, err := f.ReadAt(buffer, at)
		if err != nil && !errors.Is(err, io.EOF) {
			return 0, err
		}
		for i := 0; ; {
			k := strings.Index(string(buffer[i:n]), segmentMagic)
			if k < 0 || i+k >= window {
				break
			}
			i += k
			if _, ok, err := segmentAt(f, at+int64(i), size); ok || err != nil {
				return at + int64(i), err
			}
			i++
		}
	}
	return -1, nil
}

// keepNewest removes the files that tidying has replaced and could not remove.
func (s *Store) keepNewest() error {
	slices.SortFunc(s.partitions, func(a, b *partition) int {
		return cmp.Or(cmp.Compare(a.number, b.number), cmp.Compare(b.generation, a.generation))
	})
	var kept []*partition
	for _, p := range s.partitions {
		if n := len(kept); n > 0 && kept[n-1].number == p.number {
			s.discard(p)
			continue
		}
		kept = append(kept, p)
	}
	s.partitions = kept
	return nil
}

func (s *Store) recoverEdits() error {
	path := filepath.Join(s.dir, editsFile)
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	bad := map[int]int{} // by place in a copy: how many copies of it are damaged
	half := len(b) / 2
	for at := 0; at < len(b); at += editSize + 4 {
		one, err := unsealed(b[at:min(at+editSize+4, len(b))])
		if err == nil {
			var e edit
			if e, err = takeEdit(one[1:]); err == nil {
				s.addEdit(e)
			}
		}
		if err == nil {
			continue
		}
		if bad[at%max(half, 1)]++; bad[at%max(half, 1)] == 2 {
			s.damage(path, fmt.Sprintf("edit at byte %d: what it deleted or converted is as it was before", at), math.MinInt64, math.MaxInt64)
		}
	}
	return nil
}

// recoverJournals plays the journals, and goes on with the last one.
func (s *Store) recoverJournals(paths []string) error {
	var number uint64
	paths, err := s.begun(paths)
	if err != nil {
		return err
	}
	for i, path := range paths {
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if _, err := fmt.Sscanf(filepath.Base(path), "journal-%d", &number); err != nil {
			s.cfg.Logger.Warn("a file that is not ours lies in the history's folder", "file", path)
			continue
		}
		last, whole := i == len(paths)-1, true
		end, err := scan(b, s.play, func(from, to int64) {
			if last && to == int64(len(b)) && from >= journalHeader {
				s.report(Damage{
					File: path, Part: fmt.Sprintf("bytes %d to %d", from, to), Tail: true,
					From: time.UnixMilli(math.MinInt64).UTC(), To: time.UnixMilli(math.MaxInt64).UTC(),
				})
				return
			}
			whole = false
			s.damage(path, fmt.Sprintf("bytes %d to %d", from, to), math.MinInt64, math.MaxInt64)
		})
		if err != nil {
			return err
		}
		if last && whole && end >= journalHeader {
			j := newJournal(s.cfg.disk, s.dir, number)
			j.at = end
			return s.goOn(j)
		}
		s.covered = append(s.covered, path)
	}
	s.journal = newJournal(s.cfg.disk, s.dir, number+1)
	if err := s.journal.begin(); err != nil {
		// A full disk is no reason not to start: what is there can be read, and writing tries again.
		s.cfg.Logger.Error("the history cannot be written now", "error", err)
	}
	return nil
}

// begun returns the journals that have a header. The others were being begun: nothing is in them yet.
func (s *Store) begun(paths []string) (all []string, err error) {
	for _, path := range paths {
		info, err := os.Stat(path)
		if err != nil {
			return nil, err
		}
		if info.Size() >= journalHeader {
			all = append(all, path)
		} else if err := s.cfg.disk.remove(path); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// goOn appends to a journal that is there, in the place of what comes after its last record.
func (s *Store) goOn(j *journal) error {
	f, err := s.cfg.disk.open(j.path, os.O_RDWR)
	if err != nil {
		return err
	}
	if err := f.Truncate(j.at); err != nil {
		return errors.Join(err, f.Close())
	}
	j.f, j.room, s.journal = f, j.at, j
	return nil
}

// addEdit takes an edit in; false when it is known.
func (s *Store) addEdit(e edit) bool {
	s.seq = max(s.seq, e.seq)
	if slices.ContainsFunc(s.edits, func(old edit) bool { return old.seq == e.seq }) {
		return false
	}
	s.edits = s.edits.with(e)
	return true
}

// play does what a record says.
func (s *Store) play(payload []byte) error {
	switch payload[0] {
	case recordBatch:
		readings, err := takeBatch(payload[1:])
		if err != nil {
			return fmt.Errorf("a record of the journal is whole and makes no sense: %w", err)
		}
		s.take(readings)
	case recordEdit:
		e, err := takeEdit(payload[1:])
		if err != nil {
			return fmt.Errorf("a record of the journal is whole and makes no sense: %w", err)
		}
		if s.addEdit(e) {
			s.unsaved = true
		}
		return s.editHeads(e)
	default:
		return fmt.Errorf("the journal has a record of kind %d: it was written by a later version", payload[0])
	}
	return nil
}
