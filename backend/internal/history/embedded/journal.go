package embedded

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
)

// A journal holds what was appended since it was begun: a header and records. A record is two bytes of magic, the length
// of its payload (4), a checksum of length and payload (4), and the payload. A place without magic means that the rest
// of its page is empty; an empty page ends the journal.
//
// Pages matter, for each sync writes all pages that were touched since the one before: what comes between two syncs is
// kept in one page where it fits.
const (
	journalMagic  = "HYPHJNL1"
	journalHeader = 8 + 8 + 4
	recordHeader  = 2 + 4 + 4
	recordMagic   = 0xa99e
	pageSize      = 4096
	allotment     = 1 << 20 // bytes that are set aside at once, so that appending does not change the file's size
)

// journal is the one being written. Its methods are called by one at a time, but for sync.
type journal struct {
	number uint64
	path   string
	f      file // nil: not begun yet
	disk   disk
	at     int64 // where the next record goes
	room   int64 // up to where the file has been set aside
	since  int64 // bytes written since the last sync
	buffer []byte

	suspect atomic.Bool // a sync has failed: what it should have brought to the disk may never get there

	use sync.RWMutex // held for writing while the file is closed
}

// close brings the journal to the disk and gives back the room that it does not use.
func (j *journal) close() error {
	j.use.Lock()
	defer j.use.Unlock()
	if j.f == nil {
		return nil
	}
	err := syncData(j.f)
	if j.room > j.at {
		err = errors.Join(err, j.f.Truncate(j.at))
	}
	return errors.Join(err, j.f.Close())
}

// sync brings the journal to the disk. What a failed sync has not brought there the system may take for written: the next
// one would succeed without it. So after a failure no sync of this journal is good, until sealing has written all of it
// anew, elsewhere.
func (j *journal) sync() error {
	if err := syncData(j.f); err != nil {
		j.suspect.Store(true)
		return err
	}
	if j.suspect.Load() {
		return errSuspect
	}
	return nil
}

func journalPath(dir string, number uint64) string {
	return filepath.Join(dir, fmt.Sprintf("journal-%08d", number))
}

func newJournal(d disk, dir string, number uint64) *journal {
	return &journal{number: number, path: journalPath(dir, number), disk: d}
}

func createJournal(d disk, dir string, number uint64) (*journal, error) {
	j := newJournal(d, dir, number)
	return j, j.begin()
}

// begin makes the file. When that fails nothing of it stays.
func (j *journal) begin() error {
	f, err := j.disk.open(j.path, os.O_RDWR|os.O_CREATE|os.O_TRUNC)
	if err != nil {
		return fmt.Errorf("begin journal: %w", named(err))
	}
	head := binary.LittleEndian.AppendUint64([]byte(journalMagic), j.number)
	if _, err = f.WriteAt(sealed(head, 0), 0); err == nil {
		err = j.disk.syncDir(filepath.Dir(j.path))
	}
	if err != nil {
		_, _ = f.Close(), j.disk.remove(j.path) // the first error is the one that tells
		return fmt.Errorf("begin journal: %w", named(err))
	}
	j.f, j.at, j.since = f, journalHeader, journalHeader
	return nil
}

// write appends a record. After an error nothing of it counts: the next one takes its place.
func (j *journal) write(payload func([]byte) []byte) error {
	if j.f == nil {
		if err := j.begin(); err != nil {
			return err
		}
	}
	b := append(j.buffer[:0], 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
	b = payload(b)
	j.buffer = b
	if cap(j.buffer) > 1<<20 {
		j.buffer = nil // one large batch is no reason to keep so much
	}
	binary.LittleEndian.PutUint16(b, recordMagic)
	binary.LittleEndian.PutUint32(b[2:], uint32(len(b)-recordHeader))
	binary.LittleEndian.PutUint32(b[6:], recordSum(b))
	if end := j.at + int64(len(b)); end > j.room {
		// Where that is not possible, the write below tells whether there is room.
		if err := allot(j.f, j.room, end+allotment-j.room); err == nil {
			j.room = end + allotment
		}
	}
	if _, err := j.f.WriteAt(b, j.at); err != nil {
		// Part of it may be there, and what is written in its place may be shorter: the rest would look like damage.
		if cut := j.f.Truncate(j.at); cut == nil {
			j.room = j.at
		} else {
			j.room = max(j.room, j.at+int64(len(b))) // close cuts it off
		}
		return fmt.Errorf("write journal: %w", named(err))
	}
	j.at += int64(len(b))
	j.since += int64(len(b))
	return nil
}

// recordSum is the checksum of a record's length and payload.
func recordSum(record []byte) uint32 {
	return checksum(record[2:6]) ^ checksum(record[recordHeader:])
}

// mark notes that a sync begins. What comes next goes to a new page, unless as much as came since the last sync would
// fit into this one.
func (j *journal) mark() {
	left := pageSize - j.at%pageSize
	if j.since > 0 && left < pageSize && j.since > left {
		j.at += left
	}
	j.since = 0
}

// scan reads the records of a journal in order. bad is called for what is damaged, from byte to byte. It returns where
// the next record would go.
func scan(b []byte, record func(payload []byte) error, bad func(from, to int64)) (end int64, err error) {
	at := 0
	if head, err := unsealed(b[:min(len(b), journalHeader)]); err == nil && len(b) >= journalHeader && string(head[:8]) == journalMagic {
		at = journalHeader
	} else if len(b) > 0 {
		bad(0, int64(min(len(b), journalHeader)))
		at = min(len(b), journalHeader)
	}
	end = int64(at)
	for at < len(b) {
		if payload, size := recordAt(b[at:]); size > 0 {
			if err := record(payload); err != nil {
				return end, err
			}
			at += size
			end = int64(at)
			continue
		}
		if next := (at/pageSize + 1) * pageSize; empty(b[at:min(next, len(b))]) {
			at = next
			continue
		}
		from := at
		for at++; at < len(b); at++ { // the next record that holds together
			if _, size := recordAt(b[at:]); size > 0 {
				break
			}
		}
		if at < len(b) {
			bad(int64(from), int64(at))
			continue
		}
		// Nothing follows: a record that was being written when the power went.
		bad(int64(from), int64(len(b)))
	}
	return end, nil
}

// recordAt returns the payload of the record that b begins with, and its size with the header; 0 when there is none.
func recordAt(b []byte) (payload []byte, size int) {
	if len(b) < recordHeader || binary.LittleEndian.Uint16(b) != recordMagic {
		return nil, 0
	}
	n := int64(binary.LittleEndian.Uint32(b[2:]))
	if n == 0 || n > int64(len(b)-recordHeader) {
		return nil, 0
	}
	record := b[:recordHeader+n]
	if recordSum(record) != binary.LittleEndian.Uint32(b[6:]) {
		return nil, 0
	}
	return record[recordHeader:], len(record)
}

func empty(b []byte) bool {
	for _, x := range b {
		if x != 0 {
			return false
		}
	}
	return true
}
