package embedded

import (
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"sync"
	"time"

	"hypha/internal/measure"
)

// partitionSpan is the time that one file holds, in ms: a week.
const partitionSpan = 7 * 24 * 3600 * 1000

// partitionOf returns the number of the partition that t is in.
func partitionOf(t int64) int64 {
	n := t / partitionSpan
	if t%partitionSpan < 0 { // before 1970
		n--
	}
	return n
}

// bounds returns the time of the partition, [begin, end).
func (p *partition) bounds() (begin, end int64) {
	begin, end = math.MinInt64, math.MaxInt64
	if p.number > math.MinInt64/partitionSpan {
		begin = p.number * partitionSpan
	}
	if p.number < math.MaxInt64/partitionSpan {
		end = (p.number + 1) * partitionSpan
	}
	return begin, end
}

// partition is one file. Its list of segments only grows, under Store.mu; who has a copy may go on using it as long as
// the partition is pinned.
type partition struct {
	number     int64
	generation uint32
	path       string
	size       int64 // where the next segment goes
	segments   []*segment
	tidied     time.Time
	pins       int  // uses; under Store.mu
	doomed     bool // to be removed at the last unpin; under Store.mu

	handle handle
}

// segment is one of a partition's file.
type segment struct {
	segmentInfo
	at int64 // where it begins

	mu     sync.Mutex
	loaded bool
	places []place // by channel
}

func (g *segment) columnsAt() int64   { return g.at + segmentHeader }
func (g *segment) directoryAt() int64 { return g.at + segmentHeader + g.columns }

func partitionPath(dir string, number int64, generation uint32) string {
	return filepath.Join(dir, fmt.Sprintf("week%+06d.g%d.hist", number, generation))
}

// handles keep at most limit files open.
type handles struct {
	disk  disk
	limit int

	mu   sync.Mutex
	open []*handle // the one used longest ago first
}

// handle is a file that is opened when it is needed, and closed when others are needed more.
type handle struct {
	path  string
	f     file // under handles.mu; nil when closed
	users int
}

// use opens the file and keeps it open until done is called.
func (hs *handles) use(h *handle, flag int) (f file, done func(), err error) {
	hs.mu.Lock()
	defer hs.mu.Unlock()
	if h.f == nil {
		if h.f, err = hs.disk.open(h.path, os.O_RDWR|flag); err != nil {
			return nil, nil, err
		}
	} else if i := slices.Index(hs.open, h); i >= 0 {
		hs.open = slices.Delete(hs.open, i, i+1)
	}
	hs.open = append(hs.open, h)
	h.users++
	for i := 0; len(hs.open) > hs.limit && i < len(hs.open); {
		old := hs.open[i]
		if old.users > 0 {
			i++
			continue
		}
		_ = old.f.Close() // nothing is written that is not synced
		old.f, hs.open = nil, slices.Delete(hs.open, i, i+1)
	}
	return h.f, func() {
		hs.mu.Lock()
		h.users--
		hs.mu.Unlock()
	}, nil
}

// close closes one file.
func (hs *handles) close(h *handle) error {
	hs.mu.Lock()
	defer hs.mu.Unlock()
	if h.f == nil {
		return nil
	}
	f := h.f
	h.f = nil
	hs.open = slices.DeleteFunc(hs.open, func(x *handle) bool { return x == h })
	return f.Close()
}

func (hs *handles) closeAll() error {
	hs.mu.Lock()
	defer hs.mu.Unlock()
	var errs []error
	for _, h := range hs.open {
		errs = append(errs, h.f.Close())
		h.f = nil
	}
	hs.open = nil
	return errors.Join(errs...)
}

// readAt reads a place of a file.
func (hs *handles) readAt(h *handle, at int64, size int) ([]byte, error) {
	f, done, err := hs.use(h, 0)
	if err != nil {
		return nil, err
	}
	defer done()
	b := make([]byte, size)
	if _, err := f.ReadAt(b, at); err != nil {
		return nil, err
	}
	return b, nil
}

// find returns the place of a channel's entry in the directory; false when it has none. A damaged directory is
// reported once.
func (s *Store) find(p *partition, g *segment, id measure.ChannelID) (place, bool, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if err := s.loadPlaces(p, g); err != nil {
		return place{}, false, err
	}
	i := sort.Search(len(g.places), func(i int) bool { return g.places[i].channel >= id })
	if i == len(g.places) || g.places[i].channel != id {
		return place{}, false, nil
	}
	return g.places[i], true, nil
}

// loadPlaces reads a segment's directory. The caller holds g.mu.
func (s *Store) loadPlaces(p *partition, g *segment) error {
	if g.loaded {
		return nil
	}
	b, err := s.files.readAt(&p.handle, g.directoryAt(), int(g.directory))
	if err != nil {
		return fmt.Errorf("read %s: %w", p.path, err)
	}
	all, damaged := places(b, g.directoryAt())
	if damaged {
		s.damage(p.path, fmt.Sprintf("directory at byte %d", g.directoryAt()), g.first, g.last)
	}
	g.places, g.loaded = all, true
	s.loaded(g, len(all))
	return nil
}

// chunksOf reads what a segment has of a channel. What is damaged is reported and left out.
func (s *Store) chunksOf(p *partition, g *segment, id measure.ChannelID) ([]chunk, error) {
	at, ok, err := s.find(p, g, id)
	if err != nil || !ok {
		return nil, err
	}
	b, err := s.files.readAt(&p.handle, at.span.at-int64(at.head), at.span.size+at.head)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", p.path, err)
	}
	chunks, err := takeChunks(b, at.head, g.columnsAt())
	if err != nil {
		s.damage(p.path, fmt.Sprintf("directory of channel %d at byte %d", id, at.span.at), g.first, g.last)
		return nil, nil //nolint:nilerr // it is reported, and the rest can be read
	}
	return chunks, nil
}

// channelsOf lists the channels of a segment.
func (s *Store) channelsOf(p *partition, g *segment) (ids []measure.ChannelID, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if err := s.loadPlaces(p, g); err != nil {
		return nil, err
	}
	for _, at := range g.places {
		ids = append(ids, at.channel)
	}
	return ids, nil
}
