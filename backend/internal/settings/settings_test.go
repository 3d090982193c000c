package settings

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv("HYPHA_TEST_LOCK"); dir != "" { // the other process of TestLockNamesItsHolder
		_, err := Lock(dir)
		fmt.Print(err)
		os.Exit(0)
	}
	goleak.VerifyTestMain(m)
}

func open(t *testing.T) *Store {
	t.Helper()
	return openIn(t, t.TempDir())
}

func openIn(t *testing.T, dir string) *Store {
	t.Helper()
	s, err := Open(t.Context(), dir, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// must fails the test on an error and hands on the value.
func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func newInput(t *testing.T, s *Store, name, kind string) Input {
	t.Helper()
	in := Input{Item: Item{Name: name}, Kind: kind, PeriodS: 15, TimeoutS: 1, Enabled: true}
	if err := s.Inputs.Create(t.Context(), &in); err != nil {
		t.Fatal(err)
	}
	return in
}

func TestInputComesBackAsItWasStored(t *testing.T) {
	dir := t.TempDir()
	s := openIn(t, dir)
	zone := Zone{Item: Item{Name: "tent"}, Targets: json.RawMessage(`[{"channel":1,"min":20.5}]`)}
	if err := s.Zones.Create(t.Context(), &zone); err != nil {
		t.Fatal(err)
	}
	in := Input{
		Item: Item{Name: "Löft 🌱", ID: 77}, Kind: "mqtt_subscribe", Options: json.RawMessage(`{"a":1.50,"b":"<x>"}`),
		ZoneID: &zone.ID, PeriodS: 0.25, TimeoutS: 2, FailuresBeforeDegraded: 3,
	}
	if err := s.Inputs.Create(t.Context(), &in); err != nil {
		t.Fatal(err)
	}
	if in.ID != 1 || in.Ref() != "input/1" || in.CreatedAt.IsZero() {
		t.Errorf("created %+v", in)
	}
	got := must[Input](t)(openIn(t, dir).Inputs.Get(t.Context(), in.ID)) // as another process sees it
	var options struct {
		A json.Number
		B string
	}
	if err := json.Unmarshal(got.Options, &options); err != nil || options.A != "1.50" || options.B != "<x>" {
		t.Errorf("options %s, %v", got.Options, err)
	}
	got.Options, in.Options = nil, nil
	if !got.CreatedAt.Equal(in.CreatedAt) || got.CreatedAt.Location() != time.UTC {
		t.Errorf("created at %v, want %v", got.CreatedAt, in.CreatedAt)
	}
	if fmt.Sprintf("%+v", got.Item) != fmt.Sprintf("%+v", in.Item) || *got.ZoneID != zone.ID || got.PeriodS != 0.25 ||
		got.TimeoutS != 2 || got.FailuresBeforeDegraded != 3 || got.Kind != in.Kind || got.Enabled {
		t.Errorf("got %+v, want %+v", got, in)
	}
	gone := int64(99)
	if err := s.Inputs.Create(t.Context(), &Input{ZoneID: &gone}); !errors.Is(err, ErrReference) {
		t.Errorf("unknown zone: %v, want %v", err, ErrReference)
	}
}

func TestListFiltersAndPages(t *testing.T) {
	s := open(t)
	zone := Zone{Item: Item{Name: "tent"}, Description: "with a lamp"}
	if err := s.Zones.Create(t.Context(), &zone); err != nil {
		t.Fatal(err)
	}
	for i, name := range []string{"Air", "air 100%", "Water", "soil_1", "soil-1"} {
		in := newInput(t, s, name, []string{"dht", "sht", "ds18b20", "push", "push"}[i])
		if i < 2 {
			must[Input](t)(s.Inputs.Update(t.Context(), in.ID, func(in *Input) error { in.ZoneID = &zone.ID; return nil }))
		}
	}
	for _, c := range []struct {
		name  string
		f     Filter
		total int64
		want  string
	}{
		{"all", Filter{}, 5, "1 2 3 4 5"},
		{"page", Filter{Limit: 2, Offset: 1}, 5, "2 3"},
		{"beyond", Filter{Offset: 9}, 5, ""},
		{"zone", Filter{Zone: zone.ID}, 2, "1 2"},
		{"name, any case", Filter{Q: "AIR"}, 2, "1 2"},
		{"kind", Filter{Q: "push", Limit: 1}, 2, "4"},
		{"percent is a letter", Filter{Q: "%"}, 1, "2"},
		{"underscore is a letter", Filter{Q: "l_1"}, 1, "4"},
		{"ids", Filter{IDs: []int64{5, 3, 99}}, 2, "3 5"},
		{"no ids", Filter{IDs: []int64{}}, 0, ""},
		{"both", Filter{Zone: zone.ID, Q: "100"}, 1, "2"},
	} {
		items, total, err := s.Inputs.List(t.Context(), c.f)
		var ids []string
		for _, in := range items {
			ids = append(ids, fmt.Sprint(in.ID))
		}
		if got := strings.Join(ids, " "); err != nil || got != c.want || total != c.total {
			t.Errorf("%s: %q of %d, %v; want %q of %d", c.name, got, total, err, c.want, c.total)
		}
	}
	if zones, total, err := s.Zones.List(t.Context(), Filter{Q: "LAMP"}); err != nil || total != 1 || len(zones) != 1 {
		t.Errorf("zones: %v, %d, %v", zones, total, err)
	}
}

func TestUpdateIsAllOrNothing(t *testing.T) {
	s := open(t)
	in := newInput(t, s, "a", "push")
	refused := errors.New("no")
	if _, err := s.Inputs.Update(t.Context(), in.ID, func(in *Input) error { in.Name = "b"; return refused }); err != refused {
		t.Errorf("refused: %v", err)
	}
	got := must[Input](t)(s.Inputs.Update(t.Context(), in.ID, func(in *Input) error {
		in.ID, in.Enabled, in.CreatedAt = 9, false, time.Time{}
		return nil
	}))
	if got.ID != in.ID || got.Name != "a" || got.Enabled || !got.CreatedAt.Equal(in.CreatedAt) {
		t.Errorf("updated %+v", got)
	}
	if _, err := s.Inputs.Update(t.Context(), 9, func(*Input) error { return nil }); !errors.Is(err, ErrNotFound) {
		t.Errorf("unknown id: %v, want %v", err, ErrNotFound)
	}
	boom := errors.New("boom")
	err := s.Tx(t.Context(), func(tx *Store) error {
		_ = newInput(t, tx, "inside", "push")
		if _, total, err := tx.Inputs.List(t.Context(), Filter{}); err != nil || total != 2 {
			t.Errorf("inside: %d, %v; want 2", total, err)
		}
		return boom
	})
	if _, total, listErr := s.Inputs.List(t.Context(), Filter{}); err != boom || listErr != nil || total != 1 {
		t.Errorf("after a failed transaction: %v, %d inputs, %v", err, total, listErr)
	}
}

func TestOutputKeepsItsChannelsAndStates(t *testing.T) {
	s := open(t)
	out := Output{Item: Item{Name: "relays"}, Kind: "virtual_on_off", Channels: []OutputChannel{
		{Index: 1, Name: "fan", Type: "on_off"},
		{Index: 0, Name: "heater", Type: "on_off", Limits: json.RawMessage(`{"max_on_s":600}`), Interlock: "heat", CurrentA: 4.5},
	}}
	if err := s.Outputs.Create(t.Context(), &out); err != nil {
		t.Fatal(err)
	}
	ends := time.Now().UTC().Add(time.Hour).Truncate(time.Millisecond)
	put := func(states ...OutputState) {
		t.Helper()
		if err := s.OutputStates.Put(t.Context(), states...); err != nil {
			t.Fatal(err)
		}
	}
	put(OutputState{OutputID: 1, Index: 0, Command: json.RawMessage(`{"on":true}`), Since: ends, EndsAt: &ends, By: "user:maya"},
		OutputState{OutputID: 1, Index: 1, Since: ends})
	put(OutputState{OutputID: 1, Index: 0, Command: json.RawMessage(`{"on":false}`), Since: ends, By: "timer"})
	states := must[[]OutputState](t)(s.OutputStates.List(t.Context()))
	if len(states) != 2 || states[0].EndsAt != nil || states[0].By != "timer" || string(states[0].Command) != `{"on":false}` ||
		!states[0].Since.Equal(ends) {
		t.Errorf("states %+v", states)
	}
	got := must[Output](t)(s.Outputs.Update(t.Context(), 1, func(o *Output) error {
		if len(o.Channels) != 2 || o.Channels[0].Name != "heater" || string(o.Channels[0].Limits) != `{"max_on_s":600}` {
			t.Errorf("channels before: %+v", o.Channels)
		}
		o.Channels = o.Channels[:1]
		o.Channels[0].Safe = json.RawMessage(`"keep"`)
		return nil
	}))
	list, _, err := s.Outputs.List(t.Context(), Filter{})
	if err != nil || len(list) != 1 || len(list[0].Channels) != 1 || string(list[0].Channels[0].Safe) != `"keep"` ||
		list[0].Channels[0].CurrentA != 4.5 || len(got.Channels) != 1 {
		t.Errorf("list %+v, %v", list, err)
	}
	if states := must[[]OutputState](t)(s.OutputStates.Of(t.Context(), 1)); len(states) != 1 {
		t.Errorf("states of a channel that is gone: %+v", states)
	}
	if err := s.OutputStates.Put(t.Context(), OutputState{OutputID: 9}); !errors.Is(err, ErrReference) {
		t.Errorf("state of no output: %v, want %v", err, ErrReference)
	}
}

func TestNewerDatabaseIsRefused(t *testing.T) {
	dir := t.TempDir()
	s := openIn(t, dir)
	if err := s.db.Write.Exec("PRAGMA user_version = 1000").Error; err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), dir, slog.Default()); !errors.Is(err, ErrNewer) || !strings.Contains(err.Error(), "1000") {
		t.Errorf("%v, want %v with the version", err, ErrNewer)
	}
}

func TestLockNamesItsHolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	l := must[*FolderLock](t)(Lock(dir))
	said := runSelf(t, "HYPHA_TEST_LOCK="+dir)
	if !strings.Contains(said, dir) || !strings.Contains(said, fmt.Sprint(os.Getpid())) {
		t.Errorf("second process: %q; want folder and process %d", said, os.Getpid())
	}
	if _, err := Lock(dir); !errors.Is(err, ErrLocked) {
		t.Errorf("second lock: %v, want %v", err, ErrLocked)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if said := runSelf(t, "HYPHA_TEST_LOCK="+dir); said != "<nil>" {
		t.Errorf("after the holder left: %q", said)
	}
}

func TestWritesFromTwoProcessesBothArrive(t *testing.T) {
	dir := t.TempDir()
	stores := []*Store{openIn(t, dir), openIn(t, dir)}
	done := make(chan error)
	for i, s := range stores {
		go func() {
			done <- func() error {
				for n := range 50 {
					if err := s.KV.Set(context.Background(), fmt.Sprintf("%d/%d", i, n), n); err != nil {
						return err
					}
				}
				return nil
			}()
		}()
	}
	for range stores {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if keys := must[[]string](t)(stores[0].KV.Keys(t.Context(), "")); len(keys) != 100 {
		t.Errorf("%d keys, want 100", len(keys))
	}
}
