package live

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"hypha/internal/measure"
)

// maxTopics bounds the topics of one client.
const maxTopics = 5000

// topics is what a client has asked for.
type topics struct {
	readings    bool // of all channels
	channels    map[measure.ChannelID]bool
	outputs     bool
	controllers bool
	alerts      bool
	events      bool
}

func (t *topics) empty() bool {
	return !t.anyReadings() && !t.outputs && !t.controllers && !t.alerts && !t.events
}

func (t *topics) anyReadings() bool { return t.readings || len(t.channels) > 0 }

func (t *topics) wants(id measure.ChannelID) bool { return t.readings || t.channels[id] }

func (t *topics) wantsKind(k kind) bool {
	switch k {
	case ofOutput:
		return t.outputs
	case ofController:
		return t.controllers
	case ofAlert:
		return t.alerts
	case ofEvent:
		return t.events
	}
	return false
}

// add adds topics, all of them or, when it would be too many, none.
func (t *topics) add(more topics) error {
	channels := len(t.channels)
	for id := range more.channels {
		if !t.channels[id] {
			channels++
		}
	}
	if channels > maxTopics {
		return fmt.Errorf("at most %d: subscribe to readings for all channels", maxTopics)
	}
	if t.channels == nil {
		t.channels = map[measure.ChannelID]bool{}
	}
	for id := range more.channels {
		t.channels[id] = true
	}
	t.readings = t.readings || more.readings
	t.outputs = t.outputs || more.outputs
	t.controllers = t.controllers || more.controllers
	t.alerts = t.alerts || more.alerts
	t.events = t.events || more.events
	return nil
}

func (t *topics) remove(less topics) {
	for id := range less.channels {
		delete(t.channels, id)
	}
	t.readings = t.readings && !less.readings
	t.outputs = t.outputs && !less.outputs
	t.controllers = t.controllers && !less.controllers
	t.alerts = t.alerts && !less.alerts
	t.events = t.events && !less.events
}

func parseTopics(names []string) (t topics, err error) {
	if len(names) == 0 {
		return t, errors.New("topics is empty: name readings, readings:CHANNEL, outputs, controllers, alerts or events")
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
		case "alerts":
			t.alerts = true
		case "events":
			t.events = true
		default:
			number, ok := strings.CutPrefix(name, "readings:")
			id, err := strconv.ParseInt(number, 10, 64)
			if !ok || err != nil || id <= 0 {
				return t, fmt.Errorf("%q: use readings, readings:CHANNEL, outputs, controllers, alerts or events", name)
			}
			t.channels[measure.ChannelID(id)] = true
		}
	}
	return t, nil
}

// choose appends the messages of a frame that belong to the topics to buf. All are the frame's own bytes, but for the
// readings of single channels.
func (t *topics) choose(f *frame, buf [][]byte) [][]byte {
	buf = t.chooseOf(f.before, buf)
	switch {
	case t.readings && f.readingsJSON != nil:
		buf = append(buf, f.readingsJSON)
	case len(t.channels) > 0:
		if own := t.of(f.readings); len(own) > 0 {
			buf = append(buf, encodeReadings(f.readingsSeq, own))
		}
	}
	return t.chooseOf(f.after, buf)
}

func (t *topics) chooseOf(all []message, buf [][]byte) [][]byte {
	for _, m := range all {
		if t.wantsKind(m.kind) {
			buf = append(buf, m.whole)
		}
	}
	return buf
}

// of is what belongs to the topics, in memory of its own unless it is everything.
func (t *topics) of(readings []measure.Reading) []measure.Reading {
	if t.readings {
		return readings
	}
	if len(t.channels) == 0 {
		return nil
	}
	var own []measure.Reading
	for _, r := range readings {
		if t.channels[r.Channel] {
			own = append(own, r)
		}
	}
	return own
}

// catchUp appends what a client that fell behind needs of several frames to buf: the newest value of each channel, the
// newest state of each output and controller, all events. Only the last message has the number of the last frame: the
// others are given before everything up to it has been. base is the number that the client has already.
func (t *topics) catchUp(frames []*frame, base uint64, buf [][]byte) [][]byte {
	var readings []measure.Reading
	var others []message
	for _, f := range frames {
		readings = append(readings, t.of(f.readings)...)
		for _, part := range [][]message{f.before, f.after} {
			for _, m := range part {
				if t.wantsKind(m.kind) {
					others = append(others, m)
				}
			}
		}
	}
	seq := frames[len(frames)-1].seq
	others = newestStates(others)
	for n, m := range others {
		if n == len(others)-1 && len(readings) == 0 {
			base = seq
		}
		buf = append(buf, m.as(base).whole)
	}
	if len(readings) > 0 {
		buf = append(buf, encodeReadings(seq, newest(readings)))
	}
	return buf
}
