package sqlite

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	dialect "gorm.io/driver/sqlite"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"
	driver "modernc.org/sqlite"
)

// Synchronous says when a commit reaches the disk.
type Synchronous string

// What a commit survives. Both survive the death of the process.
const (
	Full   Synchronous = "FULL"   // a commit survives a power cut
	Normal Synchronous = "NORMAL" // a power cut may take the commits since the last checkpoint, never the file's consistency
)

// Options of a file. The zero value is a durable file with four readers.
type Options struct {
	Synchronous Synchronous   // default Full
	Readers     int           // connections of the read handle; default 4
	BusyTimeout time.Duration // wait for another process; default 10 s
	CacheKiB    int           // page cache of each connection; default 2 MiB
}

// DB is one open file. It is safe for concurrent use.
type DB struct {
	Write *gorm.DB // one connection; transactions take the write lock at their start
	Read  *gorm.DB // several connections, queries only

	path    string
	options Options // with defaults
}

const driverName = "sqlite" // of modernc.org/sqlite

// Open opens the file and creates it (mode 0600) when there is none. The folder must exist.
func Open(ctx context.Context, path string, o Options) (*DB, error) {
	if o.Synchronous == "" {
		o.Synchronous = Full
	}
	if o.Readers <= 0 {
		o.Readers = 4
	}
	if o.BusyTimeout <= 0 {
		o.BusyTimeout = 10 * time.Second
	}
	if o.CacheKiB <= 0 {
		o.CacheKiB = 2048
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	if err := create(path); err != nil {
		return nil, fmt.Errorf("create database: %w", err)
	}
	// fdatasync instead of fsync: the same durability without a metadata commit, about half the wear on an SD card.
	// Where the system has none, fsync stays.
	if _, err := driver.Fdatasync(true); err != nil && !errors.Is(err, driver.ErrFdatasyncUnavailable) {
		return nil, fmt.Errorf("open database: %w", err)
	}
	d := &DB{path: path, options: o}
	if d.Write, err = handle(ctx, dsn(path, o, false), 1); err != nil {
		return nil, Translate(err, "open %s", path)
	}
	if d.Read, err = handle(ctx, dsn(path, o, true), o.Readers); err != nil {
		return nil, errors.Join(Translate(err, "open %s", path), d.Close())
	}
	return d, nil
}

// Path is the absolute path of the file.
func (d *DB) Path() string { return d.path }

// Close closes both handles. Calls under way finish first.
func (d *DB) Close() error {
	var errs []error
	for _, h := range []*gorm.DB{d.Read, d.Write} { // the writer last: it checkpoints the WAL
		if h == nil {
			continue
		}
		pool, err := h.DB()
		if err == nil {
			err = pool.Close()
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// Bytes is the size of the file with its write-ahead log.
func (d *DB) Bytes() (int64, error) {
	var sum int64
	for _, suffix := range []string{"", "-wal"} {
		info, err := os.Stat(d.path + suffix)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return 0, err
		}
		sum += info.Size()
	}
	return sum, nil
}

// create makes an empty file that only its owner may read; SQLite would leave that to the umask. An existing file is not
// opened: closing it would drop the POSIX locks that other connections of this process hold on it.
func create(path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return f.Close()
}

// handle opens a connection pool of the given size under GORM and tries it.
func handle(ctx context.Context, dsn string, size int) (*gorm.DB, error) {
	h, err := gorm.Open(dialect.New(dialect.Config{DriverName: driverName, DSN: dsn}), &gorm.Config{
		SkipDefaultTransaction: true, // one statement is a transaction already
		Logger:                 logger.Discard,
		NowFunc:                func() time.Time { return time.Now().UTC().Truncate(time.Millisecond) },
	})
	if err != nil {
		return nil, err
	}
	pool, err := h.DB()
	if err != nil {
		return nil, err
	}
	pool.SetMaxOpenConns(size)
	pool.SetMaxIdleConns(size)
	if err := pool.PingContext(ctx); err != nil {
		return nil, errors.Join(err, pool.Close())
	}
	return h, nil
}

// dsn builds the file URI. The busy time-out comes first, for switching to WAL already needs a lock.
func dsn(path string, o Options, readOnly bool) string {
	q := []string{
		fmt.Sprintf("_busy_timeout=%d", o.BusyTimeout.Milliseconds()),
		"_pragma=journal_mode(WAL)",
		"_pragma=foreign_keys(1)",
		fmt.Sprintf("_pragma=synchronous(%s)", o.Synchronous),
		fmt.Sprintf("_pragma=cache_size(-%d)", o.CacheKiB),
		"_pragma=temp_store(MEMORY)",
		"_time_integer_format=unix_micro",
		"_inttotime=1",
		"_dqs=0",
		"_error_rc=1",
	}
	if readOnly {
		q = append(q, "_query_only=1")
	} else {
		q = append(q, "_txlock=immediate")
	}
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + strings.Join(q, "&")
}

// In is the same file seen from inside the transaction tx: reads and writes through it belong to tx.
func (d *DB) In(tx *gorm.DB) *DB { return &DB{Write: tx, Read: tx, path: d.path, options: d.options} }
