package embedded

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"hypha/internal/history/column"
	"hypha/internal/measure"
)

// run is readings of one channel that lie somewhere: in a chunk of a file, packed in memory, or at hand.
type run struct {
	seq         uint64
	order       int // among runs of a channel: where two have an instant, the larger one has its reading
	n           int
	first, last int64
	clipped     bool // only [first, last] of it counts, and n is not known

	partition *partition // of chunk
	chunk     chunk
	part      *part
	block     block
	edits     edits // to be carried out on it
}

// view is what a channel has, at a moment. Release it.
type view struct {
	s       *Store
	id      measure.ChannelID
	pinned  []pinned // by number
	memory  []run
	pending edits
	spare   block // arrays for the one block that is looked at
	room    []run // for the runs of one partition
}

type pinned struct {
	p        *partition
	segments []*segment
}

// latestSeq is the number of what no edit is to come for.
const latestSeq = ^uint64(0)

// view takes what may have readings of the channel in [from, to).
func (s *Store) view(id measure.ChannelID, from, to int64) *view {
	v := &view{s: s, id: id}
	if from >= to {
		return v
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range s.partitions {
		if p.number >= partitionOf(from) && p.number <= partitionOf(to-1) {
			p.pins++
			v.pinned = append(v.pinned, pinned{p, p.segments})
		}
	}
	for _, e := range s.edits {
		if e.channel == id || e.channel == everyChannel {
			v.pending = append(v.pending, e)
		}
	}
	if s.frozen != nil {
		if h := s.frozen.heads[id]; h != nil {
			v.memory = v.edited(h.runs(s.frozen.seq, from, to))
		}
	}
	if h := s.heads[id]; h != nil {
		v.memory = append(v.memory, h.runs(latestSeq, from, to)...)
	}
	return v
}

func (v *view) edited(runs []run) []run {
	for i := range runs {
		runs[i].edits = v.pending.after(runs[i].seq, v.id, runs[i].first, runs[i].last)
	}
	return runs
}

func (v *view) release() {
	v.s.mu.Lock()
	defer v.s.mu.Unlock()
	for _, p := range v.pinned {
		v.s.unpin(p.p)
	}
	v.pinned = nil
}

// stored returns the chunks of a partition that may have readings in [from, to).
func (v *view) stored(at pinned, from, to int64) (runs []run, err error) {
	runs = v.room[:0]
	for _, g := range at.segments {
		if g.first >= to || g.last < from {
			continue
		}
		chunks, err := v.s.chunksOf(at.p, g, v.id)
		if err != nil {
			return nil, err
		}
		for _, ch := range chunks {
			if ch.first < to && ch.last >= from {
				runs = append(runs, run{seq: g.seq, n: ch.n, first: ch.first, last: ch.last, partition: at.p, chunk: ch})
			}
		}
	}
	v.room = runs
	return v.edited(runs), nil
}

// clusters calls visit with the runs in [from, to) in the order of time, those that overlap together.
func (v *view) clusters(ctx context.Context, from, to int64, visit func([]run) error) error {
	window := func(a, b int64, stored []run) error {
		runs := v.inMemory(stored, max(a, from), min(b, to))
		for i := range runs {
			runs[i].order = i
		}
		slices.SortFunc(runs, func(a, b run) int { return cmp.Or(cmp.Compare(a.first, b.first), cmp.Compare(a.order, b.order)) })
		return group(ctx, runs, visit)
	}
	done := from
	for _, at := range v.pinned {
		begin, end := at.p.bounds()
		if begin > done {
			if err := window(done, begin, nil); err != nil {
				return err
			}
		}
		stored, err := v.stored(at, from, to)
		if err == nil {
			err = window(begin, end, stored)
		}
		if err != nil {
			return err
		}
		done = end
	}
	return window(done, to, nil)
}

// inMemory adds what is in memory of [a, b).
func (v *view) inMemory(runs []run, a, b int64) []run {
	for _, r := range v.memory {
		if r.first >= b || r.last < a {
			continue
		}
		if r.first < a || r.last >= b {
			r.clipped, r.first, r.last = true, max(r.first, a), min(r.last, b-1)
		}
		runs = append(runs, r)
	}
	return runs
}

// group splits sorted runs where one ends before the next begins.
func group(ctx context.Context, runs []run, visit func([]run) error) error {
	for len(runs) > 0 {
		n, last := 1, runs[0].last
		for n < len(runs) && runs[n].first <= last {
			last = max(last, runs[n].last)
			n++
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := visit(runs[:n]); err != nil {
			return err
		}
		runs = runs[n:]
	}
	return nil
}

// load returns the readings of a run, in the arrays of into where they are large enough. Those of a damaged chunk are
// reported and left out.
func (v *view) load(c *column.Coder, r *run, into block) (b block, err error) {
	switch {
	case r.part != nil:
		b, err = r.part.unpack(c)
	case r.partition != nil:
		b, err = v.s.readChunk(c, r.partition, r.chunk, into)
	default:
		b = r.block
	}
	if err != nil {
		return b, err
	}
	if len(r.edits) > 0 {
		b = r.edits.apply(b)
	}
	if r.clipped {
		b = b.between(r.first, r.last+1)
	}
	return b, nil
}

func (s *Store) readChunk(c *column.Coder, p *partition, ch chunk, into block) (b block, err error) {
	times, err := s.files.readAt(&p.handle, ch.times.at, ch.times.size)
	if err != nil {
		return b, fmt.Errorf("read %s: %w", p.path, err)
	}
	values, err := s.files.readAt(&p.handle, ch.values.at, ch.values.size)
	if err != nil {
		return b, fmt.Errorf("read %s: %w", p.path, err)
	}
	if b.t, err = unpackTimes(c, into.t, times, ch.n); err != nil {
		s.damage(p.path, fmt.Sprintf("times at byte %d", ch.times.at), ch.first, ch.last)
		return block{}, nil //nolint:nilerr // it is reported, and the rest can be read
	}
	if b.v, b.q, err = unpackValues(c, into.v, values, ch.n); err != nil {
		s.damage(p.path, fmt.Sprintf("values at byte %d", ch.values.at), ch.first, ch.last)
		return block{}, nil //nolint:nilerr // it is reported, and the rest can be read
	}
	return b, nil
}

// blocks calls visit with the readings in [from, to), in order, in pieces.
func (v *view) blocks(ctx context.Context, c *column.Coder, from, to int64, visit func(block) error) error {
	return v.clusters(ctx, from, to, func(runs []run) error { return v.merged(c, runs, from, to, visit) })
}

// merged calls visit with the readings of runs in [from, to), each instant once.
func (v *view) merged(c *column.Coder, runs []run, from, to int64, visit func(block) error) error {
	give := func(b block) error {
		if b = b.between(from, to); len(b.t) == 0 {
			return nil
		}
		return visit(b)
	}
	if len(runs) == 1 {
		b, err := v.load(c, &runs[0], v.spare)
		if err != nil {
			return err
		}
		if runs[0].partition != nil && len(b.t) > 0 {
			v.spare = block{t: b.t, v: b.v}
		}
		return give(b)
	}
	m := merger{waiting: runs, load: func(r *run) (block, error) { return v.load(c, r, block{}) }}
	for {
		b, err := m.next(chunkLen)
		if err != nil || len(b.t) == 0 {
			return err
		}
		if err := give(b); err != nil {
			return err
		}
	}
}

// merger merges runs that overlap; they are loaded when their time comes.
type merger struct {
	waiting []run // by first
	load    func(*run) (block, error)
	active  []front
}

// front is what is left of a run.
type front struct {
	b     block
	i     int
	order int
}

// next returns up to n readings; none at the end.
func (m *merger) next(n int) (out block, err error) {
	for len(out.t) < n {
		at, found := m.soonest()
		for len(m.waiting) > 0 && (!found || m.waiting[0].first <= at) {
			r := &m.waiting[0]
			m.waiting = m.waiting[1:]
			b, err := m.load(r)
			if err != nil {
				return block{}, err
			}
			if len(b.t) > 0 {
				m.active = append(m.active, front{b, 0, r.order})
			}
			at, found = m.soonest()
		}
		if !found {
			return out, nil
		}
		best := -1
		for k := range m.active {
			f := &m.active[k]
			if f.b.t[f.i] != at {
				continue
			}
			if best < 0 || f.order > m.active[best].order {
				best = k
			}
		}
		f := m.active[best]
		out.add(at, f.b.v[f.i], byte(f.b.quality(f.i)))
		m.pass(at)
	}
	return out, nil
}

func (m *merger) soonest() (at int64, found bool) {
	for _, f := range m.active {
		if t := f.b.t[f.i]; !found || t < at {
			at, found = t, true
		}
	}
	return at, found
}

// pass goes beyond an instant in all that have it.
func (m *merger) pass(at int64) {
	for k := 0; k < len(m.active); {
		f := &m.active[k]
		if f.b.t[f.i] == at {
			f.i++
		}
		if f.i == len(f.b.t) {
			m.active = slices.Delete(m.active, k, k+1)
			continue
		}
		k++
	}
}
