package alerting

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"hypha/internal/controller"
	"hypha/internal/event"
	"hypha/internal/fleet"
	"hypha/internal/measure"
	"hypha/internal/notify"
	"hypha/internal/output"
	"hypha/internal/settings"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const by = "user:maya"

// world is a service on a real store in a folder of the test, with topics, outputs and web services of the test. It can be
// shut down and started again on the same folder.
type world struct {
	*Service
	t       *testing.T
	dir     string
	store   *settings.Store
	src     Sources
	alerts  *event.Subscription[AlertStatus]
	outputs *drives
	end     context.CancelFunc
	ended   sync.WaitGroup

	mu    sync.Mutex
	notes []string // "type source: message"
	web   []call
	down  bool
	goal  map[int64]float64
}

// call is a request that arrived.
type call struct {
	url  string
	body notify.Message
}

// drives are outputs that note what they are told.
type drives struct {
	mu   sync.Mutex
	got  []string
	fail error
}

func (d *drives) Impose(_ context.Context, o Order) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.got = append(d.got, fmt.Sprintf("%s %s %d/%d %s", o.By, o.Do, o.Output, o.Channel, o.Level))
	return d.fail
}

func (d *drives) Release(_ context.Context, o Order) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.got = append(d.got, fmt.Sprintf("%s releases %d/%d", o.By, o.Output, o.Channel))
	return nil
}

// take returns what was driven since the last time, a renewal of the same as one.
func (d *drives) take() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	got := slices.Compact(d.got)
	d.got = nil
	return got
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, dir: t.TempDir(), outputs: &drives{}, goal: map[int64]float64{}}
	w.start()
	t.Cleanup(w.shutdown)
	return w
}

func (w *world) start() {
	w.t.Helper()
	ctx := w.t.Context()
	var err error
	if w.store, err = settings.Open(ctx, w.dir, slog.New(slog.DiscardHandler)); err != nil {
		w.t.Fatal(err)
	}
	if channels, _, err := w.store.Channels.List(ctx, settings.ChannelFilter{}); err != nil {
		w.t.Fatal(err)
	} else if len(channels) == 0 {
		w.furnish()
	}
	hub := event.NewHub()
	w.src = Sources{
		Readings: event.NewTopic[[]measure.Reading](hub, "readings", 10), Outputs: event.NewTopic[fleet.OutputState](hub, "outputs", 10),
		Controllers: event.NewTopic[fleet.ControllerStatus](hub, "controllers", 10), Journal: event.NewTopic[fleet.Event](hub, "events", 10),
		OutputsNow:     func(context.Context) ([]fleet.OutputState, error) { return nil, nil },
		ControllersNow: func(context.Context) ([]fleet.ControllerStatus, error) { return nil, nil },
		ReadingsNow:    func() []measure.Reading { return nil },
		Setpoint: func(f int64) (float64, bool) {
			w.mu.Lock()
			defer w.mu.Unlock()
			v, ok := w.goal[f]
			return v, ok
		},
	}
	alerts := event.NewTopic[AlertStatus](hub, "alerts", 10)
	w.alerts = alerts.Subscribe(event.Options[AlertStatus]{Name: "test", Buffer: 1000})
	w.Service = New(Config{
		Store: w.store, Sources: w.src, Outputs: w.outputs, Unit: func(u measure.Unit) (string, int) { return "°C", 1 },
		Note: w.note, Alerts: alerts, HTTP: &http.Client{Transport: w}, BaseURL: "https://hypha.example.org", Location: time.UTC,
		Logger: slog.New(slog.DiscardHandler),
	})
	if err := w.Start(ctx); err != nil {
		w.t.Fatal(err)
	}
	background, end := context.WithCancel(context.WithoutCancel(ctx))
	w.end = end
	w.ended.Go(func() { _ = w.Run(background) })
	synctest.Wait()
}

