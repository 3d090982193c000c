package rowstore

import (
	"context"
	"database/sql"
	"errors"
	"math"
	"time"

	"hypha/internal/history"
	"hypha/internal/measure"
	"hypha/internal/sqlite"
)

// Latest returns the last reading of each channel before the given instant; see history.Store.
func (s *Store) Latest(ctx context.Context, ids []measure.ChannelID, before int64) ([]measure.Reading, error) {
	if ids == nil {
		var err error
		if ids, err = s.channels(ctx); err != nil {
			return nil, err
		}
	}
	latest := make([]measure.Reading, 0, len(ids))
	for _, id := range ids {
		r := measure.Reading{Channel: id}
		var q int64
		err := s.stmt.latest.QueryRowContext(ctx, int64(id), before).Scan(&r.T, &r.V, &q)
		if errors.Is(err, sql.ErrNoRows) {
			continue
		}
		if err != nil {
			return nil, sqlite.Translate(err, "latest reading of channel %d", id)
		}
		r.Q = measure.Quality(q)
		latest = append(latest, r)
	}
	return latest, nil
}

// channels lists the channels that have readings, hopping from one to the next through the key.
func (s *Store) channels(ctx context.Context) (ids []measure.ChannelID, err error) {
	for after := int64(math.MinInt64); ; {
		err := s.stmt.channelAfter.QueryRowContext(ctx, after).Scan(&after)
		if errors.Is(err, sql.ErrNoRows) {
			return ids, nil
		}
		if err != nil {
			return nil, sqlite.Translate(err, "list channels")
		}
		ids = append(ids, measure.ChannelID(after))
	}
}

// Raw yields readings; see history.Store.
func (s *Store) Raw(ctx context.Context, id measure.ChannelID, from, to int64, limit int, yield func(measure.Reading) error) error {
	for from < to {
		want := pageRows
		if limit > 0 {
			want = min(want, limit)
		}
		page, err := s.readPage(ctx, id, from, to, want)
		if err != nil {
			return err
		}
		for _, r := range page {
			if err := yield(r); err != nil {
				return err
			}
		}
		if len(page) < want {
			return nil
		}
		if limit > 0 {
			if limit -= len(page); limit == 0 {
				return nil
			}
		}
		from = page[len(page)-1].T + 1 // below to, so it cannot overflow
	}
	return nil
}

// readPage reads at most want readings of [from, to). Rows are never handed on while they are read: a slow receiver
// would keep the log of SQLite from being truncated.
func (s *Store) readPage(ctx context.Context, id measure.ChannelID, from, to int64, want int) (page []measure.Reading, err error) {
	defer func() { err = sqlite.Translate(err, "read channel %d", id) }()
	rows, err := s.stmt.page.QueryContext(ctx, int64(id), from, to, want)
	if err != nil {
		return nil, err
	}
	defer rows.Close() // Err below tells
	page = make([]measure.Reading, 0, min(want, 256))
	r, q := measure.Reading{Channel: id}, int64(0) // scanning into an int64 needs no reflection
	for rows.Next() {
		if err := rows.Scan(&r.T, &r.V, &q); err != nil {
			return nil, err
		}
		r.Q = measure.Quality(q)
		page = append(page, r)
	}
	return page, rows.Err()
}

// Count says how many readings there are; see history.Store.
func (s *Store) Count(ctx context.Context, id measure.ChannelID, from, to int64) (n int, err error) {
	err = s.stmt.number.QueryRowContext(ctx, int64(id), from, to).Scan(&n)
	return n, sqlite.Translate(err, "count readings of channel %d", id)
}

// count remembers how many readings there are: counting reads the whole file.
type count struct {
	n     int64
	known bool // n was right at since
	stale bool // something has changed after since
	since time.Time
	took  time.Duration
}

// patience keeps the time spent counting below a tenth.
const patience = 10

func (s *Store) changed() {
	s.mu.Lock()
	s.points.stale = true
	s.mu.Unlock()
}

// Stats says how much is stored; see history.Store.
func (s *Store) Stats(ctx context.Context) (history.Stats, error) {
	bytes, err := s.db.Bytes()
	if err != nil {
		return history.Stats{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock() // whoever asks meanwhile waits for the same answer
	p := &s.points
	if !p.known || p.stale && time.Since(p.since) >= patience*p.took {
		start := time.Now()
		p.stale = false // before counting: what is appended meanwhile sets it again
		if err := s.stmt.points.QueryRowContext(ctx).Scan(&p.n); err != nil {
			p.stale = true
			return history.Stats{}, sqlite.Translate(err, "count readings")
		}
		p.known, p.since, p.took = true, time.Now(), time.Since(start)
	}
	return history.Stats{Engine: engine, Points: p.n, Bytes: bytes}, nil
}
