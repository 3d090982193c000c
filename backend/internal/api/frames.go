package api

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"hypha/internal/dashboard"
)

// FrameHosts are the other servers whose pages dashboards may show inside of a tile.
type FrameHosts struct {
	Hosts []string `json:"hosts"` // https://grafana.example:3000
} //	@name	FrameHosts

type frames struct{ hosts *dashboard.Frames }

// list godoc
//
//	@Summary		The other servers whose pages dashboards may show
//	@Description	Browsers show no page of another server inside of this one's, unless the Content-Security-Policy names it: these are named there.
//	@Tags			dashboards
//	@Success		200	{object}	FrameHosts
//	@Router			/frame-hosts [get]
func (h *frames) list(c echo.Context) error {
	return c.JSON(http.StatusOK, FrameHosts{append([]string{}, h.hosts.Hosts()...)})
}

// set godoc
//
//	@Summary		Replace the list of other servers whose pages dashboards may show
//	@Description	It holds for pages that are loaded from then on.
//	@Tags			dashboards
//	@Accept			json
//	@Param			hosts	body		FrameHosts	true	"all of them"
//	@Success		200		{object}	FrameHosts
//	@Failure		403,422	{object}	Problem
//	@Router			/frame-hosts [put]
func (h *frames) set(c echo.Context) error {
	var r FrameHosts
	if err := decode(c, &r); err != nil {
		return err
	}
	kept, err := h.hosts.Set(c.Request().Context(), r.Hosts, by(c))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, FrameHosts{kept})
}
