package remote

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"hypha/internal/measure"
)

// queueConfig sets up a queue. Everything is needed.
type queueConfig struct {
	dir     string
	limit   int64         // bytes of all segments
	segment int64         // bytes from which on a new one is begun
	settle  time.Duration // how long what was sent is kept
	logger  *slog.Logger
}

// queue keeps samples in files until they are sent, and a while longer: the engine may lose what it has just taken. It
// is safe for concurrent use.
type queue struct {
	cfg  queueConfig   // fixed
	wake chan struct{} // one token: there is something new

	mu       sync.Mutex
	segments []*segment // oldest first; the last one is written to
	file     *os.File   // of the last one
	known    map[series]uint64
	buffer   []byte
	done     progress // next is what comes after
	place    *os.File // of done
	marks    []mark   // how sending went on; the first one is settled
	waiting  int64    // readings that were not sent yet
	dropped  uint64   // readings lost to limit and damage since the start
	closed   bool
}

// mark says that everything before at was sent by the given time.
type mark struct {
	at   position
	time time.Time
}

var errQueueClosed = errors.New("the queue of the remote engine is closed")

// openQueue opens the folder and creates it when it is missing. It goes on in a new segment: behind the end of an old one
// may be the rest of a torn record.
func openQueue(cfg queueConfig) (*queue, error) {
	if err := os.MkdirAll(cfg.dir, 0o700); err != nil {
		return nil, fmt.Errorf("open queue: %w", err)
	}
	q := &queue{cfg: cfg, wake: make(chan struct{}, 1)}
	q.done.load(cfg.dir)
	var err error
	if q.segments, err = listSegments(cfg.dir); err != nil {
		return nil, err
	}
	next := q.done.at.segment + 1
	if n := len(q.segments); n > 0 {
		next = max(next, q.segments[n-1].number+1)
	}
	for _, s := range q.segments {
		n, err := q.unsent(s)
		if err != nil {
			return nil, err
		}
		q.waiting += n
	}
	if q.place, err = os.OpenFile(filepath.Join(cfg.dir, positionName), os.O_RDWR|os.O_CREATE, 0o600); err != nil {
		return nil, fmt.Errorf("open queue: %w", err)
	}
	q.marks = []mark{{position{segment: next}, time.Time{}}}
	if len(q.segments) > 0 {
		q.marks[0].at.segment = q.segments[0].number
		if q.done.clean {
			// The engine may yet lose what it was sent shortly before.
			q.marks = append(q.marks, mark{q.done.at, time.Now()})
		}
	}
	q.done.clean = false
	if err := q.done.save(q.place); err != nil {
		return nil, errors.Join(fmt.Errorf("open queue: %w", err), q.place.Close())
	}
	if err := q.begin(next); err != nil {
		return nil, errors.Join(err, q.place.Close())
	}
	return q, nil
}

// unsent says how many readings of a segment were not sent.
func (q *queue) unsent(s *segment) (int64, error) {
	switch {
	case s.number < q.done.at.segment:
		return 0, nil
	case s.number > q.done.at.segment:
		return s.count, nil
	}
	b, err := s.load(s.size)
	if err != nil {
		return 0, err
	}
	return s.count - countTo(b, q.done.at.offset), nil
}

// begin begins a segment. With mu held, or before anybody else knows the queue.
func (q *queue) begin(number uint64) error {
	s := &segment{number: number, path: segmentPath(q.cfg.dir, number), index: map[measure.ChannelID]extent{}}
	f, err := os.OpenFile(s.path, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("begin a file of the queue: %w", err)
	}
	if _, err := f.WriteAt([]byte(segmentMagic), 0); err != nil {
		return errors.Join(fmt.Errorf("begin a file of the queue: %w", err), f.Close(), os.Remove(s.path))
	}
	if q.file != nil {
		if err := q.file.Close(); err != nil {
			q.cfg.logger.Error("a file of the remote queue could not be closed", "error", err)
		}
	}
	s.size = int64(len(segmentMagic))
	q.segments = append(q.segments, s)
	q.file, q.known = f, map[series]uint64{}
	return nil
}

// append adds samples, all or none. When it returns nil they survive the death of the process.
func (q *queue) append(samples []sample) error {
	if len(samples) == 0 {
		return nil
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return errQueueClosed
	}
	s := q.segments[len(q.segments)-1]
	if s.size >= q.cfg.segment {
		if err := q.begin(s.number + 1); err != nil {
			return err
		}
		s = q.segments[len(q.segments)-1]
	}
	record, added := appendRecord(q.buffer, samples, q.known)
	if q.buffer = record; cap(record) > 1<<20 {
		q.buffer = nil // one large batch is no reason to keep so much
	}
	if _, err := q.file.WriteAt(record, s.size); err != nil {
		// What is there of it must not be taken for the rest of a later record.
		return errors.Join(fmt.Errorf("write to the queue of the remote engine: %w", err), q.file.Truncate(s.size))
	}
	s.size += int64(len(record))
	s.count += int64(len(samples))
	q.waiting += int64(len(samples))
	for _, one := range added {
		q.known[one] = uint64(len(q.known))
	}
	for _, one := range samples {
		indexOf(s.index, one)
	}
	q.tidy()
	select {
	case q.wake <- struct{}{}:
	default:
	}
	return nil
}

// sync brings what was appended to the disk.
func (q *queue) sync() error {
	q.mu.Lock()
	f, closed := q.file, q.closed
	q.mu.Unlock()
	if closed {
		return nil
	}
	// When a segment ends meanwhile, its file is closed; what was in it then is not as old as a sync promises.
	if err := f.Sync(); err != nil && !errors.Is(err, os.ErrClosed) {
		return fmt.Errorf("sync the queue of the remote engine: %w", err)
	}
	return nil
}

// close ends the use of the queue.
func (q *queue) close() error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return nil
	}
	q.closed = true
	q.done.clean = !q.marks[len(q.marks)-1].at.before(q.done.at) // else something has to be sent again
	return errors.Join(q.done.save(q.place), q.file.Sync(), q.place.Sync(), q.file.Close(), q.place.Close())
}
