package fleet

import (
	"context"
	"crypto/subtle"
	"slices"
	"sync"
	"time"

	"hypha/internal/event"
	"hypha/internal/function"
	"hypha/internal/measure"
)

// dispatch hands readings and events to the functions that wait for them. A thousand functions that watch one channel each
// cost one look-up a reading: subscribing each of them to the hub would cost a thousand.
type dispatch struct {
	mu       sync.RWMutex
	channels map[measure.ChannelID][]*function.Mailbox
	events   map[*function.Mailbox][]string // the types it listens to
}

func newDispatch() *dispatch {
	return &dispatch{channels: map[measure.ChannelID][]*function.Mailbox{}, events: map[*function.Mailbox][]string{}}
}

// subscribe has readings of channels, and events of types, put into box until cancel is called.
func (d *dispatch) subscribe(channels []measure.ChannelID, events []string, box *function.Mailbox) (cancel func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, id := range channels {
		// A new list, never an append in place: who reads holds the old one.
		d.channels[id] = append(slices.Clone(d.channels[id]), box)
	}
	if len(events) > 0 {
		d.events[box] = events
	}
	return func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		for _, id := range channels {
			left := slices.DeleteFunc(slices.Clone(d.channels[id]), func(b *function.Mailbox) bool { return b == box })
			if len(left) == 0 {
				delete(d.channels, id)
			} else {
				d.channels[id] = left
			}
		}
		delete(d.events, box)
	}
}

// arrived hands readings on; it never blocks.
func (d *dispatch) arrived(batch []measure.Reading) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	if len(d.channels) == 0 {
		return
	}
	for _, r := range batch {
		for _, box := range d.channels[r.Channel] {
			box.Arrived(r)
		}
	}
}

// listen hands the entries of the journal on until ctx ends.
func (d *dispatch) listen(ctx context.Context, journal *event.Topic[Event]) {
	sub := journal.Subscribe(event.Options[Event]{Name: "functions", Buffer: journalQueue})
	defer sub.Close()
	for {
		e, err := sub.Next(ctx)
		if err != nil {
			return
		}
		d.happened(e.V)
	}
}

func (d *dispatch) happened(e Event) {
	h := function.Happening{Type: e.Type, Source: e.Source, Message: e.Message, Data: e.Data, At: time.Time(e.T)}
	d.mu.RLock()
	defer d.mu.RUnlock()
	for box, types := range d.events {
		if slices.Contains(types, e.Type) {
			box.Happened(h)
		}
	}
}

// called hands a call from outside to the functions that wait for it; it says whether there is any. It compares with all of
// them alike, so that the time it takes tells nothing of their tokens.
func (d *dispatch) called(h function.Happening) bool {
	d.mu.RLock()
	defer d.mu.RUnlock()
	found := false
	for box, types := range d.events {
		for _, t := range types {
			if subtle.ConstantTimeCompare([]byte(t), []byte(h.Type)) == 1 {
				box.Happened(h)
				found = true
			}
		}
	}
	return found
}
