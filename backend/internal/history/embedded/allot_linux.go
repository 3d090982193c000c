package embedded

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// allot sets room aside in a file, zeros until something is written.
func allot(f file, from, size int64) error {
	of, ok := f.(interface{ Fd() uintptr })
	if !ok {
		return errors.ErrUnsupported
	}
	return unix.Fallocate(int(of.Fd()), 0, from, size)
}

// syncData brings a file's contents to the disk.
func syncData(f file) error {
	of, ok := f.(*os.File)
	if !ok {
		return f.Sync()
	}
	for {
		if err := unix.Fdatasync(int(of.Fd())); !errors.Is(err, unix.EINTR) {
			return err
		}
	}
}
