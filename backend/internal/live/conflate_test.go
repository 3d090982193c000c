package live

import (
	"testing"

	"hypha/internal/event"
	"hypha/internal/measure"
)

// TestAnOverloadedFeedNeverPutsAnOlderValueLast fills the feed's own queue, so that it conflates, with a notice that two
// channels are silent and then a reading of each.
func TestAnOverloadedFeedNeverPutsAnOlderValueLast(t *testing.T) {
	topic := event.NewTopic[[]measure.Reading](event.NewHub(), "readings", 0)
	queue := topic.Subscribe(event.Options[[]measure.Reading]{Buffer: 1, Key: batchKey})
	defer queue.Close()
	stale := func(id measure.ChannelID) measure.Reading {
		return measure.Reading{Channel: id, T: 1, V: 1, Q: measure.Stale}
	}
	fresh := func(id measure.ChannelID, t int64) measure.Reading { return measure.Reading{Channel: id, T: t, V: 2} }
	topic.Publish([]measure.Reading{stale(1), stale(2)})
	topic.Publish([]measure.Reading{fresh(2, 5)})
	topic.Publish([]measure.Reading{fresh(1, 6)})
	topic.Publish([]measure.Reading{fresh(2, 7)}) // replaces its like
	var all []measure.Reading
	for _, e := range queue.Take(nil) {
		all = append(all, e.V...)
	}
	if len(all) != 4 {
		t.Errorf("%v waits, want the notice and the newest of each", all)
	}
	for _, r := range newest(all) {
		if r.Q == measure.Stale || r.Channel == 2 && r.T != 7 {
			t.Errorf("channel %d ends with %v", r.Channel, r)
		}
	}
}
