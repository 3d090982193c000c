// Package avi writes films of JPEG pictures as AVI files (Motion JPEG), which every player shows. As all sizes are known
// before, a film is written from its beginning to its end without going back: it can be sent as it is made.
package avi

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// ErrTooLong says that a film does not fit into the format.
var ErrTooLong = errors.New("an AVI file may have at most 2 GB")

const (
	most      = 1<<31 - 1
	headBytes = 12 + 8 + headList + 12 // RIFF, LIST hdrl, LIST movi
	headList  = 4 + 8 + 56 + 12 + 8 + 56 + 8 + 40
)

// Film is what is known of a film before it is written.
type Film struct {
	Width, Height int
	Rate          int   // pictures a second
	Sizes         []int // bytes of each picture
}

func even(n int) int64 { return int64(n + n&1) }

// Size is how many bytes a film of pictures of these sizes will have.
func Size(sizes []int) (int64, error) {
	n := int64(headBytes) + 8 + 16*int64(len(sizes))
	for _, s := range sizes {
		n += 8 + even(s)
	}
	if n > most {
		return 0, ErrTooLong
	}
	return n, nil
}

// Write writes a film. picture is asked for each picture in turn; what it returns must have the size that was said. Its error
// ends the film.
func Write(w io.Writer, f Film, picture func(n int) ([]byte, error)) error {
	total, err := Size(f.Sizes)
	if err != nil {
		return err
	}
	largest, movi := 0, int64(4)
	for _, s := range f.Sizes {
		largest = max(largest, s)
		movi += 8 + even(s)
	}
	if _, err := w.Write(head(f, total, largest, movi)); err != nil {
		return fmt.Errorf("write the film: %w", err)
	}
	var front [8]byte
	copy(front[:], "00dc")
	for n, size := range f.Sizes {
		b, err := picture(n)
		if err != nil {
			return fmt.Errorf("picture %d: %w", n, err)
		}
		if len(b) != size {
			return fmt.Errorf("picture %d has %d bytes, not %d", n, len(b), size)
		}
		binary.LittleEndian.PutUint32(front[4:], uint32(size))
		if size%2 == 1 {
			b = append(b[:size:size], 0)
		}
		for _, part := range [][]byte{front[:], b} {
			if _, err := w.Write(part); err != nil {
				return fmt.Errorf("write the film: %w", err)
			}
		}
	}
	if _, err := w.Write(indexOf(f.Sizes)); err != nil {
		return fmt.Errorf("write the film: %w", err)
	}
	return nil
}

// writer appends little-endian numbers.
type writer []byte

func (b *writer) text(s string) { *b = append(*b, s...) }

func (b *writer) words(all ...uint32) {
	for _, v := range all {
		*b = binary.LittleEndian.AppendUint32(*b, v)
	}
}

func (b *writer) chunk(name string, size int) {
	b.text(name)
	b.words(uint32(size))
}

func head(f Film, total int64, largest int, movi int64) []byte {
	const hasIndex, keyframes = 0x10, 0x800
	b := &writer{}
	b.chunk("RIFF", int(total)-8)
	b.text("AVI ")
	b.chunk("LIST", headList)
	b.text("hdrl")
	b.chunk("avih", 56)
	b.words(uint32(1_000_000/f.Rate), uint32(largest*f.Rate), 0, hasIndex|keyframes, uint32(len(f.Sizes)), 0, 1, uint32(largest), uint32(f.Width), uint32(f.Height), 0, 0, 0, 0)
	b.chunk("LIST", 4+8+56+8+40)
	b.text("strl")
	b.chunk("strh", 56)
	b.text("vidsMJPG")
	b.words(0, 0, 0, 1, uint32(f.Rate), 0, uint32(len(f.Sizes)), uint32(largest), 0xFFFFFFFF, 0, 0, uint32(f.Width)|uint32(f.Height)<<16)
	b.chunk("strf", 40)
	b.words(40, uint32(f.Width), uint32(f.Height), 1|24<<16)
	b.text("MJPG")
	b.words(uint32(f.Width*f.Height*3), 0, 0, 0, 0)
	b.chunk("LIST", int(movi))
	b.text("movi")
	return *b
}

func indexOf(sizes []int) []byte {
	const keyframe = 0x10
	b := &writer{}
	b.chunk("idx1", 16*len(sizes))
	at := uint32(4)
	for _, s := range sizes {
		b.text("00dc")
		b.words(keyframe, at, uint32(s))
		at += uint32(8 + even(s))
	}
	return *b
}
