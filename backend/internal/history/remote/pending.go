package remote

import (
	"cmp"
	"context"
	"errors"
	"os"
	"slices"

	"hypha/internal/measure"
)

// part is a segment as it was at a moment.
type part struct {
	*segment
	size int64
	from int64 // what is before is settled
}

// pending visits the samples in [from, to) that the engine may not have yet, in the order in which they were appended.
// ids are the channels that are asked for; nil = all.
func (q *queue) pending(ctx context.Context, ids []measure.ChannelID, from, to int64, visit func(sample)) error {
	wanted := make(map[measure.ChannelID]bool, len(ids))
	for _, id := range ids {
		wanted[id] = true
	}
	for _, p := range q.parts() {
		if err := ctx.Err(); err != nil {
			return err
		}
		if !q.holds(p, ids, from, to) {
			continue
		}
		b, err := p.load(p.size)
		if errors.Is(err, os.ErrNotExist) {
			continue // settled, or given up, at this very moment
		}
		if err != nil {
			return err
		}
		at := int64(len(segmentMagic))
		scan(b, func(one sample) {
			if at >= p.from && one.t >= from && one.t < to && (ids == nil || wanted[one.channel]) {
				visit(one)
			}
		}, func(end int64) { at = end })
	}
	return nil
}

// parts lists what is not settled.
func (q *queue) parts() (all []part) {
	q.mu.Lock()
	defer q.mu.Unlock()
	settled := q.settled()
	for _, s := range q.segments {
		p := part{segment: s, size: s.size}
		if s.number == settled.segment {
			p.from = settled.offset
		}
		if s.number >= settled.segment && p.from < s.size && s.size > int64(len(segmentMagic)) {
			all = append(all, p)
		}
	}
	return all
}

// holds reports whether a part may have samples of channels in [from, to). The index of an old segment is made when it
// is asked for first.
func (q *queue) holds(p part, ids []measure.ChannelID, from, to int64) bool {
	q.mu.Lock()
	known := p.index != nil
	q.mu.Unlock()
	if !known {
		index := map[measure.ChannelID]extent{}
		b, err := p.load(p.size)
		if err != nil {
			return true // reading it will tell
		}
		scan(b, func(one sample) { indexOf(index, one) }, func(int64) {})
		q.mu.Lock()
		p.index = index
		q.mu.Unlock()
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if ids == nil {
		return true
	}
	for _, id := range ids {
		if e, ok := p.index[id]; ok && e.first < to && e.last >= from {
			return true
		}
	}
	return false
}

// scan reads a segment as far as it holds together, and tells where each record ends.
func scan(b []byte, visit func(sample), ended func(at int64)) {
	var known []series
	for at := int64(len(segmentMagic)); at < int64(len(b)); {
		h, ok := parseHeader(b[at:])
		if !ok {
			return
		}
		var err error
		if known, err = parseRecord(b[at:], known, visit); err != nil {
			return // the sender reports it
		}
		at += h.size
		ended(at)
	}
}

// overlay returns the readings of a channel in [from, to) that the engine may not have yet, by time, each instant once.
// convert brings values to the present unit.
func (q *queue) overlay(
	ctx context.Context, id measure.ChannelID, from, to int64, convert func(measure.Unit) (measure.Affine, error),
) ([]measure.Reading, error) {
	var all []measure.Reading
	var failed error
	err := q.pending(ctx, []measure.ChannelID{id}, from, to, func(s sample) {
		by, err := convert(s.labels.Unit)
		if err != nil {
			failed = err
		}
		r := s.reading()
		r.V = by.Apply(r.V)
		all = append(all, r)
	})
	if err := errors.Join(err, failed); err != nil {
		return nil, err
	}
	return lastOfEach(all), nil
}

// lastOfEach sorts readings of a channel by time and keeps the last of those of one instant.
func lastOfEach(all []measure.Reading) []measure.Reading {
	slices.SortStableFunc(all, func(a, b measure.Reading) int { return cmp.Compare(a.T, b.T) })
	kept := all[:0]
	for _, r := range all {
		if n := len(kept); n > 0 && kept[n-1].T == r.T {
			kept[n-1] = r
			continue
		}
		kept = append(kept, r)
	}
	return kept
}
