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
	tried   sync.Once     // closes first
	first   chan struct{} // closed when Initialize has returned once

	// began is when the Input was made: filters count time from it on the monotonic clock, so that a wall clock that
	// is set makes no reading late.
	began time.Time

	mu       sync.Mutex // guards what follows
	lane     *controller.Lane
	reader   Reader   // nil unless initialized
	listener Listener // the same for a device that listens
	opened   int      // counts what has been opened and closed: a read that began before is not handed on after
	stopping bool
	abort    context.CancelFunc // ends the read that somebody asked for; nil: none
	chains   []*refine.Chain
	stats    Stats
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
	i := &Input{cfg: cfg, reading: make(chan struct{}, 1), first: make(chan struct{}), began: time.Now()}
	for n, ch := range cfg.Channels {
		chain, err := refine.New(ch.Refine)
		if err != nil {
			return nil, fmt.Errorf("channel %d (%s): %w", n, ch.Name, err)
		}
		i.chains = append(i.chains, chain)
	}
	return i, nil
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

// ReadNow reads the device at once, beside its beat, and hands the readings on like any other. A read that has begun
// goes on when ctx ends: who asks and leaves must not look like a device that fails.
func (i *Input) ReadNow(ctx context.Context) ([]measure.Reading, error) {
	if i.cfg.Device.Listens() {
		return nil, errors.New("this input receives data by itself; it cannot be asked for a reading")
	}
	if err := i.started(ctx); err != nil {
		return nil, err
	}
	if err := i.acquire(ctx); err != nil {
		return nil, err
	}
	defer i.release()
	own, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	if !i.abortable(cancel) {
		return nil, ErrNotOpen
	}
	defer i.abortable(nil)
	return i.read(own)
}

// firstTry is how long a read waits for an input that has only just been started.
const firstTry = 2 * time.Second

// started waits until the device has been tried once: whoever has added an input and reads it at once must not be refused
// because opening takes a moment.
func (i *Input) started(ctx context.Context) error {
	select {
	case <-i.first:
		return nil
	default:
	}
	timer := time.NewTimer(firstTry)
	defer timer.Stop()
	select {
	case <-i.first:
		return nil
	case <-timer.C:
		return ErrNotOpen
	case <-ctx.Done():
		return fmt.Errorf("the device has not been tried yet: %w", ctx.Err())
	}
}

// abortable makes cancel what Stop calls; false when it has been called already.
func (i *Input) abortable(cancel context.CancelFunc) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.abort = cancel
	return !i.stopping
}

// Refine passes a value that came through the API (t in ms) through the channel's checks, without handing it on.
func (i *Input) Refine(channel int, t int64, v float64) (measure.Reading, error) {
	if channel < 0 || channel >= len(i.chains) {
		return measure.Reading{}, fmt.Errorf("the input has no channel %d", channel)
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.refine(channel, t, t, v)
}

// Delivered notes that readings which came through Refine were kept.
func (i *Input) Delivered(at time.Time) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.stats.Reads++
	i.stats.LastReadingAt = at
}

// refine makes a reading dated t; the filters count its time as ft. Both are in ms. It needs mu.
func (i *Input) refine(channel int, t, ft int64, v float64) (measure.Reading, error) {
	res, err := i.chains[channel].Apply(ft, v)
	if err != nil {
		return measure.Reading{}, err
	}
	return measure.Reading{Channel: i.cfg.Channels[channel].ID, T: t, V: res.V, Q: res.Q}, nil
}

// filterTime is the time of a reading that was taken at now, in ms: that of the wall clock when the Input was made, and
// what the monotonic clock has counted since.
func (i *Input) filterTime(now time.Time) int64 {
	return i.began.UnixMilli() + now.Sub(i.began).Milliseconds()
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
