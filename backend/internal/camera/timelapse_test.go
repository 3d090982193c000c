package camera

import (
	"bytes"
	"image/jpeg"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"hypha/internal/camera/avi"
	"hypha/internal/camera/reel"
)

func TestATimelapseKeepsStillsAtItsHours(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lamp := false
		store := reel.New(t.TempDir())
		count := func(tl Timelapse, during time.Duration) int {
			tl.KeepDays, tl.MaxMB = 10, 64
			began := time.Now().UnixMilli()
			l := &lapse{camera: 1, t: tl, reel: store, room: func() error { return nil }, zone: time.UTC, lit: func(int64, int) (bool, bool) { return lamp, true }}
			c := &Camera{source: &fake{jpeg: drawnJPEG(t, 8, 8)}, timeout: 5 * time.Second, every: time.Second, lapse: l}
			m := run(t, c)
			<-time.After(during)
			stop(t, m)
			_, total, err := store.Frames(1, began, time.Now().UnixMilli(), 0)
			if err != nil {
				t.Fatal(err)
			}
			return total
		}
		if n := count(Timelapse{IntervalS: 60, When: "always"}, time.Hour); n < 59 || n > 61 {
			t.Errorf("%d stills in an hour of minutes", n)
		}
		<-time.After(time.Until(time.Now().UTC().Truncate(24 * time.Hour).Add(24 * time.Hour)))
		if n := count(Timelapse{IntervalS: 600, When: "hours", From: "22:00", To: "06:00"}, 24*time.Hour); n < 47 || n > 49 {
			t.Errorf("%d stills in a night of 8 hours", n)
		}
		if n := count(Timelapse{IntervalS: 60, When: "lamp", Output: 1}, time.Hour); n != 0 {
			t.Errorf("%d stills in the dark", n)
		}
		lamp = true
		if n := count(Timelapse{IntervalS: 60, When: "lamp", Output: 1}, time.Hour); n < 58 {
			t.Errorf("%d stills under the lamp", n)
		}
	})
}

func TestAFilmIsWhatItSays(t *testing.T) {
	sizes, pictures := []int{}, [][]byte{}
	for n := range 7 {
		b := drawnJPEG(t, 64, 48+0*n)
		if n%2 == 1 { // odd sizes are padded
			b = append(b[:2:2], append([]byte{0xFF, 0xFE, 0, 3, 'x'}, b[2:]...)...)
		}
		pictures, sizes = append(pictures, b), append(sizes, len(b))
	}
	want, err := avi.Size(sizes)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := avi.Write(&out, avi.Film{Width: 64, Height: 48, Rate: 24, Sizes: sizes}, func(n int) ([]byte, error) { return pictures[n], nil }); err != nil {
		t.Fatal(err)
	}
	if int64(out.Len()) != want {
		t.Errorf("%d bytes, %d were said", out.Len(), want)
	}
	// Each picture stands where the index says.
	at := bytes.Index(out.Bytes(), []byte("idx1"))
	movi := bytes.Index(out.Bytes(), []byte("movi"))
	for n := range pictures {
		entry := out.Bytes()[at+8+16*n:]
		offset := int(entry[8]) | int(entry[9])<<8 | int(entry[10])<<16
		if _, err := jpeg.Decode(bytes.NewReader(out.Bytes()[movi+offset+8:])); err != nil || string(out.Bytes()[movi+offset:movi+offset+4]) != "00dc" {
			t.Errorf("picture %d is not at its place: %v", n, err)
		}
	}
	probe, err := exec.LookPath("ffprobe")
	if err != nil {
		t.Skip("ffprobe is not installed")
	}
	path := filepath.Join(t.TempDir(), "film.avi")
	if err := os.WriteFile(path, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	said, err := exec.CommandContext(t.Context(), probe, "-v", "error", "-count_frames", "-show_entries", "stream=codec_name,width,height,r_frame_rate,nb_read_frames", "-of", "csv=p=0", path).CombinedOutput()
	if err != nil || strings.TrimSpace(string(said)) != "mjpeg,64,48,24/1,7" {
		t.Errorf("a player sees %s, %v", said, err)
	}
}
