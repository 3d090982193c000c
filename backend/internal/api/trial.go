package api

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"hypha/internal/fleet"
)

// Sample is what a device said when it was tried.
type Sample struct {
	Readings []fleet.Sample `json:"readings"`
	TookMS   float64        `json:"took_ms"`
} //	@name	Sample

type testRequest struct {
	fleet.InputDraft
	ID int64 `json:"id,omitempty"` // a stored input whose secrets are used where the options leave them out
} //	@name	TestRequest

// test godoc
//
//	@Summary	Try a device without saving anything
//	@Tags		inputs
//	@Accept		json
//	@Param		input	body		testRequest	true	"kind and options"
//	@Success	200		{object}	Sample
//	@Failure	422		{object}	Problem	"wrong options, or the reason why the device does not answer"
//	@Router		/inputs/test [post]
func (h *inputs) test(c echo.Context) error {
	var req testRequest
	if err := decode(c, &req); err != nil {
		return err
	}
	started := time.Now()
	samples, err := h.fleet.TryInput(c.Request().Context(), req.InputDraft, req.ID)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, Sample{Readings: samples, TookMS: float64(time.Since(started).Microseconds()) / 1000})
}

// Discovery is a device found on this machine.
type Discovery struct {
	Kind     string          `json:"kind"`
	Name     string          `json:"name"`
	Detail   string          `json:"detail"`
	Options  json.RawMessage `json:"options" swaggertype:"object"`
	Readings []fleet.Sample  `json:"readings"`
	Error    string          `json:"error,omitempty"`
	Exists   bool            `json:"exists"` // an input with these options is configured already
} //	@name	Discovery

// discoveries godoc
//
//	@Summary	What was found on this machine, with what it says now
//	@Tags		inputs
//	@Param		limit	query		int		false	"at most so many"
//	@Param		offset	query		int		false	"leave out the first ones"
//	@Success	200	{object}	list[Discovery]
//	@Router		/discoveries [get]
func (h *inputs) discoveries(c echo.Context) error {
	found, err := h.fleet.Discover(c.Request().Context())
	if err != nil {
		return err
	}
	page, err := pageOf(c, mapped(found, viewDiscovery))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, page)
}

func viewDiscovery(d fleet.Discovery) Discovery {
	v := Discovery{
		Kind: d.Kind, Name: d.Name, Detail: d.Detail, Options: d.Options, Readings: d.Samples, Error: d.Error, Exists: d.Exists,
	}
	if v.Readings == nil {
		v.Readings = []fleet.Sample{}
	}
	return v
}
