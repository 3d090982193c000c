package backup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"hypha/internal/history/embedded"
	"hypha/internal/history/rowstore"
	"hypha/internal/secret"
	"hypha/internal/settings"
	"hypha/internal/sqlite"
)

// staging is how folders are named in which copies of the databases lie while a backup is made.
const staging = "backing-up-"

// stagingLeft is when such a folder is surely left over from a backup that was killed.
const stagingLeft = 48 * time.Hour

// source is a file to save, held open.
type source struct {
	name     string
	size     int64
	modified time.Time
	grows    bool
	open     func() io.ReadSeeker
}

// gathered is everything to save, as it was at one instant. Nothing that happens to the folder afterwards changes it.
type gathered struct {
	sources  []source
	readings int64
	closers  []io.Closer
	stage    string
}

func (g *gathered) close() error {
	var errs []error
	for _, c := range g.closers {
		errs = append(errs, c.Close())
	}
	if g.stage != "" {
		errs = append(errs, os.RemoveAll(g.stage))
	}
	return errors.Join(errs...)
}

// gather holds what the folder has. The history's files are held before the settings are copied, and both belong to the
// same instant: a channel in the settings may be without its first readings, but no reading is of a channel that the
// settings do not know, whose number another one would get.
func gather(ctx context.Context, dir string) (g *gathered, err error) {
	if _, err := os.Stat(filepath.Join(dir, settings.File)); err != nil {
		return nil, fmt.Errorf("there is no Hypha in %s: %w", dir, err)
	}
	sweep(dir, staging, stagingLeft)
	g = &gathered{}
	defer func() {
		if err != nil {
			err = errors.Join(err, g.close())
		}
	}()
	if g.stage, err = os.MkdirTemp(dir, staging); err != nil {
		return g, fmt.Errorf("copy the settings: %w", err)
	}
	history, err := embedded.TakeSnapshot(ctx, dir, func() error { return g.databases(ctx, dir) })
	if err != nil {
		return g, fmt.Errorf("look at %s: %w", dir, err)
	}
	g.closers = append(g.closers, history)
	g.readings = history.Readings
	for _, name := range []string{settings.File, rowstore.File} {
		if err := g.hold(filepath.Join(g.stage, name), name); err != nil {
			return g, err
		}
	}
	for _, name := range []string{secret.KeyFile, configFile} { // after the settings: what is sealed in them has its key
		if err := g.hold(filepath.Join(dir, name), name); err != nil {
			return g, err
		}
	}
	for _, f := range history.Files {
		g.sources = append(g.sources, source{
			name: embedded.Folder + "/" + f.Name, size: f.Size, modified: f.Modified, grows: f.Grows,
			open: func() io.ReadSeeker { return f.Open() },
		})
	}
	return g, nil
}

// databases copies what SQLite keeps. The files are never opened here but through SQLite: closing one would drop the
// locks that this process may hold on it.
func (g *gathered) databases(ctx context.Context, dir string) error {
	if err := settings.Copy(ctx, dir, filepath.Join(g.stage, settings.File)); err != nil {
		return fmt.Errorf("copy the settings: %w", err)
	}
	err := sqlite.Copy(ctx, filepath.Join(dir, rowstore.File), filepath.Join(g.stage, rowstore.File))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// hold opens a file and keeps it; one that is not there is not saved.
func (g *gathered) hold(path, name string) error {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	g.closers = append(g.closers, f)
	info, err := f.Stat()
	if err != nil {
		return err
	}
	g.sources = append(g.sources, source{
		name: name, size: info.Size(), modified: info.ModTime(),
		open: func() io.ReadSeeker { return io.NewSectionReader(f, 0, info.Size()) },
	})
	return nil
}

// sweep removes folders of that name that are older than some time: who made them was killed.
func sweep(dir, prefix string, older time.Duration) {
	all, err := os.ReadDir(dir)
	if err != nil {
		return // it is read again, and then that is an error
	}
	for _, e := range all {
		if info, err := e.Info(); err == nil && e.IsDir() && strings.HasPrefix(e.Name(), prefix) && time.Since(info.ModTime()) >= older {
			_ = os.RemoveAll(filepath.Join(dir, e.Name())) // it only takes room
		}
	}
}
