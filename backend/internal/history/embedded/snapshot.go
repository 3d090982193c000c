package embedded

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Snapshot is a store's files as they were at one instant. It holds them open, so that it stays what it is however long
// copying takes and whatever the store does meanwhile: sealing and tidying remove files, and never change what lies in
// them already.
type Snapshot struct {
	Files    []SnapshotFile
	Readings int64 // in them; one that is there twice, or deleted and not yet tidied away, counts
}

// SnapshotFile is one file of a snapshot, or the beginning of one that goes on growing.
type SnapshotFile struct {
	Name     string // in the store's folder
	Size     int64
	Modified time.Time
	Grows    bool // only ever at its end: an earlier copy is the beginning of a later one

	f *os.File
}

// Open reads the file from its beginning.
func (f *SnapshotFile) Open() *io.SectionReader { return io.NewSectionReader(f.f, 0, f.Size) }

// Close lets go of the files.
func (s *Snapshot) Close() error {
	var errs []error
	for _, f := range s.Files {
		errs = append(errs, f.f.Close())
	}
	s.Files = nil
	return errors.Join(errs...)
}

const (
	snapshotTries = 60
	snapshotPause = 50 * time.Millisecond // at first, then up to ten times that: half a minute in all
)

var errMoved = errors.New("the history was changing all the time: try again")

// TakeSnapshot takes one of the store in dir/history, which another process, or this one, may have open. beside is
// called while the store is known not to seal, tidy or edit: what it copies belongs to the same instant. It may be
// called several times; the last time counts.
//
// Why this is one instant: let L1 and L2 be two looks at the folder that show the same newest .hist file of each week with
// the same size, the same journals and the same file of edits (by inode and time, for it is replaced as a whole). Names are
// not used again: numbers of journals and generations only grow; a week's file begins anew at g1 only after a deletion,
// which replaces the edits. So between L1 and L2
//   - no sealing ended: that removes a journal. One that has begun, or that writes its first bytes, leaves what a kill would
//     leave: the journals still have all of it, and recovery cuts an unfinished segment off.
//   - no tidying ended: that brings another generation. A week of which two are there is read, and copied, as its newest.
//   - no edit ended: the file of edits is replaced before the call returns. One that is in the journal only was being made,
//     and recovery takes it from there. Forgetting edits that are carried out replaces the file too.
//   - readings were appended, to the last journal alone. Its beginning up to the last whole record seen is what was
//     stored at that moment: records are written one after the other, so that all before a whole one are whole.
//
// This is thus a state that a kill at that moment could have left. Everything acknowledged before the call is in it.
func TakeSnapshot(ctx context.Context, dir string, beside func() error) (*Snapshot, error) {
	dir = filepath.Join(dir, Folder)
	for try := range snapshotTries {
		s, err := trySnapshot(dir, beside)
		if !errors.Is(err, errMoved) {
			return s, err
		}
		pause := time.NewTimer(time.Duration(min(try, 10)) * snapshotPause)
		select {
		case <-ctx.Done():
			pause.Stop()
			return nil, ctx.Err()
		case <-pause.C:
		}
	}
	return nil, errMoved
}

func trySnapshot(dir string, beside func() error) (s *Snapshot, err error) {
	before, err := look(dir)
	if err != nil {
		return nil, err
	}
	s = &Snapshot{}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.Close())
		}
	}()
	for _, seen := range before {
		if err := s.hold(filepath.Join(dir, seen.Name()), seen); err != nil {
			return s, err
		}
	}
	if err := beside(); err != nil {
		return s, err
	}
	after, err := look(dir)
	if err != nil {
		return s, err
	}
	if !slices.EqualFunc(before, after, unmoved) {
		return s, errMoved
	}
	return s, nil
}

// look lists what counts in the folder, by name.
func look(dir string) (seen []fs.FileInfo, err error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil // nothing was ever stored
	}
	if err != nil {
		return nil, err
	}
	newest := map[int64]uint32{}
	for _, e := range entries {
		if week, generation, ok := partitionNamed(e.Name()); ok {
			newest[week] = max(newest[week], generation)
		}
	}
	for _, e := range entries {
		week, generation, hist := partitionNamed(e.Name())
		if hist && generation < newest[week] || !hist && !isJournal(e.Name()) && e.Name() != editsFile {
			continue
		}
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil, errMoved
		}
		if err != nil {
			return nil, err
		}
		seen = append(seen, info)
	}
	return seen, nil
}

func partitionNamed(name string) (week int64, generation uint32, ok bool) {
	if !strings.HasSuffix(name, ".hist") {
		return 0, 0, false
	}
	_, err := fmt.Sscanf(name, "week%d.g%d.hist", &week, &generation)
	return week, generation, err == nil
}

func isJournal(name string) bool { return strings.HasPrefix(name, "journal-") }

// unmoved reports whether two looks at a file have shown the same.
func unmoved(a, b fs.FileInfo) bool {
	if a.Name() != b.Name() || !os.SameFile(a, b) {
		return false
	}
	return isJournal(a.Name()) || a.Size() == b.Size() && a.ModTime().Equal(b.ModTime())
}

// hold opens a file and keeps it in the snapshot.
func (s *Snapshot) hold(path string, seen fs.FileInfo) error {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return errMoved
	}
	if err != nil {
		return err
	}
	held := SnapshotFile{Name: seen.Name(), Size: seen.Size(), Modified: seen.ModTime(), f: f}
	s.Files = append(s.Files, held)
	now := &s.Files[len(s.Files)-1]
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if !os.SameFile(info, seen) {
		return errMoved
	}
	if !isJournal(seen.Name()) {
		if now.Grows = seen.Name() != editsFile; now.Grows {
			s.Readings += segmentReadings(f, now.Size)
		}
		return nil
	}
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return errMoved
	}
	if err != nil {
		return err
	}
	now.Size, err = scan(b, func(payload []byte) error {
		if payload[0] == recordBatch {
			n, _ := binary.Uvarint(payload[1:])
			s.Readings += int64(n)
		}
		return nil
	}, func(int64, int64) {}) // what is damaged is copied as it is: the next start reports it
	return err
}

// segmentReadings counts by the headers of segments, up to the first that is none.
func segmentReadings(f file, size int64) (n int64) {
	for at := int64(fileHeader); at < size; {
		info, ok, err := segmentAt(f, at, size)
		if err != nil || !ok {
			return n
		}
		n += info.readings
		at += info.size()
	}
	return n
}
