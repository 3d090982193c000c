package live

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/coder/websocket"

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

// BenchmarkWrite is what writing one shared message to one connection costs, down to the socket.
func BenchmarkWrite(b *testing.B) {
	mine, theirs := net.Pipe()
	go func() { _, _ = io.Copy(io.Discard, theirs) }()
	defer func() { _ = theirs.Close() }()
	req := httptest.NewRequestWithContext(b.Context(), http.MethodGet, "/live", nil)
	req.Header = http.Header{
		"Connection": {"Upgrade"}, "Upgrade": {"websocket"}, "Sec-Websocket-Version": {"13"}, "Sec-Websocket-Key": {"AAAAAAAAAAAAAAAAAAAAAA=="},
	}
	conn, err := websocket.Accept(hijacked{httptest.NewRecorder(), mine}, req, nil)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = conn.CloseNow() }()
	c := &client{conn: conn, slow: time.AfterFunc(time.Hour, func() {})}
	message := encodeReadings(1, make([]measure.Reading, 100))
	b.SetBytes(int64(len(message)))
	b.ReportAllocs()
	for b.Loop() {
		if !c.write(message) {
			b.Fatal("not written")
		}
	}
}

// hijacked gives a connection away as a server does.
type hijacked struct {
	*httptest.ResponseRecorder
	conn net.Conn
}

func (h hijacked) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	return h.conn, bufio.NewReadWriter(bufio.NewReader(h.conn), bufio.NewWriter(h.conn)), nil
}
