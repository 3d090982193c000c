package function

import (
	"sync"

	"hypha/internal/measure"
)

// mailboxRoom bounds what waits for a function whose step takes long. Beyond it the oldest are dropped and counted.
const mailboxRoom = 256

// Mailbox takes what happens until a function has time for it. Put never blocks.
type Mailbox struct {
	poke chan struct{}

	mu      sync.Mutex
	waiting []Moment
	lost    uint64
}

func newMailbox() *Mailbox { return &Mailbox{poke: make(chan struct{}, 1)} }

// Arrived puts a reading.
func (b *Mailbox) Arrived(r measure.Reading) { b.put(Moment{Why: Arrival, Reading: r}) }

// Happened puts an event.
func (b *Mailbox) Happened(e Happening) { b.put(Moment{Why: Event, Event: e}) }

func (b *Mailbox) put(m Moment) {
	b.mu.Lock()
	if len(b.waiting) == mailboxRoom {
		copy(b.waiting, b.waiting[1:])
		b.waiting = b.waiting[:mailboxRoom-1]
		b.lost++
	}
	b.waiting = append(b.waiting, m)
	b.mu.Unlock()
	select {
	case b.poke <- struct{}{}:
	default: // it is awake already
	}
}

// take returns what came first.
func (b *Mailbox) take() (m Moment, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.waiting) == 0 {
		return Moment{}, false
	}
	m = b.waiting[0]
	copy(b.waiting, b.waiting[1:])
	b.waiting = b.waiting[:len(b.waiting)-1]
	return m, true
}
