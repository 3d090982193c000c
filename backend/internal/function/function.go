package function

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"hypha/internal/controller"
	"hypha/internal/measure"
)

// Config is what a Function needs; all fields are fixed for its life.
type Config struct {
	Bound *Bound
	Env   Env
	// Subscribe has readings of channels, and events of types, delivered to the mailbox until cancel is called.
	Subscribe func(channels []measure.ChannelID, events []string, m *Mailbox) (cancel func())
	// Released is told that the function has ended, however that came: what it claims is given up.
	Released func(reason string)
	Logger   *slog.Logger
}

// Function is the controller of one configured function.
type Function struct {
	cfg   Config
	tried sync.Once     // closes first
	first chan struct{} // closed when Initialize has returned once

	stepping sync.Mutex // held during a call to the logic
	logic    Logic      // under stepping; nil unless initialized

	mu    sync.Mutex
	state any // what the logic last had to show
	aim   *float64
	steps uint64
	last  time.Time // of the last step
	cost  time.Duration
	ended string   // why the last run ended, for Released
	box   *Mailbox // of this run
}

// New makes a function; nothing happens yet.
func New(cfg Config) *Function {
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	return &Function{cfg: cfg, first: make(chan struct{})}
}

// Initialize opens the logic.
func (f *Function) Initialize(ctx context.Context) error {
	defer f.tried.Do(func() { close(f.first) })
	logic, err := f.cfg.Bound.Open(ctx, f.cfg.Env)
	if err != nil {
		return err
	}
	f.stepping.Lock()
	defer f.stepping.Unlock()
	f.logic = logic
	return nil
}

// Run steps the logic until ctx ends or it fails.
func (f *Function) Run(ctx context.Context) (err error) {
	box := newMailbox()
	f.mu.Lock()
	f.box = box
	f.mu.Unlock()
	cancel := f.cfg.Subscribe(f.cfg.Bound.Watched(), f.cfg.Bound.Uses.Events, box)
	defer cancel()
	defer func() {
		if fault := recover(); fault != nil {
			f.because("it crashed")
			panic(fault) // the manager tells and restarts
		}
		if err != nil {
			f.because("it failed: " + err.Error())
		}
	}()
	r := &rounds{period: f.cfg.Bound.Period, report: controller.FromContext(ctx)}
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	if err := f.step(ctx, r, Moment{Now: time.Now(), Why: Start}); err != nil {
		return err
	}
	for {
		timer.Reset(r.wait(time.Now()))
		var m Moment
		select {
		case <-ctx.Done():
			return nil
		case <-box.poke:
			for {
				next, ok := box.take()
				if !ok {
					break
				}
				next.Now = time.Now()
				if err := f.step(ctx, r, next); err != nil {
					return err
				}
			}
			continue
		case <-timer.C:
			m = Moment{Now: time.Now(), Why: Tick}
		}
		if !r.due(m.Now) {
			continue // only to look whether the wall clock was set
		}
		if err := f.step(ctx, r, m); err != nil {
			return err
		}
	}
}

// step calls the logic once. Trouble is reported and gone on with.
func (f *Function) step(ctx context.Context, r *rounds, m Moment) error {
	f.stepping.Lock()
	defer f.stepping.Unlock()
	if f.logic == nil {
		return errors.New("it was stopped")
	}
	began := time.Now()
	next, err := f.logic.Step(ctx, m)
	f.note(m.Now, time.Since(began))
	r.stepped(m, next)
	if trouble, ok := errors.AsType[*Trouble](err); ok {
		r.degraded(trouble.Reason)
		return nil
	}
	if err != nil {
		if ctx.Err() != nil {
			return nil // it was told to end
		}
		return err
	}
	r.well()
	return nil
}

