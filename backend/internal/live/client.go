package live

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/coder/websocket"
)

// Subprotocol is the name and version of the feed.
const Subprotocol = "hypha.live.v1"

const (
	writeWithin = 10 * time.Second // a client that takes longer for one message is cut off
	pingEvery   = 30 * time.Second
	checkEvery  = time.Minute // how soon a client whose user has signed out is cut off
	maxMessage  = 256 << 10   // bytes of a message from a client: maxTopics fit in
)

// request is a message from a client.
type request struct {
	Op     string   `json:"op"`
	Topics []string `json:"topics"`
	Since  *uint64  `json:"since"`
}

// client is one connection. Only the goroutine of send touches topics and place, so what is asked, the snapshot that
// answers and the frames that follow have one order.
type client struct {
	feed *Feed
	conn *websocket.Conn

	asked chan []byte // messages of the client; unbuffered: who asks faster than it is answered waits
	slow  *time.Timer // cuts the client off when a message takes too long

	topics topics
	place  place     // the last frame that was given, or covered by a snapshot
	given  time.Time // when something of a frame was given last

	frames   []*frame // scratch
	messages [][]byte // scratch
}

// Serve speaks the feed on a request whose user has been checked, until either side ends it. valid is asked now and
// then whether the user may still listen. The error is for IsTooMany.
func (f *Feed) Serve(w http.ResponseWriter, r *http.Request, valid func(context.Context) bool) error {
	here, ok := f.enter()
	if !ok {
		return errTooMany
	}
	defer f.leave()
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{
		Subprotocols: []string{Subprotocol},
		// The Origin has been checked by the caller, who knows how the user signed in.
		InsecureSkipVerify: true,
		CompressionMode:    websocket.CompressionDisabled,
	})
	if err != nil {
		return nil // Accept has answered the request itself
	}
	conn.SetReadLimit(maxMessage)
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	c := &client{feed: f, conn: conn, place: here, asked: make(chan []byte)}
	c.slow = time.AfterFunc(writeWithin, func() { _ = conn.CloseNow() })
	c.slow.Stop()
	var others sync.WaitGroup
	others.Go(func() {
		c.receive(ctx)
		cancel()
		_ = conn.CloseNow() // a write that is under way ends too
	})
	c.send(ctx, valid, &others)
	cancel()
	_ = conn.CloseNow() // harmless after Close
	c.slow.Stop()
	others.Wait()
	return nil
}

var errTooMany = errors.New("too many live connections")

// IsTooMany tells whether Serve refused because of the number of clients; nothing has been written then.
func IsTooMany(err error) bool { return errors.Is(err, errTooMany) }

// receive hands the client's messages to send until the client leaves.
func (c *client) receive(ctx context.Context) {
	for {
		kind, raw, err := c.conn.Read(ctx)
		if err != nil {
			return
		}
		if kind != websocket.MessageText {
			raw = nil
		}
		select {
		case c.asked <- raw:
		case <-ctx.Done():
			return
		}
	}
}

// answer does what a message asks; false when the client is gone.
func (c *client) answer(ctx context.Context, raw []byte) bool {
	var req request
	if raw == nil {
		return c.write(problem("Not understood", "send JSON as text frames, not binary ones"))
	}
	if json.Unmarshal(raw, &req) != nil {
		return c.write(problem("Not understood", `send an object such as {"op":"subscribe","topics":["readings"],"since":41}`))
	}
	switch req.Op {
	case "ping":
		return c.write([]byte(`{"op":"pong"}`))
	case "subscribe", "unsubscribe":
		asked, err := parseTopics(req.Topics)
		if err != nil {
			return c.write(problem("Unknown topic", err.Error()))
		}
		if req.Op == "unsubscribe" {
			c.topics.remove(asked)
			return true
		}
		return c.subscribe(ctx, asked, req.Since)
	default:
		return c.write(problem("Unknown operation", fmt.Sprintf("%.100q: use subscribe, unsubscribe or ping", req.Op)))
	}
}

// subscribe adds topics and answers with what the client missed since a number, if the rings still have all of it, or
// else with a snapshot.
func (c *client) subscribe(ctx context.Context, t topics, since *uint64) bool {
	if err := c.topics.add(t); err != nil {
		return c.write(problem("Too many topics", err.Error()))
	}
	if since != nil {
		if missed, ok := c.feed.replay(t, *since, c.place.seq); ok {
			return c.writeAll(missed)
		}
	}
	snapshot, err := c.feed.snapshot(ctx, t, c.place.seq)
	if err != nil {
		c.feed.log.Error("a live snapshot failed", "error", err)
		return c.write(problem("No snapshot", "the present state could not be loaded; what changes will follow"))
	}
	return c.write(snapshot)
}

func problem(title, detail string) []byte {
	b, err := json.Marshal(map[string]string{"op": "error", "title": title, "detail": detail})
	if err != nil {
		return []byte(`{"op":"error","title":"Not understood","detail":""}`)
	}
	return b
}
