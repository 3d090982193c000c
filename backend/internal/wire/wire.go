// Package wire writes down what goes between a driver and its device while somebody looks, bounded and without secrets.
// A nil *Log writes nothing, so that a driver need not ask whether anybody looks.
package wire

import (
	"strings"
	"sync"
	"time"
	"unicode/utf8"
)

const (
	maxExchanges = 60      // kept of one look; further ones are counted
	maxAnswer    = 4 << 10 // bytes kept of an answer
	minSecret    = 3       // shorter ones would blank out half of any text
	hidden       = "•••"
)

// Exchange is one question and its answer, or one message that came by itself.
type Exchange struct {
	At     time.Time
	Way    string // "http", "mqtt", "file", "bus"
	To     string // the address, topic, path or place on the bus
	Asked  string // what was sent; empty where nothing is
	Status string // of the answer: "200 OK", "retained"
	Answer string // text; bytes that are no text in hexadecimal
	Binary bool   // Answer is hexadecimal
	Bytes  int    // length of the whole answer
	Cut    bool   // Answer is only its beginning
	Error  string // why there is no answer
}

// Log is what was seen. It is safe for concurrent use.
type Log struct {
	hide *strings.Replacer

	mu   sync.Mutex
	seen []Exchange
	more int
}

// NewLog makes a Log that shows none of the secrets.
func NewLog(secrets []string) *Log {
	var pairs []string
	for _, s := range secrets {
		if len(s) >= minSecret {
			pairs = append(pairs, s, hidden)
		}
	}
	return &Log{hide: strings.NewReplacer(pairs...)}
}

// Add notes an exchange with the bytes of its answer; a zero At is now.
func (l *Log) Add(e Exchange, answer []byte) {
	if l == nil {
		return
	}
	l.AddPart(e, answer, len(answer))
}

// AddPart notes an exchange of whose answer only the beginning is at hand.
func (l *Log) AddPart(e Exchange, beginning []byte, length int) {
	if l == nil {
		return
	}
	if e.At.IsZero() {
		e.At = time.Now()
	}
	e.Bytes = length
	part := beginning[:min(len(beginning), maxAnswer)]
	e.Cut = len(part) < length
	e.Answer, e.Binary = show(part, e.Cut)
	e.Answer, e.To = l.hide.Replace(e.Answer), l.hide.Replace(e.To)
	e.Asked, e.Error = l.hide.Replace(e.Asked), l.hide.Replace(e.Error)
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.seen) >= maxExchanges {
		l.more++
		return
	}
	l.seen = append(l.seen, e)
}

// Seen returns what was noted, oldest first, and how many further exchanges there were.
func (l *Log) Seen() (seen []Exchange, more int) {
	if l == nil {
		return nil, 0
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]Exchange(nil), l.seen...), l.more
}

// Hide takes the secrets out of a text.
func (l *Log) Hide(text string) string {
	if l == nil {
		return text
	}
	return l.hide.Replace(text)
}

// show returns text as it is and other bytes in hexadecimal.
func show(b []byte, cut bool) (text string, binary bool) {
	if cut { // the cut may have split a character
		for n := 1; n < utf8.UTFMax && n <= len(b) && !utf8.Valid(b); n++ {
			if last, _ := utf8.DecodeLastRune(b); last == utf8.RuneError {
				b = b[:len(b)-1]
			}
		}
	}
	if utf8.Valid(b) && !strings.ContainsFunc(string(b), func(r rune) bool {
		return r < ' ' && r != '\n' && r != '\r' && r != '\t' || r == 0x7f
	}) {
		return string(b), false
	}
	const digits = "0123456789abcdef"
	var out strings.Builder
	for i, c := range b {
		if i > 0 {
			out.WriteByte(' ')
		}
		out.WriteByte(digits[c>>4])
		out.WriteByte(digits[c&15])
	}
	return out.String(), true
}
