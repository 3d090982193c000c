package controller

import (
	"context"
	"errors"
	"time"
)

// Direct runs f in the caller's goroutine: the cheap sibling of Call for an f that is known to return soon after its
// context ends, and that shares no bus. An error of f after timeout becomes a *TimeoutError, a panic a *PanicError.
//
// Nothing can abandon f: one that does not heed its context holds its caller for as long as it likes.
func Direct[T any](ctx context.Context, timeout time.Duration, f func(context.Context) (T, error)) (v T, err error) {
	own, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	err = guard(func() error {
		var err error
		v, err = f(own)
		return err
	}, func(error) {})
	var p *PanicError
	if err != nil && ctx.Err() == nil && own.Err() != nil && !errors.As(err, &p) {
		err = &TimeoutError{After: timeout}
	}
	return v, err
}
