package live

import (
	"context"
	"fmt"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"

	"hypha/internal/alerting"
	"hypha/internal/fleet"
	"hypha/internal/measure"
)

func TestASnapshotHasTheTopicsThatWereAsked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.source.outputs = []fleet.OutputState{{ID: 1}}
		r.run()
		r.put(reading(1, 1, 1), reading(2, 2, 2), reading(3, 3, 3))
		later(time.Second)
		output := marshal(t, fleet.OutputState{ID: 1})
		for _, c := range []struct{ topics, want string }{
			{`"readings"`, `"readings":[[1,1,1],[2,2,2],[3,3,3]]`},
			{`"readings:3","readings:1","readings:99"`, `"readings":[[1,1,1],[3,3,3]]`},
			{`"outputs"`, `"outputs":[` + output + `]`},
			{`"controllers","readings:2"`, `"readings":[[2,2,2]],"controllers":[]`},
			{`"alerts"`, `"alerts":[]`},
			{`"events"`, ``},
		} {
			one := r.dial(nil)
			one.say(`{"op":"subscribe","topics":[` + c.topics + `]}`)
			want := `{"op":"snapshot","seq":1001`
			if c.want != "" {
				want += "," + c.want
			}
			one.want(c.topics, want+"}")
		}
	})
}

func TestAClientHearsWhatItSubscribedToUntilItUnsubscribes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.run()
		c := r.dial(nil)
		tell := func() {
			later(time.Second)
			c.hear()
			r.put(reading(1, 1, 1), reading(2, 2, 2), reading(3, 3, 3))
			later(time.Second)
			r.topics.Outputs.Publish(fleet.OutputState{})
			later(time.Second)
			r.topics.Controllers.Publish(fleet.ControllerStatus{})
			later(time.Second)
			r.topics.Alerts.Publish(alerting.AlertStatus{})
			later(time.Second)
			r.topics.Journal.Publish(fleet.Event{})
		}
		tell()
		c.want("before it asked")
		for _, step := range []struct{ say, want string }{
			{`{"op":"subscribe","topics":["readings:3","readings:1"]}`, `[[1,1,1],[3,3,3]]`},
			{`{"op":"unsubscribe","topics":["readings:1","outputs"]}`, `[[3,3,3]]`},
			{`{"op":"subscribe","topics":["outputs"]}`, `[[3,3,3]] output`},
			{`{"op":"subscribe","topics":["readings","events"]}`, `[[1,1,1],[2,2,2],[3,3,3]] output event`},
			{`{"op":"unsubscribe","topics":["readings","outputs","readings:9"]}`, `[[3,3,3]] event`},
			{`{"op":"subscribe","topics":["controllers"]}`, `[[3,3,3]] controller event`},
			{`{"op":"subscribe","topics":["alerts"]}`, `[[3,3,3]] controller alert event`},
			{`{"op":"unsubscribe","topics":["readings:3","controllers","alerts","events"]}`, ``},
		} {
			c.say(step.say)
			tell()
			var got []string
			for _, text := range c.hear() {
				_, rest, _ := strings.Cut(text, `"op":"`)
				op, _, _ := strings.Cut(rest, `"`)
				if op == "readings" {
					_, rest, _ = strings.Cut(text, `"r":`)
					op = strings.TrimSuffix(rest, "}")
				}
				got = append(got, op)
			}
			if got := strings.Join(got, " "); got != step.want {
				t.Errorf("after %s: %q, want %q", step.say, got, step.want)
			}
		}
	})
}

