// Package latest keeps the live value of every channel with its quality: what people, the feed and control loops read.
// The history is never asked for it, so a fault of the store can never become a measurement.
//
// A channel that is silent for longer than its expected interval is stale. The silence is counted from the last reading,
// or from the registration when there was none: a sensor that never answered is stale too. Silence is measured on the
// monotonic clock, so a jump of the wall clock makes nothing stale and nothing fresh.
package latest

import (
	"context"
	"sync"
	"time"

	"hypha/internal/measure"
)

// Value is the newest reading of a channel. T is in ms since the epoch.
type Value struct {
	T int64
	V float64
	Q measure.Quality
}

// sweepEvery is how soon a silent channel is announced as stale. Get judges at the moment it is asked.
const sweepEvery = 500 * time.Millisecond

type row struct {
	expected time.Duration // 0: never stale
	heard    time.Time     // monotonic: when the value was true, or when the channel was registered
	value    Value
	has      bool
	told     bool // stale has been announced
}

func (r *row) stale(now time.Time) bool {
	return r.expected > 0 && now.Sub(r.heard) > r.expected
}

// Table is safe for concurrent use.
type Table struct {
	announce func([]measure.Reading)

	mu   sync.RWMutex
	rows map[measure.ChannelID]*row
}

// New returns an empty table. announce gets the last readings, with quality stale, of channels that have just become
// so. It must neither block nor use the table: it is called under the table's lock, so that no fresh reading that was put
// before is followed by the news that the channel is stale.
func New(announce func([]measure.Reading)) *Table {
	return &Table{announce: announce, rows: map[measure.ChannelID]*row{}}
}

// Register makes a channel known. expected is the longest silence that is normal (0: any). The last reading of the
// store may be given, so that a restart shows it with its age instead of nothing.
func (t *Table) Register(id measure.ChannelID, expected time.Duration, last *measure.Reading) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := time.Now()
	r := t.rows[id]
	if r == nil {
		r = &row{heard: now}
		t.rows[id] = r
	}
	r.expected = expected
	r.told = r.told && r.stale(now)
	if last != nil && !r.has {
		r.set(*last, now)
	}
}

// Unregister forgets a channel.
func (t *Table) Unregister(id measure.ChannelID) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.rows, id)
}

// set takes a reading. Its age by the wall clock counts against it, a date in the future does not count for it.
func (r *row) set(reading measure.Reading, now time.Time) {
	r.value, r.has, r.told = Value{T: reading.T, V: reading.V, Q: reading.Q}, true, false
	age := max(0, now.Sub(time.UnixMilli(reading.T)))
	r.heard = now.Add(-age)
}

// Put takes readings that a device has just given; each is the newest of its channel, whatever the wall clock did.
func (t *Table) Put(batch []measure.Reading) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := time.Now()
	for _, reading := range batch {
		if r := t.rows[reading.Channel]; r != nil {
			r.value, r.has, r.told, r.heard = Value{T: reading.T, V: reading.V, Q: reading.Q}, true, false, now
		}
	}
}

// PutDated takes readings that carry a time of their own (pushed, imported) and returns those that became the newest of
// their channel; older ones change nothing here. A reading dated in the future holds back nothing that is dated now: the
// sender's clock was wrong, and must not hide what comes once it is right.
func (t *Table) PutDated(batch []measure.Reading) []measure.Reading {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := time.Now()
	var newest []measure.Reading
	for _, reading := range batch {
		r := t.rows[reading.Channel]
		if r == nil || (r.has && reading.T < min(r.value.T, now.UnixMilli())) {
			continue
		}
		r.set(reading, now)
		newest = append(newest, reading)
	}
	return newest
}

// Rescale converts the value of a channel whose unit has changed.
func (t *Table) Rescale(id measure.ChannelID, a measure.Affine) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if r := t.rows[id]; r != nil && r.has {
		r.value.V = a.Apply(r.value.V)
	}
}

// Get returns the newest value; ok is false when there was none. The quality is stale when the channel is, whatever it
// was when the value came.
func (t *Table) Get(id measure.ChannelID) (v Value, stale, ok bool) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	r := t.rows[id]
	if r == nil {
		return Value{}, false, false
	}
	stale = r.stale(time.Now())
	v = r.value
	if stale {
		v.Q = measure.Stale
	}
	return v, stale, r.has
}

// Heard is Get with the age of the value by the monotonic clock: what control judges it by.
func (t *Table) Heard(id measure.ChannelID) (v Value, stale bool, age time.Duration, ok bool) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	r := t.rows[id]
	if r == nil {
		return Value{}, false, 0, false
	}
	now := time.Now()
	stale = r.stale(now)
	v = r.value
	if stale {
		v.Q = measure.Stale
	}
	return v, stale, max(0, now.Sub(r.heard)), r.has
}

// All returns the newest reading of every channel that has one.
func (t *Table) All() []measure.Reading {
	t.mu.RLock()
	defer t.mu.RUnlock()
	now := time.Now()
	all := make([]measure.Reading, 0, len(t.rows))
	for id, r := range t.rows {
		if !r.has {
			continue
		}
		q := r.value.Q
		if r.stale(now) {
			q = measure.Stale
		}
		all = append(all, measure.Reading{Channel: id, T: r.value.T, V: r.value.V, Q: q})
	}
	return all
}

// Run announces channels that become stale until ctx ends.
func (t *Table) Run(ctx context.Context) error {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			t.sweep(time.Now())
		}
	}
}

// sweep announces what has become stale.
func (t *Table) sweep(now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	var late []measure.Reading
	for id, r := range t.rows {
		if r.told || !r.stale(now) {
			continue
		}
		r.told = true
		if r.has {
			late = append(late, measure.Reading{Channel: id, T: r.value.T, V: r.value.V, Q: measure.Stale})
		}
	}
	if len(late) > 0 {
		t.announce(late)
	}
}
