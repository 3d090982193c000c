package backup

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// opened is a backup's file.
type opened struct {
	path     string
	f        *os.File
	size     int64
	manifest *Manifest
}

func openFile(path string) (*opened, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New("is no file")
	}
	o := &opened{path: path, f: f}
	if err == nil {
		o.size = info.Size()
		o.manifest, err = ReadManifest(f, o.size)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s %w", path, err), f.Close())
	}
	return o, nil
}

// ManifestOf reads the manifest of a file.
func ManifestOf(path string) (*Manifest, error) {
	o, err := openFile(path)
	if err != nil {
		return nil, err
	}
	return o.manifest, o.f.Close()
}

// chain is a backup with those that it continues.
type chain struct {
	newest  *opened
	earlier []*opened
}

func (c *chain) close() error {
	errs := []error{c.newest.f.Close()}
	for _, o := range c.earlier {
		errs = append(errs, o.f.Close())
	}
	return errors.Join(errs...)
}

// openChain opens a backup and finds the others by their ids, whatever their files are called.
func openChain(path string, from []string) (*chain, error) {
	newest, err := openFile(path)
	if err != nil {
		return nil, err
	}
	c := &chain{newest: newest}
	missing := slices.Clone(newest.manifest.Earlier)
	take := func(path string, must bool) error {
		o, err := openFile(path)
		if err != nil {
			if must {
				return err
			}
			return nil // something else that lies in the folder
		}
		i := slices.IndexFunc(missing, func(e Earlier) bool { return e.ID == o.manifest.ID })
		if i < 0 {
			return o.f.Close()
		}
		missing = slices.Delete(missing, i, i+1)
		c.earlier = append(c.earlier, o)
		return nil
	}
	for _, other := range from {
		if err := take(other, true); err != nil {
			return nil, errors.Join(err, c.close())
		}
	}
	if len(missing) > 0 {
		beside, err := os.ReadDir(filepath.Dir(path))
		if err != nil {
			return nil, errors.Join(err, c.close())
		}
		for _, e := range beside {
			if !e.Type().IsRegular() || strings.HasSuffix(e.Name(), temporary) {
				continue
			}
			if err := take(filepath.Join(filepath.Dir(path), e.Name()), false); err != nil {
				return nil, errors.Join(err, c.close())
			}
		}
	}
	if len(missing) > 0 {
		return nil, errors.Join(&MissingError{File: path, Earlier: missing[0]}, c.close())
	}
	return c, nil
}