func TestNonsenseIsAnsweredAndTheConnectionStays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.run()
		c := r.dial(nil)
		many := strings.Repeat(`"readings:1",`, maxTopics+1)
		for say, want := range map[string]string{
			`{"op":"subscribe","topics":["weather"]}`:                  `{"detail":"\"weather\": use readings, readings:CHANNEL, outputs, controllers, alerts or events","op":"error","title":"Unknown topic"}`,
			`{"op":"subscribe","topics":["readings","readings:x"]}`:    "Unknown topic",
			`{"op":"subscribe","topics":["readings:-1"]}`:              "Unknown topic",
			`{"op":"subscribe","topics":["17"]}`:                       "Unknown topic",
			`{"op":"subscribe","topics":[]}`:                           "topics is empty",
			`{"op":"unsubscribe"}`:                                     "topics is empty",
			`{"op":"subscribe","topics":[` + many[:len(many)-1] + `]}`: "at most 5000",
			`{"op":"shout"}`:                                           `{"detail":"\"shout\": use subscribe, unsubscribe or ping","op":"error","title":"Unknown operation"}`,
			`{}`:                                                       "Unknown operation",
			`null`:                                                     "Unknown operation",
			``:                                                         "Not understood",
			`{"op":`:                                                   "Not understood",
			`["subscribe"]`:                                            "Not understood",
			`{"op":"subscribe","topics":["readings"],"since":-1}`: "Not understood",
			`{"op":"subscribe","topics":"readings"}`:              "Not understood",
		} {
			c.say(say)
			got := c.hear()
			if len(got) != 1 || !strings.Contains(got[0], `"op":"error"`) || !strings.Contains(got[0], want) || strings.Contains(got[0], "Go ") {
				t.Errorf("%.100s: %s", say, got)
			}
		}
		if err := c.conn.Write(t.Context(), websocket.MessageBinary, []byte(`{"op":"ping"}`)); err != nil {
			t.Fatal(err)
		}
		if got := c.hear(); len(got) != 1 || !strings.Contains(got[0], "not binary") {
			t.Errorf("a binary frame: %s", got)
		}
		r.put(reading(1, 1, 1))
		c.say(`{"op":"ping"}`)
		c.want("nothing was subscribed by mistake", `{"op":"pong"}`)
		c.say(strings.Repeat(" ", maxMessage+1))
		if code := c.gone(); code != websocket.StatusMessageTooBig {
			t.Errorf("a message beyond the limit: closed with %v", code)
		}
	})
}

func TestAsManyTopicsAsAllowedFitIntoAMessageAndMayBeAskedTwice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.run()
		c := r.dial(nil)
		names := make([]string, maxTopics)
		for n := range names {
			names[n] = fmt.Sprintf(`"readings:%d"`, int64(n)+1e18)
		}
		all := `{"op":"subscribe","topics":[` + strings.Join(names, ",") + `]}`
		for range 2 {
			c.say(all)
			c.want("all of them", `{"op":"snapshot","seq":1000,"readings":[]}`)
		}
		c.say(`{"op":"subscribe","topics":["readings:7"]}`)
		if got := c.hear(); len(got) != 1 || !strings.Contains(got[0], "Too many topics") {
			t.Errorf("one more: %s", got)
		}
	})
}

func TestASnapshotThatFailsIsToldAndWhatChangesFollows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.source.fail = errBroken
		r.run()
		for _, topic := range []string{"outputs", "controllers"} {
			c := r.dial(nil)
			c.say(`{"op":"subscribe","topics":["events","` + topic + `"]}`)
			if got := c.hear(); len(got) != 1 || !strings.Contains(got[0], `"No snapshot"`) || strings.Contains(got[0], "broken") {
				t.Errorf("%s: %s", topic, got)
			}
			r.topics.Journal.Publish(fleet.Event{})
			later(time.Second)
			if got := c.hear(); len(got) != 1 {
				t.Errorf("then %s", got)
			}
		}
	})
}

// TestASnapshotComesBeforeWhatIsNewer: a slow snapshot must not overwrite at the client what has been published since.
func TestASnapshotComesBeforeWhatIsNewer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.run()
		r.put(reading(1, 1, 1))
		later(time.Second)
		r.source.asked = func() {
			r.source.asked = nil
			r.put(reading(1, 2, 2))
			<-time.After(time.Second)
		}
		c := r.dial(nil)
		c.say(`{"op":"subscribe","topics":["readings"]}`)
		later(2 * time.Second)
		c.want("in order", `{"op":"snapshot","seq":1001,"readings":[[1,1,1]]}`, `{"op":"readings","seq":1002,"r":[[1,2,2]]}`)
	})
}

func TestClientsAreToldWhenTheFeedEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.run()
		polite, silent := r.dial(nil), r.dial(nil)
		polite.say(`{"op":"subscribe","topics":["readings"]}`)
		polite.hear()
		wake := silent.nap()
		start := time.Now()
		r.end()
		if code := polite.gone(); code != websocket.StatusGoingAway {
			t.Errorf("closed with %v", code)
		}
		for r.feed.Clients() > 0 {
			later(100 * time.Millisecond)
		}
		if d := time.Since(start); d > 11*time.Second {
			t.Errorf("who does not answer is a client for %v", d)
		}
		wake()
		if late := r.dial(nil); late.gone() != websocket.StatusGoingAway {
			t.Error("a client that comes after the end stays")
		}
	})
}

func TestTheEndOfTheFeedDoesNotWaitForAClientThatDoesNotAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		ctx, end := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- r.feed.Run(ctx) }()
		if _, ok := r.feed.enter(); !ok {
			t.Fatal("no room")
		}
		start := time.Now()
		end()
		if err := <-done; err != nil || time.Since(start) != leaveWithin {
			t.Errorf("%v after %v", err, time.Since(start))
		}
	})
}

func TestTooManyClientsAreRefusedBeforeAnythingIsWritten(t *testing.T) {
	r := newRig(t)
	r.feed.clients = maxClients
	w := httptest.NewRecorder()
	w.Code = 0
	err := r.feed.Serve(w, httptest.NewRequestWithContext(t.Context(), "GET", "/live", nil), r.valid)
	if !IsTooMany(err) || w.Code != 0 || w.Body.Len() != 0 || r.feed.Clients() != maxClients {
		t.Errorf("%v, %d %q, %d clients", err, w.Code, w.Body, r.feed.Clients())
	}
	r.feed.clients = 0
	if err := r.feed.Serve(w, httptest.NewRequestWithContext(t.Context(), "GET", "/live", nil), r.valid); err != nil || w.Code != 426 {
		t.Errorf("what is no WebSocket: %v, %d", err, w.Code)
	}
	if r.feed.Clients() != 0 {
		t.Error("it is counted for ever")
	}
}

func TestAUserWhoSignedOutIsCutOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		var signedOut atomic.Bool
		r.valid = func(context.Context) bool { return !signedOut.Load() }
		r.run()
		c := r.dial(nil)
		later(10 * checkEvery)
		if code := c.gone(); code != 0 {
			t.Fatalf("closed with %v while signed in", code)
		}
		signedOut.Store(true)
		later(checkEvery)
		if code := c.gone(); code != websocket.StatusPolicyViolation || r.feed.Clients() != 0 {
			t.Errorf("closed with %v, %d clients", code, r.feed.Clients())
		}
	})
}

func TestAClientThatNeverReadsIsCutOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.run()
		c := r.dial(nil)
		c.say(`{"op":"subscribe","topics":["readings"]}`)
		c.hear()
		defer c.nap()()
		r.put(reading(1, 1, 1))
		later(writeWithin - time.Second)
		if r.feed.Clients() != 1 {
			t.Error("cut off too soon")
		}
		later(2 * time.Second)
		if n := r.feed.Clients(); n != 0 {
			t.Errorf("%d clients after the time-out", n)
		}
	})
}

func TestAClientThatDoesNotAnswerPingsIsCutOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.run()
		lively := r.dial(nil)
		r.dial(&websocket.DialOptions{OnPingReceived: func(context.Context, []byte) bool { return false }})
		later(pingEvery + writeWithin - time.Second)
		if n := r.feed.Clients(); n != 2 {
			t.Errorf("%d clients", n)
		}
		later(2 * time.Second)
		if n := r.feed.Clients(); n != 1 || lively.gone() != 0 {
			t.Errorf("%d clients", n)
		}
		later(time.Hour)
		if lively.gone() != 0 {
			t.Error("who answers was cut off")
		}
	})
}

// TestAPingHoldsNothingBack: frames go out while the answer to a ping is still awaited.
func TestAPingHoldsNothingBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.run()
		c := r.dial(&websocket.DialOptions{OnPingReceived: func(context.Context, []byte) bool { return false }})
		c.say(`{"op":"subscribe","topics":["readings"]}`)
		later(pingEvery + time.Second)
		c.hear()
		r.put(measure.Reading{Channel: 1})
		for range 20 {
			c.say(`{"op":"ping"}`)
		}
		if got := c.hear(); len(got) != 21 {
			t.Errorf("%d messages while a ping is under way, want 21", len(got))
		}
	})
}
