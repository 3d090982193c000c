package alerting

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"hypha/internal/event"
	"hypha/internal/fleet"
	"hypha/internal/measure"
	"hypha/internal/settings"
)

// BenchmarkSecond is what 1 000 rules cost in a second in which each gets a reading: an operation per second of one core.
func BenchmarkSecond(b *testing.B) {
	const rules = 1000
	ctx := b.Context()
	log := slog.New(slog.DiscardHandler)
	store, err := settings.Open(ctx, b.TempDir(), log)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = store.Close() }()
	hub := event.NewHub()
	s := New(Config{
		Store: store, Outputs: &drives{}, Unit: func(measure.Unit) (string, int) { return "°C", 1 }, Location: time.UTC, Logger: log,
		Note: func(string, string, string, string, any) {}, Alerts: event.NewTopic[AlertStatus](hub, "alerts", 10),
		Sources: Sources{
			OutputsNow:     func(context.Context) ([]fleet.OutputState, error) { return nil, nil },
			ControllersNow: func(context.Context) ([]fleet.ControllerStatus, error) { return nil, nil },
			ReadingsNow:    func() []measure.Reading { return nil },
		},
	})
	now := time.Now()
	s.mu.Lock()
	s.names.table.channels = map[measure.ChannelID]settings.Channel{}
	for i := range rules {
		id := int64(i + 1)
		row := settings.AlertRule{
			Item: settings.Item{ID: id, Name: "Warm"}, Kind: "threshold", Enabled: true, Severity: "warning",
			Options: json.RawMessage(fmt.Sprintf(`{"channel":%d,"above":30,"hysteresis":1}`, id)), Timing: json.RawMessage(`{"for_s":60,"nodata_s":900}`),
		}
		s.names.table.channels[measure.ChannelID(id)] = settings.Channel{ID: measure.ChannelID(id), Name: "Air"}
		s.put(now, row)
	}
	s.mu.Unlock()
	for b.Loop() {
		var buf buffers
		batch := make([]measure.Reading, rules)
		for i := range batch {
			batch[i] = measure.Reading{Channel: measure.ChannelID(i + 1), T: time.Now().UnixMilli(), V: 20}
		}
		buf.readings = []event.Entry[[]measure.Reading]{{V: batch}}
		buf.ticked = true
		s.tell(ctx, &buf)
	}
}
