package api

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"hypha/internal/fleet"
)

type schedule struct{ fleet *fleet.Fleet }

// get godoc
//
//	@Summary		What will happen by the clock
//	@Description	Points of timers, the times in which outputs are on by plan, and the set-points of methods that are followed. Scripts are looked at too when nothing but the time decides what they command.
//	@Tags			functions
//	@Param			from	query		string	false	"RFC 3339, ms since the epoch, or -24h; without it now"
//	@Param			to		query		string	false	"the same, exclusive, at most 32 days after from; without it a week after from"
//	@Success		200		{object}	fleet.Schedule
//	@Failure		422		{object}	Problem
//	@Router			/schedule [get]
func (h *schedule) get(c echo.Context) error {
	q := queries{c: c}
	now := time.Now()
	from := q.millis("from", now.UnixMilli(), now)
	to := q.millis("to", from+(7*24*time.Hour).Milliseconds(), now)
	if err := q.err(); err != nil {
		return err
	}
	s, err := h.fleet.Schedule(c.Request().Context(), time.UnixMilli(from), time.UnixMilli(to))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, s)
}
