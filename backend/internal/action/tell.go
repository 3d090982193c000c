package action

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"time"
	"unicode"

	"hypha/internal/drivers/mqttoption"
	"hypha/internal/function"
	"hypha/internal/mqttconn"
	"hypha/internal/option"
)

// Notify tells people on the ways that are configured for notifications.
type Notify struct {
	Text     string `json:"text" required:"true" title:"Text" help:"{name} {reason} {channel} {value} {unit} {time} are replaced" max_len:"4000" format:"multiline"`
	Title    string `json:"title" title:"Title" help:"Default: the name of the function" max_len:"200"`
	Severity string `json:"severity" title:"Severity" enum:"info,warning,critical" default:"info"`
}

// Validate refuses placeholders that nothing replaces.
func (a *Notify) Validate() error {
	return orNil(append(checkText("text", a.Text), checkText("title", a.Title)...))
}

func (a *Notify) do(o *occasion) (time.Time, error) {
	title := a.Title
	if title == "" {
		title = "{name}"
	}
	return time.Time{}, o.order(otherwise, "notify", "", map[string]any{"text": o.fill(a.Text), "title": o.fill(title), "severity": a.Severity})
}
func (a *Notify) uses(string) function.Uses { return function.Uses{} }
func (a *Notify) words() string             { return "notify people" }

// Note writes a note, which graphs show.
type Note struct {
	Note string   `json:"note" required:"true" title:"Note" help:"In one line; {name} {reason} {channel} {value} {unit} {time} are replaced" max_len:"300"`
	Text string   `json:"text" title:"More" max_len:"10000" format:"multiline"`
	Tags []string `json:"tags" title:"Tags" max_items:"20" max_len:"40" min_len:"1"`
}

// Validate refuses what no note can hold.
func (a *Note) Validate() error {
	bad := append(checkText("note", a.Note), checkText("text", a.Text)...)
	if strings.ContainsFunc(a.Note, unicode.IsControl) {
		bad = append(bad, option.FieldError{Field: "note", Message: "must be one line: write more into text"})
	}
	return orNil(bad)
}

func (a *Note) do(o *occasion) (time.Time, error) {
	text := strings.Map(func(r rune) rune {
		if unicode.IsControl(r) { // of a reason, which others have written
			return ' '
		}
		return r
	}, o.fill(a.Note))
	if a.Text != "" {
		text += "\n" + o.fill(a.Text)
	}
	return time.Time{}, o.order(otherwise, "note", "", map[string]any{"text": text, "tags": a.Tags})
}
func (a *Note) uses(string) function.Uses { return function.Uses{} }
func (a *Note) words() string             { return "write a note" }

// Log writes a line into the journal.
type Log struct {
	Text string `json:"text" required:"true" title:"Text" help:"{name} {reason} {channel} {value} {unit} {time} are replaced" max_len:"2000"`
}

// Validate refuses placeholders that nothing replaces.
func (a *Log) Validate() error { return orNil(checkText("text", a.Text)) }

func (a *Log) do(o *occasion) (time.Time, error) {
	o.env.Say("function", o.fill(a.Text), map[string]any{"action": "log"})
	return time.Time{}, nil
}
func (a *Log) uses(string) function.Uses { return function.Uses{} }
func (a *Log) words() string             { return "write to the journal" }

// Webhook calls an address of another program.
type Webhook struct {
	Method      string   `json:"method" title:"Method" enum:"GET,POST,PUT,PATCH,DELETE" default:"POST"`
	URL         string   `json:"url" required:"true" title:"Address" placeholder:"https://example.org/hook" format:"uri" max_len:"2000"`
	Headers     []Header `json:"headers" title:"Headers" max_items:"20"`
	Body        string   `json:"body" title:"Body" help:"{name} {reason} {channel} {value} {unit} {time} are replaced" max_len:"20000" format:"multiline"`
	ContentType string   `json:"content_type" title:"Type of the body" default:"application/json" max_len:"200" advanced:"true"`
	Timeout     float64  `json:"timeout_s" title:"Time-out" min:"0.1" max:"60" default:"10" unit:"s" advanced:"true"`
}

