package backup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// folder is a place on this machine: another disk, or a mounted share.
type folder struct{ path string }

func newFolder(path string) (folder, error) {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return folder{}, fmt.Errorf("the folder for backups: %w", err)
	}
	return folder{path}, nil
}

func (f folder) List(context.Context) (all []Stored, err error) {
	entries, err := os.ReadDir(f.path)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if s, ok := storedAs(e.Name(), info.Size()); ok && info.Mode().IsRegular() {
			all = append(all, s)
		}
	}
	return all, nil
}

func (f folder) Put(_ context.Context, name string, write func(io.Writer) error) (size int64, err error) {
	if err := f.sweep(); err != nil {
		return 0, err
	}
	path := filepath.Join(f.path, name)
	file, err := os.OpenFile(path+temporary, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return 0, err
	}
	if err = write(file); err == nil {
		err = file.Sync()
	}
	if err == nil {
		size, err = file.Seek(0, io.SeekCurrent)
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return 0, errors.Join(err, os.Remove(path+temporary))
	}
	return size, errors.Join(os.Rename(path+temporary, path), syncFolder(f.path))
}

// sweep removes what interrupted backups have left.
func (f folder) sweep() error {
	entries, err := os.ReadDir(f.path)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if unfinished(e.Name()) {
			if err := os.Remove(filepath.Join(f.path, e.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

func (f folder) Open(_ context.Context, name string) (reading, int64, error) {
	file, err := os.Open(filepath.Join(f.path, name))
	if err != nil {
		return nil, 0, err
	}
	info, err := file.Stat()
	if err != nil {
		return nil, 0, errors.Join(err, file.Close())
	}
	return file, info.Size(), nil
}

func (f folder) Remove(_ context.Context, name string) error {
	return os.Remove(filepath.Join(f.path, name))
}

func (f folder) Close() error { return nil }
