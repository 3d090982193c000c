package api

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"hypha/internal/alerting"
	"hypha/internal/auth"
	"hypha/internal/fleet"
	"hypha/internal/history"
	"hypha/internal/input"
	"hypha/internal/option"
	"hypha/internal/output"
	"hypha/internal/settings"
)

// Problem is an error as RFC 9457 has it.
type Problem struct {
	Type   string              `json:"type" example:"about:blank"`
	Title  string              `json:"title" example:"Some fields are wrong"`
	Status int                 `json:"status" example:"422"`
	Detail string              `json:"detail" example:"options.broker: is required"`
	Errors []option.FieldError `json:"errors,omitempty"` // the fields at fault, with what would be right

	retryAfter time.Duration
}

func (p *Problem) Error() string { return p.Title + ": " + p.Detail }

func problem(status int, title, detail string) *Problem {
	return &Problem{Type: "about:blank", Title: title, Status: status, Detail: detail}
}

// fieldProblem is a 422 for one field.
func fieldProblem(field, message string) error {
	return option.Errors{{Field: field, Message: message}}
}

// problemOf translates what the services return. internal tells that the cause is ours and belongs into the log.
func problemOf(err error) (p *Problem, internal bool) {
	var (
		own       *Problem
		fields    option.Errors
		tooLarge  *http.MaxBytesError
		syntax    *json.SyntaxError
		device    *fleet.DeviceError
		invalid   *history.InvalidError
		taken     *settings.ConflictError
		framed    *echo.HTTPError
		current   *output.CurrentError
		interlock *output.InterlockError
		fault     *output.FaultError
	)
	switch {
	case errors.As(err, &own):
		return own, false
	case errors.As(err, &fields):
		p := problem(http.StatusUnprocessableEntity, "Some fields are wrong", fields.Error())
		p.Errors = fields
		return p, false
	case errors.As(err, &tooLarge):
		return problem(http.StatusRequestEntityTooLarge, "The request is too large",
			"at most "+strconv.FormatInt(tooLarge.Limit>>10, 10)+" kB are taken here"), false
	case errors.As(err, &syntax), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return problem(http.StatusBadRequest, "The request is not valid JSON", jsonDetail(err, syntax)), false
	case errors.As(err, &device):
		return problem(http.StatusUnprocessableEntity, "The device did not do it", device.Error()), false
	case errors.As(err, &invalid):
		return problem(http.StatusUnprocessableEntity, "The value cannot be kept", invalid.Error()), false
	case errors.As(err, &current):
		return problem(http.StatusUnprocessableEntity, "It would draw too much current", current.Error()), false
	case errors.As(err, &framed):
		return problem(framed.Code, http.StatusText(framed.Code), detailOf(framed)), false
	}
	if p := authProblem(err); p != nil {
		return p, false
	}
	switch {
	case errors.Is(err, fleet.ErrNotFound):
		return problem(http.StatusNotFound, "Not found", "there is no such thing, or it has been deleted"), false
	case errors.As(err, &taken):
		p := problem(http.StatusConflict, "It conflicts with what is there", taken.Column+": is taken already: choose another")
		p.Errors = []option.FieldError{{Field: taken.Column, Message: "is taken already: choose another"}}
		return p, false
	case errors.Is(err, auth.ErrLastAdmin):
		return problem(http.StatusConflict, "It conflicts with what is there",
			"this is the last administrator: make another account one first"), false
	case errors.Is(err, settings.ErrConflict), errors.Is(err, fleet.ErrInUse):
		return problem(http.StatusConflict, "It conflicts with what is there", err.Error()), false
	case errors.Is(err, alerting.ErrNothingToAcknowledge):
		return problem(http.StatusConflict, "There is nothing to acknowledge", "the alert is not firing"), false
	case errors.Is(err, fleet.ErrNotRunning):
		return problem(http.StatusConflict, "It is not running", "it is disabled: enable it first"), false
	case errors.Is(err, output.ErrStopped):
		return problem(http.StatusConflict, "Everything is stopped", "release the stop before driving outputs: DELETE /api/v1/stop"), false
	case errors.As(err, &fault):
		return problem(http.StatusConflict, "It has a fault", fault.Error()), false
	case errors.As(err, &interlock):
		return problem(http.StatusConflict, "It is interlocked", interlock.Error()), false
	case errors.Is(err, output.ErrOutranked):
		return problem(http.StatusConflict, "Somebody else drives it", err.Error()), false
	case errors.Is(err, output.ErrNotOpen), errors.Is(err, input.ErrNotOpen):
		p := problem(http.StatusServiceUnavailable, "Not available yet", "the device has not been reached; its status says why and when it is tried again")
		p.retryAfter = 5 * time.Second
		return p, false
	case errors.Is(err, settings.ErrFull), errors.Is(err, history.ErrFull):
		p := problem(http.StatusServiceUnavailable, "The disk is full", "free some space on the disk of the data folder; nothing of what was stored is lost")
		p.retryAfter = 10 * time.Second
		return p, true
	case errors.Is(err, history.ErrAway):
		p := problem(http.StatusServiceUnavailable, "The history cannot be asked now",
			"its engine is elsewhere and does not answer; readings wait on this machine meanwhile")
		p.retryAfter = 10 * time.Second
		return p, true
	case errors.Is(err, errors.ErrUnsupported):
		return problem(http.StatusNotImplemented, "That cannot be done here", err.Error()), false
	case errors.Is(err, context.Canceled):
		return problem(499, "The request was given up", "the client closed the connection"), false
	case errors.Is(err, context.DeadlineExceeded):
		return problem(http.StatusServiceUnavailable, "It took too long", "try again"), true
	}
	return problem(http.StatusInternalServerError, "Something went wrong here", "the cause is in the log of the program"), true
}

