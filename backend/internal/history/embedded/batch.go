package embedded

import (
	"encoding/binary"
	"fmt"
	"math"

	"hypha/internal/history"
	"hypha/internal/measure"
)

// The records of a journal, by their first byte. The numbers are stored.
const (
	recordBatch = 1 // readings
	recordEdit  = 2 // an edit of what is stored
)

// In the byte before each value: how it is written, and whether a quality other than good follows.
const (
	exponentMask = 0x0f
	exponentRaw  = 0x0f // the eight bytes of a float64; below: an integer of so many decimals
	withQuality  = 0x10
)

// appendBatch writes readings as the payload of a record. It needs nothing from other records, so that one that is
// damaged costs only itself.
func appendBatch(dst []byte, readings []measure.Reading) []byte {
	dst = binary.AppendUvarint(append(dst, recordBatch), uint64(len(readings)))
	channel, t := int64(0), int64(0)
	for _, r := range readings {
		dst = binary.AppendVarint(dst, int64(r.Channel)-channel)
		dst = binary.AppendVarint(dst, r.T-t)
		channel, t = int64(r.Channel), r.T
		m, e, ok := decimal(r.V)
		how := byte(exponentRaw)
		if ok {
			how = e
		}
		if r.Q != measure.Good {
			how |= withQuality
		}
		dst = append(dst, how)
		if r.Q != measure.Good {
			dst = append(dst, byte(r.Q))
		}
		if ok {
			dst = binary.AppendVarint(dst, m)
		} else {
			dst = binary.LittleEndian.AppendUint64(dst, math.Float64bits(r.V))
		}
	}
	return dst
}

// decimal writes v as m / 10^e where that is exact and short.
func decimal(v float64) (m int64, e byte, ok bool) {
	scale := 1.0
	for e = 0; e < 7; e++ {
		x := v * scale
		if !(math.Abs(x) < 1<<40) {
			return 0, 0, false
		}
		m = int64(x + math.Copysign(0.5, x))
		if math.Float64bits(float64(m)/scale) == math.Float64bits(v) {
			return m, e, true
		}
		scale *= 10
	}
	return 0, 0, false
}

// takeBatch reads what appendBatch has written after its first byte.
func takeBatch(src []byte) ([]measure.Reading, error) {
	n, size := binary.Uvarint(src)
	if size <= 0 || n > uint64(len(src)) {
		return nil, errDamaged
	}
	src = src[size:]
	readings := make([]measure.Reading, 0, n)
	channel, t := int64(0), int64(0)
	for range n {
		dc, size := binary.Varint(src)
		if size <= 0 {
			return nil, errDamaged
		}
		dt, more := binary.Varint(src[size:])
		if more <= 0 || size+more >= len(src) {
			return nil, errDamaged
		}
		channel, t = channel+dc, t+dt
		r := measure.Reading{Channel: measure.ChannelID(channel), T: t}
		how := src[size+more]
		src = src[size+more+1:]
		if how&withQuality != 0 {
			if len(src) == 0 {
				return nil, errDamaged
			}
			r.Q, src = measure.Quality(src[0]), src[1:]
		}
		if how&exponentMask == exponentRaw {
			if len(src) < 8 {
				return nil, errDamaged
			}
			r.V, src = math.Float64frombits(binary.LittleEndian.Uint64(src)), src[8:]
		} else {
			m, size := binary.Varint(src)
			if size <= 0 {
				return nil, errDamaged
			}
			r.V, src = float64(m)/math.Pow10(int(how&exponentMask)), src[size:]
		}
		readings = append(readings, r)
	}
	if err := history.Check(readings); err != nil {
		return nil, fmt.Errorf("%w: %w", errDamaged, err)
	}
	return readings, nil
}
