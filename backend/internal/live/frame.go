package live

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"

	"hypha/internal/alerting"
	"hypha/internal/event"
	"hypha/internal/fleet"
	"hypha/internal/measure"
)

// kind is what a message that carries no readings tells of.
type kind string

const (
	ofOutput     kind = "output"
	ofController kind = "controller"
	ofAlert      kind = "alert"
	ofEvent      kind = "event"
)

// frame is what happened in one interval, encoded once for all clients. Nothing in it changes once it is made.
//
// Its messages are given in the order before, readings, after. The number on a message promises that everything up to it
// has been given, in this message or an earlier one, so that a client may resume after the number of the last message it
// has had, wherever the connection broke. All readings being one message, what happened between two of them is told
// before them, under the number before the first of them.
type frame struct {
	n   uint64 // counts frames: what clients remember
	seq uint64 // the hub's number: everything up to it is in this frame or an earlier one

	readings     []measure.Reading
	readingsSeq  uint64 // the number of the newest
	readingsJSON []byte
	before       []message
	after        []message
}

// message tells of one output, controller, alert or event.
type message struct {
	kind  kind
	key   string // whose state it is: a newer one of the same key replaces it; empty for events
	body  []byte // encoded, without its number
	whole []byte // as clients get it
}

// gathered is what is told in one interval, each in the order of its numbers.
type gathered struct {
	readings    []event.Entry[[]measure.Reading]
	outputs     []event.Entry[fleet.OutputState]
	controllers []event.Entry[fleet.ControllerStatus]
	alerts      []event.Entry[alerting.AlertStatus]
	events      []event.Entry[fleet.Event]
}

// size counts readings and whatever else there is.
func (g *gathered) size() int {
	n := len(g.outputs) + len(g.controllers) + len(g.alerts) + len(g.events)
	for _, e := range g.readings {
		n += len(e.V)
	}
	return n
}

// upTo is what has a number up to seq, in the same memory.
func (g *gathered) upTo(seq uint64) gathered {
	return gathered{
		g.readings[:countUpTo(g.readings, seq)], g.outputs[:countUpTo(g.outputs, seq)],
		g.controllers[:countUpTo(g.controllers, seq)], g.alerts[:countUpTo(g.alerts, seq)], g.events[:countUpTo(g.events, seq)],
	}
}

// drop forgets what has a number up to seq.
func (g *gathered) drop(seq uint64) {
	g.readings = slices.Delete(g.readings, 0, countUpTo(g.readings, seq))
	g.outputs = slices.Delete(g.outputs, 0, countUpTo(g.outputs, seq))
	g.controllers = slices.Delete(g.controllers, 0, countUpTo(g.controllers, seq))
	g.alerts = slices.Delete(g.alerts, 0, countUpTo(g.alerts, seq))
	g.events = slices.Delete(g.events, 0, countUpTo(g.events, seq))
}

func countUpTo[T any](entries []event.Entry[T], seq uint64) int {
	n, _ := slices.BinarySearchFunc(entries, seq, func(e event.Entry[T], seq uint64) int {
		if e.Seq <= seq {
			return -1
		}
		return 1
	})
	return n
}

// frame encodes what was gathered up to seq.
func (g *gathered) frame(seq uint64) (*frame, error) {
	f := &frame{seq: seq}
	var numbered []event.Entry[message]
	var err error
	if numbered, err = encodeAll(numbered, ofOutput, g.outputs, outputKey); err != nil {
		return nil, err
	}
	if numbered, err = encodeAll(numbered, ofController, g.controllers, controllerKey); err != nil {
		return nil, err
	}
	if numbered, err = encodeAll(numbered, ofAlert, g.alerts, alertKey); err != nil {
		return nil, err
	}
	if numbered, err = encodeAll(numbered, ofEvent, g.events, func(fleet.Event) string { return "" }); err != nil {
		return nil, err
	}
	slices.SortFunc(numbered, func(a, b event.Entry[message]) int { return cmp.Compare(a.Seq, b.Seq) })
	first, last := uint64(math.MaxUint64), uint64(math.MaxUint64)
	for _, e := range g.readings {
		f.readings = append(f.readings, e.V...)
	}
	if len(f.readings) > readingsAtMost {
		f.readings = newest(f.readings)
	}
	if len(f.readings) > 0 {
		first, last = g.readings[0].Seq, g.readings[len(g.readings)-1].Seq
		f.readingsSeq = last
		f.readingsJSON = encodeReadings(last, f.readings)
	}
	for _, e := range numbered {
		switch {
		case e.Seq < first:
			f.before = append(f.before, e.V.as(e.Seq))
		case e.Seq < last:
			f.before = append(f.before, e.V.as(first-1))
		default:
			f.after = append(f.after, e.V.as(e.Seq))
		}
	}
	return f, nil
}

