package output

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"hypha/internal/controller"
	"hypha/internal/host"
	"hypha/internal/limp"
)

// ChannelConfig is one channel of a configured output.
type ChannelConfig struct {
	Name   string
	Type   ChannelType
	Limits Limits
	Guard  Guard
	// Interlock names a group of channels, over all outputs, of which one at a time may be on; "": none.
	Interlock string
	CurrentA  float64 // ampere that the channel draws when on; 0: unknown
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

// Config is what an Output needs; all fields are fixed for its life.
type Config struct {
	Device *Device
	Host   host.Host
	Name   string // for people
	// Ref names the output ("output/3"). A device without a shared lane gets one of this name, so that a call that
	// hangs is never overtaken by one made after a restart: an old "on" must not land on a new "off".
	Ref      string
	Channels []ChannelConfig // in the device's order
	Timeout  time.Duration   // of each call to the device
	Lanes    *controller.Lanes
	Memory   Memory
	Panel    *Panel // shared by all outputs; nil: its own
	// Latched tells that everything is stopped: then only safe levels are taken.
	Latched func() bool
	// SafeStart says why the channels are safe at the start, whatever they are told else; "": they go to their states at
	// start.
	SafeStart string
	// Ending tells that the program ends, so that timed commands are finished after the next start; nil: never.
	Ending func() bool
	// Alert is told what people must know; it must not block. Nil: nobody is told.
	Alert func(n int, a Alert)
	// Reading is the newest good value of a measured channel and when it was read; ok is false when it has none. It must
	// not block. Nil: none has.
	Reading func(channel int64) (v float64, at time.Time, ok bool)
	// Location is where an hour of the day is meant, for limp mode; nil: the machine's.
	Location *time.Location
	// Backup drives another channel instead of one of this output, or lets it go when level is nil; it must not block.
	Backup func(s Step, level *Level, cause Cause)
	// Changed is told of every new state; it must not block.
	Changed func(State)
	Logger  *slog.Logger
}

// channel is one channel at run time. Invariant: a command that switches on, with its ends, is in Memory before the
// level is written to the device; one that switches off is there only after the device has taken it.
type channel struct {
	state       State
	activeSince time.Time // zero while not active
	idleSince   time.Time // zero while active, or when unknown
	doubtful    bool      // a command to be active failed: it may have been since
	// owed is what the device must still take, because it refused a command or must be safe; nil: nothing.
	owed    *State
	retryAt time.Time
	tries   int

	ledger ledger     // of a volume channel
	later  *postponed // the state at start whose time has not come yet; nil: none

	fall    *fall // the way down the ladder; nil: somebody drives it, or nobody ever did
	proof   proof
	tally   Tally
	meter   limp.Meter
	outdoor *float64 // °C, for the meter; nil: not known
	// A device that does not take what its drivers ask for is not asked each second.
	brokenSince time.Time // zero: it works
	strikes     int
	retryDrive  time.Time
	lastError   string

	starting  bool      // its function has begun and is at its limit since
	countedAt time.Time // until when the tally counts
	talliedAt time.Time // when the tally was written down
	uncounted bool      // it has changed since
	urgent    bool      // and what has changed must survive a crash

	claims    []claim   // of those who drive it; at most one each
	vacant    *vacancy  // the claim that was executed has ended; nil: it has not
	lookAt    time.Time // what waits can be done then; zero: nothing waits
	writtenAt time.Time // when the device took the level last
	savedAt   time.Time // when the level was written down last
	recorded  bool      // what is about to be written to the device has been written down
}

// Output is the controller of one configured output and the last guard of its channels.
type Output struct {
	cfg Config

	driving chan struct{} // a token: who holds it may write to the device
	tried   sync.Once     // closes first
	first   chan struct{} // closed when Initialize has returned once
	poke    chan struct{} // tells Run that a deadline has changed

	mu       sync.Mutex // guards what follows; never held during a call to the device
	stopping bool
	closed   time.Time          // since when there is no device; zero: there is one
	abort    context.CancelFunc // ends the command under way; nil: none
	lane     *controller.Lane
	writer   Writer // nil unless initialized
	channels []channel
	claimed  uint64 // claims made so far: orders them
}

// New makes an output; it touches no device.
func New(cfg Config) *Output {
	if cfg.Timeout <= 0 {
		cfg.Timeout = cfg.Device.Kind.Timeout
	}
	if cfg.Panel == nil {
		cfg.Panel = NewPanel(0)
	}
	if cfg.Ending == nil {
		cfg.Ending = func() bool { return false }
	}
	if cfg.Location == nil {
		cfg.Location = time.Local
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	o := &Output{
		cfg: cfg, driving: make(chan struct{}, 1), poke: make(chan struct{}, 1),
		channels: make([]channel, len(cfg.Channels)), first: make(chan struct{}), closed: time.Now(),
	}
	for n := range o.channels {
		o.channels[n].state.Index = n
	}
	return o
}

// Run ends timed commands and leases, and repeats what the device did not take, until ctx ends.
func (o *Output) Run(ctx context.Context) error {
	report := controller.FromContext(ctx)
	timer := time.NewTimer(lookAgain)
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

func (o *Output) acquire(ctx context.Context) error {
	select {
	case o.driving <- struct{}{}:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("another command of this output is under way: %w", ctx.Err())
	}
}

func (o *Output) release() { <-o.driving }

// firstTry is how long a command waits for an output that has only just been started.
const firstTry = 2 * time.Second

// Tried is closed once the device has been opened and its channels brought to their states at start, or that has failed.
func (o *Output) Tried() <-chan struct{} { return o.first }

// started waits until the device has been tried once: whoever has added an output and drives it at once must not be
// refused because opening takes a moment.
func (o *Output) started(ctx context.Context) error {
	select {
	case <-o.first:
		return nil
	default:
	}
	timer := time.NewTimer(firstTry)
	defer timer.Stop()
	select {
	case <-o.first:
		return nil
	case <-timer.C:
		return ErrNotOpen
	case <-ctx.Done():
		return fmt.Errorf("the device has not been tried yet: %w", ctx.Err())
	}
}

// hold waits for its turn to drive the device, at most until asked ends. What then begins with ctx is carried out even if
// who asked goes away, so that its outcome is known; only Stop cuts it short.
func (o *Output) hold(asked context.Context) (ctx context.Context, release func(), err error) {
	if err := o.acquire(asked); err != nil {
		return nil, nil, err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.stopping {
		o.release()
		return nil, nil, ErrNotOpen
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(asked))
	o.abort = cancel
	return ctx, func() {
		cancel()
		o.mu.Lock()
		o.abort = nil
		o.mu.Unlock()
		o.release()
	}, nil
}

func (o *Output) wake() {
	select {
	case o.poke <- struct{}{}:
	default: // it is awake already
	}
}
