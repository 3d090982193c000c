package api

import (
	"errors"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"hypha/internal/fleet"
	"hypha/internal/functions/conditional"
	"hypha/internal/option"
	"hypha/internal/script"
)

type scripts struct{ fleet *fleet.Fleet }

type scriptRequest struct {
	Script string `json:"script"`
} //	@name	ScriptRequest

// ScriptCheck says what is wrong with a script.
type ScriptCheck struct {
	OK     bool           `json:"ok"`
	Errors []script.Error `json:"errors"` // in the order of the lines; lines and columns count from 1, a line of 0 stands for the whole script
} //	@name	ScriptCheck

// builtins godoc
//
//	@Summary	The functions that scripts have, for the help of an editor
//	@Tags		functions
//	@Success	200	{object}	list[script.Builtin]
//	@Router		/functions/scripts/builtins [get]
func (h *scripts) builtins(c echo.Context) error {
	all := script.Builtins()
	return c.JSON(http.StatusOK, list[script.Builtin]{Items: all, Total: int64(len(all))})
}

// check godoc
//
//	@Summary		Check a script without storing or running it
//	@Description	A script with faults is answered with them and their places; that is no error of the request.
//	@Tags			functions
//	@Accept			json
//	@Param			script		body		scriptRequest	true	"the script of a conditional"
//	@Success		200			{object}	ScriptCheck
//	@Failure		400,401,422	{object}	Problem
//	@Router			/functions/scripts/check [post]
func (h *scripts) check(c echo.Context) error {
	var req scriptRequest
	if err := decode(c, &req); err != nil {
		return err
	}
	answer := ScriptCheck{OK: true, Errors: []script.Error{}}
	if _, err := script.Compile(req.Script); err != nil {
		faults, ok := errors.AsType[script.Errors](err)
		if !ok {
			return err
		}
		answer = ScriptCheck{Errors: faults}
	}
	return c.JSON(http.StatusOK, answer)
}

// dryRunRequest is a script to be run without anything being done.
type dryRunRequest struct {
	conditional.DryRun
	At   *moment `json:"at,omitempty" swaggertype:"string"`   // RFC 3339, ms or relative: the moment whose values it sees; default now
	From *moment `json:"from,omitempty" swaggertype:"string"` // run again and again from here, each every_s
	To   *moment `json:"to,omitempty" swaggertype:"string"`   // until here; default now
} //	@name	DryRunRequest

// dryRun godoc
//
//	@Summary		Run a script on live or past values without doing anything
//	@Description	It answers what the script read, what it would have done, what it wrote and what it would keep. With from and every_s it is run through the past; series has the runs that did something, or failed.
//	@Tags			functions
//	@Accept			json
//	@Param			request			body		dryRunRequest	true	"the script and when"
//	@Success		200				{object}	conditional.Outcome
//	@Failure		400,401,403,422	{object}	Problem
//	@Router			/functions/scripts/dry-run [post]
func (h *scripts) dryRun(c echo.Context) error {
	var req dryRunRequest
	if err := decode(c, &req); err != nil {
		return err
	}
	var bad option.Errors
	for _, m := range []struct {
		name  string
		given *moment
		into  **int64
	}{{"at", req.At, &req.DryRun.At}, {"from", req.From, &req.DryRun.From}, {"to", req.To, &req.DryRun.To}} {
		switch {
		case m.given == nil || !m.given.set:
		case m.given.err != nil:
			bad = append(bad, option.FieldError{Field: m.name, Message: m.given.err.Error()})
		default:
			*m.into = &m.given.ms
		}
	}
	if bad != nil {
		return bad
	}
	answer, err := conditional.Try(c.Request().Context(), h.fleet.Imagined(), time.Now(), req.DryRun)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, answer)
}
