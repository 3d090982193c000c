package embedded

import (
	"cmp"
	"encoding/binary"
	"math"
	"slices"

	"hypha/internal/measure"
)

// An edit changes what is stored before it: it holds for chunks with a smaller sequence number, and is carried out
// whenever one of them is read, until tidying has written the chunk anew.
type edit struct {
	seq      uint64
	channel  measure.ChannelID // everyChannel: all
	from, to int64             // of readings that are deleted; unless rescale
	rescale  bool
	by       measure.Affine
}

const everyChannel measure.ChannelID = 0

// covers reports whether the edit makes an earlier one of the same channel superfluous.
func (e edit) covers(earlier edit) bool {
	return !e.rescale && (e.channel == everyChannel || e.channel == earlier.channel) &&
		(e.from == math.MinInt64 && e.to == math.MaxInt64 || !earlier.rescale && e.from <= earlier.from && e.to >= earlier.to)
}

// touches reports whether the edit may change a reading of the channel in [first, last].
func (e edit) touches(id measure.ChannelID, first, last int64) bool {
	return (e.channel == everyChannel || e.channel == id) && (e.rescale || e.from <= last && e.to > first)
}

const editSize = 1 + 8 + 8 + 8 + 8 + 1 + 8 + 8

func appendEdit(dst []byte, e edit) []byte {
	dst = append(dst, recordEdit)
	dst = binary.LittleEndian.AppendUint64(dst, e.seq)
	dst = binary.LittleEndian.AppendUint64(dst, uint64(e.channel))
	dst = binary.LittleEndian.AppendUint64(dst, uint64(e.from))
	dst = binary.LittleEndian.AppendUint64(dst, uint64(e.to))
	rescale := byte(0)
	if e.rescale {
		rescale = 1
	}
	dst = append(dst, rescale)
	dst = binary.LittleEndian.AppendUint64(dst, math.Float64bits(e.by.Scale))
	return binary.LittleEndian.AppendUint64(dst, math.Float64bits(e.by.Offset))
}

// takeEdit reads what appendEdit has written after its first byte.
func takeEdit(src []byte) (e edit, err error) {
	if len(src) != editSize-1 {
		return e, errDamaged
	}
	le := binary.LittleEndian
	return edit{
		seq: le.Uint64(src), channel: measure.ChannelID(le.Uint64(src[8:])),
		from: int64(le.Uint64(src[16:])), to: int64(le.Uint64(src[24:])), rescale: src[32] == 1,
		by: measure.Affine{Scale: math.Float64frombits(le.Uint64(src[33:])), Offset: math.Float64frombits(le.Uint64(src[41:]))},
	}, nil
}

// edits are in the order of their numbers.
type edits []edit

// with returns the edits and e, without those that e makes superfluous. The old slice stays as it is for who reads it.
func (all edits) with(e edit) edits {
	kept := make(edits, 0, len(all)+1)
	for _, old := range all {
		if old.seq > e.seq || !e.covers(old) {
			kept = append(kept, old)
		}
	}
	kept = append(kept, e)
	slices.SortFunc(kept, func(a, b edit) int { return cmp.Compare(a.seq, b.seq) })
	return kept
}

// after returns what holds for a chunk of that number, channel and time.
func (all edits) after(seq uint64, id measure.ChannelID, first, last int64) (found edits) {
	for _, e := range all {
		if e.seq > seq && e.touches(id, first, last) {
			found = append(found, e)
		}
	}
	return found
}

// apply carries the edits out on a block.
func (all edits) apply(b block) block {
	for _, e := range all {
		if e.rescale {
			b.v = slices.Clone(b.v)
			for i, v := range b.v {
				b.v[i] = e.by.Apply(v)
			}
			continue
		}
		b = b.without(e.from, e.to)
	}
	return b
}
