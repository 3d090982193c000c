package embedded

import (
	"encoding/binary"
	"fmt"

	"hypha/internal/history/column"
	"hypha/internal/measure"
)

// A partition's file is a header and segments, one after the other. A segment is a header, the packed columns of chunks,
// and a directory: for each channel, by number, what its chunks are and where.
//
//	file header     "HYPHIST1", partition (8), generation (4), checksum (4)
//	segment header  "HSEG", 4 bytes kept free, sequence number (8), bytes of columns (8), bytes of directory (8),
//	                readings (8), first and last instant (8, 8), checksum (4)
//	columns         each with its checksum
//	directory       for each channel: number, length, chunks, checksum
//	segment trailer the header once more, with "HEND": should one of them be damaged, there is the other
//
// All numbers of fixed size are little-endian, the others varints; checksums are CRC-32C.
const (
	fileMagic       = "HYPHIST1"
	fileHeader      = 8 + 8 + 4 + 4
	segmentMagic    = "HSEG"
	trailerMagic    = "HEND"
	segmentHeader   = 4 + 4 + 8 + 8 + 8 + 8 + 8 + 8 + 4
	segmentMaxBytes = 4 << 20 // of columns: what is gathered in memory before it is written
)

func appendFileHeader(dst []byte, partition int64, generation uint32) []byte {
	from := len(dst)
	dst = append(dst, fileMagic...)
	dst = binary.LittleEndian.AppendUint64(dst, uint64(partition))
	dst = binary.LittleEndian.AppendUint32(dst, generation)
	return sealed(dst, from)
}

func takeFileHeader(src []byte) (partition int64, generation uint32, err error) {
	src, err = unsealed(src)
	if err != nil || string(src[:8]) != fileMagic {
		return 0, 0, fmt.Errorf("file header: %w", errDamaged)
	}
	return int64(binary.LittleEndian.Uint64(src[8:])), binary.LittleEndian.Uint32(src[16:]), nil
}

// segmentInfo is a segment header.
type segmentInfo struct {
	seq                uint64
	columns, directory int64 // bytes
	readings           int64
	first, last        int64 // instants
}

func (i segmentInfo) size() int64 { return segmentHeader + i.columns + i.directory + segmentHeader }

func appendSegmentHeader(dst []byte, magic string, i segmentInfo) []byte {
	from := len(dst)
	dst = append(dst, magic...)
	dst = append(dst, 0, 0, 0, 0)
	for _, v := range []uint64{i.seq, uint64(i.columns), uint64(i.directory), uint64(i.readings), uint64(i.first), uint64(i.last)} {
		dst = binary.LittleEndian.AppendUint64(dst, v)
	}
	return sealed(dst, from)
}

func takeSegmentHeader(src []byte, magic string) (i segmentInfo, err error) {
	if src, err = unsealed(src); err != nil || string(src[:4]) != magic {
		return i, fmt.Errorf("segment header: %w", errDamaged)
	}
	le := binary.LittleEndian
	return segmentInfo{
		seq: le.Uint64(src[8:]), columns: int64(le.Uint64(src[16:])), directory: int64(le.Uint64(src[24:])), readings: int64(le.Uint64(src[32:])),
		first: int64(le.Uint64(src[40:])), last: int64(le.Uint64(src[48:])),
	}, nil
}

// builder gathers the chunks of a segment. Channels come in ascending order.
type builder struct {
	coder   *column.Coder
	columns []byte
	entries []entry
	info    segmentInfo
	times   map[string]span // columns of times that chunks of this segment share
}

// entry is what the directory has of a channel.
type entry struct {
	channel measure.ChannelID
	chunks  []chunk // places are relative to the columns
}

func newBuilder(c *column.Coder) *builder {
	return &builder{coder: c, times: map[string]span{}}
}

// add packs a block as one chunk. Channels that were read together have the same times: they are stored once.
func (b *builder) add(id measure.ChannelID, bl block) {
	var ch chunk
	ch.summarise(b.coder, bl)
	packed := packTimes(b.coder, nil, bl.t)
	at, known := b.times[string(packed)]
	if !known {
		at = span{int64(len(b.columns)), len(packed)}
		b.columns = append(b.columns, packed...)
		b.times[string(packed)] = at
	}
	ch.times = at
	from := len(b.columns)
	b.columns = packValues(b.coder, b.columns, bl)
	ch.values = span{int64(from), len(b.columns) - from}
	if n := len(b.entries); n == 0 || b.entries[n-1].channel != id {
		b.entries = append(b.entries, entry{channel: id})
	}
	e := &b.entries[len(b.entries)-1]
	e.chunks = append(e.chunks, ch)
	if b.info.readings == 0 {
		b.info.first, b.info.last = ch.first, ch.last
	}
	b.info.readings += int64(ch.n)
	b.info.first, b.info.last = min(b.info.first, ch.first), max(b.info.last, ch.last)
}

// bytes returns the whole segment.
func (b *builder) bytes(seq uint64) ([]byte, segmentInfo) {
	var directory []byte
	for _, e := range b.entries {
		var packed []byte
		before := int64(0)
		for _, ch := range e.chunks {
			packed = appendChunk(packed, ch, 0, before)
			before = ch.last
		}
		from := len(directory)
		directory = binary.AppendVarint(directory, int64(e.channel))
		directory = binary.AppendUvarint(directory, uint64(len(packed)))
		directory = sealed(append(directory, packed...), from)
	}
	info := b.info
	info.seq, info.columns, info.directory = seq, int64(len(b.columns)), int64(len(directory))
	all := appendSegmentHeader(make([]byte, 0, info.size()), segmentMagic, info)
	all = append(append(all, b.columns...), directory...)
	return appendSegmentHeader(all, trailerMagic, info), info
}

// place is where the directory of a segment has a channel.
type place struct {
	channel measure.ChannelID
	span    span // in the file, without number and length, with the checksum's four bytes
	head    int  // bytes of number and length before it, which the checksum covers too
}

// places reads a directory that starts at the given place of its file. An entry that is damaged is left out as long as
// the next one can be found; damaged tells.
func places(directory []byte, at int64) (all []place, damaged bool) {
	for pos := 0; pos < len(directory); {
		id, w := binary.Varint(directory[pos:])
		if w <= 0 {
			return all, true
		}
		size, w2 := binary.Uvarint(directory[pos+w:])
		if room := len(directory) - pos - w - w2 - 4; w2 <= 0 || room < 0 || size > uint64(room) {
			return all, true
		}
		end := pos + w + w2 + int(size) + 4
		if _, err := unsealed(directory[pos:end]); err != nil {
			damaged = true
		} else {
			all = append(all, place{measure.ChannelID(id), span{at + int64(pos+w+w2), int(size) + 4}, w + w2})
		}
		pos = end
	}
	return all, damaged
}

// takeChunks reads an entry, of which head bytes are number and length; the columns begin at base in the file.
// usualChunk is about how long a chunk's entry is in a directory.
const usualChunk = 150

func takeChunks(src []byte, head int, base int64) (all []chunk, err error) {
	if src, err = unsealed(src); err != nil {
		return nil, fmt.Errorf("directory: %w", err)
	}
	src = src[head:]
	before := int64(0)
	all = make([]chunk, 0, len(src)/usualChunk+1)
	for len(src) > 0 {
		var ch chunk
		if ch, src, err = takeChunk(src, base, before); err != nil {
			return nil, err
		}
		all = append(all, ch)
		before = ch.last
	}
	return all, nil
}
