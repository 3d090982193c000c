package controller

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Lanes are the executor lanes of a program: one per physical bus, found by name.
type Lanes struct {
	// mu guards named and the changes of Lane.refs. Lock order: Lanes.mu, then Lane.mu.
	mu    sync.Mutex
	named map[string]*Lane
}

// NewLanes returns an empty set of lanes.
func NewLanes() *Lanes { return &Lanes{named: map[string]*Lane{}} }

// Lane is a serial executor for code that may block: calls run one after the other, in the
// order they came. It has a goroutine only while a call runs.
type Lane struct {
	lanes *Lanes // fixed; nil for a private lane
	name  string // fixed
	refs  atomic.Int64

	abandoned atomic.Uint64

	// mu guards the rest. Invariant: while queue has jobs, busy is true and a worker runs.
	mu    sync.Mutex
	queue []job
	busy  bool      // a worker runs
	hung  time.Time // when the running call was abandoned; zero when it was not
	spare *seat     // of an earlier call
}

// job is a call on a lane.
type job interface {
	run()
	finished() bool // needs Lane.mu
}

// seat is what a caller waits on. Making one costs more than the rest of a call, so a lane keeps
// one for its next caller.
type seat struct {
	done  chan struct{} // room for one, sent once per call: the worker never waits
	timer *time.Timer   // made when first needed
}

// wake returns a channel that says when d has passed. It takes the place of an earlier one.
func (s *seat) wake(d time.Duration) <-chan time.Time {
	if s.timer == nil {
		s.timer = time.NewTimer(d)
	} else {
		s.timer.Reset(d)
	}
	return s.timer.C
}

// Lane returns the lane of that name, shared by all who ask for it; name "" makes a private
// one. Release it when done.
func (l *Lanes) Lane(name string) *Lane {
	if name == "" {
		return &Lane{}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	lane := l.named[name]
	if lane == nil {
		lane = &Lane{lanes: l, name: name}
		l.named[name] = lane
	}
	lane.refs.Add(1)
	return lane
}

// Release gives the lane back. A named lane that nobody uses is forgotten once no call runs
// on it: while one hangs, the next user of the bus must still find it busy.
func (l *Lane) Release() {
	if l.lanes == nil {
		return
	}
	l.refs.Add(-1)
	l.forget()
}

// forget removes a lane that nobody uses.
func (l *Lane) forget() {
	l.lanes.mu.Lock()
	defer l.lanes.mu.Unlock()
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.refs.Load() <= 0 && !l.busy && l.lanes.named[l.name] == l {
		delete(l.lanes.named, l.name)
	}
}

// Name returns the lane's name, "" for a private one.
func (l *Lane) Name() string { return l.name }

// Pending reports whether a call runs or waits on the lane, an abandoned one included.
func (l *Lane) Pending() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.busy
}

// Abandoned returns how many calls on this lane ignored the end of their context.
func (l *Lane) Abandoned() uint64 { return l.abandoned.Load() }

// Hung returns since when the running call has been abandoned; ok is false when it was not.
func (l *Lane) Hung() (since time.Time, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.hung, !l.hung.IsZero()
}

// seat returns one for a caller.
func (l *Lane) seat() *seat {
	l.mu.Lock()
	s := l.spare
	l.spare = nil
	l.mu.Unlock()
	if s == nil {
		s = &seat{done: make(chan struct{}, 1)}
	}
	return s
}

// add queues j and sees that a worker runs.
func (l *Lane) add(j job) {
	l.mu.Lock()
	l.queue = append(l.queue, j)
	start := !l.busy
	l.busy = true
	l.mu.Unlock()
	if start {
		go l.work()
	}
}

// free takes back the seat of a call that has returned in time.
func (l *Lane) free(s *seat) {
	if s.timer != nil {
		s.timer.Stop()
	}
	l.mu.Lock()
	l.spare = s
	l.mu.Unlock()
}

// remove takes j out of the queue; false when it has begun to run or has run.
func (l *Lane) remove(j job) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	i := slices.Index(l.queue, j)
	if i < 0 {
		return false
	}
	l.queue = slices.Delete(l.queue, i, i+1)
	return true
}

// abandon gives up on a running job; false when it has returned.
func (l *Lane) abandon(j job) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if j.finished() {
		return false
	}
	l.hung = time.Now()
	l.abandoned.Add(1)
	return true
}

// work runs jobs until none waits.
func (l *Lane) work() {
	returned := false
	defer func() {
		if !returned { // a job has ended this goroutine: the rest still wants to run
			go l.work()
		}
	}()
	for {
		j := l.take()
		if j == nil {
			returned = true
			return
		}
		j.run()
	}
}

// take returns the next job; nil ends the worker.
func (l *Lane) take() job {
	l.mu.Lock()
	l.hung = time.Time{}
	if len(l.queue) > 0 {
		j := l.queue[0]
		l.queue = slices.Delete(l.queue, 0, 1)
		l.mu.Unlock()
		return j
	}
	l.busy = false
	l.mu.Unlock()
	if l.lanes != nil && l.refs.Load() <= 0 {
		l.forget()
	}
	return nil
}
