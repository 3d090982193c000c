package settings

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// LockFile is the name of the lock inside the data folder.
const LockFile = "hypha.lock"

// ErrLocked says that another process runs on the data folder.
var ErrLocked = errors.New("data folder is in use")

// FolderLock is the hold of one process on a data folder. The system drops it when the process ends, however it ends.
type FolderLock struct{ file *os.File }

// Lock takes the data folder for this process, and creates it when it is missing. When another process holds it, the
// error is an ErrLocked that names the folder and that process. Tools that only change settings need no lock.
func Lock(dir string) (*FolderLock, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("create data folder: %w", err)
	}
	f, err := os.OpenFile(filepath.Join(dir, LockFile), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock data folder: %w", err)
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		defer f.Close() // nothing was written
		if !errors.Is(err, unix.EWOULDBLOCK) {
			return nil, fmt.Errorf("lock data folder %s: %w", dir, err)
		}
		return nil, fmt.Errorf("%w: %s is held by process %s", ErrLocked, dir, holder(f))
	}
	// The number is for people only; the lock is what counts, so the file may stay behind, and on a full disk be empty.
	if err := errors.Join(f.Truncate(0), writePID(f)); err != nil && !errors.Is(err, unix.ENOSPC) {
		return nil, errors.Join(fmt.Errorf("lock data folder %s: %w", dir, err), f.Close())
	}
	return &FolderLock{file: f}, nil
}

// Close gives the folder free.
func (l *FolderLock) Close() error { return l.file.Close() }

func writePID(f *os.File) error {
	_, err := f.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0)
	return err
}

// holder reads the number of the process that holds the lock; it may not have written it yet.
func holder(f *os.File) string {
	text, err := io.ReadAll(io.NewSectionReader(f, 0, 32))
	if pid := strings.TrimSpace(string(text)); err == nil && pid != "" {
		return pid
	}
	return "unknown"
}
