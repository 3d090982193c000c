package sqlite

import (
	"encoding/binary"
	"errors"
	"io/fs"
	"os"
)

// LogDamage says that the write-ahead log of a file is damaged. SQLite takes what follows the damage for a write that was
// never finished, and forgets it without a word, though it was committed.
type LogDamage struct {
	File string
	At   int64 // byte
	// Tail: nothing follows. It may be a write that a power cut has cut short, or the last commit.
	Tail bool
	// Copy is where the log was put aside, before it was opened.
	Copy string
}

// The form of the log, from https://sqlite.org/fileformat2.html#the_write_ahead_log: a header of 32 bytes, then frames of
// 24 bytes and a page each. Salts of the header stand in each frame that belongs to it; what an earlier log has left
// behind has others. The checksum of a frame goes on from the one before.
const (
	logSuffix      = "-wal"
	logHeader      = 32
	logFrame       = 24
	logMagic       = 0x377f0682 // and 1 more where the checksums are of big-endian numbers
	damagedLogCopy = ".damaged"
)

// CheckLog looks for damage in the write-ahead log of a file that nobody has open, and puts a copy of a damaged one
// aside. It returns nil when there is no log, or nothing is wrong with it.
func CheckLog(path string) (*LogDamage, error) {
	b, err := os.ReadFile(path + logSuffix)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil //nolint:nilnil // no log is no damage
	}
	if err != nil {
		return nil, err
	}
	at, tail := damageIn(b)
	if at < 0 {
		return nil, nil //nolint:nilnil // all is well
	}
	d := &LogDamage{File: path + logSuffix, At: at, Tail: tail}
	if !tail {
		if d.Copy = d.File + damagedLogCopy; os.WriteFile(d.Copy, b, 0o600) != nil {
			d.Copy = "" // a full disk; the program starts all the same
		}
	}
	return d, nil
}

// damageIn returns the first byte of the header or frame that does not hold together; -1 when all do.
func damageIn(b []byte) (at int64, tail bool) {
	if len(b) < logHeader+logFrame {
		return -1, false
	}
	order := binary.ByteOrder(binary.LittleEndian)
	magic := binary.BigEndian.Uint32(b)
	if magic == logMagic+1 {
		order = binary.BigEndian
	}
	s0, s1 := logSum(order, 0, 0, b[:24])
	if magic&^1 != logMagic || s0 != binary.BigEndian.Uint32(b[24:]) || s1 != binary.BigEndian.Uint32(b[28:]) {
		return 0, false
	}
	size := logFrame + int(binary.BigEndian.Uint32(b[8:]))
	salts := string(b[16:24])
	bad := int64(-1)
	for from := logHeader; from+size <= len(b); from += size {
		frame := b[from : from+size]
		ours := string(frame[8:16]) == salts
		if bad >= 0 {
			if ours {
				return bad, false // what follows was written after it
			}
			continue
		}
		s0, s1 = logSum(order, s0, s1, frame[:8])
		s0, s1 = logSum(order, s0, s1, frame[logFrame:])
		if !ours || s0 != binary.BigEndian.Uint32(frame[16:]) || s1 != binary.BigEndian.Uint32(frame[20:]) {
			bad = int64(from)
			tail = ours
		}
	}
	if !tail {
		return -1, false // the rest is an earlier log's
	}
	return bad, true
}

func logSum(order binary.ByteOrder, s0, s1 uint32, b []byte) (uint32, uint32) {
	for ; len(b) >= 8; b = b[8:] {
		s0 += order.Uint32(b) + s1
		s1 += order.Uint32(b[4:]) + s0
	}
	return s0, s1
}
