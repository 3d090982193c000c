package api

import (
	"cmp"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"hypha/internal/fleet"
	"hypha/internal/measure"
	"hypha/internal/settings"
)

// Channel is one measured series with its newest reading.
type Channel struct {
	ID                measure.ChannelID  `json:"id" swaggertype:"integer"`
	Owner             string             `json:"owner"` // "input/3"
	OwnerName         string             `json:"owner_name"`
	Index             int                `json:"index"`
	Name              string             `json:"name"`
	Quantity          measure.Quantity   `json:"quantity" swaggertype:"string"`
	Unit              measure.Unit       `json:"unit" swaggertype:"string"`
	SourceUnit        measure.Unit       `json:"source_unit" swaggertype:"string"` // of what the device gives
	Decimals          int                `json:"decimals"`
	ExpectedIntervalS float64            `json:"expected_interval_s"` // seconds of silence after which it is stale; 0: never
	ValidMin          *float64           `json:"valid_min" extensions:"x-nullable"`
	ValidMax          *float64           `json:"valid_max" extensions:"x-nullable"`
	Calibration       json.RawMessage    `json:"calibration" swaggertype:"object" extensions:"x-nullable"`
	Filters           json.RawMessage    `json:"filters" swaggertype:"array,object"`
	Zone              *int64             `json:"zone" extensions:"x-nullable"`
	Last              *fleet.LastReading `json:"last" extensions:"x-nullable"`
	Stale             bool               `json:"stale"` // silent for too long; also when it never answered
} //	@name	Channel

type channels struct{ fleet *fleet.Fleet }

func viewChannel(ch fleet.Channel) Channel {
	v := Channel{
		ID: ch.ID, Owner: ch.Owner, OwnerName: ch.OwnerName, Index: ch.Index, Name: ch.Name, Quantity: ch.Quantity, Unit: ch.Unit,
		SourceUnit: ch.SourceUnit, Decimals: ch.Decimals, ExpectedIntervalS: ch.ExpectedIntervalS, ValidMin: ch.ValidMin,
		ValidMax: ch.ValidMax, Calibration: ch.Calibration, Filters: ch.Filters, Zone: ch.Zone, Last: ch.Last, Stale: ch.Stale,
	}
	if len(v.Filters) == 0 || string(v.Filters) == "null" {
		v.Filters = json.RawMessage("[]")
	}
	return v
}

// list godoc
//
//	@Summary	List channels with their newest reading
//	@Tags		channels
//	@Param		limit	query		int		false	"at most so many"
//	@Param		offset	query		int		false	"leave out the first ones"
//	@Param		owner	query		string	false	"only of this owner, for example input/3"
//	@Success	200		{object}	list[Channel]
//	@Router		/channels [get]
func (h *channels) list(c echo.Context) error {
	q := queries{c: c}
	filter := settings.ChannelFilter{Owner: c.QueryParam("owner")}
	filter.Limit, filter.Offset = q.page()
	if err := q.err(); err != nil {
		return err
	}
	items, total, err := h.fleet.Channels(c.Request().Context(), filter)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, list[Channel]{Items: mapped(items, viewChannel), Total: total})
}

// get godoc
//
//	@Summary	One channel with its newest reading
//	@Tags		channels
//	@Param		id	path		int	true	"channel"
//	@Success	200	{object}	Channel
//	@Failure	404	{object}	Problem
//	@Router		/channels/{id} [get]
func (h *channels) get(c echo.Context) error {
	n, err := id(c, "id")
	if err != nil {
		return err
	}
	ch, err := h.fleet.Channel(c.Request().Context(), measure.ChannelID(n))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, viewChannel(ch))
}

// update godoc
//
//	@Summary		Change a channel
//	@Description	A JSON merge patch. A new unit converts the stored history.
//	@Tags			channels
//	@Accept			json
//	@Param			id			path		int					true	"channel"
//	@Param			patch		body		channelPatch	true	"the fields to change"
//	@Success		200			{object}	Channel
//	@Failure		400,404,422	{object}	Problem
//	@Router			/channels/{id} [patch]
func (h *channels) update(c echo.Context) error {
	n, err := id(c, "id")
	if err != nil {
		return err
	}
	change, err := patch[channelPatch](c)
	if err != nil {
		return err
	}
	ch, err := h.fleet.UpdateChannel(c.Request().Context(), measure.ChannelID(n), change, by(c))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, viewChannel(ch))
}

// latest godoc
//
//	@Summary	The newest reading of channels
//	@Tags		readings
//	@Param		channel	query		[]int	false	"only these"	collectionFormat(multi)
//	@Param		before	query		string	false	"the last one before this instant, out of the history; RFC 3339, ms since the epoch, or -24h"
//	@Param		limit	query		int		false	"at most so many"
//	@Param		offset	query		int		false	"leave out the first ones"
//	@Success	200		{object}	list[liveReading]
//	@Failure	422		{object}	Problem
//	@Router		/readings/latest [get]
func (h *channels) latest(c echo.Context) error {
	ids, err := channelIDs(c)
	if err != nil {
		return err
	}
	wanted := map[measure.ChannelID]bool{}
	for _, n := range ids {
		wanted[n] = true
	}
	q := queries{c: c}
	before := q.millis("before", -1, time.Now())
	if err := q.err(); err != nil {
		return err
	}
	now := h.fleet.ReadingsNow()
	if before >= 0 {
		if now, err = h.fleet.ReadingsBefore(c.Request().Context(), ids, before); err != nil {
			return err
		}
	}
	items := []liveReading{}
	for _, r := range now {
		if len(wanted) == 0 || wanted[r.Channel] {
			items = append(items, viewReading(r))
		}
	}
	slices.SortFunc(items, func(a, b liveReading) int { return cmp.Compare(a.Channel, b.Channel) })
	page, err := pageOf(c, items)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, page)
}

// maxSeries bounds the channels of one request.
const maxSeries = 1000

func channelIDs(c echo.Context) ([]measure.ChannelID, error) {
	texts := c.QueryParams()["channel"]
	if len(texts) > maxSeries {
		return nil, fieldProblem("channel", "at most "+strconv.Itoa(maxSeries)+" at a time")
	}
	ids := make([]measure.ChannelID, 0, len(texts))
	for _, text := range texts {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || n <= 0 {
			return nil, fieldProblem("channel", strconv.Quote(text)+" is no channel: use its number")
		}
		ids = append(ids, measure.ChannelID(n))
	}
	return ids, nil
}
