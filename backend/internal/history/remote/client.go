package remote

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Access is how an engine is reached.
type Access struct {
	Tenant             string // X-Scope-OrgID of Mimir, Thanos and Loki's kin
	Username, Password string
	Transport          http.RoundTripper // default: http.DefaultTransport
	Timeout            time.Duration     // of a request; default 30 s
}

// client makes the requests.
type client struct {
	access Access
	http   *http.Client
	line   line
}

const (
	defaultTimeout = 30 * time.Second
	messageBytes   = 1 << 10 // of an error that are kept
)

func newClient(access Access) *client {
	if access.Timeout <= 0 {
		access.Timeout = defaultTimeout
	}
	if access.Transport == nil {
		access.Transport = http.DefaultTransport
	}
	return &client{access: access, http: &http.Client{Transport: access.Transport}}
}

// request is what is asked.
type request struct {
	method, address string
	body            []byte
	header          map[string]string
}

// do sends a request and returns the answer; an answer that is no success is a *StatusError. release ends the time-out: the
// body must have been read before.
func (c *client) do(ctx context.Context, r request) (_ io.ReadCloser, release func(), err error) {
	ctx, cancel := context.WithTimeout(ctx, c.access.Timeout)
	defer func() {
		if err != nil {
			cancel()
		}
	}()
	request, err := http.NewRequestWithContext(ctx, r.method, r.address, bytes.NewReader(r.body))
	if err != nil {
		return nil, nil, fmt.Errorf("make request: %w", err)
	}
	for name, value := range r.header {
		request.Header.Set(name, value)
	}
	if c.access.Tenant != "" {
		request.Header.Set("X-Scope-OrgID", c.access.Tenant)
	}
	if c.access.Username != "" {
		request.SetBasicAuth(c.access.Username, c.access.Password)
	}
	answer, err := c.http.Do(request)
	if err != nil {
		return nil, nil, fmt.Errorf("the remote engine cannot be reached: %w", err)
	}
	c.line.answered(answer.Close)
	if answer.StatusCode/100 == 2 {
		return answer.Body, cancel, nil
	}
	text, _ := io.ReadAll(io.LimitReader(answer.Body, messageBytes)) // what is missing does not matter
	_ = answer.Body.Close()
	return nil, nil, &StatusError{
		Code: answer.StatusCode, Message: strings.TrimSpace(strings.ToValidUTF8(string(text), "")),
		After: retryAfter(answer.Header.Get("Retry-After"), time.Now()),
	}
}

// write sends the body of a write request.
func (c *client) write(ctx context.Context, address string, body []byte) error {
	ctx = c.line.watch(ctx)
	answer, release, err := c.do(ctx, request{http.MethodPost, address, body, map[string]string{
		"Content-Type": "application/x-protobuf", "Content-Encoding": "snappy", "X-Prometheus-Remote-Write-Version": "0.1.0",
	}})
	if err != nil {
		return err
	}
	defer release()
	_, _ = io.Copy(io.Discard, io.LimitReader(answer, messageBytes)) // so that the connection is used again
	_ = answer.Close()
	return nil
}

// retryAfter reads seconds or a date.
func retryAfter(text string, now time.Time) time.Duration {
	if seconds, err := strconv.Atoi(text); err == nil {
		return max(0, time.Duration(seconds)*time.Second)
	}
	if at, err := http.ParseTime(text); err == nil {
		return max(0, at.Sub(now))
	}
	return 0
}

// base strips an address of what the calls add.
func base(address string) string {
	address = strings.TrimRight(address, "/")
	for _, end := range []string{"/api/v1/query", "/api/v1/query_range", "/api/v1"} {
		if short, ok := strings.CutSuffix(address, end); ok {
			return short
		}
	}
	return address
}

// CheckURL says what is wrong with an address.
func CheckURL(address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return fmt.Errorf("%q is no address, for example http://127.0.0.1:8428", address)
	}
	return nil
}
