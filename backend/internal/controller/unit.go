package controller

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// maxHanging bounds what a controller that ignores its contexts can cost: while so many of its
// abandoned calls have not returned, it is not tried again.
const maxHanging = 3

// unit is one controller under supervision. It is a state machine driven by the
// controller's goroutine, by timers and by the manager's callers; between tries it has no
// goroutine at all.
type unit struct {
	m    *Manager
	ref  Ref
	c    Controller
	p    Policy
	done chan struct{} // closed when stopped, after the last OnChange

	mu      sync.Mutex // guards the rest
	st      Status
	cur     *attempt    // nil between tries, and when stopped
	timer   *time.Timer // the next try, while backing off without an attempt
	failed  int         // tries of this series that failed
	begun   int         // tries
	hanging int         // abandoned calls that have not returned
	stop    bool        // asked to stop
	now     bool        // asked to retry while Stop was still being called
	stopErr error       // of the last Stop

	notes   []note // changes not yet told
	telling bool   // somebody tells them
	ended   bool   // Stopped is noted: nothing comes after it

	// Only the teller touches these.
	logged string // the failure last logged
	well   bool   // its end is logged too
}

// note is a change on its way to OnChange and the log.
type note struct {
	Status
	err error
}

func newUnit(m *Manager, ref Ref, c Controller, p Policy) *unit {
	return &unit{
		m: m, ref: ref, c: c, p: p, done: make(chan struct{}),
		st: Status{Ref: ref, State: Inactive, Since: time.Now()},
	}
}

func (u *unit) start() {
	u.mu.Lock()
	defer u.unlock()
	if !u.stop && u.begun == 0 {
		u.begin()
	}
}

// begin starts a try. Needs mu and no current attempt.
func (u *unit) begin() {
	u.now = false
	if u.timer != nil {
		u.timer.Stop()
		u.timer = nil
	}
	if u.hanging >= maxHanging {
		u.fail(errTooMany)
		u.wakeAt(*u.st.NextTryAt)
		return
	}
	u.begun++
	u.st.Restarts = u.begun - 1
	u.st.Attempt = u.failed + 1
	u.cur = newAttempt(u)
	u.set(Initializing, nil)
	go u.cur.work()
}

// fail notes why the current try failed, and what comes next. Needs mu.
func (u *unit) fail(err error) {
	if u.st.State == Running && time.Since(u.st.Since) >= u.p.StableAfter {
		u.failed = 0
	}
	u.failed++
	u.st.Attempt = u.failed
	if IsPermanent(err) {
		u.set(Failed, err)
		return
	}
	next := time.Now().Add(u.p.Backoff.delay(u.failed, u.m.cfg.Rand()))
	u.st.NextTryAt = &next
	u.set(BackingOff, err)
}

// wakeAt arranges the next try. Needs mu.
func (u *unit) wakeAt(t time.Time) {
	var timer *time.Timer
	timer = time.AfterFunc(time.Until(t), func() {
		u.mu.Lock()
		defer u.unlock()
		if u.timer == timer { // else it was stopped too late: somebody retried or stopped
			u.begin()
		}
	})
	u.timer = timer
}

// finish is called when Stop has returned or was abandoned. Needs mu.
func (u *unit) finish(stopErr error) {
	a := u.cur
	u.cur, u.stopErr = nil, nil
	if stopErr != nil {
		u.stopErr = fmt.Errorf("stop %s: %w", u.ref, stopErr)
	}
	switch {
	case u.stop:
		u.stopErr = errors.Join(a.lastErr, u.stopErr)
		u.set(Stopped, u.stopErr)
		return
	case stopErr != nil:
		u.set(u.st.State, fmt.Errorf("%w; and stop: %w", a.err, stopErr))
	}
	if u.now {
		u.begin()
	} else if u.st.NextTryAt != nil {
		u.wakeAt(*u.st.NextTryAt)
	}
}

func (u *unit) askStop() {
	u.mu.Lock()
	defer u.unlock()
	if u.stop {
		return
	}
	u.stop = true
	if u.timer != nil {
		u.timer.Stop()
		u.timer = nil
	}
	if u.cur == nil {
		u.set(Stopped, u.stopErr)
		return
	}
	u.set(Stopping, nil)
	u.cur.end(nil)
}

func (u *unit) retry() {
	u.mu.Lock()
	defer u.unlock()
	if u.stop || u.st.State != BackingOff && u.st.State != Failed {
		return
	}
	if u.st.State == Failed {
		u.failed = 0 // whoever asks has changed something: a new series
	}
	if u.cur != nil {
		u.now = true
		return
	}
	u.begin()
}

// wait returns when the controller has stopped, or with the error of ctx.
func (u *unit) wait(ctx context.Context) error {
	select {
	case <-u.done:
		return u.stopErr // not written any more
	default:
	}
	select {
	case <-u.done:
		return u.stopErr
	case <-ctx.Done():
		return fmt.Errorf("stop %s: %w", u.ref, ctx.Err())
	}
}

// over reports whether the controller has stopped and everybody has been told.
func (u *unit) over() bool {
	select {
	case <-u.done:
		return true
	default:
		return false
	}
}

// status returns a copy that its owner may keep.
func (u *unit) status() Status {
	u.mu.Lock()
	defer u.mu.Unlock()
	st := u.st
	if st.State == Running && time.Since(st.Since) >= u.p.StableAfter {
		st.Attempt = 1
	}
	return st
}

// set changes the state and notes it. err is what people should read. Needs mu.
func (u *unit) set(s State, err error) {
	text := ""
	if err != nil {
		text = err.Error()
	}
	if s != u.st.State {
		now := time.Now()
		if u.st.State == Running && now.Sub(u.st.Since) >= u.p.StableAfter && s == Degraded {
			u.failed, u.st.Attempt = 0, 1
		}
		u.st.State, u.st.Since = s, now
	} else if text == u.st.Error && s != BackingOff {
		return
	}
	u.st.Error = text
	if s != BackingOff {
		u.st.NextTryAt = nil
	}
	u.ended = s == Stopped
	u.notes = append(u.notes, note{u.st, err})
}

// abandoned counts a call that ignored its context. Needs mu.
func (u *unit) abandoned() {
	u.st.AbandonedCalls++
	if !u.ended {
		u.notes = append(u.notes, note{Status: u.st})
	}
}

// unlock releases mu after all notes are told. One goroutine tells at a time and does not hold
// mu meanwhile: so the order is kept, and OnChange may ask the manager.
func (u *unit) unlock() {
	if u.telling {
		u.mu.Unlock()
		return
	}
	u.telling = true
	for len(u.notes) > 0 {
		n := u.notes[0]
		u.notes = u.notes[1:]
		u.mu.Unlock()
		u.tell(n)
		u.mu.Lock()
	}
	u.telling, u.notes = false, nil
	u.mu.Unlock()
}
