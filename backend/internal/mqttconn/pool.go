package mqttconn

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"slices"
	"sync"
	"time"
)

// Config tunes a Pool; the zero value is good.
type Config struct {
	Logger *slog.Logger // nil: slog.Default
	// RetryFirst and RetryMost bound the pause before the next attempt to connect; zero: 1 s and 30 s.
	RetryFirst, RetryMost time.Duration
	// Attempt bounds one attempt and each answer of a broker; zero: 10 s.
	Attempt time.Duration
	// KeepAlive is the silence after which the broker is asked whether it is still there; zero: 20 s.
	KeepAlive time.Duration
}

// Pool hands out shared broker connections.
type Pool struct {
	cfg Config

	mu     sync.Mutex
	links  map[string]*link // by address.key
	closed bool
}

// State is how a connection stands.
type State struct {
	Connected bool
	Since     time.Time // of Connected
	Err       error     // why it does not stand; nil before the first attempt ended. A *ConnectError.
	trying    bool      // an attempt is on its way
}

// BrokerStatus is one shared connection as shown to users.
type BrokerStatus struct {
	Broker        string    `json:"broker"` // the address, without account
	Username      string    `json:"username,omitempty"`
	Connected     bool      `json:"connected"`
	Since         time.Time `json:"since"`
	Error         string    `json:"error,omitempty"`
	Users         int       `json:"users"`
	Subscriptions int       `json:"subscriptions"` // distinct filters
	Dropped       uint64    `json:"dropped"`       // messages lost to slow readers
}

// NewPool makes an empty Pool; Close it at the end.
func NewPool(cfg Config) *Pool {
	cfg.Logger = cmp.Or(cfg.Logger, slog.Default())
	cfg.RetryFirst = cmp.Or(cfg.RetryFirst, time.Second)
	cfg.RetryMost = cmp.Or(cfg.RetryMost, 30*time.Second)
	cfg.Attempt = cmp.Or(cfg.Attempt, 10*time.Second)
	cfg.KeepAlive = cmp.Or(cfg.KeepAlive, 20*time.Second)
	return &Pool{cfg: cfg, links: map[string]*link{}}
}

// Open takes a hold on the connection to a broker and starts it when it is the first. It does not wait for it. The error
// says what is wrong with the address.
//
// onState, which may be nil, is called one call at a time when the connection comes and goes and when an attempt fails
// for a new reason. It must not block and must not close the Conn. It is not called any more once Close has returned.
func (p *Pool) Open(b Broker, onState func(State)) (*Conn, error) {
	if p == nil {
		return nil, errors.New("no MQTT connections are available here")
	}
	addr, err := b.parse()
	if err != nil {
		return nil, err
	}
	if b.Will != nil {
		if err := CheckTopic(b.Will.Topic); err != nil {
			return nil, err
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil, ErrClosed
	}
	key := addr.key()
	c := &Conn{pool: p, key: key, onState: onState, subs: map[*Subscription]struct{}{}}
	if l := p.links[key]; l != nil {
		c.link = l
		l.join(c)
	} else {
		p.links[key] = newLink(p.cfg, addr, c)
	}
	return c, nil
}

// release drops one user of a link and ends the link when it was the last.
func (p *Pool) release(c *Conn) {
	p.mu.Lock()
	last := c.link.leave(c)
	if last && p.links[c.key] == c.link {
		delete(p.links, c.key)
	}
	p.mu.Unlock()
	if last {
		c.link.close()
	}
}

// Status lists the connections, sorted by broker and account.
func (p *Pool) Status() []BrokerStatus {
	p.mu.Lock()
	links := make([]*link, 0, len(p.links))
	for _, l := range p.links {
		links = append(links, l)
	}
	p.mu.Unlock()
	all := make([]BrokerStatus, 0, len(links))
	for _, l := range links {
		all = append(all, l.status())
	}
	slices.SortFunc(all, func(a, b BrokerStatus) int {
		return cmp.Or(cmp.Compare(a.Broker, b.Broker), cmp.Compare(a.Username, b.Username))
	})
	return all
}

// Close ends all connections at once; what still uses them gets ErrClosed.
func (p *Pool) Close() error {
	p.mu.Lock()
	links := p.links
	p.links, p.closed = map[string]*link{}, true
	p.mu.Unlock()
	var wait sync.WaitGroup
	for _, l := range links {
		wait.Go(l.close)
	}
	wait.Wait()
	return nil
}

// Try connects once, to tell whether address and account are right, and lets go again.
func (p *Pool) Try(ctx context.Context, b Broker) error {
	c, err := p.Open(b, nil)
	if err != nil {
		return err
	}
	defer c.Close()
	return c.Wait(ctx)
}

// Display returns the address of a broker without the account that may be in it.
func Display(raw string) string {
	a, err := Broker{URL: raw}.parse()
	if err != nil {
		if u, bad := url.Parse(raw); bad == nil {
			u.User = nil
			return u.String()
		}
		return "?"
	}
	return a.display
}

// clientID is new for each connection: a broker ends the older of two connections with the same id. It has at most 23
// characters, which every broker must take.
func clientID() string {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails
	return fmt.Sprintf("hypha-%x", b)
}
