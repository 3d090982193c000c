package embedded

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"hypha/internal/history"
	"hypha/internal/history/historytest"
	"hypha/internal/measure"
)

var errDied = errors.New("died")

// mortal is a disk that dies at a call: a write is done in part, and nothing works any more.
type mortal struct {
	osDisk
	left int // calls that change something, until it dies
	part float64
}

func (m *mortal) lives() bool {
	m.left--
	return m.left >= 0
}

func (m *mortal) open(path string, flag int) (file, error) {
	if flag&os.O_CREATE != 0 && !m.lives() {
		return nil, errDied
	}
	f, err := m.osDisk.open(path, flag)
	if err != nil {
		return nil, err
	}
	return &mortalFile{f, m}, nil
}

func (m *mortal) rename(from, to string) error {
	if !m.lives() {
		return errDied
	}
	return m.osDisk.rename(from, to)
}

func (m *mortal) remove(path string) error {
	if !m.lives() {
		return errDied
	}
	return m.osDisk.remove(path)
}

func (m *mortal) syncDir(string) error {
	if !m.lives() {
		return errDied
	}
	return nil
}

type mortalFile struct {
	f file
	m *mortal
}

func (f *mortalFile) ReadAt(b []byte, at int64) (int, error) { return f.f.ReadAt(b, at) }
func (f *mortalFile) Close() error                           { return f.f.Close() }
func (f *mortalFile) Stat() (fs.FileInfo, error)             { return f.f.Stat() }

func (f *mortalFile) WriteAt(b []byte, at int64) (int, error) {
	if f.m.lives() {
		return f.f.WriteAt(b, at)
	}
	if f.m.left == -1 { // the very write it dies in
		_, _ = f.f.WriteAt(b[:int(f.m.part*float64(len(b)))], at)
	}
	return 0, errDied
}

func (f *mortalFile) Sync() error {
	if !f.m.lives() {
		return errDied
	}
	return nil
}

func (f *mortalFile) Truncate(size int64) error {
	if !f.m.lives() {
		return errDied
	}
	return f.f.Truncate(size)
}

const day = 24 * 3600 * 1000

// deed is something done to a store.
type deed struct {
	name string
	do   func(context.Context, history.Store) error
}

// deeds draws what is done: over some weeks, with chunks large enough to have cells now and then.
func deeds(r *rapid.T) (all []deed) {
	instant := func() int64 {
		return rapid.OneOf(rapid.Int64Range(0, 30*day), rapid.Int64Range(13*day, 15*day)).Draw(r, "t")
	}
	channel := func() measure.ChannelID { return measure.ChannelID(rapid.IntRange(1, 3).Draw(r, "channel")) }
	for range rapid.IntRange(1, 12).Draw(r, "deeds") {
		switch rapid.SampledFrom([]string{"append", "append", "append", "stream", "stream", "seal", "seal", "tidy", "delete", "rescale", "drop", "channel"}).Draw(r, "deed") {
		case "append":
			readings := rapid.SliceOfN(rapid.Custom(func(r *rapid.T) measure.Reading {
				return measure.Reading{
					Channel: channel(), T: instant(), V: float64(rapid.IntRange(-500, 500).Draw(r, "v")) / 10,
					Q: rapid.SampledFrom([]measure.Quality{measure.Good, measure.Good, measure.Rejected}).Draw(r, "q"),
				}
			}), 1, 40).Draw(r, "readings")
			all = append(all, deed{fmt.Sprintf("append %d", len(readings)), func(ctx context.Context, s history.Store) error { return s.Append(ctx, readings) }})
		case "stream": // as of a device with three channels
			from, period, n := instant(), rapid.SampledFrom([]int64{1000, 7000, 60_000}).Draw(r, "period"), rapid.IntRange(1, 3000).Draw(r, "n")
			var readings []measure.Reading
			for i := range n {
				for id := range 3 {
					readings = append(readings, measure.Reading{
						Channel: measure.ChannelID(id + 1), T: from + int64(i)*period + int64(i*7%13), V: 20 + float64(i%100*(id+1))/100,
					})
				}
			}
			all = append(all, deed{fmt.Sprintf("stream %d of %d ms at %d", n, period, from), func(ctx context.Context, s history.Store) error { return s.Append(ctx, readings) }})
		case "seal":
			all = append(all, deed{"seal", func(ctx context.Context, s history.Store) error {
				return onStore(s, func(s *Store) error { return s.Seal(ctx) })
			}})
		case "tidy":
			all = append(all, deed{"tidy", func(ctx context.Context, s history.Store) error {
				return onStore(s, func(s *Store) error { return s.Tidy(ctx) })
			}})
		case "delete":
			id, from, to := channel(), instant(), instant()
			all = append(all, deed{fmt.Sprintf("delete %d [%d,%d)", id, from, to), func(ctx context.Context, s history.Store) error { _, err := s.Delete(ctx, id, from, to); return err }})
		case "channel":
			id := channel()
			all = append(all, deed{fmt.Sprintf("delete %d", id), func(ctx context.Context, s history.Store) error { _, err := s.DeleteChannel(ctx, id); return err }})
		case "rescale":
			id, by := channel(), measure.Affine{Scale: 1.8, Offset: 32}
			all = append(all, deed{fmt.Sprintf("rescale %d", id), func(ctx context.Context, s history.Store) error { return s.Rescale(ctx, id, by) }})
		case "drop":
			t := instant() / 3
			all = append(all, deed{fmt.Sprintf("drop before %d", t), func(ctx context.Context, s history.Store) error { _, err := s.DropBefore(ctx, t); return err }})
		}
	}
	return all
}

