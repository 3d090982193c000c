package tuning

import (
	"errors"
	"fmt"
	"math"
	"slices"
)

// Sample is one control period of an experiment: the measurement, and the output that was held from then on.
type Sample struct {
	T float64 `json:"t_s"`
	Y float64 `json:"y"`
	U float64 `json:"u"`
}

// Record is what an experiment has seen, from rest on.
type Record struct {
	Samples []Sample
	Period  float64 // s
	Rest    float64 // output before and during the noise measurement
	Steady  int     // samples at rest, before the output moved
	Local   int     // the sample from which on the measurement is near the set-point
	Noise   Noise
	Lower   bool // more output lowers the measurement
	Both    bool // the output acts in both directions, below and above 0
}

// Noise is what a measurement does while nothing happens.
type Noise struct {
	Mean    float64 `json:"mean"`
	Sigma   float64 `json:"sigma"`   // without what rounding adds
	Quantum float64 `json:"quantum"` // step of the resolution; 0: none was seen
	Drift   float64 `json:"drift"`   // per second

	residual, rough float64 // standard deviations beside the drift, and of neighbours' differences
}

// band is how far a measurement strays without meaning anything.
func (n Noise) band() float64 { return 3*n.Sigma + n.Quantum }

// maxSamples bounds a record: at one a second, two days.
const maxSamples = 200_000

var errTooLong = errors.New("the experiment has more samples than are kept: use a longer period")

// noiseOf looks at the measurements at rest.
func noiseOf(samples []Sample) Noise {
	var n Noise
	count := float64(len(samples))
	var st, sy float64
	for _, s := range samples {
		st, sy = st+s.T, sy+s.Y
	}
	tm := st / count
	n.Mean = sy / count
	var stt, sty float64
	for _, s := range samples {
		stt, sty = stt+(s.T-tm)*(s.T-tm), sty+(s.T-tm)*(s.Y-n.Mean)
	}
	if stt > 0 {
		n.Drift = sty / stt
	}
	square := 0.0
	n.Quantum = math.Inf(1)
	for i, s := range samples {
		e := s.Y - n.Mean - n.Drift*(s.T-tm)
		square += e * e
		if i == 0 {
			continue
		}
		d := math.Abs(s.Y - samples[i-1].Y)
		n.rough += d * d
		if d > 1e-9*(1+math.Abs(s.Y)) {
			n.Quantum = min(n.Quantum, d)
		}
	}
	variance := square / max(1, count-2)
	n.residual, n.rough = math.Sqrt(variance), math.Sqrt(n.rough/(2*max(1, count-1)))
	switch { // the smallest difference is a step of the resolution only if every difference is a multiple of it
	case math.IsInf(n.Quantum, 1) || !multiples(samples, n.Quantum):
		n.Quantum = 0
	default:
		variance -= n.Quantum * n.Quantum / 12
	}
	n.Sigma = math.Sqrt(max(0, variance))
	return n
}

func multiples(samples []Sample, q float64) bool {
	for _, s := range samples {
		x := (s.Y - samples[0].Y) / q
		if math.Abs(x-math.Round(x)) > 1e-3 {
			return false
		}
	}
	return true
}

// even puts the samples on a grid of the period, so that jitter and a lost sample do no harm, and shortens a long record by
// averaging.
func (r Record) even() (Record, error) {
	if len(r.Samples) < 2*minSteady {
		return Record{}, errors.New("the record is too short for a model")
	}
	grid := make([]Sample, 0, len(r.Samples))
	at, first := 0, r.Samples[0].T
	out := r
	for i, s := range r.Samples {
		slot := int(math.Round((s.T - first) / r.Period))
		if i == r.Steady {
			out.Steady = max(len(grid), 1)
		}
		if i == r.Local {
			out.Local = len(grid)
		}
		if len(grid) > 0 {
			last := grid[len(grid)-1]
			if slot-at > maxMissing {
				return Record{}, fmt.Errorf("the record has a gap of %.0f s: repeat the experiment", s.T-r.Samples[i-1].T)
			}
			for k := at + 1; k < slot; k++ {
				f := float64(k-at) / float64(slot-at)
				grid = append(grid, Sample{Y: last.Y + f*(s.Y-last.Y), U: last.U})
			}
			if slot <= at { // two in one period: the later output counts
				grid[len(grid)-1].U = s.U
				continue
			}
		}
		at = slot
		grid = append(grid, s)
	}
	out.Samples = grid
	return out.shortened(), nil
}

const (
	maxMissing = 5    // samples in a row that are filled in
	maxFitted  = 4000 // samples that are fitted
)

// shortened averages neighbours until the record is short enough to be fitted quickly.
func (r Record) shortened() Record {
	n := (len(r.Samples) + maxFitted - 1) / maxFitted
	if n < 2 {
		return r
	}
	var coarse []Sample
	for c := range slices.Chunk(r.Samples, n) {
		s := Sample{T: c[0].T, Y: c[0].Y}
		for _, v := range c {
			s.U += v.U / float64(len(c))
		}
		coarse = append(coarse, s)
	}
	r.Samples, r.Steady, r.Local = coarse, max(1, r.Steady/n), r.Local/n
	r.Period *= float64(n)
	return r
}
