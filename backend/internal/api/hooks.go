package api

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"hypha/internal/auth"
	"hypha/internal/fleet"
)

// Calls from outside need no account, so they are bounded: in size, and in how often an address may try.
const (
	maxHookBody = 64 << 10
	hookStock   = 60
	hookRefill  = 200 * time.Millisecond
)

type hooks struct {
	fleet *fleet.Fleet
	calls *auth.Limiter
}

func newHooks(f *fleet.Fleet) *hooks {
	return &hooks{fleet: f, calls: auth.NewLimiter(hookStock, hookRefill)}
}

// hookAnswer says that the trigger knows; it may still rest after the last time.
type hookAnswer struct {
	Accepted bool `json:"accepted"`
} //	@name	HookAnswer

// call godoc
//
//	@Summary		Set off the trigger of a token; it needs no account
//	@Description	The body is optional: {"value": number, "reason": text} are what the trigger's actions get.
//	@Tags			functions
//	@Accept			json
//	@Param			token			path		string		true	"of a function of kind trigger_webhook"
//	@Param			call			body		object		false	"anything"
//	@Success		202				{object}	hookAnswer	"it is on its way"
//	@Failure		400,404,413,429	{object}	Problem
//	@Router			/hooks/{token} [post]
func (h *hooks) call(c echo.Context) error {
	if err := h.calls.Take(c.RealIP()); err != nil {
		return err
	}
	raw, err := body(c, maxHookBody)
	if err != nil {
		return err
	}
	if len(raw) > 0 {
		if err := validJSON(raw); err != nil {
			return err
		}
	}
	if err := h.fleet.Hook(c.Param("token"), c.RealIP(), raw); err != nil {
		return err
	}
	return c.JSON(http.StatusAccepted, hookAnswer{Accepted: true})
}
