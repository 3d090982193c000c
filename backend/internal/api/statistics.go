package api

import (
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"hypha/internal/fleet"
	"hypha/internal/history"
	"hypha/internal/measure"
	"hypha/internal/settings"
)

// Statistics is what the usable readings of a channel in a range come to; null is what is not known. Between two readings that are no gap
// apart the value is taken to go straight from one to the other.
type Statistics struct {
	Channel   measure.ChannelID `json:"channel" swaggertype:"integer"`
	Unit      measure.Unit      `json:"unit" swaggertype:"string"`
	Count     int64             `json:"count"`
	Min       *float64          `json:"min" extensions:"x-nullable"`
	MinAt     *fleet.Time       `json:"min_at" swaggertype:"string" format:"date-time" extensions:"x-nullable"` // the first time
	Max       *float64          `json:"max" extensions:"x-nullable"`
	MaxAt     *fleet.Time       `json:"max_at" swaggertype:"string" format:"date-time" extensions:"x-nullable"` // the first time
	Mean      *float64          `json:"mean" extensions:"x-nullable"`                                           // of the readings
	Deviation *float64          `json:"deviation" extensions:"x-nullable"`                                      // standard deviation of the readings
	RatePerS  *float64          `json:"rate_per_s" extensions:"x-nullable"`                                     // slope of the straight line through them, per second
	Integral  *float64          `json:"integral" extensions:"x-nullable"`                                       // in units times seconds, gaps left out
	CoveredMS *int64            `json:"covered_ms" extensions:"x-nullable"`                                     // lies between two readings without a gap
	WithinMS  *float64          `json:"within_ms" extensions:"x-nullable"`                                      // of it inside low..high; null without them
} //	@name	Statistics

const (
	// maxMoments bounds how many readings of a channel are looked at one by one: half a year of one a second.
	maxMoments = 16_000_000
	// gapFactor: silence this many times as long as a channel may be silent is a gap.
	gapFactor  = 3
	defaultGap = 10 * time.Minute // for channels that may be silent for as long as they like
)

// statistics godoc
//
//	@Summary		Mean, extremes with their times, deviation, slope, integral and time inside a band of channels in a range
//	@Description	Each usable reading is looked at. Of more than 16 million readings only count, min, max and mean are answered; the rest is null.
//	@Tags			readings
//	@Param			channel	query		[]int	true	"channels"	collectionFormat(multi)
//	@Param			from	query		string	false	"RFC 3339, ms since the epoch, or -24h; default -24h"
//	@Param			to		query		string	false	"the same, exclusive; default now, or the newest reading if that is later"
//	@Param			low		query		number	false	"lower end of the band"
//	@Param			high	query		number	false	"upper end of the band"
//	@Success		200		{object}	list[Statistics]
//	@Failure		404,422	{object}	Problem
//	@Router			/readings/statistics [get]
func (h *readings) statistics(c echo.Context) error {
	q := queries{c: c}
	band := history.Band{Low: q.number("low"), High: q.number("high")}
	if band.Low > band.High {
		q.fail("low", "must not be above high")
	}
	if err := q.err(); err != nil {
		return err
	}
	s, err := h.span(c)
	if err != nil {
		return err
	}
	items := make([]Statistics, 0, len(s.channels))
	for _, ch := range s.channels {
		got, err := history.StatisticsOf(c.Request().Context(), h.history, ch.ID, s.from, s.to, gapOf(ch), band, maxMoments)
		if err != nil {
			return err
		}
		items = append(items, viewStatistics(ch, got, band))
	}
	return c.JSON(http.StatusOK, list[Statistics]{Items: items, Total: int64(len(items))})
}

// gapOf is the silence, in ms, that is a gap of a channel.
func gapOf(ch settings.Channel) int64 {
	if ch.ExpectedIntervalS <= 0 {
		return defaultGap.Milliseconds()
	}
	return int64(ch.ExpectedIntervalS * gapFactor * 1000)
}

func viewStatistics(ch settings.Channel, got history.Statistics, band history.Band) Statistics {
	out := Statistics{Channel: ch.ID, Unit: ch.Unit, Count: got.Count}
	if got.Count == 0 {
		return out
	}
	out.Min, out.Max, out.Mean = &got.Min.V, &got.Max.V, &got.Mean
	if !got.HasMoments {
		return out
	}
	low, high := fleet.FromMillis(got.Min.T), fleet.FromMillis(got.Max.T)
	out.MinAt, out.MaxAt, out.CoveredMS = &low, &high, &got.CoveredMS
	if got.Count > 1 {
		out.Deviation, out.RatePerS = &got.Deviation, &got.RatePerS
	}
	if got.CoveredMS > 0 {
		out.Integral = &got.Integral
		if !math.IsNaN(band.Low) || !math.IsNaN(band.High) {
			out.WithinMS = &got.WithinMS
		}
	}
	return out
}

// number reads a number; NaN for an absent one.
func (q *queries) number(name string) float64 {
	text := q.c.QueryParam(name)
	if text == "" {
		return math.NaN()
	}
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
		q.fail(name, "must be a number")
		return math.NaN()
	}
	return v
}
