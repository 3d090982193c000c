package live

import (
	"context"
	"encoding/binary"
	"log/slog"
	"sync"
	"time"

	"hypha/internal/alerting"
	"hypha/internal/event"
	"hypha/internal/fleet"
	"hypha/internal/measure"
)

const (
	// minInterval is the least time between two frames: one refresh of a screen.
	minInterval = 16 * time.Millisecond
	// quietInterval is the time between two frames while nobody listens.
	quietInterval = 100 * time.Millisecond
	// perReading widens the interval with the readings of the last frame, at most to busyInterval: under load fewer and
	// larger frames cost everybody less.
	perReading   = 250 * time.Microsecond
	busyInterval = 40 * time.Millisecond
	// perClient widens the interval with the number of clients: 1 000 get four frames a second.
	perClient = 250 * time.Microsecond
	// ringFrames is how far back a client that fell behind is caught up from frames; further back it gets a snapshot.
	ringFrames = 256
	// maxClients bounds the connections.
	maxClients = 4096
	// leaveWithin is how long the end of the feed waits for its clients to take their leave.
	leaveWithin = 500 * time.Millisecond
	// readingsAtMost bounds a frame: of more, as after a long backlog was pushed, only the newest of each channel are told.
	readingsAtMost = 5000
	// topicBuffer bounds what waits between two frames; readings beyond it are conflated by channel.
	topicBuffer = 8192
)

// Source is what the feed tells of.
type Source interface {
	// OutputsNow, ControllersNow and AlertsNow are the present states, for snapshots.
	OutputsNow(ctx context.Context) ([]fleet.OutputState, error)
	ControllersNow(ctx context.Context) ([]fleet.ControllerStatus, error)
	AlertsNow(ctx context.Context) ([]alerting.AlertStatus, error)
	// ReadingsNow is the newest reading of every channel.
	ReadingsNow() []measure.Reading
}

// Topics are the hub's topics that the feed gathers.
type Topics struct {
	Readings    *event.Topic[[]measure.Reading]
	Outputs     *event.Topic[fleet.OutputState]
	Controllers *event.Topic[fleet.ControllerStatus]
	Alerts      *event.Topic[alerting.AlertStatus]
	Journal     *event.Topic[fleet.Event]
}

// Feed serves all clients. Run must run while it does.
type Feed struct {
	source Source
	topics Topics
	hub    func() uint64 // the hub's last number
	log    *slog.Logger

	mu      sync.Mutex
	clients int
	place   place         // the newest frame
	ring    []*frame      // oldest first, at most ringFrames
	changed chan struct{} // closed when a frame is added, then replaced
	closed  bool
}

// place is how far something has come: the count of a frame, and the number up to which everything has been told.
type place struct{ n, seq uint64 }

// New returns a feed. seq is the number of the hub's last publication; all topics belong to that hub.
func New(source Source, topics Topics, seq func() uint64, log *slog.Logger) *Feed {
	return &Feed{source: source, topics: topics, hub: seq, log: log, place: place{seq: seq()}, changed: make(chan struct{})}
}

// Clients is the number of connected clients.
func (f *Feed) Clients() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.clients
}

// enter counts a client and says where its frames begin; false when there are too many.
func (f *Feed) enter() (place, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.clients >= maxClients {
		return place{}, false
	}
	f.clients++
	return f.place, true
}

func (f *Feed) leave() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.clients--
}

