package api

import (
	"net/http"
	"unicode/utf8"

	"github.com/labstack/echo/v4"
)

type stopRequest struct {
	Reason string `json:"reason,omitempty"`
} //	@name	StopRequest

// stop godoc
//
//	@Summary	Stop everything: all outputs go to their safe states and stay there until it is released
//	@Tags		stop
//	@Accept		json
//	@Param		stop	body		stopRequest	false	"why"
//	@Success	200		{object}	fleet.Stop
//	@Router		/stop [post]
func (h *outputs) stop(c echo.Context) error {
	var r stopRequest
	if err := decodeOptional(c, &r); err != nil {
		return err
	}
	if utf8.RuneCountInString(r.Reason) > 500 {
		return fieldProblem("reason", "must be at most 500 characters")
	}
	// The latch holds whatever happens to single outputs, which are tried again; the answer is about the latch.
	s, err := h.fleet.StopAll(c.Request().Context(), r.Reason, by(c))
	if err != nil {
		h.fleet.Note("alert", "stop", by(c), "Not every output could be reached: "+err.Error(), map[string]any{})
	}
	return c.JSON(http.StatusOK, s)
}

// stopState godoc
//
//	@Summary	Whether everything is stopped
//	@Tags		stop
//	@Success	200	{object}	fleet.Stop
//	@Router		/stop [get]
func (h *outputs) stopState(c echo.Context) error { return c.JSON(http.StatusOK, h.fleet.Stopped()) }

// release godoc
//
//	@Summary	Release the stop; outputs stay safe until they are driven
//	@Tags		stop
//	@Success	200	{object}	fleet.Stop
//	@Router		/stop [delete]
func (h *outputs) release(c echo.Context) error {
	if err := h.fleet.ReleaseStop(c.Request().Context(), by(c)); err != nil {
		return err
	}
	return c.JSON(http.StatusOK, h.fleet.Stopped())
}
