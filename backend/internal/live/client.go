package live

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/coder/websocket"

	"hypha/internal/fleet"
	"hypha/internal/measure"
)

// Subprotocol is the name and version of the feed.
const Subprotocol = "hypha.live.v1"

const (
	writeWithin  = 10 * time.Second // a client that takes longer for one frame is cut off
	pingEvery    = 30 * time.Second
	maxMessage   = 64 << 10 // bytes of a message from a client
	maxTopics    = 5000     // of one client
	replayAtMost = 5000     // entries of a resumption; more is a snapshot
	sendingAhead = 16       // answers to a client's own messages that may wait
)

// topics is what a client has asked for.
type topics struct {
	readings    bool // of all channels
	channels    map[measure.ChannelID]bool
	outputs     bool
	controllers bool
	events      bool
}

func (t *topics) wants(id measure.ChannelID) bool { return t.readings || t.channels[id] }

// request is a message from a client.
type request struct {
	Op     string   `json:"op"`
	Topics []string `json:"topics"`
	Since  *uint64  `json:"since"`
}

type client struct {
	feed *Feed
	conn *websocket.Conn

	answers chan []byte // to the client's own messages, in order; bounded

	mu     sync.Mutex
	topics topics
	n      uint64 // the last frame that was given, or covered by a snapshot
}

// Serve speaks the feed on a request whose user has been checked, until either side ends it. valid is asked now and
// then whether the user may still listen.
func (f *Feed) Serve(w http.ResponseWriter, r *http.Request, valid func(context.Context) bool) error {
	if f.clients.Add(1) > maxClients {
		f.clients.Add(-1)
		return errTooMany
	}
	defer f.clients.Add(-1)
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{
		Subprotocols: []string{Subprotocol},
		// The Origin has been checked by the caller, who knows how the user signed in.
		InsecureSkipVerify: true,
		CompressionMode:    websocket.CompressionDisabled,
	})
	if err != nil {
		return nil // Accept has answered the request itself
	}
	defer func() { _ = conn.CloseNow() }() // a second close is harmless
	conn.SetReadLimit(maxMessage)
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	c := &client{feed: f, conn: conn, answers: make(chan []byte, sendingAhead)}
	c.n, _ = f.now()
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer cancel()
		c.receive(ctx)
	}()
	c.send(ctx, valid)
	_ = conn.CloseNow()
	<-done
	return nil
}

var errTooMany = errors.New("too many live connections")

// IsTooMany tells whether Serve refused because of the number of clients; nothing has been written then.
func IsTooMany(err error) bool { return errors.Is(err, errTooMany) }

// receive handles the client's messages until it leaves.
func (c *client) receive(ctx context.Context) {
	for {
		kind, raw, err := c.conn.Read(ctx)
		if err != nil {
			return
		}
		var answers [][]byte
		var req request
		if kind != websocket.MessageText {
			answers = [][]byte{problem("Not understood", "send JSON as text frames")}
		} else if err := json.Unmarshal(raw, &req); err != nil {
			answers = [][]byte{problem("Not understood", "the message is not a JSON object of this protocol: "+err.Error())}
		} else {
			answers = c.handle(ctx, req)
		}
		for _, a := range answers {
			select {
			case c.answers <- a:
			case <-ctx.Done():
				return
			}
		}
	}
}

func (c *client) handle(ctx context.Context, req request) [][]byte {
	switch req.Op {
	case "ping":
		return [][]byte{[]byte(`{"op":"pong"}`)}
	case "subscribe", "unsubscribe":
		asked, err := parseTopics(req.Topics)
		if err != nil {
			return [][]byte{problem("Unknown topic", err.Error())}
		}
		if req.Op == "unsubscribe" {
			c.drop(asked)
			return nil
		}
		return c.subscribe(ctx, asked, req.Since)
	default:
		return [][]byte{problem("Unknown operation", fmt.Sprintf("%q: use subscribe, unsubscribe or ping", req.Op))}
	}
}

func parseTopics(names []string) (t topics, err error) {
	if len(names) == 0 {
		return t, errors.New("topics is empty: name readings, readings:CHANNEL, outputs, controllers or events")
	}
	if len(names) > maxTopics {
		return t, fmt.Errorf("at most %d topics: subscribe to readings for all channels", maxTopics)
	}
	t.channels = map[measure.ChannelID]bool{}
	for _, name := range names {
		switch name {
		case "readings":
			t.readings = true
		case "outputs":
			t.outputs = true
		case "controllers":
			t.controllers = true
		case "events":
			t.events = true
		default:
			id, err := strconv.ParseInt(strings.TrimPrefix(name, "readings:"), 10, 64)
			if !strings.HasPrefix(name, "readings:") || err != nil {
				return t, fmt.Errorf("%q: use readings, readings:CHANNEL, outputs, controllers or events", name)
			}
			t.channels[measure.ChannelID(id)] = true
		}
	}
	return t, nil
}

func (c *client) drop(t topics) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if t.readings {
		c.topics.readings = false
	}
	for id := range t.channels {
		delete(c.topics.channels, id)
	}
	c.topics.outputs = c.topics.outputs && !t.outputs
	c.topics.controllers = c.topics.controllers && !t.controllers
	c.topics.events = c.topics.events && !t.events
}

