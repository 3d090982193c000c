package alerting

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"hypha/internal/controller"
	"hypha/internal/output"
	"hypha/internal/settings"
)

// Outputs is how rules act on outputs. The calls may take their time; they end with ctx.
type Outputs interface {
	// Impose brings a channel to its safe state, keeps it as it is, or sets it, on behalf of a rule, for as long as the
	// lease: it is called again before that ends.
	Impose(ctx context.Context, o Order) error
	// Release gives the channel back.
	Release(ctx context.Context, o Order) error
}

// Order is what a rule wants of an output channel.
type Order struct {
	Rule    int64
	By      string // "alert/3"
	Reason  string // for people
	Output  int64
	Channel int
	Do      Deed
	Level   output.Level // for Set
	Lease   time.Duration
}

const (
	orderLease = 30 * time.Second
	orderAgain = 10 * time.Second // it is renewed, or tried again
	orderLimit = 5 * time.Second  // a call may take
)

type target struct {
	output  int64
	channel int
}

// order is an Order, or the end of one.
type order struct {
	Order
	end bool
}

// held is what is wanted of one channel. Of several rules the one with the lowest number that stops goes before one that
// holds, and that before one that sets: the safest wins.
type held struct {
	orders  map[int64]Order // by rule
	told    string          // the last failure that was told
	inForce Order
	busy    bool
	ending  []Order // to give back
}

// actors carry the orders out. Each output has a lane, so that one that hangs holds up no other.
type actors struct {
	outputs Outputs
	acted   func(o Order, action string, err error) // told of what was done or could not be
	log     *slog.Logger
	lanes   *controller.Lanes
	wake    chan struct{}
	work    sync.WaitGroup

	mu      sync.Mutex
	targets map[target]*held // bounded by the channels that rules name
}

func newActors(outputs Outputs, acted func(o Order, action string, err error), log *slog.Logger) *actors {
	return &actors{outputs: outputs, acted: acted, log: log, lanes: controller.NewLanes(), wake: make(chan struct{}, 1), targets: map[target]*held{}}
}

// put takes an order. It does not wait.
func (a *actors) put(o order) {
	a.mu.Lock()
	t := target{o.Output, o.Channel}
	h := a.targets[t]
	if h == nil {
		h = &held{orders: map[int64]Order{}}
		a.targets[t] = h
	}
	if _, was := h.orders[o.Rule]; o.end && was {
		h.ending = append(h.ending, h.orders[o.Rule])
		delete(h.orders, o.Rule)
	} else if !o.end {
		h.orders[o.Rule] = o.Order
	}
	a.mu.Unlock()
	select {
	case a.wake <- struct{}{}:
	default:
	}
}

// run carries orders out until ctx ends. Then they lapse with their lease, which leads to the safe state.
func (a *actors) run(ctx context.Context) {
	defer a.work.Wait()
	again := time.NewTicker(orderAgain)
	defer again.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-a.wake:
			a.round(ctx, false)
		case <-again.C:
			a.round(ctx, true)
		}
	}
}

// round gives to every channel what is wanted of it; renew repeats what is in force.
func (a *actors) round(ctx context.Context, renew bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for t, h := range a.targets {
		if h.busy {
			continue // it is looked at again when that has ended
		}
		want, ok := h.strongest()
		switch {
		case ok && (renew || want != h.inForce):
			h.busy = true
			a.work.Go(func() { a.impose(ctx, t, want) })
		case !ok && len(h.ending) > 0:
			h.busy = true
			last := h.ending[len(h.ending)-1]
			h.ending = nil
			a.work.Go(func() { a.giveBack(ctx, t, last) })
		case !ok:
			delete(a.targets, t)
		}
	}
}

func (h *held) strongest() (best Order, ok bool) {
	rank := map[Deed]int{Stop: 0, Hold: 1, Set: 2}
	for _, o := range h.orders {
		if !ok || rank[o.Do] < rank[best.Do] || rank[o.Do] == rank[best.Do] && o.Rule < best.Rule {
			best, ok = o, true
		}
	}
	return best, ok
}

func (a *actors) call(ctx context.Context, t target, f func(context.Context) error) error {
	lane := a.lanes.Lane(settings.Ref("output", t.output))
	defer lane.Release()
	_, err := controller.Call(ctx, lane, orderLimit, func(ctx context.Context) (struct{}, error) { return struct{}{}, f(ctx) })
	return err
}

func (a *actors) impose(ctx context.Context, t target, o Order) {
	err := a.call(ctx, t, func(ctx context.Context) error { return a.outputs.Impose(ctx, o) })
	a.mu.Lock()
	h := a.targets[t]
	h.busy = false
	was := h.inForce
	again := len(h.ending) > 0
	var tell bool
	if err == nil {
		tell = was != o || h.told != ""
		h.inForce, h.told = o, ""
	} else {
		tell = h.told != err.Error()
		h.told = err.Error()
	}
	a.mu.Unlock()
	if ctx.Err() != nil {
		return
	}
	if tell {
		a.acted(o, "imposed", err)
	}
	if again {
		a.poke()
	}
}

func (a *actors) giveBack(ctx context.Context, t target, o Order) {
	err := a.call(ctx, t, func(ctx context.Context) error { return a.outputs.Release(ctx, o) })
	a.mu.Lock()
	h := a.targets[t]
	h.busy, h.inForce, h.told = false, Order{}, ""
	a.mu.Unlock()
	if ctx.Err() != nil {
		return
	}
	a.acted(o, "released", err)
	a.poke()
}

func (a *actors) poke() {
	select {
	case a.wake <- struct{}{}:
	default:
	}
}
