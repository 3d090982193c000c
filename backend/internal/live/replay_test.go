package live

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"hypha/internal/fleet"
)

func TestWhatWasMissedComesFirstAsLongAsTheRingsHaveIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.run()
		lamp, pump := fleet.OutputState{ID: 1}, fleet.OutputState{ID: 2}
		r.put(reading(1, 1, 1))        // 1001
		r.topics.Outputs.Publish(lamp) // 1002
		r.put(reading(2, 2, 2))        // 1003
		r.put(reading(1, 3, 3))        // 1004
		r.topics.Outputs.Publish(pump) // 1005
		later(time.Second)
		output := func(seq int, s fleet.OutputState) string {
			return fmt.Sprintf(`{"op":"output","seq":%d,"output":%s}`, seq, marshal(t, s))
		}
		for _, c := range []struct {
			topics string
			since  int
			want   []string
		}{
			{`"readings"`, 1000, []string{`{"op":"readings","seq":1004,"r":[[1,1,1],[2,2,2],[1,3,3]]}`}},
			{`"readings:2"`, 1000, []string{`{"op":"readings","seq":1003,"r":[[2,2,2]]}`}},
			{`"readings"`, 1003, []string{`{"op":"readings","seq":1004,"r":[[1,3,3]]}`}},
			{`"outputs"`, 1000, []string{output(1002, lamp), output(1005, pump)}},
			// The lamp changed between the readings: it is told before them, and who resumes there misses none of them.
			{`"readings","outputs"`, 1000, []string{output(1000, lamp), `{"op":"readings","seq":1004,"r":[[1,1,1],[2,2,2],[1,3,3]]}`, output(1005, pump)}},
			{`"readings","outputs"`, 1001, []string{output(1002, lamp), `{"op":"readings","seq":1004,"r":[[2,2,2],[1,3,3]]}`, output(1005, pump)}},
			// Nothing was missed: that is an answer too.
			{`"readings"`, 1004, []string{`{"op":"readings","seq":1005,"r":[]}`}},
			{`"events"`, 1000, []string{`{"op":"readings","seq":1005,"r":[]}`}},
			{`"controllers"`, 1005, []string{`{"op":"readings","seq":1005,"r":[]}`}},
			{`"alerts"`, 1005, []string{`{"op":"readings","seq":1005,"r":[]}`}},
			// Numbers of another life of the program.
			{`"readings"`, 999, []string{`{"op":"snapshot","seq":1005,"readings":[[1,3,3],[2,2,2]]}`}},
			{`"readings"`, 1006, []string{`{"op":"snapshot","seq":1005,"readings":[[1,3,3],[2,2,2]]}`}},
			{`"controllers"`, 0, []string{`{"op":"snapshot","seq":1005,"controllers":[]}`}},
		} {
			one := r.dial(nil)
			one.say(fmt.Sprintf(`{"op":"subscribe","topics":[%s],"since":%d}`, c.topics, c.since))
			one.want(fmt.Sprintf("%s since %d", c.topics, c.since), c.want...)
		}
		for n := range int64(64) { // as much as the ring has room for
			r.put(reading(1, 10+n, 1))
		}
		later(time.Second)
		for since, want := range map[uint64]string{1003: `"op":"snapshot"`, 1004: `"op":"readings"`} {
			one := r.dial(nil)
			one.say(fmt.Sprintf(`{"op":"subscribe","topics":["readings"],"since":%d}`, since))
			if got := one.hear(); len(got) != 1 || !strings.Contains(got[0], want) {
				t.Errorf("since %d: %s", since, got)
			}
		}
	})
}

func TestTooMuchToTellAgainIsASnapshot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.run()
		for range 51 {
			batch := make([]int64, 100)
			for n := range batch {
				batch[n] = int64(n) + 1
			}
			r.put(readings(batch...)...)
		}
		later(time.Second)
		for since, want := range map[int]string{1000: "snapshot", 1001: "readings"} {
			c := r.dial(nil)
			c.say(fmt.Sprintf(`{"op":"subscribe","topics":["readings"],"since":%d}`, since))
			if got := c.hear(); len(got) != 1 || !strings.HasPrefix(got[0], `{"op":"`+want) {
				t.Errorf("since %d: %.60s", since, got)
			}
		}
	})
}

// TestNothingIsMissedAndNothingToldTwiceAroundAReplay publishes while clients resume.
func TestNothingIsMissedAndNothingToldTwiceAroundAReplay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.run()
		go func() {
			for n := range int64(400) {
				r.put(reading(1, n, 0))
				<-time.After(time.Millisecond)
			}
		}()
		var told []int64
		since := uint64(1000)
		for range 10 { // one client after the other, each going on where the last one was
			c := r.dial(nil)
			c.say(fmt.Sprintf(`{"op":"subscribe","topics":["readings"],"since":%d}`, since))
			later(43 * time.Millisecond)
			_ = c.conn.CloseNow()
			for _, text := range c.hear() {
				m := decode(t, text)
				if m.Op != "readings" || m.Seq < since {
					t.Fatalf("%s after %d", text, since)
				}
				since = m.Seq
				for _, one := range m.R {
					told = append(told, int64(one[1].(float64)))
				}
			}
		}
		for n, at := range told {
			if at != int64(n) {
				t.Fatalf("reading %d was told in the place of %d", at, n)
			}
		}
		if len(told) < 400 {
			t.Errorf("%d readings were told", len(told))
		}
	})
}
