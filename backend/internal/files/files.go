// Package files keeps what people upload: photos and documents. Their content lies in the folder files/ of the data folder,
// each under an id that nobody can guess; what is known of them lies in the settings. A file never changes.
//
// Pictures are kept without what they tell about their maker, and get a thumbnail when they come. Anything is found out by
// its content, never by its name. A file that no setting names goes a day after it came; see Sweep.
package files

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"hypha/internal/files/picture"
	"hypha/internal/settings"
)

// Folder is the name of the folder inside the data folder.
const Folder = "files"

// MaxBytes is how large a file may be.
const MaxBytes = 64 << 20

const (
	temporary = "upload-"
	small     = ".small" // follows the id in the name of a thumbnail
	// ThumbnailSize is the longer side of a thumbnail, in pixels.
	ThumbnailSize = 480
	// Unclaimed is how long a file that nothing names is kept: who uploads it may still be writing the note.
	Unclaimed  = 24 * time.Hour
	sweepFirst = 2 * time.Minute
	sweepEach  = time.Hour
)

// Errors that senders can act on.
var (
	ErrTooLarge = fmt.Errorf("a file may have at most %d MB", MaxBytes>>20)
	ErrType     = errors.New("this sort of file is not taken: send a photo (JPEG, PNG, WebP, GIF), PDF, text, CSV, ZIP, video or sound")
	ErrEmpty    = errors.New("the file is empty")
	// ErrNoRoom is what Config.Room wraps.
	ErrNoRoom   = errors.New("the disk is nearly full: free some space first; what is stored stays")
	ErrNotFound = settings.ErrNotFound
)

// Config is what a Store is built of.
type Config struct {
	Dir  string // the data folder
	Rows *settings.Uploads
	// Room says why there is no room for more on the disk; nil: there is.
	Room   func() error
	Logger *slog.Logger
}

// Store is safe for concurrent use.
type Store struct {
	cfg     Config
	dir     string
	drawing chan struct{} // a token: one picture at a time is drawn, for each takes memory
}

// New makes a store. Its folder is made with the first file.
func New(cfg Config) *Store {
	if cfg.Room == nil {
		cfg.Room = func() error { return nil }
	}
	return &Store{cfg: cfg, dir: filepath.Join(cfg.Dir, Folder), drawing: make(chan struct{}, 1)}
}

// Add takes a file as it arrives. name is what its sender calls it, by who sends it.
func (s *Store) Add(ctx context.Context, r io.Reader, name, by string) (row settings.Upload, err error) {
	if err := s.cfg.Room(); err != nil {
		return row, err
	}
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return row, fmt.Errorf("make the folder of files: %w", err)
	}
	f, err := os.CreateTemp(s.dir, temporary)
	if err != nil {
		return row, fmt.Errorf("keep the file: %w", err)
	}
	defer func() { err = errors.Join(err, s.forget(f)) }()
	head := make([]byte, headBytes)
	n, err := io.ReadFull(r, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return row, fmt.Errorf("take the file: %w", err)
	}
	head = head[:n]
	if n == 0 {
		return row, ErrEmpty
	}
	row = settings.Upload{ID: newID(), Name: nameOf(name), Type: typeOf(head, n < headBytes), Author: by, CreatedAt: time.Now()}
	if row.Type == "" {
		return row, ErrType
	}
	if _, err := f.Write(head); err != nil {
		return row, fmt.Errorf("keep the file: %w", err)
	}
	rest, err := io.Copy(f, io.LimitReader(r, MaxBytes-int64(n)+1))
	if err != nil {
		return row, fmt.Errorf("take the file: %w", err)
	}
	if row.Bytes = int64(n) + rest; row.Bytes > MaxBytes {
		return row, ErrTooLarge
	}
	return s.settle(ctx, f, row)
}

// settle brings what has arrived to its place and makes it known.
func (s *Store) settle(ctx context.Context, arrived *os.File, row settings.Upload) (settings.Upload, error) {
	if _, err := arrived.Seek(0, io.SeekStart); err != nil {
		return row, fmt.Errorf("read the file: %w", err)
	}
	path := s.path(row.ID)
	out, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return row, fmt.Errorf("keep the file: %w", err)
	}
	if picture.Is(row.Type) {
		var size picture.Size
		size, err = picture.Clean(out, arrived, row.Type, row.Bytes)
		row.Width, row.Height = size.Width, size.Height
	} else {
		_, err = io.Copy(out, arrived)
	}
	if err == nil {
		err = out.Sync()
	}
	if info, unknown := out.Stat(); unknown == nil {
		row.Bytes = info.Size()
	}
	err = errors.Join(err, out.Close())
	if err == nil {
		err = s.cfg.Rows.Create(ctx, &row)
	}
	if err != nil {
		return row, errors.Join(err, os.Remove(path))
	}
	if row.Width > 0 {
		if err := s.draw(ctx, row.ID); err != nil && !errors.Is(err, picture.ErrNoThumbnail) {
			s.cfg.Logger.Warn("a picture has no thumbnail", "file", row.ID, "error", err) // it is shown itself
		}
	}
	return row, nil
}

