package event

import (
	"cmp"
	"slices"
	"sync"
	"sync/atomic"
)

// Hub orders the publications of its topics with one sequence counter.
type Hub struct {
	base uint64        // fixed: numbers up to here belong to an earlier process
	seq  atomic.Uint64 // last number whose publication is complete; written under mu

	// mu makes a publication one step: number, ring and queues. Lock order:
	// Hub.mu, then Subscription.mu.
	mu     sync.Mutex
	topics []interface{ stats() TopicStats }
}

// NewHub returns a hub whose first publication has number 1.
func NewHub() *Hub { return NewHubAt(0) }

// NewHubAt returns a hub whose first publication has number base+1. A program whose
// clients resume by number after it was restarted gives a base that grows from
// start to start, such as the time in microseconds: numbers of the earlier process
// are then known to be such, and Since calls them incomplete.
func NewHubAt(base uint64) *Hub {
	h := &Hub{base: base}
	h.seq.Store(base)
	return h
}

// Seq returns the number of the last publication, on whichever topic. That
// publication and all before it have reached rings and queues.
func (h *Hub) Seq() uint64 { return h.seq.Load() }

// TopicStats are the counts of one topic since it was made.
type TopicStats struct {
	Name        string
	Published   uint64
	Subscribers int
	Dropped     uint64 // entries that subscribers without a key lost, over all of them, closed ones too
	Conflated   uint64 // entries that a newer one of the same key replaced
}

// Stats returns the counts of all topics, sorted by name, for metrics.
func (h *Hub) Stats() []TopicStats {
	h.mu.Lock()
	defer h.mu.Unlock()
	all := make([]TopicStats, len(h.topics))
	for i, t := range h.topics {
		all[i] = t.stats()
	}
	slices.SortFunc(all, func(a, b TopicStats) int { return cmp.Compare(a.Name, b.Name) })
	return all
}
