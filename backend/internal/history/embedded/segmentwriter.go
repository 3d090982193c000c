package embedded

import (
	"errors"
	"maps"
	"os"
	"slices"

	"hypha/internal/history/column"
)

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
