package notify

import (
	"context"
	"fmt"
	"io"
	"net/http"
)

// once is the HTTP client of libraries that would try again by themselves, or tell less than there is to know: it asks
// once, within ctx, and turns every answer that is no success into an error which the library passes through.
type once struct {
	client *http.Client
	ctx    context.Context //nolint:containedctx // of the one call that this value lives for; the libraries bring none

	status int
	failed *Failure
}

// Do asks.
func (o *once) Do(req *http.Request) (*http.Response, error) {
	if o.failed != nil {
		return nil, o.failed
	}
	if o.ctx != nil {
		req = req.WithContext(o.ctx)
	}
	resp, err := o.client.Do(req) //nolint:gosec // the address is the one that an administrator has entered
	if err != nil {
		o.failed = unreachable(req.URL.Hostname(), err)
		return nil, o.failed
	}
	o.status = resp.StatusCode
	if resp.StatusCode >= 200 && resp.StatusCode < 300 {
		return resp, nil
	}
	body, _ := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	_ = resp.Body.Close()
	o.failed = judge(resp.StatusCode, resp.Header, body)
	return nil, o.failed
}

// RoundTrip is Do for libraries that want a whole client.
func (o *once) RoundTrip(req *http.Request) (*http.Response, error) {
	return o.Do(req)
}

// httpClient is a client that asks through o.
func (o *once) httpClient() *http.Client {
	return &http.Client{Transport: o, CheckRedirect: func(*http.Request, []*http.Request) error {
		return fmt.Errorf("redirected: %w", http.ErrUseLastResponse)
	}}
}
