package live

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"hypha/internal/fleet"
	"hypha/internal/measure"
)

func TestASlowClientGetsTheNewestOfEachChannel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.run()
		c := r.dial(nil)
		c.say(`{"op":"subscribe","topics":["readings","outputs","events"]}`)
		c.hear()
		wake := c.nap()
		defer wake()
		r.put(reading(1, 1, 1)) // this message blocks
		later(time.Second)
		for n := range int64(100) {
			r.put(reading(2, n, 2))
			if n%2 == 0 {
				r.put(reading(3, n, 3))
			}
			r.topics.Outputs.Publish(fleet.OutputState{ID: n % 2, ChannelState: fleet.ChannelState{Error: fmt.Sprint(n)}})
			if n%40 == 0 {
				r.topics.Journal.Publish(fleet.Event{ID: n})
			}
			later(20 * time.Millisecond)
		}
		wake()
		later(minInterval)
		got := c.hear()
		var ops []string
		seq := uint64(0)
		for _, text := range got {
			m := decode(t, text)
			ops = append(ops, m.Op)
			if m.Seq < seq {
				t.Errorf("%s comes after %d", text, seq)
			}
			seq = m.Seq
		}
		if strings.Join(ops, " ") != "readings event event event output output readings" {
			t.Fatalf("it was told %q", ops)
		}
		if got[6] != `{"op":"readings","seq":`+fmt.Sprint(r.hub.Seq())+`,"r":[[3,98,3],[2,99,2]]}` {
			t.Errorf("the newest are %s", got[6])
		}
		if !strings.Contains(got[4], `"error":"98"`) || !strings.Contains(got[5], `"error":"99"`) {
			t.Errorf("the newest states are %s", got[4:6])
		}
		for _, text := range got[1:6] { // readings up to the last number are still to come
			if m := decode(t, text); m.Seq != 1001 {
				t.Errorf("%s promises too much", text)
			}
		}
		if seq != r.hub.Seq() {
			t.Errorf("it was told up to %d of %d", seq, r.hub.Seq())
		}
	})
}

func TestAClientThatCatchesUpGetsItsFramesApartToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.run()
		c := r.dial(nil)
		c.say(`{"op":"subscribe","topics":["readings"]}`)
		c.hear()
		for range 20 {
			wake := c.nap()
			for n := range int64(50) {
				r.put(reading(1, n, 1))
				later(2 * time.Millisecond)
			}
			wake()
			for n := range int64(50) {
				r.put(reading(1, n, 1))
				later(time.Millisecond)
			}
			frames := c.all()
			if len(frames) < 4 {
				t.Fatalf("%d frames", len(frames))
			}
			// The first was written before the client went to sleep; how late it was read is its own doing.
			for n := 2; n < len(frames); n++ {
				if d := frames[n].at.Sub(frames[n-1].at); d < 16*time.Millisecond {
					t.Errorf("%v between frames", d)
				}
			}
			later(time.Second)
			c.hear()
		}
	})
}

func TestWhoFellBehindTheRingGetsASnapshot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.run()
		c, idle := r.dial(nil), r.dial(nil)
		c.say(`{"op":"subscribe","topics":["readings"]}`)
		c.hear()
		wakeIdle, wake := idle.nap(), c.nap()
		idle.say(`{"op":"ping"}`) // blocks as well, but has subscribed to nothing
		r.put(reading(1, 1, 1))
		later(time.Second)
		for n := range int64(ringFrames + 1) {
			r.put(reading(2, n, 2))
			later(20 * time.Millisecond)
		}
		if n := len(r.feed.ring); n != ringFrames {
			t.Errorf("the ring has %d frames", n)
		}
		wake()
		wakeIdle()
		later(minInterval)
		c.want("the one that blocked, then the present state", `{"op":"readings","seq":1001,"r":[[1,1,1]]}`,
			`{"op":"snapshot","seq":1258,"readings":[[1,1,1],[2,256,2]]}`)
		idle.want("who subscribed to nothing", `{"op":"pong"}`)
		later(time.Second)
		r.put(reading(1, 9, 9))
		c.want("and on it goes", `{"op":"readings","seq":1259,"r":[[1,9,9]]}`)
	})
}

func TestWhileNobodyListensNothingIsKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.run()
		c := r.dial(nil)
		r.put(reading(1, 1, 1))
		later(time.Second)
		if len(r.feed.ring) != 1 {
			t.Errorf("%d frames for a client", len(r.feed.ring))
		}
		_ = c.conn.CloseNow()
		later(time.Second)
		r.put(reading(1, 2, 2))
		later(time.Second)
		if len(r.feed.ring) != 0 || r.feed.place.seq != 1002 {
			t.Errorf("%d frames for nobody, at %+v", len(r.feed.ring), r.feed.place)
		}
	})
}

func TestABacklogIsOneFrameOfTheNewest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.run()
		c := r.dial(nil)
		c.say(`{"op":"subscribe","topics":["readings"]}`)
		c.hear()
		backlog := make([]measure.Reading, readingsAtMost+1)
		for n := range backlog {
			backlog[n] = reading(1, int64(n), 0)
		}
		r.put(backlog...)
		c.want("the newest", fmt.Sprintf(`{"op":"readings","seq":1001,"r":[[1,%d,0]]}`, readingsAtMost))
	})
}

func TestTheIntervalWidensWithReadingsAndClients(t *testing.T) {
	f := newRig(t).feed
	for _, c := range []struct {
		clients, size int
		want          time.Duration
	}{
		{0, 0, quietInterval},
		{1, 0, minInterval},
		{1, 1000, busyInterval},
		{100, 1, 25 * time.Millisecond},
		{1000, 1000, 250 * time.Millisecond},
		{maxClients, 1, maxClients * perClient},
	} {
		f.clients = c.clients
		if got := f.interval(c.size); got != c.want {
			t.Errorf("%d clients, %d readings: %v, want %v", c.clients, c.size, got, c.want)
		}
	}
}
