package api

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"hypha/internal/fleet"
	"hypha/internal/measure"
)

type calibrations struct{ fleet *fleet.Fleet }

// probe godoc
//
//	@Summary		Put a channel under calibration, and see what its device says
//	@Description	For a minute, or another one when it is called again, its readings have the quality calibrating and nothing acts on them. The answer has the device's own values, before any correction, in the device's unit.
//	@Tags			channels
//	@Param			id		path		int	true	"channel"
//	@Success		200		{object}	fleet.Probe
//	@Failure		404,409	{object}	Problem
//	@Router			/channels/{id}/probe [post]
func (h *calibrations) probe(c echo.Context) error {
	n, err := id(c, "id")
	if err != nil {
		return err
	}
	p, err := h.fleet.ProbeChannel(c.Request().Context(), measure.ChannelID(n))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, p)
}

// endProbe godoc
//
//	@Summary	Have the readings of a channel used again
//	@Tags		channels
//	@Param		id	path	int	true	"channel"
//	@Success	204
//	@Failure	404	{object}	Problem
//	@Router		/channels/{id}/probe [delete]
func (h *calibrations) endProbe(c echo.Context) error {
	n, err := id(c, "id")
	if err != nil {
		return err
	}
	if err := h.fleet.EndProbe(c.Request().Context(), measure.ChannelID(n)); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

// list godoc
//
//	@Summary	The calibrations of a channel, newest first
//	@Tags		channels
//	@Param		id		path		int	true	"channel"
//	@Param		limit	query		int	false	"at most so many"
//	@Param		offset	query		int	false	"leave out the first ones"
//	@Success	200		{object}	list[fleet.CalibrationView]
//	@Failure	404,422	{object}	Problem
//	@Router		/channels/{id}/calibrations [get]
func (h *calibrations) list(c echo.Context) error {
	n, err := id(c, "id")
	if err != nil {
		return err
	}
	q := queries{c: c}
	limit, offset := q.page()
	if err := q.err(); err != nil {
		return err
	}
	items, total, err := h.fleet.Calibrations(c.Request().Context(), measure.ChannelID(n), limit, offset)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, list[fleet.CalibrationView]{Items: items, Total: total})
}

// judge godoc
//
//	@Summary	What points would come to, without anything being changed
//	@Tags		channels
//	@Accept		json
//	@Param		id			path		int						true	"channel"
//	@Param		calibration	body		fleet.CalibrationDraft	true	"the points"
//	@Success	200			{object}	calibrate.Result
//	@Failure	400,404,422	{object}	Problem
//	@Router		/channels/{id}/calibrations/judge [post]
func (h *calibrations) judge(c echo.Context) error {
	n, err := id(c, "id")
	if err != nil {
		return err
	}
	var d fleet.CalibrationDraft
	if err := decode(c, &d); err != nil {
		return err
	}
	r, err := h.fleet.JudgeCalibration(c.Request().Context(), measure.ChannelID(n), d)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, r)
}

// create godoc
//
//	@Summary		Calibrate a channel
//	@Description	One point moves the zero, two draw a line, more are fitted. The correction becomes that of the channel; points, findings and verdict are kept.
//	@Tags			channels
//	@Accept			json
//	@Param			id			path		int						true	"channel"
//	@Param			calibration	body		fleet.CalibrationDraft	true	"the points"
//	@Success		201			{object}	fleet.CalibrationView
//	@Failure		400,404,422	{object}	Problem
//	@Router			/channels/{id}/calibrations [post]
func (h *calibrations) create(c echo.Context) error {
	n, err := id(c, "id")
	if err != nil {
		return err
	}
	var d fleet.CalibrationDraft
	if err := decode(c, &d); err != nil {
		return err
	}
	v, err := h.fleet.Calibrate(c.Request().Context(), measure.ChannelID(n), d, by(c))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusCreated, v)
}

// undo godoc
//
//	@Summary	Put back the correction that was before the newest calibration
//	@Tags		channels
//	@Param		id	path		int	true	"channel"
//	@Success	200	{object}	fleet.CalibrationView	"the one that was undone"
//	@Failure	404	{object}	Problem
//	@Router		/channels/{id}/calibrations/undo [post]
func (h *calibrations) undo(c echo.Context) error {
	n, err := id(c, "id")
	if err != nil {
		return err
	}
	v, err := h.fleet.UndoCalibration(c.Request().Context(), measure.ChannelID(n), by(c))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, v)
}