// Header is a header of a request. Its value is never shown again: most of them are keys.
type Header struct {
	Name  string `json:"name" required:"true" title:"Name" pattern:"^[A-Za-z0-9-]{1,100}$" placeholder:"Authorization"`
	Value string `json:"value" secret:"true" title:"Value" max_len:"4000"`
}

// Validate checks address and headers.
func (a *Webhook) Validate() error {
	var bad option.Errors
	if u, err := url.Parse(a.URL); err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		bad = append(bad, option.FieldError{Field: "url", Message: "must be an address like https://example.org/hook"})
	} else if u.User != nil {
		bad = append(bad, option.FieldError{Field: "url", Message: "must not hold a password: put it into a header, where it is kept secret"})
	}
	for n, h := range a.Headers {
		if strings.ContainsAny(h.Value, "\r\n\x00") {
			bad = append(bad, option.FieldError{Field: fmt.Sprintf("headers[%d].value", n), Message: "must be one line"})
		}
	}
	if a.Body != "" && a.Method == "GET" {
		bad = append(bad, option.FieldError{Field: "body", Message: "is not sent with GET: use POST, or leave it out"})
	}
	if a.Body != "" && a.json() && !json.Valid([]byte(strings.NewReplacer(zeros()...).Replace(a.Body))) {
		bad = append(bad, option.FieldError{Field: "body", Message: "is no valid JSON, as content_type says: quote the placeholders, but {value}"})
	}
	return orNil(bad)
}

// zeros stand for the placeholders when a body is checked: 0 is right as a number and inside a text.
func zeros() (pairs []string) {
	for _, p := range placeholders() {
		pairs = append(pairs, p, "0")
	}
	return pairs
}

func (a *Webhook) json() bool { return strings.Contains(a.ContentType, "json") }

func (a *Webhook) do(o *occasion) (time.Time, error) {
	body := o.fill(a.Body)
	if a.json() {
		body = o.fillJSON(a.Body)
		if o.cause.Value == nil && !json.Valid([]byte(body)) { // a number that there is none of
			body = o.fillJSON(strings.ReplaceAll(a.Body, "{value}", "null"))
		}
	}
	headers := map[string]string{}
	for _, h := range a.Headers {
		headers[h.Name] = h.Value
	}
	if _, given := headers["Content-Type"]; !given && body != "" {
		headers["Content-Type"] = a.ContentType
	}
	within := seconds(a.Timeout)
	return time.Time{}, o.order(within, "webhook", "", map[string]any{"method": a.Method, "url": a.URL, "headers": headers, "body": body})
}
func (a *Webhook) uses(string) function.Uses { return function.Uses{} }
func (a *Webhook) words() string {
	host := a.URL
	if u, err := url.Parse(a.URL); err == nil {
		host = u.Host // the rest may hold a key
	}
	return "call " + host
}

// MQTT publishes a message.
type MQTT struct {
	mqttoption.Options
	Topic   string  `json:"topic" required:"true" format:"topic" title:"Topic" placeholder:"garden/alarm"`
	Payload string  `json:"payload" title:"Message" help:"{name} {reason} {channel} {value} {unit} {time} are replaced" max_len:"20000" format:"multiline"`
	QoS     int     `json:"qos" default:"1" enum:"0,1,2" enum_titles:"At most once,At least once,Exactly once" advanced:"true" title:"Quality of service"`
	Retain  bool    `json:"retain" advanced:"true" title:"Let the broker store it"`
	Timeout float64 `json:"timeout_s" title:"Time-out" min:"0.1" max:"60" default:"10" unit:"s" advanced:"true"`
}

// Validate checks the broker's address and the topic.
func (a *MQTT) Validate() error {
	bad := a.Check()
	if err := mqttconn.CheckTopic(a.Topic); err != nil {
		bad = append(bad, option.FieldError{Field: "topic", Message: err.Error()})
	}
	return orNil(bad)
}

func (a *MQTT) do(o *occasion) (time.Time, error) {
	return time.Time{}, o.order(seconds(a.Timeout), "mqtt", "", map[string]any{
		"broker": a.Target(), "topic": a.Topic, "payload": o.fill(a.Payload), "qos": a.QoS, "retain": a.Retain,
	})
}
func (a *MQTT) uses(string) function.Uses { return function.Uses{} }
func (a *MQTT) words() string             { return "publish to " + a.Topic }
