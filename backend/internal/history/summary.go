package history

import (
	"math"

	"hypha/internal/measure"
)

// Summary gathers the Bucket of a span. Its zero value is empty.
type Summary struct {
	count    int64
	min, max float64
	sum      float64 // with rest: the sum to twice the precision (Neumaier)
	rest     float64
	small    float64 // sum of the values / 2^32, for when sum leaves the range of float64
}

// shrink keeps the sum of 2^32 values of any size finite.
const shrink = 1.0 / (1 << 32)

// Add takes a reading in, if it is usable.
func (s *Summary) Add(r measure.Reading) {
	if !r.Q.Usable() {
		return
	}
	v := r.V
	if s.count == 0 {
		s.min, s.max = v, v
	}
	s.count++
	s.min, s.max = min(s.min, v), max(s.max, v)
	s.small += v * shrink
	s.add(v)
}

// AddUsable takes in usable values. It is the quick sibling of Add.
func (s *Summary) AddUsable(values []float64) {
	for len(values) > 0 {
		part := values[:min(len(values), 512)] // few enough that rounding in a plain sum does not tell
		low, high, sum := part[0], part[0], 0.0
		for _, v := range part {
			low, high = min(low, v), max(high, v)
			sum += v
		}
		if math.IsInf(sum, 0) {
			for _, v := range part {
				s.Add(measure.Reading{V: v})
			}
		} else {
			s.Merge(int64(len(part)), low, high, sum)
		}
		values = values[len(part):]
	}
}

// Merge takes in count usable readings of which only the extremes and the sum are known. The sum is finite.
func (s *Summary) Merge(count int64, low, high, sum float64) {
	if count == 0 {
		return
	}
	if s.count == 0 {
		s.min, s.max = low, high
	}
	s.count += count
	s.min, s.max = min(s.min, low), max(s.max, high)
	s.small += sum * shrink
	s.add(sum)
}

func (s *Summary) add(v float64) {
	sum := s.sum + v
	if math.Abs(s.sum) >= math.Abs(v) {
		s.rest += (s.sum - sum) + v
	} else {
		s.rest += (v - sum) + s.sum
	}
	s.sum = sum
}

// Sum returns the number, the extremes and the sum of what was gathered; the sum is infinite or NaN when float64 has
// no room for it.
func (s *Summary) Sum() (count int64, low, high, sum float64) {
	return s.count, s.min, s.max, s.sum + s.rest
}

// Bucket returns what was gathered as the bucket that starts at t; false when nothing was.
func (s *Summary) Bucket(t int64) (Bucket, bool) {
	if s.count == 0 {
		return Bucket{}, false
	}
	n := float64(s.count)
	mean := (s.sum + s.rest) / n
	if math.IsInf(mean, 0) || math.IsNaN(mean) {
		mean = s.small / n / shrink
	}
	// Rounding may leave the range of the values by one unit in the last place: the mean of three times 0.1 is 0.1.
	return Bucket{T: t, Min: s.min, Max: s.max, Mean: min(max(mean, s.min), s.max), Count: s.count}, true
}

// Span returns the bucket of [from, to) with the given width that holds t, as its start and its end. from <= t < to.
func Span(t, from, to, width int64) (start, end int64) {
	// Unsigned, for the distance of two times may exceed an int64.
	start = from + int64(uint64(t-from)/uint64(width)*uint64(width))
	if uint64(to-start) <= uint64(width) {
		return start, to
	}
	return start, start + width
}
