package mqttsubscribe

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"hypha/internal/controller"
	"hypha/internal/host"
	"hypha/internal/mqttconn"
	"hypha/internal/mqttconn/brokertest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// reports keeps what the input said about itself.
type reports chan string

func (r reports) Degraded(reason string) { r <- reason }
func (r reports) Recovered()             { r <- "recovered" }
func (r reports) Abandoned()             {}

type value struct {
	channel int
	v       float64
}

// run listens until the test ends.
func run(t *testing.T, h host.Host, options string) (values chan value, said reports, ended chan error) {
	t.Helper()
	d, err := Kind().Bind(json.RawMessage(options))
	if err != nil {
		t.Fatal(err)
	}
	values, said, ended = make(chan value, 64), make(reports, 64), make(chan error, 1)
	ctx, cancel := context.WithCancel(controller.NewContext(t.Context(), said))
	done := make(chan struct{})
	go func() {
		defer close(done)
		ended <- d.Listen(ctx, h, func(channel int, _ time.Time, v float64) error {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				return errors.New("not finite")
			}
			values <- value{channel, v}
			return nil
		})
	}()
	t.Cleanup(func() {
		cancel()
		<-done
	})
	return values, said, ended
}

func newHost(t *testing.T) host.Host {
	t.Helper()
	pool := mqttconn.NewPool(mqttconn.Config{
		Logger: slog.New(slog.DiscardHandler), RetryFirst: 20 * time.Millisecond, RetryMost: 50 * time.Millisecond,
	})
	t.Cleanup(func() { _ = pool.Close() })
	return host.Host{MQTT: pool}
}

func get[T any](t *testing.T, from <-chan T) T {
	t.Helper()
	select {
	case v := <-from:
		return v
	case <-time.After(20 * time.Second):
		t.Fatal("nothing came")
		panic("unreachable")
	}
}

