package reel

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

const midnight = int64(1_772_323_200_000) // 2026-03-01T00:00:00Z

func times(frames []Frame) (all []int64) {
	for _, f := range frames {
		all = append(all, f.T-midnight)
	}
	return all
}

func fill(t *testing.T, s *Store, camera int64, bytesEach int, at ...int64) {
	t.Helper()
	for _, ms := range at {
		if err := s.Append(camera, midnight+ms, 640, 400, bytes.Repeat([]byte{byte(ms)}, bytesEach)); err != nil {
			t.Fatal(err)
		}
	}
}

func TestStillsAreFoundByTheirTimes(t *testing.T) {
	s := New(t.TempDir())
	day := (24 * time.Hour).Milliseconds()
	fill(t, s, 1, 10, -1000, 0, 1000, 1000, 500, 2000, day, day+1)
	fill(t, s, 2, 10, 1500)
	for _, c := range []struct {
		from, to int64
		most     int
		want     []int64
		total    int
	}{
		{-2000, 2 * day, 0, []int64{-1000, 0, 1000, 2000, day, day + 1}, 6}, // one that does not go up is left out
		{0, day, 0, []int64{0, 1000, 2000}, 3},
		{1, 2001, 2, []int64{1000, 2000}, 2},
		{-2000, 2 * day, 3, []int64{-1000, 1000, day + 1}, 6},
		{3000, 4000, 0, nil, 0},
	} {
		for range 2 { // the second time from what is known
			got, total, err := s.Frames(1, midnight+c.from, midnight+c.to, c.most)
			if err != nil || !slices.Equal(times(got), c.want) || total != c.total {
				t.Errorf("%d to %d: %v of %d, %v; want %v of %d", c.from, c.to, times(got), total, err, c.want, c.total)
			}
		}
	}
	f, err := s.At(1, midnight+2000)
	if err != nil {
		t.Fatal(err)
	}
	if b, err := s.Read(f); err != nil || !bytes.Equal(b, bytes.Repeat([]byte{0xD0}, 10)) || f.Width != 640 {
		t.Errorf("read %x, %+v, %v", b, f, err)
	}
	if _, err := s.At(1, midnight+2001); !errors.Is(err, ErrNotFound) {
		t.Errorf("of no time: %v", err)
	}
	if size, err := s.SizeOf(1); err != nil || size.Bytes != 6*(headSize+10) || size.From != midnight-1000 || size.To != midnight+day+1 {
		t.Errorf("the size is %+v, %v", size, err)
	}
}

func TestWhatACrashLeavesIsCutOff(t *testing.T) {
	dir := t.TempDir()
	s := New(dir)
	fill(t, s, 1, 100, 0, 1000)
	path := filepath.Join(dir, "1", "20260301T000000.000.reel")
	if err := os.Truncate(path, 2*(headSize+100)-7); err != nil {
		t.Fatal(err)
	}
	s = New(dir) // it begins anew
	fill(t, s, 1, 100, 2000)
	got, _, err := s.Frames(1, midnight, midnight+9000, 0)
	if err != nil || !slices.Equal(times(got), []int64{0, 2000}) {
		t.Errorf("there are %v, %v", times(got), err)
	}
	if _, err := s.Read(got[1]); err != nil {
		t.Error(err)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	raw[headSize+50] ^= 1 // in the first picture
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Read(got[0]); !errors.Is(err, ErrNotFound) {
		t.Errorf("a damaged still is shown: %v", err)
	}
}

func TestTheOldestGoFirst(t *testing.T) {
	s := New(t.TempDir())
	day := (24 * time.Hour).Milliseconds()
	fill(t, s, 1, 1<<20, 0, day, 2*day, 3*day)
	fill(t, s, 2, 10, 0)
	left := func(want ...int64) {
		t.Helper()
		got, _, err := s.Frames(1, 0, midnight+99*day, 0)
		if err != nil || !slices.Equal(times(got), want) {
			t.Errorf("there are %v, %v; want %v", times(got), err, want)
		}
	}
	trim := func(before, bytes int64) {
		t.Helper()
		if err := s.Trim(1, midnight+before, bytes); err != nil {
			t.Fatal(err)
		}
	}
	trim(day-1, 1<<40)
	left(0, day, 2*day, 3*day)
	trim(day, 1<<40) // all of the first is from before
	left(day, 2*day, 3*day)
	trim(0, 2<<20+100)
	left(2*day, 3*day)
	trim(9*day, 0) // the one that is being written stays
	left(3 * day)
	if err := s.Keep(map[int64]bool{2: true}); err != nil {
		t.Fatal(err)
	}
	left()
	fill(t, s, 1, 10, 4*day)
	left(4 * day)
	if size, err := s.SizeOf(2); err != nil || size.Bytes == 0 {
		t.Errorf("another camera's: %+v, %v", size, err)
	}
}
