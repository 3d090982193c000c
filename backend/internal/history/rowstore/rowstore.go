// Package rowstore keeps readings as rows of a SQLite file, history.db.
//
// The table is readings(channel, t, v, q), clustered by channel and t, so that a range of a channel lies together; a
// reading takes some 25 bytes. Appending writes the log of SQLite (WAL) once per batch.
//
// What is lost when: nothing that Append has acknowledged when the process dies (kill -9). A power cut or a crash of the
// system may take what was appended since the last Sync, never the file's consistency: commits are in order in the log,
// which ends where the first damaged one is.
package rowstore

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"hypha/internal/history"
	"hypha/internal/measure"
	"hypha/internal/sqlite"
)

// File is the name of the database inside the data folder.
const File = "history.db"

const (
	engine        = "rows"
	applicationID = 0x48595048 // "HYPH"
	rowsAtOnce    = 64         // rows of one INSERT: more make it no faster
	pageRows      = 4096       // rows read in one go, after which the log may be truncated
	dropRows      = 10_000     // rows deleted in one go, so that appends get their turn
)

//go:embed migrations/*.sql
var migrations embed.FS

// Store is a history.Store in SQLite.
type Store struct {
	db   *sqlite.DB
	stmt statements

	synced sync.Once // the folder, so that the name of the log survives a power cut

	mu     sync.Mutex
	points count
}

// statements are compiled once; each may be used from several goroutines.
type statements struct {
	many, one                       *sql.Stmt // insert
	latest, channelAfter            *sql.Stmt
	page, number, aggregate, points *sql.Stmt
}

var _ history.Store = (*Store)(nil)

// Open opens dir/history.db and creates dir and file when they are missing.
func Open(ctx context.Context, dir string) (*Store, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("create data folder: %w", err)
	}
	steps, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, err
	}
	db, err := sqlite.Open(ctx, filepath.Join(dir, File), sqlite.Options{Synchronous: sqlite.Normal, CacheKiB: 4096})
	if err != nil {
		return nil, fmt.Errorf("open history: %w", err)
	}
	s := &Store{db: db}
	// No copy before a migration: the file may be larger than the room that is left.
	if _, _, err := db.Migrate(ctx, sqlite.Schema{ApplicationID: applicationID, Migrations: steps, Large: true}); err != nil {
		return nil, errors.Join(fmt.Errorf("open history: %w", err), db.Close())
	}
	if err := s.prepare(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("open history: %w", err), s.Close())
	}
	return s, nil
}

func (s *Store) prepare(ctx context.Context) error {
	write, err := s.db.Write.DB()
	if err != nil {
		return err
	}
	read, err := s.db.Read.DB()
	if err != nil {
		return err
	}
	const insert = "INSERT OR REPLACE INTO readings (channel, t, v, q) VALUES (?, ?, ?, ?)"
	usable := fmt.Sprintf("q IN (%d, %d)", measure.Good, measure.Substituted)
	for _, p := range []struct {
		into **sql.Stmt
		pool *sql.DB
		text string
	}{
		{&s.stmt.one, write, insert},
		{&s.stmt.many, write, insert + strings.Repeat(", (?, ?, ?, ?)", rowsAtOnce-1)},
		{&s.stmt.latest, read, "SELECT t, v, q FROM readings WHERE channel = ? AND t < ? ORDER BY t DESC LIMIT 1"},
		{&s.stmt.channelAfter, read, "SELECT channel FROM readings WHERE channel > ? ORDER BY channel LIMIT 1"},
		{&s.stmt.page, read, "SELECT t, v, q FROM readings WHERE channel = ? AND t >= ? AND t < ? ORDER BY t LIMIT ?"},
		{&s.stmt.number, read, "SELECT count(*) FROM readings WHERE channel = ? AND t >= ? AND t < ?"},
		{&s.stmt.aggregate, read, "SELECT count(*), min(v), max(v), sum(v) FROM readings WHERE channel = ? AND t >= ? AND t < ? AND " + usable},
		{&s.stmt.points, read, "SELECT count(*) FROM readings"},
	} {
		if *p.into, err = p.pool.PrepareContext(ctx, p.text); err != nil { //nolint:sqlclosecheck // Close does
			return sqlite.Translate(err, "prepare %q", p.text)
		}
	}
	return nil
}

// Close closes the file.
func (s *Store) Close() error {
	var errs []error
	t := s.stmt
	for _, st := range []*sql.Stmt{t.one, t.many, t.latest, t.channelAfter, t.page, t.number, t.aggregate, t.points} {
		if st != nil {
			errs = append(errs, st.Close())
		}
	}
	return errors.Join(append(errs, s.db.Close())...)
}

// Append stores readings in one commit; see history.Store.
func (s *Store) Append(ctx context.Context, readings []measure.Reading) error {
	if err := history.Check(readings); err != nil {
		return err
	}
	if len(readings) == 0 {
		return nil
	}
	defer s.changed()
	if len(readings) == 1 { // a statement is a transaction
		r := readings[0]
		_, err := s.stmt.one.ExecContext(ctx, int64(r.Channel), r.T, r.V, int64(r.Q))
		return sqlite.Translate(err, "append a reading")
	}
	err := s.write(ctx, func(tx *sql.Tx) error { return s.insert(ctx, tx, readings) })
	return sqlite.Translate(err, "append %d readings", len(readings))
}

func (s *Store) insert(ctx context.Context, tx *sql.Tx, readings []measure.Reading) error {
	args := make([]any, 0, 4*rowsAtOnce)
	many, one := tx.StmtContext(ctx, s.stmt.many), tx.StmtContext(ctx, s.stmt.one) //nolint:sqlclosecheck // the end of tx does
	for len(readings) > 0 {
		n, stmt := 1, one
		if len(readings) >= rowsAtOnce {
			n, stmt = rowsAtOnce, many
		}
		args = args[:0]
		for _, r := range readings[:n] {
			args = append(args, int64(r.Channel), r.T, r.V, int64(r.Q))
		}
		if _, err := stmt.ExecContext(ctx, args...); err != nil {
			return err
		}
		readings = readings[n:]
	}
	return nil
}

// write runs do in a transaction, which ends without effect when do returns an error.
func (s *Store) write(ctx context.Context, do func(*sql.Tx) error) error {
	pool, err := s.db.Write.DB()
	if err != nil {
		return err
	}
	tx, err := pool.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // after a commit there is nothing to roll back
	if err := do(tx); err != nil {
		return err
	}
	return tx.Commit()
}

// Sync brings what was appended to the disk, so that it survives a power cut too.
func (s *Store) Sync(context.Context) error {
	// Appended rows are in the log until a checkpoint, which syncs by itself. Any descriptor of the log will do, and
	// SQLite holds no locks on it that closing one could drop.
	if err := syncFile(s.db.Path() + "-wal"); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("sync history: %w", err)
	}
	var err error
	s.synced.Do(func() { err = syncFile(filepath.Dir(s.db.Path())) })
	if err != nil {
		return fmt.Errorf("sync history: %w", err)
	}
	return nil
}

func syncFile(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
