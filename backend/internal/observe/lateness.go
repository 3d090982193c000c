// Package observe makes the program's own behaviour visible: how punctual the inputs are, Prometheus metrics, the log.
package observe

import (
	"math"
	"sync/atomic"
	"time"
)

// Buckets of a Lateness grow by a fifth from 10 µs: 96 of them reach beyond 5 minutes, and a quantile is at most a
// fifth too high.
const (
	latenessBuckets = 96
	latenessFirst   = 10 * time.Microsecond
	latenessGrowth  = 1.2
)

// Lateness counts by how much beats began too late. It is safe for concurrent use and costs a few nanoseconds.
type Lateness struct {
	buckets [latenessBuckets]atomic.Uint64
	count   atomic.Uint64
	sum     atomic.Int64 // ns
	max     atomic.Int64 // ns
	skipped atomic.Uint64
}

// Add counts one beat.
func (l *Lateness) Add(late time.Duration, skipped int) {
	late = max(late, 0)
	n := 0
	if late > latenessFirst {
		n = min(int(math.Ceil(math.Log(float64(late)/float64(latenessFirst))/math.Log(latenessGrowth))), latenessBuckets-1)
	}
	l.buckets[n].Add(1)
	l.count.Add(1)
	l.sum.Add(int64(late))
	l.skipped.Add(uint64(skipped))
	for {
		before := l.max.Load()
		if int64(late) <= before || l.max.CompareAndSwap(before, int64(late)) {
			return
		}
	}
}

// Quantile returns the lateness that the share q (0..1) of beats did not exceed, at most a fifth too high.
func (l *Lateness) Quantile(q float64) time.Duration {
	total := l.count.Load()
	if total == 0 {
		return 0
	}
	rank := uint64(math.Ceil(q * float64(total)))
	seen := uint64(0)
	for n := range l.buckets {
		if seen += l.buckets[n].Load(); seen >= rank {
			return min(bound(n), l.Max())
		}
	}
	return l.Max()
}

// Max is the worst lateness since the start.
func (l *Lateness) Max() time.Duration { return time.Duration(l.max.Load()) }

// Beats is how many beats were counted, and how many were skipped because a read overran.
func (l *Lateness) Beats() (counted, skipped uint64) { return l.count.Load(), l.skipped.Load() }

// bound is the upper bound of bucket n.
func bound(n int) time.Duration {
	return time.Duration(float64(latenessFirst) * math.Pow(latenessGrowth, float64(n)))
}
