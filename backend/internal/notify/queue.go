package notify

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// DeliveryState is how far a delivery has come.
type DeliveryState string

// The states of a delivery.
const (
	Waiting DeliveryState = "waiting"
	Sent    DeliveryState = "sent"
	GivenUp DeliveryState = "given_up"
)

// Delivery is one message on its way by one route.
type Delivery struct {
	ID        int64
	Route     int64
	Message   Message
	State     DeliveryState
	Attempts  int
	CreatedAt time.Time
	NextAt    time.Time // when it is tried next, while it waits
	DoneAt    time.Time // when it was sent or given up
	Error     string    // of the last attempt
}

// Store keeps deliveries over a restart.
type Store interface {
	Add(ctx context.Context, d *Delivery) error // gives it its id
	Update(ctx context.Context, d Delivery) error
	Waiting(ctx context.Context) ([]Delivery, error) // oldest first
}

// QueueConfig is what a Queue is built of; zero values are the defaults.
type QueueConfig struct {
	Store Store
	// Sender opens a route; ok is false when it is disabled or gone.
	Sender func(ctx context.Context, route int64) (s Sender, ok bool, err error)
	// Told is told when a delivery has failed for the first time, was sent, or was given up. It must not block.
	Told   func(d Delivery)
	Logger *slog.Logger

	Within   time.Duration // a try may take; 25 s
	GiveUp   time.Duration // after which a delivery is not tried any more; 24 h
	Hopeless int           // tries of one that the service refuses for good; 5: somebody may change something meanwhile
	Limit    int           // deliveries that wait; 1 000
	AtOnce   int           // routes that are tried at the same time; 4
	First    time.Duration // pause after the first failure, then twice as long each time; 10 s
	Longest  time.Duration // pause; 15 min
}

// Queue delivers. Messages of one route keep their order: while one waits, so do those behind it.
//
// Invariant: what waits is in lines, and in the store unless the store did not take it.
type Queue struct {
	cfg  QueueConfig
	wake chan struct{}
	done chan result
	work sync.WaitGroup

	// intake is held from the store to the lines, so that nothing is found in the store that is just on its way to a line.
	// Lock order: intake, then mu.
	intake sync.Mutex

	mu    sync.Mutex
	lines map[int64]*lineOf
	total int
}

// lineOf is what waits for one route.
type lineOf struct {
	waiting []*Delivery // oldest first
	busy    bool        // the first is being tried
	next    time.Time
	pause   *backoff.ExponentialBackOff
}

type result struct {
	route int64
	err   error
}

// NewQueue makes a queue; Run runs it.
func NewQueue(cfg QueueConfig) *Queue {
	defaults := func(v *time.Duration, d time.Duration) {
		if *v == 0 {
			*v = d
		}
	}
	defaults(&cfg.Within, 25*time.Second)
	defaults(&cfg.GiveUp, 24*time.Hour)
	defaults(&cfg.First, 10*time.Second)
	defaults(&cfg.Longest, 15*time.Minute)
	for v, d := range map[*int]int{&cfg.Hopeless: 5, &cfg.Limit: 1000, &cfg.AtOnce: 4} {
		if *v == 0 {
			*v = d
		}
	}
	return &Queue{cfg: cfg, wake: make(chan struct{}, 1), done: make(chan result, cfg.AtOnce), lines: map[int64]*lineOf{}}
}

// addWithin bounds how long Add waits for the store.
const addWithin = 2 * time.Second

// Add takes a message for some routes and returns the deliveries. It does not wait for any service. A store that is full
// or busy keeps nothing from being sent; it is then only not kept over a restart.
func (q *Queue) Add(ctx context.Context, m Message, routes ...int64) []Delivery {
	q.intake.Lock()
	defer q.intake.Unlock()
	now := time.Now()
	all := make([]Delivery, 0, len(routes))
	for _, route := range routes {
		d := &Delivery{Route: route, Message: m, State: Waiting, CreatedAt: now, NextAt: now}
		within, cancel := context.WithTimeout(context.WithoutCancel(ctx), addWithin)
		if err := q.cfg.Store.Add(within, d); err != nil {
			q.cfg.Logger.Error("a notification is not kept over a restart", "route", route, "error", err)
		}
		cancel()
		all = append(all, *d)
		q.enqueue(d)
	}
	q.poke()
	return all
}

