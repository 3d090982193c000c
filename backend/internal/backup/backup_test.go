package backup

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"hypha/internal/history/embedded"
	"hypha/internal/settings"
)

func TestWhatIsSavedComesBack(t *testing.T) {
	s := newSite(t)
	path := s.save("one.tar.zst", "") // while both stores are open
	n := s.n
	s.append(50, 1000)
	fresh := filepath.Join(t.TempDir(), "fresh")
	r, err := Restore(t.Context(), path, fresh, nil)
	if err != nil || r.Kept != "" {
		t.Fatalf("%+v, %v", r, err)
	}
	s.same(fresh, n)
	if r.Manifest.Readings != n || r.Manifest.Program != "test" {
		t.Errorf("manifest: %+v", r.Manifest)
	}
	for _, name := range names(t, fresh) {
		if strings.HasPrefix(name, restoring) || name == setupCode || name == settings.RestoreMark {
			t.Errorf("%s is in the restored folder", name)
		}
	}
	// Over what is there: it is kept whole.
	s.close()
	r, err = Restore(t.Context(), path, s.dir, nil)
	if err != nil || !strings.HasPrefix(filepath.Base(r.Kept), replaced) {
		t.Fatalf("%+v, %v", r, err)
	}
	s.same(s.dir, n)
	s.same(r.Kept, n+50)
}

func TestABackupLeavesNothingInTheFolder(t *testing.T) {
	s := newSite(t)
	before := names(t, s.dir)
	s.save("one.tar.zst", "")
	if _, _, err := Save(t.Context(), filepath.Join(t.TempDir(), "no", "such"), s.dir, Options{}); err == nil {
		t.Error("saved to a folder that is not there")
	}
	if after := names(t, s.dir); !slices.Equal(before, after) {
		t.Errorf("%v, before %v", after, before)
	}
	if _, _, err := Save(t.Context(), filepath.Join(t.TempDir(), "x"), t.TempDir(), Options{}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("saved an empty folder: %v", err)
	}
}

func TestAChainHoldsEachByteOnce(t *testing.T) {
	s := newSite(t)
	full := s.save("full.tar.zst", "")
	s.append(400, 1000)
	s.try(s.history.Seal(t.Context())) // the newest week's file grows
	second := s.save("second.tar.zst", full)
	s.append(400, 1000)
	s.try(s.history.Seal(t.Context()))
	third := s.save("third.tar.zst", second)
	m, err := ManifestOf(third)
	s.try(err)
	parts, whole := 0, 0
	for _, f := range m.Files {
		if strings.HasSuffix(f.Name, ".hist") {
			parts = max(parts, len(f.Parts))
			for _, p := range f.Parts {
				if p.Backup == "" && p.Entry == f.Name {
					whole++
				}
			}
		}
	}
	if parts != 3 || whole != 0 || len(m.Earlier) != 2 {
		t.Errorf("a file of %d parts, %d files whole, earlier %+v", parts, whole, m.Earlier)
	}
	fresh := filepath.Join(t.TempDir(), "fresh")
	_, err = Restore(t.Context(), third, fresh, nil)
	s.try(err)
	s.same(fresh, s.n)

	// After tidying, and of a folder that was restored in between, what differs is stored whole.
	s.try(s.history.Tidy(t.Context()))
	tidied := s.save("tidied.tar.zst", third)
	_, err = Restore(t.Context(), tidied, filepath.Join(t.TempDir(), "fresh"), nil)
	s.try(err)

	// Without one of them nothing is restored, and the message says which; elsewhere it is found when it is named.
	other := filepath.Join(t.TempDir(), "renamed")
	s.try(os.Rename(full, other))
	var missing *MissingError
	if _, err := Restore(t.Context(), third, fresh, nil); !errors.As(err, &missing) || !strings.Contains(err.Error(), "--from") {
		t.Errorf("without its beginning: %v", err)
	}
	s.same(fresh, s.n)
	_, err = Restore(t.Context(), third, fresh, []string{other})
	s.try(err)
	s.same(fresh, s.n)
}

func TestAServerThatRunsIsNotReplaced(t *testing.T) {
	s := newSite(t)
	path := s.save("one.tar.zst", "")
	lock, err := settings.Lock(s.dir)
	s.try(err)
	if _, err := Restore(t.Context(), path, s.dir, nil); !errors.Is(err, settings.ErrLocked) {
		t.Errorf("%v, want %v", err, settings.ErrLocked)
	}
	s.try(lock.Close())
}

func TestDeletedAndConvertedReadingsStaySo(t *testing.T) {
	s := newSite(t)
	_, err := s.history.Delete(t.Context(), 1, 2900*week, 2901*week)
	s.try(err)
	n, err := s.history.Count(t.Context(), 1, 0, 1<<62)
	s.try(err)
	path := s.save("one.tar.zst", "")
	fresh := filepath.Join(t.TempDir(), "fresh")
	_, err = Restore(t.Context(), path, fresh, nil)
	s.try(err)
	if got := all(t, fresh); len(got) != n || n == 1600 {
		t.Errorf("%d readings, want %d", len(got), n)
	}
	if _, err := os.Stat(filepath.Join(fresh, embedded.Folder, "edits")); err != nil {
		t.Error(err)
	}
}
