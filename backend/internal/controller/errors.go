package controller

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"
)

var (
	ErrRunning   = errors.New("controller: already running under this name")
	ErrUnknown   = errors.New("controller: not known")
	ErrClosed    = errors.New("controller: manager is closed")
	ErrLaneBusy  = errors.New("lane is busy")                        // an earlier call has not returned
	ErrRunEnded  = errors.New("ended by itself without an error")    // Run returned nil while its context had not ended
	ErrExited    = errors.New("ended its goroutine")                 // runtime.Goexit instead of a return
	ErrUnhealthy = errors.New("health checks failed")                // restarted for it
	ErrAbandoned = errors.New("ignored its context, abandoned")      // Initialize, Run or Stop did not return in time
	errTooMany   = errors.New("too many abandoned calls still hang") // no new try before one returns
)

// permanentError marks an error that no retry can cure.
type permanentError struct{ err error }

func (e *permanentError) Error() string { return e.err.Error() }
func (e *permanentError) Unwrap() error { return e.err }

// Permanent marks err as one that trying again cannot cure: wrong options, a device that is
// something else. The controller then goes to Failed. Permanent(nil) is nil.
func Permanent(err error) error {
	if err == nil {
		return nil
	}
	return &permanentError{err}
}

// IsPermanent reports whether err, or an error it wraps, is marked by Permanent.
func IsPermanent(err error) bool {
	var p *permanentError
	return errors.As(err, &p)
}

// PanicError is a panic that was caught and turned into an error.
type PanicError struct {
	Value any
	Stack []byte // of the goroutine that panicked; for the log, not for users
}

func (e *PanicError) Error() string { return fmt.Sprintf("panic: %v", e.Value) }

// Unwrap returns the panic's value if that was an error.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

// TimeoutError is a call that did not return in time. It is a context.DeadlineExceeded.
type TimeoutError struct {
	Lane      string        // "" for a private lane
	After     time.Duration // the time-out
	Abandoned bool          // the call ignored its context and still blocks its lane
}

func (e *TimeoutError) Error() string {
	text := fmt.Sprintf("no answer within %v", e.After)
	if e.Lane != "" {
		text = e.Lane + ": " + text
	}
	if e.Abandoned {
		text += " (the call still hangs)"
	}
	return text
}

// Timeout is true: the net.Error convention.
func (e *TimeoutError) Timeout() bool { return true }

// Unwrap returns context.DeadlineExceeded.
func (e *TimeoutError) Unwrap() error { return context.DeadlineExceeded }

// guard calls f and returns its error, or its panic as an error. When f ends the goroutine
// instead of returning (runtime.Goexit, as a test's FailNow does), guard cannot return: it
// hands ErrExited to exited in a new goroutine.
func guard(f func() error, exited func(error)) (err error) {
	returned := false
	defer func() {
		if returned {
			return
		}
		if v := recover(); v != nil {
			err = &PanicError{Value: v, Stack: debug.Stack()}
			return
		}
		go exited(ErrExited)
	}()
	err = f()
	returned = true
	return err
}
