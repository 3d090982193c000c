package embedded

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"hypha/internal/history"
	"hypha/internal/history/column"
	"hypha/internal/measure"
)

// Folder is the name of the store's folder inside the data folder.
const Folder = "history"

const engine = "embedded"

// Config sets up a Store. Everything has a default.
type Config struct {
	OnDamage func(Damage) // told once of each part that cannot be read; must not block
	Logger   *slog.Logger

	// When what is in memory becomes a segment.
	SealBytes  int64         // of the journal; default 12 MB
	SealMemory int           // bytes in memory; default 12 MB
	SealAge    time.Duration // default 25 h
	// How often that, and whether a week needs tidying, is looked at, and a week tidied at most. Tests of the whole
	// program have it often.
	TendEvery time.Duration // default 30 s
	TidyEvery time.Duration // default 1 h
	Fault     Fault         // of the disk; for tests

	carryBelow int // readings of a channel that are rather kept in memory than sealed; default 256
	openFiles  int // kept open at most; default 200
	sizePlaces int // entries of directories kept in memory; default 400 000
	disk       disk
	byHand     bool // tests seal and tidy when they want to
}

func (c *Config) fill() {
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	orDefault(&c.SealBytes, 12<<20)
	orDefault(&c.SealMemory, 12<<20)
	orDefault(&c.SealAge, 25*time.Hour)
	orDefault(&c.TendEvery, 30*time.Second)
	orDefault(&c.TidyEvery, time.Hour)
	orDefault(&c.carryBelow, 256)
	orDefault(&c.openFiles, 200)
	orDefault(&c.sizePlaces, 400_000)
	if c.disk == nil {
		c.disk = diskWith(c.Fault)
	}
}

func orDefault[T ~int | ~int64](v *T, def T) {
	if *v <= 0 {
		*v = def
	}
}

// Store is a history.Store in files of its own.
type Store struct {
	cfg    Config // fixed
	dir    string // fixed
	files  *handles
	coders sync.Pool // of *column.Coder
	wake   chan struct{}
	end    context.CancelFunc
	tender sync.WaitGroup

	tending sync.Mutex // held while segments are written and files replaced

	writing sync.Mutex // guards journal, and the order of appends and edits
	journal *journal
	covered []string // journals before it that are still needed: what they hold is in heads or frozen
	packer  column.Coder
	closed  bool
	unsaved bool // edits are not all in their file

	mu         sync.Mutex // guards what follows
	seq        uint64     // the last number given to an edit or a segment
	heads      map[measure.ChannelID]*head
	since      time.Time // when the oldest reading of heads came
	frozen     *frozen   // nil unless sealing
	edits      edits
	partitions []*partition // by number

	recentMu sync.Mutex // guards what follows
	recent   []*segment // with a directory in memory, the one loaded longest ago first
	held     int        // places in recent

	damageMu sync.Mutex
	damages  map[string]bool
}

// frozen is what is being sealed.
type frozen struct {
	seq   uint64
	heads map[measure.ChannelID]*head
}

// Open opens dir/history and creates it when it is missing. What a crash has left half done is finished or undone.
func Open(ctx context.Context, dir string, cfg Config) (*Store, error) {
	cfg.fill()
	s := &Store{
		cfg: cfg, dir: filepath.Join(dir, Folder), wake: make(chan struct{}, 1),
		files: &handles{disk: cfg.disk, limit: cfg.openFiles},
		heads: map[measure.ChannelID]*head{}, damages: map[string]bool{}, since: time.Now(),
	}
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return nil, fmt.Errorf("open history: %w", err)
	}
	if err := s.recover(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("open history: %w", err), s.files.closeAll())
	}
	background, end := context.WithCancel(context.WithoutCancel(ctx))
	s.end = end
	if !cfg.byHand {
		s.tender.Go(func() { s.tend(background) })
	}
	return s, nil
}

// Append stores readings in one write; see history.Store.
func (s *Store) Append(ctx context.Context, readings []measure.Reading) error {
	if err := errors.Join(ctx.Err(), history.Check(readings)); err != nil {
		return err
	}
	if len(readings) == 0 {
		return nil
	}
	s.writing.Lock()
	defer s.writing.Unlock()
	if s.closed {
		return errClosed
	}
	if err := s.journal.write(func(b []byte) []byte { return appendBatch(b, readings) }); err != nil {
		return err
	}
	s.mu.Lock()
	s.take(readings)
	s.mu.Unlock()
	if s.journal.at > s.cfg.SealBytes {
		s.poke()
	}
	return nil
}

