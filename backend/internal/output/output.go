package output

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"time"

	"hypha/internal/controller"
	"hypha/internal/host"
)

// ChannelConfig is one channel of a configured output.
type ChannelConfig struct {
	Name   string
	Type   ChannelType
	Limits Limits
	// Safe is the level when things fail; nil: off, 0 %, or nothing for a value.
	Safe *Level
	// AtStart and AtStop are applied when the output starts and stops; nil: as Safe.
	AtStart, AtStop *Resting
}

// safe returns the safe level; ok is false for a value channel without one.
func (c ChannelConfig) safe() (Level, bool) {
	if c.Safe != nil {
		return *c.Safe, true
	}
	return OffOf(c.Type)
}

func (c ChannelConfig) resting(r *Resting) (l Level, ok bool) {
	switch {
	case r == nil:
		return c.safe()
	case r.Keep:
		return Level{}, false
	default:
		return r.Level, true
	}
}

// State is what a channel was last told. Level is empty while nothing is known.
type State struct {
	Index int
	Level
	Since      time.Time  // when the level was set
	EndsAt     *time.Time // when it ends by itself
	LeaseUntil *time.Time // when it ends unless renewed
	By         string     // who: "user:maya", "at_start", "timer", "stop", ...
	Reason     string     // why, for people; may be empty
	// Assumed: the level is the last one known and was not confirmed by the device since the start.
	Assumed bool
	// Error: the device did not take the level; it is tried again. Empty when it did.
	Error string
}

// Memory keeps the states over a restart. Save returns when the state would survive a crash.
type Memory interface {
	Save(ctx context.Context, s State) error
	Load(ctx context.Context) ([]State, error)
}

// Config is what an Output needs; all fields are fixed for its life.
type Config struct {
	Device   *Device
	Host     host.Host
	Channels []ChannelConfig // in the device's order
	Timeout  time.Duration   // of each call to the device
	Lanes    *controller.Lanes
	Memory   Memory
	// Latched tells that everything is stopped: then only safe levels are taken.
	Latched func() bool
	// Changed is told of every new state; it must not block.
	Changed func(State)
	Logger  *slog.Logger
}

// channel is one channel at run time. Invariant: state.EndsAt of a timed command is in Memory before the level is
// written to the device.
type channel struct {
	state       State
	activeSince time.Time // zero while not active
	idleSince   time.Time // zero while active, or when unknown
	// owed is a level that the device refused and must still take; nil: none.
	owed    *Level
	retryAt time.Time
	tries   int
}

// Output is the controller of one configured output and the last guard of its channels.
type Output struct {
	cfg Config

	driving chan struct{} // a token: who holds it may write to the device
	poke    chan struct{} // tells Run that a deadline has changed

	mu       sync.Mutex // guards what follows; never held during a call to the device
	lane     *controller.Lane
	writer   Writer // nil unless initialized
	channels []channel
}

// New makes an output; it touches no device.
func New(cfg Config) *Output {
	if cfg.Timeout <= 0 {
		cfg.Timeout = cfg.Device.Kind.Timeout
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	o := &Output{
		cfg: cfg, driving: make(chan struct{}, 1), poke: make(chan struct{}, 1),
		channels: make([]channel, len(cfg.Channels)),
	}
	for n := range o.channels {
		o.channels[n].state.Index = n
	}
	return o
}

// InitTimeout is how long Initialize may take: open, and one write for each channel.
func (o *Output) InitTimeout() time.Duration {
	return time.Duration(1+len(o.cfg.Channels))*o.cfg.Timeout + time.Second
}

// Initialize opens the device and brings every channel to its state at start. A channel that fails does not keep the
// others from theirs.
func (o *Output) Initialize(ctx context.Context) error {
	lane := o.cfg.Lanes.Lane(o.cfg.Device.Lane)
	o.mu.Lock()
	o.lane = lane
	o.mu.Unlock()
	writer, err := controller.Call(ctx, lane, o.cfg.Timeout, func(ctx context.Context) (Writer, error) {
		w, err := o.cfg.Device.Open(ctx, o.cfg.Host)
		if err == nil && ctx.Err() != nil { // nobody waits for it any more
			closeWriter(w)
			return nil, context.Cause(ctx)
		}
		return w, err
	})
	if err != nil {
		return fmt.Errorf("open: %w", err)
	}
	o.mu.Lock()
	o.writer = writer
	o.mu.Unlock()
	known, err := o.cfg.Memory.Load(ctx)
	if err != nil {
		return fmt.Errorf("load the last known states: %w", err)
	}
	if err := o.acquire(ctx); err != nil {
		return err
	}
	defer o.release()
	var errs []error
	for n := range o.cfg.Channels {
		var last *State
		for k := range known {
			if known[k].Index == n {
				last = &known[k]
			}
		}
		if err := o.start(ctx, n, last); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", o.cfg.Channels[n].Name, err))
		}
	}
	return errors.Join(errs...)
}

