// Package sysfs reads the files in which the Linux kernel shows its sensors.
package sysfs

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"
	"syscall"

	"hypha/internal/drivers/jsonvalue"
	"hypha/internal/host"
)

// eRemoteIO is what many I2C drivers of Linux say when a chip does not answer; package syscall knows it on Linux only.
const eRemoteIO = syscall.Errno(121)

// ErrGone says that a device or one of its files is not there: it was unplugged, or its kernel driver is not loaded.
var ErrGone = errors.New("is not there: unplugged, or its kernel driver is not loaded")

// Text returns a file's content without the space around it. The error names the file and says what the kernel said.
func Text(h host.Host, elem ...string) (string, error) {
	raw, err := h.Read(elem...)
	if err != nil {
		return "", explain(path.Base(path.Join(elem...)), err)
	}
	return strings.TrimSpace(string(raw)), nil
}

// Number returns a file's content, which must be wholly a decimal number.
func Number(h host.Host, elem ...string) (float64, error) {
	text, err := Text(h, elem...)
	if err != nil {
		return 0, err
	}
	v, err := jsonvalue.Text(text, false)
	if err != nil {
		return 0, fmt.Errorf("%s %w", path.Base(path.Join(elem...)), err)
	}
	return v, nil
}

// Has tells whether a file exists.
func Has(h host.Host, elem ...string) bool {
	_, err := os.Stat(h.Path(elem...))
	return err == nil
}

// Names lists a folder. A folder that does not exist is empty: this machine has no such devices.
func Names(h host.Host, elem ...string) ([]string, error) {
	entries, err := os.ReadDir(h.Path(elem...))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list the devices: %w", err)
	}
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = e.Name()
	}
	return names, nil
}

// explain puts the kernel's errors into words. The errno stays inside.
func explain(name string, err error) error {
	var errno syscall.Errno
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENODEV), errors.Is(err, syscall.ENXIO):
		return fmt.Errorf("%s %w", name, ErrGone)
	case errors.Is(err, syscall.EIO), errors.Is(err, eRemoteIO):
		return fmt.Errorf("read %s: the device does not answer: %w", name, err)
	case errors.Is(err, syscall.ETIMEDOUT):
		return fmt.Errorf("read %s: timeout, the device does not answer: %w", name, err)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("read %s: this program may not read it: %w", name, err)
	case errors.As(err, &errno):
		return fmt.Errorf("read %s: %w", name, errno)
	default:
		return fmt.Errorf("read %s: %w", name, err)
	}
}
