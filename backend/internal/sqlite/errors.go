package sqlite

import (
	"errors"
	"fmt"
	"strings"

	"gorm.io/gorm"
	driver "modernc.org/sqlite"
	code "modernc.org/sqlite/lib"
)

// What a caller can react to. Everything else is a fault of the program or of the machine.
var (
	ErrNotFound  = errors.New("not found")
	ErrConflict  = errors.New("already exists")                   // a unique value is taken; see ConflictError
	ErrReference = errors.New("refers to something that is gone") // a foreign key points nowhere
	ErrFull      = errors.New("no space left on the disk")        // make room, then try again
	ErrBusy      = errors.New("database is locked")               // another process holds it: try again
	ErrCorrupt   = errors.New("database is damaged: restore a copy of the file, or move it away to begin a new one")
	ErrReadOnly  = errors.New("database or its file is read-only") // rights or mount of the data folder
)

// ConflictError says which value is taken. It is an ErrConflict.
type ConflictError struct {
	Table, Column string // as in the schema; Column may list several, separated by ", "
}

func (e *ConflictError) Error() string { return e.Column + " of " + e.Table + " already exists" }

// Unwrap makes errors.Is(err, ErrConflict) true.
func (e *ConflictError) Unwrap() error { return ErrConflict }

// Translate puts what was tried in front of err and replaces errors of GORM and SQLite by this package's. A nil err
// stays nil.
func Translate(err error, format string, args ...any) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf(format+": %w", append(args, classify(err))...)
}

func classify(err error) error {
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return ErrNotFound
	}
	var e *driver.Error
	if !errors.As(err, &e) {
		return err
	}
	switch e.Code() { // extended codes first
	case code.SQLITE_CONSTRAINT_UNIQUE, code.SQLITE_CONSTRAINT_PRIMARYKEY:
		return conflict(e)
	case code.SQLITE_CONSTRAINT_FOREIGNKEY:
		return ErrReference
	}
	switch e.Code() & 0xff {
	case code.SQLITE_FULL:
		return ErrFull
	case code.SQLITE_BUSY, code.SQLITE_LOCKED:
		return ErrBusy
	case code.SQLITE_CORRUPT, code.SQLITE_NOTADB:
		return fmt.Errorf("%w: %w", ErrCorrupt, e)
	case code.SQLITE_READONLY:
		return fmt.Errorf("%w: %w", ErrReadOnly, e)
	}
	return err
}

// conflict reads table and column out of "UNIQUE constraint failed: users.username, users.x".
func conflict(e *driver.Error) error {
	_, list, ok := strings.Cut(e.Error(), "constraint failed: UNIQUE constraint failed: ")
	if !ok {
		_, list, ok = strings.Cut(e.Error(), "UNIQUE constraint failed: ")
	}
	if !ok {
		return ErrConflict
	}
	list, _, _ = strings.Cut(list, " (")
	c := &ConflictError{}
	var columns []string
	for name := range strings.SplitSeq(list, ", ") {
		table, column, _ := strings.Cut(name, ".")
		c.Table = table
		columns = append(columns, column)
	}
	c.Column = strings.Join(columns, ", ")
	return c
}
