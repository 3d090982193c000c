// Package httpcall makes the HTTP requests of drivers: bounded in size and redirects, with errors that say what the user
// can change and never show what may be secret (query, headers, account).
package httpcall

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/net/http/httpguts"

	"hypha/internal/drivers/jsonvalue"
	"hypha/internal/option"
)

const (
	maxBody      = 1 << 20 // bytes of an answer
	maxRedirects = 5
)

// Account is the part of the options that says who asks.
type Account struct {
	Username string            `json:"username" max_len:"200" advanced:"true" title:"User name" help:"For devices that ask for it by HTTP basic authentication"`
	Password string            `json:"password" secret:"true" max_len:"1000" advanced:"true" title:"Password"`
	Headers  map[string]string `json:"headers" secret:"true" max_items:"50" advanced:"true" title:"Headers" help:"Sent with each request, such as Authorization or X-API-Key; they are stored encrypted and not shown again"`
}

// Request is what is asked for.
type Request struct {
	Method, URL, Body string
	Account                  // goes to the host of the URL only
	Accept            string // the media type hoped for, unless a header says otherwise
}

// Answer is what came back, whatever its status.
type Answer struct {
	Status      int
	ContentType string
	Body        []byte
}

// CheckURL reports what is wrong with an address, as the fault of a field.
func CheckURL(field, raw string) option.Errors {
	u, err := url.Parse(raw)
	switch {
	case err != nil:
		return option.Errors{{Field: field, Message: "is no address; write it as http://192.168.1.20/path"}}
	case u.Scheme != "http" && u.Scheme != "https":
		return option.Errors{{Field: field, Message: "must begin with http:// or https://"}}
	case u.Hostname() == "":
		return option.Errors{{Field: field, Message: "names no host; write it as http://192.168.1.20/path"}}
	case u.Port() != "" && !isPort(u.Port()):
		return option.Errors{{Field: field, Message: u.Port() + " is no port; use 1 to 65535"}}
	case u.User != nil: // the address is shown to everybody who may see the device
		return option.Errors{{Field: field, Message: "must not hold a user name or password; they have fields of their own, where they are kept secret"}}
	}
	return nil
}

func isPort(text string) bool {
	n, err := strconv.Atoi(text)
	return err == nil && n > 0 && n < 1<<16
}

// CheckHeaders reports headers that HTTP does not allow. It does not show their values.
func CheckHeaders(field string, headers map[string]string) option.Errors {
	var errs option.Errors
	for name, value := range headers {
		switch {
		case !httpguts.ValidHeaderFieldName(name):
			errs = append(errs, option.FieldError{Field: field, Message: fmt.Sprintf("%q is no name of a header", name)})
		case !httpguts.ValidHeaderFieldValue(value):
			errs = append(errs, option.FieldError{Field: field, Message: fmt.Sprintf("the value of %s has characters that a header cannot hold", name)})
		}
	}
	return errs
}

// Do sends a request and reads the whole answer, within ctx.
func Do(ctx context.Context, client *http.Client, r Request) (Answer, error) {
	req, err := http.NewRequestWithContext(ctx, r.Method, r.URL, strings.NewReader(r.Body))
	if err != nil {
		return Answer{}, errors.New("the address cannot be understood")
	}
	if r.Body == "" {
		req.Body, req.ContentLength = http.NoBody, 0
	}
	if r.Accept != "" {
		req.Header.Set("Accept", r.Accept)
	}
	if r.Username != "" || r.Password != "" {
		req.SetBasicAuth(r.Username, r.Password)
	}
	for name, value := range r.Headers {
		req.Header.Set(name, value)
		if strings.EqualFold(name, "Host") {
			req.Host = value
		}
	}
	if client == nil {
		client = http.DefaultClient
	}
	limited := *client
	limited.CheckRedirect = redirect(len(r.Headers) > 0)
	answer, err := limited.Do(req)
	if err != nil {
		return Answer{}, explain(ctx, req.URL, err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(io.LimitReader(answer.Body, maxBody+1))
	if err != nil {
		return Answer{}, fmt.Errorf("the answer of %s broke off: %w", req.URL.Host, explain(ctx, req.URL, err))
	}
	if len(body) > maxBody {
		return Answer{}, fmt.Errorf("the answer of %s is longer than 1 MB", req.URL.Host)
	}
	return Answer{Status: answer.StatusCode, ContentType: answer.Header.Get("Content-Type"), Body: body}, nil
}

// StatusError says that the answer had another status than the one hoped for.
func (a Answer) StatusError(host string) error {
	text := http.StatusText(a.Status)
	hint := ""
	switch a.Status {
	case http.StatusUnauthorized, http.StatusForbidden:
		hint = "; check user name, password or key"
	case http.StatusNotFound:
		hint = "; check the path"
	case http.StatusTooManyRequests:
		hint = "; ask less often"
	}
	body := ""
	if len(a.Body) > 0 && !a.HTML() {
		body = ": " + jsonvalue.Excerpt(string(a.Body))
	}
	return fmt.Errorf("%s answers %d %s%s%s", host, a.Status, text, hint, body)
}

// HTML tells that the answer is a page for people.
func (a Answer) HTML() bool {
	begin := strings.ToLower(strings.TrimSpace(string(a.Body[:min(len(a.Body), 200)])))
	return strings.HasPrefix(begin, "<!doctype html") || strings.HasPrefix(begin, "<html") ||
		strings.HasPrefix(a.ContentType, "text/html") && strings.HasPrefix(begin, "<")
}

// redirect follows a few redirects. With headers of the user it stays with the host: http.Client would hand an API key
// in a header of its own to whoever it is sent to.
func redirect(private bool) func(*http.Request, []*http.Request) error {
	return func(req *http.Request, via []*http.Request) error {
		switch {
		case len(via) > maxRedirects:
			return fmt.Errorf("redirected more than %d times", maxRedirects)
		case private && req.URL.Host != via[0].URL.Host:
			return fmt.Errorf("redirected to another host, %s; your headers are not sent there, so enter its address if you trust it", req.URL.Host)
		default:
			return nil
		}
	}
}

// explain drops the address that net/http puts into its errors: its query may hold a key.
func explain(ctx context.Context, u *url.URL, err error) error {
	var (
		full     *url.Error
		dns      *net.DNSError
		header   tls.RecordHeaderError
		unknown  x509.UnknownAuthorityError
		hostname x509.HostnameError
		timeout  net.Error
	)
	if errors.As(err, &full) {
		err = full.Err
	}
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("no answer from %s in time: %w", u.Host, context.Cause(ctx))
	case errors.As(err, &dns):
		return fmt.Errorf("the name %s is not known in this network: %w", u.Hostname(), dns)
	case errors.Is(err, syscall.ECONNREFUSED):
		return fmt.Errorf("nobody answers at %s: connection refused", u.Host)
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return fmt.Errorf("nobody answers at %s: there is no way to this host", u.Host)
	case errors.As(err, &header):
		return fmt.Errorf("%s does not speak TLS on this port; try http://", u.Host)
	case errors.As(err, &unknown), errors.As(err, &hostname):
		return fmt.Errorf("the certificate of %s cannot be trusted: %w", u.Host, err)
	case errors.As(err, &timeout) && timeout.Timeout():
		return fmt.Errorf("no answer from %s in time: %w", u.Host, err)
	default:
		return fmt.Errorf("ask %s: %w", u.Host, err)
	}
}
