package remote

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"hypha/internal/measure"
)

// engine reads the series of one instance.
type engine struct {
	ask      *querier
	instance string
	atOnce   int64 // readings fetched in one go

	mu     sync.Mutex
	closed bool      // a range selector holds the instant at which it begins, as in Prometheus before 3
	probed time.Time // when that was found out
}

const (
	// earliest is the year 2000: nothing is measured before, and VictoriaMetrics answers wrongly when asked from 1970 on.
	earliest    = 946_684_800_000
	aheadAtMost = 48 * time.Hour // readings are never further in the future
	probeEvery  = 10 * time.Minute
	stepsAtOnce = 10_000 // Prometheus gives 11 000 points of a series at most
	pageRows    = 20_000 // readings fetched in one go: 600 KB
)

// bounds narrows a range to where readings can be.
func bounds(from, to int64) (int64, int64) {
	return max(from, earliest), min(to, time.Now().Add(aheadAtMost).UnixMilli())
}

// selector chooses the series of channels.
func (e *engine) selector(more string, ids ...measure.ChannelID) string {
	text := Metric + "{instance=" + quote(e.instance)
	switch len(ids) {
	case 0:
	case 1:
		text += `,channel="` + strconv.FormatInt(int64(ids[0]), 10) + `"`
	default:
		names := make([]string, len(ids))
		for i, id := range ids {
			names[i] = strconv.FormatInt(int64(id), 10)
		}
		text += `,channel=~"` + strings.Join(names, "|") + `"`
	}
	return text + more + "}"
}

// usable chooses the qualities of which summaries are made; see measure.Quality.Usable.
const usable = `,quality=~"|substituted"`

// window writes a range selector that holds the instants (t-ms, t], evaluated at t.
func (e *engine) window(ctx context.Context, ms int64) (string, error) {
	closed, err := e.holdsBegin(ctx)
	if err != nil {
		return "", err
	}
	if closed {
		ms--
	}
	if ms < 1 {
		return "", errNoWindow
	}
	return "[" + duration(ms) + "]", nil
}

// holdsBegin finds out how the engine understands a range, without any data: a second in steps of a second has one step,
// or two if both its ends count.
func (e *engine) holdsBegin(ctx context.Context) (bool, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if !e.probed.IsZero() && time.Since(e.probed) < probeEvery {
		return e.closed, nil
	}
	rows, err := e.ask.at(ctx, "count_over_time(vector(1)[1s:1s])", time.Now().Truncate(time.Minute).UnixMilli())
	if err != nil {
		return false, err
	}
	if len(rows) != 1 || rows[0].Value == nil || rows[0].Value.v != 1 && rows[0].Value.v != 2 {
		return false, fmt.Errorf("the remote engine understands no PromQL subquery: %+v", rows)
	}
	e.closed, e.probed = rows[0].Value.v == 2, time.Now()
	return e.closed, nil
}

// cell says how many readings are in [from, to).
type cell struct {
	from, to int64
	n        int64
}

// counts counts the readings that a selector chooses in [from, to), in cells of a width; empty cells are left out.
func (e *engine) counts(ctx context.Context, selector string, from, to, width int64) (cells []cell, err error) {
	full := from + (to-from)/width*width
	if full > from {
		window, err := e.window(ctx, width)
		if err != nil {
			return nil, err
		}
		expression := "sum(count_over_time(" + selector + window + "))"
		for at := from; at < full; {
			end := min(full, at+width*stepsAtOnce)
			rows, err := e.ask.steps(ctx, expression, at+width-1, end-1, width)
			if err != nil {
				return nil, err
			}
			for _, r := range rows {
				for _, p := range r.Values {
					cells = append(cells, cell{p.t + 1 - width, p.t + 1, int64(p.v)})
				}
			}
			at = end
		}
	}
	if full < to {
		n, err := e.count(ctx, selector, full, to)
		if err != nil {
			return nil, err
		}
		if n > 0 {
			cells = append(cells, cell{full, to, n})
		}
	}
	return cells, nil
}

// count counts in one go.
func (e *engine) count(ctx context.Context, selector string, from, to int64) (int64, error) {
	if to-from < 2 {
		rows, err := e.raw(ctx, selector, from, to)
		n := 0
		for _, r := range rows {
			n += len(r.Values)
		}
		return int64(n), err
	}
	window, err := e.window(ctx, to-from)
	if err != nil {
		return 0, err
	}
	rows, err := e.ask.at(ctx, "sum(count_over_time("+selector+window+"))", to-1)
	if err != nil || len(rows) == 0 || rows[0].Value == nil {
		return 0, err
	}
	return int64(rows[0].Value.v), nil
}

// cellWidth divides a range for counting: into days at most, so that no answer takes too much of the engine, and into
// not more than a few thousand.
func cellWidth(from, to int64) int64 {
	const day = 24 * 3600 * 1000
	span := to - from
	width := max(span/1000, 2)
	return max(min(width, day), span/(stepsAtOnce-1)+1)
}

// raw fetches the samples in [from, to) as they are.
func (e *engine) raw(ctx context.Context, selector string, from, to int64) ([]row, error) {
	// One that begins before from serves both kinds of engines: what lies before is left out here.
	rows, err := e.ask.at(ctx, selector+"["+duration(to-from)+"]", to-1)
	if err != nil {
		return nil, err
	}
	for i := range rows {
		rows[i].Values = slices.DeleteFunc(rows[i].Values, func(p point) bool {
			return p.t < from || p.t >= to || math.IsNaN(p.v) || math.IsInf(p.v, 0)
		})
	}
	return rows, nil
}
