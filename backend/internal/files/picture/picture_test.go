package picture

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"testing"
)

// scene is half red, half blue, wider than high.
func scene(w, h int) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.RGBA{R: 255, A: 255}
			if x >= w/2 {
				c = color.RGBA{B: 255, A: 255}
			}
			m.SetRGBA(x, y, c)
		}
	}
	return m
}

const place = "48.2082N 16.3738E"

// photo is a JPEG as a phone makes it: turned, with a place, a comment, a profile, and something behind its end.
func photo(t *testing.T, turn int, order binary.AppendByteOrder) []byte {
	t.Helper()
	var plain bytes.Buffer
	if err := jpeg.Encode(&plain, scene(64, 32), nil); err != nil {
		t.Fatal(err)
	}
	exif := []byte(exifHead + "II*\x00")
	if order == binary.AppendByteOrder(binary.BigEndian) {
		exif = []byte(exifHead + "MM\x00*")
	}
	exif = order.AppendUint32(exif, 8)
	exif = order.AppendUint16(exif, 2)
	entry := func(tag, kind uint16, n uint32, v uint16) {
		exif = order.AppendUint16(exif, tag)
		exif = order.AppendUint16(exif, kind)
		exif = order.AppendUint32(exif, n)
		exif = order.AppendUint16(exif, v)
		exif = append(exif, 0, 0)
	}
	entry(0x010F, 2, 4, 0)
	entry(0x0112, 3, 1, uint16(turn))
	exif = append(exif, place...)
	add := func(b []byte, marker byte, body string) []byte {
		b = binary.BigEndian.AppendUint16(append(b, 0xFF, marker), uint16(len(body)+2))
		return append(b, body...)
	}
	b := []byte{0xFF, soi}
	b = add(b, app1, string(exif))
	b = add(b, 0xE2, "ICC_PROFILE\x00\x01\x01colours")
	b = add(b, 0xED, "Photoshop 3.0 "+place)
	b = add(b, com, place)
	b = append(b, plain.Bytes()[2:]...)
	return append(b, place...)
}

func TestWhatAPhotoTellsAboutItsMakerIsTakenOut(t *testing.T) {
	for _, order := range []binary.AppendByteOrder{binary.BigEndian, binary.LittleEndian} {
		in := photo(t, 6, order)
		if !bytes.Contains(in, []byte(place)) {
			t.Fatal("the photo of the test tells nothing")
		}
		var out bytes.Buffer
		size, err := Clean(&out, bytes.NewReader(in), JPEG, int64(len(in)))
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(out.Bytes(), []byte(place)) {
			t.Error("the place is still in it")
		}
		if !bytes.Contains(out.Bytes(), []byte("ICC_PROFILE")) {
			t.Error("its colours are lost")
		}
		if size != (Size{32, 64}) {
			t.Errorf("turned, it is %v", size)
		}
		again, err := cleanJPEG(&bytes.Buffer{}, bytes.NewReader(out.Bytes()))
		if err != nil || again != 6 {
			t.Errorf("it says %d of how it is turned, %v", again, err)
		}
		if _, err := jpeg.Decode(bytes.NewReader(out.Bytes())); err != nil {
			t.Errorf("nobody can read it any more: %v", err)
		}
	}
}

func TestThumbnailsStandUpright(t *testing.T) {
	// Where red lies after turning: left, or top, of the picture as it is seen.
	for turn, red := range map[int]image.Point{1: {4, 8}, 2: {28, 8}, 3: {28, 8}, 4: {4, 8}, 5: {8, 4}, 6: {8, 4}, 7: {8, 28}, 8: {8, 28}} {
		in := photo(t, turn, binary.BigEndian)
		var out bytes.Buffer
		if err := Thumbnail(&out, bytes.NewReader(in), 32); err != nil {
			t.Fatal(err)
		}
		m, err := jpeg.Decode(&out)
		if err != nil {
			t.Fatal(err)
		}
		want := image.Pt(32, 16)
		if turn >= 5 {
			want = image.Pt(16, 32)
		}
		r, _, b, _ := m.At(red.X, red.Y).RGBA()
		if m.Bounds().Size() != want || r < 3*b {
			t.Errorf("turned by %d it is %v, and at %v not red", turn, m.Bounds().Size(), red)
		}
	}
}

func TestTextsInAPNGAreTakenOut(t *testing.T) {
	var plain bytes.Buffer
	if err := png.Encode(&plain, scene(8, 8)); err != nil {
		t.Fatal(err)
	}
	text := "tEXtComment\x00" + place
	chunk := binary.BigEndian.AppendUint32(nil, uint32(len(text)-4))
	chunk = append(chunk, text...)
	chunk = append(chunk, 0, 0, 0, 0) // nobody looks at its checksum
	at := len(pngHead) + 25           // behind the header
	in := append(append(bytes.Clone(plain.Bytes()[:at]), chunk...), plain.Bytes()[at:]...)
	var out bytes.Buffer
	if _, err := Clean(&out, bytes.NewReader(append(in, place...)), PNG, int64(len(in))); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(out.Bytes(), plain.Bytes()) {
		t.Errorf("%d bytes became %d", plain.Len(), out.Len())
	}
}

func TestExifInAWebPIsTakenOut(t *testing.T) {
	chunk := func(name, body string) string {
		b := binary.LittleEndian.AppendUint32([]byte(name), uint32(len(body)))
		b = append(b, body...)
		if len(body)%2 == 1 {
			b = append(b, 0)
		}
		return string(b)
	}
	build := func(flags byte, chunks ...string) []byte {
		body := "WEBP" + chunk("VP8X", string(flags)+"\x00\x00\x00\x07\x00\x00\x07\x00\x00")
		for _, c := range chunks {
			body += c
		}
		return append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(body))), body...)
	}
	in := build(0x0C, chunk("VP8 ", "odd"), chunk("EXIF", place), chunk("XMP ", place))
	want := build(0, chunk("VP8 ", "odd"))
	var out bytes.Buffer
	if err := cleanWebP(&out, bytes.NewReader(in), int64(len(in))); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(out.Bytes(), want) {
		t.Errorf("%q instead of %q", out.Bytes(), want)
	}
}

func TestBrokenPicturesAreRefused(t *testing.T) {
	whole := photo(t, 1, binary.BigEndian)
	for n := range len(whole) - len(place) - 2 {
		var out bytes.Buffer
		if _, err := Clean(&out, bytes.NewReader(whole[:n]), JPEG, int64(n)); err == nil {
			t.Fatalf("the first %d of %d bytes were taken", n, len(whole))
		}
	}
}

func FuzzClean(f *testing.F) {
	f.Add([]byte(pngHead), 1)
	f.Add([]byte("\xff\xd8\xff\xe1\x00\x10Exif\x00\x00MM\x00*"), 0)
	f.Add([]byte("RIFF\x04\x00\x00\x00WEBP"), 2)
	f.Fuzz(func(_ *testing.T, in []byte, kind int) {
		var out bytes.Buffer
		switch kind % 3 {
		case 0:
			_, _ = cleanJPEG(&out, bytes.NewReader(in))
		case 1:
			_ = cleanPNG(&out, bytes.NewReader(in))
		default:
			_ = cleanWebP(&out, bytes.NewReader(in), int64(len(in)))
		}
	})
}
