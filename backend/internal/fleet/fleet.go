// Package fleet keeps the configured inputs, outputs, channels and zones: it checks and stores what people change, runs
// it under the manager, and hands each reading on to the live table, the event hub and the history.
//
// It is what the API, the feed and the command line call. Errors that a person caused are option.Errors, whose fields
// are paths in the request ("options.channels[0].topic"), or one of the sentinel errors below.
package fleet

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"hypha/internal/controller"
	"hypha/internal/event"
	"hypha/internal/function"
	"hypha/internal/history"
	"hypha/internal/host"
	"hypha/internal/input"
	"hypha/internal/latest"
	"hypha/internal/measure"
	"hypha/internal/output"
	"hypha/internal/settings"
)

// Errors that callers react to.
var (
	// ErrNotFound says that there is no such item, or no longer.
	ErrNotFound = settings.ErrNotFound
	// ErrNotRunning says that the item is disabled or its device does not answer at present.
	ErrNotRunning = errors.New("it is not running")
)

// DeviceError says that a device did not do what was asked; nothing is wrong with the request as such.
type DeviceError struct{ Err error }

func (e *DeviceError) Error() string { return e.Err.Error() }

// Unwrap returns the cause.
func (e *DeviceError) Unwrap() error { return e.Err }

// Sizes of the replay rings: at 1 000 readings a second about ten seconds of them, and hours of the rest.
const (
	readingsRing = 10_000
	stateRing    = 1_000
)

// Config is what a Fleet is built of.
type Config struct {
	Store     *settings.Store
	History   history.Store
	Writer    *history.Writer
	Catalogue *measure.Catalogue
	Inputs    []input.Kind
	Outputs   []output.Kind
	Functions []function.Kind
	Place     function.Place // where the sun rises; the zone is always set
	HasPlace  bool
	// Orders carries out what functions ask of parts that the fleet does not know: to notify, to save; nil: refused.
	Orders func(ctx context.Context, by string, o function.Order) error
	// Script runs a script once in the name of a function; nil: refused.
	Script func(ctx context.Context, env function.Env, now time.Time, source string) error
	// AllowCommands lets actions run programs of this machine.
	AllowCommands bool
	Host          host.Host
	Retention     time.Duration // how old a pushed reading may be; 0: any age
	Logger        *slog.Logger
	// Beat is told of every beat: how late it began, how many were skipped.
	Beat func(late time.Duration, skipped int)
	// MaxCurrentA is how much all outputs together may draw, in ampere; 0: no limit.
	MaxCurrentA float64
	// MaxFailedStarts is how many starts in a row may fail before the controllers stay off; 0: any number.
	MaxFailedStarts int
	LastCrash       string // what the program said when it ended last, if it crashed; for people
	// StopInput is the channel of a stop button: everything stops when its value is 0.5 or more; 0: none.
	StopInput measure.ChannelID
}

// Fleet is safe for concurrent use.
type Fleet struct {
	cfg     Config
	log     *slog.Logger
	manager *controller.Manager
	lanes   *controller.Lanes
	epoch   time.Time // from which the beats of all inputs are counted
	inputs  map[string]input.Kind
	outputs map[string]output.Kind

	functions map[string]function.Kind
	dispatch  *dispatch
	methods   methodBook

	// Live has the newest reading of every channel.
	Live *latest.Table
	// Hub and its topics tell what happens. Subscribers must not change what they get.
	Hub         *event.Hub
	Readings    *event.Topic[[]measure.Reading]
	OutputMoves *event.Topic[OutputState]
	Controllers *event.Topic[ControllerStatus]
	Journal     *event.Topic[Event]

	edits    keyed // one edit of an item at a time, and no pushed reading on its way meanwhile
	journal  *journal
	stop     *latch
	binned   zoneBin
	panel    *output.Panel // what outputs share
	ending   atomic.Bool   // Close has begun
	tallies  tallyBook
	states   *stateSaver
	errands  chan errand
	safeMode atomic.Pointer[SafeMode]
	pressed  chan struct{} // a token: the stop button is pressed
	relayMu  sync.Mutex
	relayed  map[outputChannel]output.Step // channels whose backup is driven in their place

	mu       sync.RWMutex
	running  map[controller.Ref]*input.Input
	driving  map[controller.Ref]*driven
	working  map[controller.Ref]*working
	broken   map[controller.Ref]Status // what could not even be built
	channels map[measure.ChannelID]place
}

// place says where a channel lives.
type place struct {
	ref    controller.Ref
	index  int
	pushed bool
}

