package embedded

import (
	"os"
	"syscall"
	"time"
)

// Fault is a way in which a disk can be worse than it should be, for tests of the whole program.
type Fault string

// What can be wrong with a disk.
const (
	NoFault  Fault = ""
	SlowSync Fault = "fsync-slow" // each sync takes a while, as on a worn SD card
	FailSync Fault = "fsync-fail" // for a second all syncs fail, for the next they work
)

const slowSyncTakes = 400 * time.Millisecond

// diskWith returns a disk that has a fault.
func diskWith(f Fault) disk {
	if f == NoFault {
		return osDisk{}
	}
	return &faultyDisk{fault: f, began: time.Now()}
}

// faultyDisk stores well and syncs badly.
type faultyDisk struct {
	osDisk
	fault Fault
	began time.Time
}

func (d *faultyDisk) sync(really func() error) error {
	if d.fault == SlowSync {
		time.Sleep(slowSyncTakes) //nolint:forbidigo // a slow disk is what this is
	} else if int(time.Since(d.began).Seconds())%2 == 0 {
		return &os.PathError{Op: "fsync", Path: "the disk of a test", Err: syscall.EIO}
	}
	return really()
}

func (d *faultyDisk) open(path string, flag int) (file, error) {
	f, err := os.OpenFile(path, flag, 0o600)
	if err != nil {
		return nil, err
	}
	return &faultyFile{f, d}, nil
}

func (d *faultyDisk) syncDir(path string) error {
	return d.sync(func() error { return d.osDisk.syncDir(path) })
}

// faultyFile is a file of a faulty disk.
type faultyFile struct {
	*os.File
	disk *faultyDisk
}

func (f *faultyFile) Sync() error { return f.disk.sync(f.File.Sync) }
