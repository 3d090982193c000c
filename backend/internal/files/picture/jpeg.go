package picture

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// ErrBroken says that a picture ends too early or is not built as its format asks.
var ErrBroken = errors.New("the picture is damaged: send it again")

// The markers of JPEG that matter here.
const (
	soi  = 0xD8
	eoi  = 0xD9
	sos  = 0xDA
	com  = 0xFE
	app0 = 0xE0
	app1 = 0xE1
)

// cleanJPEG copies a JPEG without metadata and returns how it is to be turned, 1 to 8 as Exif counts. What lies behind its
// end, where phones hide films and further pictures, is left out.
func cleanJPEG(w io.Writer, in io.Reader) (turn int, err error) {
	r := bufio.NewReader(in)
	out := bufio.NewWriter(w)
	turn = 1
	if first, err := r.Peek(2); err != nil || first[0] != 0xFF || first[1] != soi {
		return turn, ErrBroken
	}
	if _, err := r.Discard(2); err != nil {
		return turn, ErrBroken
	}
	_, _ = out.Write([]byte{0xFF, soi}) // an error is kept, and told by Flush
	headed, begun := false, false       // begun: the first byte of a marker is read
	for {
		marker, err := nextMarker(r, begun)
		begun = false
		if err != nil {
			return turn, err
		}
		if marker == eoi {
			_, _ = out.Write([]byte{0xFF, eoi})
			return turn, out.Flush()
		}
		body, err := segment(r)
		if err != nil {
			return turn, err
		}
		if marker == app1 {
			if n := orientation(body); n != 0 {
				turn = n
			}
		}
		if marker == app0 || dropped(marker, body) {
			if marker == app0 {
				writeSegment(out, marker, body)
			}
			continue
		}
		if !headed { // behind APP0 and before all else
			headed = true
			if turn != 1 {
				writeSegment(out, app1, turned(turn))
			}
		}
		writeSegment(out, marker, body)
		if marker == sos {
			if err := scan(out, r); err != nil {
				return turn, err
			}
			begun = true
		}
	}
}

// dropped tells whether a segment only tells about the picture. What colours mean stays: the ICC profile and Adobe's mark.
func dropped(marker byte, body []byte) bool {
	switch {
	case marker == com:
		return true
	case marker < app0 || marker > 0xEF:
		return false
	case marker == 0xE2:
		return len(body) < 12 || string(body[:12]) != "ICC_PROFILE\x00"
	case marker == 0xEE:
		return len(body) < 5 || string(body[:5]) != "Adobe"
	}
	return true
}

func nextMarker(r *bufio.Reader, begun bool) (b byte, err error) {
	if !begun {
		if b, err = r.ReadByte(); err != nil || b != 0xFF {
			return 0, ErrBroken
		}
	}
	for b = 0xFF; b == 0xFF; { // the first, and filling
		if b, err = r.ReadByte(); err != nil {
			return 0, ErrBroken
		}
	}
	if b == 0 || b == soi {
		return 0, ErrBroken
	}
	return b, nil
}

func segment(r *bufio.Reader) ([]byte, error) {
	var size [2]byte
	if _, err := io.ReadFull(r, size[:]); err != nil {
		return nil, ErrBroken
	}
	n := int(binary.BigEndian.Uint16(size[:]))
	if n < 2 {
		return nil, ErrBroken
	}
	body := make([]byte, n-2)
	if _, err := io.ReadFull(r, body); err != nil {
		return nil, ErrBroken
	}
	return body, nil
}

func writeSegment(w *bufio.Writer, marker byte, body []byte) {
	_, _ = w.Write(binary.BigEndian.AppendUint16([]byte{0xFF, marker}, uint16(len(body)+2)))
	_, _ = w.Write(body)
}

// scan copies what follows the head of a scan, up to the next marker, of which it has read the first byte.
func scan(w *bufio.Writer, r *bufio.Reader) error {
	for {
		some, err := r.ReadSlice(0xFF)
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return ErrBroken
		}
		if err == nil {
			some = some[:len(some)-1]
		}
		if _, failed := w.Write(some); failed != nil {
			return fmt.Errorf("keep the picture: %w", failed)
		}
		if err != nil {
			continue
		}
		next, err := r.Peek(1)
		if err != nil {
			return ErrBroken
		}
		if restart := next[0] >= 0xD0 && next[0] <= 0xD7; next[0] != 0 && !restart {
			return nil
		}
		if err := w.WriteByte(0xFF); err != nil {
			return fmt.Errorf("keep the picture: %w", err)
		}
	}
}

const exifHead = "Exif\x00\x00"

// orientation is what an Exif segment says about turning; 0: nothing.
func orientation(body []byte) int {
	if len(body) < len(exifHead)+8 || string(body[:len(exifHead)]) != exifHead {
		return 0
	}
	tiff := body[len(exifHead):]
	var order binary.ByteOrder = binary.BigEndian
	switch string(tiff[:2]) {
	case "MM":
	case "II":
		order = binary.LittleEndian
	default:
		return 0
	}
	at := int64(order.Uint32(tiff[4:]))
	if at+2 > int64(len(tiff)) {
		return 0
	}
	entries := tiff[at+2:]
	for range order.Uint16(tiff[at:]) {
		if len(entries) < 12 {
			return 0
		}
		if order.Uint16(entries) == 0x0112 {
			if n := int(order.Uint16(entries[8:])); n >= 1 && n <= 8 {
				return n
			}
			return 0
		}
		entries = entries[12:]
	}
	return 0
}

// turned is an Exif segment that says how a picture is turned and nothing else.
func turned(n int) []byte {
	b := []byte(exifHead + "MM\x00\x2a\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01")
	b = binary.BigEndian.AppendUint16(b, uint16(n))
	return append(b, 0, 0, 0, 0, 0, 0)
}
