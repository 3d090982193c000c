package mqttconn

import (
	"context"
	"log/slog"
	"net"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/cenkalti/backoff/v5"
	mqtt "github.com/eclipse/paho.mqtt.golang"
)

// stable is how long a connection must stand before the next pause is short again. A broker that takes a connection
// and drops it at once must not be asked in a tight loop.
const stable = 10 * time.Second

// link is one connection, with all who use it. Its goroutine (run) alone connects, subscribes and unsubscribes.
//
// Each attempt makes a new paho client with paho's own reconnecting switched off: that sleeps without regard to
// cancellation, forgets subscriptions and replays old publishes, none of which suits a program that drives actuators.
type link struct {
	cfg    Config
	addr   address
	id     string
	log    *slog.Logger
	cancel context.CancelFunc
	done   chan struct{} // closed when run has ended
	wake   chan struct{} // a token when filters changed or an attempt shall be made now

	mu      sync.Mutex
	users   map[*Conn]struct{}
	filters map[string]*filter
	wild    map[string]*filter  // those of filters with a wildcard: only they need comparing with each topic
	gone    map[string]struct{} // filters that the broker still serves and nobody wants
	state   State
	changed chan struct{} // closed and replaced when state changes
	client  mqtt.Client   // nil unless connected
	end     *ending       // of client
	stood   bool          // it has been connected once
	closed  bool
	count   uint64 // of messages received
	dropped uint64 // of subscriptions that have ended
}

// filter is one subscription at the broker. sent: the broker has been asked on this connection; again: it must be asked
// once more, because somebody joined (who wants the retained messages) or wants a higher QoS.
type filter struct {
	qos         byte
	sent, again bool
	subs        map[*Subscription]struct{}
}

// newLink makes the connection of its first user and starts to connect.
func newLink(cfg Config, addr address, first *Conn) *link {
	ctx, cancel := context.WithCancel(context.Background())
	l := &link{
		cfg: cfg, addr: addr, id: clientID(), cancel: cancel,
		log:  cfg.Logger.With("broker", addr.display),
		done: make(chan struct{}), wake: make(chan struct{}, 1), changed: make(chan struct{}),
		users: map[*Conn]struct{}{}, filters: map[string]*filter{}, wild: map[string]*filter{}, gone: map[string]struct{}{},
		state: State{Since: time.Now(), trying: true},
	}
	first.link = l
	l.users[first] = struct{}{} // before anything happens that it wants to hear of
	go l.run(ctx)
	return l
}

// close ends the connection and everything that waits on it.
func (l *link) close() {
	l.mu.Lock()
	l.closed = true
	for _, f := range l.filters {
		for s := range f.subs {
			defer s.fail(ErrClosed)
		}
	}
	close(l.changed)
	l.changed = make(chan struct{})
	l.mu.Unlock()
	l.cancel()
	<-l.done
}

// run connects and stays connected until ctx ends.
func (l *link) run(ctx context.Context) {
	defer close(l.done)
	pause := backoff.NewExponentialBackOff()
	pause.InitialInterval, pause.MaxInterval, pause.Multiplier = l.cfg.RetryFirst, l.cfg.RetryMost, 2
	for {
		err := l.session(ctx, pause)
		if ctx.Err() != nil {
			return
		}
		l.disconnected(err)
		timer := time.NewTimer(min(pause.NextBackOff(), l.cfg.RetryMost))
		for waiting := true; waiting; {
			select {
			case <-timer.C:
				waiting = false
			case <-l.wake:
				waiting = !l.trying() // filters alone are no reason to hurry
			case <-ctx.Done():
				timer.Stop()
				return
			}
		}
		timer.Stop()
		l.attempting()
	}
}

// session connects and serves until the connection is lost, which it explains, or ctx ends.
func (l *link) session(ctx context.Context, pause *backoff.ExponentialBackOff) error {
	end := &ending{done: make(chan struct{})}
	defer end.set(ErrClosed) // lets go of whoever still waits for an answer
	client, err := l.connect(ctx, end)
	if err != nil {
		return explain(l.addr, err)
	}
	defer client.Disconnect(250) // ms to say goodbye
	since := time.Now()
	defer func() {
		if time.Since(since) >= stable {
			pause.Reset()
		}
	}()
	l.fresh()
	if err := l.sync(ctx, client, end); err != nil {
		return lost(l.addr, err)
	}
	l.connected(client, end)
	defer l.drop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-end.done:
			return end.err
		case <-l.wake:
			if err := l.sync(ctx, client, end); err != nil {
				return lost(l.addr, err)
			}
		}
	}
}

