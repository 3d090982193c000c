package push

import (
	"context"
	"encoding/json"
	"testing"

	"hypha/internal/drivers/series"
	"hypha/internal/host"
)

func TestPush(t *testing.T) {
	d, err := Kind().Bind(json.RawMessage(`{"channels":[{"name":"a","quantity":"temperature","unit":"C"},{"name":"b","quantity":"co2","unit":"ppm"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	channels, err := d.Channels(t.Context(), host.Host{})
	if err != nil || len(channels) != 2 || channels[1].Name != "b" || channels[1].Unit != "ppm" || channels[1].Expected != series.Silence {
		t.Errorf("channels: %+v, %v", channels, err)
	}
	if !d.Kind.Pushed || !d.Listens() {
		t.Error("the kind does not take pushed readings")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := d.Listen(ctx, host.Host{}, nil); err != nil {
		t.Errorf("at its end: %v", err)
	}
	for _, options := range []string{`{}`, `{"channels":[]}`, `{"channels":[{"name":"","quantity":"co2","unit":"ppm"}]}`, `{"channels":[{"name":"a"}]}`} {
		if _, err := Kind().Bind(json.RawMessage(options)); err == nil {
			t.Errorf("%s was taken", options)
		}
	}
}
