package embedded

import (
	"context"
	"sync/atomic"
	"testing"

	"go.uber.org/goleak"

	"hypha/internal/history"
	"hypha/internal/history/historytest"
	"hypha/internal/measure"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// busy seals and tidies amid everything else.
type busy struct {
	*Store
	tb  testing.TB
	dir string
	n   atomic.Int64
}

func (b *busy) Append(ctx context.Context, readings []measure.Reading) error {
	if err := b.Store.Append(ctx, readings); err != nil {
		return err
	}
	n := b.n.Add(1)
	if n%3 == 0 {
		if err := b.Seal(ctx); err != nil {
			b.tb.Error(err)
		}
	}
	if n%7 == 0 {
		if err := b.Tidy(ctx); err != nil {
			b.tb.Error(err)
		}
	}
	return nil
}

func small(tb testing.TB) Config {
	tb.Helper()
	return Config{byHand: true, carryBelow: 2, openFiles: 3, sizePlaces: 4, OnDamage: func(d Damage) { tb.Errorf("%+v", d) }}
}

func openBusy(tb testing.TB, dir string) *busy {
	tb.Helper()
	s, err := Open(context.Background(), dir, small(tb))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = s.Close() })
	return &busy{Store: s, tb: tb, dir: dir}
}

func TestAgreesWithTheOracle(t *testing.T) {
	open := func(tb testing.TB) history.Store { return openBusy(tb, t.TempDir()) }
	reopen := func(tb testing.TB, s history.Store) history.Store {
		b, ok := s.(*busy)
		if !ok {
			tb.Fatal("another store")
		}
		if err := s.Close(); err != nil {
			tb.Error(err)
		}
		return openBusy(tb, b.dir)
	}
	historytest.Run(t, open, reopen)
}
