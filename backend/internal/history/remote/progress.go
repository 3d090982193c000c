package remote

import (
	"time"
)

// figures of a queue.
type queueState struct {
	waiting int64
	bytes   int64
	sent    uint64 // readings, ever
	dropped uint64
}

func (q *queue) state() queueState {
	q.mu.Lock()
	defer q.mu.Unlock()
	return queueState{waiting: q.waiting, bytes: q.bytes(), sent: q.done.sent, dropped: q.dropped}
}

// All below but advance and rewind is called with mu held.

func (q *queue) bytes() (sum int64) {
	for _, s := range q.segments {
		sum += s.size
	}
	return sum
}

// settled is up to where the engine keeps what it has, whatever happens to it.
func (q *queue) settled() position {
	for len(q.marks) > 1 && time.Since(q.marks[1].time) >= q.cfg.settle {
		q.marks = q.marks[1:]
	}
	return q.marks[0].at
}

// tidy deletes what is settled, and the oldest while there is too much.
func (q *queue) tidy() {
	settled := q.settled()
	n := 0
	for n < len(q.segments)-1 && q.segments[n].number < settled.segment {
		n++
	}
	for sum := q.bytes() - sizes(q.segments[:n]); n < len(q.segments)-1 && sum > q.cfg.limit; n++ {
		q.giveUp(q.segments[n])
		sum -= q.segments[n].size
	}
	if n == 0 {
		return
	}
	if err := removeAll(q.segments[:n]); err != nil {
		q.cfg.logger.Error("files of the remote queue could not be deleted", "error", err)
	}
	q.segments = append([]*segment(nil), q.segments[n:]...)
}

func sizes(segments []*segment) (sum int64) {
	for _, s := range segments {
		sum += s.size
	}
	return sum
}

// giveUp counts what is lost with a segment, and sends what comes after it.
func (q *queue) giveUp(s *segment) {
	lost, err := q.unsent(s)
	if err != nil {
		lost = s.count // not less than that
	}
	q.dropped += uint64(lost)
	q.waiting -= lost
	if after := (position{segment: s.number + 1}); q.done.at.before(after) {
		q.done.at = after
	}
}

// advance notes that n readings, up to a position, are with the engine. When the queue had to give them up meanwhile
// they were counted as lost, and stay so.
func (q *queue) advance(to position, n int64) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return nil
	}
	// One mark in a twentieth of the time is enough: a backlog is sent in hundreds of batches a second.
	last := &q.marks[len(q.marks)-1]
	switch now := time.Now(); {
	case !last.at.before(to):
	case len(q.marks) > 2 && now.Sub(q.marks[len(q.marks)-2].time) < q.cfg.settle/20:
		*last = mark{to, now}
	default:
		q.marks = append(q.marks, mark{to, now})
	}
	if q.done.at.before(to) {
		q.done.at = to
		q.done.sent += uint64(n)
		q.waiting -= n
	}
	q.tidy()
	return q.done.save(q.place)
}

// rewind returns where sending begins after the engine may have died, and where it had come to.
func (q *queue) rewind() (from, to position) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.settled()
	q.marks = q.marks[:1]
	return q.marks[0].at, q.done.at
}

// resume returns where sending begins when the queue has just been opened, and where it had come to. After a death of
// this program that is like rewind: the engine may have died with it.
func (q *queue) resume() (from, to position) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.marks[len(q.marks)-1].at, q.done.at
}
