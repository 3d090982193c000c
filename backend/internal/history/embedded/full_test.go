package embedded

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"hypha/internal/history"
	"hypha/internal/measure"
)

// narrow is a disk with room for so many bytes more; what does not fit is written in part, as by the system.
type narrow struct {
	osDisk
	left    int
	noSyncs bool
}

var errBadSync = &os.PathError{Op: "fsync", Path: "x", Err: syscall.EIO}

func (n *narrow) open(path string, flag int) (file, error) {
	f, err := n.osDisk.open(path, flag)
	if err != nil {
		return nil, err
	}
	return &narrowFile{f, n}, nil
}

type narrowFile struct {
	file
	n *narrow
}

func (f *narrowFile) WriteAt(b []byte, at int64) (int, error) {
	if len(b) > f.n.left {
		n, _ := f.file.WriteAt(b[:f.n.left], at)
		f.n.left = 0
		return n, syscall.ENOSPC
	}
	f.n.left -= len(b)
	return f.file.WriteAt(b, at)
}

func (f *narrowFile) Sync() error {
	if f.n.noSyncs {
		return errBadSync
	}
	return f.file.Sync()
}

func some(from int64, n int) (all []measure.Reading) {
	for i := range n {
		all = append(all, measure.Reading{Channel: 1, T: from + int64(i)*1000, V: float64(i) / 7})
	}
	return all
}

