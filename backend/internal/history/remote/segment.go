package remote

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"hypha/internal/measure"
)

const (
	segmentMagic = "HYPHQUE1"
	segmentEnd   = ".queue"
	positionName = "position"
)

// segment is a file of the queue: its magic, and records. Its fields are guarded by the queue.
type segment struct {
	number uint64
	path   string
	size   int64 // up to where its records hold together
	count  int64 // readings

	// index says which times of which channels are in it; nil = not known yet.
	index map[measure.ChannelID]extent
}

// extent is a range of times with its ends.
type extent struct{ first, last int64 }

func (e extent) with(t int64) extent { return extent{min(e.first, t), max(e.last, t)} }

func indexOf(index map[measure.ChannelID]extent, s sample) {
	e, ok := index[s.channel]
	if !ok {
		e = extent{math.MaxInt64, math.MinInt64}
	}
	index[s.channel] = e.with(s.t)
}

func segmentPath(dir string, number uint64) string {
	return filepath.Join(dir, fmt.Sprintf("%016d%s", number, segmentEnd))
}

// listSegments finds the segments of a folder, oldest first, with what their headers say.
func listSegments(dir string) ([]*segment, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("open queue: %w", err)
	}
	var all []*segment
	for _, e := range entries {
		name, ok := strings.CutSuffix(e.Name(), segmentEnd)
		if !ok {
			continue
		}
		number, err := strconv.ParseUint(name, 10, 64)
		if err != nil {
			continue // not ours
		}
		s := &segment{number: number, path: filepath.Join(dir, e.Name())}
		if err := s.measure(); err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	slices.SortFunc(all, func(a, b *segment) int {
		if a.number < b.number {
			return -1
		}
		return 1
	})
	return all, nil
}

// measure hops from header to header. Checksums are looked at when records are read.
func (s *segment) measure() error {
	f, err := os.Open(s.path)
	if err != nil {
		return fmt.Errorf("open queue: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("open queue: %w", err)
	}
	s.size, s.count = 0, 0
	b := make([]byte, recordHeader)
	if n, _ := f.ReadAt(b[:len(segmentMagic)], 0); n < len(segmentMagic) || string(b[:n]) != segmentMagic {
		return nil // died before its first record, or none of ours
	}
	for s.size = int64(len(segmentMagic)); ; {
		if n, _ := f.ReadAt(b, s.size); n < len(b) {
			return nil
		}
		h, ok := parseHeader(b)
		if !ok || s.size+h.size > info.Size() {
			return nil // torn
		}
		s.size += h.size
		s.count += h.count
	}
}

// load reads the segment up to size, which the caller took under the queue's lock.
func (s *segment) load(size int64) ([]byte, error) {
	f, err := os.Open(s.path)
	if err != nil {
		return nil, fmt.Errorf("read queue: %w", err)
	}
	defer f.Close()
	b := make([]byte, size)
	if _, err := io.ReadFull(f, b); err != nil {
		return nil, fmt.Errorf("read queue: %w", err)
	}
	return b, nil
}

// countTo says how many readings lie before an offset.
func countTo(b []byte, offset int64) (n int64) {
	for at := int64(len(segmentMagic)); at < offset && at < int64(len(b)); {
		h, ok := parseHeader(b[at:])
		if !ok {
			break
		}
		n += h.count
		at += h.size
	}
	return n
}

// position is a place between two records.
type position struct {
	segment uint64
	offset  int64
}

func (p position) before(q position) bool {
	return p.segment < q.segment || p.segment == q.segment && p.offset < q.offset
}

// progress is what the file "position" holds, with a checksum.
type progress struct {
	at    position // up to where readings were sent
	sent  uint64   // how many ever were
	clean bool     // nothing has to be sent again: the program ended as it should
}

const progressSize = 8 + 8 + 8 + 1 + 4

// load reads the file; without one, or with a damaged one, everything in the queue is sent, some of it again.
func (p *progress) load(dir string) {
	b, err := os.ReadFile(filepath.Join(dir, positionName))
	if err != nil || len(b) != progressSize {
		return
	}
	if crc32.ChecksumIEEE(b[:progressSize-4]) != binary.LittleEndian.Uint32(b[progressSize-4:]) {
		return
	}
	p.at.segment = binary.LittleEndian.Uint64(b)
	p.at.offset = int64(binary.LittleEndian.Uint64(b[8:]))
	p.sent = binary.LittleEndian.Uint64(b[16:])
	p.clean = b[24] == 1
}

// save overwrites the file in place: it is so small that a kill cannot tear it, and what a power cut tears, the
// checksum finds.
func (p *progress) save(f *os.File) error {
	b := make([]byte, 0, progressSize)
	b = binary.LittleEndian.AppendUint64(b, p.at.segment)
	b = binary.LittleEndian.AppendUint64(b, uint64(p.at.offset))
	b = binary.LittleEndian.AppendUint64(b, p.sent)
	clean := byte(0)
	if p.clean {
		clean = 1
	}
	b = append(b, clean)
	b = binary.LittleEndian.AppendUint32(b, crc32.ChecksumIEEE(b))
	if _, err := f.WriteAt(b, 0); err != nil {
		return fmt.Errorf("note how far the remote engine has come: %w", err)
	}
	return nil
}

// removeAll deletes files and tells all that went wrong.
func removeAll(segments []*segment) error {
	var errs []error
	for _, s := range segments {
		if err := os.Remove(s.path); err != nil && !errors.Is(err, os.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}
