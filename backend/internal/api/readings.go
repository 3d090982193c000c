package api

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"runtime"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"hypha/internal/fleet"
	"hypha/internal/history"
	"hypha/internal/measure"
	"hypha/internal/settings"
)

type readings struct {
	fleet   *fleet.Fleet
	history history.Store
}

// Series is the readings of one channel in a range: raw, with t, v and, when any is not good, q; or in buckets, with t
// (the bucket's start), min, max, mean and count. All arrays of a series are of one length; times are ms since the epoch.
type Series struct {
	Channel measure.ChannelID `json:"channel" swaggertype:"integer"`
	Unit    measure.Unit      `json:"unit" swaggertype:"string"`
	Raw     bool              `json:"raw"`
	T       []int64           `json:"t"`
	V       []float64         `json:"v,omitempty"`
	Q       []string          `json:"q,omitempty"`
	Min     []float64         `json:"min,omitempty"`
	Max     []float64         `json:"max,omitempty"`
	Mean    []float64         `json:"mean,omitempty"`
	Count   []int64           `json:"count,omitempty"`
} //	@name	Series

// ReadingsAnswer is the series asked for, in that order.
type ReadingsAnswer struct {
	Series []Series `json:"series"`
} //	@name	ReadingsAnswer

// span is a range of time of channels.
type span struct {
	channels []settings.Channel
	from, to int64 // ms, [from, to)
	points   int64
}

const (
	maxPoints     = 1_000_000
	defaultPoints = 1000
)

// span reads the query of readings and export.
func (h *readings) span(c echo.Context) (s span, err error) {
	ids, err := channelIDs(c)
	if err != nil {
		return s, err
	}
	q := queries{c: c}
	now := time.Now()
	s.from = q.millis("from", now.Add(-24*time.Hour).UnixMilli(), now)
	s.to = q.millis("to", now.UnixMilli()+1, now)
	s.points = q.whole("points", defaultPoints, 1, maxPoints)
	if len(ids) == 0 {
		q.fail("channel", "is required: name at least one, GET /api/v1/channels lists them")
	}
	if len(q.errs) == 0 && s.from >= s.to {
		q.fail("from", "must be before to")
	}
	if err := q.err(); err != nil {
		return s, err
	}
	rows, _, err := h.fleet.Channels(c.Request().Context(), settings.ChannelFilter{IDs: ids})
	if err != nil {
		return s, err
	}
	known := map[measure.ChannelID]settings.Channel{}
	for _, row := range rows {
		known[row.ID] = row.Channel
	}
	for _, n := range ids {
		row, ok := known[n]
		if !ok {
			return s, problem(http.StatusNotFound, "Not found", fmt.Sprintf("there is no channel %d", n))
		}
		s.channels = append(s.channels, row)
		if last, _, ok := h.fleet.Live.Get(n); ok && c.QueryParam("to") == "" {
			s.to = max(s.to, last.T+1) // the clock of who sent it may be ahead
		}
	}
	return s, nil
}

