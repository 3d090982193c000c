package backup

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hypha/internal/files"
)

func TestUploadedFilesAreSavedOnceAndComeBack(t *testing.T) {
	s := newSite(t)
	put := func(name, text string) {
		s.try(os.MkdirAll(filepath.Join(s.dir, files.Folder), 0o700))
		s.try(os.WriteFile(filepath.Join(s.dir, files.Folder, name), []byte(text), 0o600))
	}
	first, second := strings.Repeat("0a", 16), strings.Repeat("1b", 16)
	put(first, "a photo")
	put(first+".small", "a thumbnail, drawn anew when it is missing")
	put("upload-1", "half of one")
	full := s.save("full.tar.zst", "")
	put(second, "another")
	next := s.save("next.tar.zst", full)
	m, err := ManifestOf(next)
	s.try(err)
	if f := m.file(files.Folder + "/" + first); f == nil || len(f.Parts) != 1 || f.Parts[0].Backup == "" {
		t.Errorf("what the first backup has is saved again: %+v", f)
	}
	fresh := filepath.Join(t.TempDir(), "fresh")
	_, err = Restore(t.Context(), next, fresh, nil)
	s.try(err)
	s.same(fresh, s.n)
	if got := names(t, filepath.Join(fresh, files.Folder)); strings.Join(got, " ") != first+" "+second {
		t.Errorf("restored are %v", got)
	}
	if b, err := os.ReadFile(filepath.Join(fresh, files.Folder, first)); err != nil || string(b) != "a photo" {
		t.Errorf("the photo is %q, %v", b, err)
	}
	// Over a folder with others: these are kept beside.
	s.close()
	r, err := Restore(t.Context(), full, s.dir, nil)
	s.try(err)
	if got := names(t, filepath.Join(s.dir, files.Folder)); len(got) != 1 {
		t.Errorf("after going back there are %v", got)
	}
	if got := names(t, filepath.Join(r.Kept, files.Folder)); len(got) != 4 {
		t.Errorf("kept are %v", got)
	}
}
