package input

import (
	"context"
	"fmt"
	"io"
	"sync"
	"time"

	"hypha/internal/controller"
)

// quietWithin is how long Stop waits for a read that it has cut short.
const quietWithin = time.Second

// InitTimeout is how long Initialize may take: the device is opened and read once.
func (i *Input) InitTimeout() time.Duration { return 2*i.cfg.Timeout + time.Second }

// Initialize opens the device and reads it once: a device of which no channel answers is not running. The first reading is
// handed on like any other.
func (i *Input) Initialize(ctx context.Context) error {
	defer i.tried.Do(func() { close(i.first) })
	if i.cfg.Device.Listens() {
		return i.dial(ctx)
	}
	if err := i.forgetReturned(); err != nil {
		return err
	}
	lane := i.cfg.Lanes.Lane(i.cfg.Device.Lane)
	i.mu.Lock()
	i.lane, i.stopping = lane, false
	i.mu.Unlock()
	reader, err := controller.Call(ctx, lane, i.cfg.Timeout, func(ctx context.Context) (Reader, error) {
		r, err := i.cfg.Device.Open(ctx, i.cfg.Host)
		if err == nil && ctx.Err() != nil { // nobody waits for it any more
			closeReader(r)
			return nil, context.Cause(ctx)
		}
		return r, err
	})
	if err != nil {
		return fmt.Errorf("open: %w", i.fail(err))
	}
	i.mu.Lock()
	gone := i.stopping || ctx.Err() != nil
	if !gone {
		i.reader = reader
	}
	i.mu.Unlock()
	if gone { // Stop has not waited for this call
		closeReader(reader)
		return fmt.Errorf("open: %w", context.Cause(ctx))
	}
	if err := i.acquire(ctx); err != nil {
		return err
	}
	defer i.release()
	batch, err := i.read(ctx)
	if len(batch) > 0 { // what some channels lack, Run reports
		return nil
	}
	return err
}

// Run reads on the beat, or listens, until ctx ends.
func (i *Input) Run(ctx context.Context) error {
	if i.cfg.Device.Listens() {
		return i.listen(ctx)
	}
	return i.poll(ctx)
}

// Stop closes the device. A call that hangs is left to itself; closing usually ends it. Once Stop has returned, nothing
// that was read before is handed on any more.
func (i *Input) Stop(ctx context.Context) error {
	i.mu.Lock()
	i.stopping = true
	i.opened++
	reader, listener, lane := i.reader, i.listener, i.lane
	i.reader, i.listener, i.lane = nil, nil, nil
	if i.abort != nil {
		i.abort()
	}
	i.mu.Unlock()
	if listener != nil {
		if err := listener.Close(); err != nil {
			return fmt.Errorf("close: %w", err)
		}
	}
	if lane == nil {
		return nil
	}
	short, cancel := context.WithTimeout(ctx, quietWithin)
	if i.acquire(short) == nil {
		defer i.release()
	}
	cancel()
	_, hung := lane.Hung()
	private := i.cfg.Device.Lane == ""
	var err error
	if c, ok := reader.(io.Closer); ok {
		err = i.close(ctx, c, lane, private && hung)
	}
	if private && hung {
		i.hanging = append(i.hanging, lane)
	}
	lane.Release()
	if err != nil {
		return fmt.Errorf("close: %w", err)
	}
	return nil
}

// close closes the device on its lane, or beside it when that is held by a call that hangs.
func (i *Input) close(ctx context.Context, c io.Closer, lane *controller.Lane, beside bool) error {
	if beside {
		lane = nil
	}
	closing := sync.OnceValue(c.Close)
	_, err := controller.Call(ctx, lane, i.cfg.Timeout, func(context.Context) (struct{}, error) { return struct{}{}, closing() })
	if err != nil && lane != nil {
		go func() { _ = closing() }() // at the latest when the bus is free again; there is nobody to tell
	}
	return err
}

// forgetReturned drops the lanes whose hanging call has come back, and refuses to open the device when too many have
// not: without that bound a driver that never returns would pile up goroutines for months.
func (i *Input) forgetReturned() error {
	still := i.hanging[:0]
	for _, lane := range i.hanging {
		if lane.Pending() {
			still = append(still, lane)
		}
	}
	i.hanging = still
	if len(still) >= maxHanging {
		return fmt.Errorf("%d earlier calls to the device have never returned; it is not opened again until one does", len(still))
	}
	return nil
}
