package embedded

import (
	"context"
	"math"
	"os"
	"path/filepath"
	"testing"

	"pgregory.net/rapid"

	"hypha/internal/history"
	"hypha/internal/history/historytest"
	"hypha/internal/measure"
)

// TestADamagedByteCostsOnlyWhatItIsIn damages one byte of a store with sealed weeks, edits and a journal.
func TestADamagedByteCostsOnlyWhatItIsIn(t *testing.T) {
	ctx := t.Context()
	dir := t.TempDir()
	oracle := &historytest.Memory{}
	s := open(t, dir)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	both := func(readings []measure.Reading) {
		t.Helper()
		must(s.Append(ctx, readings))
		must(oracle.Append(ctx, readings))
	}
	stream := func(from int64, n int) (all []measure.Reading) {
		for i := range n {
			for id := range 3 {
				all = append(all, measure.Reading{Channel: measure.ChannelID(id + 1), T: from + int64(i)*10_000 + int64(i%7), V: float64(i%50*(id+1)) / 10})
			}
		}
		return all
	}
	both(stream(day, 20_000)) // some days
	must(s.Seal(ctx))
	both(stream(5*day, 3000)) // overlaps
	must(s.Seal(ctx))
	must(s.Rescale(ctx, 2, measure.Affine{Scale: 2}))
	must(oracle.Rescale(ctx, 2, measure.Affine{Scale: 2}))
	if _, err := s.Delete(ctx, 3, 2*day, 2*day+day/2); err != nil {
		t.Fatal(err)
	}
	if _, err := oracle.Delete(ctx, 3, 2*day, 2*day+day/2); err != nil {
		t.Fatal(err)
	}
	for i := range 20 {
		both(stream(9*day+int64(i)*3600_000, 10))
	}
	must(s.Close())
	want := map[measure.Reading]bool{}
	for _, r := range oracle.All() {
		want[r] = true
	}
	files, err := filepath.Glob(filepath.Join(dir, Folder, "*"))
	must(err)
	rapid.Check(t, func(r *rapid.T) {
		other := filepath.Join(t.TempDir(), "copy")
		if err := os.CopyFS(other, os.DirFS(dir)); err != nil {
			t.Fatal(err)
		}
		defer os.RemoveAll(other)
		path := filepath.Join(other, Folder, filepath.Base(rapid.SampledFrom(files).Draw(r, "file")))
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		at := rapid.OneOf(rapid.IntRange(0, len(b)-1), rapid.IntRange(0, min(len(b)-1, 300))).Draw(r, "byte")
		b[at] ^= 1 << rapid.IntRange(0, 7).Draw(r, "bit")
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		var damages []Damage
		cfg := small(t)
		cfg.OnDamage = func(d Damage) { damages = append(damages, d) }
		again, err := Open(context.Background(), other, cfg)
		if err != nil {
			r.Fatalf("open: %v", err)
		}
		defer again.Close()
		found := 0
		for id := measure.ChannelID(1); id <= 3; id++ {
			err := again.Raw(ctx, id, math.MinInt64, history.End, 0, func(got measure.Reading) error {
				if !want[got] {
					r.Fatalf("%+v was never stored", got)
				}
				found++
				return nil
			})
			if err != nil {
				r.Fatalf("channel %d: %v", id, err)
			}
		}
		if lost := len(want) - found; lost > 0 && len(damages) == 0 {
			r.Fatalf("%d readings are gone, and nobody is told", lost)
		} else if lost > 3*chunkLen {
			r.Fatalf("%d readings are gone: more than the chunks that share a column of times", lost)
		}
	})
}
