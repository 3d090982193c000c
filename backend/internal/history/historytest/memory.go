// Package historytest helps to test what stores or uses readings: Memory is a history.Store of maps, and Run checks any
// Store against it.
package historytest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"

	"hypha/internal/history"
	"hypha/internal/measure"
)

// Memory is a history.Store that forgets. It is as plain as can be, for others are measured by it. It is safe for
// concurrent use. The zero value is empty and ready.
type Memory struct {
	mu       sync.Mutex
	channels map[measure.ChannelID]map[int64]measure.Reading
	fail     error
}

var _ history.Store = (*Memory)(nil)

// Fail makes Append return err from now on; nil ends that.
func (m *Memory) Fail(err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.fail = err
}

// All returns all readings, by channel and time.
func (m *Memory) All() []measure.Reading {
	m.mu.Lock()
	defer m.mu.Unlock()
	all := []measure.Reading{}
	for _, readings := range m.channels {
		all = slices.AppendSeq(all, maps.Values(readings))
	}
	slices.SortFunc(all, func(a, b measure.Reading) int {
		return cmp.Or(cmp.Compare(a.Channel, b.Channel), cmp.Compare(a.T, b.T))
	})
	return all
}

// Append is of history.Store.
func (m *Memory) Append(ctx context.Context, readings []measure.Reading) error {
	if err := errors.Join(ctx.Err(), history.Check(readings)); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fail != nil {
		return m.fail
	}
	if m.channels == nil {
		m.channels = make(map[measure.ChannelID]map[int64]measure.Reading)
	}
	for _, r := range readings {
		if m.channels[r.Channel] == nil {
			m.channels[r.Channel] = make(map[int64]measure.Reading)
		}
		m.channels[r.Channel][r.T] = r
	}
	return nil
}

// between returns the readings of a channel in [from, to), ascending.
func (m *Memory) between(id measure.ChannelID, from, to int64) (found []measure.Reading) {
	for _, r := range m.All() {
		if r.Channel == id && r.T >= from && r.T < to {
			found = append(found, r)
		}
	}
	return found
}

// Latest is of history.Store.
func (m *Memory) Latest(_ context.Context, ids []measure.ChannelID, before int64) ([]measure.Reading, error) {
	if ids == nil {
		m.mu.Lock()
		ids = slices.Sorted(maps.Keys(m.channels))
		m.mu.Unlock()
	}
	latest := []measure.Reading{}
	for _, id := range ids {
		if found := m.between(id, -history.End-1, before); len(found) > 0 {
			latest = append(latest, found[len(found)-1])
		}
	}
	return latest, nil
}

// Raw is of history.Store.
func (m *Memory) Raw(_ context.Context, id measure.ChannelID, from, to int64, limit int, yield func(measure.Reading) error) error {
	for i, r := range m.between(id, from, to) {
		if limit > 0 && i == limit {
			break
		}
		if err := yield(r); err != nil {
			return err
		}
	}
	return nil
}

// Count is of history.Store.
func (m *Memory) Count(_ context.Context, id measure.ChannelID, from, to int64) (int, error) {
	return len(m.between(id, from, to)), nil
}

// Buckets is of history.Store.
func (m *Memory) Buckets(_ context.Context, id measure.ChannelID, from, to, width int64, yield func(history.Bucket) error) error {
	if width < 1 {
		return fmt.Errorf("buckets of channel %d: width is %d ms, must be at least 1", id, width)
	}
	sums := make(map[int64]*history.Summary)
	for _, r := range m.between(id, from, to) {
		start, _ := history.Span(r.T, from, to, width)
		if sums[start] == nil {
			sums[start] = &history.Summary{}
		}
		sums[start].Add(r)
	}
	for _, start := range slices.Sorted(maps.Keys(sums)) {
		if b, ok := sums[start].Bucket(start); ok {
			if err := yield(b); err != nil {
				return err
			}
		}
	}
	return nil
}

// Delete is of history.Store.
func (m *Memory) Delete(_ context.Context, id measure.ChannelID, from, to int64) (int64, error) {
	return m.drop(func(r measure.Reading) bool { return r.Channel == id && r.T >= from && r.T < to }), nil
}

// DeleteChannel is of history.Store.
func (m *Memory) DeleteChannel(_ context.Context, id measure.ChannelID) (int64, error) {
	return m.drop(func(r measure.Reading) bool { return r.Channel == id }), nil
}

// DropBefore is of history.Store.
func (m *Memory) DropBefore(_ context.Context, t int64) (int64, error) {
	return m.drop(func(r measure.Reading) bool { return r.T < t }), nil
}

func (m *Memory) drop(is func(measure.Reading) bool) (n int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, readings := range m.channels {
		maps.DeleteFunc(readings, func(_ int64, r measure.Reading) bool {
			if is(r) {
				n++
				return true
			}
			return false
		})
	}
	return n
}

// Rescale is of history.Store.
func (m *Memory) Rescale(_ context.Context, id measure.ChannelID, by measure.Affine) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	scaled := make(map[int64]measure.Reading)
	for t, r := range m.channels[id] {
		r.V = by.Apply(r.V)
		if err := history.Check([]measure.Reading{r}); err != nil {
			return err
		}
		scaled[t] = r
	}
	if len(scaled) > 0 {
		m.channels[id] = scaled
	}
	return nil
}

// Stats is of history.Store.
func (m *Memory) Stats(context.Context) (history.Stats, error) {
	return history.Stats{Engine: "memory", Points: int64(len(m.All()))}, nil
}

// Close is of history.Store. Memory can be used on.
func (m *Memory) Close() error { return nil }
