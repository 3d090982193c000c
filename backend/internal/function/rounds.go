package function

import (
	"time"

	"hypha/internal/controller"
)

// lookAgain bounds a wait, so that a wall clock that was set meanwhile is noticed by those who wait for a time of day.
const lookAgain = 30 * time.Second

// rounds says when the next step comes by itself, and tells the manager how the function fares.
type rounds struct {
	period time.Duration
	report controller.Reporter

	tick     time.Time // the next of the period; zero without one
	asked    time.Time // by the last step; zero: not
	troubled string
}

// wait is how long until something is due.
func (r *rounds) wait(now time.Time) time.Duration {
	wait := lookAgain
	for _, t := range []time.Time{r.tick, r.asked} {
		if !t.IsZero() {
			wait = min(wait, t.Sub(now))
		}
	}
	return max(0, wait)
}

// due tells whether a step is due by time. Times asked for with a monotonic reading are compared by it.
func (r *rounds) due(now time.Time) bool {
	return !r.tick.IsZero() && !r.tick.After(now) || !r.asked.IsZero() && !r.asked.After(now)
}

// stepped notes a step. The ticks of a period lie on a grid that begins with the first step; those that were missed are
// left out, not caught up with.
func (r *rounds) stepped(m Moment, next time.Time) {
	r.asked = next
	if r.period <= 0 {
		return
	}
	if m.Why == Start || r.tick.IsZero() {
		r.tick = m.Now.Add(r.period)
		return
	}
	for !r.tick.After(m.Now) {
		behind := m.Now.Sub(r.tick)
		r.tick = m.Now.Add(r.period - behind%r.period)
	}
}

func (r *rounds) degraded(reason string) {
	if r.troubled != reason {
		r.troubled = reason
		r.report.Degraded(reason)
	}
}

func (r *rounds) well() {
	if r.troubled != "" {
		r.troubled = ""
		r.report.Recovered()
	}
}
