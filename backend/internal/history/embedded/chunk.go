package embedded

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math"
	"slices"

	"hypha/internal/history"
	"hypha/internal/history/column"
	"hypha/internal/measure"
)

// errDamaged says that stored bytes are not what was written.
var errDamaged = errors.New("damaged")

// chunkLen is the most readings of a chunk.
const chunkLen = 16384

// cellWidth is the span of the summaries that a chunk carries, in ms.
const cellWidth = history.Cell

// cellsFrom is how many readings a cell must summarise on average to be worth its bytes.
const cellsFrom = 32

// chunk is what the directory of a segment says of one chunk.
type chunk struct {
	n, usable     int
	first, last   int64
	low, high     float64 // of the usable readings
	sum           float64 // of them; NaN when it is not known
	times, values span
	cells         []byte // packed; nil when there are none
}

// span is a place in a file.
type span struct {
	at   int64
	size int
}

// cell summarises the usable readings of a chunk in [start, start+cellWidth).
type cell struct {
	start          int64
	n              int64
	low, high, sum float64
}

func checksum(b []byte) uint32 { return crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli)) }

func sealed(b []byte, from int) []byte {
	return binary.LittleEndian.AppendUint32(b, checksum(b[from:]))
}

// unsealed checks and takes off what sealed has added.
func unsealed(b []byte) ([]byte, error) {
	if len(b) < 4 || checksum(b[:len(b)-4]) != binary.LittleEndian.Uint32(b[len(b)-4:]) {
		return nil, errDamaged
	}
	return b[:len(b)-4], nil
}

// packTimes packs times, and makes sure that they come back.
func packTimes(c *column.Coder, dst []byte, times []int64) []byte {
	from := len(dst)
	dst = c.AppendTimes(dst, times)
	if back, err := c.Times(nil, dst[from:], len(times)); err != nil || !slices.Equal(back, times) {
		dst = column.AppendRawTimes(dst[:from], times)
	}
	return sealed(dst, from)
}

// packValues packs values and qualities, and makes sure that they come back.
func packValues(c *column.Coder, dst []byte, b block) []byte {
	packed := c.AppendValues(nil, b.v)
	back, err := c.Values(nil, packed, len(b.v))
	if err != nil || !slices.EqualFunc(back, b.v, func(x, y float64) bool { return math.Float64bits(x) == math.Float64bits(y) }) {
		packed = column.AppendRawValues(nil, b.v)
	}
	from := len(dst)
	dst = binary.AppendUvarint(dst, uint64(len(packed)))
	dst = append(dst, packed...)
	return sealed(column.AppendQualities(dst, b.q), from)
}

func unpackValues(c *column.Coder, dst []float64, src []byte, n int) (v []float64, q []byte, err error) {
	if src, err = unsealed(src); err != nil {
		return nil, nil, err
	}
	size, width := binary.Uvarint(src)
	if width <= 0 || size > uint64(len(src)-width) {
		return nil, nil, errDamaged
	}
	packed, rest := src[width:width+int(size)], src[width+int(size):]
	if v, err = c.Values(dst, packed, n); err != nil || len(rest) == 0 {
		return v, nil, err
	}
	q, err = column.Qualities(nil, rest, n)
	return v, q, err
}

func unpackTimes(c *column.Coder, dst []int64, src []byte, n int) ([]int64, error) {
	src, err := unsealed(src)
	if err != nil {
		return nil, err
	}
	return c.Times(dst, src, n)
}

// summarise fills in what a chunk says of its readings.
func (ch *chunk) summarise(c *column.Coder, b block) {
	ch.n, ch.first, ch.last = len(b.t), b.t[0], b.t[len(b.t)-1]
	var all, one history.Summary
	var cells []cell
	start := cellOf(b.t[0])
	finish := func() {
		if n, low, high, sum := one.Sum(); n > 0 {
			cells = append(cells, cell{start, n, low, high, sum})
		}
		one = history.Summary{}
	}
	for i, t := range b.t {
		if q := b.quality(i); !q.Usable() {
			continue
		}
		if at := cellOf(t); at != start {
			finish()
			start = at
		}
		r := measure.Reading{V: b.v[i]}
		one.Add(r)
		all.Add(r)
	}
	finish()
	n, low, high, sum := all.Sum()
	ch.usable, ch.low, ch.high, ch.sum = int(n), low, high, sum
	if math.IsInf(sum, 0) {
		ch.sum = math.NaN()
	}
	if len(cells) > 1 && ch.usable >= cellsFrom*len(cells) && !math.IsNaN(ch.sum) {
		ch.cells = appendCells(c, nil, cells)
	}
}

// cellOf returns the start of the cell that t is in.
func cellOf(t int64) int64 {
	start := t / cellWidth * cellWidth
	if start > t { // before 1970
		start -= cellWidth
	}
	return start
}

