// Package column packs the columns of a chunk of readings - times, values, qualities - into few bytes and back, without
// loss.
//
// Numbers become small residuals: times the distance from the grid of their period, values decimal integers and their
// differences. Residuals are then packed in the smallest of several ways: nothing at all when all are zero, a fixed
// number of bits, varints, or an entropy code (Huffman, or finite state entropy where that is clearly smaller) of one
// symbol each with escapes aside. Values that are no decimals are split into eight planes of bytes, the leading of which
// repeat.
//
// A packed column carries no checksum and no count: who stores it keeps both. Unpacking damaged bytes returns an error
// or wrong numbers; it never panics, and allocates no more than the count asks for.
package column

import "errors"

// ErrDamaged says that bytes cannot be a packed column.
var ErrDamaged = errors.New("damaged column")

// MaxLen is the longest column, in readings.
const MaxLen = 1 << 16