// Run gathers frames until ctx ends, then tells all clients and waits a little for them to leave.
func (f *Feed) Run(ctx context.Context) error {
	readings := f.topics.Readings.Subscribe(event.Options[[]measure.Reading]{
		Name: "live", Buffer: topicBuffer, Key: batchKey,
	})
	defer readings.Close()
	outputs := f.topics.Outputs.Subscribe(event.Options[fleet.OutputState]{Name: "live", Buffer: topicBuffer, Key: outputKey})
	defer outputs.Close()
	controllers := f.topics.Controllers.Subscribe(event.Options[fleet.ControllerStatus]{Name: "live", Buffer: topicBuffer, Key: controllerKey})
	defer controllers.Close()
	alerts := f.topics.Alerts.Subscribe(event.Options[alerting.AlertStatus]{Name: "live", Buffer: topicBuffer, Key: alertKey})
	defer alerts.Close()
	journal := f.topics.Journal.Subscribe(event.Options[fleet.Event]{Name: "live", Buffer: topicBuffer})
	defer journal.Close()
	defer f.shut()

	var (
		last    time.Time
		told    int // how much was in the last frame
		waiting gathered
	)
	timer := time.NewTimer(time.Hour)
	timer.Stop()
	defer timer.Stop()
	for {
		if waiting.size() == 0 {
			select {
			case <-ctx.Done():
				return nil
			case <-readings.C():
			case <-outputs.C():
			case <-controllers.C():
			case <-alerts.C():
			case <-journal.C():
			}
		}
		// The first thing after quiet goes out at once; what follows waits for the interval.
		if wait := f.interval(told) - time.Since(last); wait > 0 {
			timer.Reset(wait)
			select {
			case <-ctx.Done():
				return nil
			case <-timer.C:
			}
		}
		// Whatever has a number up to seq is in the queues already. What is newer waits for the next frame: of some topics
		// it may have come too late to be taken.
		seq := f.hub()
		waiting.readings = readings.Take(waiting.readings)
		waiting.outputs = outputs.Take(waiting.outputs)
		waiting.controllers = controllers.Take(waiting.controllers)
		waiting.alerts = alerts.Take(waiting.alerts)
		waiting.events = journal.Take(waiting.events)
		now := waiting.upTo(seq)
		if told = now.size(); told > 0 {
			last = time.Now()
			f.tell(&now, seq)
		}
		waiting.drop(seq)
	}
}

// batchKey names the channels of a batch. When the feed itself cannot keep up, a batch replaces an older one of the same
// channels. Batches of other channels are left alone: merging one would carry its values past newer ones of channels that
// both have, as when a notice of silence is followed by a reading.
func batchKey(batch []measure.Reading) string {
	key := make([]byte, 0, 4*len(batch))
	for _, r := range batch {
		key = binary.AppendVarint(key, int64(r.Channel))
	}
	return string(key)
}

// interval is the least time from a frame that told of so many things to the next.
func (f *Feed) interval(size int) time.Duration {
	clients := f.Clients()
	if clients == 0 {
		return quietInterval
	}
	busy := min(minInterval+time.Duration(size)*perReading, busyInterval)
	return max(busy, time.Duration(clients)*perClient)
}

// tell puts what happened up to seq into the ring and wakes the clients. While nobody listens nothing is encoded; whoever
// comes later begins after seq.
func (f *Feed) tell(now *gathered, seq uint64) {
	if f.skip(seq) {
		return
	}
	fr, err := now.frame(seq)
	if err != nil {
		f.log.Error("a live frame could not be encoded", "error", err)
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.place = place{f.place.n + 1, seq}
	fr.n = f.place.n
	if len(f.ring) == ringFrames {
		copy(f.ring, f.ring[1:])
		f.ring = f.ring[:ringFrames-1]
	}
	f.ring = append(f.ring, fr)
	close(f.changed)
	f.changed = make(chan struct{})
}

func (f *Feed) skip(seq uint64) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.clients > 0 {
		return false
	}
	f.place.seq = seq
	clear(f.ring)
	f.ring = f.ring[:0]
	return true
}

// shut tells all clients to leave. Those that do not answer are left to the end of the program.
func (f *Feed) shut() {
	f.mu.Lock()
	f.closed = true
	close(f.changed)
	f.changed = make(chan struct{})
	f.mu.Unlock()
	look := time.NewTicker(leaveWithin / 100)
	defer look.Stop()
	for n := 0; n < 100 && f.Clients() > 0; n++ {
		<-look.C
	}
}

// news is what follows a frame.
type news struct {
	place                    // the newest frame
	frames   []*frame        // that follow and are still in the ring
	complete bool            // whether these are all
	changed  <-chan struct{} // closed when there is more
	closed   bool            // whether the feed has ended
}

// after returns what follows the n-th frame; the frames are appended to buf.
func (f *Feed) after(n uint64, buf []*frame) news {
	f.mu.Lock()
	defer f.mu.Unlock()
	missed := f.place.n - n
	have := min(missed, uint64(len(f.ring)))
	return news{f.place, append(buf, f.ring[len(f.ring)-int(have):]...), missed == have, f.changed, f.closed}
}
