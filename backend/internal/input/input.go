package input

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"sync"
	"time"

	"hypha/internal/controller"
	"hypha/internal/host"
	"hypha/internal/measure"
	"hypha/internal/refine"
)

// Sink takes what an input yields.
type Sink interface {
	// Accept takes a batch that the caller will not change afterwards. It may wait for the history's queue, and ends
	// with ctx.
	Accept(ctx context.Context, batch []measure.Reading)
	// Beat tells how late a read began and how many beats an overrun read cost.
	Beat(late time.Duration, skipped int)
}

// ChannelConfig is one channel of a configured input.
type ChannelConfig struct {
	ID     measure.ChannelID
	Name   string
	Refine refine.Config
}

// Config is what an Input needs; all fields are fixed for its life.
type Config struct {
	Device   *Device
	Host     host.Host
	Channels []ChannelConfig // in the device's order
	Period   time.Duration   // ignored for devices that listen
	// Phase shifts the beat, so that inputs of one period do not all fire at once; 0 <= Phase < Period.
	Phase time.Duration
	// Epoch is the time from which the beats of all inputs are counted; zero: from each Run. With one Epoch, inputs that
	// share a slot (see Spread) wake together, which costs a fraction of waking one by one.
	Epoch   time.Time
	Timeout time.Duration // of each call to the device
	// FailuresBeforeDegraded is how many reads in a row may fail before the input counts as degraded; after twice as
	// many it is closed and opened anew.
	FailuresBeforeDegraded int
	Sink                   Sink
	Lanes                  *controller.Lanes
	Logger                 *slog.Logger
}

// maxHanging bounds how many calls of one input may hang at a time: each holds a goroutine that nothing can end.
const maxHanging = 4

// Stats are the running figures of one input.
type Stats struct {
	LastReadingAt time.Time
	Lateness      time.Duration // of the last read
	MaxLateness   time.Duration
	Reads         uint64            // calls that yielded at least one value
	Failures      uint64            // calls that yielded an error
	Skipped       uint64            // beats lost to reads that overran
	Rejects       map[string]uint64 // values refused, by check
	LastError     string            // of the last failed read; empty after a good one
}

// Input is the controller of one configured input. It implements controller.Controller.
type Input struct {
	cfg Config

	// hanging are private lanes whose call had not returned when the device was closed. Only Initialize and Stop
	// touch it; the manager never overlaps them.
	hanging []*controller.Lane

	reading chan struct{} // a token: who holds it may read the device

	mu     sync.Mutex // guards what follows
	lane   *controller.Lane
	reader Reader // nil unless initialized
	chains []*refine.Chain
	stats  Stats
}

