package live

import (
	"context"
	"log/slog"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

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
	// topicBuffer bounds what waits between two frames; readings beyond it are conflated by channel.
	topicBuffer = 8192
)

// Source is what the feed tells of.
type Source interface {
	// OutputsNow and ControllersNow are the present states, for snapshots.
	OutputsNow(ctx context.Context) ([]fleet.OutputState, error)
	ControllersNow(ctx context.Context) ([]fleet.ControllerStatus, error)
	// ReadingsNow is the newest reading of every channel.
	ReadingsNow() []measure.Reading
}

// Topics are the hub's topics that the feed gathers.
type Topics struct {
	Readings    *event.Topic[[]measure.Reading]
	Outputs     *event.Topic[fleet.OutputState]
	Controllers *event.Topic[fleet.ControllerStatus]
	Journal     *event.Topic[fleet.Event]
}

// Feed serves all clients. Run must run while it does.
type Feed struct {
	source Source
	topics Topics
	log    *slog.Logger

	clients atomic.Int64

	mu      sync.Mutex
	n       uint64        // of the newest frame
	seq     uint64        // of the newest frame
	ring    []*frame      // oldest first, at most ringFrames
	changed chan struct{} // closed when a frame is added, then replaced
	closed  bool
}

// New returns a feed that begins after what seq numbers: the hub's present number.
func New(source Source, topics Topics, seq uint64, log *slog.Logger) *Feed {
	return &Feed{source: source, topics: topics, log: log, seq: seq, changed: make(chan struct{})}
}

// Clients is the number of connected clients.
func (f *Feed) Clients() int { return int(f.clients.Load()) }

// Run gathers frames until ctx ends, then wakes all clients so that they leave.
func (f *Feed) Run(ctx context.Context) error {
	readings := f.topics.Readings.Subscribe(event.Options[[]measure.Reading]{
		Name: "live", Buffer: topicBuffer, Key: batchKey, Merge: mergeBatches,
	})
	defer readings.Close()
	outputs := f.topics.Outputs.Subscribe(event.Options[fleet.OutputState]{Name: "live", Buffer: topicBuffer, Key: outputKey})
	defer outputs.Close()
	controllers := f.topics.Controllers.Subscribe(event.Options[fleet.ControllerStatus]{Name: "live", Buffer: topicBuffer, Key: controllerKey})
	defer controllers.Close()
	journal := f.topics.Journal.Subscribe(event.Options[fleet.Event]{Name: "live", Buffer: topicBuffer})
	defer journal.Close()
	defer f.shut()

	var last time.Time
	size := 0 // readings of the last frame
	timer := time.NewTimer(0)
	defer timer.Stop()
	if !timer.Stop() {
		<-timer.C
	}
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-readings.C():
		case <-outputs.C():
		case <-controllers.C():
		case <-journal.C():
		}
		// The first thing after quiet goes out at once; what follows waits for the interval.
		if wait := f.interval(size) - time.Since(last); wait > 0 {
			timer.Reset(wait)
			select {
			case <-ctx.Done():
				return nil
			case <-timer.C:
			}
		}
		fr := &frame{}
		for _, e := range readings.Take(nil) {
			fr.readings = append(fr.readings, e.V...)
			fr.seq = max(fr.seq, e.Seq)
		}
		fr.outputs = take(fr, outputs)
		fr.controllers = take(fr, controllers)
		fr.events = take(fr, journal)
		if fr.empty() {
			continue
		}
		if err := fr.encode(); err != nil {
			f.log.Error("a live frame could not be encoded", "error", err)
			continue
		}
		f.add(fr)
		last, size = time.Now(), len(fr.readings)
	}
}

func take[T any](fr *frame, s *event.Subscription[T]) []numbered[T] {
	var all []numbered[T]
	for _, e := range s.Take(nil) {
		all = append(all, numbered[T]{e.Seq, e.V})
		fr.seq = max(fr.seq, e.Seq)
	}
	return all
}

// batchKey and mergeBatches conflate batches when the feed itself cannot keep up: batches of the same first channel
// come from the same input, so the newest values of both are the newer batch over the older.
func batchKey(batch []measure.Reading) string {
	if len(batch) == 0 {
		return ""
	}
	return strconv.FormatInt(int64(batch[0].Channel), 10)
}

func mergeBatches(older, newer []measure.Reading) []measure.Reading {
	both := make([]measure.Reading, 0, len(older)+len(newer))
	return newest(append(append(both, older...), newer...))
}

// interval is the least time from a frame of so many readings to the next.
func (f *Feed) interval(size int) time.Duration {
	clients := f.clients.Load()
	if clients == 0 {
		return quietInterval
	}
	busy := min(minInterval+time.Duration(size)*perReading, busyInterval)
	return max(busy, time.Duration(clients)*perClient)
}

// add puts a frame into the ring and wakes the clients.
func (f *Feed) add(fr *frame) {
	f.mu.Lock()
	defer f.mu.Unlock()
	// Topics are taken one after the other, so a frame's number could lie below the last one's; numbers never fall.
	fr.seq = max(fr.seq, f.seq)
	f.n++
	fr.n, f.seq = f.n, fr.seq
	if len(f.ring) == ringFrames {
		copy(f.ring, f.ring[1:])
		f.ring[ringFrames-1] = fr
	} else {
		f.ring = append(f.ring, fr)
	}
	close(f.changed)
	f.changed = make(chan struct{})
}

func (f *Feed) shut() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closed = true
	close(f.changed)
	f.changed = make(chan struct{})
}

// after returns the frames that follow the n-th. complete is false when some have left the ring. changed is closed when
// there is more.
func (f *Feed) after(n uint64) (frames []*frame, complete bool, changed <-chan struct{}, closed bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	missed := f.n - n
	complete = missed <= uint64(len(f.ring))
	return append(frames, f.ring[len(f.ring)-int(min(missed, uint64(len(f.ring)))):]...), complete, f.changed, f.closed
}

// now is the count of the newest frame and its number.
func (f *Feed) now() (n, seq uint64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.n, f.seq
}
