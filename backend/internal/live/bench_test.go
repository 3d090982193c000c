package live

import (
	"testing"

	"hypha/internal/event"
	"hypha/internal/measure"
)

// BenchmarkGiveOneFrame is what a frame of 1 000 readings costs for 1 000 clients that keep up, without the network.
func BenchmarkGiveOneFrame(b *testing.B) {
	const clients = 1000
	batch := make([]measure.Reading, 1000)
	for n := range batch {
		batch[n] = measure.Reading{Channel: measure.ChannelID(n + 1), T: 1_700_000_000_000, V: 20 + float64(n)/100}
	}
	g := gathered{readings: []event.Entry[[]measure.Reading]{{Seq: 1, V: batch}}}
	all := make([]*client, clients)
	f := newRig(b).feed
	f.clients = clients
	for n := range all {
		all[n] = &client{feed: f, topics: topics{readings: true}}
	}
	bytes := 0
	b.ReportAllocs()
	for b.Loop() {
		f.tell(&g, f.place.seq+1) // encoded once
		for _, c := range all {
			news := f.after(c.place.n, c.frames[:0])
			c.place = news.place
			c.messages = c.topics.choose(news.frames[0], c.messages[:0])
			bytes = len(c.messages[0])
			c.frames = news.frames
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*clients), "ns/client")
	b.ReportMetric(float64(bytes), "bytes/frame")
}
