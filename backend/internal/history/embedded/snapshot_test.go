package embedded

import (
	"context"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"hypha/internal/history"
	"hypha/internal/measure"
)

// everything reads all of a store.
func everything(t *testing.T, s *Store) (all []measure.Reading) {
	t.Helper()
	for ch := measure.ChannelID(1); ch <= 3; ch++ {
		err := s.Raw(t.Context(), ch, -history.End-1, history.End, 0, func(r measure.Reading) error {
			all = append(all, r)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// opened opens a copy of a snapshot.
func opened(t *testing.T, snap *Snapshot) *Store {
	t.Helper()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, Folder), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, f := range snap.Files {
		b, err := io.ReadAll(f.Open())
		if err != nil || int64(len(b)) != f.Size {
			t.Fatalf("%s: %d bytes of %d, %v", f.Name, len(b), f.Size, err)
		}
		if err := os.WriteFile(filepath.Join(dir, Folder, f.Name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s, err := Open(t.Context(), dir, small(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// TestASnapshotIsOneInstant has the store do something amid the snapshot: it must be taken anew unless that was only
// appending, and then hold what was there when the settings beside it were copied. Before it is read the store goes on.
func TestASnapshotIsOneInstant(t *testing.T) {
	n := int64(0)
	add := func(s *Store) error {
		var rs []measure.Reading
		for range 40 {
			n++
			for ch := measure.ChannelID(1); ch <= 3; ch++ {
				rs = append(rs, measure.Reading{Channel: ch, T: 2900*partitionSpan + n*partitionSpan/100, V: float64(n)})
			}
		}
		return s.Append(t.Context(), rs)
	}
	both := func(a, b func(*Store) error) func(*Store) error {
		return func(s *Store) error {
			if err := a(s); err != nil {
				return err
			}
			return b(s)
		}
	}
	seal := func(s *Store) error { return s.Seal(t.Context()) }
	tidy := func(s *Store) error { return s.Tidy(t.Context()) }
	remove := func(s *Store) error {
		_, err := s.Delete(t.Context(), 2, math.MinInt64, 2900*partitionSpan+(n-30)*partitionSpan/100)
		return err
	}
	rescale := func(s *Store) error { return s.Rescale(t.Context(), 3, measure.Affine{Scale: 2}) }
	drop := func(s *Store) error {
		_, err := s.DropBefore(t.Context(), 2900*partitionSpan+(n-110)*partitionSpan/100)
		return err
	}
	for name, c := range map[string]struct {
		do    func(*Store) error
		calls int
	}{
		"nothing": {func(*Store) error { return nil }, 1}, "append": {add, 1}, "seal": {seal, 2}, "tidy": {tidy, 2},
		"append and seal": {both(add, seal), 2}, "seal and tidy": {both(seal, tidy), 2}, "delete": {remove, 2}, "convert": {rescale, 2},
		"delete, seal and tidy": {both(remove, both(seal, tidy)), 2}, "drop": {drop, 2}, "convert and tidy": {both(rescale, tidy), 2},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			s, err := Open(context.Background(), dir, small(t))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = s.Close() })
			for _, do := range []func(*Store) error{add, add, seal, add, rescale, add, seal, add} {
				if err := do(s); err != nil {
					t.Fatal(err)
				}
			}
			calls := 0
			var want []measure.Reading
			snap, err := TakeSnapshot(t.Context(), dir, func() error {
				calls++
				want = everything(t, s)
				if calls > 1 {
					return nil
				}
				return c.do(s)
			})
			if err != nil {
				t.Fatal(err)
			}
			defer func() {
				if err := snap.Close(); err != nil {
					t.Error(err)
				}
			}()
			for _, do := range []func(*Store) error{add, remove, seal, rescale, tidy, drop, add, seal} { // on, while it is copied
				if err := do(s); err != nil {
					t.Fatal(err)
				}
			}
			if got := everything(t, opened(t, snap)); calls != c.calls || !slices.Equal(got, want) {
				t.Errorf("%d calls, want %d; %d readings, want %d", calls, c.calls, len(got), len(want))
			}
		})
	}
}

func TestASnapshotOfNothing(t *testing.T) {
	snap, err := TakeSnapshot(t.Context(), t.TempDir(), func() error { return nil })
	if err != nil || len(snap.Files) != 0 {
		t.Errorf("%+v, %v", snap, err)
	}
}
