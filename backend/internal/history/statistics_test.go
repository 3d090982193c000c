package history_test

import (
	"math"
	"testing"

	"hypha/internal/history"
	"hypha/internal/history/historytest"
	"hypha/internal/measure"
)

func TestStatistics(t *testing.T) {
	none := history.Band{Low: math.NaN(), High: math.NaN()}
	for _, tt := range []struct {
		name string
		t    []int64 // s
		v    []float64
		band history.Band
		want history.Statistics
	}{
		{"a straight line", []int64{0, 1, 2, 3}, []float64{1, 2, 3, 4}, history.Band{Low: 2, High: math.NaN()}, history.Statistics{
			Count: 4, Mean: 2.5, Deviation: math.Sqrt(5.0 / 3), RatePerS: 1, Integral: 7.5, CoveredMS: 3000, WithinMS: 2000,
		}},
		{"a gap counts for nothing", []int64{0, 1, 100, 101}, []float64{2, 2, 4, 4}, history.Band{Low: 3, High: 5}, history.Statistics{
			Count: 4, Mean: 3, Deviation: math.Sqrt(4.0 / 3), RatePerS: 0.019998, Integral: 6, CoveredMS: 2000, WithinMS: 1000,
		}},
		{"one reading", []int64{7}, []float64{5}, none, history.Statistics{Count: 1, Mean: 5}},
		{"through a band", []int64{0, 1}, []float64{0, 10}, history.Band{Low: 4, High: 6}, history.Statistics{
			Count: 2, Mean: 5, Deviation: math.Sqrt(50), RatePerS: 10, Integral: 5, CoveredMS: 1000, WithinMS: 200,
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := &historytest.Memory{}
			var readings []measure.Reading
			for i, at := range tt.t {
				readings = append(readings, measure.Reading{Channel: 1, T: at * 1000, V: tt.v[i]})
			}
			// What is not usable is looked past.
			readings = append(readings, measure.Reading{Channel: 1, T: 500, V: 1e9, Q: measure.Rejected})
			if err := s.Append(t.Context(), readings); err != nil {
				t.Fatal(err)
			}
			got, err := history.StatisticsOf(t.Context(), s, 1, 0, 1_000_000, 10_000, tt.band, 1000)
			if err != nil {
				t.Fatal(err)
			}
			near := func(what string, got, want float64) {
				if math.Abs(got-want) > 1e-4 {
					t.Errorf("%s is %v, want %v", what, got, want)
				}
			}
			if got.Count != tt.want.Count || got.CoveredMS != tt.want.CoveredMS || !got.HasMoments {
				t.Errorf("got %+v", got)
			}
			near("mean", got.Mean, tt.want.Mean)
			near("deviation", got.Deviation, tt.want.Deviation)
			near("slope", got.RatePerS, tt.want.RatePerS)
			near("integral", got.Integral, tt.want.Integral)
			near("within", got.WithinMS, tt.want.WithinMS)
			near("first of max", float64(got.Max.T), float64(tt.t[indexOfMax(tt.v)]*1000))
		})
	}
}

func TestStatisticsOfTooManyAreOnlyTheSummary(t *testing.T) {
	s := &historytest.Memory{}
	for i := range 20 {
		if err := s.Append(t.Context(), []measure.Reading{{Channel: 1, T: int64(i), V: float64(i)}}); err != nil {
			t.Fatal(err)
		}
	}
	got, err := history.StatisticsOf(t.Context(), s, 1, 0, 100, 10, history.Band{Low: math.NaN(), High: math.NaN()}, 10)
	if err != nil || got.HasMoments || got.Count != 20 || got.Mean != 9.5 || got.Max.V != 19 {
		t.Fatalf("got %+v, %v", got, err)
	}
}

func indexOfMax(v []float64) (at int) {
	for i := range v {
		if v[i] > v[at] {
			at = i
		}
	}
	return at
}
