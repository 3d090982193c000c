package live

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"
	"go.uber.org/goleak"

	"hypha/internal/alerting"
	"hypha/internal/event"
	"hypha/internal/fleet"
	"hypha/internal/measure"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fakeSource is the present state.
type fakeSource struct {
	mu          sync.Mutex
	readings    map[measure.ChannelID]measure.Reading
	outputs     []fleet.OutputState
	controllers []fleet.ControllerStatus
	fail        error
	asked       func() // called while a snapshot is made
}

func (s *fakeSource) ReadingsNow() []measure.Reading {
	s.mu.Lock()
	var all []measure.Reading
	for _, r := range s.readings {
		all = append(all, r)
	}
	asked := s.asked
	s.mu.Unlock()
	slices.SortFunc(all, func(a, b measure.Reading) int { return int(a.Channel - b.Channel) })
	if asked != nil {
		asked()
	}
	return all
}

func (s *fakeSource) OutputsNow(context.Context) ([]fleet.OutputState, error) {
	return s.outputs, s.fail
}

func (s *fakeSource) AlertsNow(context.Context) ([]alerting.AlertStatus, error) { return nil, s.fail }

func (s *fakeSource) ControllersNow(context.Context) ([]fleet.ControllerStatus, error) {
	return s.controllers, s.fail
}

// rig is a hub with a feed that serves over pipes without buffers: what a client does not read, the server cannot write.
type rig struct {
	t      testing.TB
	hub    *event.Hub
	topics Topics
	source *fakeSource
	feed   *Feed
	valid  func(context.Context) bool
	end    context.CancelFunc // of the feed
	served error              // what Run returned
	conns  chan net.Conn
}

func newRig(tb testing.TB) *rig {
	tb.Helper()
	hub := event.NewHubAt(1000)
	r := &rig{
		t: tb, hub: hub, source: &fakeSource{readings: map[measure.ChannelID]measure.Reading{}},
		topics: Topics{
			Readings: event.NewTopic[[]measure.Reading](hub, "readings", 64), Outputs: event.NewTopic[fleet.OutputState](hub, "outputs", 64),
			Controllers: event.NewTopic[fleet.ControllerStatus](hub, "controllers", 64), Alerts: event.NewTopic[alerting.AlertStatus](hub, "alerts", 64), Journal: event.NewTopic[fleet.Event](hub, "journal", 64),
		},
		valid: func(context.Context) bool { return true }, conns: make(chan net.Conn),
	}
	r.feed = New(r.source, r.topics, hub.Seq, slog.New(slog.DiscardHandler))
	return r
}

// run runs the feed and a server in front of it until the test ends.
func (r *rig) run() {
	ctx, end := context.WithCancel(r.t.Context())
	r.end = end
	var all sync.WaitGroup
	all.Go(func() { r.served = r.feed.Run(ctx) })
	server := &http.Server{ReadHeaderTimeout: time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		all.Add(1)
		defer all.Done()
		if err := r.feed.Serve(w, req, r.valid); err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
		}
	})}
	all.Go(func() { _ = server.Serve(pipes{r.conns}) })
	r.t.Cleanup(func() {
		end()
		_ = server.Close()
		all.Wait()
		if r.served != nil {
			r.t.Error(r.served)
		}
	})
	synctest.Wait()
}

// put keeps readings as the newest and publishes them.
func (r *rig) put(readings ...measure.Reading) uint64 {
	r.source.mu.Lock()
	for _, one := range readings {
		r.source.readings[one.Channel] = one
	}
	r.source.mu.Unlock()
	return r.topics.Readings.Publish(readings)
}

type pipes struct{ conns chan net.Conn }

func (p pipes) Accept() (net.Conn, error) {
	if conn, ok := <-p.conns; ok {
		return conn, nil
	}
	return nil, net.ErrClosed
}
func (p pipes) Close() error   { close(p.conns); return nil }
func (p pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipe"} }

// said is a message of the server, and when it came.
type said struct {
	text string
	at   time.Time
}

// caller is a client that reads unless it is told to rest.
type caller struct {
	t    testing.TB
	conn *websocket.Conn
	got  chan said
	left chan error // why reading ended
	rest chan chan struct{}
}

func (r *rig) dial(opts *websocket.DialOptions) *caller {
	r.t.Helper()
	if opts == nil {
		opts = &websocket.DialOptions{}
	}
	opts.Subprotocols = []string{Subprotocol}
	opts.HTTPClient = &http.Client{Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(context.Context, string, string) (net.Conn, error) {
			mine, theirs := net.Pipe()
			r.conns <- theirs
			return mine, nil
		},
	}}
	conn, res, err := websocket.Dial(r.t.Context(), "ws://hypha/api/v1/live", opts) //nolint:bodyclose // Dial says that it need not be
	if err != nil {
		r.t.Fatalf("%v (%v)", err, res)
	}
	conn.SetReadLimit(-1)
	if conn.Subprotocol() != Subprotocol {
		r.t.Errorf("subprotocol %q", conn.Subprotocol())
	}
	c := &caller{t: r.t, conn: conn, got: make(chan said, 100_000), left: make(chan error, 1), rest: make(chan chan struct{})}
	ctx, stop := context.WithCancel(r.t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			kind, raw, err := conn.Read(ctx)
			if err != nil {
				c.left <- err
				return
			}
			if kind != websocket.MessageText {
				r.t.Errorf("a frame of type %v", kind)
			}
			c.got <- said{string(raw), time.Now()}
			select {
			case wake := <-c.rest:
				<-wake
			default:
			}
		}
	}()
	r.t.Cleanup(func() { stop(); _ = conn.CloseNow(); <-done })
	return c
}

// say sends a message.
func (c *caller) say(text string) {
	c.t.Helper()
	if err := c.conn.Write(c.t.Context(), websocket.MessageText, []byte(text)); err != nil {
		c.t.Fatal(err)
	}
}

// hear returns what has come, after all that is going on now.
func (c *caller) hear() (texts []string) {
	synctest.Wait()
	for _, s := range c.all() {
		texts = append(texts, s.text)
	}
	return texts
}

func (c *caller) all() (all []said) {
	for {
		select {
		case s := <-c.got:
			all = append(all, s)
		default:
			return all
		}
	}
}

func (c *caller) want(when string, want ...string) {
	c.t.Helper()
	if got := c.hear(); !slices.Equal(got, want) {
		c.t.Errorf("%s:\n got %s\nwant %s", when, strings.Join(got, "\n     "), strings.Join(want, "\n     "))
	}
}

// nap makes the client read no more, after a ping, until wake is called.
func (c *caller) nap() (wake func()) {
	c.t.Helper()
	until := make(chan struct{})
	go func() { c.rest <- until }()
	synctest.Wait()
	c.say(`{"op":"ping"}`)
	c.hear()
	return sync.OnceFunc(func() { close(until) })
}

// gone returns the code that the server closed with; -1 when it just cut the line, 0 when it did not.
func (c *caller) gone() websocket.StatusCode {
	synctest.Wait()
	select {
	case err := <-c.left:
		return websocket.CloseStatus(err)
	default:
		return 0
	}
}

func later(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

func reading(id measure.ChannelID, t int64, v float64) measure.Reading {
	return measure.Reading{Channel: id, T: t, V: v}
}

var errBroken = errors.New("broken")
