//go:build !linux

package embedded

import "errors"

func allot(file, int64, int64) error { return errors.ErrUnsupported }

func syncData(f file) error { return f.Sync() }