func count(t *testing.T, s *Store) int {
	t.Helper()
	n, err := s.Count(t.Context(), 1, 0, history.End)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestWhatAFullDiskTookInPartIsNoDamage: a record that did not fit is followed by a shorter one in its place, and the
// rest of it must not be taken for a damaged record.
func TestWhatAFullDiskTookInPartIsNoDamage(t *testing.T) {
	dir, disk := t.TempDir(), &narrow{left: 1 << 20}
	cfg := small(t)
	cfg.disk = disk
	s, err := Open(t.Context(), dir, cfg)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Append(t.Context(), some(0, 10)); err != nil {
		t.Fatal(err)
	}
	disk.left = 900
	if err := s.Append(t.Context(), some(100_000, 200)); !errors.Is(err, history.ErrFull) {
		t.Fatalf("on a full disk: %v", err)
	}
	disk.left = 1 << 20
	if err := s.Append(t.Context(), some(200_000, 3)); err != nil {
		t.Fatal(err)
	}
	s.journal.since = pageSize // so much that what follows goes to the next page
	if err := errors.Join(s.Sync(t.Context()), s.Append(t.Context(), some(300_000, 3))); err != nil {
		t.Fatal(err)
	}
	// It is killed: nothing is closed. The second one tells of damage by failing the test.
	again, err := Open(t.Context(), dir, small(t))
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if n := count(t, again); n != 16 {
		t.Errorf("%d readings, want 16", n)
	}
}

func TestStartsOnAFullDisk(t *testing.T) {
	dir, disk := t.TempDir(), &narrow{left: 1 << 20}
	cfg := small(t)
	cfg.disk = disk
	s, err := Open(t.Context(), dir, cfg)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(s.Append(t.Context(), some(0, 300)), s.Seal(t.Context()), s.Append(t.Context(), some(1000_000, 10))); err != nil {
		t.Fatal(err)
	}
	disk.left = 0
	if err := s.Seal(t.Context()); !errors.Is(err, history.ErrFull) {
		t.Errorf("sealing on a full disk: %v", err)
	}
	journals, err := filepath.Glob(filepath.Join(dir, Folder, "journal-*"))
	if len(journals) != 1 || err != nil {
		t.Errorf("a journal that could not be begun is left: %v, %v", journals, err)
	}
	if err := errors.Join(s.Close(), os.Remove(journals[0])); err != nil {
		t.Fatal(err)
	}
	if s, err = Open(t.Context(), dir, cfg); err != nil {
		t.Fatalf("a full disk keeps it from starting: %v", err)
	}
	if n := count(t, s); n != 300 {
		t.Errorf("%d readings, want 300", n)
	}
	if err := s.Append(t.Context(), some(0, 1)); !errors.Is(err, history.ErrFull) {
		t.Errorf("on a full disk: %v", err)
	}
	if err := s.Sync(t.Context()); err != nil {
		t.Errorf("nothing to sync: %v", err)
	}
	disk.left = 1 << 20
	if err := errors.Join(s.Append(t.Context(), some(2000_000, 5)), s.Seal(t.Context()), s.Close()); err != nil {
		t.Fatal(err)
	}
	if s, err = Open(t.Context(), dir, small(t)); err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if n := count(t, s); n != 305 {
		t.Errorf("%d readings, want 305", n)
	}
}

// TestAFailedSyncIsMadeGood: after a failed sync the system takes what it could not write for written. Only writing it
// anew helps.
func TestAFailedSyncIsMadeGood(t *testing.T) {
	ctx, dir, disk := t.Context(), t.TempDir(), &narrow{left: 1 << 20}
	cfg := small(t)
	cfg.disk = disk
	s, err := Open(ctx, dir, cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Append(ctx, some(0, 300)); err != nil {
		t.Fatal(err)
	}
	disk.noSyncs = true
	if err := s.Sync(ctx); !errors.Is(err, errBadSync) {
		t.Fatalf("a sync that fails: %v", err)
	}
	if err := s.Tend(ctx); err == nil {
		t.Error("sealing succeeds though nothing can be synced")
	}
	disk.noSyncs = false
	if err := s.Sync(ctx); s.journal.number == 1 && err == nil {
		t.Error("the next sync of the same journal is taken for good")
	}
	if err := s.Tend(ctx); err != nil {
		t.Fatal(err)
	}
	if err := s.Sync(ctx); err != nil {
		t.Errorf("after sealing: %v", err)
	}
	journals, err := filepath.Glob(filepath.Join(dir, Folder, "journal-*"))
	if len(journals) != 1 || strings.HasSuffix(journals[0], "00000001") || err != nil {
		t.Errorf("the journal whose sync failed is still there: %v, %v", journals, err)
	}
	if n := count(t, s); n != 300 {
		t.Errorf("%d readings, want 300", n)
	}
}

// TestOldWeeksCanGoOnAFullDisk: what makes room must not need any.
func TestOldWeeksCanGoOnAFullDisk(t *testing.T) {
	ctx, dir, disk := t.Context(), t.TempDir(), &narrow{left: 1 << 20}
	cfg := small(t)
	cfg.disk = disk
	s, err := Open(ctx, dir, cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, ok := s.Oldest(); ok {
		t.Error("an empty store has an oldest reading")
	}
	const week = partitionSpan
	if err := errors.Join(s.Append(ctx, some(0, 300)), s.Append(ctx, some(week, 300)), s.Seal(ctx), s.Append(ctx, some(2*week, 10))); err != nil {
		t.Fatal(err)
	}
	if at, ok := s.Oldest(); !ok || at != 0 {
		t.Errorf("the oldest reading is of %d, %t", at, ok)
	}
	disk.left = 0
	if n, err := s.DropBefore(ctx, week); err != nil || n != 300 {
		t.Errorf("dropped %d, %v; want 300", n, err)
	}
	if n, err := s.DropBefore(ctx, week+10_000); !errors.Is(err, history.ErrFull) || n != 0 {
		t.Errorf("dropped %d, %v; a part of a week cannot be dropped without writing that down", n, err)
	}
	if n := count(t, s); n != 310 {
		t.Errorf("%d readings are left, want 310", n)
	}
	disk.left = 1 << 20 // as the removed file has made
	if n, err := s.DropBefore(ctx, week+10_000); err != nil || n != 10 {
		t.Errorf("dropped %d, %v", n, err)
	}
	if at, ok := s.Oldest(); !ok || at != week+10_000 {
		t.Errorf("the oldest reading is of %d, %t", at, ok)
	}
	if n, err := s.DropBefore(ctx, 3*week); err != nil || n != 300 {
		t.Errorf("dropped %d, %v", n, err)
	}
	if at, ok := s.Oldest(); ok {
		t.Errorf("there is still one of %d", at)
	}
}
