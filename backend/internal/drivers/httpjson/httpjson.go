// Package httpjson reads numbers out of the JSON that a device or a service answers over HTTP.
package httpjson

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"hypha/internal/drivers/httpcall"
	"hypha/internal/drivers/jsonvalue"
	"hypha/internal/drivers/series"
	"hypha/internal/host"
	"hypha/internal/input"
	"hypha/internal/option"
)

// Channel is one series and where it stands in the answer.
type Channel struct {
	series.Options
	JSONPath string `json:"json_path" required:"true" format:"json_path" max_len:"500" title:"Place in the JSON" placeholder:"main.temp" help:"Names joined by dots, list elements as [0]; $ alone if the answer is the number itself"`
}

// Options of an input.
type Options struct {
	URL      string    `json:"url" required:"true" format:"uri" max_len:"2000" title:"Address" placeholder:"http://192.168.1.20/api/state"`
	Channels []Channel `json:"channels" required:"true" min_items:"1" max_items:"200" title:"Channels"`
	httpcall.Account
}

// Validate checks the address, the headers and the paths.
func (o Options) Validate() error {
	errs := httpcall.CheckURL("url", o.URL)
	errs = append(errs, httpcall.CheckHeaders("headers", o.Headers)...)
	for i, c := range o.Channels {
		if _, err := jsonvalue.ParsePath(c.JSONPath); err != nil {
			errs = append(errs, option.FieldError{Field: fmt.Sprintf("channels[%d].json_path", i), Message: err.Error()})
		}
	}
	if len(errs) > 0 {
		return errs
	}
	return nil
}

// Kind is the catalogue entry.
func Kind() input.Kind {
	return input.Define(input.Spec[Options]{
		ID: "http_json", Name: "JSON over HTTP", Icon: "globe", Tags: []string{"network"}, Bus: "network",
		Description: "Asks a device or a service on the network for JSON and takes the numbers you point at.",
		Period:      time.Minute, MinPeriod: time.Second, Timeout: 10 * time.Second,
		ChannelsOf: func(o Options) ([]input.Channel, error) {
			channels := make([]input.Channel, len(o.Channels))
			for i, c := range o.Channels {
				channels[i] = c.Channel()
			}
			return channels, nil
		},
		Prompt: func(Options) bool { return true }, // net/http heeds its context
		Open:   open,
	})
}

func open(_ context.Context, o Options, h host.Host) (input.Reader, error) {
	r := &reader{o: o, client: h.HTTP, paths: make([]jsonvalue.Path, len(o.Channels))}
	u, err := url.Parse(o.URL)
	if err != nil {
		return nil, err
	}
	r.host = u.Host
	for i, c := range o.Channels {
		if r.paths[i], err = jsonvalue.ParsePath(c.JSONPath); err != nil {
			return nil, err
		}
	}
	return r, nil
}

type reader struct {
	o      Options
	host   string
	client *http.Client
	paths  []jsonvalue.Path
}

// Read asks once for all channels.
func (r *reader) Read(ctx context.Context) ([]float64, error) {
	answer, err := httpcall.Do(ctx, r.client, httpcall.Request{
		Method: http.MethodGet, URL: r.o.URL, Account: r.o.Account, Accept: "application/json",
	})
	if err != nil {
		return nil, err
	}
	if answer.Status != http.StatusOK {
		return nil, answer.StatusError(r.host)
	}
	document, err := jsonvalue.Decode(answer.Body)
	switch {
	case err != nil && answer.HTML():
		return nil, fmt.Errorf("%s answers with a web page, not JSON; is the address right, and does it want a log-in?", r.host)
	case err != nil:
		return nil, fmt.Errorf("the answer of %s is %w: %s", r.host, err, jsonvalue.Excerpt(string(answer.Body)))
	}
	values := make([]float64, len(r.paths))
	failed := input.ChannelErrors{}
	for i, p := range r.paths {
		if values[i], err = number(p, document, r.o.Channels[i].Boolean()); err != nil {
			failed[i] = err
		}
	}
	switch len(failed) {
	case 0:
		return values, nil
	case len(values):
		return nil, failed
	default:
		return values, failed
	}
}

func number(p jsonvalue.Path, document any, boolean bool) (float64, error) {
	found, err := p.Find(document)
	if err != nil {
		return 0, err
	}
	v, err := jsonvalue.Number(found, boolean)
	if err != nil {
		return 0, fmt.Errorf("%s %w", p, err)
	}
	return v, nil
}
