package picture

import (
	"encoding/binary"
	"fmt"
	"io"
)

const pngHead = "\x89PNG\r\n\x1a\n"

// cleanPNG copies a PNG without the chunks that hold texts, times and Exif, and without what follows its end.
func cleanPNG(w io.Writer, r io.Reader) error {
	head := make([]byte, len(pngHead))
	if _, err := io.ReadFull(r, head); err != nil || string(head) != pngHead {
		return ErrBroken
	}
	if _, err := w.Write(head); err != nil {
		return fmt.Errorf("keep the picture: %w", err)
	}
	for {
		var front [8]byte
		if _, err := io.ReadFull(r, front[:]); err != nil {
			return ErrBroken
		}
		size, name := int64(binary.BigEndian.Uint32(front[:])), string(front[4:])
		if size > 1<<31-1 {
			return ErrBroken
		}
		to := w
		switch name {
		case "tEXt", "zTXt", "iTXt", "eXIf", "tIME":
			to = io.Discard
		}
		if _, err := to.Write(front[:]); err != nil {
			return fmt.Errorf("keep the picture: %w", err)
		}
		if err := copyN(to, r, size+4); err != nil {
			return err
		}
		if name == "IEND" {
			return nil
		}
	}
}

// cleanWebP copies a WebP of that many bytes without its Exif and XMP.
func cleanWebP(w io.Writer, r io.ReadSeeker, size int64) error {
	var head [12]byte
	if _, err := io.ReadFull(r, head[:]); err != nil || string(head[:4]) != "RIFF" || string(head[8:]) != "WEBP" {
		return ErrBroken
	}
	end := min(size, int64(binary.LittleEndian.Uint32(head[4:]))+8)
	kept := int64(4)
	for copying := range 2 { // the first time only to learn how long it will be
		if _, err := r.Seek(12, io.SeekStart); err != nil {
			return fmt.Errorf("read the picture: %w", err)
		}
		to := io.Discard
		if copying == 1 {
			to = w
			binary.LittleEndian.PutUint32(head[4:], uint32(kept))
			if _, err := to.Write(head[:]); err != nil {
				return fmt.Errorf("keep the picture: %w", err)
			}
		}
		for at := int64(12); at < end; {
			n, stays, err := webpChunk(to, r, end-at)
			if err != nil {
				return err
			}
			at += n
			if stays && copying == 0 {
				kept += n
			}
		}
	}
	return nil
}

// webpChunk copies one chunk, unless it is metadata, and says how long it is.
func webpChunk(w io.Writer, r io.Reader, most int64) (n int64, stays bool, err error) {
	var front [8]byte
	if _, err := io.ReadFull(r, front[:]); err != nil {
		return 0, false, ErrBroken
	}
	size := int64(binary.LittleEndian.Uint32(front[4:]))
	size += size & 1
	if size+8 > most {
		return 0, false, ErrBroken
	}
	name := string(front[:4])
	if name == "EXIF" || name == "XMP " {
		return size + 8, false, copyN(io.Discard, r, size)
	}
	if _, err := w.Write(front[:]); err != nil {
		return 0, false, fmt.Errorf("keep the picture: %w", err)
	}
	if name == "VP8X" && size > 0 { // no longer says that there is metadata
		var flags [1]byte
		if _, err := io.ReadFull(r, flags[:]); err != nil {
			return 0, false, ErrBroken
		}
		flags[0] &^= 0x08 | 0x04
		if _, err := w.Write(flags[:]); err != nil {
			return 0, false, fmt.Errorf("keep the picture: %w", err)
		}
		return size + 8, true, copyN(w, r, size-1)
	}
	return size + 8, true, copyN(w, r, size)
}

func copyN(w io.Writer, r io.Reader, n int64) error {
	copied, err := io.CopyN(w, r, n)
	if copied < n && (err == io.EOF || err == io.ErrUnexpectedEOF) { //nolint:errorlint // io.CopyN returns it as it is
		return ErrBroken
	}
	if err != nil {
		return fmt.Errorf("keep the picture: %w", err)
	}
	return nil
}
