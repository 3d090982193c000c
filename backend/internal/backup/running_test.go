package backup

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"hypha/internal/history"
	"hypha/internal/history/embedded"
	"hypha/internal/measure"
	"hypha/internal/settings"
)

// counting is a store that is never at rest: channel 1 counts up, so does channel 2, whose beginning is deleted, and channel
// 3 is one reading that is doubled. The settings have the count of channel 1 before the history has it.
type counting struct {
	*site
	reached, deleted, doubled atomic.Int64 // done for certain
	trying                    atomic.Int64 // begun at most
}

const (
	stepMS  = week / 300
	edit    = 150 // appends between two deletions
	convert = 400 // and between two conversions
	tended  = 250 // and between two seals
)

func (c *counting) turn(ctx context.Context, n int64) error {
	c.trying.Store(n)
	r := func(ch measure.ChannelID) measure.Reading {
		return measure.Reading{Channel: ch, T: 2900*week + n*stepMS, V: float64(n)}
	}
	err := errors.Join(c.settings.KV.Set(ctx, "count", n), c.history.Append(ctx, []measure.Reading{r(1), r(2)}))
	if err != nil {
		return err
	}
	c.reached.Store(n)
	if n%edit == 0 {
		if _, err := c.history.Delete(ctx, 2, 0, 2900*week+(n-100)*stepMS); err != nil {
			return err
		}
		c.deleted.Store(max(0, n-101))
	}
	if n%convert == 0 {
		if err := c.history.Rescale(ctx, 3, measure.Affine{Scale: 1.0009765625}); err != nil {
			return err
		}
		c.doubled.Add(1)
	}
	return nil
}

// tend seals and tidies far more often than a store does by itself.
func (c *counting) tend(ctx context.Context) error {
	for n := 0; ctx.Err() == nil; n++ {
		err := c.history.Seal(ctx)
		if n%4 == 0 {
			err = errors.Join(err, c.history.Tidy(ctx))
		}
		if err != nil {
			return err
		}
		// Between two seals a backup needs a moment; a store has minutes of it.
		for began := c.reached.Load(); ctx.Err() == nil && c.reached.Load() < began+tended; {
			if err := c.history.Sync(ctx); err != nil {
				return err
			}
		}
	}
	return nil
}

func TestABackupOfARunningStoreIsOneInstant(t *testing.T) {
	s := &site{t: t, dir: filepath.Join(t.TempDir(), "data")}
	s.open()
	c := &counting{site: s}
	s.try(s.history.Append(t.Context(), []measure.Reading{{Channel: 3, T: 2900 * week, V: 1}}))
	s.try(c.turn(t.Context(), 1))
	ctx, end := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() {
		for n := int64(2); ctx.Err() == nil; n++ {
			if err := c.turn(ctx, n); err != nil && ctx.Err() == nil {
				t.Error(err)
				return
			}
		}
	})
	running.Go(func() {
		if err := c.tend(ctx); err != nil && ctx.Err() == nil {
			t.Error(err)
		}
	})
	defer running.Wait()
	defer end()
	rounds := 12
	if testing.Short() {
		rounds = 3
	}
	since := ""
	for i := range rounds {
		low, deleted, doubled := c.reached.Load(), c.deleted.Load(), c.doubled.Load()
		since = s.save(fmt.Sprintf("%d.tar.zst", i), since)
		high := c.trying.Load()
		into := filepath.Join(t.TempDir(), "into")
		_, err := Restore(t.Context(), since, into, nil)
		s.try(err)
		c.check(into, low, high, deleted, doubled)
	}
}

// check fails unless a folder is what the store was at one instant between low and high.
func (c *counting) check(dir string, low, high, deleted, doubled int64) {
	c.t.Helper()
	ctx := context.Background()
	h, err := embedded.Open(ctx, dir, embedded.Config{OnDamage: func(d embedded.Damage) { c.t.Errorf("%+v", d) }})
	c.try(err)
	defer func() { _ = h.Close() }() // only read
	values := func(ch measure.ChannelID) (all []float64) {
		c.try(h.Raw(ctx, ch, -history.End-1, history.End, 0, func(r measure.Reading) error {
			all = append(all, r.V)
			return nil
		}))
		return all
	}
	one, two, three := values(1), values(2), values(3)
	n := int64(len(one))
	if n < low || n > high {
		c.t.Errorf("%d readings, of between %d and %d", n, low, high)
	}
	for i, v := range one {
		if v != float64(i+1) {
			c.t.Fatalf("reading %d is %g", i+1, v)
		}
	}
	if len(two) == 0 || two[len(two)-1] != float64(n) {
		c.t.Fatalf("channel 2 ends otherwise than channel 1, which has %d: %v", n, two[max(0, len(two)-3):])
	}
	for i, v := range two {
		if v != two[0]+float64(i) {
			c.t.Fatalf("channel 2 has a gap at %g", v)
		}
	}
	// What is deleted depends on how far channel 1 is: the one before, when that was to be deleted and was not yet.
	if first := int64(two[0]); first < deleted+1 || first > max(1, n-100) || n > 200 && first < n-100-2*edit {
		c.t.Errorf("channel 2 begins with %d at %d", first, n)
	}
	times, scale := int64(0), 1.0
	for ; scale < three[0]; times++ {
		scale *= 1.0009765625
	}
	if len(three) != 1 || times < doubled || times < n/convert-1 || times > n/convert {
		c.t.Errorf("channel 3 is %v after %d conversions, at %d", three, times, n)
	}
	st, err := settings.Open(ctx, dir, slog.New(slog.DiscardHandler))
	c.try(err)
	defer func() { _ = st.Close() }() // only read
	var count int64
	if _, err := st.KV.Get(ctx, "count", &count); err != nil || count < n || count > high {
		c.t.Errorf("the settings count %d, the history %d (%v)", count, n, err)
	}
}