// New checks the configuration; it touches no device.
func New(cfg Config) (*Input, error) {
	if cfg.FailuresBeforeDegraded <= 0 {
		cfg.FailuresBeforeDegraded = 3
	}
	if cfg.Timeout <= 0 {
		cfg.Timeout = cfg.Device.Kind.Timeout
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	if !cfg.Device.Listens() {
		if cfg.Period <= 0 {
			cfg.Period = cfg.Device.Kind.Period
		}
		if cfg.Phase < 0 || cfg.Phase >= cfg.Period {
			cfg.Phase = 0
		}
	}
	i := &Input{cfg: cfg, reading: make(chan struct{}, 1)}
	for n, ch := range cfg.Channels {
		chain, err := refine.New(ch.Refine)
		if err != nil {
			return nil, fmt.Errorf("channel %d (%s): %w", n, ch.Name, err)
		}
		i.chains = append(i.chains, chain)
	}
	return i, nil
}

// InitTimeout is how long Initialize may take: the device is opened and read once.
func (i *Input) InitTimeout() time.Duration { return 2*i.cfg.Timeout + time.Second }

// Initialize opens the device and reads it once: a device of which no channel answers is not running. The first reading is
// handed on like any other.
func (i *Input) Initialize(ctx context.Context) error {
	if i.cfg.Device.Listens() {
		return nil
	}
	if err := i.forgetReturned(); err != nil {
		return err
	}
	lane := i.cfg.Lanes.Lane(i.cfg.Device.Lane)
	i.mu.Lock()
	i.lane = lane
	i.mu.Unlock()
	reader, err := controller.Call(ctx, lane, i.cfg.Timeout, func(ctx context.Context) (Reader, error) {
		r, err := i.cfg.Device.Open(ctx, i.cfg.Host)
		if err == nil && ctx.Err() != nil { // nobody waits for it any more
			closeReader(r)
			return nil, context.Cause(ctx)
		}
		return r, err
	})
	if err != nil {
		return fmt.Errorf("open: %w", i.fail(err))
	}
	i.mu.Lock()
	i.reader = reader
	i.mu.Unlock()
	if err := i.acquire(ctx); err != nil {
		return err
	}
	defer i.release()
	batch, err := i.read(ctx)
	if len(batch) > 0 { // what some channels lack, Run reports
		return nil
	}
	return err
}

// Run reads on the beat, or listens, until ctx ends.
func (i *Input) Run(ctx context.Context) error {
	if i.cfg.Device.Listens() {
		return i.cfg.Device.Listen(ctx, i.cfg.Host, i.emit(ctx))
	}
	return i.poll(ctx)
}

// Stop closes the device. A call that hangs is left to itself; closing usually ends it.
func (i *Input) Stop(ctx context.Context) error {
	i.mu.Lock()
	reader, lane := i.reader, i.lane
	i.reader, i.lane = nil, nil
	i.mu.Unlock()
	if lane == nil {
		return nil
	}
	private := i.cfg.Device.Lane == ""
	var err error
	if c, ok := reader.(io.Closer); ok {
		closing := lane
		if private && lane.Pending() {
			closing = nil // the lane is held by the call that hangs: closing must not wait behind it
		}
		_, err = controller.Call(ctx, closing, i.cfg.Timeout, func(context.Context) (struct{}, error) {
			return struct{}{}, c.Close()
		})
	}
	if private && lane.Pending() {
		i.hanging = append(i.hanging, lane)
	}
	lane.Release()
	if err != nil {
		return fmt.Errorf("close: %w", err)
	}
	return nil
}

// forgetReturned drops the lanes whose hanging call has come back, and refuses to open the device when too many have
// not: without that bound a driver that never returns would pile up goroutines for months.
func (i *Input) forgetReturned() error {
	still := i.hanging[:0]
	for _, lane := range i.hanging {
		if lane.Pending() {
			still = append(still, lane)
		}
	}
	i.hanging = still
	if len(still) >= maxHanging {
		return fmt.Errorf("%d earlier calls to the device have never returned; it is not opened again until one does", len(still))
	}
	return nil
}

// Stats returns a copy of the running figures.
func (i *Input) Stats() Stats {
	i.mu.Lock()
	defer i.mu.Unlock()
	s := i.stats
	s.Rejects = map[string]uint64{}
	for _, c := range i.chains {
		for name, n := range c.Rejects {
			s.Rejects[name] += n
		}
	}
	return s
}

// ErrNotOpen says that the device is not open at the moment.
var ErrNotOpen = errors.New("the input is not running, so its device is not open")

// ReadNow reads the device at once, beside its beat, and hands the readings on like any other.
func (i *Input) ReadNow(ctx context.Context) ([]measure.Reading, error) {
	if i.cfg.Device.Listens() {
		return nil, errors.New("this input receives data by itself; it cannot be asked for a reading")
	}
	if err := i.acquire(ctx); err != nil {
		return nil, err
	}
	defer i.release()
	return i.read(ctx)
}

// Refine passes a value that came through the API (t in ms) through the channel's checks, without handing it on.
func (i *Input) Refine(channel int, t int64, v float64) (measure.Reading, error) {
	if channel < 0 || channel >= len(i.chains) {
		return measure.Reading{}, fmt.Errorf("the input has no channel %d", channel)
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.refine(channel, t, v)
}

// Delivered notes that readings which came through Refine were kept.
func (i *Input) Delivered(at time.Time) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.stats.Reads++
	i.stats.LastReadingAt = at
}

// refine needs mu.
func (i *Input) refine(channel int, t int64, v float64) (measure.Reading, error) {
	res, err := i.chains[channel].Apply(t, v)
	if err != nil {
		return measure.Reading{}, err
	}
	return measure.Reading{Channel: i.cfg.Channels[channel].ID, T: t, V: res.V, Q: res.Q}, nil
}

// emit receives the values of a listening device.
func (i *Input) emit(ctx context.Context) Emit {
	return func(channel int, at time.Time, v float64) error {
		if channel < 0 || channel >= len(i.chains) {
			return fmt.Errorf("the input has no channel %d", channel)
		}
		if at.IsZero() {
			at = time.Now()
		}
		i.mu.Lock()
		r, err := i.refine(channel, at.UnixMilli(), v)
		if err != nil {
			i.stats.Failures++
			i.stats.LastError = err.Error()
		} else {
			i.stats.Reads++
			i.stats.LastReadingAt = at
			i.stats.LastError = ""
		}
		i.mu.Unlock()
		if err != nil {
			return err
		}
		i.cfg.Sink.Accept(ctx, []measure.Reading{r})
		return nil
	}
}

func (i *Input) acquire(ctx context.Context) error {
	select {
	case i.reading <- struct{}{}:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("another read of this input is under way: %w", ctx.Err())
	}
}

func (i *Input) release() { <-i.reading }

func closeReader(r Reader) {
	if c, ok := r.(io.Closer); ok {
		_ = c.Close() // the device is given up: there is nobody to tell
	}
}

// Spread returns the phase of the n-th input of a period, so that any number of them is spread evenly over the period,
// at most over spreadOver: the golden ratio sequence leaves no two neighbours close (Knuth, TAOCP 3, 6.4). Phases lie on
// slots, a fiftieth of the period and at most maxSlot wide.
func Spread(n int64, period time.Duration) time.Duration {
	const (
		spreadOver = 10 * time.Second
		maxSlot    = 20 * time.Millisecond
	)
	_, frac := math.Modf(float64(n) * 0.6180339887498949)
	phase := time.Duration(frac * float64(min(period, spreadOver)))
	if slot := min(period/50, maxSlot); slot > 0 {
		phase = phase.Truncate(slot)
	}
	return phase
}
