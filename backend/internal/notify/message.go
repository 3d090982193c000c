package notify

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// Level says how much a message matters.
type Level string

// The levels, the least first.
const (
	Info     Level = "info"
	Warning  Level = "warning"
	Critical Level = "critical"
)

// Message is what people get.
type Message struct {
	Title  string    `json:"title"` // one line
	Body   string    `json:"body"`  // lines; may be empty
	Level  Level     `json:"severity"`
	Good   bool      `json:"good,omitempty"` // good news: something is over
	At     time.Time `json:"at"`
	Link   string    `json:"link,omitempty"` // to the page; "" when nobody knows how it is reached
	About  []About   `json:"alerts"`         // the same for machines; may be empty
	Test   bool      `json:"test,omitempty"` // a person has asked for it
	Digest bool      `json:"digest,omitempty"`
}

// About is one alert of a message.
type About struct {
	ID       int64     `json:"id"`
	Name     string    `json:"name"`
	Severity Level     `json:"severity"`
	What     string    `json:"what"`
	State    string    `json:"state"`
	Since    time.Time `json:"since"`
	Text     string    `json:"text"`
	Value    *float64  `json:"value"`
}

// Text is title and body, for ways that have one field.
func (m Message) Text() string { return strings.TrimSpace(m.Title + "\n" + m.Body) }

// body is the body with the link; the title when there is neither, for some services refuse an empty text.
func (m Message) body() string {
	text := strings.TrimSpace(m.Body)
	if m.Link != "" {
		text = strings.TrimSpace(text + "\n" + m.Link)
	}
	if text == "" {
		return m.Title
	}
	return text
}

// clip shortens text to at most n bytes, on a whole character.
func clip(text string, n int) string {
	if len(text) <= n {
		return text
	}
	const more = "\n..."
	n -= len(more)
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n] + more
}

// Sender sends by one way. Send returns when the service has taken the message; its error is a *Failure, or that of ctx. A
// Sender is used by one goroutine at a time.
type Sender interface {
	Send(ctx context.Context, m Message) error
}

// Failure is why a message was not taken.
type Failure struct {
	Reason string // for people, without secrets
	// Hopeless: the service has refused it, and will again unless somebody changes something.
	Hopeless bool
	// After is how long the service asks to be left alone; 0: it did not say.
	After time.Duration
}

func (f *Failure) Error() string { return f.Reason }

func refused(format string, args ...any) *Failure {
	return &Failure{Reason: fmt.Sprintf(format, args...), Hopeless: true}
}