func (q *Queue) enqueue(d *Delivery) {
	q.mu.Lock()
	defer q.mu.Unlock()
	l := q.line(d.Route)
	l.waiting = append(l.waiting, d)
	q.total++
}

func (q *Queue) line(route int64) *lineOf {
	l := q.lines[route]
	if l == nil {
		pause := backoff.NewExponentialBackOff()
		pause.InitialInterval, pause.MaxInterval, pause.Multiplier, pause.RandomizationFactor = q.cfg.First, q.cfg.Longest, 2, 0.2
		pause.Reset()
		l = &lineOf{pause: pause}
		q.lines[route] = l
	}
	return l
}

// Retry tries a route again at once: its settings have changed.
func (q *Queue) Retry(route int64) {
	q.mu.Lock()
	if l := q.lines[route]; l != nil {
		l.next = time.Time{}
		l.pause.Reset()
	}
	q.mu.Unlock()
	q.poke()
}

// Len is how many deliveries wait.
func (q *Queue) Len() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.total
}

func (q *Queue) poke() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// Run delivers until ctx ends; what then waits is tried after the next start.
func (q *Queue) Run(ctx context.Context) error {
	defer q.end(ctx)
	q.takeUp(ctx)
	timer := time.NewTimer(0)
	defer timer.Stop()
	running := 0
	for {
		q.bound(ctx)
		wait := q.start(ctx, &running)
		timer.Reset(wait)
		select {
		case <-ctx.Done():
			return nil
		case <-q.wake:
		case <-timer.C:
		case r := <-q.done:
			running--
			q.finish(ctx, r)
		}
	}
}

// end waits for the tries that run, and notes those that have arrived all the same: they must not go again.
func (q *Queue) end(ctx context.Context) {
	q.work.Wait()
	for {
		select {
		case r := <-q.done:
			q.finish(ctx, r)
		default:
			return
		}
	}
}

// takeUp puts what was kept before what has come since the start.
func (q *Queue) takeUp(ctx context.Context) {
	q.intake.Lock()
	defer q.intake.Unlock()
	kept, err := q.cfg.Store.Waiting(ctx)
	if err != nil {
		q.cfg.Logger.Error("the notifications that waited before the start cannot be read", "error", err)
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	for i, d := range slices.Backward(kept) {
		l := q.line(d.Route)
		if slices.ContainsFunc(l.waiting, func(w *Delivery) bool { return w.ID == d.ID }) {
			continue // it was added since the start
		}
		l.waiting = slices.Insert(l.waiting, 0, &kept[i])
		q.total++
	}
}

// start tries what is due and returns how long until more is.
func (q *Queue) start(ctx context.Context, running *int) time.Duration {
	q.mu.Lock()
	defer q.mu.Unlock()
	now := time.Now()
	wait := time.Hour
	for route, l := range q.lines {
		switch {
		case len(l.waiting) == 0 || l.busy || *running >= q.cfg.AtOnce:
		case now.Before(l.next):
			wait = min(wait, l.next.Sub(now))
		default:
			l.busy = true
			*running++
			m := l.waiting[0].Message
			q.work.Go(func() {
				q.done <- result{route, q.try(ctx, route, m)} // it has room for all who run
			})
		}
	}
	return wait
}

var errNoRoute = errors.New("the route is disabled or was deleted")

func (q *Queue) try(ctx context.Context, route int64, m Message) error {
	ctx, cancel := context.WithTimeout(ctx, q.cfg.Within)
	defer cancel()
	s, ok, err := q.cfg.Sender(ctx, route)
	if err != nil {
		return fmt.Errorf("the route cannot be opened: %w", err)
	}
	if !ok {
		return errNoRoute
	}
	return s.Send(ctx, m)
}
