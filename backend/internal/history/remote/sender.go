package remote

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"time"
)

const (
	firstPause = time.Second
	endWithin  = time.Second // what is being sent when Close is called
	strikes    = 8           // samples refused one after the other, from which on the rest is not taken apart
)

// sender empties a queue into an engine.
type sender struct {
	queue    *queue
	write    func(ctx context.Context, batch []sample) error
	broke    func() bool // since it was asked last, an engine may have died without a request failing
	batch    int
	pauseMax time.Duration
	linger   time.Duration // for more to come, when all was sent: a request costs more than the readings in it
	onChange func(State)
	logger   *slog.Logger

	mu     sync.Mutex
	state  State  // but for what the queue knows
	before uint64 // what was lost when the engine worked last
	told   bool   // onChange knows that readings are lost in this outage
}

// run sends until ctx ends. It is called once.
func (s *sender) run(ctx context.Context) {
	c := &cursor{queue: s.queue}
	defer c.close()
	from, again := s.queue.resume() // what lies before again was sent once
	c.seek(from)
	for pause := time.Duration(0); ctx.Err() == nil; {
		begin := c.at
		batch, next, err := c.read(s.batch, again)
		s.overflowed()
		if err == nil && len(batch) == 0 {
			s.wait(ctx, s.queue.wake, time.Hour)
			s.wait(ctx, nil, s.linger)
			continue
		}
		if err == nil {
			err = s.pass(ctx, batch, next, !again.before(next))
		}
		if err == nil {
			if pause = 0; s.broke() {
				begin, again = s.queue.rewind()
				c.seek(begin)
			}
			continue
		}
		if ctx.Err() != nil {
			return
		}
		if first := s.fails(err); first && mayHaveDied(err) {
			begin, again = s.queue.rewind()
		}
		c.seek(begin)
		pause = min(max(2*pause, firstPause), s.pauseMax)
		if status, ok := errors.AsType[*StatusError](err); ok && status.After > 0 {
			pause = min(max(status.After, firstPause), time.Hour)
		}
		s.wait(ctx, nil, pause)
	}
}

// pass sends a batch and notes that it did.
func (s *sender) pass(ctx context.Context, batch []sample, next position, again bool) error {
	refused, err := s.deliver(ctx, batch, again)
	if err != nil {
		return err
	}
	s.works(refused)
	return s.queue.advance(next, int64(len(batch)))
}

// wait waits for a token, for a time, or for the end.
func (s *sender) wait(ctx context.Context, wake <-chan struct{}, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-wake:
	case <-timer.C:
	}
}

// deliver sends a batch and says how many samples of it the engine refuses for good. Samples that were sent before and
// are refused now are there already.
func (s *sender) deliver(ctx context.Context, batch []sample, again bool) (refused int, err error) {
	// What has begun may end: cut off, it might be in the engine and be sent again.
	asked := ctx
	ctx, cancel := context.WithCancel(context.WithoutCancel(asked))
	defer cancel()
	defer context.AfterFunc(asked, func() { time.AfterFunc(endWithin, cancel) })()
	for part := range slices.Chunk(batch, s.batch) {
		err := s.write(ctx, part)
		if err == nil {
			continue
		}
		if !rejected(err) {
			return refused, err
		}
		// Newest first: what is refused for its age then comes in a row, at the end.
		slices.SortStableFunc(part, func(a, b sample) int { return cmp.Compare(b.t, a.t) })
		sieve := sieve{write: s.write}
		if err := sieve.take(ctx, part, err); err != nil {
			return refused, err
		}
		if again || len(sieve.refused) == 0 {
			continue
		}
		refused += len(sieve.refused)
		first := sieve.refused[0]
		s.logger.Error("the remote engine refuses readings for good: they are left out", "readings", len(sieve.refused),
			"channel", first.channel, "time", time.UnixMilli(first.t).UTC(), "value", first.v, "error", sieve.why)
	}
	return refused, nil
}
