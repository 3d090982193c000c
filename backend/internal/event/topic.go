package event

import "sort"

// Entry is a publication: its number and its value.
type Entry[T any] struct {
	Seq uint64
	V   T
}

// Topic carries facts of one type.
type Topic[T any] struct {
	hub  *Hub   // fixed
	name string // fixed

	// The rest is under hub.mu.
	ring      []Entry[T] // the last publications; index of the oldest is next once it is full
	size      int        // fixed: bound of ring
	next      int        // where the next publication goes once ring is full
	lost      uint64     // number of the newest publication that is no longer in ring
	subs      []*Subscription[T]
	published uint64
	dropped   uint64 // by subscriptions, closed ones included
	conflated uint64
}

// NewTopic makes a topic that keeps its last ring publications for Since. A ring of
// 0 keeps none.
func NewTopic[T any](h *Hub, name string, ring int) *Topic[T] {
	t := &Topic[T]{hub: h, name: name, size: max(ring, 0), lost: h.base}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.topics = append(h.topics, t)
	return t
}

// Name returns the name given to NewTopic.
func (t *Topic[T]) Name() string { return t.name }

// Publish hands v to all subscribers and returns its number. It never waits for
// any of them. v must not be changed afterwards.
func (t *Topic[T]) Publish(v T) uint64 {
	t.hub.mu.Lock()
	defer t.hub.mu.Unlock() // also when a subscriber's Key or Merge panics
	e := Entry[T]{Seq: t.hub.seq.Load() + 1, V: v}
	t.keep(e)
	t.published++
	defer t.hub.seq.Store(e.Seq) // the number is used up even if a Key panics
	for _, s := range t.subs {
		dropped, conflated := s.push(e)
		t.dropped += dropped
		t.conflated += conflated
	}
	return e.Seq
}

// keep puts e into the ring. The ring grows to its size only as it is used: most
// topics of a small installation never fill theirs.
func (t *Topic[T]) keep(e Entry[T]) {
	switch {
	case t.size == 0:
		t.lost = e.Seq
	case len(t.ring) < t.size:
		t.ring = append(t.ring, e)
	default:
		t.lost = t.ring[t.next].Seq
		t.ring[t.next] = e
		t.next = (t.next + 1) % t.size
	}
}

// Since returns what was published after number seq and is still in the ring, oldest
// first. complete says that nothing is missing: it is false when a later publication
// has already left the ring, and when seq is not a number of this hub at all (a client
// that comes from an earlier process); the caller then needs a fresh snapshot.
//
// To continue without a gap, subscribe first, then call Since, and skip entries of
// the subscription whose number Since has already answered.
func (t *Topic[T]) Since(seq uint64) (entries []Entry[T], complete bool) {
	t.hub.mu.Lock()
	defer t.hub.mu.Unlock()
	n := len(t.ring)
	at := func(i int) int { return (t.next + i) % n }
	first := sort.Search(n, func(i int) bool { return t.ring[at(i)].Seq > seq })
	if first < n {
		entries = make([]Entry[T], 0, n-first)
		for i := first; i < n; i++ {
			entries = append(entries, t.ring[at(i)])
		}
	}
	return entries, seq >= t.lost && seq <= t.hub.seq.Load()
}

// Stats returns how many subscribers there are, and how many entries subscribers
// without a key have lost since the topic was made.
func (t *Topic[T]) Stats() (subscribers int, dropped uint64) {
	t.hub.mu.Lock()
	defer t.hub.mu.Unlock()
	return len(t.subs), t.dropped
}

// stats needs hub.mu.
func (t *Topic[T]) stats() TopicStats {
	return TopicStats{
		Name: t.name, Published: t.published, Subscribers: len(t.subs),
		Dropped: t.dropped, Conflated: t.conflated,
	}
}
