package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Schema is what Migrate brings a file to.
type Schema struct {
	ApplicationID int32 // marks the file as ours in its header
	Migrations    fs.FS // files NNNN_name.sql, numbered from 0001 without a gap; the last number is the version
	KeepBackups   int   // copies PATH.before-vN to keep; 0 = make none
	Large         bool  // do not read the whole file at start to check it
}

// ErrNewer says that a newer program has written the file; this one must not touch it.
var ErrNewer = errors.New("database was written by a newer version of the program: use that one, or restore a copy of the file")

// ErrForeign says that the file is a database of another program.
var ErrForeign = errors.New("database belongs to another program: restore a copy of the file, or move it away to begin a new one")

type migration struct {
	name string
	sql  string
}

// Migrate brings the file forward to the schema's version, in one transaction: it either has the new version afterwards
// or is as it was. An existing file that is behind is first copied to PATH.before-vN. It returns both versions (0 = new).
func (d *DB) Migrate(ctx context.Context, s Schema) (from, to int, err error) {
	steps, err := load(s.Migrations)
	if err != nil {
		return 0, 0, fmt.Errorf("read migrations: %w", err)
	}
	to = len(steps)
	pool, err := d.Write.DB()
	if err != nil {
		return 0, to, err
	}
	conn, err := pool.Conn(ctx)
	if err != nil {
		return 0, to, Translate(err, "open %s", d.path)
	}
	defer conn.Close() // only returns it to the pool
	if from, err = d.check(ctx, conn, s, to); err != nil || from == to {
		return from, to, err
	}
	if from > 0 && s.KeepBackups > 0 {
		if err := d.Backup(ctx, fmt.Sprintf("%s.before-v%d", d.path, to)); err != nil {
			return from, to, fmt.Errorf("back up before migrating: %w", err)
		}
		if err := d.dropOldBackups(s.KeepBackups); err != nil {
			return from, to, fmt.Errorf("remove old backups: %w", err)
		}
	}
	// Foreign keys are off while tables are rebuilt; foreign_key_check sees to them before the commit. The pragma is
	// without effect inside a transaction.
	if _, err := conn.ExecContext(ctx, "PRAGMA foreign_keys = OFF"); err != nil {
		return from, to, Translate(err, "migrate %s", d.path)
	}
	defer func() {
		_, on := conn.ExecContext(context.WithoutCancel(ctx), "PRAGMA foreign_keys = ON")
		err = errors.Join(err, on)
	}()
	return from, to, d.run(ctx, conn, s, steps)
}

func (d *DB) run(ctx context.Context, conn *sql.Conn, s Schema, steps []migration) error {
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return Translate(err, "migrate %s", d.path)
	}
	defer tx.Rollback() //nolint:errcheck // after a commit there is nothing to roll back
	// Another process may have migrated the file since check.
	have, err := pragma(ctx, tx, "user_version")
	if err != nil {
		return Translate(err, "migrate %s", d.path)
	}
	for _, m := range steps[min(have, len(steps)):] {
		if _, err := tx.ExecContext(ctx, m.sql); err != nil {
			return Translate(err, "migrate %s with %s", d.path, m.name)
		}
	}
	broken, err := tx.QueryContext(ctx, "PRAGMA foreign_key_check")
	if err != nil {
		return Translate(err, "migrate %s", d.path)
	}
	dangling := broken.Next()
	if err := errors.Join(broken.Err(), broken.Close()); err != nil { //nolint:sqlclosecheck // the connection is used again below
		return Translate(err, "migrate %s", d.path)
	}
	if dangling {
		return fmt.Errorf("migrate %s: %w", d.path, ErrReference)
	}
	mark := fmt.Sprintf("PRAGMA user_version = %d; PRAGMA application_id = %d", max(have, len(steps)), s.ApplicationID)
	if _, err := tx.ExecContext(ctx, mark); err != nil {
		return Translate(err, "migrate %s", d.path)
	}
	return Translate(tx.Commit(), "migrate %s", d.path)
}

// check returns the version of the file, and an error when the file is damaged, newer than the program or not ours.
func (d *DB) check(ctx context.Context, conn *sql.Conn, s Schema, to int) (version int, err error) {
	if !s.Large {
		if err := sound(ctx, conn, d.path, "quick_check(1)"); err != nil {
			return 0, err
		}
	}
	return fits(ctx, conn, d.path, s, to)
}

// sound asks SQLite whether the file holds together.
func sound(ctx context.Context, q querier, path, check string) error {
	var verdict string
	if err := q.QueryRowContext(ctx, "PRAGMA "+check).Scan(&verdict); err != nil {
		return Translate(err, "check %s", path)
	}
	if verdict != "ok" {
		return fmt.Errorf("check %s: %w: %s", path, ErrCorrupt, verdict)
	}
	return nil
}

