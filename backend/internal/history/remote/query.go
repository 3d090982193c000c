package remote

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"hypha/internal/history"
)

// querier asks an engine in PromQL, through the calls that all of them have.
type querier struct {
	http *client
	base string
}

// row is one series of an answer.
type row struct {
	Metric map[string]string `json:"metric"`
	Value  *point            `json:"value"`  // of a vector
	Values []point           `json:"values"` // of a matrix
}

// point is a value with its time in ms. It comes as [seconds, "value"].
type point struct {
	t int64
	v float64
}

// UnmarshalJSON reads the text: as a float64 the time would not be exact.
func (p *point) UnmarshalJSON(b []byte) error {
	at, value, ok := bytes.Cut(bytes.Trim(b, "[] \n"), []byte(","))
	if !ok {
		return fmt.Errorf("%q is no point", b)
	}
	t, err := millis(string(bytes.TrimSpace(at)))
	if err != nil {
		return err
	}
	p.t = t
	if p.v, err = strconv.ParseFloat(string(bytes.Trim(value, `" `)), 64); err != nil {
		return fmt.Errorf("%q is no value: %w", value, err)
	}
	return nil
}

// millis reads seconds with up to three decimals.
func millis(text string) (int64, error) {
	whole, part, _ := strings.Cut(text, ".")
	if len(part) <= 3 {
		if n, err := strconv.ParseInt(whole+part+"000"[len(part):], 10, 64); err == nil {
			return n, nil
		}
	}
	seconds, err := strconv.ParseFloat(text, 64) // 1.7e9, say
	if err != nil {
		return 0, fmt.Errorf("%q is no time: %w", text, err)
	}
	return int64(math.Round(seconds * 1000)), nil
}

// answerBytes bounds what is read of an answer: 20 000 readings take 600 KB.
const answerBytes = 256 << 20

// call asks and decodes what came as data.
func (q *querier) call(ctx context.Context, method, path string, form url.Values, data any) error {
	form.Set("nocache", "1") // VictoriaMetrics would round times otherwise
	r := request{method: method, address: q.base + path, header: map[string]string{"Accept": "application/json"}}
	if method == http.MethodPost { // a list of channels may be longer than an address can be
		r.body, r.header["Content-Type"] = []byte(form.Encode()), "application/x-www-form-urlencoded"
	} else {
		r.address += "?" + form.Encode()
	}
	body, release, err := q.http.do(ctx, r)
	if err != nil {
		if passing(err) {
			err = fmt.Errorf("%w: %w", history.ErrAway, err)
		}
		return err
	}
	defer release()
	defer body.Close()
	answer := struct {
		Status   string   `json:"status"`
		Error    string   `json:"error"`
		Warnings []string `json:"warnings"`
		Data     any      `json:"data"`
	}{Data: data}
	if err := json.NewDecoder(io.LimitReader(body, answerBytes)).Decode(&answer); err != nil {
		return fmt.Errorf("read the answer of the remote engine: %w", err)
	}
	if answer.Status != "success" {
		return fmt.Errorf("the remote engine: %s", answer.Error)
	}
	if len(answer.Warnings) > 0 { // of Thanos: a part of the data is missing
		return fmt.Errorf("the remote engine answers in part only: %s", strings.Join(answer.Warnings, "; "))
	}
	return nil
}

type result struct {
	Type   string `json:"resultType"`
	Result []row  `json:"result"`
}

// at evaluates an expression at an instant.
func (q *querier) at(ctx context.Context, expression string, t int64) ([]row, error) {
	var r result
	err := q.call(ctx, http.MethodPost, "/api/v1/query", url.Values{"query": {expression}, "time": {stamp(t)}}, &r)
	return r.Result, err
}

// steps evaluates an expression at from, from+step, ... up to and with to.
func (q *querier) steps(ctx context.Context, expression string, from, to, step int64) ([]row, error) {
	var r result
	err := q.call(ctx, http.MethodPost, "/api/v1/query_range", url.Values{
		"query": {expression}, "start": {stamp(from)}, "end": {stamp(to)}, "step": {duration(step)},
	}, &r)
	return r.Result, err
}

// values lists the values of a label in the range.
func (q *querier) values(ctx context.Context, name, selector string, from, to int64) (list []string, err error) {
	form := url.Values{"match[]": {selector}, "start": {stamp(from)}, "end": {stamp(to)}}
	err = q.call(ctx, http.MethodGet, "/api/v1/label/"+name+"/values", form, &list)
	return list, err
}

// stamp writes a time, a little after the millisecond that is meant: VictoriaMetrics makes a float64 of it and cuts it off.
func stamp(t int64) string {
	return time.UnixMilli(t).UTC().Format("2006-01-02T15:04:05.000") + "3Z"
}

// duration writes a length of time, in seconds and a rest: of thousands of milliseconds VictoriaMetrics may lose one.
func duration(ms int64) string {
	text := ""
	if ms >= 1000 {
		text = strconv.FormatInt(ms/1000, 10) + "s"
	}
	if ms%1000 > 0 {
		text += strconv.FormatInt(ms%1000, 10) + "ms"
	}
	return text
}

var errNoWindow = errors.New("a window of a millisecond has no PromQL in this engine")
