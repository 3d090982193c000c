package api

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"hypha/internal/history"
	"hypha/internal/importing"
	"hypha/internal/measure"
)

// maxImport bounds the file of an import, in bytes.
const maxImport = 8 << 30

// uploading is the body of a long upload: the bound of the server on a whole request gives way to one on each piece.
type uploading struct {
	c       echo.Context
	control *http.ResponseController
}

func (u uploading) Read(b []byte) (int, error) {
	_ = u.control.SetReadDeadline(time.Now().Add(stalledAfter)) // where none can be set, the server's holds
	_ = u.control.SetWriteDeadline(time.Now().Add(answersAfterUpload))
	return u.c.Request().Body.Read(b)
}

func (u uploading) Close() error { return u.c.Request().Body.Close() }

// answersAfterUpload is how long the answer may take after the last piece has come.
const answersAfterUpload = 5 * time.Minute

// importFile godoc
//
//	@Summary		Store the readings of a file
//	@Description	The body is the file. csv: a heading with time (RFC 3339 or ms), value, channel and optionally unit, as the export writes it. line: line protocol; the tag channel or the parameter series says which channel a field belongs to. Readings are stored as they are, in portions; lines that are wrong are listed and keep no other from being stored. The same file again changes nothing.
//	@Tags			readings
//	@Accept			plain
//	@Param			format		query		string	false	"csv or line; default csv"
//	@Param			channel		query		int		false	"csv: of all lines"
//	@Param			precision	query		string	false	"line: of times: ns, us, ms or s; default ns"
//	@Param			series		query		[]string	false	"line: <measurement>[,tag=value...] <field>=<channel>"	collectionFormat(multi)
//	@Param			file		body		string	true	"the file"
//	@Success		200			{object}	fleet.Import
//	@Failure		413,422		{object}	Problem
//	@Router			/readings/import [post]
func (h *readings) importFile(c echo.Context) error {
	if packing := c.Request().Header.Get("Content-Encoding"); packing != "" && packing != "identity" {
		return problem(http.StatusUnsupportedMediaType, "The request is packed", "send the file as it is, without Content-Encoding")
	}
	body := http.MaxBytesReader(c.Response(), uploading{c, http.NewResponseController(c.Response())}, maxImport)
	read, err := importReader(c, body)
	if err != nil {
		return err
	}
	result, err := h.fleet.Import(c.Request().Context(), read)
	if heading, ok := errors.AsType[*importing.HeadingError](err); ok {
		return fieldProblem("file", heading.Error())
	}
	if err != nil {
		return err
	}
	h.fleet.Note("audit", "history", by(c), fmt.Sprintf("%d readings were imported, %d lines refused", result.Accepted, result.Rejected), result)
	return c.JSON(http.StatusOK, result)
}

// importReader returns what reads the file as the query says.
func importReader(c echo.Context, file io.Reader) (func(importing.Sink) error, error) {
	q := queries{c: c}
	channel := measure.ChannelID(q.whole("channel", 0, 0, 1<<62))
	precision := time.Nanosecond
	switch text := c.QueryParam("precision"); text {
	case "", "ns":
	case "us":
		precision = time.Microsecond
	case "ms":
		precision = time.Millisecond
	case "s":
		precision = time.Second
	default:
		q.fail("precision", "must be ns, us, ms or s")
	}
	series := map[importing.Series]measure.ChannelID{}
	for _, text := range c.QueryParams()["series"] {
		at := strings.LastIndexByte(text, '=')
		n, err := strconv.ParseInt(text[at+1:], 10, 64)
		if at < 0 || err != nil || !strings.Contains(text[:at], " ") {
			q.fail("series", fmt.Sprintf("%.80q: must be <measurement>[,tag=value...] <field>=<channel>", text))
			continue
		}
		series[importing.Series(text[:at])] = measure.ChannelID(n)
	}
	format := c.QueryParam("format")
	if format != "" && format != "csv" && format != "line" {
		q.fail("format", "must be csv or line")
	}
	if err := q.err(); err != nil {
		return nil, err
	}
	if format == "line" {
		return func(to importing.Sink) error { return importing.LineProtocol(file, precision, series, to) }, nil
	}
	return func(to importing.Sink) error { return importing.CSV(file, channel, to) }, nil
}

// Deleted is how many readings are gone.
type Deleted struct {
	Deleted int64 `json:"deleted"`
} //	@name	Deleted

// remove godoc
//
//	@Summary	Delete the readings of channels in a range; this cannot be undone
//	@Tags		readings
//	@Param		channel	query		[]int	true	"channels"	collectionFormat(multi)
//	@Param		from	query		string	true	"RFC 3339, ms since the epoch, or -24h"
//	@Param		to		query		string	true	"the same, exclusive"
//	@Success	200		{object}	Deleted
//	@Failure	404,422	{object}	Problem
//	@Router		/readings [delete]
func (h *readings) remove(c echo.Context) error {
	for _, name := range []string{"from", "to"} {
		if c.QueryParam(name) == "" {
			return fieldProblem(name, "is required: what is deleted cannot be restored")
		}
	}
	s, err := h.span(c)
	if err != nil {
		return err
	}
	n, err := h.fleet.DeleteReadings(c.Request().Context(), s.channels, s.from, s.to, by(c))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, Deleted{n})
}

// Aggregate is what the usable readings of a channel in a range come to; null when there are none.
type Aggregate struct {
	Channel measure.ChannelID `json:"channel" swaggertype:"integer"`
	Unit    measure.Unit      `json:"unit" swaggertype:"string"`
	Count   int64             `json:"count"`
	Min     *float64          `json:"min"`
	Max     *float64          `json:"max"`
	Mean    *float64          `json:"mean"`
	Sum     *float64          `json:"sum"`
	Last    *lastReading      `json:"last"` // whatever its quality
} //	@name	Aggregate

type lastReading struct {
	T int64   `json:"t"` // ms since the epoch
	V float64 `json:"v"`
	Q string  `json:"quality"`
} //	@name	LastReading

// aggregate godoc
//
//	@Summary	Number, extremes, mean, sum and last of the readings of channels in a range
//	@Tags		readings
//	@Param		channel	query		[]int	true	"channels"	collectionFormat(multi)
//	@Param		from	query		string	false	"RFC 3339, ms since the epoch, or -24h; default -24h"
//	@Param		to		query		string	false	"the same, exclusive; default now, or the newest reading if that is later"
//	@Success	200		{object}	list[Aggregate]
//	@Failure	404,422	{object}	Problem
//	@Router		/readings/aggregate [get]
func (h *readings) aggregate(c echo.Context) error {
	s, err := h.span(c)
	if err != nil {
		return err
	}
	items := make([]Aggregate, 0, len(s.channels))
	for _, ch := range s.channels {
		a, err := history.AggregateOf(c.Request().Context(), h.history, ch.ID, s.from, s.to)
		if err != nil {
			return err
		}
		item := Aggregate{Channel: ch.ID, Unit: ch.Unit, Count: a.Count}
		if a.Count > 0 {
			item.Min, item.Max, item.Mean, item.Sum = &a.Min, &a.Max, &a.Mean, &a.Sum
		}
		if a.Last != nil {
			item.Last = &lastReading{a.Last.T, a.Last.V, a.Last.Q.String()}
		}
		items = append(items, item)
	}
	return c.JSON(http.StatusOK, list[Aggregate]{Items: items, Total: int64(len(items))})
}
