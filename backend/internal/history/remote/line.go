package remote

import (
	"context"
	"net/http/httptrace"
	"sync"
)

// line watches the connection to an engine. One that is replaced although nobody said that it would end may mean that
// the engine died and is back: between two requests, so that none of them failed.
type line struct {
	mu      sync.Mutex
	had     bool // there was a connection
	closing bool // its end was announced
	broken  bool
}

// watch has a request tell which connection it takes.
func (l *line) watch(ctx context.Context) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(info httptrace.GotConnInfo) {
		l.mu.Lock()
		defer l.mu.Unlock()
		if !info.Reused && l.had && !l.closing {
			l.broken = true
		}
		l.had, l.closing = true, false
	}})
}

// answered notes whether an answer announces the end of its connection.
func (l *line) answered(closing bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closing = l.closing || closing
}

// broke tells once that a connection broke.
func (l *line) broke() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	broken := l.broken
	l.broken = false
	return broken
}
