package picture

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	_ "image/gif" // decodes
	"image/jpeg"
	_ "image/png" // decodes
	"io"
	"slices"

	"golang.org/x/image/draw"
	_ "golang.org/x/image/webp" // decodes
)

// The media types of pictures that browsers show.
const (
	JPEG = "image/jpeg"
	PNG  = "image/png"
	GIF  = "image/gif"
	WebP = "image/webp"
)

// Types lists them.
func Types() []string { return []string{JPEG, PNG, GIF, WebP} }

// Is tells whether a media type is that of a picture.
func Is(mediaType string) bool { return slices.Contains(Types(), mediaType) }

const (
	mostPixels = 100_000_000
	// mostMemory is how much drawing a thumbnail may take, in bytes: small machines have 512 MB for everything.
	mostMemory = 100 << 20
	// perPixel are the bytes that decoding a pixel takes at most: colours with transparency, or the coefficients of a
	// progressive JPEG.
	perPixel = 6
)

// Errors that senders can act on.
var (
	ErrTooLarge = fmt.Errorf("the picture has more than %d million pixels: send a smaller one", mostPixels/1_000_000)
	// ErrNoThumbnail says that drawing a small one would take more memory than a picture is worth.
	ErrNoThumbnail = errors.New("the picture is too large for a thumbnail")
)

// Size is that of a picture as it is seen, in pixels.
type Size struct{ Width, Height int }

// Clean copies a picture of a type and size in bytes to w without what it tells about its maker.
func Clean(w io.Writer, r io.ReadSeeker, mediaType string, bytes int64) (Size, error) {
	cfg, _, err := image.DecodeConfig(r)
	if err != nil {
		return Size{}, ErrBroken
	}
	if cfg.Width <= 0 || cfg.Height <= 0 || int64(cfg.Width)*int64(cfg.Height) > mostPixels {
		return Size{}, ErrTooLarge
	}
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return Size{}, fmt.Errorf("read the picture: %w", err)
	}
	size := Size{cfg.Width, cfg.Height}
	switch mediaType {
	case JPEG:
		turn, err := cleanJPEG(w, r)
		if turn >= 5 {
			size.Width, size.Height = size.Height, size.Width
		}
		return size, err
	case PNG:
		return size, cleanPNG(w, r)
	case WebP:
		return size, cleanWebP(w, r, bytes)
	default: // GIF holds nothing but comments, which cost more to find than they tell
		return size, copyN(w, r, bytes)
	}
}

// Thumbnail draws a picture so small that it fits into a square of that many pixels, as a JPEG, the right way up.
func Thumbnail(w io.Writer, r io.ReadSeeker, most int) error {
	cfg, format, err := image.DecodeConfig(r)
	if err != nil {
		return ErrBroken
	}
	if int64(cfg.Width)*int64(cfg.Height)*perPixel > mostMemory {
		return ErrNoThumbnail
	}
	turn := 1
	if format == "jpeg" {
		if _, err := r.Seek(0, io.SeekStart); err != nil {
			return fmt.Errorf("read the picture: %w", err)
		}
		if turn, err = cleanJPEG(io.Discard, r); err != nil {
			return err
		}
	}
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("read the picture: %w", err)
	}
	whole, _, err := image.Decode(r)
	if err != nil {
		return ErrBroken
	}
	return Encode(w, upright(shrunk(whole, most), turn), 82)
}

// Encode writes a JPEG of a quality from 1 to 100.
func Encode(w io.Writer, m image.Image, quality int) error {
	if err := jpeg.Encode(w, m, &jpeg.Options{Quality: quality}); err != nil {
		return fmt.Errorf("write the picture: %w", err)
	}
	return nil
}

// shrunk fits a picture into a square; what shines through is white.
func shrunk(m image.Image, most int) *image.RGBA {
	b := m.Bounds()
	width, height := b.Dx(), b.Dy()
	if longer := max(width, height); longer > most {
		width, height = max(1, width*most/longer), max(1, height*most/longer)
	}
	small := image.NewRGBA(image.Rect(0, 0, width, height))
	draw.Draw(small, small.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.ApproxBiLinear.Scale(small, small.Bounds(), m, b, draw.Over, nil)
	return small
}

// upright turns a picture as Exif counts: 2 to 4 mirrored and upside down, 5 to 8 on their sides.
func upright(m *image.RGBA, turn int) *image.RGBA {
	if turn <= 1 || turn > 8 {
		return m
	}
	w, h := m.Bounds().Dx(), m.Bounds().Dy()
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	if turn >= 5 {
		out = image.NewRGBA(image.Rect(0, 0, h, w))
	}
	for y := range h {
		for x := range w {
			toX, toY := x, y
			switch turn {
			case 2:
				toX = w - 1 - x
			case 3:
				toX, toY = w-1-x, h-1-y
			case 4:
				toY = h - 1 - y
			case 5:
				toX, toY = y, x
			case 6:
				toX, toY = h-1-y, x
			case 7:
				toX, toY = h-1-y, w-1-x
			case 8:
				toX, toY = y, w-1-x
			}
			out.SetRGBA(toX, toY, m.RGBAAt(x, y))
		}
	}
	return out
}