// start brings one channel to its state at start. A timed command that was under way when the program ended is made
// safe, unless the channel keeps its state: then it is finished when its deadline comes, or made safe when it is past.
func (o *Output) start(ctx context.Context, n int, last *State) error {
	cfg := o.cfg.Channels[n]
	interrupted := last != nil && last.Active() && (last.EndsAt != nil || last.LeaseUntil != nil)
	if o.cfg.Latched() {
		if level, ok := cfg.safe(); ok {
			return o.set(ctx, n, State{Level: level, By: "stop", Reason: "everything is stopped"})
		}
	}
	level, ok := cfg.resting(cfg.AtStart)
	if ok {
		reason := ""
		if interrupted {
			reason = fmt.Sprintf("was %s until a time when the program stopped", last.Level)
		}
		return o.set(ctx, n, State{Level: level, By: "at_start", Reason: reason})
	}
	if last == nil {
		return nil
	}
	over := time.Now()
	if interrupted && (last.EndsAt != nil && last.EndsAt.Before(over) || last.LeaseUntil != nil && last.LeaseUntil.Before(over)) {
		if safe, ok := cfg.safe(); ok {
			return o.set(ctx, n, State{Level: safe, By: "restart", Reason: "its time had run out while the program was stopped"})
		}
	}
	state := *last
	state.Assumed = true
	o.mu.Lock()
	o.note(n, state)
	o.mu.Unlock()
	o.cfg.Changed(state)
	return nil
}

// Run ends timed commands and leases, and repeats what the device did not take, until ctx ends.
func (o *Output) Run(ctx context.Context) error {
	report := controller.FromContext(ctx)
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	degraded := false
	for {
		wait, failing := o.due()
		if failing != "" && !degraded {
			degraded = true
			report.Degraded(failing)
		}
		if failing == "" && degraded {
			degraded = false
			report.Recovered()
		}
		timer.Reset(wait)
		select {
		case <-ctx.Done():
			return nil
		case <-o.poke:
		case <-timer.C:
			o.settle(ctx)
		}
	}
}

// Stop brings every channel to its state at stop and closes the device.
func (o *Output) Stop(ctx context.Context) error {
	if err := o.acquire(ctx); err != nil {
		return fmt.Errorf("the device is still busy, its states at stop were not applied: %w", err)
	}
	defer o.release()
	o.mu.Lock()
	writer, lane := o.writer, o.lane
	o.mu.Unlock()
	var errs []error
	if writer != nil {
		for n, cfg := range o.cfg.Channels {
			level, ok := cfg.resting(cfg.AtStop)
			if !ok {
				continue
			}
			if err := o.set(ctx, n, State{Level: level, By: "at_stop"}); err != nil {
				errs = append(errs, fmt.Errorf("%s: %w", cfg.Name, err))
			}
		}
		if c, ok := writer.(io.Closer); ok {
			_, err := controller.Call(ctx, lane, o.cfg.Timeout, func(context.Context) (struct{}, error) { return struct{}{}, c.Close() })
			if err != nil {
				errs = append(errs, fmt.Errorf("close: %w", err))
			}
		}
	}
	o.mu.Lock()
	o.writer, o.lane = nil, nil
	o.mu.Unlock()
	if lane != nil {
		lane.Release()
	}
	return errors.Join(errs...)
}

// States returns the state of every channel.
func (o *Output) States() []State {
	o.mu.Lock()
	defer o.mu.Unlock()
	states := make([]State, len(o.channels))
	for n := range o.channels {
		states[n] = o.channels[n].state
	}
	return states
}

func (o *Output) acquire(ctx context.Context) error {
	select {
	case o.driving <- struct{}{}:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("another command of this output is under way: %w", ctx.Err())
	}
}

func (o *Output) release() { <-o.driving }

func (o *Output) wake() {
	select {
	case o.poke <- struct{}{}:
	default: // it is awake already
	}
}

func closeWriter(w Writer) {
	if c, ok := w.(io.Closer); ok {
		_ = c.Close() // the device is given up: there is nobody to tell
	}
}
