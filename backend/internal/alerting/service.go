package alerting

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"hypha/internal/alert"
	"hypha/internal/alert/herald"
	"hypha/internal/controller"
	"hypha/internal/event"
	"hypha/internal/fleet"
	"hypha/internal/measure"
	"hypha/internal/notify"
	"hypha/internal/settings"
)

// Sources is what the rules are told of.
type Sources struct {
	Readings    *event.Topic[[]measure.Reading]
	Outputs     *event.Topic[fleet.OutputState]
	Controllers *event.Topic[fleet.ControllerStatus]
	Journal     *event.Topic[fleet.Event]
	// OutputsNow, ControllersNow and ReadingsNow are the present states, for rules that begin.
	OutputsNow     func(ctx context.Context) ([]fleet.OutputState, error)
	ControllersNow func(ctx context.Context) ([]fleet.ControllerStatus, error)
	ReadingsNow    func() []measure.Reading
	// Setpoint is the present set-point of a function; ok is false when it has none. It must not block. nil: no function
	// has one.
	Setpoint func(function int64) (v float64, ok bool)
}

// Config is what a Service is built of.
type Config struct {
	Store   *settings.Store
	Sources Sources
	Outputs Outputs
	// Unit is how a unit is written: its symbol and decimals.
	Unit func(u measure.Unit) (symbol string, decimals int)
	// Note adds an entry to the journal. It must not block.
	Note func(kind, source, user, message string, data any)
	// Alerts is where the state of each rule is told when it changes.
	Alerts   *event.Topic[AlertStatus]
	HTTP     *http.Client
	BaseURL  string // how the pages are reached; "": nobody knows
	Location *time.Location
	Logger   *slog.Logger
}

// Service is safe for concurrent use.
type Service struct {
	cfg    Config
	log    *slog.Logger
	kinds  map[string]alert.Kind
	ways   map[string]notify.Kind
	queue  *notify.Queue
	lanes  *controller.Lanes
	actors *actors
	edits  sync.Mutex // one edit of rules, routes or preferences at a time
	again  chan struct{}
	work   sync.WaitGroup // of heartbeats; Run waits for it

	mu      sync.Mutex // guards what follows
	engine  *alert.Engine
	herald  *herald.Herald
	rules   map[int64]*rule
	routes  map[int64]settings.NotificationRoute
	senders map[int64]opened
	prefs   Preferences
	names   *names
	dirty   map[int64]bool    // rules whose state is not saved
	told    map[int64]float64 // set-points told to the engine
	beat    heartbeat
	digest  string // the day of the last digest: 2026-05-01
}

// rule is a stored rule with what cannot be read off the engine.
type rule struct {
	row     settings.AlertRule
	draft   Draft
	check   *alert.Check // nil when it is broken
	checked string       // what check was made of
	by      string       // who acknowledged
	holding bool         // its actions are in force
	freed   bool         // a person has acknowledged since they are
}

// New builds a service; Start loads the rules, Run runs them.
func New(cfg Config) *Service {
	if cfg.Location == nil {
		cfg.Location = time.Local
	}
	s := &Service{
		cfg: cfg, log: cfg.Logger, kinds: map[string]alert.Kind{}, ways: map[string]notify.Kind{}, lanes: controller.NewLanes(),
		again: make(chan struct{}, 1),
		rules: map[int64]*rule{}, routes: map[int64]settings.NotificationRoute{}, senders: map[int64]opened{},
		names: &names{unit: cfg.Unit}, dirty: map[int64]bool{}, told: map[int64]float64{},
	}
	for _, k := range alert.Kinds() {
		s.kinds[k.ID] = k
	}
	for _, k := range s.RouteKinds() {
		s.ways[k.ID] = k
	}
	s.engine = alert.NewEngine(time.Now(), s.names)
	s.herald = herald.New(herald.Config{Location: cfg.Location})
	s.queue = notify.NewQueue(notify.QueueConfig{Store: deliveries{cfg.Store.Deliveries}, Sender: s.sender, Told: s.delivered, Logger: cfg.Logger})
	s.actors = newActors(cfg.Outputs, s.acted, cfg.Logger)
	return s
}

// Kinds is the catalogue of rules.
func (s *Service) Kinds() []alert.Kind { return alert.Kinds() }

