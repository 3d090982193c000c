package live

import (
	"context"
	"sync"
	"time"

	"github.com/coder/websocket"
)

// send answers the client and writes frames until the client leaves, is cut off, or the feed ends. What it starts beside
// itself is counted in others.
func (c *client) send(ctx context.Context, valid func(context.Context) bool, others *sync.WaitGroup) {
	ping := time.NewTicker(pingEvery)
	defer ping.Stop()
	check := time.NewTicker(checkEvery)
	defer check.Stop()
	pause := time.NewTimer(time.Hour)
	pause.Stop()
	defer pause.Stop()
	pausing := false
	for {
		news := c.feed.after(c.place.n, c.frames[:0])
		if news.closed {
			_ = c.conn.Close(websocket.StatusGoingAway, "the program is stopping")
			return
		}
		if news.n != c.place.n && !pausing {
			// The feed keeps frames apart, but not for a client that takes some of them late.
			wait := minInterval - time.Since(c.given)
			if wait <= 0 {
				ok := c.give(ctx, news)
				c.frames = news.frames
				clear(c.frames) // frames live as long as the ring needs them, not as long as a client is connected
				if !ok {
					return
				}
				continue
			}
			pausing = true
			pause.Reset(wait)
		}
		select {
		case <-ctx.Done():
			return
		case raw := <-c.asked:
			if !c.answer(ctx, raw) {
				return
			}
		case <-news.changed:
		case <-pause.C:
			pausing = false
		case <-ping.C:
			others.Go(func() { c.ping(ctx) }) // ends before the next: writeWithin is shorter than pingEvery
		case <-check.C:
			if !valid(ctx) {
				_ = c.conn.Close(websocket.StatusPolicyViolation, "signed out")
				return
			}
		}
	}
}

// give writes the frames that the client has not had: one as it is, several as one with the newest of each, more than
// the feed still has as a snapshot.
func (c *client) give(ctx context.Context, news news) bool {
	before := c.place
	c.place = news.place
	if c.topics.empty() {
		return true
	}
	switch {
	case !news.complete:
		snapshot, err := c.feed.snapshot(ctx, c.topics, news.seq)
		if err != nil {
			c.feed.log.Error("a live snapshot failed", "error", err)
			return false
		}
		return c.write(snapshot)
	case len(news.frames) == 1:
		c.messages = c.topics.choose(news.frames[0], c.messages[:0])
	default:
		c.messages = c.topics.catchUp(news.frames, before.seq, c.messages[:0])
	}
	ok := c.writeAll(c.messages)
	if len(c.messages) > 0 {
		c.given = time.Now()
	}
	clear(c.messages) // likewise
	return ok
}

func (c *client) writeAll(messages [][]byte) bool {
	for _, m := range messages {
		if !c.write(m) {
			return false
		}
	}
	return true
}

// write writes one message within writeWithin. It takes no context, for that would cost several allocations a client and
// frame: whoever wants it to end closes the connection.
func (c *client) write(message []byte) bool {
	c.slow.Reset(writeWithin)
	err := c.conn.Write(context.Background(), websocket.MessageText, message)
	c.slow.Stop()
	return err == nil
}

// ping cuts a client off that does not answer.
func (c *client) ping(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, writeWithin)
	defer cancel()
	if c.conn.Ping(ctx) != nil {
		_ = c.conn.CloseNow()
	}
}
