package mqttconn

import (
	"context"
	"slices"
	"sync"
	"time"
)

const (
	queueLimit   = 256     // messages waiting in one Subscription
	topicsLimit  = 4096    // topics a Subscription remembers, to know a repeated retained message
	payloadLimit = 1 << 20 // bytes of a message; longer ones are counted as dropped
)

// Message is one MQTT message.
type Message struct {
	Topic   string
	Payload []byte
	QoS     byte // 0, 1 or 2
	// Retain: when publishing, the broker keeps the message for later subscribers. When received, the broker had kept
	// it: its age is not known.
	Retain bool
	At     time.Time // when it was received; not used for publishing
}

// Subscription receives the messages of some filters, each message once. One reader at a time calls Next.
type Subscription struct {
	conn    *Conn
	filters []string // distinct
	qos     byte
	last    uint64 // the message pushed last; guarded by link.mu

	mu      sync.Mutex
	queue   []Message
	ready   chan struct{} // holds a token when the queue or err changed
	dropped uint64
	err     error // ends the subscription: refused by the broker, or closed
	// seen are the topics heard since the connection was made. When another subscriber joins, the broker sends
	// everything it retained once more; what was heard already is then no news.
	seen map[string]struct{}
}

// Next returns the next message, waiting for it until ctx ends. It returns an error when the broker refused the
// subscription and ErrClosed after Close; a lost connection is no error, for it comes back.
func (s *Subscription) Next(ctx context.Context) (Message, error) {
	for {
		s.mu.Lock()
		if len(s.queue) > 0 {
			m := s.queue[0]
			s.queue = s.queue[1:]
			s.mu.Unlock()
			return m, nil
		}
		err := s.err
		s.mu.Unlock()
		if err != nil {
			return Message{}, err
		}
		select {
		case <-s.ready:
		case <-ctx.Done():
			return Message{}, ctx.Err()
		}
	}
}

// Filters returns what was subscribed to.
func (s *Subscription) Filters() []string { return slices.Clone(s.filters) }

// Dropped counts the messages that were lost because the reader was too slow or the message too long.
func (s *Subscription) Dropped() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.dropped
}

// Close ends the subscription; messages that wait are discarded.
func (s *Subscription) Close() { s.conn.unsubscribe(s) }

// push never blocks: it runs on the connection's own goroutine.
func (s *Subscription) push(m Message) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return
	}
	if _, heard := s.seen[m.Topic]; heard && m.Retain {
		return
	}
	if len(s.seen) < topicsLimit {
		s.seen[m.Topic] = struct{}{}
	}
	if len(m.Payload) > payloadLimit {
		s.dropped++
		return
	}
	if len(s.queue) >= queueLimit {
		s.dropped++
		oldest := max(0, slices.IndexFunc(s.queue, func(q Message) bool { return q.Topic == m.Topic }))
		s.queue = slices.Delete(s.queue, oldest, oldest+1)
	}
	s.queue = append(s.queue, m)
	s.wake()
}

// renew forgets what was heard: a new connection hears everything retained again, and it may have changed meanwhile.
func (s *Subscription) renew() {
	s.mu.Lock()
	clear(s.seen)
	s.mu.Unlock()
}

// fail ends the subscription; the first reason stands.
func (s *Subscription) fail(err error) {
	s.mu.Lock()
	if s.err == nil {
		s.err = err
	}
	s.mu.Unlock()
	s.wake()
}

func (s *Subscription) wake() {
	select {
	case s.ready <- struct{}{}:
	default:
	}
}
