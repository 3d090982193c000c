// Package sqlite opens one SQLite file through GORM for a package that owns it.
//
// A file gets two handles: Write has exactly one connection, so that writers queue in Go instead of failing with
// SQLITE_BUSY; Read has several connections that may only query. The journal mode is WAL, so readers never wait for the
// writer. Another process (a command-line tool) may open the same file; it then waits up to the busy time-out.
//
// Times are stored as integer microseconds since the epoch in columns declared DATETIME, always UTC, so that they compare
// as numbers and do not depend on the clock having passed a certain year.
//
// Errors of GORM and of the driver never leave this package's callers: they pass them through Translate, which knows
// ErrNotFound, ErrConflict, ErrReference, ErrFull, ErrBusy and ErrCorrupt.
package sqlite
