package event

import (
	"context"
	"errors"
	"slices"
	"sync"
)

// ErrClosed is what Next returns once the subscription is closed and empty.
var ErrClosed = errors.New("event: subscription is closed")

// Options say how a subscription behaves.
type Options[T any] struct {
	Name   string // whose it is, for people
	Buffer int    // entries that may wait before the bound acts; less than 1 means 1

	// Key makes the subscription conflate: once Buffer entries wait, and until all are
	// taken, only the newest entry of each key waits. It is not called before that.
	Key func(T) string
	// Merge makes the entry that waits out of the one that would be lost and the newest
	// one of the same key. nil keeps the newest. It must not change its arguments.
	Merge func(older, newer T) T
}

// Subscription is a bounded queue of a topic's publications. It starts with the
// first publication after Subscribe.
type Subscription[T any] struct {
	topic *Topic[T]  // fixed
	o     Options[T] // fixed
	ready chan struct{}

	// mu guards the rest. Invariant: ready holds a token whenever something waits, unless
	// a receiver has just taken it.
	mu      sync.Mutex
	queue   []slot[T]      // ascending numbers; queue[:head] is taken
	head    int            //
	dead    int            // slots of queue[head:] that a newer one of their key replaced
	index   map[string]int // while conflating: key -> its one live slot; nil otherwise
	dropped uint64
	closed  bool
}

type slot[T any] struct {
	Entry[T]
	key  string // while conflating
	dead bool
}

// Subscribe returns a new subscription. Close it when done.
func (t *Topic[T]) Subscribe(o Options[T]) *Subscription[T] {
	o.Buffer = max(o.Buffer, 1)
	s := &Subscription[T]{topic: t, o: o, ready: make(chan struct{}, 1)}
	t.hub.mu.Lock()
	defer t.hub.mu.Unlock()
	t.subs = append(t.subs, s)
	return s
}

// C returns a channel that holds a token when something waits. It is closed by Close.
// A token is a hint: Take may find nothing when another goroutine was faster.
func (s *Subscription[T]) C() <-chan struct{} { return s.ready }

// Take appends all that waits to buf, oldest first, and returns it.
func (s *Subscription[T]) Take(buf []Entry[T]) []Entry[T] {
	s.mu.Lock()
	defer s.mu.Unlock()
	buf = slices.Grow(buf, s.waiting())
	for i := s.head; i < len(s.queue); i++ {
		if !s.queue[i].dead {
			buf = append(buf, s.queue[i].Entry)
		}
	}
	s.reset()
	return buf
}

// Next returns the oldest entry that waits, waiting for one if need be. Its error is
// that of ctx, or ErrClosed.
func (s *Subscription[T]) Next(ctx context.Context) (Entry[T], error) {
	for {
		if e, ok, closed := s.pop(); ok {
			return e, nil
		} else if closed {
			return Entry[T]{}, ErrClosed
		}
		select {
		case <-s.ready:
		case <-ctx.Done():
			return Entry[T]{}, ctx.Err()
		}
	}
}

// Dropped returns how many entries this subscription has lost at its bound. One that
// conflates loses none.
func (s *Subscription[T]) Dropped() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.dropped
}

// Close ends the subscription: nothing is added any more, C is closed. What already
// waits can still be taken. Close may be called repeatedly.
func (s *Subscription[T]) Close() {
	t := s.topic
	t.hub.mu.Lock()
	defer t.hub.mu.Unlock()
	if i := slices.Index(t.subs, s); i >= 0 {
		t.subs = slices.Delete(t.subs, i, i+1)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closed {
		s.closed = true
		close(s.ready)
	}
}

// push adds e and says how many entries went for it. Needs hub.mu, so that numbers
// arrive in order.
func (s *Subscription[T]) push(e Entry[T]) (dropped, conflated uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.o.Key != nil {
		conflated = s.conflate(&e)
	} else if s.waiting() == s.o.Buffer {
		s.queue[s.head] = slot[T]{}
		s.head++
		s.dropped++
		dropped = 1
	}
	s.compact()
	next := slot[T]{Entry: e}
	if s.index != nil {
		next.key = s.o.Key(e.V)
		s.index[next.key] = len(s.queue)
	}
	s.queue = append(s.queue, next)
	s.signal()
	return dropped, conflated
}

// conflate makes room for e when the bound is reached, merging into e what it replaces.
func (s *Subscription[T]) conflate(e *Entry[T]) (conflated uint64) {
	if s.index == nil {
		if s.waiting() < s.o.Buffer {
			return 0
		}
		conflated = s.startConflating()
	}
	if i, ok := s.index[s.o.Key(e.V)]; ok {
		e.V = s.replace(i, e.V)
		conflated++
	}
	return conflated
}

// startConflating leaves one entry per key in the queue. If Key or Merge panics, the
// queue is still whole, and the next publication tries again.
func (s *Subscription[T]) startConflating() (conflated uint64) {
	keys := make([]string, len(s.queue))
	for i := s.head; i < len(s.queue); i++ {
		keys[i] = s.o.Key(s.queue[i].V)
	}
	index := make(map[string]int, len(s.queue)-s.head)
	for i := s.head; i < len(s.queue); i++ {
		s.queue[i].key = keys[i]
		if old, ok := index[keys[i]]; ok {
			s.queue[i].V = s.replace(old, s.queue[i].V)
			conflated++
		}
		index[keys[i]] = i
	}
	s.index = index
	return conflated
}

// replace takes the entry in slot i out of the queue and returns newer, merged with it.
func (s *Subscription[T]) replace(i int, newer T) T {
	if s.o.Merge != nil {
		newer = s.o.Merge(s.queue[i].V, newer)
	}
	s.queue[i] = slot[T]{dead: true}
	s.dead++
	return newer
}

// compact moves the live entries to the front once at least half of a full queue is
// used up, so that its memory stays within about twice the bound and each entry is
// moved once on average.
func (s *Subscription[T]) compact() {
	if len(s.queue) < cap(s.queue) || s.waiting() > len(s.queue)/2 {
		return
	}
	n := 0
	for i := s.head; i < len(s.queue); i++ {
		if s.queue[i].dead {
			continue
		}
		s.queue[n] = s.queue[i]
		if s.index != nil {
			s.index[s.queue[n].key] = n
		}
		n++
	}
	clear(s.queue[n:])
	s.queue, s.head, s.dead = s.queue[:n], 0, 0
}

// pop takes the oldest entry.
func (s *Subscription[T]) pop() (e Entry[T], ok, closed bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.head < len(s.queue) {
		next := s.queue[s.head]
		s.queue[s.head] = slot[T]{}
		s.head++
		if next.dead {
			s.dead--
			continue
		}
		if s.index != nil {
			delete(s.index, next.key)
		}
		if s.waiting() > 0 {
			s.signal()
		} else {
			s.reset()
		}
		return next.Entry, true, false
	}
	return Entry[T]{}, false, s.closed
}

// waiting is how many entries can be taken.
func (s *Subscription[T]) waiting() int { return len(s.queue) - s.head - s.dead }

// reset empties the queue, and with it the token: nothing waits.
func (s *Subscription[T]) reset() {
	clear(s.queue)
	s.queue, s.head, s.dead, s.index = s.queue[:0], 0, 0, nil
	if !s.closed {
		select {
		case <-s.ready:
		default:
		}
	}
}

// signal leaves a token for a receiver.
func (s *Subscription[T]) signal() {
	if s.closed {
		return
	}
	select {
	case s.ready <- struct{}{}:
	default:
	}
}
