package controller

import (
	"context"
	"fmt"
	"time"
)

// health is the state of an attempt's health checks; under u.mu.
type health struct {
	timer    *time.Timer // the next check
	number   int         // of the last check begun
	pending  bool        // it has not returned
	hung     bool        // it was abandoned
	failures int         // in a row
	failure  string      // of the last check; "" when it was good
}

// startHealth needs u.mu.
func (a *attempt) startHealth() {
	if _, ok := a.u.c.(HealthChecker); ok && a.u.p.HealthPeriod > 0 {
		a.health.timer = time.AfterFunc(a.u.p.HealthPeriod, a.checkHealth)
	}
}

// stopHealth needs u.mu.
func (a *attempt) stopHealth() {
	if a.health.timer != nil {
		a.health.timer.Stop()
	}
}

// checkHealth runs in the timer's goroutine.
func (a *attempt) checkHealth() {
	n, ok := a.beginCheck()
	if !ok {
		return
	}
	limit := a.u.p.HealthTimeout
	watchdog := time.AfterFunc(limit+graceOf(limit), func() { a.abandonCheck(n) })
	defer watchdog.Stop()
	ctx, cancel := context.WithTimeout(a.ctx, limit)
	defer cancel()
	var h Health
	err := guard(func() error {
		h = a.u.c.(HealthChecker).HealthCheck(ctx) //nolint:forcetypeassert // startHealth asked
		return nil
	}, func(err error) { a.endCheck(Health{Message: err.Error()}, err) })
	if err != nil {
		h = Health{Message: err.Error()}
	}
	a.endCheck(h, err)
}

// beginCheck returns the number of the check to make now.
func (a *attempt) beginCheck() (n int, ok bool) {
	a.u.mu.Lock()
	defer a.u.unlock()
	switch {
	case a.phase != running || a.ending:
		return 0, false
	case a.health.pending:
		a.judge(Health{Message: "the last health check still hangs"})
		return 0, false
	}
	a.health.pending = true
	a.health.number++
	return a.health.number, true
}

func (a *attempt) endCheck(h Health, err error) {
	a.u.mu.Lock()
	defer a.u.unlock()
	a.u.logPanic(err)
	a.health.pending = false
	if a.health.hung { // already judged; its answer is too old to count
		a.health.hung = false
		a.u.hanging--
		return
	}
	a.judge(h)
}

// abandonCheck gives up on check n.
func (a *attempt) abandonCheck(n int) {
	a.u.mu.Lock()
	defer a.u.unlock()
	if !a.health.pending || a.health.number != n {
		return
	}
	a.health.hung = true
	a.u.hanging++
	a.u.abandoned()
	a.judge(Health{Message: fmt.Sprintf("health check: no answer within %v", a.u.p.HealthTimeout)})
}

// judge acts on the result of a check and arranges the next. Needs u.mu.
func (a *attempt) judge(h Health) {
	if a.phase != running || a.ending {
		return
	}
	if h.OK {
		a.health.failures, a.health.failure = 0, ""
	} else {
		a.health.failures++
		a.health.failure = h.Message
		if h.Message == "" {
			a.health.failure = "health check failed"
		}
	}
	a.show()
	if a.health.failures >= a.u.p.HealthFailures {
		a.end(fmt.Errorf("%w %d times in a row: %s", ErrUnhealthy, a.health.failures, a.health.failure))
		return
	}
	a.health.timer.Reset(a.u.p.HealthPeriod)
}
