// Package httprequest switches devices by HTTP requests.
package httprequest

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"

	"hypha/internal/drivers/httpcall"
	"hypha/internal/host"
	"hypha/internal/option"
	"hypha/internal/output"
)

// Options of an output.
type Options struct {
	OnURL   string `json:"on_url" required:"true" format:"uri" max_len:"2000" title:"Address for on" placeholder:"http://192.168.1.20/relay/0?turn=on"`
	OffURL  string `json:"off_url" required:"true" format:"uri" max_len:"2000" title:"Address for off" placeholder:"http://192.168.1.20/relay/0?turn=off"`
	Method  string `json:"method" default:"GET" enum:"GET,POST,PUT,PATCH" title:"Method"`
	OnBody  string `json:"on_body" format:"multiline" max_len:"10000" title:"Body for on" when:"method=POST|PUT|PATCH" placeholder:"{\"on\":true}"`
	OffBody string `json:"off_body" format:"multiline" max_len:"10000" title:"Body for off" when:"method=POST|PUT|PATCH" placeholder:"{\"on\":false}"`
	httpcall.Account
	Status int `json:"expected_status" default:"0" min:"0" max:"599" advanced:"true" title:"Expected status" help:"What the device answers when it has obeyed; 0: anything from 200 to 299"`
}

// Validate checks addresses and headers, and that on and off differ.
func (o Options) Validate() error {
	errs := httpcall.CheckURL("on_url", o.OnURL)
	errs = append(errs, httpcall.CheckURL("off_url", o.OffURL)...)
	errs = append(errs, httpcall.CheckHeaders("headers", o.Headers)...)
	if o.OnURL == o.OffURL && o.OnBody == o.OffBody {
		errs = append(errs, option.FieldError{Field: "off_url", Message: "on and off are the same request"})
	}
	if len(errs) > 0 {
		return errs
	}
	return nil
}

// Kind is the catalogue entry.
func Kind() output.Kind {
	return output.Define(output.Spec[Options]{
		ID: "http_request", Name: "HTTP switch", Icon: "globe", Tags: []string{"network", "power"}, Bus: "network",
		Description: "Switches a device by calling an address on the network.",
		Timeout:     10 * time.Second,
		Channels:    []output.Channel{{Name: "switch", Type: output.OnOff}},
		Open: func(_ context.Context, o Options, h host.Host) (output.Writer, error) {
			return &device{o: o, client: h.HTTP}, nil
		},
	})
}

type device struct {
	o      Options
	client *http.Client
}

// Write calls the address of the level and returns when the device has answered as expected.
func (d *device) Write(ctx context.Context, _ int, l output.Level) error {
	if l.On == nil {
		return errors.New("this output takes only on and off")
	}
	r := httpcall.Request{Method: d.o.Method, URL: d.o.OffURL, Body: d.o.OffBody, Account: d.o.Account}
	if *l.On {
		r.URL, r.Body = d.o.OnURL, d.o.OnBody
	}
	answer, err := httpcall.Do(ctx, d.client, r)
	if err != nil {
		return err
	}
	good := answer.Status == d.o.Status
	if d.o.Status == 0 {
		good = answer.Status >= 200 && answer.Status < 300
	}
	if good {
		return nil
	}
	u, err := url.Parse(r.URL)
	if err != nil {
		return err
	}
	return answer.StatusError(u.Host)
}
