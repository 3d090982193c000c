package api

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"hypha/internal/fleet"
)

type nights struct{ fleet *fleet.Fleet }

// Nights are spans without the sun. Known is false when the configuration does not say where the site is.
type Nights struct {
	list[fleet.Night]
	Known bool `json:"known"`
} //	@name	Nights

// maxNights bounds the span of one request.
const maxNights = 400 * 24 * time.Hour

// list godoc
//
//	@Summary		When the sun is down at the site
//	@Description	Sunset to sunrise, each whole, also where it begins before or ends after the span. Without a place in the configuration there is none, and known is false.
//	@Tags			system
//	@Param			from	query		string	false	"RFC 3339, ms since the epoch, or -24h; default -24h"
//	@Param			to		query		string	false	"the same, exclusive, at most 400 days later; default now"
//	@Success		200		{object}	Nights
//	@Failure		422		{object}	Problem
//	@Router			/nights [get]
func (h *nights) list(c echo.Context) error {
	q := queries{c: c}
	now := time.Now()
	from := time.UnixMilli(q.millis("from", now.Add(-24*time.Hour).UnixMilli(), now))
	to := time.UnixMilli(q.millis("to", now.UnixMilli(), now))
	switch {
	case len(q.errs) > 0:
	case !from.Before(to):
		q.fail("from", "must be before to")
	case to.Sub(from) > maxNights:
		q.fail("to", "at most 400 days after from")
	}
	if err := q.err(); err != nil {
		return err
	}
	items, known := h.fleet.Nights(from, to)
	if items == nil {
		items = []fleet.Night{}
	}
	return c.JSON(http.StatusOK, Nights{list[fleet.Night]{Items: items, Total: int64(len(items))}, known})
}
