package mqttconn

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	mqtt "github.com/eclipse/paho.mqtt.golang"
)

var errQoS = errors.New("the quality of service of MQTT is 0, 1 or 2")

// Conn is one user's hold on a shared connection.
type Conn struct {
	pool *Pool
	key  string
	link *link

	notifyMu sync.Mutex // held while onState runs
	onState  func(State)

	// subs and closed are guarded by link.mu.
	subs   map[*Subscription]struct{}
	closed bool
}

// State returns how the connection stands.
func (c *Conn) State() State {
	c.link.mu.Lock()
	defer c.link.mu.Unlock()
	return c.link.state
}

// Wait returns nil when the connection stands, and the reason when it does not: after the attempt that is on its way, or
// at once when the next one is yet to come. When ctx ends first, the error wraps its cause.
func (c *Conn) Wait(ctx context.Context) error {
	for {
		c.link.mu.Lock()
		state, changed, closed := c.link.state, c.link.changed, c.closed || c.link.closed
		c.link.mu.Unlock()
		switch {
		case closed:
			return ErrClosed
		case state.Connected:
			return nil
		case !state.trying && state.Err != nil:
			return state.Err
		}
		select {
		case <-changed:
		case <-ctx.Done():
			if state.Err != nil {
				return fmt.Errorf("%w (%w)", state.Err, context.Cause(ctx))
			}
			return fmt.Errorf("no answer yet from the broker at %s: %w", c.link.addr.url.Host, context.Cause(ctx))
		}
	}
}

// Subscribe receives what is published under any of some filters, with retained messages first. It does not wait for
// the broker; a refusal comes out of Next. The QoS of a filter that several subscribe to is the highest asked for.
func (c *Conn) Subscribe(qos byte, filters ...string) (*Subscription, error) {
	for _, filter := range filters {
		if err := CheckFilter(filter); err != nil {
			return nil, err
		}
	}
	if qos > 2 {
		return nil, errQoS
	}
	s := &Subscription{conn: c, qos: qos, ready: make(chan struct{}, 1), seen: map[string]struct{}{}}
	s.filters = slices.Compact(slices.Sorted(slices.Values(filters)))
	if !c.link.add(c, s) {
		return nil, ErrClosed
	}
	return s, nil
}

func (c *Conn) unsubscribe(s *Subscription) {
	c.link.remove(s)
	s.mu.Lock()
	s.queue = nil
	s.mu.Unlock()
	s.fail(ErrClosed)
}

// Publish sends a message and returns once the broker has it (QoS 1 and 2) or it has been written to the network (QoS 0).
// While no connection stands it fails at once with the reason; only an attempt to connect that is under way is waited
// for.
func (c *Conn) Publish(ctx context.Context, m Message) error {
	if err := CheckTopic(m.Topic); err != nil {
		return err
	}
	if m.QoS > 2 {
		return errQoS
	}
	if err := c.Wait(ctx); err != nil {
		return fmt.Errorf("publish to %s: %w", m.Topic, err)
	}
	client, end := c.link.current()
	if client == nil {
		return fmt.Errorf("publish to %s: the connection to the broker was just lost", m.Topic)
	}
	err := do(ctx, end, c.link.cfg.Attempt, func() mqtt.Token {
		return client.Publish(m.Topic, m.QoS, m.Retain, m.Payload)
	})
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return fmt.Errorf("publish to %s: the broker did not confirm it in time: %w", m.Topic, context.Cause(ctx))
	default:
		return fmt.Errorf("publish to %s: %w", m.Topic, err)
	}
}

// Close lets go of the connection and ends the subscriptions made through this Conn. The last user's Close ends the
// connection. It may be called more than once.
func (c *Conn) Close() error {
	c.link.mu.Lock()
	if c.closed {
		c.link.mu.Unlock()
		return nil
	}
	c.closed = true
	subs := make([]*Subscription, 0, len(c.subs))
	for s := range c.subs {
		subs = append(subs, s)
	}
	c.link.mu.Unlock()
	for _, s := range subs {
		c.unsubscribe(s)
	}
	c.notifyMu.Lock() // waits for a call of onState that is under way
	c.onState = nil
	c.notifyMu.Unlock()
	c.pool.release(c)
	return nil
}

func (c *Conn) notify(s State) {
	c.notifyMu.Lock()
	defer c.notifyMu.Unlock()
	if c.onState != nil {
		c.onState(s)
	}
}
