package camera

import (
	"context"
	"time"
)

// Viewer watches a camera: it gets the newest picture, never a queue.
type Viewer struct {
	camera *Camera
	ready  chan struct{} // a token: there is something new
	next   *Picture      // under camera.mu
	err    error         // why it has ended; under camera.mu
	trying error         // why there is no picture at present; under camera.mu
}

// Watch begins to watch. The first viewer begins the grab that all share, the last ends it.
func (c *Camera) Watch() (*Viewer, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case !c.open:
		return nil, ErrNotOpen
	case len(c.viewers) >= MaxViewers:
		return nil, ErrTooMany
	}
	v := &Viewer{camera: c, ready: make(chan struct{}, 1)}
	if c.viewers == nil {
		c.viewers = map[*Viewer]struct{}{}
	}
	c.viewers[v] = struct{}{}
	if c.newest != nil { // something to see until the next one comes
		v.show(c.newest)
	}
	if c.endGrab == nil {
		ctx, cancel := context.WithCancel(context.Background())
		c.endGrab = cancel
		c.work.Go(func() { c.grab(ctx) })
	}
	return v, nil
}

// Viewers is how many watch.
func (c *Camera) Viewers() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.viewers)
}

// grab gets pictures until ctx ends; what breaks off is begun anew.
func (c *Camera) grab(ctx context.Context) {
	for ctx.Err() == nil {
		err := c.grabOnce(ctx)
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			c.note(err)
			c.complain(err)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(againAfter):
		}
	}
}

func (c *Camera) grabOnce(ctx context.Context) error {
	if s, ok := c.source.(Streamer); ok {
		return s.Stream(ctx, func(jpeg []byte) bool {
			p, err := newPicture(jpeg)
			if err == nil {
				c.note(nil)
				c.keepNewest(p)
			}
			return ctx.Err() == nil
		})
	}
	tick := time.NewTicker(c.every)
	defer tick.Stop()
	for {
		p, err := c.take(ctx)
		if err != nil {
			return err
		}
		c.keepNewest(p)
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// complain tells viewers why there is no picture.
func (c *Camera) complain(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for v := range c.viewers {
		v.trying = err
		v.wake()
	}
}

// show needs camera.mu.
func (v *Viewer) show(p *Picture) {
	v.next, v.trying = p, nil
	v.wake()
}

// end needs camera.mu.
func (v *Viewer) end(err error) {
	v.err = err
	v.wake()
}

func (v *Viewer) wake() {
	select {
	case v.ready <- struct{}{}:
	default: // it has not looked yet
	}
}

// Next waits for the next picture. An error that is ErrNotOpen, or that of ctx, is the end; after any other the camera is
// tried again, and so may the caller.
func (v *Viewer) Next(ctx context.Context) (*Picture, error) {
	for {
		select {
		case <-v.ready:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
		v.camera.mu.Lock()
		p, err := v.next, v.err
		v.next = nil
		if err == nil {
			err, v.trying = v.trying, nil
		}
		v.camera.mu.Unlock()
		if p != nil || err != nil {
			return p, err
		}
	}
}

// Close ends watching.
func (v *Viewer) Close() {
	c := v.camera
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.viewers, v)
	if len(c.viewers) == 0 && c.endGrab != nil {
		c.endGrab()
		c.endGrab = nil
	}
}