func appendCells(c *column.Coder, dst []byte, cells []cell) []byte {
	starts, ns := make([]int64, len(cells)), make([]float64, len(cells))
	low, high, sum := make([]float64, len(cells)), make([]float64, len(cells)), make([]float64, len(cells))
	for i, x := range cells {
		starts[i], ns[i], low[i], high[i], sum[i] = x.start/cellWidth, float64(x.n), x.low, x.high, x.sum
	}
	dst = binary.AppendUvarint(dst, uint64(len(cells)))
	packed := c.AppendTimes(nil, starts)
	dst = append(binary.AppendUvarint(dst, uint64(len(packed))), packed...)
	for _, values := range [][]float64{ns, low, high, sum} {
		packed = c.AppendValues(packed[:0], values)
		dst = append(binary.AppendUvarint(dst, uint64(len(packed))), packed...)
	}
	return dst
}

// cellRoom is arrays that takeCells uses again.
type cellRoom struct {
	starts []int64
	column []float64
	cells  []cell
}

// takeCells unpacks cells into room, where they stay until it is used again.
func takeCells(c *column.Coder, src []byte, room *cellRoom) ([]cell, error) {
	n, size := binary.Uvarint(src)
	if size <= 0 || n == 0 || n > chunkLen {
		return nil, errDamaged
	}
	src = src[size:]
	next := func() []byte {
		long, size := binary.Uvarint(src)
		if size <= 0 || long > uint64(len(src)-size) {
			return nil
		}
		part := src[size : size+int(long)]
		src = src[size+int(long):]
		return part
	}
	starts, err := c.Times(room.starts, next(), int(n))
	if err != nil {
		return nil, err
	}
	room.starts = starts
	cells := slices.Grow(room.cells[:0], int(n))[:n]
	room.cells = cells
	for i, s := range starts {
		cells[i].start = s * cellWidth
	}
	for field := range 4 {
		column, err := c.Values(room.column, next(), int(n))
		if err != nil {
			return nil, err
		}
		room.column = column
		for i, v := range column {
			switch x := &cells[i]; field {
			case 0:
				x.n = int64(v)
			case 1:
				x.low = v
			case 2:
				x.high = v
			case 3:
				x.sum = v
			}
		}
	}
	return cells, nil
}

// appendChunk writes what the directory says of a chunk. Places are relative to base, times to the end of the chunk
// before.
func appendChunk(dst []byte, ch chunk, base, before int64) []byte {
	dst = binary.AppendUvarint(dst, uint64(ch.n))
	dst = binary.AppendUvarint(dst, uint64(ch.n-ch.usable))
	dst = binary.AppendVarint(dst, ch.first-before)
	dst = binary.AppendUvarint(dst, uint64(ch.last-ch.first))
	for _, s := range []span{ch.times, ch.values} {
		dst = binary.AppendUvarint(dst, uint64(s.at-base))
		dst = binary.AppendUvarint(dst, uint64(s.size))
	}
	for _, v := range []float64{ch.low, ch.high, ch.sum} {
		dst = binary.LittleEndian.AppendUint64(dst, math.Float64bits(v))
	}
	dst = binary.AppendUvarint(dst, uint64(len(ch.cells)))
	return append(dst, ch.cells...)
}

// takeChunk reads what appendChunk has written.
func takeChunk(src []byte, base, before int64) (ch chunk, rest []byte, err error) {
	d := decoder{src: src}
	ch.n = int(d.uvarint())
	ch.usable = ch.n - int(d.uvarint())
	ch.first = before + d.varint()
	ch.last = ch.first + int64(d.uvarint())
	for _, s := range []*span{&ch.times, &ch.values} {
		s.at = base + int64(d.uvarint())
		s.size = int(d.uvarint())
	}
	for _, v := range []*float64{&ch.low, &ch.high, &ch.sum} {
		*v = d.float()
	}
	ch.cells = d.bytes(int(d.uvarint()))
	if d.bad || ch.n < 1 || ch.n > chunkLen || ch.usable < 0 || ch.last < ch.first {
		return ch, nil, fmt.Errorf("directory: %w", errDamaged)
	}
	return ch, d.src, nil
}

// decoder takes numbers off bytes; once they end, bad is set.
type decoder struct {
	src []byte
	bad bool
}

func (d *decoder) uvarint() uint64 {
	v, size := binary.Uvarint(d.src)
	return v * d.skip(size)
}

func (d *decoder) varint() int64 {
	v, size := binary.Varint(d.src)
	return v * int64(d.skip(size))
}

func (d *decoder) skip(size int) uint64 {
	if size <= 0 {
		d.bad = true
		return 0
	}
	d.src = d.src[size:]
	return 1
}

func (d *decoder) float() float64 {
	b := d.bytes(8)
	if d.bad {
		return 0
	}
	return math.Float64frombits(binary.LittleEndian.Uint64(b))
}

func (d *decoder) bytes(n int) []byte {
	if n < 0 || n > len(d.src) {
		d.bad = true
		return nil
	}
	b := d.src[:n]
	d.src = d.src[n:]
	return b
}
