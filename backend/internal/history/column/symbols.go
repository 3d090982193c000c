package column

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"github.com/klauspost/compress/fse"
	"github.com/klauspost/compress/huff0"
)

// The ways to pack symbols (bytes). The numbers are stored: append, never renumber.
const (
	symbolsZero    = iota // all zero: nothing follows
	symbolsRaw            // as they are
	symbolsHuffman        // huff0, four streams
	symbolsFSE            // finite state entropy
	symbolsSame           // all the same: one byte follows
)

const (
	entropyFrom = 48   // symbols from which on a table may pay
	fseGain     = 0.96 // decoding finite state entropy takes four times as long: it must be this much smaller
)

// Coder packs and unpacks. It keeps buffers from one column to the next, so it serves one goroutine at a time. The zero
// value is ready.
type Coder struct {
	huffman, unhuffman huff0.Scratch
	fse, unfse         fse.Scratch
	symbols, extra     []byte
	ints, ints2, best  []uint64
}

// appendSymbols packs symbols and their packed length.
func (c *Coder) appendSymbols(dst, symbols []byte) []byte {
	if same(symbols) {
		if len(symbols) == 0 || symbols[0] == 0 {
			return append(dst, symbolsZero)
		}
		return append(dst, symbolsSame, symbols[0])
	}
	mode, packed := byte(symbolsRaw), symbols
	if len(symbols) >= entropyFrom {
		c.huffman.Reuse = huff0.ReusePolicyNone
		if out, _, err := huff0.Compress4X(symbols, &c.huffman); err == nil && len(out) < len(packed) {
			mode, packed = symbolsHuffman, out
		}
		if out, err := fse.Compress(symbols, &c.fse); err == nil && float64(len(out)) < fseGain*float64(len(packed)) {
			mode, packed = symbolsFSE, out
		}
	}
	dst = append(dst, mode)
	if mode != symbolsRaw {
		dst = binary.AppendUvarint(dst, uint64(len(packed)))
	}
	return append(dst, packed...)
}

func same(symbols []byte) bool {
	for _, s := range symbols {
		if s != symbols[0] {
			return false
		}
	}
	return true
}

// takeSymbols unpacks n symbols, which stay valid until the next call. rest is what follows them in src.
func (c *Coder) takeSymbols(src []byte, n int) (symbols, rest []byte, err error) {
	if len(src) == 0 {
		return nil, nil, ErrDamaged
	}
	mode, src := src[0], src[1:]
	switch mode {
	case symbolsZero:
		return c.fill(n, 0), src, nil
	case symbolsSame:
		if len(src) == 0 {
			return nil, nil, ErrDamaged
		}
		return c.fill(n, src[0]), src[1:], nil
	case symbolsRaw:
		if len(src) < n {
			return nil, nil, ErrDamaged
		}
		return src[:n], src[n:], nil
	}
	size, width := binary.Uvarint(src)
	if width <= 0 || size > uint64(len(src)-width) {
		return nil, nil, ErrDamaged
	}
	packed, rest := src[width:width+int(size)], src[width+int(size):]
	c.symbols = grown(c.symbols, n)
	switch mode {
	case symbolsHuffman:
		_, packed, err = huff0.ReadTable(packed, &c.unhuffman)
		if err == nil {
			// The library fills the slice up to its capacity.
			symbols, err = c.unhuffman.Decoder().Decompress4X(c.symbols[:n:n], packed)
		}
	case symbolsFSE:
		c.unfse.DecompressLimit = n
		c.unfse.Out = c.symbols[:0]
		symbols, err = fse.Decompress(packed, &c.unfse)
	default:
		err = fmt.Errorf("unknown way %d to pack symbols", mode)
	}
	if err == nil && len(symbols) != n {
		err = errors.New("wrong number of symbols")
	}
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return symbols, rest, nil
}

func (c *Coder) fill(n int, with byte) []byte {
	c.symbols = grown(c.symbols, n)
	for i := range c.symbols {
		c.symbols[i] = with
	}
	return c.symbols
}

// grown returns a slice of length n, b's own array where that is large enough.
func grown[T any](b []T, n int) []T {
	if cap(b) < n {
		return make([]T, n)
	}
	return b[:n]
}

// entropy is the bits that a perfect code of symbols with these counts needs.
func entropy(counts *[256]int32, n int) float64 {
	bits, all := 0.0, math.Log2(float64(n))
	for _, k := range counts {
		if k > 0 {
			bits += float64(k) * (all - math.Log2(float64(k)))
		}
	}
	return bits
}