// subscribe adds topics and answers with what the client missed since a number, if the rings still have all of it, or
// else with a snapshot.
func (c *client) subscribe(ctx context.Context, t topics, since *uint64) [][]byte {
	c.mu.Lock()
	if c.topics.channels == nil {
		c.topics.channels = map[measure.ChannelID]bool{}
	}
	if len(c.topics.channels)+len(t.channels) > maxTopics {
		c.mu.Unlock()
		return [][]byte{problem("Too many topics", fmt.Sprintf("at most %d: subscribe to readings for all channels", maxTopics))}
	}
	c.topics.readings = c.topics.readings || t.readings
	for id := range t.channels {
		c.topics.channels[id] = true
	}
	c.topics.outputs = c.topics.outputs || t.outputs
	c.topics.controllers = c.topics.controllers || t.controllers
	c.topics.events = c.topics.events || t.events
	c.mu.Unlock()
	if since != nil {
		if missed, ok := c.feed.replay(t, *since); ok {
			return missed
		}
	}
	snapshot, err := c.feed.snapshot(ctx, t)
	if err != nil {
		c.feed.log.Error("a live snapshot failed", "error", err)
		return [][]byte{problem("No snapshot", "the present state could not be loaded; what changes will follow")}
	}
	return [][]byte{snapshot}
}

// replay returns what happened after since, oldest first; false when the rings do not hold all of it.
func (f *Feed) replay(t topics, since uint64) ([][]byte, bool) {
	fr := &frame{}
	_, fr.seq = f.now()
	if since > fr.seq {
		return nil, false // a number of another life of this program
	}
	complete := true
	if t.readings || len(t.channels) > 0 {
		entries, ok := f.topics.Readings.Since(since)
		complete = complete && ok
		for _, e := range entries {
			for _, r := range e.V {
				if t.wants(r.Channel) {
					fr.readings = append(fr.readings, r)
				}
			}
		}
	}
	if t.outputs {
		entries, ok := f.topics.Outputs.Since(since)
		complete = complete && ok
		for _, e := range entries {
			fr.outputs = append(fr.outputs, numbered[fleet.OutputState]{e.Seq, e.V})
		}
	}
	if t.controllers {
		entries, ok := f.topics.Controllers.Since(since)
		complete = complete && ok
		for _, e := range entries {
			fr.controllers = append(fr.controllers, numbered[fleet.ControllerStatus]{e.Seq, e.V})
		}
	}
	if t.events {
		entries, ok := f.topics.Journal.Since(since)
		complete = complete && ok
		for _, e := range entries {
			fr.events = append(fr.events, numbered[fleet.Event]{e.Seq, e.V})
		}
	}
	if !complete || len(fr.readings)+len(fr.outputs)+len(fr.controllers)+len(fr.events) > replayAtMost {
		return nil, false
	}
	if err := fr.encode(); err != nil {
		f.log.Error("a live replay could not be encoded", "error", err)
		return nil, false
	}
	messages := fr.messages()
	if len(messages) == 0 { // nothing was missed: say so, for the client waits for an answer
		messages = [][]byte{encodeReadings(fr.seq, nil)}
	}
	return messages, true
}

// messages are all shared bytes of a frame.
func (f *frame) messages() [][]byte {
	var all [][]byte
	if f.readingsJSON != nil {
		all = append(all, f.readingsJSON)
	}
	all = append(all, f.outputsJSON...)
	all = append(all, f.controllersJSON...)
	return append(all, f.eventsJSON...)
}

// snapshot is the present state of topics.
func (f *Feed) snapshot(ctx context.Context, t topics) ([]byte, error) {
	_, seq := f.now()
	b := append([]byte(`{"op":"snapshot","seq":`), strconv.FormatUint(seq, 10)...)
	if t.readings || len(t.channels) > 0 {
		all := f.source.ReadingsNow()
		kept := all[:0]
		for _, r := range all {
			if t.wants(r.Channel) {
				kept = append(kept, r)
			}
		}
		b = append(b, `,"readings":`...)
		b = appendReadings(b, kept)
	}
	if t.outputs {
		states, err := f.source.OutputsNow(ctx)
		if err != nil {
			return nil, err
		}
		if b, err = appendList(b, "outputs", states); err != nil {
			return nil, err
		}
	}
	if t.controllers {
		states, err := f.source.ControllersNow(ctx)
		if err != nil {
			return nil, err
		}
		if b, err = appendList(b, "controllers", states); err != nil {
			return nil, err
		}
	}
	return append(b, '}'), nil
}

func appendList[T any](b []byte, name string, all []T) ([]byte, error) {
	if all == nil {
		all = []T{}
	}
	list, err := json.Marshal(all)
	if err != nil {
		return nil, fmt.Errorf("encode %s: %w", name, err)
	}
	b = append(b, `,"`...)
	b = append(b, name...)
	b = append(b, `":`...)
	return append(b, list...), nil
}

func problem(title, detail string) []byte {
	b, err := json.Marshal(map[string]string{"op": "error", "title": title, "detail": detail})
	if err != nil {
		return []byte(`{"op":"error","title":"Not understood","detail":""}`)
	}
	return b
}
