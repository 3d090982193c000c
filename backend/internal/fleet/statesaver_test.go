package fleet

import (
	"errors"
	"log/slog"
	"sync"
	"testing"
	"time"

	"hypha/internal/settings"
)

func TestStatesOfManyOutputsAreSavedTogether(t *testing.T) {
	store, err := settings.Open(t.Context(), t.TempDir(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = store.Close() }()
	const outputs = 50
	for range outputs {
		if err := store.Outputs.Create(t.Context(), &settings.Output{Item: settings.Item{Name: "x"}, Kind: "k"}); err != nil {
			t.Fatal(err)
		}
	}
	s := &stateSaver{store: store}
	var wg sync.WaitGroup
	errs := make([]error, outputs+1)
	for n := range outputs + 1 { // the last one does not exist
		wg.Go(func() {
			for round := range 3 {
				row := settings.OutputState{OutputID: int64(n + 1), Command: []byte(`{"on":true}`), Since: time.UnixMilli(int64(round)), By: "test"}
				errs[n] = errors.Join(errs[n], s.put(t.Context(), row))
			}
		})
	}
	wg.Wait()
	for n, err := range errs {
		if gone := n == outputs; (err != nil) != gone || gone && !errors.Is(err, settings.ErrReference) {
			t.Errorf("output %d: %v", n+1, err)
		}
	}
	rows, err := store.OutputStates.List(t.Context())
	if err != nil || len(rows) != outputs {
		t.Fatalf("%d states are stored, %v", len(rows), err)
	}
	for _, row := range rows {
		if row.Since.UnixMilli() != 2 {
			t.Errorf("output %d has the state of round %d, want the last", row.OutputID, row.Since.UnixMilli())
		}
	}
}
