package history_test

import (
	"testing"

	"pgregory.net/rapid"

	"hypha/internal/history"
	"hypha/internal/history/historytest"
	"hypha/internal/measure"
)

func TestDrawCoversTheRangeWithFewBuckets(t *testing.T) {
	const day = 24 * 3600 * 1000
	m := &historytest.Memory{}
	var all []measure.Reading
	for i := range int64(2000) {
		all = append(all, measure.Reading{Channel: 1, T: i * day / 20, V: float64(i)})
	}
	if err := m.Append(t.Context(), all); err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(r *rapid.T) {
		from := rapid.Int64Range(-10*day, 100*day).Draw(r, "from")
		to := from + rapid.OneOf(rapid.Int64Range(1, 200*day), rapid.Int64Range(1, 1000)).Draw(r, "span")
		points := rapid.Int64Range(1, 300).Draw(r, "points")
		want, _ := m.Count(t.Context(), 1, from, to) // Memory gives no errors here
		n, count, last := int64(0), int64(0), from-1
		err := history.Draw(t.Context(), m, 1, from, to, points, func(b history.Bucket) error {
			if b.T <= last || b.T >= to {
				r.Fatalf("a bucket at %d after %d, in [%d, %d)", b.T, last, from, to)
			}
			n, count, last = n+1, count+b.Count, b.T
			return nil
		})
		if err != nil || n > points || count != int64(want) {
			r.Fatalf("%d buckets of %d readings, %v; want at most %d of %d", n, count, err, points, want)
		}
	})
}

func TestDrawUsesWholeCellsForWideBuckets(t *testing.T) {
	const year = int64(365 * 24 * 3600 * 1000)
	m := &historytest.Memory{}
	var all []measure.Reading
	for at := int64(0); at < year; at += 3 * history.Cell {
		all = append(all, measure.Reading{Channel: 1, T: at, V: 1})
	}
	if err := m.Append(t.Context(), all); err != nil {
		t.Fatal(err)
	}
	n := 0
	err := history.Draw(t.Context(), m, 1, 12_345, year, 1000, func(b history.Bucket) error {
		if n++; n > 1 && b.T%history.Cell != 0 {
			t.Errorf("a bucket begins at %d", b.T)
		}
		return nil
	})
	if err != nil || n < 900 {
		t.Errorf("%d buckets, %v; want nearly 1000", n, err)
	}
}