func sender(t *testing.T, broker *brokertest.Broker) func(topic, payload string, retain bool) {
	t.Helper()
	pool := newHost(t).MQTT
	conn, err := pool.Open(mqttconn.Broker{URL: broker.URL}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return func(topic, payload string, retain bool) {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		if err := conn.Publish(ctx, mqttconn.Message{Topic: topic, Payload: []byte(payload), QoS: 1, Retain: retain}); err != nil {
			t.Fatal(err)
		}
	}
}

const twoChannels = `{"broker":%q,"channels":[
	{"name":"t","topic":"tent/+/SENSOR","json_path":"AM2301.Temperature","quantity":"temperature","unit":"C"},
	{"name":"door","topic":"tent/door","quantity":"boolean","unit":"bool"},
	{"name":"plain","topic":"tent/plain","quantity":"humidity","unit":"percent"}]}`

func TestValuesAndWhatIsNone(t *testing.T) {
	broker, h := brokertest.Start(t), newHost(t)
	send := sender(t, broker)
	send("tent/plain", "55.5", true)
	values, said, _ := run(t, h, fmt.Sprintf(twoChannels, broker.URL))
	if got := get(t, values); got != (value{2, 55.5}) { // stored by the broker before we came
		t.Errorf("retained: %+v", got)
	}
	send("tent/1/SENSOR", `{"AM2301":{"Temperature":21.5}}`, false)
	send("tent/door", "ON", false)
	send("tent/plain", " 60 ", false)
	for _, want := range []value{{0, 21.5}, {1, 1}, {2, 60}} {
		if got := get(t, values); got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
	}
	for _, bad := range []struct{ topic, payload, want string }{
		{"tent/plain", "unavailable", `tent/plain: the message is "unavailable", not a number (message "unavailable")`},
		{"tent/plain", "", "the message is empty"},
		{"tent/plain", "NaN", "not a number"},
		{"tent/plain", `{"x":1}`, "needs the place of its value"},
		{"tent/plain", "\xff\xfe\x00", "not a number"},
		{"tent/plain", "1e999", "too large"},
		{"tent/plain", strings.Repeat("9x", 50_000), "…"},
	} {
		send(bad.topic, bad.payload, false)
		if got := get(t, said); !strings.Contains(got, bad.want) || len(got) > 300 {
			t.Errorf("%.20q: told %.400q, want %q", bad.payload, got, bad.want)
		}
	}
	send("tent/plain", "61", false)
	if got := get(t, values); got != (value{2, 61}) {
		t.Errorf("after the bad ones: %+v", got) // so none of them was taken for a value
	}
	if got := get(t, said); got != "recovered" {
		t.Errorf("told %q", got)
	}
	for _, bad := range []struct{ payload, want string }{
		{"21.5", "JSON is a number"},
		{"{", "not JSON"},
		{`{"AM2301":{}}`, `AM2301 has no "Temperature"`},
		{`{"AM2301":{"Temperature":null}}`, "AM2301.Temperature is null"},
		{`{"AM2301":{"Temperature":true}}`, "is true, not a number"},
	} {
		send("tent/2/SENSOR", bad.payload, false)
		if got := get(t, said); !strings.Contains(got, bad.want) || !strings.Contains(got, "tent/2/SENSOR") {
			t.Errorf("%s: told %q, want %q", bad.payload, got, bad.want)
		}
	}
	send("tent/2/SENSOR", `{"AM2301":{"Temperature":"22"}}`, false)
	if got := get(t, values); got != (value{0, 22}) {
		t.Errorf("number as text: %+v", got)
	}
}

func TestALostConnectionDegradesAndComesBack(t *testing.T) {
	broker, h := brokertest.Start(t), newHost(t)
	send := sender(t, broker)
	values, said, ended := run(t, h, fmt.Sprintf(twoChannels, broker.URL))
	send("tent/plain", "1", true)
	if got := get(t, values); got.v != 1 {
		t.Errorf("%+v", got)
	}
	broker.Stop()
	if got := get(t, said); !strings.Contains(got, "broker") {
		t.Errorf("told %q", got)
	}
	broker.Restart()
	for got := ""; got != "recovered"; {
		got = get(t, said)
	}
	send = sender(t, broker)
	send("tent/plain", "2", false)
	if got := get(t, values); got != (value{2, 2}) {
		t.Errorf("%+v", got)
	}
	select {
	case err := <-ended:
		t.Errorf("it ended: %v", err)
	default:
	}
}

func TestStoredMessagesCanBeIgnored(t *testing.T) {
	broker, h := brokertest.Start(t), newHost(t)
	send := sender(t, broker)
	send("tent/plain", "1", true)
	values, _, _ := run(t, h, strings.Replace(fmt.Sprintf(twoChannels, broker.URL), `{"broker"`, `{"ignore_retained":true,"broker"`, 1))
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for {
		select {
		case got := <-values:
			if got != (value{2, 3}) {
				t.Errorf("got %+v", got)
			}
			return
		case <-again.C: // it may not listen yet
			send("tent/plain", "3", false)
		}
	}
}

func TestWithoutABrokerItFailsWithTheReason(t *testing.T) {
	_, said, ended := run(t, newHost(t), fmt.Sprintf(twoChannels, "mqtt://"+brokertest.FreeAddress(t)))
	if err := get(t, ended); err == nil || !strings.Contains(err.Error(), "connection refused") {
		t.Errorf("ended with %v", err)
	}
	select {
	case got := <-said: // it has not run: there is nothing that could be degraded
		t.Errorf("told %q besides", got)
	default:
	}
}

func TestOptions(t *testing.T) {
	const ch = `{"name":"a","topic":"%s","json_path":"%s","quantity":"co2","unit":"ppm"}`
	for options, want := range map[string]string{
		`{"broker":"mqtt://b","channels":[` + fmt.Sprintf(ch, "a/+/#", "$.a[0].b") + `]}`:              "",
		`{"broker":"mqtt://b","channels":[` + fmt.Sprintf(ch, "a", "a..b") + `]}`:                      "channels[0].json_path: the path must lead to one value",
		`{"broker":"mqtt://b","channels":[` + fmt.Sprintf(ch, "a/#/b", "") + `]}`:                      "channels[0].topic: the wildcard #",
		`{"broker":"http://b","channels":[` + fmt.Sprintf(ch, "a", "") + `]}`:                          `broker: "http" is no protocol`,
		`{"broker":"mqtt://b","channels":[]}`:                                                          "channels",
		`{"broker":"mqtt://b","channels":[{"name":"a","topic":"x"}]}`:                                  "channels[0].quantity",
		`{"broker":"mqtt://b","topic":"x","channels":[` + fmt.Sprintf(ch, "a", "") + `]}`:              "topic",
		`{"broker":"mqtt://b","qos":7,"channels":[` + fmt.Sprintf(ch, "a", "") + `]}`:                  "qos",
		`{"broker":"mqtts://b","tls_insecure":true,"channels":[` + fmt.Sprintf(ch, "a", "temp") + `]}`: "",
	} {
		_, err := Kind().Bind(json.RawMessage(options))
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: got %v, want %q", options, err, want)
		}
	}
}