// furnish adds an input with two channels, an output and a function.
func (w *world) furnish() {
	w.t.Helper()
	ctx := w.t.Context()
	in := settings.Input{Item: settings.Item{Name: "Probe"}, Kind: "simulated_sensor"}
	out := settings.Output{Item: settings.Item{Name: "Heater"}, Kind: "virtual_on_off", Channels: []settings.OutputChannel{{Name: "switch", Type: string(output.OnOff)}}}
	fn := settings.Function{Item: settings.Item{Name: "Heating"}, Kind: "pid"}
	for _, err := range []error{w.store.Inputs.Create(ctx, &in), w.store.Outputs.Create(ctx, &out), w.store.Functions.Create(ctx, &fn)} {
		if err != nil {
			w.t.Fatal(err)
		}
	}
	if _, err := w.store.Channels.Sync(ctx, in.Ref(), []settings.ChannelSpec{{Name: "Air", Quantity: measure.Temperature, Unit: measure.Celsius}, {Name: "Soil", Quantity: measure.Temperature, Unit: measure.Celsius}}); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) shutdown() {
	if w.end == nil {
		return
	}
	w.end()
	w.ended.Wait()
	w.alerts.Close()
	if err := w.store.Close(); err != nil {
		w.t.Error(err)
	}
	w.end = nil
}

func (w *world) restart() {
	w.t.Helper()
	w.shutdown()
	w.start()
}

func (w *world) note(kind, source, _, message string, data any) {
	if _, err := json.Marshal(data); err != nil {
		w.t.Errorf("%s: %v", message, err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.notes = append(w.notes, kind+" "+source+": "+message)
}

func (w *world) setDown(down bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.down = down
}

// RoundTrip takes the requests of webhooks.
func (w *world) RoundTrip(r *http.Request) (*http.Response, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	c := call{url: r.URL.String()}
	if r.Body != nil {
		raw, _ := io.ReadAll(r.Body)
		_ = json.Unmarshal(raw, &c.body)
	}
	status := http.StatusOK
	if w.down {
		status = http.StatusServiceUnavailable
	} else {
		w.web = append(w.web, c)
	}
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader("")), Request: r}, nil
}

// arrived are the titles that web services have got since the last time, by path: "/a Too warm (warning)".
func (w *world) arrived() (titles []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range w.web {
		titles = append(titles, strings.TrimPrefix(c.url, "https://hook.example.org")+" "+c.body.Title)
	}
	w.web = nil
	slices.Sort(titles)
	return titles
}

// noted are the entries of the journal of a type since the last time.
func (w *world) noted(kind string) (entries []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, n := range w.notes {
		if rest, ok := strings.CutPrefix(n, kind+" "); ok {
			entries = append(entries, rest)
		}
	}
	w.notes = nil
	return entries
}

func later(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

func (w *world) read(ch measure.ChannelID, v float64) {
	w.src.Readings.Publish([]measure.Reading{{Channel: ch, T: time.Now().UnixMilli(), V: v}})
	synctest.Wait()
}

func draftOf[T any](t *testing.T, text string) (d T) {
	t.Helper()
	if err := fleet.Strict(json.RawMessage(text), &d); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return d
}

func (w *world) add(text string) Alert {
	w.t.Helper()
	a, err := w.Create(w.t.Context(), draftOf[Draft](w.t, text), by)
	if err != nil {
		w.t.Fatalf("%s: %v", text, err)
	}
	synctest.Wait()
	return a
}

// route adds a webhook whose address ends in a name.
func (w *world) route(name, more string) Route {
	w.t.Helper()
	r, err := w.CreateRoute(w.t.Context(), draftOf[RouteDraft](w.t, fmt.Sprintf(`{"name":%q,"kind":"webhook","options":{"url":"https://hook.example.org/%s"}%s}`, name, name, more)), by)
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

func (w *world) state(id int64) string {
	w.t.Helper()
	a, err := w.Get(w.t.Context(), id)
	if err != nil {
		w.t.Fatal(err)
	}
	if a.Status.Acknowledged {
		return string(a.Status.State) + "+ack"
	}
	return string(a.Status.State)
}

func expect(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s:\n  %s\nwant:\n  %s", what, strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

func running(ref string, state controller.State, why string) fleet.ControllerStatus {
	return fleet.ControllerStatus{Ref: ref, Status: fleet.Status{State: state, Error: why}}
}
