package controller

import (
	"math"
	"time"
)

// Backoff is the wait between tries: exponential with full jitter, a random time between
// nothing and a bound that grows from Initial by Factor up to Cap. The zero value of a
// field is its default: 1 s, 2, 60 s.
type Backoff struct {
	Initial time.Duration
	Factor  float64
	Cap     time.Duration
}

// Policy says how one controller is supervised. The zero value of a field is its default.
type Policy struct {
	Backoff Backoff

	InitTimeout time.Duration // for Initialize; 30 s
	// StopTimeout bounds the whole of stopping; 5 s. Run gets the first half to return, Stop
	// at least the second half. They do not share: a Run that hangs cannot keep Stop from
	// leaving the world safe.
	StopTimeout time.Duration

	HealthPeriod   time.Duration // from one health check to the next; 30 s, negative: none
	HealthTimeout  time.Duration // for one health check; 5 s
	HealthFailures int           // failed health checks in a row that restart the controller; 3

	StableAfter time.Duration // a run as long as this, healthy, ends a series of retries; 60 s
}

// withDefaults fills in what is not set.
func (p Policy) withDefaults() Policy {
	p.Backoff = p.Backoff.withDefaults()
	p.InitTimeout = positive(p.InitTimeout, 30*time.Second)
	p.StopTimeout = positive(p.StopTimeout, 5*time.Second)
	if p.HealthPeriod == 0 {
		p.HealthPeriod = 30 * time.Second
	}
	p.HealthTimeout = positive(p.HealthTimeout, 5*time.Second)
	if p.HealthFailures <= 0 {
		p.HealthFailures = 3
	}
	p.StableAfter = positive(p.StableAfter, time.Minute)
	return p
}

func (b Backoff) withDefaults() Backoff {
	b.Initial = positive(b.Initial, time.Second)
	if b.Factor < 1 || math.IsNaN(b.Factor) {
		b.Factor = 2
	}
	b.Cap = max(positive(b.Cap, time.Minute), b.Initial)
	return b
}

// Ceiling returns the longest wait after the given number of failed tries (1 is the first).
func (b Backoff) Ceiling(failed int) time.Duration {
	b = b.withDefaults()
	d := float64(b.Initial) * math.Pow(b.Factor, float64(max(failed, 1)-1))
	if !(d < float64(b.Cap)) { // also for +Inf
		return b.Cap
	}
	return time.Duration(d)
}

// delay is the wait after the given number of failed tries, for random in [0, 1).
func (b Backoff) delay(failed int, random float64) time.Duration {
	return time.Duration(random * float64(b.Ceiling(failed)))
}

func positive(d, def time.Duration) time.Duration {
	if d <= 0 {
		return def
	}
	return d
}
