package controller

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// phase is which of the controller's methods an attempt is in.
type phase uint8

const (
	initializing phase = iota
	running
	stopping
	over
)

// attempt is one pass through Initialize, Run and Stop. One goroutine walks the phases; when a
// call ignores its context, the goroutine is left behind in it, a timer moves the attempt on
// and a new goroutine goes on from there. The one left behind finds the attempt in a
// later phase when it comes back, and does nothing more.
type attempt struct {
	u      *unit
	ctx    context.Context //nolint:containedctx // lives as long as the attempt: of Initialize and Run
	cancel context.CancelFunc

	// The rest is under u.mu.
	phase    phase
	watchdog *time.Timer // abandons the current phase
	ending   bool        // ctx is cancelled and the controller expected to return
	err      error       // why the attempt ends, when it was not asked to
	lastErr  error       // of a Run that was asked to return
	stopBy   time.Time   // end of the time for stopping; zero before that
	reported string      // Reporter.Degraded
	health   health
}

// newAttempt needs u.mu.
func newAttempt(u *unit) *attempt {
	a := &attempt{u: u}
	a.ctx, a.cancel = context.WithCancel(NewContext(context.Background(), a))
	limit := u.p.InitTimeout
	a.watch(limit+graceOf(limit), initializing)
	return a
}

// watch gives phase p the time d, or, with 0, all the time in the world. Needs u.mu.
func (a *attempt) watch(d time.Duration, p phase) {
	if a.watchdog != nil {
		a.watchdog.Stop()
		a.watchdog = nil // a run may last for years: do not keep it meanwhile
	}
	if d > 0 {
		a.watchdog = time.AfterFunc(d, func() { a.abandon(p) })
	}
}

// work is the controller's goroutine.
func (a *attempt) work() { a.afterInitialize(a.initialize()) }

func (a *attempt) initialize() error {
	ctx, cancel := context.WithTimeout(a.ctx, a.u.p.InitTimeout)
	defer cancel()
	return guard(func() error { return a.u.c.Initialize(ctx) }, a.afterInitialize)
}

func (a *attempt) afterInitialize(err error) {
	switch a.leave(initializing, err) {
	case running:
		a.afterRun(guard(func() error { return a.u.c.Run(a.ctx) }, a.afterRun))
	case stopping:
		a.stop()
	case over:
		if err == nil && a.u.over() {
			a.tidy()
		}
	case initializing: // the attempt had been given up
	}
}

func (a *attempt) afterRun(err error) {
	if a.leave(running, err) == stopping {
		a.stop()
	}
}

// stop calls the controller's Stop. The end of Initialize's and Run's context has come before it.
func (a *attempt) stop() {
	a.u.mu.Lock()
	limit := time.Until(a.stopBy)
	a.u.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(a.ctx), limit-graceOf(limit))
	defer cancel()
	a.afterStop(guard(func() error { return a.u.c.Stop(ctx) }, a.afterStop))
}

func (a *attempt) afterStop(err error) { a.leave(stopping, err) }

// leave ends phase p with the result err and returns the phase that the calling goroutine goes on with:
// over when that is none of its business, because p was abandoned or was the last.
func (a *attempt) leave(p phase, err error) phase {
	u := a.u
	u.mu.Lock()
	defer u.unlock()
	if a.phase != p {
		u.hanging-- // it was abandoned, and comes back only now
		return over
	}
	a.watch(0, p)
	switch {
	case p == stopping:
		a.phase = over
		u.finish(err)
	case p == initializing && err == nil && !a.ending:
		a.phase = running
		a.show()
		a.startHealth()
	default:
		a.enterStop(err)
	}
	return a.phase
}

// enterStop notes why Initialize or Run ended, and starts the time of Stop. Needs u.mu.
func (a *attempt) enterStop(err error) {
	u, p := a.u, a.phase
	a.cancel()
	a.stopHealth()
	if a.err == nil {
		a.err = err
	}
	if a.err == nil && p == running {
		a.err = ErrRunEnded
	}
	a.phase = stopping
	if !u.stop {
		a.stopBy = time.Now().Add(u.p.StopTimeout)
		u.fail(a.err)
	} else if p == running && !errors.Is(err, context.Canceled) || errors.Is(err, ErrAbandoned) {
		// Run's last words: a final flush that failed, say. Not why it ended, but who stopped it
		// must hear of it.
		if err != nil {
			a.lastErr = fmt.Errorf("run %s: %w", u.ref, err)
		}
		u.logPanic(err)
	}
	a.watch(time.Until(a.stopBy), stopping)
}

// end asks Initialize or Run to return: err says why, nil that the unit is to stop. Needs u.mu.
func (a *attempt) end(err error) {
	if a.phase >= stopping {
		return // its own time is running
	}
	if a.err == nil {
		a.err = err
	}
	a.stopBy = time.Now().Add(a.u.p.StopTimeout)
	if a.ending {
		return
	}
	a.ending = true
	a.cancel()
	a.watch(a.u.p.StopTimeout/2, a.phase)
}

// abandon gives up on a phase that should have ended, and goes on without it.
func (a *attempt) abandon(p phase) {
	u := a.u
	u.mu.Lock()
	defer u.unlock()
	if a.phase != p {
		return // it ended in this very moment
	}
	u.hanging++
	u.abandoned()
	err := &abandonedError{p}
	if p == stopping {
		a.phase = over
		u.finish(err)
		return
	}
	a.enterStop(err)
	go a.stop()
}

// tidy stops a controller whose Initialize has succeeded long after it was abandoned, when
// nobody will come any more to release what it acquired.
func (a *attempt) tidy() {
	limit := a.u.p.StopTimeout
	ctx, cancel := context.WithTimeout(context.WithoutCancel(a.ctx), limit)
	defer cancel()
	if err := guard(func() error { return a.u.c.Stop(ctx) }, func(error) {}); err != nil {
		a.u.m.cfg.Logger.Warn("late stop failed", "controller", a.u.ref, "error", err)
	}
}

// abandonedError says which call hangs.
type abandonedError struct{ phase }

func (e *abandonedError) Error() string {
	return [...]string{"Initialize ", "Run ", "Stop "}[e.phase] + ErrAbandoned.Error()
}

func (e *abandonedError) Unwrap() error { return ErrAbandoned }

// show sets Running or Degraded, whichever is true. Needs u.mu.
func (a *attempt) show() {
	if a.phase != running || a.ending || a.u.stop {
		return
	}
	reason := a.reported
	if reason == "" {
		reason = a.health.failure
	}
	if reason == "" {
		a.u.set(Running, nil)
		return
	}
	a.u.set(Degraded, errors.New(reason))
}

// Degraded implements Reporter.
func (a *attempt) Degraded(reason string) {
	if reason == "" {
		reason = "degraded"
	}
	a.report(reason)
}

// Recovered implements Reporter.
func (a *attempt) Recovered() { a.report("") }

func (a *attempt) report(reason string) {
	a.u.mu.Lock()
	defer a.u.unlock()
	a.reported = reason
	a.show()
}

// Abandoned implements Reporter.
func (a *attempt) Abandoned() {
	a.u.mu.Lock()
	defer a.u.unlock()
	a.u.abandoned()
}
