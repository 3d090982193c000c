package history

import (
	"context"
	"math"

	"hypha/internal/measure"
)

// Statistics is what the usable readings of a channel in a span come to, each of them looked at. Between two readings that
// are no gap apart the value is taken to go straight from one to the other.
type Statistics struct {
	Count      int64
	Min, Max   measure.Reading // the first of each
	Mean       float64         // of the readings
	Deviation  float64         // standard deviation of the readings, with n-1; 0 for one
	RatePerS   float64         // slope of the straight line through the readings, in units per second; 0 for one
	Integral   float64         // in units times seconds, gaps left out
	CoveredMS  int64           // ms that lie between two readings without a gap
	WithinMS   float64         // ms of them inside the band
	HasMoments bool            // false: too many readings to look at each; only Count, Mean and the values of Min and Max are known
}

// Band is a closed range of values; NaN on a side means that it has no such end.
type Band struct{ Low, High float64 }

// StatisticsOf looks at the readings of a channel in [from, to). Silence longer than gap ms is a gap. When there are more than most readings,
// only what summaries tell is answered. It reads the store once and keeps nothing.
func StatisticsOf(ctx context.Context, s Store, id measure.ChannelID, from, to, gap int64, band Band, most int64) (Statistics, error) {
	many, err := MoreThan(ctx, s, id, from, to, most)
	if err != nil {
		return Statistics{}, err
	}
	if many {
		a, err := AggregateOf(ctx, s, id, from, to)
		return Statistics{Count: a.Count, Min: measure.Reading{V: a.Min}, Max: measure.Reading{V: a.Max}, Mean: a.Mean}, err
	}
	m := moments{gap: gap, band: band}
	err = s.Raw(ctx, id, from, to, 0, func(r measure.Reading) error {
		if r.Q.Usable() {
			m.add(r)
		}
		return nil
	})
	return m.result(), err
}

// moments gathers them in one pass (Welford), times in seconds after the first reading.
type moments struct {
	Statistics
	gap          int64
	band         Band
	first, last  measure.Reading
	meanT        float64
	vv, tt, both float64 // sums of squared and mixed distances from the means
}

func (m *moments) add(r measure.Reading) {
	m.Count++
	if m.Count == 1 {
		m.first, m.Min, m.Max = r, r, r
	} else {
		m.span(m.last, r)
	}
	if r.V < m.Min.V {
		m.Min = r
	}
	if r.V > m.Max.V {
		m.Max = r
	}
	n, t := float64(m.Count), float64(r.T-m.first.T)/1000
	dv, dt := r.V-m.Mean, t-m.meanT
	m.Mean += dv / n
	m.meanT += dt / n
	m.vv += dv * (r.V - m.Mean)
	m.tt += dt * (t - m.meanT)
	m.both += dt * (r.V - m.Mean)
	m.last = r
}

// span adds what lies between two neighbours.
func (m *moments) span(a, b measure.Reading) {
	ms := b.T - a.T
	if ms > m.gap {
		return
	}
	m.CoveredMS += ms
	m.Integral += (a.V + b.V) / 2 * float64(ms) / 1000
	m.WithinMS += m.band.share(a.V, b.V) * float64(ms)
}

// share is how much of the way from a to b is inside the band, 0..1.
func (b Band) share(v, w float64) float64 {
	low, high := b.Low, b.High
	if math.IsNaN(low) {
		low = math.Inf(-1)
	}
	if math.IsNaN(high) {
		high = math.Inf(1)
	}
	least, most := min(v, w), max(v, w)
	if least == most {
		if least >= low && most <= high {
			return 1
		}
		return 0
	}
	return max(0, min(most, high)-max(least, low)) / (most - least)
}

func (m *moments) result() Statistics {
	m.HasMoments = true
	if m.Count > 1 {
		m.Deviation = math.Sqrt(m.vv / float64(m.Count-1))
	}
	if m.tt > 0 {
		m.RatePerS = m.both / m.tt
	}
	return m.Statistics
}
