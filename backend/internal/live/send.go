package live

import (
	"context"
	"time"

	"github.com/coder/websocket"

	"hypha/internal/measure"
)

// checkEvery is how soon a client whose user has signed out is cut off.
const checkEvery = time.Minute

// send writes answers and frames until the client leaves or the feed ends.
func (c *client) send(ctx context.Context, valid func(context.Context) bool) {
	ping := time.NewTicker(pingEvery)
	defer ping.Stop()
	check := time.NewTicker(checkEvery)
	defer check.Stop()
	for {
		frames, complete, changed, closed := c.feed.after(c.n)
		if closed {
			_ = c.conn.Close(websocket.StatusGoingAway, "the program is stopping")
			return
		}
		if len(frames) > 0 || !complete {
			// Answers come first: a snapshot must not overwrite what is newer.
			if !c.drainAnswers(ctx) || !c.give(ctx, frames, complete) {
				return
			}
			continue
		}
		select {
		case <-ctx.Done():
			return
		case a := <-c.answers:
			if !c.write(ctx, a) {
				return
			}
		case <-changed:
		case <-ping.C:
			alive, cancel := context.WithTimeout(ctx, writeWithin)
			err := c.conn.Ping(alive)
			cancel()
			if err != nil {
				return
			}
		case <-check.C:
			if !valid(ctx) {
				_ = c.conn.Close(websocket.StatusPolicyViolation, "signed out")
				return
			}
		}
	}
}

func (c *client) drainAnswers(ctx context.Context) bool {
	for {
		select {
		case a := <-c.answers:
			if !c.write(ctx, a) {
				return false
			}
		default:
			return true
		}
	}
}

func (c *client) write(ctx context.Context, message []byte) bool {
	ctx, cancel := context.WithTimeout(ctx, writeWithin)
	defer cancel()
	return c.conn.Write(ctx, websocket.MessageText, message) == nil
}

// give writes the frames that the client has not had: one as it is, several as one with the newest of each.
func (c *client) give(ctx context.Context, frames []*frame, complete bool) bool {
	c.mu.Lock()
	t := c.topics
	if len(t.channels) > 0 && !t.readings {
		own := make(map[measure.ChannelID]bool, len(t.channels))
		for id := range t.channels {
			own[id] = true
		}
		t.channels = own
	}
	c.mu.Unlock()
	if !complete {
		// What fell out of the ring is covered by the present state; the frames are in it too.
		n, _ := c.feed.now()
		snapshot, err := c.feed.snapshot(ctx, t)
		if err != nil {
			c.feed.log.Error("a live snapshot failed", "error", err)
			return false
		}
		c.n = n
		return c.write(ctx, snapshot)
	}
	one := frames[0]
	if len(frames) > 1 {
		one = conflate(frames)
	}
	c.n = frames[len(frames)-1].n
	for _, message := range t.choose(one) {
		if !c.write(ctx, message) {
			return false
		}
	}
	return true
}

// choose returns the messages of a frame that belong to the topics.
func (t *topics) choose(f *frame) [][]byte {
	var all [][]byte
	switch {
	case len(f.readings) == 0:
	case t.readings:
		if f.readingsJSON == nil {
			f.readingsJSON = encodeReadings(f.seq, f.readings)
		}
		all = append(all, f.readingsJSON)
	case len(t.channels) > 0:
		var own []measure.Reading
		for _, r := range f.readings {
			if t.channels[r.Channel] {
				own = append(own, r)
			}
		}
		if len(own) > 0 {
			all = append(all, encodeReadings(f.seq, own))
		}
	}
	if t.outputs {
		all = append(all, f.outputsJSON...)
	}
	if t.controllers {
		all = append(all, f.controllersJSON...)
	}
	if t.events {
		all = append(all, f.eventsJSON...)
	}
	return all
}

// conflate makes one frame of several, for one client: the newest value of each channel, the newest state of each
// output and controller, all events. Its readings are encoded when they are chosen.
func conflate(frames []*frame) *frame {
	one := &frame{}
	for _, f := range frames {
		one.seq = f.seq
		one.readings = append(one.readings, f.readings...)
		one.outputs = append(one.outputs, f.outputs...)
		one.controllers = append(one.controllers, f.controllers...)
		one.eventsJSON = append(one.eventsJSON, f.eventsJSON...)
	}
	one.readings = newest(one.readings)
	one.outputsJSON, _ = encodeAll("output", newestBy(one.outputs, outputKey))                 // encoded before, in their frames
	one.controllersJSON, _ = encodeAll("controller", newestBy(one.controllers, controllerKey)) // likewise
	return one
}
