package backup

import (
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"hypha/internal/settings"
)

var errPower = errors.New("the power went")

// TestARestoreThatIsInterruptedIsNeverHalf ends a restore at each of its steps, as a kill would. Afterwards the folder is
// the old one, or the next to come finishes the new one; while neither is so nobody opens it.
func TestARestoreThatIsInterruptedIsNeverHalf(t *testing.T) {
	s := newSite(t)
	path := s.save("one.tar.zst", "")
	old := s.n + 50
	s.append(50, 1000)
	s.close()
	original := s.dir
	for end := 0; ; end++ {
		dir := filepath.Join(t.TempDir(), "data")
		s.try(os.CopyFS(dir, os.DirFS(original)))
		steps := 0
		m := moves{dir: dir, step: func(string) error {
			if steps == end {
				return errPower
			}
			steps++
			return nil
		}}
		r, err := restore(t.Context(), path, nil, m)
		if err == nil { // it came to its end
			s.same(dir, old-50)
			s.same(r.Kept, old)
			if end < 10 {
				t.Errorf("only %d steps", end)
			}
			return
		}
		if !errors.Is(err, errPower) {
			t.Fatal(err)
		}
		if end == 0 { // before the mark: it is as it was
			s.same(dir, old)
			continue
		}
		if _, err := settings.Open(t.Context(), dir, slog.New(slog.DiscardHandler)); !errors.Is(err, settings.ErrRestoring) {
			t.Fatalf("step %d: settings opened in between: %v", end, err)
		}
		if _, _, err := Save(t.Context(), filepath.Join(t.TempDir(), "x"), dir, Options{}); err == nil {
			t.Errorf("step %d: saved in between", end)
		}
		kept, err := Finish(dir)
		if err != nil {
			t.Fatalf("step %d: %v", end, err)
		}
		s.same(dir, old-50)
		s.same(kept, old)
		if again, err := Finish(dir); again != "" || err != nil {
			t.Errorf("step %d: finished twice: %q, %v", end, again, err)
		}
	}
}
