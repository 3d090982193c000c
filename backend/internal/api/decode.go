package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"hypha/internal/fleet"
	"hypha/internal/option"
)

const (
	maxBody     = 1 << 20 // bytes of a request, but for readings
	maxReadings = 16 << 20
	defaultPage = 1000
	maxPage     = 100_000
	lastMillis  = 253_402_300_799_999 // the end of the year 9999: RFC 3339 goes no further
)

// body reads a request's body, at most limit bytes.
func body(c echo.Context, limit int64) ([]byte, error) {
	if packing := c.Request().Header.Get("Content-Encoding"); packing != "" && packing != "identity" {
		return nil, problem(http.StatusUnsupportedMediaType, "The request is packed", "send the JSON as it is, without Content-Encoding")
	}
	raw, err := io.ReadAll(http.MaxBytesReader(c.Response(), c.Request().Body, limit))
	var tooLarge *http.MaxBytesError
	switch {
	case err == nil:
		return raw, nil
	case errors.As(err, &tooLarge), c.Request().Context().Err() != nil:
		return nil, fmt.Errorf("read the request: %w", err)
	}
	// Only the sender can have caused it: a length that is not kept, broken chunks, or silence.
	return nil, problem(http.StatusBadRequest, "The request cannot be read", "its body did not arrive as announced: "+err.Error())
}

// decode reads a JSON body strictly: unknown fields and wrong types are field errors.
func decode(c echo.Context, into any) error { return decodeUpTo(c, maxBody, into) }

func decodeUpTo(c echo.Context, limit int64, into any) error {
	raw, err := body(c, limit)
	if err != nil {
		return err
	}
	if err := validJSON(raw); err != nil {
		return err
	}
	return fleet.Strict(raw, into)
}

// decodeOptional is decode for a body that may be left out.
func decodeOptional(c echo.Context, into any) error {
	raw, err := body(c, maxBody)
	if err != nil || len(raw) == 0 {
		return err
	}
	if err := validJSON(raw); err != nil {
		return err
	}
	return fleet.Strict(raw, into)
}

// validJSON refuses what is not exactly one JSON value.
func validJSON(raw []byte) error {
	if len(raw) == 0 {
		return io.EOF
	}
	var one ignored
	return json.Unmarshal(raw, &one)
}

// ignored is any JSON value, which it does not keep.
type ignored struct{}

// UnmarshalJSON takes everything.
func (ignored) UnmarshalJSON([]byte) error { return nil }

// id is the whole number of a path parameter. What is no number names nothing: not found.
func id(c echo.Context, name string) (int64, error) {
	n, err := strconv.ParseInt(c.Param(name), 10, 64)
	if err != nil || n < 0 {
		return 0, fleet.ErrNotFound
	}
	return n, nil
}

// list is a page of a list.
type list[T any] struct {
	Items []T   `json:"items"`
	Total int64 `json:"total"` // without limit and offset
}

// queries collects the faults of query parameters.
type queries struct {
	c    echo.Context
	errs option.Errors
}

func (q *queries) fail(name, message string) {
	q.errs = append(q.errs, option.FieldError{Field: name, Message: message})
}

func (q *queries) err() error {
	if len(q.errs) == 0 {
		return nil
	}
	return q.errs
}

// whole reads a whole number from low to high.
func (q *queries) whole(name string, def, low, high int64) int64 {
	text := q.c.QueryParam(name)
	if text == "" {
		return def
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < low || n > high {
		q.fail(name, fmt.Sprintf("must be a whole number from %d to %d", low, high))
		return def
	}
	return n
}

func (q *queries) page() (limit, offset int) {
	return int(q.whole("limit", defaultPage, 1, maxPage)), int(q.whole("offset", 0, 0, math.MaxInt32))
}

// pageOf is the page asked for of a list that is at hand as a whole; without a limit it is all of it.
func pageOf[T any](c echo.Context, all []T) (list[T], error) {
	q := queries{c: c}
	total := int64(len(all))
	limit, offset := q.whole("limit", total, 1, maxPage), min(q.whole("offset", 0, 0, math.MaxInt32), total)
	return list[T]{Items: all[offset:min(offset+limit, total)], Total: total}, q.err()
}

// millis reads a time as ms since the epoch.
func (q *queries) millis(name string, def int64, now time.Time) int64 {
	text := q.c.QueryParam(name)
	if text == "" {
		return def
	}
	ms, err := parseTime(text, now)
	if err != nil {
		q.fail(name, err.Error())
		return def
	}
	return ms
}

// parseTime understands RFC 3339, whole milliseconds since the epoch, "now", and a time before now as -90s, -15m, -24h,
// -7d, -4w or -1y.
func parseTime(text string, now time.Time) (int64, error) {
	text = strings.TrimSpace(text)
	if text == "now" {
		return now.UnixMilli(), nil
	}
	if before, ok := strings.CutPrefix(text, "-"); ok && len(before) > 1 {
		units := map[byte]time.Duration{
			's': time.Second, 'm': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour, 'w': 7 * 24 * time.Hour, 'y': 365 * 24 * time.Hour,
		}
		n, err := strconv.ParseFloat(before[:len(before)-1], 64)
		unit, known := units[before[len(before)-1]]
		if err == nil && known && n >= 0 && n*float64(unit) < math.MaxInt64/2 {
			return now.Add(-time.Duration(n * float64(unit))).UnixMilli(), nil
		}
	}
	if ms, err := strconv.ParseInt(text, 10, 64); err == nil && ms >= 0 && ms <= lastMillis {
		return ms, nil
	}
	// A + in a query that was not escaped arrives as a space.
	if t, err := time.Parse(time.RFC3339Nano, strings.Replace(text, " ", "+", 1)); err == nil {
		return t.UnixMilli(), nil
	}
	return 0, fmt.Errorf("%.40q is no time: use RFC 3339 (2026-05-01T06:00:00Z), milliseconds since the epoch, or -24h, -7d", text)
}

// moment is a time in a JSON body: RFC 3339 text, whole milliseconds, or relative. A fault is kept, so that the handler
// can name the field.
type moment struct {
	ms  int64
	set bool
	err error
}

// UnmarshalJSON reads the time; it does not fail.
func (m *moment) UnmarshalJSON(raw []byte) error {
	text := strings.Trim(string(raw), `"`)
	if text == "null" {
		return nil
	}
	m.ms, m.err = parseTime(text, time.Now())
	m.set = true
	return nil
}
