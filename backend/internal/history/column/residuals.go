package column

import (
	"encoding/binary"
	"math/bits"
)

// A residual is an unsigned number that is small more often than not. Those below direct are a symbol of their own; of
// larger ones the symbol tells the number of bits, and the bits below the leading one lie aside.
const (
	direct     = 192
	directBits = 8 // of direct: symbols direct, direct+1, ... stand for 8, 9, ... 64 bits
)

// The ways to pack residuals. The numbers are stored.
const (
	packZero    = iota // all zero
	packBits           // each with the same number of bits
	packVarints        // each as a varint
	packSymbols        // entropy coded symbols, the bits of large ones aside
)

func zigzag(d int64) uint64   { return uint64(d)<<1 ^ uint64(d>>63) }
func unzigzag(z uint64) int64 { return int64(z>>1) ^ -int64(z&1) }

// symbolOf returns the symbol of a residual and how many bits lie aside.
func symbolOf(z uint64) (symbol byte, aside int) {
	if z < direct {
		return byte(z), 0
	}
	n := bits.Len64(z)
	return byte(direct + n - directBits), n - 1
}

// cost estimates the bits that residuals take when packed.
func cost(res []uint64) float64 {
	var counts [256]int32
	aside := 0
	for _, z := range res {
		s, n := symbolOf(z)
		counts[s]++
		aside += n
	}
	return entropy(&counts, len(res)) + float64(aside)
}

// appendResiduals packs residuals.
func (c *Coder) appendResiduals(dst []byte, res []uint64) []byte {
	all, varints := uint64(0), 0
	for _, z := range res {
		all |= z
		varints += (bits.Len64(z|1) + 6) / 7
	}
	if all == 0 {
		return append(dst, packZero)
	}
	width := bits.Len64(all)
	small, mode := (len(res)*width+7)/8+1, byte(packBits)
	if varints < small {
		small, mode = varints, packVarints
	}
	start := len(dst)
	if len(res) >= entropyFrom {
		if dst = c.appendCoded(dst, res); len(dst)-start <= small {
			return dst
		}
		dst = dst[:start]
	}
	dst = append(dst, mode)
	if mode == packVarints {
		for _, z := range res {
			dst = binary.AppendUvarint(dst, z)
		}
		return dst
	}
	w := bitWriter{dst: append(dst, byte(width))}
	for _, z := range res {
		w.write(z, width)
	}
	return w.close()
}

func (c *Coder) appendCoded(dst []byte, res []uint64) []byte {
	symbols := grown(c.symbols, len(res))
	w := bitWriter{dst: c.extra[:0]}
	for i, z := range res {
		s, n := symbolOf(z)
		symbols[i] = s
		if n > 0 {
			w.write(z&(1<<n-1), n)
		}
	}
	c.symbols, c.extra = symbols, w.close()
	dst = c.appendSymbols(append(dst, packSymbols), symbols)
	return append(dst, c.extra...)
}

// takeResiduals unpacks n residuals into c.ints, which stay valid until the next call. They are the last in src.
func (c *Coder) takeResiduals(src []byte, n int) ([]uint64, error) {
	if len(src) == 0 {
		return nil, ErrDamaged
	}
	c.ints = grown(c.ints, n)
	mode, src := src[0], src[1:]
	switch mode {
	case packZero:
		clear(c.ints)
		return c.ints, nil
	case packVarints:
		for i := range c.ints {
			z, size := binary.Uvarint(src)
			if size <= 0 {
				return nil, ErrDamaged
			}
			c.ints[i], src = z, src[size:]
		}
		return c.ints, nil
	case packBits:
		if len(src) == 0 || src[0] == 0 || src[0] > 64 || len(src)-1 < (n*int(src[0])+7)/8 {
			return nil, ErrDamaged
		}
		r := bitReader{src: src[1:]}
		for i, width := 0, int(src[0]); i < n; i++ {
			c.ints[i] = r.read(width)
		}
		return c.ints, nil
	case packSymbols:
		return c.takeCoded(src, n)
	}
	return nil, ErrDamaged
}

func (c *Coder) takeCoded(src []byte, n int) ([]uint64, error) {
	symbols, rest, err := c.takeSymbols(src, n)
	if err != nil {
		return nil, err
	}
	ints := c.ints[:len(symbols)]
	r := bitReader{src: rest}
	for i, s := range symbols {
		if s < direct {
			ints[i] = uint64(s)
			continue
		}
		aside := int(s) - direct + directBits - 1
		if aside > 63 {
			return nil, ErrDamaged
		}
		ints[i] = 1<<aside | r.read(aside)
	}
	if r.over {
		return nil, ErrDamaged
	}
	return ints, nil
}
