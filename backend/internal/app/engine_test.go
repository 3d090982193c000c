package app

import (
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"hypha/internal/history"
	"hypha/internal/history/rowstore"
	"hypha/internal/measure"
)

func TestRowsOfAnEarlierVersionAreTakenOver(t *testing.T) {
	dir := t.TempDir()
	rows, err := rowstore.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	var want []measure.Reading
	for i := range int64(25_000) {
		want = append(want, measure.Reading{Channel: 3, T: i * 60_000, V: float64(i%400) / 10, Q: measure.Quality(i % 500 / 499)})
	}
	if err := rows.Append(t.Context(), want); err != nil {
		t.Fatal(err)
	}
	if err := rows.Close(); err != nil {
		t.Fatal(err)
	}
	for n := range 2 { // a second start has nothing to take over
		p := &program{opts: Options{DataDir: dir}, log: slog.New(slog.DiscardHandler)}
		store, err := p.openHistory(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var got []measure.Reading
		err = store.Raw(t.Context(), 3, math.MinInt64, history.End, 0, func(r measure.Reading) error { got = append(got, r); return nil })
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("start %d: %d readings, %v; want %d", n+1, len(got), err, len(want))
		}
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, rowstore.File)); !os.IsNotExist(err) {
		t.Errorf("the rows' file is still there: %v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, rowstore.File+".taken-over")); err != nil {
		t.Error(err)
	}
}
