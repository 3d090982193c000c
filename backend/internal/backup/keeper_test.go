package backup

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// watched is a Keeper of a site, in virtual time.
type watched struct {
	*Keeper
	site  *site
	place string
	end   func()

	mu   sync.Mutex
	told []State
}

func (w *watched) tales() []State {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.told)
}

const day = 24 * time.Hour

func watch(t *testing.T, change func(*KeeperConfig)) *watched {
	t.Helper()
	s := newSite(t)
	s.close()
	w := &watched{site: s, place: filepath.Join(t.TempDir(), "backups")}
	cfg := KeeperConfig{
		Dir: s.dir, Place: Place{To: w.place}, Every: day, Keep: 2, FullEach: 3, Program: "test",
		OnChange: func(s State) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.told = append(w.told, s)
		},
	}
	change(&cfg)
	w.Keeper = NewKeeper(cfg)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if err := w.Run(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("Run: %v", err)
		}
	}()
	w.end = func() { cancel(); <-ended }
	return w
}

// pass lets time pass, and what is due be done.
func pass(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

// kinds are F and m of what is at the place, the oldest first.
func (w *watched) kinds() (all string) {
	stored, err := w.List(w.site.t.Context())
	w.site.try(err)
	for _, s := range stored {
		if s.Full {
			all += "F"
		} else {
			all += "m"
		}
	}
	return all
}

func TestChainsAreMadeAndRemoved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := watch(t, func(*KeeperConfig) {})
		defer w.end()
		pass(2 * time.Minute)
		var counts []int64
		for _, want := range []string{"F", "Fm", "Fmm", "FmmF", "FmmFm", "FmmFmm", "FmmF", "FmmFm"} {
			if got := w.kinds(); got != want {
				t.Fatalf("%q, want %q", got, want)
			}
			counts = append(counts, w.site.n)
			w.site.open() // something happens in between
			w.site.append(30, 1000)
			w.site.try(w.site.history.Seal(t.Context()))
			w.site.close()
			pass(day)
		}
		counts = append(counts, w.site.n)
		stored, err := w.List(t.Context())
		w.site.try(err)
		counts = counts[len(counts)-len(stored):]
		for i, s := range stored { // each one that is kept can be restored
			into := filepath.Join(t.TempDir(), "into")
			if _, err := Restore(t.Context(), filepath.Join(w.place, s.Name), into, nil); err != nil {
				t.Fatal(err)
			}
			w.site.same(into, counts[i])
		}
		if told := w.tales(); len(told) != 9 || told[0].Err != nil || w.State().File != stored[len(stored)-1].Name || w.State().Bytes == 0 {
			t.Errorf("told %d times, %+v", len(told), w.State())
		}
	})
}

func TestARestartMakesNoneTooSoon(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := watch(t, func(*KeeperConfig) {})
		pass(time.Hour)
		w.end()
		again := NewKeeper(w.cfg)
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() { defer close(ended); _ = again.Run(ctx) }()
		pass(22 * time.Hour)
		if got := w.kinds(); got != "F" || again.State().At.IsZero() {
			t.Errorf("%q, %+v", got, again.State())
		}
		pass(2 * time.Hour)
		if got := w.kinds(); got != "Fm" {
			t.Errorf("a day later: %q", got)
		}
		if err := again.Ask(); err != nil {
			t.Error(err)
		}
		synctest.Wait()
		if got := w.kinds(); got != "Fmm" {
			t.Errorf("asked: %q", got)
		}
		cancel()
		<-ended
	})
}

func TestAFailureIsToldOnceAndItsEndToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var works atomic.Bool
		w := watch(t, func(c *KeeperConfig) {
			place := c.Place
			c.open = func(ctx context.Context) (target, error) {
				if !works.Load() {
					return nil, errPower
				}
				return place.open(ctx)
			}
		})
		defer w.end()
		pass(10 * time.Hour)
		if s, told := w.State(), w.tales(); len(told) != 1 || !errors.Is(told[0].Err, errPower) || s.Failures < 6 || s.Running {
			t.Fatalf("told %d times; %+v", len(told), s)
		}
		works.Store(true)
		pass(6 * time.Hour)
		if s, told := w.State(), w.tales(); len(told) != 2 || !told[1].Mended || s.Err != nil || s.Failures != 0 || s.At.IsZero() {
			t.Errorf("told %d times; %+v", len(told), s)
		}
	})
}

func TestAWrongClockMakesNoBackup(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := watch(t, func(c *KeeperConfig) { c.Floor = time.Now().Add(3 * time.Hour) })
		defer w.end()
		pass(2 * time.Hour)
		if _, err := os.Stat(w.place); err == nil {
			t.Error("a backup with a wrong clock")
		}
		pass(2 * time.Hour)
		if got := w.kinds(); got != "F" {
			t.Errorf("%q", got)
		}
	})
}

// hanging is a place that takes nothing until the context ends.
type hanging struct{ folder }

func (h hanging) Put(ctx context.Context, name string, write func(io.Writer) error) (int64, error) {
	return h.folder.Put(ctx, name, func(w io.Writer) error { <-ctx.Done(); return errors.Join(ctx.Err(), write(w)) })
}

func TestItsEndGivesUpWhatIsBeingMade(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := watch(t, func(c *KeeperConfig) {
			path := c.Place.To
			c.open = func(context.Context) (target, error) { f, err := newFolder(path); return hanging{f}, err }
		})
		pass(time.Hour)
		if !w.State().Running || !errors.Is(w.Ask(), ErrRunning) {
			t.Errorf("%+v", w.State())
		}
		w.end()
		if left := names(t, w.place); len(left) != 0 {
			t.Errorf("%v", left)
		}
		for _, name := range names(t, w.site.dir) {
			if strings.HasPrefix(name, staging) {
				t.Errorf("%s is left", name)
			}
		}
	})
}

func TestWhatIsReferredToStays(t *testing.T) {
	s := newSite(t)
	dir := t.TempDir()
	k := NewKeeper(KeeperConfig{Keep: 1, Place: Place{To: dir}})
	put := func(day int, full bool, since string) string {
		path := filepath.Join(dir, nameOf(at(day), full))
		s.try(os.Rename(s.save("new", since), path))
		return path
	}
	first := put(1, true, "")
	s.append(10, 1000)
	put(2, false, first)
	put(3, true, first) // a full one by its name only
	f, err := newFolder(dir)
	s.try(err)
	stored, err := f.List(t.Context())
	s.try(err)
	s.try(k.rotate(t.Context(), f, sorted(stored)))
	if left := names(t, dir); !slices.Equal(left, []string{filepath.Base(first), nameOf(at(3), true)}) {
		t.Errorf("%v", left)
	}
	// One that is kept and cannot be read: who knows what it refers to.
	s.try(os.WriteFile(filepath.Join(dir, nameOf(at(4), true)), []byte("x"), 0o600))
	stored, err = f.List(t.Context())
	s.try(err)
	if err := k.rotate(t.Context(), f, sorted(stored)); err == nil || len(names(t, dir)) != 3 {
		t.Errorf("%v, %v", names(t, dir), err)
	}
}

func TestADamagedLastBackupBeginsANewChain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := watch(t, func(*KeeperConfig) {})
		defer w.end()
		pass(time.Hour)
		stored, err := w.List(t.Context())
		w.site.try(err)
		w.site.try(os.WriteFile(filepath.Join(w.place, stored[0].Name), []byte("damaged"), 0o600))
		pass(day)
		if got := w.kinds(); got != "FF" || w.State().Err != nil {
			t.Errorf("%q, %v", got, w.State().Err)
		}
	})
}
