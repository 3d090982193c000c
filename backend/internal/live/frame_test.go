package live

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"hypha/internal/event"
	"hypha/internal/fleet"
	"hypha/internal/measure"
)

// message of the server as a client decodes it.
type decoded struct {
	Op     string
	Seq    uint64
	R      [][]any
	Output struct{ Error string } // tells its number, in these tests
	Event  struct{ ID uint64 }    // likewise
}

func decode(t interface {
	Helper()
	Fatal(args ...any)
}, text string,
) decoded {
	t.Helper()
	var m decoded
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		t.Fatal(text, err)
	}
	return m
}

func readings(ids ...int64) (all []measure.Reading) {
	for _, id := range ids {
		all = append(all, reading(measure.ChannelID(id), id, 1))
	}
	return all
}

func TestNumbersAreJSON(t *testing.T) {
	for _, v := range []float64{0, -0.5, 1e21, 1e6, 123456789, 1.7e308, 5e-324, math.Copysign(0, -1), 0.1} {
		var got float64
		if err := json.Unmarshal(appendNumber(nil, v), &got); err != nil || got != v {
			t.Errorf("%v is %s: %v", v, appendNumber(nil, v), err)
		}
	}
	for _, v := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		if got := string(appendNumber(nil, v)); got != "null" {
			t.Errorf("%v is %s", v, got)
		}
	}
}

func TestClientsThatKeepUpShareTheBytes(t *testing.T) {
	g := gathered{
		readings: []event.Entry[[]measure.Reading]{{Seq: 2, V: readings(1, 2)}},
		outputs:  []event.Entry[fleet.OutputState]{{Seq: 1}}, events: []event.Entry[fleet.Event]{{Seq: 3}},
	}
	f, err := g.frame(3)
	if err != nil {
		t.Fatal(err)
	}
	all := topics{readings: true, channels: map[measure.ChannelID]bool{1: true}, outputs: true, events: true}
	a, b := all.choose(f, nil), all.choose(f, nil)
	if len(a) != 3 {
		t.Fatalf("%d messages", len(a))
	}
	for n := range a {
		if &a[n][0] != &b[n][0] {
			t.Errorf("message %d was made twice: %s", n, a[n])
		}
	}
	buf := make([][]byte, 0, 8)
	if n := testing.AllocsPerRun(100, func() { buf = all.choose(f, buf[:0]) }); n != 0 {
		t.Errorf("%v allocations a client", n)
	}
}

// TestWhoeverResumesAfterAnyMessageMissesNothing draws what happens, cuts it into frames, breaks the connection after any
// message, and looks for what is neither in the messages before nor after the number of the last of them.
func TestWhoeverResumesAfterAnyMessageMissesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var frames []*frame
		var want topics
		want.readings, want.outputs, want.events = rapid.Bool().Draw(t, "readings"), rapid.Bool().Draw(t, "outputs"), rapid.Bool().Draw(t, "events")
		if rapid.Bool().Draw(t, "one channel") {
			want.channels = map[measure.ChannelID]bool{1: true}
		}
		var numbers []uint64 // of what is wanted
		seq, cut := uint64(100), uint64(100)
		var g gathered
		for n := range rapid.IntRange(1, 4).Draw(t, "frames") {
			for range rapid.IntRange(1, 8).Draw(t, "things") {
				seq++
				switch rapid.IntRange(0, 3).Draw(t, "what") {
				case 0, 1:
					id := measure.ChannelID(rapid.IntRange(1, 2).Draw(t, "channel"))
					g.readings = append(g.readings, event.Entry[[]measure.Reading]{Seq: seq, V: []measure.Reading{reading(id, int64(seq), 0)}})
					if want.wants(id) {
						numbers = append(numbers, seq)
					}
				case 2:
					o := fleet.OutputState{ID: int64(seq), ChannelState: fleet.ChannelState{Error: fmt.Sprint(seq)}}
					g.outputs = append(g.outputs, event.Entry[fleet.OutputState]{Seq: seq, V: o})
					if want.outputs {
						numbers = append(numbers, seq)
					}
				case 3:
					g.events = append(g.events, event.Entry[fleet.Event]{Seq: seq, V: fleet.Event{ID: int64(seq)}})
					if want.events {
						numbers = append(numbers, seq)
					}
				}
			}
			cut = max(cut, seq-uint64(rapid.IntRange(0, 2).Draw(t, "too late")))
			now := g.upTo(cut)
			f, err := now.frame(cut)
			if err != nil {
				t.Fatal(err)
			}
			f.n = uint64(n) + 1
			frames = append(frames, f)
			g.drop(cut)
		}
		if g.size() > 2 {
			t.Fatalf("%d things are left", g.size())
		}
		var messages [][]byte
		last := uint64(0)
		conflated := rapid.Bool().Draw(t, "conflated")
		if conflated {
			messages = want.catchUp(frames, 100, nil)
		} else {
			for _, f := range frames {
				messages = want.choose(f, messages)
			}
		}
		told := map[uint64]bool{}
		newest := map[float64]uint64{} // of a channel: what it hides is not missed
		for n, raw := range messages {
			m := decode(t, string(raw))
			if m.Seq < last || m.Seq > frames[len(frames)-1].seq {
				t.Fatalf("message %d, %s, after %d", n, raw, last)
			}
			last = m.Seq
			for _, r := range m.R {
				channel, at := r[0].(float64), uint64(r[1].(float64))
				told[at] = true
				newest[channel] = at
			}
			if m.Op == "output" {
				var at uint64
				_, _ = fmt.Sscan(m.Output.Error, &at)
				told[at] = true
			}
			if m.Op == "event" {
				told[m.Event.ID] = true
			}
			for _, at := range numbers {
				if at <= last && !told[at] && (!conflated || m.Op != "readings") {
					t.Fatalf("after message %d, number %d, %d is missed:\n%s", n, last, at, raw)
				}
			}
		}
		for _, at := range numbers {
			if at <= frames[len(frames)-1].seq && !told[at] && (!conflated || slices.Max([]uint64{newest[1], newest[2]}) < at) {
				t.Fatalf("%d was never told", at)
			}
		}
	})
}