func authProblem(err error) *Problem {
	var many *auth.TooManyError
	switch {
	case errors.As(err, &many):
		p := problem(http.StatusTooManyRequests, "Too many tries", "wait "+many.RetryAfter.Round(time.Second).String()+" and try again")
		p.retryAfter = many.RetryAfter
		return p
	case errors.Is(err, auth.ErrBadCredentials):
		return problem(http.StatusUnauthorized, "Not signed in", "the name or the password is wrong")
	case errors.Is(err, auth.ErrSetupDone):
		return problem(http.StatusConflict, "Already set up", "the first account exists: sign in")
	case errors.Is(err, auth.ErrBadCode):
		return fieldsProblem("code", "is not the setup code that the program has printed")
	case errors.Is(err, auth.ErrExpired), errors.Is(err, auth.ErrUnknown):
		return problem(http.StatusUnauthorized, "Not signed in", "the session or token is unknown or has ended: sign in again")
	}
	return nil
}

func fieldsProblem(field, message string) *Problem {
	p := problem(http.StatusUnprocessableEntity, "Some fields are wrong", field+": "+message)
	p.Errors = []option.FieldError{{Field: field, Message: message}}
	return p
}

func jsonDetail(err error, syntax *json.SyntaxError) string {
	if syntax != nil {
		return syntax.Error() + " at byte " + strconv.FormatInt(syntax.Offset, 10)
	}
	if errors.Is(err, io.EOF) {
		return "the body is empty; a JSON value is expected"
	}
	return "the body ends in the middle of a JSON value"
}

func detailOf(err *echo.HTTPError) string {
	switch err.Code {
	case http.StatusNotFound:
		return "there is nothing at this address"
	case http.StatusMethodNotAllowed:
		return "this address does not take that method"
	case http.StatusRequestEntityTooLarge:
		return "the body is too large"
	}
	if text, ok := err.Message.(string); ok {
		return text
	}
	return http.StatusText(err.Code)
}

// errorHandler turns every error into problem+json.
func errorHandler(log *slog.Logger) echo.HTTPErrorHandler {
	return func(err error, c echo.Context) {
		if c.Response().Committed {
			log.Warn("an answer ended early", "path", c.Path(), "error", err)
			return
		}
		p, internal := problemOf(err)
		if internal {
			log.Error("a request failed", "method", c.Request().Method, "path", c.Path(), "error", err)
		}
		if p.retryAfter > 0 {
			c.Response().Header().Set(echo.HeaderRetryAfter, strconv.Itoa(int(p.retryAfter/time.Second)+1))
		}
		body, err := json.Marshal(p)
		if err != nil {
			log.Error("a problem could not be encoded", "error", err)
			return
		}
		if p.Status == http.StatusUnauthorized {
			c.Response().Header().Set(echo.HeaderWWWAuthenticate, "Bearer")
		}
		c.Response().Header().Set(echo.HeaderContentType, "application/problem+json")
		c.Response().WriteHeader(p.Status)
		if c.Request().Method != http.MethodHead {
			_, _ = c.Response().Write(body) // a client that has left needs no answer
		}
	}
}
