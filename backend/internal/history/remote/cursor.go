package remote

import (
	"errors"
	"os"
)

// cursor reads the queue in order, batch by batch. One goroutine uses it.
type cursor struct {
	queue *queue
	at    position
	known []series // of the segment, up to at
	file  *os.File // of the segment; nil = not open
	buf   []byte
}

// seek goes to a position: on to the next segment there is, if it is gone.
func (c *cursor) seek(to position) {
	c.close()
	c.at = to
}

func (c *cursor) close() {
	if c.file != nil {
		_ = c.file.Close() // only read
	}
	c.file, c.known = nil, nil
}

// read returns the samples of whole records, about limit of them, and where the next batch begins. It ends at stop, if
// that is ahead. No samples mean that there are none.
func (c *cursor) read(limit int, stop position) (batch []sample, next position, err error) {
	for {
		s, size := c.segment()
		if s == nil {
			return nil, c.at, nil
		}
		if err := c.open(s); errors.Is(err, os.ErrNotExist) {
			c.at = position{segment: s.number + 1} // given up at this very moment
			continue
		} else if err != nil {
			return nil, c.at, err
		}
		at := c.at.offset
		for at < size && len(batch) < limit && (len(batch) == 0 || (position{s.number, at}) != stop) {
			record, err := c.record(at, size)
			if err == nil {
				c.known, err = parseRecord(record, c.known, func(one sample) { batch = append(batch, one) })
			}
			if errors.Is(err, errDamaged) {
				c.queue.damage(s, at)
				at = size
				break
			}
			if err != nil {
				return nil, c.at, err
			}
			at += int64(len(record))
		}
		next = position{s.number, at}
		if len(batch) > 0 {
			c.at = next
			return batch, next, nil
		}
		if !c.queue.over(s.number, at) {
			c.at = next
			return nil, next, nil
		}
		c.seek(position{segment: s.number + 1})
	}
}

// segment returns the segment at or after the position, and how much of it there is.
func (c *cursor) segment() (*segment, int64) {
	c.queue.mu.Lock()
	defer c.queue.mu.Unlock()
	for _, s := range c.queue.segments {
		if s.number >= c.at.segment {
			if s.number > c.at.segment {
				c.seek(position{segment: s.number})
			}
			return s, s.size
		}
	}
	return nil, 0
}

// open opens the segment and reads the series that come before the position.
func (c *cursor) open(s *segment) error {
	if c.file != nil {
		return nil
	}
	f, err := os.Open(s.path)
	if err != nil {
		return err
	}
	c.file, c.known = f, nil
	if c.at.offset <= int64(len(segmentMagic)) {
		c.at.offset = int64(len(segmentMagic))
		return nil
	}
	for at := int64(len(segmentMagic)); at < c.at.offset; {
		record, err := c.record(at, c.at.offset)
		if err == nil {
			c.known, err = parseRecord(record, c.known, func(sample) {})
		}
		if err != nil {
			// What is damaged was sent already; what follows may need the series in it, which reading it will tell.
			return nil //nolint:nilerr // see above
		}
		at += int64(len(record))
	}
	return nil
}

// record reads the record at an offset.
func (c *cursor) record(at, size int64) ([]byte, error) {
	var head [recordHeader]byte
	if _, err := c.file.ReadAt(head[:], at); err != nil {
		return nil, errDamaged
	}
	h, ok := parseHeader(head[:])
	if !ok || at+h.size > size {
		return nil, errDamaged
	}
	if int64(cap(c.buf)) < h.size {
		c.buf = make([]byte, h.size)
	}
	b := c.buf[:h.size]
	if _, err := c.file.ReadAt(b, at); err != nil {
		return nil, errDamaged
	}
	return b, nil
}

// over reports whether nothing will follow in a segment.
func (q *queue) over(number uint64, at int64) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, s := range q.segments {
		if s.number == number {
			return s != q.segments[len(q.segments)-1] && at >= s.size
		}
	}
	return true
}

// damage counts what is lost with the rest of a segment, which cannot be read.
func (q *queue) damage(s *segment, at int64) {
	q.mu.Lock()
	defer q.mu.Unlock()
	lost := s.count
	if b, err := s.load(s.size); err == nil {
		lost -= countTo(b, at)
	}
	q.dropped += uint64(lost)
	q.waiting -= lost
	q.cfg.logger.Error("a file of the remote queue is damaged: the rest of it is lost", "file", s.path, "offset", at, "readings", lost)
}