// fits returns the version of the file, and an error when it is newer than the program or not ours.
func fits(ctx context.Context, q querier, path string, s Schema, to int) (version int, err error) {
	if version, err = pragma(ctx, q, "user_version"); err != nil {
		return 0, Translate(err, "check %s", path)
	}
	id, err := pragma(ctx, q, "application_id")
	if err != nil {
		return 0, Translate(err, "check %s", path)
	}
	switch {
	case version > to:
		return version, fmt.Errorf("%s has version %d, this program knows versions up to %d: %w", path, version, to, ErrNewer)
	case version > 0 && id != int(s.ApplicationID):
		return version, fmt.Errorf("%s: %w", path, ErrForeign)
	}
	return version, nil
}

// Backup writes a consistent copy of the file to the given path while it is in use, and replaces what is there. The copy
// is complete and on the disk when Backup returns nil.
func (d *DB) Backup(ctx context.Context, path string) error { return Copy(ctx, d.path, path) }

// Copy is Backup of a file that need not be open: another process may have it open. It migrates nothing, and a file
// that is not there is fs.ErrNotExist.
func Copy(ctx context.Context, from, to string) error {
	if _, err := os.Stat(from); err != nil {
		return err
	}
	part := to + ".part"
	if err := os.Remove(part); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := create(part); err != nil { // VACUUM INTO takes an existing empty file, and so keeps its mode
		return err
	}
	if err := vacuumInto(ctx, from, part); err != nil {
		return errors.Join(Translate(err, "copy %s", from), os.Remove(part))
	}
	if err := syncFile(part); err != nil {
		return err
	}
	if err := os.Rename(part, to); err != nil {
		return err
	}
	return syncFile(filepath.Dir(to))
}

// vacuumInto copies over a connection of its own: a read handle may not, and the writer would stop all writes meanwhile.
// It reads in one transaction, so that in WAL mode it sees one instant and nobody waits for it.
func vacuumInto(ctx context.Context, from, to string) error {
	from, err := filepath.Abs(from)
	if err != nil {
		return err
	}
	address := "file:" + (&url.URL{Path: from}).EscapedPath() + "?mode=rw&_busy_timeout=10000&_pragma=temp_store(MEMORY)&_error_rc=1"
	pool, err := sql.Open(driverName, address)
	if err != nil {
		return err
	}
	_, err = pool.ExecContext(ctx, "VACUUM INTO ?", to)
	return errors.Join(err, pool.Close())
}

// Verify reads a whole file that nobody has open, and says what is wrong with it: ErrCorrupt, ErrNewer, ErrForeign.
func Verify(ctx context.Context, path string, s Schema) error {
	steps, err := load(s.Migrations)
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	if path, err = filepath.Abs(path); err != nil {
		return err
	}
	if _, err := os.Stat(path); err != nil {
		return err
	}
	pool, err := sql.Open(driverName, "file:"+(&url.URL{Path: path}).EscapedPath()+"?mode=ro&immutable=1&_error_rc=1")
	if err != nil {
		return err
	}
	return errors.Join(verify(ctx, pool, path, s, len(steps)), pool.Close())
}

func verify(ctx context.Context, q querier, path string, s Schema, to int) error {
	if err := sound(ctx, q, path, "integrity_check(1)"); err != nil {
		return err
	}
	_, err := fits(ctx, q, path, s, to)
	return err
}

func (d *DB) dropOldBackups(keep int) error {
	prefix := d.path + ".before-v"
	all, err := os.ReadDir(filepath.Dir(d.path))
	if err != nil {
		return err
	}
	var versions []int
	for _, e := range all {
		number, ok := strings.CutPrefix(filepath.Join(filepath.Dir(d.path), e.Name()), prefix)
		if v, err := strconv.Atoi(number); ok && err == nil {
			versions = append(versions, v)
		}
	}
	slices.Sort(versions)
	for _, v := range versions[:max(0, len(versions)-keep)] {
		if err := os.Remove(prefix + strconv.Itoa(v)); err != nil {
			return err
		}
	}
	return nil
}

func load(dir fs.FS) ([]migration, error) {
	names, err := fs.Glob(dir, "*.sql") // sorted
	if err != nil {
		return nil, err
	}
	var steps []migration
	for i, name := range names {
		number, _, _ := strings.Cut(name, "_")
		if v, err := strconv.Atoi(number); err != nil || v != i+1 {
			return nil, fmt.Errorf("%s: want number %04d", name, i+1)
		}
		text, err := fs.ReadFile(dir, name)
		if err != nil {
			return nil, err
		}
		steps = append(steps, migration{name: name, sql: string(text)})
	}
	return steps, nil
}

type querier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

func pragma(ctx context.Context, q querier, name string) (v int, err error) {
	err = q.QueryRowContext(ctx, "PRAGMA "+name).Scan(&v)
	return v, err
}

func syncFile(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
