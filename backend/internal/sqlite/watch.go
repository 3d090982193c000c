package sqlite

import (
	"context"
	"database/sql"
	"errors"
)

// Watch tells when a file was changed. It is safe for concurrent use.
type Watch struct {
	pool *sql.DB
	conn *sql.Conn // one and the same: SQLite counts what others have committed
}

// Watch opens a connection of its own; close it before the DB.
func (d *DB) Watch(ctx context.Context) (*Watch, error) {
	h, err := handle(ctx, dsn(d.path, d.options, true), 1)
	if err != nil {
		return nil, Translate(err, "watch %s", d.path)
	}
	pool, err := h.DB()
	if err != nil {
		return nil, Translate(err, "watch %s", d.path)
	}
	conn, err := pool.Conn(ctx)
	if err != nil {
		return nil, errors.Join(Translate(err, "watch %s", d.path), pool.Close())
	}
	return &Watch{pool: pool, conn: conn}, nil
}

// Version is another number after each commit.
func (w *Watch) Version(ctx context.Context) (n int64, err error) {
	err = w.conn.QueryRowContext(ctx, "PRAGMA data_version").Scan(&n)
	return n, Translate(err, "version of the database")
}

// Close closes the connection.
func (w *Watch) Close() error { return errors.Join(w.conn.Close(), w.pool.Close()) }
