package api

import (
	"context"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"hypha/internal/fleet"
	"hypha/internal/output"
)

// channelCommand is one of on, duty, volume_ml and value.
type channelCommand struct {
	On        *bool    `json:"on,omitempty"`
	Duty      *float64 `json:"duty,omitempty"`       // percent
	VolumeML  *float64 `json:"volume_ml,omitempty"`  // ml
	Value     *float64 `json:"value,omitempty"`      // in the unit of the device
	DurationS *float64 `json:"duration_s,omitempty"` // ends by itself after so many seconds
	LeaseS    *float64 `json:"lease_s,omitempty"`    // goes to safe unless renewed within so many seconds
} //	@name	ChannelCommand

// maxCommandS bounds durations and leases: a year.
const maxCommandS = 366 * 24 * 3600

func (r channelCommand) command() (output.Command, error) {
	c := output.Command{Level: output.Level{On: r.On, Duty: r.Duty, VolumeML: r.VolumeML, Value: r.Value}}
	for _, f := range []struct {
		name string
		s    *float64
		into *time.Duration
	}{{"duration_s", r.DurationS, &c.Duration}, {"lease_s", r.LeaseS, &c.Lease}} {
		if f.s == nil {
			continue
		}
		if !(*f.s > 0 && *f.s <= maxCommandS) || math.IsNaN(*f.s) {
			return c, fieldProblem(f.name, "must be above 0 s and at most a year")
		}
		*f.into = max(time.Duration(*f.s*float64(time.Second)), time.Millisecond)
	}
	return c, nil
}

// channel godoc
//
//	@Summary	The state of an output channel
//	@Tags		outputs
//	@Param		id	path		int	true	"output"
//	@Param		n	path		int	true	"channel number"
//	@Success	200	{object}	fleet.ChannelState
//	@Failure	404	{object}	Problem
//	@Router		/outputs/{id}/channels/{n} [get]
func (h *outputs) channel(c echo.Context) error {
	out, n, err := outputChannel(c)
	if err != nil {
		return err
	}
	s, err := h.fleet.ChannelState(c.Request().Context(), out, n)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, s)
}

// drive godoc
//
//	@Summary	Drive an output channel
//	@Tags		outputs
//	@Accept		json
//	@Param		id			path		int				true	"output"
//	@Param		n			path		int				true	"channel number"
//	@Param		command		body		channelCommand	true	"one of on, duty (%), volume_ml and value, as the channel's type"
//	@Success	200			{object}	fleet.ChannelState
//	@Failure	404,409,422	{object}	Problem	"unknown; disabled or everything is stopped; invalid, beyond a limit, or not taken by the device"
//	@Failure	503			{object}	Problem	"the device has not been reached yet"
//	@Router		/outputs/{id}/channels/{n} [put]
func (h *outputs) drive(c echo.Context) error {
	out, n, err := outputChannel(c)
	if err != nil {
		return err
	}
	var r channelCommand
	if err := decode(c, &r); err != nil {
		return err
	}
	command, err := r.command()
	if err != nil {
		return err
	}
	s, err := h.fleet.Drive(c.Request().Context(), out, n, command, by(c))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, s)
}

// endOverride godoc
//
//	@Summary	End a manual override; who waits takes over
//	@Description	A command of a person on a channel that functions drive. Without one nothing happens.
//	@Tags		outputs
//	@Param		id	path	int	true	"output"
//	@Param		n	path	int	true	"channel number"
//	@Success	204
//	@Failure	404,409	{object}	Problem
//	@Router		/outputs/{id}/channels/{n}/override [delete]
func (h *outputs) endOverride(c echo.Context) error {
	out, n, err := outputChannel(c)
	if err != nil {
		return err
	}
	if err := h.fleet.EndOverride(c.Request().Context(), out, n, by(c)); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

// acknowledge godoc
//
//	@Summary	Acknowledge the fault of a channel, so that it can be driven again
//	@Tags		outputs
//	@Param		id	path		int	true	"output"
//	@Param		n	path		int	true	"channel number"
//	@Success	200	{object}	fleet.ChannelState
//	@Failure	404,409	{object}	Problem
//	@Router		/outputs/{id}/channels/{n}/acknowledge [post]
func (h *outputs) acknowledge(c echo.Context) error { return h.amend(c, h.fleet.Acknowledge) }

// serviced godoc
//
//	@Summary	Note that a channel was serviced; its maintenance reminder counts anew
//	@Tags		outputs
//	@Param		id	path		int	true	"output"
//	@Param		n	path		int	true	"channel number"
//	@Success	200	{object}	fleet.ChannelState
//	@Failure	404,409	{object}	Problem
//	@Router		/outputs/{id}/channels/{n}/serviced [post]
func (h *outputs) serviced(c echo.Context) error { return h.amend(c, h.fleet.Serviced) }

func (h *outputs) amend(c echo.Context, change func(ctx context.Context, id int64, channel int, by string) (fleet.ChannelState, error)) error {
	out, n, err := outputChannel(c)
	if err != nil {
		return err
	}
	s, err := change(c.Request().Context(), out, n, by(c))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, s)
}

// why godoc
//
//	@Summary	Why an output channel was in its state at a moment
//	@Description	Answers from the journal: the state then and since when, what led to it, the limits in force, who waited, and what was refused meanwhile.
//	@Tags		outputs
//	@Param		id		path		int		true	"output"
//	@Param		at		query		string	false	"RFC 3339, ms since the epoch, or -2h; without it now"
//	@Param		channel	query		int		false	"channel number; without it 0"
//	@Success	200		{object}	fleet.Why
//	@Failure	404,422	{object}	Problem
//	@Router		/outputs/{id}/why [get]
func (h *outputs) why(c echo.Context) error {
	out, err := id(c, "id")
	if err != nil {
		return err
	}
	q := queries{c: c}
	now := time.Now()
	at := q.millis("at", now.UnixMilli(), now)
	channel := 0
	if text := c.QueryParam("channel"); text != "" {
		if channel, err = strconv.Atoi(text); err != nil || channel < 0 {
			q.fail("channel", "must be a channel number of this output")
		}
	}
	if err := q.err(); err != nil {
		return err
	}
	why, err := h.fleet.Why(c.Request().Context(), out, channel, time.UnixMilli(at))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, why)
}

func outputChannel(c echo.Context) (out int64, n int, err error) {
	if out, err = id(c, "id"); err != nil {
		return 0, 0, err
	}
	ch, err := id(c, "n")
	if err != nil || ch > math.MaxInt32 {
		return 0, 0, fleet.ErrNotFound
	}
	return out, int(ch), nil
}
