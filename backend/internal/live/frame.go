package live

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"

	"hypha/internal/fleet"
	"hypha/internal/measure"
)

// frame is what happened in one interval; it is not changed once it is in the ring.
type frame struct {
	n           uint64 // counts frames: what clients remember
	seq         uint64 // the hub's number of the newest thing in it, or of the frame before if that is higher
	readings    []measure.Reading
	outputs     []numbered[fleet.OutputState]
	controllers []numbered[fleet.ControllerStatus]
	events      []numbered[fleet.Event]

	// Encoded once, for all: the readings of every channel, and the messages of each other topic.
	readingsJSON    []byte
	outputsJSON     [][]byte
	controllersJSON [][]byte
	eventsJSON      [][]byte
}

type numbered[T any] struct {
	seq uint64
	v   T
}

func (f *frame) empty() bool {
	return len(f.readings)+len(f.outputs)+len(f.controllers)+len(f.events) == 0
}

// encode makes the shared bytes.
func (f *frame) encode() error {
	if len(f.readings) > 0 {
		f.readingsJSON = encodeReadings(f.seq, f.readings)
	}
	var err error
	if f.outputsJSON, err = encodeAll("output", f.outputs); err != nil {
		return err
	}
	if f.controllersJSON, err = encodeAll("controller", f.controllers); err != nil {
		return err
	}
	f.eventsJSON, err = encodeAll("event", f.events)
	return err
}

// encodeAll writes {"op":op,"seq":N,op:{...}} for each.
func encodeAll[T any](op string, all []numbered[T]) ([][]byte, error) {
	var messages [][]byte
	for _, one := range all {
		body, err := json.Marshal(one.v)
		if err != nil {
			return nil, fmt.Errorf("encode %s: %w", op, err)
		}
		b := make([]byte, 0, len(body)+64)
		b = append(b, `{"op":"`...)
		b = append(b, op...)
		b = append(b, `","seq":`...)
		b = strconv.AppendUint(b, one.seq, 10)
		b = append(b, `,"`...)
		b = append(b, op...)
		b = append(b, `":`...)
		b = append(b, body...)
		messages = append(messages, append(b, '}'))
	}
	return messages, nil
}

// encodeReadings writes {"op":"readings","seq":N,"r":[[channel,t,v],...]}.
func encodeReadings(seq uint64, readings []measure.Reading) []byte {
	b := make([]byte, 0, 40+40*len(readings))
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

// newestBy keeps the last of each key, in the order of their last arrival.
func newestBy[T any](all []numbered[T], key func(T) string) []numbered[T] {
	at := make(map[string]int, len(all))
	for n, one := range all {
		at[key(one.v)] = n
	}
	if len(at) == len(all) {
		return all
	}
	kept := make([]numbered[T], 0, len(at))
	for n, one := range all {
		if at[key(one.v)] == n {
			kept = append(kept, one)
		}
	}
	return kept
}

func outputKey(s fleet.OutputState) string          { return fmt.Sprintf("%d/%d", s.ID, s.Index) }
func controllerKey(s fleet.ControllerStatus) string { return s.Ref }