// New builds a fleet; Start runs it.
func New(cfg Config) *Fleet {
	f := &Fleet{
		cfg: cfg, log: cfg.Logger, lanes: controller.NewLanes(), epoch: time.Now(),
		inputs: map[string]input.Kind{}, outputs: map[string]output.Kind{},
		running: map[controller.Ref]*input.Input{}, driving: map[controller.Ref]*driven{},
		functions: map[string]function.Kind{}, working: map[controller.Ref]*working{}, dispatch: newDispatch(),
		panel: output.NewPanel(cfg.MaxCurrentA), errands: make(chan errand, errands), pressed: make(chan struct{}, 1), broken: map[controller.Ref]Status{}, channels: map[measure.ChannelID]place{},
		// Numbers go on over a restart, so that a client that resumes is not given old numbers again.
		Hub: event.NewHubAt(uint64(time.Now().UnixMilli()) << 10),
	}
	for _, k := range cfg.Inputs {
		f.inputs[k.ID] = k
	}
	for _, k := range cfg.Outputs {
		f.outputs[k.ID] = k
	}
	for _, k := range cfg.Functions {
		f.functions[k.ID] = k
	}
	if f.cfg.Place.Zone == nil {
		f.cfg.Place.Zone = time.Local
	}
	f.Readings = event.NewTopic[[]measure.Reading](f.Hub, "readings", readingsRing)
	f.OutputMoves = event.NewTopic[OutputState](f.Hub, "outputs", stateRing)
	f.Controllers = event.NewTopic[ControllerStatus](f.Hub, "controllers", stateRing)
	f.Journal = event.NewTopic[Event](f.Hub, "events", stateRing)
	f.Live = latest.New(func(stale []measure.Reading) {
		f.Readings.Publish(stale)
		f.dispatch.arrived(stale)
	})
	f.states = &stateSaver{store: cfg.Store}
	f.journal = newJournal(cfg.Store.Events, f.Journal, f.log)
	f.stop = newLatch(cfg.Store)
	f.manager = controller.NewManager(controller.Config{OnChange: f.changed, Logger: f.log})
	return f
}

// Run does the fleet's own work until ctx ends: the journal and the watch for silent channels.
func (f *Fleet) Run(ctx context.Context) error {
	var wg sync.WaitGroup
	wg.Go(func() { f.journal.run(ctx) })
	wg.Go(func() { f.housekeeping(ctx) })
	wg.Go(func() { f.dispatch.listen(ctx, f.Journal) })
	wg.Go(func() { f.work(ctx) })
	wg.Go(func() { f.watchStart(ctx) })
	err := f.Live.Run(ctx)
	wg.Wait()
	return err
}

// Close stops all controllers at once; outputs go to their states at stop.
func (f *Fleet) Close(ctx context.Context) error {
	f.ending.Store(true)
	f.startWasGood(context.WithoutCancel(ctx))
	return f.manager.Close(ctx)
}

// lastPush is how long a reading that has been taken still waits for a full queue when its input is stopped.
const lastPush = 2 * time.Second

// Accept is the way of a batch: live table, hub, history. Only the history may make it wait.
func (f *Fleet) Accept(ctx context.Context, batch []measure.Reading) {
	f.Live.Put(batch)
	f.Readings.Publish(batch)
	f.dispatch.arrived(batch)
	f.watchButton(batch)
	err := f.cfg.Writer.Push(ctx, batch)
	if err != nil && ctx.Err() != nil {
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastPush)
		defer cancel()
		err = f.cfg.Writer.Push(last, batch)
	}
	if err != nil {
		f.log.Error("readings could not be queued for the history", "readings", len(batch), "error", err)
	}
}

// Beat passes on how punctual the inputs are.
func (f *Fleet) Beat(late time.Duration, skipped int) {
	if f.cfg.Beat != nil {
		f.cfg.Beat(late, skipped)
	}
}

// Counts returns how many controllers are in which state.
func (f *Fleet) Counts() map[controller.State]int {
	counts := f.manager.Counts()
	f.mu.RLock()
	defer f.mu.RUnlock()
	if n := len(f.broken); n > 0 {
		counts[controller.Failed] += n
	}
	return counts
}

// AbandonedCalls is the number of calls that ignored their time-out, over all controllers that run.
func (f *Fleet) AbandonedCalls() uint64 {
	var n uint64
	for _, s := range f.manager.List() {
		n += s.AbandonedCalls
	}
	return n
}

// idle says why nothing runs under the name of an item.
func (f *Fleet) idle(ref controller.Ref) error {
	f.mu.RLock()
	defer f.mu.RUnlock()
	if s, ok := f.broken[ref]; ok {
		return &DeviceError{Err: errors.New(s.Error)}
	}
	return ErrNotRunning
}

// rested tells that an item has been disabled.
func (f *Fleet) rested(ref controller.Ref, since time.Time) {
	status := f.status(ref, false, since)
	f.journal.controllerChanged(controller.Status{Ref: ref, State: status.State})
	f.Controllers.Publish(ControllerStatus{Ref: string(ref), Status: status})
}

// changed is told by the manager of every new state.
func (f *Fleet) changed(s controller.Status) {
	status := f.statusOf(s.Ref, s)
	f.Controllers.Publish(ControllerStatus{Ref: string(s.Ref), Status: status})
	f.journal.controllerChanged(s)
}

// status returns the status of an item, running or not.
func (f *Fleet) status(ref controller.Ref, enabled bool, since time.Time) Status {
	if s, ok := f.manager.Status(ref); ok && enabled {
		return f.statusOf(ref, s)
	}
	f.mu.RLock()
	defer f.mu.RUnlock()
	if s, ok := f.broken[ref]; ok {
		return s
	}
	return Status{State: controller.Inactive, Since: Time(since)}
}

func (f *Fleet) statusOf(ref controller.Ref, s controller.Status) Status {
	status := viewStatus(s)
	f.mu.RLock()
	in := f.running[ref]
	f.mu.RUnlock()
	if in != nil {
		status.addStats(in.Stats())
	}
	return status
}
