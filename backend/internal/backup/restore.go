package backup

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"hypha/internal/history/embedded"
	"hypha/internal/settings"
)

// MissingError says which earlier backup is needed and not there.
type MissingError struct {
	File    string // that needs it
	Earlier Earlier
}

func (e *MissingError) Error() string {
	return fmt.Sprintf("%s continues the backup of %s (id %s), which is not in its folder: put it there, or name it with --from",
		e.File, e.Earlier.Created.UTC().Format(time.RFC3339), e.Earlier.ID)
}

// Restored says what a restore did.
type Restored struct {
	Manifest *Manifest
	Kept     string // folder with what was replaced; "" when the folder was empty
}

// Restore verifies a backup, and those that it continues, and exchanges what is in the folder for it. Earlier backups are
// looked for in the folder of the file and among from. Until everything is verified the folder is as it was; after that
// it counts as restored: see exchange. settings.ErrLocked says that a server holds the folder.
func Restore(ctx context.Context, path, dir string, from []string) (r Restored, err error) {
	lock, err := settings.Lock(dir)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, lock.Close()) }()
	return restore(ctx, path, from, moves{dir: dir})
}

func restore(ctx context.Context, path string, from []string, m moves) (r Restored, err error) {
	if _, err := m.finish(); err != nil {
		return r, err
	}
	sweep(m.dir, restoring, 0)
	if err := movable(m.dir); err != nil {
		return r, err
	}
	chain, err := openChain(path, from)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, chain.close()) }()
	r.Manifest = chain.newest.manifest
	if err := room(m.dir, r.Manifest.Bytes()); err != nil {
		return r, err
	}
	stage, err := os.MkdirTemp(m.dir, restoring)
	if err != nil {
		return r, err
	}
	names, err := chain.unpack(ctx, stage)
	if err != nil {
		return r, errors.Join(err, os.RemoveAll(stage))
	}
	if r.Kept, err = m.replace(stage, names); err != nil {
		return r, err
	}
	if err := os.Remove(r.Kept); err == nil { // was empty: there was nothing
		r.Kept = ""
	}
	return r, nil
}

// movable refuses a folder whose parts cannot be moved inside it, before anything is moved.
func movable(dir string) error {
	var in, history syscall.Stat_t
	if err := syscall.Stat(dir, &in); err != nil {
		return err
	}
	path := filepath.Join(dir, embedded.Folder)
	if info, err := os.Lstat(path); err != nil || !info.IsDir() {
		return nil //nolint:nilerr // nothing there, or a link, which can be moved
	}
	if err := syscall.Stat(path, &history); err != nil {
		return err
	}
	if in.Dev != history.Dev {
		return fmt.Errorf("%s is a file system of its own, which cannot be moved aside: restore to another folder", path)
	}
	return nil
}

// room refuses what does not fit on the disk.
func room(dir string, need int64) error {
	var disk syscall.Statfs_t
	if err := syscall.Statfs(dir, &disk); err != nil {
		return err
	}
	if free := int64(disk.Bavail) * int64(disk.Bsize); need > free { //nolint:unconvert // Bsize has 32 bits on some machines
		return fmt.Errorf("what is to be restored takes %d bytes, and the disk of %s has %d: make room, or restore to another disk", need, dir, free)
	}
	return nil
}

// place is where a part goes.
type place struct {
	Part
	file string // name in the data folder
	at   int64
}

// unpack puts the files together in a folder, verifies them, and brings them to the disk. It returns what lies in the
// folder.
func (c *chain) unpack(ctx context.Context, stage string) (names []string, err error) {
	wanted := map[string]map[string]place{} // by backup and entry
	m := c.newest.manifest
	for _, f := range m.Files {
		at := int64(0)
		for _, part := range f.Parts {
			if part.Backup == "" {
				part.Backup = m.ID
			}
			if wanted[part.Backup] == nil {
				wanted[part.Backup] = map[string]place{}
			}
			if _, twice := wanted[part.Backup][part.Entry]; twice {
				return nil, fmt.Errorf("%s %w (two files share %q)", c.newest.path, ErrDamaged, part.Entry)
			}
			wanted[part.Backup][part.Entry] = place{Part: part, file: f.Name, at: at}
			at += part.Size
		}
		if name := filepath.Join(stage, filepath.FromSlash(f.Name)); f.Size >= 0 {
			if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o700), writeFile(name, nil)); err != nil {
				return nil, err
			}
		}
	}
	for _, o := range append([]*opened{c.newest}, c.earlier...) {
		if err := o.unpack(ctx, stage, wanted[o.manifest.ID], o == c.newest); err != nil {
			return nil, fmt.Errorf("%s %w", o.path, err)
		}
	}
	for _, f := range m.Files {
		if err := proven(ctx, filepath.Join(stage, filepath.FromSlash(f.Name)), f); err != nil {
			return nil, fmt.Errorf("%s %w", c.newest.path, err)
		}
	}
	if err := settings.Verify(ctx, filepath.Join(stage, settings.File)); err != nil {
		return nil, fmt.Errorf("%s: the settings in it: %w", c.newest.path, err)
	}
	return topNames(stage)
}

// topNames lists a folder after bringing it to the disk.
func topNames(stage string) (names []string, err error) {
	all, err := os.ReadDir(stage)
	if err != nil {
		return nil, err
	}
	for _, e := range all {
		names = append(names, e.Name())
		if e.IsDir() {
			if err := syncFolder(filepath.Join(stage, e.Name())); err != nil {
				return nil, err
			}
		}
	}
	return names, syncFolder(stage)
}

// unpack writes the wanted entries to their places. all says that there may be no others.
func (o *opened) unpack(ctx context.Context, stage string, wanted map[string]place, all bool) error {
	err := entries(io.NewSectionReader(o.f, 0, o.size), func(name string, size int64, content io.Reader) error {
		to, ok := wanted[name]
		if !ok {
			if all {
				return fmt.Errorf("%w (%q is not in its manifest)", ErrDamaged, name)
			}
			return ctx.Err()
		}
		if size != to.Size {
			return fmt.Errorf("%w (the size of %s)", ErrDamaged, name)
		}
		delete(wanted, name)
		return to.write(ctx, filepath.Join(stage, filepath.FromSlash(to.file)), content)
	})
	if err != nil {
		return err
	}
	for name := range wanted {
		return fmt.Errorf("%w (%s is missing)", ErrDamaged, name)
	}
	return nil
}

func (p place) write(ctx context.Context, path string, content io.Reader) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	sum := sha256.New()
	err = copyAll(ctx, io.MultiWriter(io.NewOffsetWriter(f, p.at), sum), content)
	if err == nil && hexSum(sum) != p.SHA256 {
		err = fmt.Errorf("%w (%s)", ErrDamaged, p.Entry)
	}
	return errors.Join(err, f.Close())
}

// proven compares a file with its manifest and brings it to the disk.
func proven(ctx context.Context, path string, want File) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	sum := sha256.New()
	err = copyAll(ctx, sum, f)
	if err == nil && hexSum(sum) != want.SHA256 {
		err = fmt.Errorf("%w (%s)", ErrDamaged, want.Name)
	}
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close(), os.Chtimes(path, want.Modified, want.Modified))
}

// copyAll copies to the end of r, and ends with ctx.
func copyAll(ctx context.Context, w io.Writer, r io.Reader) error {
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		_, err := io.CopyN(w, r, 1<<20)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}
