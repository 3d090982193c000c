package live

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"

	"hypha/internal/event"
	"hypha/internal/measure"
)

// replayAtMost bounds what is told again after a break; more is a snapshot.
const replayAtMost = 5000

// replay returns what happened after since, up to the number that the client's frames begin after; false when the rings
// do not hold all of it.
func (f *Feed) replay(t topics, since, upTo uint64) ([][]byte, bool) {
	if since > upTo {
		return nil, false // a number of another life of this program
	}
	var missed gathered
	complete := true
	if t.anyReadings() {
		entries, ok := f.topics.Readings.Since(since)
		complete = complete && ok
		for _, e := range entries {
			if own := t.of(e.V); len(own) > 0 {
				missed.readings = append(missed.readings, event.Entry[[]measure.Reading]{Seq: e.Seq, V: own})
			}
		}
	}
	if t.outputs {
		entries, ok := f.topics.Outputs.Since(since)
		missed.outputs, complete = entries, complete && ok
	}
	if t.controllers {
		entries, ok := f.topics.Controllers.Since(since)
		missed.controllers, complete = entries, complete && ok
	}
	if t.alerts {
		entries, ok := f.topics.Alerts.Since(since)
		missed.alerts, complete = entries, complete && ok
	}
	if t.events {
		entries, ok := f.topics.Journal.Since(since)
		missed.events, complete = entries, complete && ok
	}
	missed = missed.upTo(upTo)
	if !complete || missed.size() > replayAtMost {
		return nil, false
	}
	fr, err := missed.frame(upTo)
	if err != nil {
		f.log.Error("a live replay could not be encoded", "error", err)
		return nil, false
	}
	messages := t.choose(fr, nil)
	if len(messages) == 0 { // nothing was missed: say so, for the client waits for an answer
		messages = [][]byte{encodeReadings(upTo, nil)}
	}
	return messages, true
}

// snapshot is the present state of topics. It may be newer than seq, never older: states are kept before they are
// published.
func (f *Feed) snapshot(ctx context.Context, t topics, seq uint64) ([]byte, error) {
	b := append([]byte(`{"op":"snapshot","seq":`), strconv.FormatUint(seq, 10)...)
	if t.anyReadings() {
		b = append(b, `,"readings":`...)
		b = appendReadings(b, t.of(f.source.ReadingsNow()))
	}
	if t.outputs {
		states, err := f.source.OutputsNow(ctx)
		if err != nil {
			return nil, err
		}
		if b, err = appendList(b, "outputs", states); err != nil {
			return nil, err
		}
	}
	if t.controllers {
		states, err := f.source.ControllersNow(ctx)
		if err != nil {
			return nil, err
		}
		if b, err = appendList(b, "controllers", states); err != nil {
			return nil, err
		}
	}
	if t.alerts {
		states, err := f.source.AlertsNow(ctx)
		if err != nil {
			return nil, err
		}
		if b, err = appendList(b, "alerts", states); err != nil {
			return nil, err
		}
	}
	return append(b, '}'), nil
}

func appendList[T any](b []byte, name string, all []T) ([]byte, error) {
	if all == nil {
		all = []T{}
	}
	list, err := json.Marshal(all)
	if err != nil {
		return nil, fmt.Errorf("encode %s: %w", name, err)
	}
	b = append(b, `,"`...)
	b = append(b, name...)
	b = append(b, `":`...)
	return append(b, list...), nil
}
