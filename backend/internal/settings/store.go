package settings

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"

	"gorm.io/gorm"

	"hypha/internal/secret"
	"hypha/internal/sqlite"
)

// Errors that callers react to; see package sqlite for what each asks of them.
var (
	ErrNotFound  = sqlite.ErrNotFound
	ErrConflict  = sqlite.ErrConflict
	ErrReference = sqlite.ErrReference
	ErrFull      = sqlite.ErrFull
	ErrBusy      = sqlite.ErrBusy
	ErrCorrupt   = sqlite.ErrCorrupt
	ErrNewer     = sqlite.ErrNewer
)

// ConflictError is the ErrConflict of a unique value; Column says which one is taken ("username").
type ConflictError = sqlite.ConflictError

// File is the name of the database inside the data folder.
const File = "settings.db"

const (
	applicationID = 0x48595053 // "HYPS"
	keptBackups   = 3
)

//go:embed migrations/*.sql
var migrations embed.FS

// Store is the open settings database.
type Store struct {
	Inputs       *Inputs
	Outputs      *Outputs
	Functions    *Functions
	Zones        *Zones
	Notes        *Notes
	Methods      *Methods
	Channels     *Channels
	OutputStates *OutputStates
	OutputBooks  *OutputBooks
	Users        *Users
	Sessions     *Sessions
	Tokens       *Tokens
	Preferences  *Preferences
	Events       *Events
	Units        *UserUnits
	Quantities   *UserQuantities
	KV           *KV
	AlertRules   *AlertRules
	AlertStates  *AlertStates
	Routes       *NotificationRoutes
	Deliveries   *Deliveries
	Secrets      *secret.Box // seals the secrets inside Options; its key lies beside the database

	db *sqlite.DB
}

// Open opens dir/settings.db, creates dir and file when they are missing, and brings the file to this program's version
// after copying it to settings.db.before-vN. It does not lock the folder.
func Open(ctx context.Context, dir string, log *slog.Logger) (*Store, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("create data folder: %w", err)
	}
	if err := settled(dir); err != nil {
		return nil, err
	}
	steps, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, err
	}
	db, err := sqlite.Open(ctx, filepath.Join(dir, File), sqlite.Options{Synchronous: sqlite.Full})
	if err != nil {
		return nil, fmt.Errorf("open settings: %w", err)
	}
	from, to, err := db.Migrate(ctx, sqlite.Schema{ApplicationID: applicationID, Migrations: steps, KeepBackups: keptBackups})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open settings: %w", err), db.Close())
	}
	if from > 0 && from < to {
		log.Info("settings migrated", "from", from, "to", to, "backup", fmt.Sprintf("%s.before-v%d", db.Path(), to))
	}
	s := assemble(db)
	s.Secrets = secret.NewBox(dir)
	return s, nil
}

// LogDamage says that what was changed last is gone.
type LogDamage = sqlite.LogDamage

// CheckLog looks for damage in the write-ahead log of dir/settings.db, before Open, by who holds the lock of the folder: nil
// when all is well.
func CheckLog(dir string) (*LogDamage, error) {
	d, err := sqlite.CheckLog(filepath.Join(dir, File))
	if err != nil {
		return nil, fmt.Errorf("check settings: %w", err)
	}
	return d, nil
}

// assemble builds the repositories over db.
func assemble(db *sqlite.DB) *Store {
	s := &Store{db: db}
	s.Channels = &Channels{db: db}
	s.Inputs = newInputs(db)
	s.Outputs = newOutputs(db)
	s.Functions = newFunctions(db)
	s.Zones = newZones(db)
	s.Notes = newNotes(db)
	s.Methods = newMethods(db)
	s.OutputStates = &OutputStates{db: db}
	s.OutputBooks = &OutputBooks{db: db}
	s.Users = &Users{db: db}
	s.Sessions = &Sessions{db: db}
	s.Tokens = &Tokens{db: db}
	s.Preferences = &Preferences{db: db}
	s.Events = &Events{db: db}
	s.Units = &UserUnits{db: db}
	s.Quantities = &UserQuantities{db: db}
	s.KV = &KV{db: db}
	s.AlertRules = newAlertRules(db)
	s.AlertStates = &AlertStates{db: db}
	s.Routes = newNotificationRoutes(db)
	s.Deliveries = &Deliveries{db: db}
	return s
}

// Tx runs do in one transaction: all that it changes through tx happens, or nothing when do returns an error, which Tx
// then returns unchanged. Inside do only tx may be used: a write through s would wait for do to end, for ever.
func (s *Store) Tx(ctx context.Context, do func(tx *Store) error) error {
	var inner error
	err := s.db.Write.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		t := assemble(s.db.In(tx))
		t.Secrets = s.Secrets
		inner = do(t)
		return inner
	})
	if inner != nil {
		return inner
	}
	return sqlite.Translate(err, "settings")
}

// Backup writes a consistent copy of the database to the file path while it is in use.
func (s *Store) Backup(ctx context.Context, path string) error { return s.db.Backup(ctx, path) }

// Watch tells when any setting was changed; close it before the Store.
func (s *Store) Watch(ctx context.Context) (*sqlite.Watch, error) { return s.db.Watch(ctx) }

// Bytes is the size of the database on the disk.
func (s *Store) Bytes() (int64, error) { return s.db.Bytes() }

// Close closes the database.
func (s *Store) Close() error { return s.db.Close() }