// draw makes the thumbnail of a picture.
func (s *Store) draw(ctx context.Context, id string) (err error) {
	select {
	case s.drawing <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() {
		debug.FreeOSMemory() // a large picture takes a hundred times what the rest of the program does in a second
		<-s.drawing
	}()
	in, err := os.Open(s.path(id))
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }() // only read
	out, err := os.CreateTemp(s.dir, temporary)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.forget(out)) }()
	if err := picture.Thumbnail(out, in, ThumbnailSize); err != nil {
		return err
	}
	return os.Rename(out.Name(), s.path(id)+small)
}

// forget closes a temporary file and removes it, if it is still there under its name.
func (s *Store) forget(f *os.File) error {
	err := os.Remove(f.Name())
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return errors.Join(f.Close(), err)
}

// Open opens a file, or ErrNotFound. The caller closes it.
func (s *Store) Open(ctx context.Context, id string) (settings.Upload, *os.File, error) {
	row, err := s.cfg.Rows.Get(ctx, id)
	if err != nil {
		return row, nil, err
	}
	f, err := os.Open(s.path(row.ID))
	if errors.Is(err, fs.ErrNotExist) {
		s.cfg.Logger.Error("the content of a file is missing", "file", row.ID)
		return row, nil, ErrNotFound
	}
	return row, f, err
}

// Thumbnail opens a small picture of a picture; where there can be none, the picture. ErrNotFound for what is no picture.
func (s *Store) Thumbnail(ctx context.Context, id string) (row settings.Upload, f *os.File, err error) {
	if row, err = s.cfg.Rows.Get(ctx, id); err != nil {
		return row, nil, err
	}
	if row.Width == 0 {
		return row, nil, ErrNotFound
	}
	for range 2 {
		f, err := os.Open(s.path(row.ID) + small)
		if err == nil {
			row.Type = picture.JPEG
			return row, f, nil
		}
		if !errors.Is(err, fs.ErrNotExist) || s.draw(ctx, row.ID) != nil { // restored from a backup, which has none
			break
		}
	}
	return s.Open(ctx, id)
}

// Sum is how many files there are and how many bytes they have.
func (s *Store) Sum(ctx context.Context) (count, bytes int64, err error) { return s.cfg.Rows.Sum(ctx) }

func (s *Store) path(id string) string { return filepath.Join(s.dir, id) }

func newID() string {
	b := make([]byte, 16)
	rand.Read(b) // never fails
	return hex.EncodeToString(b)
}

// Run sweeps each hour until ctx ends.
func (s *Store) Run(ctx context.Context) error {
	timer := time.NewTimer(sweepFirst)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case now := <-timer.C:
			timer.Reset(sweepEach)
			if err := s.Sweep(ctx, now); err != nil && ctx.Err() == nil {
				s.cfg.Logger.Error("files could not be swept", "error", err)
			}
		}
	}
}

// Sweep removes files that nothing has named for a day, and what lies in the folder without being known: what an upload
// left that was killed.
func (s *Store) Sweep(ctx context.Context, now time.Time) error {
	ids, err := s.cfg.Rows.Unnamed(ctx, now.Add(-Unclaimed))
	if err != nil {
		return err
	}
	if len(ids) > 0 {
		if err := s.cfg.Rows.Delete(ctx, ids...); err != nil { // the row first: content without one goes below, the other way round it is missed
			return err
		}
		s.cfg.Logger.Info("files that nothing names are gone", "files", len(ids))
	}
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return fmt.Errorf("look through the files: %w", err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, strings.TrimSuffix(e.Name(), small))
	}
	known, err := s.cfg.Rows.Of(ctx, names)
	if err != nil {
		return err
	}
	var errs []error
	for n, e := range entries {
		info, err := e.Info()
		if err != nil || now.Sub(info.ModTime()) < time.Hour && !slices.Contains(ids, names[n]) {
			continue // it goes just now, or is just coming
		}
		if _, ok := known[names[n]]; !ok && e.Type().IsRegular() {
			errs = append(errs, os.Remove(filepath.Join(s.dir, e.Name())))
		}
	}
	return errors.Join(errs...)
}
