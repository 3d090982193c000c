package live

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"hypha/internal/fleet"
	"hypha/internal/measure"
)

// TestManyClientsOverTCPEndWithTheNewestOfEverything is the feed as it is used: real sockets, real time, clients that take
// their time, publishers on all topics at once. The race detector watches.
func TestManyClientsOverTCPEndWithTheNewestOfEverything(t *testing.T) {
	r := newRig(t)
	ctx, end := context.WithCancel(t.Context())
	ran := make(chan error, 1)
	go func() { ran <- r.feed.Run(ctx) }()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if err := r.feed.Serve(w, req, r.valid); err != nil {
			t.Error(err)
		}
	}))
	defer server.Close()

	const clients, channels, rounds = 12, 6, 300
	var listening, publishing, all sync.WaitGroup
	for n := range clients {
		listening.Add(1)
		all.Go(func() {
			conn, _, err := websocket.Dial(t.Context(), "ws"+strings.TrimPrefix(server.URL, "http"), nil) //nolint:bodyclose // Dial says that it need not be
			if err != nil {
				t.Error(err)
				listening.Done()
				return
			}
			defer func() { _ = conn.CloseNow() }()
			conn.SetReadLimit(-1)
			topics := `"readings"`
			if n%3 == 1 {
				topics = `"readings:1","readings:2"`
			}
			ask := `{"op":"subscribe","topics":["outputs","controllers","events",` + topics + `]}`
			if err := conn.Write(t.Context(), websocket.MessageText, []byte(ask)); err != nil {
				t.Error(err)
			}
			newest := map[string]float64{}
			wanted := channels
			if n%3 == 1 {
				wanted = 2
			}
			for first := true; ; first = false {
				_, raw, err := conn.Read(t.Context())
				if err != nil {
					if websocket.CloseStatus(err) != websocket.StatusGoingAway {
						t.Errorf("client %d: %v", n, err)
					}
					break
				}
				if first {
					listening.Done()
				}
				for _, one := range decode(t, string(raw)).R {
					newest[fmt.Sprint(one[0])] = one[2].(float64)
				}
				if n%2 == 1 {
					<-time.After(time.Duration(n) * time.Millisecond)
				}
			}
			if len(newest) != wanted {
				t.Errorf("client %d heard of %d channels", n, len(newest))
			}
			for channel, v := range newest {
				if v != rounds-1 {
					t.Errorf("client %d has %v of channel %s", n, v, channel)
				}
			}
		})
	}
	listening.Wait()
	for id := range measure.ChannelID(channels) {
		publishing.Go(func() {
			for n := range rounds {
				r.put(measure.Reading{Channel: id + 1, V: float64(n)})
				r.topics.Outputs.Publish(fleet.OutputState{ID: int64(id)})
				if n%50 == 0 {
					r.topics.Controllers.Publish(fleet.ControllerStatus{})
					r.topics.Journal.Publish(fleet.Event{})
				}
				<-time.After(time.Millisecond)
			}
		})
	}
	publishing.Wait()
	<-time.After(300 * time.Millisecond) // for the last frame, and for who takes his time
	end()
	if err := <-ran; err != nil {
		t.Error(err)
	}
	all.Wait()
}
