package remote

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// UnsupportedError says what a remote engine cannot do. It is an errors.ErrUnsupported.
type UnsupportedError struct{ What string }

func (e *UnsupportedError) Error() string {
	return fmt.Sprintf("the remote engine cannot %s: do it with the engine's own tools", e.What)
}

// Unwrap makes errors.Is(err, errors.ErrUnsupported) true.
func (e *UnsupportedError) Unwrap() error { return errors.ErrUnsupported }

// StatusError is an answer of the engine that is no success.
type StatusError struct {
	Code    int
	Message string        // the beginning of what it said
	After   time.Duration // to wait, if it said so
}

func (e *StatusError) Error() string {
	hint := ""
	switch e.Code {
	case http.StatusUnauthorized, http.StatusForbidden:
		hint = " (check history.remote.username, password and tenant)"
	case http.StatusNotFound, http.StatusMethodNotAllowed:
		hint = " (check the address: does the engine take remote write there?)"
	default:
	}
	return fmt.Sprintf("the remote engine answered %d %s%s: %s", e.Code, http.StatusText(e.Code), hint, e.Message)
}

// rejected reports whether the engine will never take a batch as it is. Refusals that a person can end, such as a wrong
// password, are none: readings are worth waiting for.
func rejected(err error) bool {
	status, ok := errors.AsType[*StatusError](err)
	if !ok {
		return false
	}
	switch status.Code {
	case http.StatusBadRequest, http.StatusConflict, http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity:
		return true
	default:
		return false
	}
}

// passing reports whether asking again later may help.
func passing(err error) bool {
	status, ok := errors.AsType[*StatusError](err)
	return !ok || status.Code >= http.StatusInternalServerError || status.Code == http.StatusTooManyRequests
}

// mayHaveDied reports whether the engine may have gone and come back with less than it had acknowledged.
func mayHaveDied(err error) bool {
	status, ok := errors.AsType[*StatusError](err)
	if !ok {
		return true // no answer
	}
	switch status.Code {
	case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	default:
		return false
	}
}

// firstCause returns the error that made the others: those that only say that they were cancelled come last.
func firstCause(errs []error) (first error) {
	for _, err := range errs {
		if err != nil && (first == nil || errors.Is(first, context.Canceled)) {
			first = err
		}
	}
	return first
}
