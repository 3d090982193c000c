package mqttpublish

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"hypha/internal/host"
	"hypha/internal/mqttconn"
	"hypha/internal/mqttconn/brokertest"
	"hypha/internal/output"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func newHost(t *testing.T) host.Host {
	t.Helper()
	pool := mqttconn.NewPool(mqttconn.Config{Logger: slog.New(slog.DiscardHandler)})
	t.Cleanup(func() { _ = pool.Close() })
	return host.Host{MQTT: pool}
}

func open1(t *testing.T, ctx context.Context, h host.Host, options string) (output.Writer, error) {
	t.Helper()
	d, err := Kind().Bind(json.RawMessage(options))
	if err != nil {
		t.Fatal(err)
	}
	return d.Open(ctx, h)
}

func TestASwitchPublishes(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	broker, h := brokertest.Start(t), newHost(t)
	listener, err := h.MQTT.Open(mqttconn.Broker{URL: broker.URL}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	sub, err := listener.Subscribe(1, "cmnd/#")
	if err != nil {
		t.Fatal(err)
	}
	if err := listener.Wait(ctx); err != nil {
		t.Fatal(err)
	}
	w, err := open1(t, ctx, h, fmt.Sprintf(`{"broker":%q,"topic":"cmnd/heater/POWER","payload_on":"1","payload_off":"0"}`, broker.URL))
	if err != nil {
		t.Fatal(err)
	}
	for _, on := range []bool{true, false} {
		if err := w.Write(ctx, 0, output.Level{On: &on}); err != nil {
			t.Fatal(err)
		}
		want := map[bool]string{true: "1", false: "0"}[on]
		if m, err := sub.Next(ctx); err != nil || m.Topic != "cmnd/heater/POWER" || string(m.Payload) != want || m.Retain {
			t.Errorf("on=%v: %+v, %v", on, m, err)
		}
	}
	duty := 50.0
	if err := w.Write(ctx, 0, output.Level{Duty: &duty}); err == nil {
		t.Error("a switch took a duty")
	}
	broker.Stop()
	on := true
	if err := w.Write(ctx, 0, output.Level{On: &on}); err == nil {
		t.Error("a command was taken without a broker")
	}
	if c, ok := w.(io.Closer); !ok || c.Close() != nil {
		t.Error("cannot be closed")
	}
}

func TestWithoutABrokerItDoesNotOpen(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	h := newHost(t)
	w, err := open1(t, ctx, h, fmt.Sprintf(`{"broker":"mqtt://%s","topic":"x"}`, brokertest.FreeAddress(t)))
	if err == nil || w != nil || !strings.Contains(err.Error(), "connection refused") {
		t.Errorf("%v, %v", w, err)
	}
	if n := len(h.MQTT.Status()); n != 0 {
		t.Errorf("%d connections are left over", n)
	}
}

func TestOptions(t *testing.T) {
	for options, want := range map[string]string{
		`{"broker":"mqtt://b","topic":"cmnd/x"}`:                               "",
		`{"broker":"mqtt://b","topic":"cmnd/+"}`:                               "topic: a topic to publish to",
		`{"broker":"b:1883","topic":"x"}`:                                      "broker: the address",
		`{"broker":"mqtt://b","topic":"x","payload_on":"1","payload_off":"1"}`: "payload_off: must differ",
		`{"broker":"mqtt://b","topic":"x","qos":3}`:                            "qos",
		`{"broker":"mqtt://b","topic":"x","payload_on":"","retain":true}`:      "retain: a broker cannot store",
		`{"broker":"mqtt://u:p@b","topic":"x"}`:                                "broker: must not hold",
		`{"topic":"x"}`:                                                        "broker",
	} {
		_, err := Kind().Bind(json.RawMessage(options))
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: got %v, want %q", options, err, want)
		}
	}
	if got := Kind().Options.Secrets(); len(got) != 1 || got[0] != "password" {
		t.Errorf("secrets: %v", got)
	}
}