// note keeps what can be shown. The caller holds stepping.
func (f *Function) note(at time.Time, cost time.Duration) {
	var state any
	if s, ok := f.logic.(Stater); ok {
		state = s.State()
	}
	var aim *float64
	if a, ok := f.logic.(Aimer); ok {
		if r, ok := a.Aim(); ok {
			aim = &r
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.state, f.aim, f.last, f.cost = state, aim, at, cost
	f.steps++
}

func (f *Function) because(reason string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.ended = reason
}

// Stop ends the logic and gives up what it claims.
func (f *Function) Stop(ctx context.Context) error {
	if !f.lock(ctx) {
		f.cfg.Released("it hangs")
		return fmt.Errorf("its last step does not end: %w", ctx.Err())
	}
	logic := f.logic
	f.logic = nil
	f.stepping.Unlock()
	f.mu.Lock()
	reason := f.ended
	f.ended, f.state, f.aim = "", nil, nil
	f.mu.Unlock()
	if reason == "" {
		reason = "it was stopped"
	}
	if e, ok := logic.(Ender); ok && reason == "it was stopped" {
		e.End(ctx)
	}
	f.cfg.Released(reason)
	return nil
}

// firstTry is how long who changes a function waits until one that has only just been started is there.
const firstTry = 2 * time.Second

// running takes stepping once there is a logic.
func (f *Function) running(ctx context.Context) error {
	within, cancel := context.WithTimeout(ctx, firstTry)
	defer cancel()
	select {
	case <-f.first:
	case <-within.Done():
		return ErrNotRunning
	}
	if !f.lock(ctx) {
		return fmt.Errorf("its last step does not end: %w", ctx.Err())
	}
	if f.logic == nil {
		f.stepping.Unlock()
		return ErrNotRunning
	}
	return nil
}

// lock takes stepping, at most until ctx ends.
func (f *Function) lock(ctx context.Context) bool {
	for !f.stepping.TryLock() {
		select {
		case <-ctx.Done():
			return false
		case <-time.After(5 * time.Millisecond):
		}
	}
	return true
}

// Stats says how a function does.
type Stats struct {
	Steps  uint64
	LastAt time.Time
	Took   time.Duration // the last step
}

// Stats returns the figures of this run.
func (f *Function) Stats() Stats {
	f.mu.Lock()
	defer f.mu.Unlock()
	return Stats{Steps: f.steps, LastAt: f.last, Took: f.cost}
}

// State is what the logic has to show, nil when it has nothing or does not run.
func (f *Function) State() any {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.state
}

// Aim is the set-point that the function holds now; ok is false when it holds none or does not run.
func (f *Function) Aim() (setpoint float64, ok bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.aim == nil {
		return 0, false
	}
	return *f.aim, true
}

// ErrNotRunning says that there is no logic at present to adjust or to order about.
var ErrNotRunning = errors.New("the function is not running")

// Adjust changes a running function; see Adjuster.
func (f *Function) Adjust(ctx context.Context, change json.RawMessage) (options json.RawMessage, err error) {
	if err := f.running(ctx); err != nil {
		return nil, err
	}
	defer f.stepping.Unlock()
	a, ok := f.logic.(Adjuster)
	if !ok {
		return nil, ErrUnknownOrder
	}
	options, err = a.Adjust(ctx, time.Now(), change)
	f.show()
	return options, err
}

// Command gives a running function an order; see Commander.
func (f *Function) Command(ctx context.Context, order string, args json.RawMessage) (answer any, err error) {
	if err := f.running(ctx); err != nil {
		return nil, err
	}
	defer f.stepping.Unlock()
	c, ok := f.logic.(Commander)
	if !ok {
		return nil, ErrUnknownOrder
	}
	answer, err = c.Command(ctx, time.Now(), order, args)
	f.show()
	if w, ok := f.logic.(Waker); ok && w.Wake() {
		f.mu.Lock()
		defer f.mu.Unlock()
		if f.box != nil {
			f.box.put(Moment{Why: Tick})
		}
	}
	return answer, err
}

// show takes over what the logic has to show after somebody changed it. The caller holds stepping.
func (f *Function) show() {
	if s, ok := f.logic.(Stater); ok {
		state := s.State()
		f.mu.Lock()
		defer f.mu.Unlock()
		f.state = state
	}
}
