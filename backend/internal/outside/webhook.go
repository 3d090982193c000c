package outside

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// Request is an HTTP request to another program.
type Request struct {
	Method, URL, Body string
	Headers           map[string]string
}

// Send sends it once. Any answer but a 2xx is an error, a redirect too: the headers may hold keys, and are for the address that
// was written down. The error does not hold the address, which may be a key itself.
func Send(ctx context.Context, client *http.Client, r Request) error {
	req, err := http.NewRequestWithContext(ctx, r.Method, r.URL, strings.NewReader(r.Body))
	if err != nil {
		return errors.New("the request cannot be made: its method or address is wrong")
	}
	for name, value := range r.Headers {
		if strings.EqualFold(name, "Host") {
			req.Host = value
			continue
		}
		req.Header.Set(name, value)
	}
	once := *client
	once.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	resp, err := once.Do(req)
	if err != nil {
		if inner, ok := errors.AsType[*url.Error](err); ok {
			err = inner.Err
		}
		return fmt.Errorf("no answer: %w", err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode/100 == 2 {
		return nil
	}
	answer, _ := io.ReadAll(io.LimitReader(resp.Body, told)) // what of it arrives is told
	return fmt.Errorf("it answered %s%s", resp.Status, short(answer))
}
