package api

import (
	"fmt"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"hypha/internal/fleet"
	"hypha/internal/measure"
	"hypha/internal/option"
)

type pushedReading struct {
	Channel *int64   `json:"channel"`
	T       moment   `json:"t" swaggertype:"string"` // RFC 3339, or ms since the epoch; default now
	V       *float64 `json:"v"`                      // in the unit that the input declares
} //	@name	PushedReading

type pushRequest struct {
	Readings []pushedReading `json:"readings"`
} //	@name	PushRequest

// Accepted is how many readings are stored.
type Accepted struct {
	Accepted int `json:"accepted"`
} //	@name	Accepted

// push godoc
//
//	@Summary		Store readings of push inputs
//	@Description	All or none. When the answer comes they survive a crash. The same channel and time again replaces; late readings are taken.
//	@Tags			readings
//	@Accept			json
//	@Param			readings	body		pushRequest	true	"readings"
//	@Success		200			{object}	Accepted
//	@Failure		400,413,422	{object}	Problem
//	@Router			/readings [post]
func (h *readings) push(c echo.Context) error {
	var req pushRequest
	if err := decodeUpTo(c, maxReadings, &req); err != nil {
		return err
	}
	if req.Readings == nil {
		return fieldProblem("readings", "is required: a list of {channel, t, v}")
	}
	now := time.Now()
	pushed := make([]fleet.Pushed, len(req.Readings))
	var bad option.Errors
	for n, r := range req.Readings {
		fail := func(name, message string) {
			bad = append(bad, option.FieldError{Field: fmt.Sprintf("readings[%d].%s", n, name), Message: message})
		}
		if r.Channel == nil {
			fail("channel", "is required")
		} else {
			pushed[n].Channel = measure.ChannelID(*r.Channel)
		}
		if r.V == nil {
			fail("v", "is required: a finite number")
		} else {
			pushed[n].V = *r.V
		}
		switch {
		case r.T.err != nil:
			fail("t", r.T.err.Error())
		case r.T.set:
			pushed[n].T = r.T.ms
		default:
			pushed[n].T = now.UnixMilli()
		}
		if len(bad) > 100 {
			break
		}
	}
	if len(bad) > 0 {
		return bad
	}
	accepted, err := h.fleet.Ingest(c.Request().Context(), pushed)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, Accepted{Accepted: accepted})
}
