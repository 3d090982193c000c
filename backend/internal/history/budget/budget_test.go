package budget

import (
	"context"
	"errors"
	"testing"
	"time"
)

// disk is a disk with a history of weeks on it, of 100 bytes each.
type disk struct {
	total, others uint64
	weeks         []int64 // numbers, ascending
	fails         error
}

func (d *disk) space(string) (Space, error) {
	used := d.others + 100*uint64(len(d.weeks))
	return Space{Free: d.total - min(d.total, used), Total: d.total}, nil
}

func (d *disk) Oldest() (int64, bool) {
	if len(d.weeks) == 0 {
		return 0, false
	}
	return d.weeks[0]*week + 5, true
}

func (d *disk) DropBefore(_ context.Context, t int64) (n int64, err error) {
	if d.fails != nil {
		return 0, d.fails
	}
	for len(d.weeks) > 0 && (d.weeks[0]+1)*week <= t {
		d.weeks, n = d.weeks[1:], n+1
	}
	return n, nil
}

func watched(d *disk, told *[]State) *Watcher {
	return New(Config{
		Store: d, Space: d.space, Keep: func(uint64) uint64 { return 400 },
		Now:  func() time.Time { return time.UnixMilli(2900*week + week/2) },
		Tell: func(s State) { *told = append(*told, s) },
	})
}

func TestTheOldestWeeksGoBeforeTheDiskIsFull(t *testing.T) {
	d := &disk{total: 2000, others: 1000, weeks: []int64{10, 2800, 2896, 2897, 2898, 2899, 2900}}
	var told []State
	w := watched(d, &told)
	look := func() {
		t.Helper()
		if err := w.look(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	look()
	if len(d.weeks) != 6 || d.weeks[0] != 2800 {
		t.Errorf("left are %v: one week was enough", d.weeks)
	}
	look()
	if len(told) != 1 || !told[0].Short || told[0].Free != 300 {
		t.Errorf("told %+v, want the beginning once", told)
	}
	d.others = 1500
	look()
	look()
	if len(d.weeks) != 2 || d.weeks[0] != 2899 {
		t.Errorf("left are %v, want the newest week and what reaches into it", d.weeks)
	}
	if len(told) != 2 || !told[1].Exhausted || told[1].Dropped != 5 {
		t.Errorf("told %+v, want that there is nothing left", told)
	}
	d.others = 1000
	look()
	if len(told) != 3 || told[2].Short || told[2].Dropped != 5 {
		t.Errorf("told %+v, want the end", told)
	}
	look()
	if len(told) != 3 {
		t.Errorf("told %+v, want nothing more", told)
	}
}

func TestALookThatFailsIsNoReasonToStop(t *testing.T) {
	d := &disk{total: 1000, others: 900, weeks: []int64{1, 2}, fails: errors.New("no")}
	var told []State
	w := watched(d, &told)
	if err := w.look(t.Context()); !errors.Is(err, d.fails) {
		t.Errorf("%v, want %v", err, d.fails)
	}
	d.fails = nil
	d.others = 500
	if err := w.look(t.Context()); err != nil || len(d.weeks) != 1 {
		t.Errorf("%v, left are %v", err, d.weeks)
	}
}

func TestDefault(t *testing.T) {
	const mb = 1 << 20
	for total, want := range map[uint64]uint64{24 * mb: 24 * mb / 10, 4096 * mb: 256 * mb, 16384 * mb: 16384 * mb / 20, 1 << 40: 2048 * mb} {
		if got := Default(total); got != want {
			t.Errorf("of %d MB %d MB are kept free, want %d", total/mb, got/mb, want/mb)
		}
	}
}

func TestSpaceOf(t *testing.T) {
	if s, err := SpaceOf(t.TempDir()); err != nil || s.Total == 0 || s.Free > s.Total {
		t.Errorf("%+v, %v", s, err)
	}
	if _, err := SpaceOf("/nowhere/at/all"); err == nil {
		t.Error("a folder that is not there has room")
	}
}