func encodeAll[T any](all []event.Entry[message], k kind, entries []event.Entry[T], key func(T) string) ([]event.Entry[message], error) {
	for _, e := range entries {
		body, err := json.Marshal(e.V)
		if err != nil {
			return nil, fmt.Errorf("encode %s: %w", k, err)
		}
		all = append(all, event.Entry[message]{Seq: e.Seq, V: message{kind: k, key: key(e.V), body: body}})
	}
	return all, nil
}

// as is the message under a number: {"op":"output","seq":N,"output":{...}}.
func (m message) as(seq uint64) message {
	b := make([]byte, 0, len(m.body)+64)
	b = append(b, `{"op":"`...)
	b = append(b, m.kind...)
	b = append(b, `","seq":`...)
	b = strconv.AppendUint(b, seq, 10)
	b = append(b, `,"`...)
	b = append(b, m.kind...)
	b = append(b, `":`...)
	b = append(b, m.body...)
	m.whole = append(b, '}')
	return m
}

// encodeReadings writes {"op":"readings","seq":N,"r":[[channel,t,v],...]}.
func encodeReadings(seq uint64, readings []measure.Reading) []byte {
	b := make([]byte, 0, 48+40*len(readings))
	b = append(b, `{"op":"readings","seq":`...)
	b = strconv.AppendUint(b, seq, 10)
	b = append(b, `,"r":`...)
	return append(appendReadings(b, readings), '}')
}

// appendReadings writes [[channel,t,v],[channel,t,v,"stale"],...].
func appendReadings(b []byte, readings []measure.Reading) []byte {
	b = append(b, '[')
	for n, r := range readings {
		if n > 0 {
			b = append(b, ',')
		}
		b = append(b, '[')
		b = strconv.AppendInt(b, int64(r.Channel), 10)
		b = append(b, ',')
		b = strconv.AppendInt(b, r.T, 10)
		b = append(b, ',')
		b = appendNumber(b, r.V)
		if r.Q != measure.Good {
			b = append(b, `,"`...)
			b = append(b, r.Q.String()...)
			b = append(b, '"')
		}
		b = append(b, ']')
	}
	return append(b, ']')
}

// appendNumber writes a finite number as JSON does. What is not finite never gets here; null would say so.
func appendNumber(b []byte, v float64) []byte {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return append(b, "null"...)
	}
	return strconv.AppendFloat(b, v, 'g', -1, 64)
}

// newest keeps the last reading of each channel, in the order of their last arrival.
func newest(readings []measure.Reading) []measure.Reading {
	at := make(map[measure.ChannelID]int, len(readings))
	for n, r := range readings {
		at[r.Channel] = n
	}
	if len(at) == len(readings) {
		return readings
	}
	kept := make([]measure.Reading, 0, len(at))
	for n, r := range readings {
		if at[r.Channel] == n {
			kept = append(kept, r)
		}
	}
	return kept
}

// newestStates keeps the last message of each output, controller and alert, in the order of their last arrival, and all events.
func newestStates(all []message) []message {
	type whose struct {
		kind kind
		key  string
	}
	at := make(map[whose]int, len(all))
	for n, m := range all {
		at[whose{m.kind, m.key}] = n
	}
	kept := all[:0]
	for n, m := range all {
		if m.kind == ofEvent || at[whose{m.kind, m.key}] == n {
			kept = append(kept, m)
		}
	}
	return kept
}

func outputKey(s fleet.OutputState) string {
	return strconv.FormatInt(s.ID, 10) + "/" + strconv.Itoa(s.Index)
}

func controllerKey(s fleet.ControllerStatus) string { return s.Ref }

func alertKey(s alerting.AlertStatus) string { return strconv.FormatInt(s.ID, 10) }
