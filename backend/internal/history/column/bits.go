package column

import "encoding/binary"

// bitWriter appends numbers of any width, the lowest bit first.
type bitWriter struct {
	dst  []byte
	held uint64
	n    int // bits held, below 8 between calls
}

func (w *bitWriter) write(v uint64, width int) {
	if width > 56 { // held has room for 56 bits beside what is left of a byte
		w.write(v&(1<<32-1), 32)
		v, width = v>>32, width-32
	}
	w.held |= v << w.n
	for w.n += width; w.n >= 8; w.n -= 8 {
		w.dst = append(w.dst, byte(w.held))
		w.held >>= 8
	}
}

// close returns what was written, the last byte filled up with zeros.
func (w *bitWriter) close() []byte {
	if w.n > 0 {
		w.dst = append(w.dst, byte(w.held))
	}
	return w.dst
}

// bitReader reads what a bitWriter has written. Past the end it reads zeros and sets over.
type bitReader struct {
	src  []byte
	pos  int // in bits
	over bool
}

func (r *bitReader) read(width int) uint64 {
	if width > 56 {
		low := r.read(32)
		return low | r.read(width-32)<<32
	}
	at := r.pos >> 3
	shift := r.pos & 7
	r.pos += width
	if r.pos > 8*len(r.src) {
		r.over = true
		return 0
	}
	if at+8 <= len(r.src) {
		return binary.LittleEndian.Uint64(r.src[at:]) >> shift & (1<<width - 1)
	}
	var tail [8]byte
	copy(tail[:], r.src[at:])
	return binary.LittleEndian.Uint64(tail[:]) >> shift & (1<<width - 1)
}
