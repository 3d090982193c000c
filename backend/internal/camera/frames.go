package camera

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// errNoPicture says that what a camera sends is no JPEG.
var errNoPicture = errors.New("it sends no JPEG pictures: check that the address is that of pictures, not of a page or another format")

// lookedThrough is how many bytes without a picture are looked through before a stream counts as something else.
const lookedThrough = 1 << 20

// nextJPEG reads the next whole picture of a stream, whatever stands between pictures: headers of a multipart answer, or
// nothing. It follows the parts of a JPEG, for a picture may hold another one in its metadata. io.EOF: there is none any more.
func nextJPEG(r *bufio.Reader) ([]byte, error) {
	if err := seekStart(r); err != nil {
		return nil, err
	}
	b := []byte{0xFF, 0xD8}
	for len(b) <= MaxBytes {
		marker, err := readMarker(r)
		if err != nil {
			return nil, err
		}
		b = append(b, 0xFF, marker)
		if marker == 0xD9 {
			return b, nil
		}
		if b, err = readSegment(r, b); err != nil {
			return nil, err
		}
		if marker == 0xDA {
			if b, err = readScan(r, b); err != nil {
				return nil, err
			}
		}
	}
	return nil, fmt.Errorf("a picture has more than %d MB", MaxBytes>>20)
}

// seekStart reads up to and with the two bytes that begin a picture.
func seekStart(r *bufio.Reader) error {
	for n, last := 0, byte(0); ; n++ {
		b, err := r.ReadByte()
		if err != nil {
			if errors.Is(err, io.EOF) && n > 0 && last != '-' && last != '\n' {
				return errNoPicture
			}
			return err
		}
		if last == 0xFF && b == 0xD8 {
			return nil
		}
		if last = b; n > lookedThrough {
			return errNoPicture
		}
	}
}

func readMarker(r *bufio.Reader) (byte, error) {
	b, err := r.ReadByte()
	if err == nil && b != 0xFF {
		return 0, errNoPicture
	}
	for err == nil && b == 0xFF {
		b, err = r.ReadByte()
	}
	return b, whole(err)
}

func readSegment(r *bufio.Reader, b []byte) ([]byte, error) {
	var size [2]byte
	if _, err := io.ReadFull(r, size[:]); err != nil {
		return nil, whole(err)
	}
	n := int(binary.BigEndian.Uint16(size[:]))
	if n < 2 {
		return nil, errNoPicture
	}
	b = append(b, size[:]...)
	at := len(b)
	b = append(b, make([]byte, n-2)...)
	_, err := io.ReadFull(r, b[at:])
	return b, whole(err)
}

// readScan reads what follows the head of a scan, up to the next marker, which it leaves.
func readScan(r *bufio.Reader, b []byte) ([]byte, error) {
	for len(b) <= MaxBytes {
		next, err := r.Peek(2)
		if err != nil {
			return nil, whole(err)
		}
		if next[0] == 0xFF && next[1] != 0 && (next[1] < 0xD0 || next[1] > 0xD7) {
			return b, nil
		}
		one, err := r.ReadByte()
		if err != nil {
			return nil, whole(err)
		}
		b = append(b, one)
	}
	return b, nil
}

// whole names the end of a stream in the middle of a picture.
func whole(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
