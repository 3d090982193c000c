package app

import (
	"errors"
	"log/slog"
	"strings"
	"testing"

	"hypha/internal/config"
	"hypha/internal/history/remote"
	"hypha/internal/measure"
	"hypha/internal/settings"
)

func openSettings(t *testing.T) *settings.Store {
	t.Helper()
	store, err := settings.Open(t.Context(), t.TempDir(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return store
}

func TestLabelsFollowTheSettingsAtOnce(t *testing.T) {
	store := openSettings(t)
	in := settings.Input{Kind: "push"}
	in.Name = "Tent"
	if err := store.Inputs.Create(t.Context(), &in); err != nil {
		t.Fatal(err)
	}
	channels, err := store.Channels.Sync(t.Context(), in.Ref(), []settings.ChannelSpec{{Name: "air", Quantity: measure.Temperature, Unit: measure.Celsius}})
	if err != nil {
		t.Fatal(err)
	}
	id := channels[0].ID
	watch, err := store.Watch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := watch.Close(); err != nil {
			t.Error(err)
		}
	}()
	labels := &channelLabels{settings: store, watch: watch, catalogue: measure.NewCatalogue()}
	want := remote.Labels{Input: "Tent", Name: "air", Quantity: measure.Temperature, Unit: measure.Celsius}
	for _, unit := range []measure.Unit{measure.Celsius, measure.Fahrenheit, measure.Celsius} {
		want.Unit = unit
		if _, err := store.Channels.Update(t.Context(), id, func(c *settings.Channel) error { c.Unit = unit; return nil }); err != nil {
			t.Fatal(err)
		}
		got, err := labels.Labels(t.Context(), []measure.ChannelID{id, 99})
		if err != nil || len(got) != 1 || got[id] != want {
			t.Fatalf("%+v, %v; want %+v", got, err, want)
		}
	}
}

func TestAnInstanceKeepsItsName(t *testing.T) {
	p := &program{settings: openSettings(t)}
	first, err := p.instance(t.Context())
	again, err2 := p.instance(t.Context())
	if errors.Join(err, err2) != nil || first != again || len(first) < 8 || !strings.Contains(first, "-") {
		t.Errorf("%q, then %q: %v", first, again, errors.Join(err, err2))
	}
	other := &program{settings: openSettings(t)}
	if name, err := other.instance(t.Context()); name == first || err != nil {
		t.Errorf("another installation is called the same: %q, %v", name, err)
	}
	p.opts.Config.History.Remote = config.Remote{Instance: "tent"}
	if name, err := p.instance(t.Context()); name != "tent" || err != nil {
		t.Errorf("configured: %q, %v", name, err)
	}
}
