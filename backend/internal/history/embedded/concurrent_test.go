package embedded

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sync"
	"testing"

	"hypha/internal/history"
	"hypha/internal/measure"
)

// TestReadersSeeWholeHistoriesWhileEverythingMoves appends, seals, tidies, deletes and reads at the same time. Channel c
// holds c, 2c, 3c, ... at the instants 1, 2, 3, ...; a reader must find them without a gap up to where it finds any.
func TestReadersSeeWholeHistoriesWhileEverythingMoves(t *testing.T) {
	s, err := Open(t.Context(), t.TempDir(), small(t))
	if err != nil {
		t.Fatal(err)
	}
	const channels, each = 4, 3000
	ctx, cancel := context.WithCancel(t.Context())
	var writers, others sync.WaitGroup
	for c := measure.ChannelID(1); c <= channels; c++ {
		writers.Go(func() {
			for i := int64(1); i <= each; i++ {
				if err := s.Append(ctx, []measure.Reading{{Channel: c, T: i * 600_000, V: float64(i) * float64(c)}}); err != nil {
					t.Error(err)
				}
			}
		})
		others.Go(func() {
			for ctx.Err() == nil {
				if err := whole(ctx, s, c); err != nil && ctx.Err() == nil {
					t.Error(err)
					return
				}
			}
		})
	}
	others.Go(func() {
		for ctx.Err() == nil {
			if err := errors.Join(s.Seal(ctx), s.Tidy(ctx)); err != nil && ctx.Err() == nil {
				t.Error(err)
			}
		}
	})
	others.Go(func() {
		for ctx.Err() == nil {
			if _, err := s.Delete(ctx, 9, 0, 10); err != nil && ctx.Err() == nil {
				t.Error(err)
			}
			if err := s.Append(ctx, []measure.Reading{{Channel: 9, T: 5, V: 1}}); err != nil && ctx.Err() == nil {
				t.Error(err)
			}
			if err := s.Sync(ctx); err != nil {
				t.Error(err)
			}
			if _, err := s.Stats(ctx); err != nil {
				t.Error(err)
			}
		}
	})
	writers.Wait()
	cancel()
	others.Wait()
	for c := measure.ChannelID(1); c <= channels; c++ {
		if n, err := s.Count(t.Context(), c, 0, math.MaxInt64); n != each || err != nil {
			t.Errorf("channel %d has %d readings, %v", c, n, err)
		}
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// whole checks that a channel has no gap, in two ways of asking.
func whole(ctx context.Context, s *Store, c measure.ChannelID) error {
	last := int64(0)
	err := s.Raw(ctx, c, 0, history.End, 0, func(r measure.Reading) error {
		if r.T != (last+1)*600_000 || r.V != float64(last+1)*float64(c) {
			return fmt.Errorf("channel %d: %+v after number %d", c, r, last)
		}
		last++
		return nil
	})
	if err != nil {
		return err
	}
	n := int64(0)
	err = s.Buckets(ctx, c, 0, (last+1)*600_000, 6_000_000, func(b history.Bucket) error { n += b.Count; return nil })
	if err == nil && n != last {
		err = fmt.Errorf("channel %d: %d readings in buckets, %d were there before", c, n, last)
	}
	return err
}