// Start loads rules, routes and preferences. What cannot be judged is shown as an error and keeps nothing else from it.
func (s *Service) Start(ctx context.Context) error {
	if err := s.loadPreferences(ctx); err != nil {
		s.log.Error("the settings of notifications cannot be read; the defaults hold", "error", err)
	}
	routes, _, err := s.cfg.Store.Routes.List(ctx, settings.Filter{})
	if err != nil {
		return fmt.Errorf("load notification routes: %w", err)
	}
	rules, _, err := s.cfg.Store.AlertRules.List(ctx, settings.Filter{})
	if err != nil {
		return fmt.Errorf("load alert rules: %w", err)
	}
	states, err := s.cfg.Store.AlertStates.List(ctx)
	if err != nil {
		s.log.Error("the states of the alerts cannot be read; they are judged anew", "error", err)
	}
	table, err := loadNames(ctx, s.cfg.Store)
	if err != nil {
		return fmt.Errorf("load names: %w", err)
	}
	now := time.Now()
	s.mu.Lock()
	s.names.table = table
	s.herald.Configure(s.prefs.herald(s.cfg.Location))
	for _, r := range routes {
		s.routes[r.ID] = r
	}
	var changes []alert.Change
	for _, row := range rules {
		changes = append(changes, s.put(now, row)...)
	}
	for _, st := range states {
		s.restore(now, st)
	}
	after := s.apply(now, changes)
	s.mu.Unlock()
	s.finish(after)
	return s.replay(ctx)
}

// replay tells the engine how things are now: a rule that begins must not wait for the next change of an output.
func (s *Service) replay(ctx context.Context) error {
	outputs, err := s.cfg.Sources.OutputsNow(ctx)
	if err != nil {
		return fmt.Errorf("states of outputs: %w", err)
	}
	controllers, err := s.cfg.Sources.ControllersNow(ctx)
	if err != nil {
		return fmt.Errorf("states of controllers: %w", err)
	}
	readings := s.cfg.Sources.ReadingsNow()
	s.do(func(now time.Time) (changes []alert.Change) {
		for _, o := range outputs {
			changes = append(changes, s.engine.Output(now, outputOf(o))...)
		}
		for _, c := range controllers {
			changes = append(changes, s.engine.Controller(now, controllerOf(c))...)
		}
		return append(changes, s.tellReadings(now, readings)...)
	})
	return nil
}

// do runs something with the engine and follows up on what it changes.
func (s *Service) do(f func(now time.Time) []alert.Change) {
	now := time.Now()
	s.mu.Lock()
	after := s.apply(now, f(now))
	s.mu.Unlock()
	s.finish(after)
}

// Run judges until ctx ends.
func (s *Service) Run(ctx context.Context) error {
	var parts sync.WaitGroup
	defer parts.Wait()
	defer s.work.Wait()
	parts.Go(func() { _ = s.queue.Run(ctx) }) // ends with ctx alone
	parts.Go(func() { s.actors.run(ctx) })
	src := s.cfg.Sources
	readings := src.Readings.Subscribe(event.Options[[]measure.Reading]{Name: "alerts", Buffer: topicBuffer, Key: batchKey})
	defer readings.Close()
	outputs := src.Outputs.Subscribe(event.Options[fleet.OutputState]{Name: "alerts", Buffer: topicBuffer, Key: outputKey})
	defer outputs.Close()
	controllers := src.Controllers.Subscribe(event.Options[fleet.ControllerStatus]{Name: "alerts", Buffer: topicBuffer, Key: controllerKey})
	defer controllers.Close()
	journal := src.Journal.Subscribe(event.Options[fleet.Event]{Name: "alerts", Buffer: topicBuffer})
	defer journal.Close()
	if err := s.replay(ctx); err != nil && ctx.Err() == nil { // what changed between Start and here
		s.log.Error("alerts do not know the present states", "error", err)
	}
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	var buf buffers
	for {
		select {
		case <-ctx.Done():
			s.save(context.WithoutCancel(ctx))
			return nil
		case <-readings.C():
			buf.readings = readings.Take(buf.readings[:0])
		case <-outputs.C():
			buf.outputs = outputs.Take(buf.outputs[:0])
		case <-controllers.C():
			buf.controllers = controllers.Take(buf.controllers[:0])
		case <-journal.C():
			buf.events = journal.Take(buf.events[:0])
		case <-s.again:
			if err := s.replay(ctx); err != nil && ctx.Err() == nil {
				s.log.Error("an alert that was changed does not know the present states", "error", err)
			}
		case <-tick.C:
			buf.ticked = true
		}
		s.tell(ctx, &buf)
	}
}