// get godoc
//
//	@Summary		Readings of channels in a range
//	@Description	Raw whenever the range holds at most `points` readings of the channel, else in at most `points` buckets; wide ones are whole multiples of ten minutes and begin at them. Buckets leave out what is neither good nor substituted. The answer is streamed, series by series.
//	@Tags			readings
//	@Param			channel	query		[]int	true	"channels"	collectionFormat(multi)
//	@Param			from	query		string	false	"RFC 3339, ms since the epoch, or -24h; default -24h"
//	@Param			to		query		string	false	"the same, exclusive; default now, or the newest reading if that is later"
//	@Param			points	query		int		false	"1 to 1000000; default 1000"
//	@Success		200		{object}	ReadingsAnswer
//	@Failure		404,422	{object}	Problem
//	@Router			/readings [get]
func (h *readings) get(c echo.Context) error {
	s, err := h.span(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	read := h.ahead(ctx, s)
	defer read.stop()
	// The first series is read before anything is sent, so that a fault of the store still makes a proper answer.
	first, err := read.next()
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(newStream(c, echo.MIMEApplicationJSON), 64<<10)
	fmt.Fprint(w, `{"series":[`)
	writeSeries(w, first)
	for _, ch := range s.channels[1:] {
		next, err := read.next()
		if err != nil {
			return fmt.Errorf("series of channel %d: %w", ch.ID, err)
		}
		w.WriteByte(',') //nolint:errcheck // bufio keeps the error for Flush
		writeSeries(w, next)
	}
	fmt.Fprint(w, "]}\n")
	return w.Flush()
}

// reader reads the series of a request ahead, as many at a time as there are processors, and hands them over in order.
type reader struct {
	stop    context.CancelFunc
	begin   func(settings.Channel) <-chan readSeries
	waiting []<-chan readSeries
	left    []settings.Channel // not begun
}

type readSeries struct {
	series Series
	err    error
}

func (h *readings) ahead(ctx context.Context, s span) *reader {
	ctx, stop := context.WithCancel(ctx)
	r := &reader{stop: stop, left: s.channels, begin: func(ch settings.Channel) <-chan readSeries {
		done := make(chan readSeries, 1) // nobody may be there to take it
		go func() {
			series, err := h.series(ctx, s, ch)
			done <- readSeries{series, err}
		}()
		return done
	}}
	for range min(runtime.GOMAXPROCS(0), len(s.channels)) {
		r.more()
	}
	return r
}

func (r *reader) more() {
	if len(r.left) > 0 {
		r.waiting = append(r.waiting, r.begin(r.left[0]))
		r.left = r.left[1:]
	}
}

// next waits for the next series; there is one for each channel.
func (r *reader) next() (Series, error) {
	got := <-r.waiting[0]
	r.waiting = r.waiting[1:]
	r.more()
	return got.series, got.err
}

// series reads one channel.
func (h *readings) series(ctx context.Context, s span, ch settings.Channel) (Series, error) {
	out := Series{Channel: ch.ID, Unit: ch.Unit}
	many, err := history.MoreThan(ctx, h.history, ch.ID, s.from, s.to, s.points)
	if err != nil {
		return out, err
	}
	if many {
		err := history.Draw(ctx, h.history, ch.ID, s.from, s.to, s.points, func(b history.Bucket) error {
			out.T, out.Min, out.Max = append(out.T, b.T), append(out.Min, b.Min), append(out.Max, b.Max)
			out.Mean, out.Count = append(out.Mean, b.Mean), append(out.Count, b.Count)
			return nil
		})
		return out, err
	}
	out.Raw = true
	out.T, out.V = []int64{}, []float64{}
	err = h.history.Raw(ctx, ch.ID, s.from, s.to, 0, func(r measure.Reading) error {
		if r.Q != measure.Good && out.Q == nil {
			out.Q = make([]string, len(out.T))
			for i := range out.Q {
				out.Q[i] = measure.Good.String()
			}
		}
		out.T, out.V = append(out.T, r.T), append(out.V, r.V)
		if out.Q != nil {
			out.Q = append(out.Q, r.Q.String())
		}
		return nil
	})
	return out, err
}

// writeSeries writes a series without reflection: a million points are normal.
func writeSeries(w *bufio.Writer, s Series) {
	fmt.Fprintf(w, `{"channel":%d,"unit":%q,"raw":%t`, s.Channel, s.Unit, s.Raw)
	ints := func(name string, all []int64) {
		fmt.Fprintf(w, `,%q:[`, name)
		for n, v := range all {
			b := w.AvailableBuffer()
			if n > 0 {
				b = append(b, ',')
			}
			w.Write(strconv.AppendInt(b, v, 10)) //nolint:errcheck // bufio keeps the error for Flush
		}
		w.WriteByte(']') //nolint:errcheck // likewise
	}
	floats := func(name string, all []float64) {
		fmt.Fprintf(w, `,%q:[`, name)
		for n, v := range all {
			b := w.AvailableBuffer()
			if n > 0 {
				b = append(b, ',')
			}
			w.Write(strconv.AppendFloat(b, v, 'g', -1, 64)) //nolint:errcheck // likewise
		}
		w.WriteByte(']') //nolint:errcheck // likewise
	}
	ints("t", s.T)
	if s.Raw {
		floats("v", s.V)
		if s.Q != nil {
			fmt.Fprint(w, `,"q":[`)
			for n, q := range s.Q {
				if n > 0 {
					w.WriteByte(',') //nolint:errcheck // likewise
				}
				fmt.Fprintf(w, "%q", q)
			}
			w.WriteByte(']') //nolint:errcheck // likewise
		}
	} else {
		floats("min", s.Min)
		floats("max", s.Max)
		floats("mean", s.Mean)
		ints("count", s.Count)
	}
	w.WriteByte('}') //nolint:errcheck // likewise
}
