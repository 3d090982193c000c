package mqttconn_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strings"
	"testing"
	"time"

	"hypha/internal/mqttconn"
	"hypha/internal/mqttconn/brokertest"
)

func newPool(t *testing.T) *mqttconn.Pool {
	t.Helper()
	p := mqttconn.NewPool(mqttconn.Config{
		Logger: slog.New(slog.DiscardHandler), RetryFirst: 20 * time.Millisecond, RetryMost: 100 * time.Millisecond,
		Attempt: 5 * time.Second,
	})
	t.Cleanup(func() { _ = p.Close() })
	return p
}

func patience(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func open(t *testing.T, p *mqttconn.Pool, b mqttconn.Broker, onState func(mqttconn.State)) *mqttconn.Conn {
	t.Helper()
	c, err := p.Open(b, onState)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func subscribe(t *testing.T, c *mqttconn.Conn, filters ...string) *mqttconn.Subscription {
	t.Helper()
	s, err := c.Subscribe(1, filters...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func publish(t *testing.T, c *mqttconn.Conn, topic, payload string, retain bool) {
	t.Helper()
	if err := c.Publish(patience(t), mqttconn.Message{Topic: topic, Payload: []byte(payload), QoS: 1, Retain: retain}); err != nil {
		t.Fatal(err)
	}
}

func next(t *testing.T, s *mqttconn.Subscription) string {
	t.Helper()
	m, err := s.Next(patience(t))
	if err != nil {
		t.Fatalf("nothing on %s: %v", s.Filters(), err)
	}
	return m.Topic + " " + string(m.Payload)
}

func want(t *testing.T, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestUsersOfOneBrokerShareAConnectionAndItsSubscriptions(t *testing.T) {
	broker, pool := brokertest.Start(t), newPool(t)
	a := open(t, pool, mqttconn.Broker{URL: broker.URL}, nil)
	b := open(t, pool, mqttconn.Broker{URL: broker.URL}, nil)
	first, second := subscribe(t, a, "tent/+/temperature"), subscribe(t, b, "tent/+/temperature")
	all := subscribe(t, b, "tent/#")
	other := subscribe(t, b, "tent/1/humidity", "tent/+/humidity", "tent/1/humidity")
	if err := a.Wait(patience(t)); err != nil {
		t.Fatal(err)
	}
	// Retained, for the broker may not have taken every subscription yet.
	publish(t, a, "tent/1/temperature", "21.5", true)
	publish(t, a, "tent/1/humidity", "60", true)
	want(t, next(t, first), "tent/1/temperature 21.5")
	want(t, next(t, second), "tent/1/temperature 21.5")
	want(t, next(t, all), "tent/1/temperature 21.5")
	want(t, next(t, other), "tent/1/humidity 60")
	publish(t, a, "tent/1/humidity", "61", false)
	want(t, next(t, other), "tent/1/humidity 61") // and not the first one once more, by the other filter

	status := pool.Status()
	if len(status) != 1 || status[0].Users != 2 || status[0].Subscriptions != 4 || !status[0].Connected {
		t.Errorf("status: %+v", status)
	}
	second.Close()
	publish(t, a, "tent/1/temperature", "22", false)
	want(t, next(t, first), "tent/1/temperature 22")
	if _, err := second.Next(t.Context()); !errors.Is(err, mqttconn.ErrClosed) {
		t.Errorf("closed subscription: %v", err)
	}
	_ = a.Close()
	if status := pool.Status(); len(status) != 1 || status[0].Users != 1 {
		t.Errorf("after the first user left: %+v", status)
	}
	_ = b.Close()
	if status := pool.Status(); len(status) != 0 {
		t.Errorf("after the last user left: %+v", status)
	}
	if _, err := a.Subscribe(0, "x"); !errors.Is(err, mqttconn.ErrClosed) {
		t.Errorf("subscribe after close: %v", err)
	}
}

func TestALateSubscriberGetsRetainedMessagesAndNobodyGetsThemTwice(t *testing.T) {
	broker, pool := brokertest.Start(t), newPool(t)
	c := open(t, pool, mqttconn.Broker{URL: broker.URL}, nil)
	publish(t, c, "tank/level", "80", true)
	first := subscribe(t, c, "tank/level")
	want(t, next(t, first), "tank/level 80")
	late := subscribe(t, c, "tank/level")
	want(t, next(t, late), "tank/level 80")
	publish(t, c, "tank/level", "79", false)
	want(t, next(t, first), "tank/level 79")
	want(t, next(t, late), "tank/level 79")
}

func TestAConnectionComesBackWithItsSubscriptions(t *testing.T) {
	broker, pool := brokertest.Start(t), newPool(t)
	states := make(chan mqttconn.State, 16)
	c := open(t, pool, mqttconn.Broker{URL: broker.URL}, func(s mqttconn.State) { states <- s })
	s := subscribe(t, c, "a/b")
	publish(t, c, "a/b", "1", true) // retained: the broker may not have taken the subscription yet
	want(t, next(t, s), "a/b 1")
	if st := <-states; !st.Connected {
		t.Errorf("first state: %+v", st)
	}
	broker.Stop()
	if st := <-states; st.Connected || st.Err == nil {
		t.Errorf("broker gone: %+v", st)
	}
	for st := range states {
		if st.Err != nil && strings.Contains(st.Err.Error(), "no broker answers at "+broker.Addr+": connection refused") {
			break
		}
	}
	if err := c.Publish(patience(t), mqttconn.Message{Topic: "a/b"}); err == nil {
		t.Error("a message was taken although no broker is there")
	}
	broker.Restart()
	if st := <-states; !st.Connected || st.Err != nil {
		t.Errorf("broker back: %+v", st)
	}
	publish(t, c, "a/b", "2", false)
	want(t, next(t, s), "a/b 2")
}

func TestASlowReaderLosesOldMessagesOnly(t *testing.T) {
	broker, pool := brokertest.Start(t, "max_queued_messages 0", "max_inflight_messages 0"), newPool(t)
	c := open(t, pool, mqttconn.Broker{URL: broker.URL}, nil)
	slow, fast := subscribe(t, c, "#"), subscribe(t, c, "n")
	publish(t, c, "n", "first", true) // retained: heard even where the broker has not taken the subscriptions yet
	want(t, next(t, fast), "n first")
	want(t, next(t, slow), "n first")
	publish(t, c, "once", "kept", false)
	for i := range 400 {
		publish(t, c, "n", fmt.Sprint(i), false)
		want(t, next(t, fast), fmt.Sprint("n ", i))
	}
	// The status waits for the message that is being handed out, which the slow reader may get after the fast one.
	if st := pool.Status(); st[0].Dropped != 145 {
		t.Errorf("status: %+v", st)
	}
	want(t, next(t, slow), "once kept") // the only one of its topic is not pushed out by another topic
	if d := slow.Dropped(); d != 145 {
		t.Errorf("dropped %d, want 145", d)
	}
	want(t, next(t, slow), "n 145")
	last := ""
	for range 254 {
		last = next(t, slow)
	}
	want(t, last, "n 399")
}

func TestClosingDoesNotWaitForABrokerThatHangs(t *testing.T) {
	deaf, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer deaf.Close()
	p := mqttconn.NewPool(mqttconn.Config{Logger: slog.New(slog.DiscardHandler), Attempt: time.Hour})
	c, err := p.Open(mqttconn.Broker{URL: "mqtt://" + deaf.Addr().String()}, nil)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := deaf.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	start := time.Now()
	_ = c.Close()
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("took %v", took)
	}
	if err := c.Wait(t.Context()); !errors.Is(err, mqttconn.ErrClosed) {
		t.Errorf("wait after close: %v", err)
	}
	_ = p.Close()
	if _, err := p.Open(mqttconn.Broker{URL: "mqtt://x"}, nil); !errors.Is(err, mqttconn.ErrClosed) {
		t.Errorf("open after close: %v", err)
	}
}

func TestWillIsPublishedWhenTheConnectionBreaks(t *testing.T) {
	broker, pool := brokertest.Start(t), newPool(t)
	watcher := open(t, pool, mqttconn.Broker{URL: broker.URL}, nil)
	s := subscribe(t, watcher, "hypha/status")
	if err := watcher.Wait(patience(t)); err != nil {
		t.Fatal(err)
	}
	proxy, cut := forward(t, broker.Addr)
	with := open(t, pool, mqttconn.Broker{URL: "mqtt://" + proxy, Will: &mqttconn.Message{Topic: "hypha/status", Payload: []byte("offline")}}, nil)
	publish(t, with, "hypha/status", "online", false)
	want(t, next(t, s), "hypha/status online")
	if n := len(pool.Status()); n != 2 {
		t.Errorf("%d connections; one with a will must not be shared with one without", n)
	}
	cut()
	want(t, next(t, s), "hypha/status offline")
}

// forward listens for one connection and joins it to the one at addr until cut is called.
func forward(t *testing.T, addr string) (listen string, cut func()) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		defer l.Close()
		near, err := l.Accept()
		if err != nil {
			return
		}
		far, err := net.Dial("tcp", addr)
		if err != nil {
			_ = near.Close()
			return
		}
		context.AfterFunc(ctx, func() { _, _ = near.Close(), far.Close() })
		go func() { _, _ = io.Copy(far, near) }()
		_, _ = io.Copy(near, far)
	}()
	return l.Addr().String(), cancel
}

func TestWebSocket(t *testing.T) {
	addr, pool := brokertest.FreeAddress(t), newPool(t)
	// mosquitto 2.0 starts a WebSocket listener only beside a plain one, and only on all interfaces.
	brokertest.Start(t, "listener "+addr[strings.LastIndex(addr, ":")+1:], "protocol websockets")
	connected := make(chan struct{}, 1)
	c := open(t, pool, mqttconn.Broker{URL: "ws://" + addr + "/mqtt"}, func(s mqttconn.State) {
		if s.Connected {
			connected <- struct{}{}
		}
	})
	s := subscribe(t, c, "w")
	<-connected                                            // not at the first attempt: this listener comes up late
	publish(t, c, "w", strings.Repeat("x", 40_000), false) // longer than the usual limit of a frame
	if got := next(t, s); len(got) != 40_002 {
		t.Errorf("%d bytes", len(got))
	}
}
