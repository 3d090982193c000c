package notify

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"golang.org/x/net/http/httpguts"

	"hypha/internal/controller"
	"hypha/internal/option"
)

// maxAnswer bounds what is read of an answer.
const maxAnswer = 64 << 10

// judge makes a *Failure of an answer that is none of 200 to 299.
func judge(status int, header http.Header, body []byte) *Failure {
	if status >= 200 && status < 300 {
		return nil
	}
	reason := fmt.Sprintf("answered %d %s", status, http.StatusText(status))
	if text := strings.Join(strings.Fields(string(body)), " "); text != "" && len(text) < 300 && !strings.HasPrefix(text, "<") {
		reason += ": " + text
	}
	f := &Failure{Reason: reason, After: retryAfter(header)}
	// A time-out and "too many" pass by themselves; all other 4xx are for somebody to change.
	f.Hopeless = status >= 400 && status < 500 && status != http.StatusRequestTimeout && status != http.StatusTooManyRequests
	return f
}

// retryAfter reads the header in seconds; a date is taken from now.
func retryAfter(h http.Header) time.Duration {
	text := h.Get("Retry-After")
	if s, err := strconv.ParseFloat(text, 64); err == nil && s > 0 && s < 86400 {
		return time.Duration(s * float64(time.Second))
	}
	if at, err := http.ParseTime(text); err == nil {
		return max(0, time.Until(at))
	}
	return 0
}

// unreachable says why no answer came, without the address, whose query may be secret.
func unreachable(host string, err error) *Failure {
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err
	}
	if n, ok := errors.AsType[net.Error](err); ok && n.Timeout() {
		return &Failure{Reason: host + " gave no answer in time"}
	}
	return &Failure{Reason: fmt.Sprintf("%s cannot be reached: %v", host, err)}
}

// checkURL reports what is wrong with an address.
func checkURL(field, raw string, schemes ...string) error {
	u, err := url.Parse(raw)
	switch {
	case err != nil || u.Hostname() == "" || u.Opaque != "":
		return fault(field, "is no address; write it as "+schemes[0]+"://example.org/path")
	case u.Scheme != schemes[0] && (len(schemes) < 2 || u.Scheme != schemes[1]):
		return fault(field, "must begin with "+strings.Join(schemes, ":// or ")+"://")
	}
	return nil
}

type webhookOptions struct {
	URL      string            `json:"url" required:"true" secret:"true" max_len:"2000" title:"Address" placeholder:"https://example.org/hook" help:"Kept secret, for it often holds a key"`
	Method   string            `json:"method" enum:"POST,PUT,GET" default:"POST" title:"Method" help:"GET sends no body"`
	Format   string            `json:"format" enum:"json,text" enum_titles:"JSON,Plain text" default:"json" when:"method=POST|PUT" title:"Body"`
	Username string            `json:"username" max_len:"200" advanced:"true" title:"User name"`
	Password string            `json:"password" secret:"true" max_len:"1000" advanced:"true" title:"Password"`
	Headers  map[string]string `json:"headers" secret:"true" max_items:"50" advanced:"true" title:"Headers" help:"Stored encrypted and not shown again"`
}

// Validate checks address and headers.
func (o webhookOptions) Validate() error {
	if err := checkURL("url", o.URL, "https", "http"); err != nil {
		return err
	}
	var errs option.Errors
	for name, value := range o.Headers {
		if !httpguts.ValidHeaderFieldName(name) || !httpguts.ValidHeaderFieldValue(value) {
			errs = append(errs, option.FieldError{Field: "headers", Message: fmt.Sprintf("%q is no header, or its value is none", name)})
		}
	}
	if len(errs) > 0 {
		return errs
	}
	return nil
}

func webhookKind(d Deps) Kind {
	return define(spec[webhookOptions]{
		id: "webhook", name: "Webhook", icon: "webhook", tags: []string{"network"},
		description: "Calls an address with the alert as JSON or text: for home automation, pagers, own programs.",
		open: func(o webhookOptions, _ *controller.Lane) (Sender, error) {
			return &webhook{o: o, client: d.HTTP}, nil
		},
	})
}

type webhook struct {
	o      webhookOptions
	client *http.Client
}

// Send calls the address.
func (w *webhook) Send(ctx context.Context, m Message) error {
	var body []byte
	kind := "text/plain; charset=utf-8"
	switch {
	case w.o.Method == http.MethodGet:
	case w.o.Format == "text":
		body = []byte(m.Title + "\n" + m.body())
	default:
		kind = "application/json"
		var err error
		if body, err = json.Marshal(m); err != nil {
			return refused("the message cannot be written as JSON: %v", err)
		}
	}
	req, err := http.NewRequestWithContext(ctx, w.o.Method, w.o.URL, bytes.NewReader(body))
	if err != nil {
		return refused("the address cannot be understood")
	}
	if len(body) > 0 {
		req.Header.Set("Content-Type", kind)
	}
	if w.o.Username != "" || w.o.Password != "" {
		req.SetBasicAuth(w.o.Username, w.o.Password)
	}
	for name, value := range w.o.Headers {
		req.Header.Set(name, value)
	}
	return do(w.client, req)
}

// do sends a request and judges the answer.
func do(client *http.Client, req *http.Request) error {
	resp, err := client.Do(req)
	if err != nil {
		return unreachable(req.URL.Hostname(), err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, _ := io.ReadAll(io.LimitReader(resp.Body, maxAnswer)) // the status has been said; the rest is words
	if f := judge(resp.StatusCode, resp.Header, body); f != nil {
		return f
	}
	return nil
}

// Beat calls an address that expects to be called regularly, and alarms somebody when it is not.
func Beat(ctx context.Context, client *http.Client, method, address string) error {
	req, err := http.NewRequestWithContext(ctx, method, address, nil)
	if err != nil {
		return refused("the address cannot be understood")
	}
	return do(client, req)
}