func onStore(s history.Store, do func(*Store) error) error {
	if own, ok := s.(*Store); ok {
		return do(own)
	}
	return nil // the oracle has nothing to seal
}

// differs compares two stores in every way of asking; "" when they agree.
func differs(ctx context.Context, got, want history.Store, r *rapid.T) string {
	list := func(s history.Store, id measure.ChannelID) (all []measure.Reading, err error) {
		return all, s.Raw(ctx, id, math.MinInt64, history.End, 0, func(r measure.Reading) error { all = append(all, r); return nil })
	}
	same := func(a, b measure.Reading) bool {
		return a.Channel == b.Channel && a.T == b.T && a.Q == b.Q && math.Abs(a.V-b.V) < 1e-9*max(1, math.Abs(b.V))
	}
	for id := measure.ChannelID(1); id <= 3; id++ {
		a, err := list(got, id)
		b, _ := list(want, id) // Memory gives no errors here
		if err != nil || !slices.EqualFunc(a, b, same) {
			return fmt.Sprintf("channel %d: %d readings, %v; want %d", id, len(a), err, len(b))
		}
		from, to := rapid.Int64Range(-day, 31*day).Draw(r, "from"), rapid.Int64Range(-day, 31*day).Draw(r, "to")
		width := rapid.SampledFrom([]int64{60_000, cellWidth, 3 * cellWidth, day, 12_345_678}).Draw(r, "width")
		if rapid.Bool().Draw(r, "aligned") {
			from = from / cellWidth * cellWidth
		}
		buckets := func(s history.Store) (all []history.Bucket, err error) {
			return all, s.Buckets(ctx, id, from, to, width, func(b history.Bucket) error { all = append(all, b); return nil })
		}
		x, err := buckets(got)
		y, _ := buckets(want) // likewise
		near := func(a, b float64) bool { return math.Abs(a-b) < 1e-9*max(100, math.Abs(b)) }
		if err != nil || !slices.EqualFunc(x, y, func(a, b history.Bucket) bool {
			return a.T == b.T && a.Count == b.Count && near(a.Min, b.Min) && near(a.Max, b.Max) && near(a.Mean, b.Mean)
		}) {
			return fmt.Sprintf("buckets of %d in [%d,%d) by %d:\n%v, %v; want\n%v", id, from, to, width, x, err, y)
		}
		n, err := got.Count(ctx, id, from, to)
		if m, _ := want.Count(ctx, id, from, to); n != m || err != nil { // likewise
			return fmt.Sprintf("%d of %d in [%d,%d), %v; want %d", n, id, from, to, err, m)
		}
		l, err := got.Latest(ctx, []measure.ChannelID{id}, to)
		if m, _ := want.Latest(ctx, []measure.ChannelID{id}, to); err != nil || !slices.EqualFunc(l, m, same) { // likewise
			return fmt.Sprintf("latest of %d before %d: %v, %v; want %v", id, to, l, err, m)
		}
	}
	return ""
}

// TestACrashAtAnyWriteLosesNothing kills the store amid whatever it does, as a kill -9 does: what it has written stays.
func TestACrashAtAnyWriteLosesNothing(t *testing.T) {
	ctx := t.Context()
	rapid.Check(t, func(r *rapid.T) {
		dir := t.TempDir()
		oracle := &historytest.Memory{}
		cfg := small(t)
		cfg.OnDamage = func(d Damage) {
			if !d.Tail {
				r.Errorf("%+v", d)
			}
		}
		for life := range 3 {
			m := &mortal{left: rapid.IntRange(3, 60).Draw(r, "calls"), part: rapid.Float64Range(0, 1).Draw(r, "part")}
			if life == 2 {
				m.left = math.MaxInt
			}
			cfg.disk = m
			s, err := Open(ctx, dir, cfg)
			if err != nil && !errors.Is(err, errDied) {
				r.Fatalf("open: %v", err)
			}
			if err != nil {
				continue
			}
			before := differs(ctx, s, oracle, r)
			if before != "" {
				r.Fatalf("life %d begins with %s", life, before)
			}
			for _, d := range deeds(r) {
				r.Log(life, d.name)
				after := copied(ctx, oracle)
				want := d.do(ctx, after)
				if err := d.do(ctx, s); err == nil {
					oracle = after
					if diff := differs(ctx, s, oracle, r); diff != "" {
						r.Fatalf("after %s: %s", d.name, diff)
					}
				} else if m.left >= 0 {
					r.Fatalf("%s: %v, want %v", d.name, err, want)
				} else {
					_ = s.Close() // it is dead
					cfg.disk = nil
					again, err := Open(ctx, dir, cfg)
					if err != nil {
						r.Fatalf("open after death in %s: %v", d.name, err)
					}
					if differs(ctx, again, after, r) == "" {
						oracle = after
					} else if diff := differs(ctx, again, oracle, r); diff != "" {
						r.Fatalf("after death in %s: neither done nor undone: %s", d.name, diff)
					}
					if err := again.Close(); err != nil {
						r.Fatal(err)
					}
					break
				}
			}
			_ = s.Close() // a second time it does nothing
		}
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
	})
}

func copied(ctx context.Context, m *historytest.Memory) *historytest.Memory {
	c := &historytest.Memory{}
	_ = c.Append(ctx, m.All()) // Memory gives no errors here
	return c
}
