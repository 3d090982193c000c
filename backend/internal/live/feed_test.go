package live

import (
	"encoding/json"
	"testing"
	"testing/synctest"
	"time"

	"hypha/internal/fleet"
	"hypha/internal/measure"
)

func TestMessagesHaveTheShapeOfTheContract(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		on := true
		lamp := fleet.OutputState{ID: 2, ChannelState: fleet.ChannelState{Index: 1, By: "user/ann"}}
		lamp.On = &on
		r.source.outputs = []fleet.OutputState{lamp}
		r.source.controllers = []fleet.ControllerStatus{{Ref: "input/3"}}
		r.run()
		r.put(reading(17, 1700000000000, 21.5), measure.Reading{Channel: 18, T: 5, V: -1e-7, Q: measure.Stale})
		later(time.Second)
		c := r.dial(nil)
		c.say(`{"op":"subscribe","topics":["readings","outputs","controllers","events"]}`)
		status := marshal(t, fleet.Status{})
		c.want("the snapshot",
			`{"op":"snapshot","seq":1001,"readings":[[17,1700000000000,21.5],[18,5,-1e-07,"stale"]],"outputs":[`+marshal(t, lamp)+
				`],"controllers":[{"ref":"input/3","status":`+status+`}]}`)

		var batch []measure.Reading
		for q := measure.Good; q <= measure.Calibrating; q++ {
			batch = append(batch, measure.Reading{Channel: 1, T: 6, V: float64(q), Q: q})
		}
		r.put(batch...)
		c.want("a frame", `{"op":"readings","seq":1002,"r":[[1,6,0],[1,6,1,"stale"],[1,6,2,"out_of_range"],[1,6,3,"rejected"],[1,6,4,"substituted"],[1,6,5,"calibrating"]]}`)
		later(time.Second)
		r.topics.Outputs.Publish(lamp)
		c.want("an output", `{"op":"output","seq":1003,"output":`+marshal(t, lamp)+`}`)
		later(time.Second)
		r.topics.Controllers.Publish(fleet.ControllerStatus{Ref: "input/3"})
		c.want("a controller", `{"op":"controller","seq":1004,"controller":{"ref":"input/3","status":`+status+`}}`)
		later(time.Second)
		e := fleet.Event{ID: 9, Type: "alert", Source: "input/3", Message: "<gone>", Data: json.RawMessage(`{"a":1}`)}
		r.topics.Journal.Publish(e)
		c.want("an event", `{"op":"event","seq":1005,"event":`+marshal(t, e)+`}`)
		c.say(`{"op":"ping"}`)
		c.want("a ping", `{"op":"pong"}`)
	})
}

func marshal(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestTheFirstReadingAfterQuietGoesOutAtOnceAndThenTheyKeepApart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.run()
		c := r.dial(nil)
		c.say(`{"op":"subscribe","topics":["readings"]}`)
		c.want("the snapshot", `{"op":"snapshot","seq":1000,"readings":[]}`)
		for range 3 { // bursts with quiet between them
			later(time.Second)
			start := time.Now()
			for n := range int64(500) {
				r.put(reading(1, n, 1))
				later(time.Millisecond)
			}
			later(time.Second)
			frames := c.all()
			if d := frames[0].at.Sub(start); d != 0 {
				t.Errorf("the first came after %v", d)
			}
			for n, f := range frames[1:] {
				if d := f.at.Sub(frames[n].at); d < 16*time.Millisecond || d > 25*time.Millisecond {
					t.Errorf("%v between frames", d)
				}
			}
			if last := frames[len(frames)-1].at.Sub(start); last > 525*time.Millisecond {
				t.Errorf("the last came after %v", last)
			}
		}
	})
}
