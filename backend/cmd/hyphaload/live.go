package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/coder/websocket"
)

// watcher is one live client.
type watcher struct {
	conn *websocket.Conn

	mu      sync.Mutex
	counts  bool // whether what comes is being counted
	frames  int
	delays  []float64 // ms from a reading's time to its arrival here
	newest  int64     // time of the newest reading, ms since the epoch
	ended   error
	keepAll bool // keep every delay, not only the newest of each frame
}

// watch connects and subscribes to all readings. It reads until the context ends.
func watch(ctx context.Context, s *server, keepAll bool) (*watcher, error) {
	conn, answer, err := websocket.Dial(ctx, "ws"+s.url[len("http"):]+"/api/v1/live", &websocket.DialOptions{
		HTTPHeader:   http.Header{"Authorization": {"Bearer " + s.token}},
		Subprotocols: []string{"hypha.live.v1"},
	})
	if err != nil {
		return nil, err
	}
	if answer != nil && answer.Body != nil {
		_ = answer.Body.Close()
	}
	conn.SetReadLimit(1 << 24)
	if err := conn.Write(ctx, websocket.MessageText, []byte(`{"op":"subscribe","topics":["readings"]}`)); err != nil {
		return nil, fmt.Errorf("subscribe: %w", err)
	}
	w := &watcher{conn: conn, keepAll: keepAll}
	go w.read(ctx)
	return w, nil
}

func (w *watcher) read(ctx context.Context) {
	for {
		_, b, err := w.conn.Read(ctx)
		if err != nil {
			w.mu.Lock()
			w.ended = err
			w.mu.Unlock()
			return
		}
		w.take(b, time.Now())
	}
}

func (w *watcher) take(b []byte, now time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.counts {
		return
	}
	var frame struct {
		Op string              `json:"op"`
		R  [][]json.RawMessage `json:"r"`
	}
	if err := json.Unmarshal(b, &frame); err != nil || frame.Op != "readings" {
		return
	}
	w.frames++
	readings := frame.R
	if !w.keepAll && len(readings) > 1 {
		readings = readings[len(readings)-1:]
	}
	for _, r := range readings {
		var t int64
		if len(r) < 3 || json.Unmarshal(r[1], &t) != nil {
			continue
		}
		w.newest = max(w.newest, t)
		// t is cut to whole milliseconds, so that half of one is not the program's.
		w.delays = append(w.delays, float64(now.UnixMicro())/1e3-float64(t)-0.5)
	}
}

// count begins or ends the counting.
func (w *watcher) count(on bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.counts = on
}

// sorted returns the delays of all watchers, in order.
func sorted(all ...*watcher) []float64 {
	var delays []float64
	for _, w := range all {
		w.mu.Lock()
		delays = append(delays, w.delays...)
		w.mu.Unlock()
	}
	slices.Sort(delays)
	return delays
}

func (w *watcher) err() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.ended
}
