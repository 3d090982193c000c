package remote

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"math"

	"hypha/internal/measure"
)

// A record holds the readings of one Append: the length of its payload (4), how many readings there are (4), a checksum
// of both and of the payload (4), and the payload. Numbers are little endian, v is a varint, z a varint with the sign in
// its lowest bit.
//
//	payload = v(number of series before) v(number of new series) { z(channel) text(input) text(name) text(quantity) text(unit) }
//	          { v(series) z(time - time before) quality(1) float64(8) }
//	text    = v(length) bytes
//
// Series are numbered through the segment from 0 on, in the order in which records bring them.
const (
	recordHeader = 12
	recordLimit  = 1 << 28 // bytes: what claims to be longer is none
)

var errDamaged = errors.New("the record is damaged")

// header is what a record begins with.
type header struct {
	size  int64 // of the whole record
	count int64
	sum   uint32
}

func parseHeader(b []byte) (h header, ok bool) {
	if len(b) < recordHeader {
		return h, false
	}
	size := binary.LittleEndian.Uint32(b)
	h = header{size: int64(size) + recordHeader, count: int64(binary.LittleEndian.Uint32(b[4:])), sum: binary.LittleEndian.Uint32(b[8:])}
	return h, size > 0 && size < recordLimit && h.count > 0
}

func recordSum(record []byte) uint32 {
	table := crc32.MakeTable(crc32.Castagnoli)
	return crc32.Update(crc32.Checksum(record[:8], table), table, record[recordHeader:])
}

// appendRecord writes a record of samples. known has the numbers of the segment's series; those that are new are
// returned, to be added when the record is in the file.
func appendRecord(b []byte, samples []sample, known map[series]uint64) (record []byte, added []series) {
	fresh := make(map[series]uint64)
	number := func(s series) uint64 {
		if n, ok := known[s]; ok {
			return n
		}
		n, ok := fresh[s]
		if !ok {
			n = uint64(len(known) + len(added))
			fresh[s] = n
			added = append(added, s)
		}
		return n
	}
	numbers := make([]uint64, len(samples))
	for i, s := range samples {
		numbers[i] = number(s.series)
	}
	b = append(b[:0], make([]byte, recordHeader)...)
	b = binary.AppendUvarint(b, uint64(len(known)))
	b = binary.AppendUvarint(b, uint64(len(added)))
	for _, s := range added {
		b = binary.AppendVarint(b, int64(s.channel))
		for _, text := range []string{s.labels.Input, s.labels.Name, string(s.labels.Quantity), string(s.labels.Unit)} {
			b = binary.AppendUvarint(b, uint64(len(text)))
			b = append(b, text...)
		}
	}
	before := int64(0)
	for i, s := range samples {
		b = binary.AppendUvarint(b, numbers[i])
		b = binary.AppendVarint(b, s.t-before) // may wrap around: so does reading it
		b = append(b, byte(s.q))
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(s.v))
		before = s.t
	}
	binary.LittleEndian.PutUint32(b, uint32(len(b)-recordHeader))
	binary.LittleEndian.PutUint32(b[4:], uint32(len(samples)))
	binary.LittleEndian.PutUint32(b[8:], recordSum(b))
	return b, added
}

// decoder takes a payload apart. After a fault everything is zero and bad is set.
type decoder struct {
	b   []byte
	bad bool
}

func (d *decoder) uvarint() uint64 {
	v, n := binary.Uvarint(d.b)
	if n <= 0 {
		d.bad, d.b = true, nil
		return 0
	}
	d.b = d.b[n:]
	return v
}

func (d *decoder) varint() int64 {
	v, n := binary.Varint(d.b)
	if n <= 0 {
		d.bad, d.b = true, nil
		return 0
	}
	d.b = d.b[n:]
	return v
}

func (d *decoder) bytes(n uint64) []byte {
	if n > uint64(len(d.b)) {
		d.bad, d.b = true, nil
		return nil
	}
	b := d.b[:n]
	d.b = d.b[n:]
	return b
}

func (d *decoder) text() string { return string(d.bytes(d.uvarint())) }

// parseRecord reads the record that b begins with, adds its new series to known, and visits its samples.
func parseRecord(b []byte, known []series, visit func(sample)) ([]series, error) {
	h, ok := parseHeader(b)
	if !ok || h.size > int64(len(b)) || recordSum(b[:h.size]) != h.sum {
		return known, errDamaged
	}
	d := decoder{b: b[recordHeader:h.size]}
	if d.uvarint() != uint64(len(known)) {
		return known, errDamaged // one before it was: numbers would mean other series
	}
	for range d.uvarint() {
		s := series{channel: measure.ChannelID(d.varint())}
		s.labels.Input, s.labels.Name = d.text(), d.text()
		s.labels.Quantity, s.labels.Unit = measure.Quantity(d.text()), measure.Unit(d.text())
		if d.bad {
			return known, errDamaged
		}
		known = append(known, s)
	}
	at := int64(0)
	for range h.count {
		n := d.uvarint()
		at += d.varint()
		rest := d.bytes(9)
		if d.bad || n >= uint64(len(known)) {
			return known, errDamaged
		}
		visit(sample{
			series: known[n], t: at, q: measure.Quality(rest[0]),
			v: math.Float64frombits(binary.LittleEndian.Uint64(rest[1:])),
		})
	}
	return known, nil
}
