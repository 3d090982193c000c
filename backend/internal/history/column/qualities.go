package column

import (
	"encoding/binary"
	"fmt"
)

// AppendQualities packs qualities as runs of the same. Nothing at all means that all are zero: good.
func AppendQualities(dst, qualities []byte) []byte {
	good := true
	for _, q := range qualities {
		good = good && q == 0
	}
	if good {
		return dst
	}
	for i := 0; i < len(qualities); {
		run := 1
		for i+run < len(qualities) && qualities[i+run] == qualities[i] {
			run++
		}
		dst = binary.AppendUvarint(append(dst, qualities[i]), uint64(run))
		i += run
	}
	return dst
}

// Qualities unpacks n qualities into dst's array, where that is large enough.
func Qualities(dst, src []byte, n int) ([]byte, error) {
	if n < 0 || n > MaxLen {
		return nil, fmt.Errorf("%w: %d qualities", ErrDamaged, n)
	}
	dst = grown(dst, n)
	if len(src) == 0 {
		clear(dst)
		return dst, nil
	}
	for at := 0; at < n; {
		if len(src) < 2 {
			return nil, ErrDamaged
		}
		run, size := binary.Uvarint(src[1:])
		if size <= 0 || run == 0 || run > uint64(n-at) {
			return nil, ErrDamaged
		}
		for i := range int(run) {
			dst[at+i] = src[0]
		}
		at, src = at+int(run), src[1+size:]
	}
	return dst, nil
}
