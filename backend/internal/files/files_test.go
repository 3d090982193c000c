package files

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hypha/internal/settings"
)

func open(t *testing.T) (*Store, *settings.Store, string) {
	t.Helper()
	dir := t.TempDir()
	log := slog.New(slog.DiscardHandler)
	rows, err := settings.Open(t.Context(), dir, log)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := rows.Close(); err != nil {
			t.Error(err)
		}
	})
	return New(Config{Dir: dir, Rows: rows.Files, Logger: log}), rows, dir
}

func drawn(t *testing.T, w, h int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewRGBA(image.Rect(0, 0, w, h))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestAPictureIsKeptWithItsThumbnail(t *testing.T) {
	s, _, dir := open(t)
	in := drawn(t, 1200, 600)
	row, err := s.Add(t.Context(), bytes.NewReader(in), `C:\photos\leaf.png`, "user:maya")
	if err != nil {
		t.Fatal(err)
	}
	if row.Name != "leaf.png" || row.Type != "image/png" || row.Width != 1200 || row.Height != 600 || row.Bytes != int64(len(in)) {
		t.Errorf("kept as %+v", row)
	}
	_, f, err := s.Open(t.Context(), row.ID)
	if err != nil {
		t.Fatal(err)
	}
	got, _ := io.ReadAll(f)
	_ = f.Close()
	if !bytes.Equal(got, in) {
		t.Error("it is another one")
	}
	for _, missing := range []bool{false, true} { // a restored one has none
		if missing {
			if err := os.Remove(filepath.Join(dir, Folder, row.ID+small)); err != nil {
				t.Fatal(err)
			}
		}
		thumb, f, err := s.Thumbnail(t.Context(), row.ID)
		if err != nil {
			t.Fatal(err)
		}
		m, err := jpeg.Decode(f)
		_ = f.Close()
		if err != nil || m.Bounds().Dx() != ThumbnailSize || m.Bounds().Dy() != ThumbnailSize/2 || thumb.Type != "image/jpeg" {
			t.Errorf("the thumbnail is %v, %v", m, err)
		}
	}
	left, err := os.ReadDir(filepath.Join(dir, Folder))
	if err != nil || len(left) != 2 {
		t.Errorf("the folder has %v", left)
	}
}

func TestOnlyWhatIsKnownIsTaken(t *testing.T) {
	s, _, dir := open(t)
	for name, c := range map[string]struct {
		content string
		want    string // media type
		err     error
	}{
		"page.jpg": {"<!doctype html><script>alert(1)</script>", "text/plain", nil},
		"a.svg":    {`<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>`, "text/plain", nil},
		"a.csv":    {"time,value\n1,2\n", "text/plain", nil},
		"a.pdf":    {"%PDF-1.7 ", "application/pdf", nil},
		"a.exe":    {"MZ\x90\x00\x03", "", ErrType},
		"a.txt":    {"text\x00with nothing", "", ErrType},
		"empty":    {"", "", ErrEmpty},
	} {
		row, err := s.Add(t.Context(), strings.NewReader(c.content), name, "user:maya")
		if !errors.Is(err, c.err) || c.err == nil && row.Type != c.want {
			t.Errorf("%s: %q, %v", name, row.Type, err)
		}
	}
	if _, err := s.Add(t.Context(), io.LimitReader(endless{}, MaxBytes+1), "big.txt", ""); !errors.Is(err, ErrTooLarge) {
		t.Errorf("a large one: %v", err)
	}
	left, _ := os.ReadDir(filepath.Join(dir, Folder))
	if len(left) != 4 {
		t.Errorf("the folder has %d files", len(left))
	}
}

type endless struct{}

func (endless) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = 'a'
	}
	return len(b), nil
}

func TestNothingIsTakenWhenTheDiskIsNearlyFull(t *testing.T) {
	s, _, _ := open(t)
	s.cfg.Room = func() error { return ErrNoRoom }
	if _, err := s.Add(t.Context(), strings.NewReader("text"), "a.txt", ""); !errors.Is(err, ErrNoRoom) {
		t.Errorf("got %v", err)
	}
}

func TestWhatNothingNamesGoesAfterADay(t *testing.T) {
	s, rows, dir := open(t)
	ctx := t.Context()
	add := func(name string) string {
		row, err := s.Add(ctx, strings.NewReader("about "+name), name+".txt", "user:maya")
		if err != nil {
			t.Fatal(err)
		}
		return row.ID
	}
	noted, binned, shown, forgotten := add("noted"), add("binned"), add("shown"), add("forgotten")
	for _, id := range []string{noted, binned} {
		n := settings.Note{Item: settings.Item{Name: "a note"}, Files: []string{id}}
		if err := rows.Notes.Create(ctx, &n); err != nil {
			t.Fatal(err)
		}
		if id == binned {
			if err := rows.Notes.SoftDelete(ctx, n.ID); err != nil {
				t.Fatal(err)
			}
		}
	}
	bare := settings.Note{Item: settings.Item{Name: "without files"}}
	if err := rows.Notes.Create(ctx, &bare); err != nil {
		t.Fatal(err)
	}
	raw, _ := json.Marshal("/api/v1/files/" + shown) // anywhere in the settings
	if err := rows.KV.Set(ctx, "dashboard", json.RawMessage(raw)); err != nil {
		t.Fatal(err)
	}
	there := func() (names []string) {
		for _, id := range []string{noted, binned, shown, forgotten} {
			if _, err := os.Stat(filepath.Join(dir, Folder, id)); err == nil {
				row, err := rows.Files.Get(ctx, id)
				if err != nil {
					t.Errorf("a file is left of what is forgotten: %v", err)
				}
				names = append(names, strings.TrimSuffix(row.Name, ".txt"))
			}
		}
		return names
	}
	sweep := func(in time.Duration, want string) {
		t.Helper()
		if err := s.Sweep(ctx, time.Now().Add(in)); err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(there(), " "); got != want {
			t.Errorf("after %v there are: %s; want %s", in, got, want)
		}
	}
	sweep(Unclaimed-time.Minute, "noted binned shown forgotten")
	sweep(Unclaimed+time.Minute, "noted binned shown")
	if _, err := rows.Notes.Purge(ctx, time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	sweep(Unclaimed+time.Minute, "noted shown")
}

func TestWhatAKilledUploadLeftIsSwept(t *testing.T) {
	s, _, dir := open(t)
	if _, err := s.Add(t.Context(), strings.NewReader("text"), "a.txt", ""); err != nil {
		t.Fatal(err)
	}
	left := filepath.Join(dir, Folder, temporary+"1")
	if err := os.WriteFile(left, []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	for hours, want := range []bool{true, false} {
		if err := s.Sweep(context.Background(), time.Now().Add(time.Duration(hours)*2*time.Hour)); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(left); (err == nil) != want {
			t.Errorf("after %d h: %v", 2*hours, err)
		}
	}
}
