package embedded

import (
	"context"
	"math/rand/v2"
	"os"
	"runtime"
	"syscall"
	"testing"
	"time"

	"hypha/internal/history"
	"hypha/internal/measure"
)

// walk writes readings of two decimals at 1 Hz with a jitter of some ms, as of one channel, from one instant to another.
func walk(tb testing.TB, s *Store, channels int, from, to int64) (n int) {
	tb.Helper()
	rng := rand.New(rand.NewPCG(1, 2))
	at := make([]int, channels)
	batch := make([]measure.Reading, 0, 1000)
	flush := func() {
		if err := s.Append(context.Background(), batch); err != nil {
			tb.Fatal(err)
		}
		if batch = batch[:0]; s.sealDue() {
			if err := s.Tend(context.Background()); err != nil {
				tb.Fatal(err)
			}
		}
	}
	for t := from; t < to; t += 1000 {
		jitter := int64(rng.NormFloat64() * 3)
		for c := range at {
			at[c] += rng.IntN(5) - 2
			batch = append(batch, measure.Reading{Channel: measure.ChannelID(c + 1), T: t + jitter, V: float64(2100+at[c]) / 100})
			n++
		}
		if len(batch)+channels > cap(batch) {
			flush()
		}
	}
	flush()
	return n
}

// processor is the time that the process has used.
func processor(tb testing.TB) time.Duration {
	tb.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		tb.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

const (
	begin = int64(1_700_000_000_000)
	year  = int64(365 * day)
)

func BenchmarkAppend(b *testing.B) {
	for _, channels := range []int{1, 100} {
		b.Run(map[int]string{1: "one", 100: "hundred"}[channels], func(b *testing.B) {
			s := open(b, b.TempDir())
			n := 0
			for b.Loop() {
				n += walk(b, s, channels, begin+int64(n), begin+int64(n)+1000*1000)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n), "ns/reading")
		})
	}
}

func open(tb testing.TB, dir string) *Store {
	tb.Helper()
	s, err := Open(context.Background(), dir, Config{byHand: true})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = s.Close() })
	return s
}

// BenchmarkYear draws a year of 1 Hz at some zooms.
func BenchmarkYear(b *testing.B) {
	dir := b.TempDir()
	s := open(b, dir)
	n := walk(b, s, 1, begin, begin+year/4)
	if err := s.Seal(b.Context()); err != nil {
		b.Fatal(err)
	}
	if err := s.Tidy(b.Context()); err != nil {
		b.Fatal(err)
	}
	st, err := s.Stats(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	if os.Getenv("V") != "" {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		b.Logf("%d readings in %d bytes: %.3f; heap %d", n, st.Bytes, float64(st.Bytes)/float64(n), m.HeapAlloc)
	}
	for _, zoom := range []struct {
		name string
		span int64
	}{{"minute", 60_000}, {"hour", 3_600_000}, {"day", day}, {"week", 7 * day}, {"20days", 20 * day}, {"month", 31 * day}, {"year", year}, {"decade", 10 * year}} {
		b.Run(zoom.name, func(b *testing.B) {
			to := begin + year/4 - 12345
			used := processor(b)
			for b.Loop() {
				from := to - zoom.span
				if _, err := history.MoreThan(b.Context(), s, 1, from, to, 1000); err != nil {
					b.Fatal(err)
				}
				points := 0
				err := history.Draw(b.Context(), s, 1, from, to, 1000, func(history.Bucket) error { points++; return nil })
				if err != nil || points > 1000 {
					b.Fatal(err, points)
				}
			}
			b.ReportMetric(float64(st.Bytes)/float64(n), "B/reading")
			b.ReportMetric(float64((processor(b)-used).Microseconds())/1000/float64(b.N), "cpu-ms/op")
		})
	}
}