// connect makes one attempt. end is set when the connection it made is lost.
func (l *link) connect(ctx context.Context, end *ending) (mqtt.Client, error) {
	ctx, cancel := context.WithTimeout(ctx, l.cfg.Attempt)
	defer cancel()
	stop := func() bool { return true }
	opts := mqtt.NewClientOptions()
	opts.Servers = []*url.URL{l.addr.url}
	opts.SetClientID(l.id).SetUsername(l.addr.Username).SetPassword(l.addr.Password)
	opts.SetProtocolVersion(4) // otherwise each refusal is tried again as 3.1, and a wrong password counts twice
	opts.SetAutoReconnect(false).SetConnectRetry(false).SetCleanSession(true)
	opts.SetConnectTimeout(l.cfg.Attempt).SetWriteTimeout(l.cfg.Attempt).SetPingTimeout(l.cfg.Attempt)
	opts.KeepAlive = max(1, int64(l.cfg.KeepAlive/time.Second))
	// In order and on paho's own goroutine, for dispatch never blocks; unordered would be a goroutine for each message,
	// and a newer value could be overtaken by an older one.
	opts.SetOrderMatters(true).SetDefaultPublishHandler(func(_ mqtt.Client, m mqtt.Message) { l.dispatch(m) })
	opts.SetConnectionLostHandler(func(_ mqtt.Client, err error) { end.set(lost(l.addr, err)) })
	if w := l.addr.Will; w != nil {
		opts.SetBinaryWill(w.Topic, w.Payload, w.QoS, w.Retain)
	}
	opts.SetCustomOpenConnectionFn(func(*url.URL, mqtt.ClientOptions) (net.Conn, error) {
		conn, err := l.addr.dial(ctx)
		if err == nil {
			stop = context.AfterFunc(ctx, func() { _ = conn.Close() }) // ends a handshake that hangs
		}
		return conn, err
	})
	client := mqtt.NewClient(opts)
	token := client.Connect()
	<-token.Done() // bounded, because dialling and the handshake are
	switch err := token.Error(); {
	case err != nil && ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil:
		return nil, err
	case !stop():
		client.Disconnect(0)
		return nil, ctx.Err()
	default:
		return client, nil
	}
}

// sync brings the broker's subscriptions in line with what is wanted.
func (l *link) sync(ctx context.Context, client mqtt.Client, end *ending) error {
	want, gone := l.changes()
	for some := range slices.Chunk(gone, perPacket) {
		if err := do(ctx, end, l.cfg.Attempt, func() mqtt.Token { return client.Unsubscribe(some...) }); err != nil {
			return err
		}
	}
	for some := range slices.Chunk(want, perPacket) {
		qos := map[string]byte{}
		for _, w := range some {
			qos[w.filter] = w.qos
		}
		var token mqtt.Token
		err := do(ctx, end, l.cfg.Attempt, func() mqtt.Token { token = client.SubscribeMultiple(qos, nil); return token })
		if err != nil {
			return err
		}
		if t, ok := token.(*mqtt.SubscribeToken); ok {
			for name, code := range t.Result() {
				if code > 2 {
					l.refuse(name)
				}
			}
		}
	}
	return nil
}

// perPacket is how many filters go into one packet; some brokers take no more than eight.
const perPacket = 8

// ending tells, once, that a connection is over and why.
type ending struct {
	once sync.Once
	done chan struct{}
	err  error // to be read after done is closed
}

func (e *ending) set(err error) {
	e.once.Do(func() {
		e.err = err
		close(e.done)
	})
}

// do runs a request and waits for the broker's answer. paho blocks while it hands the request to a network that stalls,
// so that runs aside; it ends by paho's own write time-out.
func do(ctx context.Context, end *ending, limit time.Duration, request func() mqtt.Token) error {
	answer := make(chan error, 1)
	go func() {
		token := request()
		select {
		case <-token.Done():
			answer <- token.Error()
		case <-end.done:
			answer <- end.err
		case <-ctx.Done():
		}
	}()
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case err := <-answer:
		return err
	case <-end.done:
		return end.err
	case <-timer.C:
		return errSilent
	case <-ctx.Done():
		return ctx.Err()
	}
}
