package rowstore

import (
	"testing"

	"hypha/internal/history"
	"hypha/internal/measure"
)

// perReading reports what one reading costs, n of which an iteration handles.
func perReading(b *testing.B, n int) {
	b.Helper()
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/reading")
}

func BenchmarkAppend(b *testing.B) {
	for name, n := range map[string]int{"1": 1, "1000": 1000} {
		b.Run(name, func(b *testing.B) {
			s := open(b, b.TempDir())
			batch := make([]measure.Reading, n)
			at := int64(1_700_000_000_000)
			b.ReportAllocs()
			for b.Loop() {
				for i := range batch { // 20 channels that are read together
					batch[i] = measure.Reading{Channel: measure.ChannelID(i % 20), T: at + int64(i/20)*1000, V: 20 + float64(i)/100}
				}
				at += int64(n) * 50
				if err := s.Append(b.Context(), batch); err != nil {
					b.Fatal(err)
				}
			}
			perReading(b, n)
		})
	}
}

func BenchmarkRead(b *testing.B) {
	const n = 200_000
	s := open(b, b.TempDir())
	batch := make([]measure.Reading, 1000)
	for k := range n / len(batch) {
		for i := range batch {
			batch[i] = measure.Reading{Channel: 1, T: int64(k*len(batch)+i) * 1000, V: float64(i) / 100}
		}
		if err := s.Append(b.Context(), batch); err != nil {
			b.Fatal(err)
		}
	}
	if st, err := s.Stats(b.Context()); err != nil {
		b.Fatal(err)
	} else {
		b.Logf("%d readings in %d bytes: %.1f bytes each", st.Points, st.Bytes, float64(st.Bytes)/float64(st.Points))
	}
	b.Run("raw", func(b *testing.B) {
		for b.Loop() {
			if err := s.Raw(b.Context(), 1, 0, history.End, 0, func(measure.Reading) error { return nil }); err != nil {
				b.Fatal(err)
			}
		}
		perReading(b, n)
	})
	for name, width := range map[string]int64{"buckets of 200": 200_000, "buckets of 2": 2000} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if err := s.Buckets(b.Context(), 1, 0, n*1000, width, func(history.Bucket) error { return nil }); err != nil {
					b.Fatal(err)
				}
			}
			perReading(b, n)
		})
	}
	b.Run("latest", func(b *testing.B) {
		for b.Loop() {
			if _, err := s.Latest(b.Context(), []measure.ChannelID{1}, history.End); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("count", func(b *testing.B) {
		for b.Loop() {
			if _, err := s.Count(b.Context(), 1, 0, history.End); err != nil {
				b.Fatal(err)
			}
		}
		perReading(b, n)
	})
}
