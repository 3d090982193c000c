package host

import (
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"hypha/internal/wire"
)

// Watched is the same host, which notes in the log what is read from files and asked for over HTTP. What drivers hear in
// other ways they note themselves, through Wire.
func (h Host) Watched(log *wire.Log) Host {
	read, root := h.ReadFile, h.Root
	if read == nil {
		read = os.ReadFile
	}
	h.Wire = log
	h.ReadFile = func(path string) ([]byte, error) {
		b, err := read(path)
		e := wire.Exchange{Way: "file", To: path}
		if rest, ok := strings.CutPrefix(path, strings.TrimSuffix(root, "/")); ok {
			e.To = rest
		}
		if err != nil {
			e.Error = err.Error()
		}
		log.Add(e, b)
		return b, err
	}
	client := http.Client{}
	if h.HTTP != nil {
		client = *h.HTTP
	}
	client.Transport = watchedTransport{client.Transport, log}
	h.HTTP = &client
	return h
}

type watchedTransport struct {
	next http.RoundTripper // nil: the default
	log  *wire.Log
}

func (t watchedTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	next := t.next
	if next == nil {
		next = http.DefaultTransport
	}
	e := wire.Exchange{At: time.Now(), Way: "http", To: r.URL.Redacted(), Asked: r.Method}
	answer, err := next.RoundTrip(r)
	if err != nil {
		e.Error = err.Error()
		t.log.Add(e, nil)
		return nil, err //nolint:wrapcheck // a transport hands on what it gets
	}
	e.Status = answer.Status
	answer.Body = &watchedBody{body: answer.Body, done: func(beginning []byte, length int) { t.log.AddPart(e, beginning, length) }}
	return answer, nil
}

// watchedBody keeps the beginning of what is read through it.
type watchedBody struct {
	body   io.ReadCloser
	begin  []byte
	length int
	done   func(beginning []byte, length int) // nil once called
}

// beginning is how much of a body is kept, in bytes: more than a log shows, so that it can tell that there is more.
const beginning = 8 << 10

func (b *watchedBody) Read(p []byte) (int, error) {
	n, err := b.body.Read(p)
	b.length += n
	b.begin = append(b.begin, p[:min(n, beginning-len(b.begin))]...)
	return n, err //nolint:wrapcheck // io.EOF must stay what it is
}

func (b *watchedBody) Close() error {
	if b.done != nil {
		b.done(b.begin, b.length)
		b.done = nil
	}
	return b.body.Close() //nolint:wrapcheck // a body hands on what it gets
}
