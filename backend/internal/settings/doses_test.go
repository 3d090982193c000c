package settings

import (
	"log/slog"
	"testing"
	"time"
)

func TestDosesOfAMinuteAddUp(t *testing.T) {
	s, err := Open(t.Context(), t.TempDir(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	o := Output{Item: Item{Name: "pump"}, Kind: "k"}
	if err := s.Outputs.Create(t.Context(), &o); err != nil {
		t.Fatal(err)
	}
	noon := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	for _, d := range []time.Duration{0, 20 * time.Second, 59 * time.Second, 61 * time.Second, 30 * time.Hour, -3 * time.Hour} {
		if err := s.OutputBooks.AddDose(t.Context(), o.ID, 0, noon.Add(d), 2.5); err != nil {
			t.Fatal(err)
		}
	}
	rows, err := s.OutputBooks.Doses(t.Context(), o.ID, noon)
	if err != nil || len(rows) != 3 || rows[0].ML != 7.5 || rows[0].T != noon.Add(59*time.Second).UnixMilli() || rows[1].ML != 2.5 {
		t.Errorf("doses %+v, %v", rows, err)
	}
	if err := s.OutputBooks.PruneDoses(t.Context(), noon, noon.Add(24*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if rows, _ := s.OutputBooks.Doses(t.Context(), o.ID, time.UnixMilli(0)); len(rows) != 2 {
		t.Errorf("pruned to %+v", rows)
	}
	for _, text := range []string{`{"on_s":1}`, `{"on_s":2}`} {
		if err := s.OutputBooks.PutTallies(t.Context(), OutputTally{OutputID: o.ID, Tally: []byte(text)}); err != nil {
			t.Fatal(err)
		}
	}
	if all, err := s.OutputBooks.Tallies(t.Context(), o.ID); err != nil || len(all) != 1 || string(all[0].Tally) != `{"on_s":2}` {
		t.Errorf("tallies %+v, %v", all, err)
	}
}
