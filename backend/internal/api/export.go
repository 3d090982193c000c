package api

import (
	"encoding/csv"
	"fmt"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"hypha/internal/measure"
)

// export godoc
//
//	@Summary	Readings as CSV, streamed: time,channel,name,unit,value
//	@Tags		readings
//	@Produce	text/csv
//	@Param		channel	query		[]int	true	"channels"	collectionFormat(multi)
//	@Param		from	query		string	false	"RFC 3339, ms since the epoch, or -24h; default -24h"
//	@Param		to		query		string	false	"the same, exclusive; default now, or the newest reading if that is later"
//	@Param		format	query		string	false	"csv"
//	@Header		200		{integer}	Hypha-Rows	"how many lines follow the heading at most"
//	@Success	200		{string}	string	"CSV with a header line; good and substituted readings"
//	@Failure	404,422	{object}	Problem
//	@Router		/readings/export [get]
func (h *readings) export(c echo.Context) error {
	if format := c.QueryParam("format"); format != "" && format != "csv" {
		return fieldProblem("format", "must be csv")
	}
	s, err := h.span(c)
	if err != nil {
		return err
	}
	rows := 0 // for a client that shows how far it is: at most so many lines follow the heading
	for _, ch := range s.channels {
		n, err := h.history.Count(c.Request().Context(), ch.ID, s.from, s.to)
		if err != nil {
			return err
		}
		rows += n
	}
	c.Response().Header().Set("Hypha-Rows", strconv.Itoa(rows))
	c.Response().Header().Set(echo.HeaderContentDisposition, `attachment; filename="hypha-readings.csv"`)
	w := csv.NewWriter(newStream(c, "text/csv; charset=utf-8"))
	if err := w.Write([]string{"time", "channel", "name", "unit", "value"}); err != nil {
		return fmt.Errorf("write the header: %w", err)
	}
	for _, ch := range s.channels {
		row := []string{"", strconv.FormatInt(int64(ch.ID), 10), safeCell(ch.Name), string(ch.Unit), ""}
		err := h.history.Raw(c.Request().Context(), ch.ID, s.from, s.to, 0, func(r measure.Reading) error {
			if !r.Q.Usable() {
				return nil
			}
			row[0] = time.UnixMilli(r.T).UTC().Format("2006-01-02T15:04:05.000Z07:00")
			row[4] = strconv.FormatFloat(r.V, 'g', -1, 64)
			return w.Write(row)
		})
		if err != nil {
			return fmt.Errorf("export channel %d: %w", ch.ID, err)
		}
	}
	w.Flush()
	return w.Error()
}

// safeCell keeps a spreadsheet from taking a name for a formula.
func safeCell(name string) string {
	if name != "" && (name[0] == '=' || name[0] == '+' || name[0] == '-' || name[0] == '@') {
		return "'" + name
	}
	return name
}