var (
	errClosed  = errors.New("the history is closed")
	errSuspect = errors.New("a sync has failed before, and what was written then has still to be written anew")
)

// take puts readings into memory. The caller holds mu and writing.
func (s *Store) take(readings []measure.Reading) {
	if len(s.heads) == 0 {
		s.since = time.Now()
	}
	var h *head
	var id measure.ChannelID
	for _, r := range readings {
		if h == nil || r.Channel != id {
			id = r.Channel
			if h = s.heads[id]; h == nil {
				h = newHead()
				s.heads[id] = h
			}
		}
		h.add(&s.packer, r.T, r.V, byte(r.Q))
	}
}

func (s *Store) poke() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// Sync brings what was appended to the disk, so that it survives a power cut too.
func (s *Store) Sync(context.Context) error {
	s.writing.Lock()
	if s.closed {
		s.writing.Unlock()
		return errClosed
	}
	j := s.journal
	if j.f == nil {
		s.writing.Unlock()
		return nil // nothing has been written yet
	}
	j.mark()
	j.use.RLock()
	defer j.use.RUnlock()
	s.writing.Unlock()
	err := j.sync()
	if err == nil {
		return nil
	}
	s.poke()
	return fmt.Errorf("sync history: %w", err)
}

// Stats says how much is stored; see history.Store. A reading that was sent twice counts twice until the file of its
// week is tidied.
func (s *Store) Stats(context.Context) (history.Stats, error) {
	stats := history.Stats{Engine: engine}
	s.mu.Lock()
	for _, h := range s.heads {
		stats.Points += int64(h.n)
	}
	if s.frozen != nil {
		for _, h := range s.frozen.heads {
			stats.Points += int64(h.n)
		}
	}
	for _, p := range s.partitions {
		for _, g := range p.segments {
			stats.Points += g.readings
		}
	}
	s.mu.Unlock()
	err := filepath.WalkDir(s.dir, func(_ string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) || err == nil && d.IsDir() {
			return nil
		}
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err == nil {
			stats.Bytes += info.Size()
		}
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	})
	return stats, err
}

// Close writes nothing that is not written yet: what is in memory is in the journal.
func (s *Store) Close() error {
	s.end()
	s.tender.Wait()
	s.tending.Lock()
	defer s.tending.Unlock()
	s.writing.Lock()
	defer s.writing.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	return errors.Join(s.journal.close(), s.files.closeAll())
}

// unpin ends a use of a partition. The caller holds mu.
func (s *Store) unpin(p *partition) {
	if p.pins--; p.pins == 0 && p.doomed {
		s.discard(p)
	}
}

// doom removes a partition once nobody reads it any more. The caller holds mu.
func (s *Store) doom(p *partition) {
	s.partitions = slices.DeleteFunc(slices.Clone(s.partitions), func(x *partition) bool { return x == p })
	p.doomed = true
	if p.pins == 0 {
		s.discard(p)
	}
}

// discard removes a partition's file. Should that fail, the next start removes it, or tidies it again.
func (s *Store) discard(p *partition) {
	err := errors.Join(s.files.close(&p.handle), s.cfg.disk.remove(p.path))
	if err != nil {
		s.cfg.Logger.Warn("an old file of the history could not be removed", "file", p.path, "error", err)
	}
}

// loaded notes that a segment's directory is in memory, and lets go of others when there are too many. The caller holds
// g.mu.
func (s *Store) loaded(g *segment, n int) {
	s.recentMu.Lock()
	defer s.recentMu.Unlock()
	s.recent = append(s.recent, g)
	s.held += n
	for i := 0; s.held > s.cfg.sizePlaces && i < len(s.recent); {
		old := s.recent[i]
		if old == g || !old.mu.TryLock() {
			i++
			continue
		}
		s.held -= len(old.places)
		old.places, old.loaded = nil, false
		old.mu.Unlock()
		s.recent = slices.Delete(s.recent, i, i+1)
	}
}
