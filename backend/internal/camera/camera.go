package camera

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	_ "image/jpeg" // sizes of stills
	"sync"
	"time"

	"hypha/internal/controller"
)

const (
	// lookEvery is how long a camera may go unasked before it is looked whether it is there.
	lookEvery = 5 * time.Minute
	// keptFor is how long the newest picture is kept in memory when nobody asks.
	keptFor = 30 * time.Second
	// againAfter is how long a stream that has broken off waits before it is begun anew.
	againAfter = 2 * time.Second
	// MaxViewers is how many may watch one camera at a time.
	MaxViewers = 16
)

// ErrTooMany says that no more viewers are taken.
var ErrTooMany = errors.New("too many watch this camera already: close another view first")

// Picture is one picture of a camera. Nobody changes its bytes.
type Picture struct {
	JPEG          []byte
	At            time.Time
	Width, Height int
}

func newPicture(jpeg []byte) (*Picture, error) {
	cfg, _, err := image.DecodeConfig(bytes.NewReader(jpeg))
	if err != nil {
		return nil, errNoPicture
	}
	return &Picture{JPEG: jpeg, At: time.Now(), Width: cfg.Width, Height: cfg.Height}, nil
}

// Camera is one configured camera that runs. It is a controller.Controller.
type Camera struct {
	source  Source
	timeout time.Duration
	lane    *controller.Lane
	lapse   *lapse        // nil: no timelapse
	every   time.Duration // between two pictures for viewers of a source that is no Streamer

	mu      sync.Mutex // guards what follows
	open    bool       // Initialize has worked and Stop was not called
	newest  *Picture
	drop    *time.Timer // of newest, when nobody asks
	taking  *taking
	viewers map[*Viewer]struct{}
	endGrab context.CancelFunc // of the grab that viewers share; nil: none
	failed  error              // of the newest attempt to get a picture
	asked   time.Time          // when a picture came last, or was missed

	work sync.WaitGroup // of grabs and takings
}

// taking is a picture being taken, which everybody who asks meanwhile gets.
type taking struct {
	done chan struct{}
	p    *Picture
	err  error
}

// ErrNotOpen says that the camera has not been reached yet, or is disabled.
var ErrNotOpen = errors.New("the camera has not been reached; its status says why and when it is tried again")

// Initialize takes a picture: a camera that gives none is not there.
func (c *Camera) Initialize(ctx context.Context) error {
	c.mu.Lock()
	c.lane, c.failed = &controller.Lane{}, nil
	c.mu.Unlock()
	p, err := c.take(ctx)
	if err != nil {
		return err
	}
	c.mu.Lock()
	c.open = true
	c.mu.Unlock()
	c.keepNewest(p)
	return nil
}

// Run keeps stills of the timelapse, and looks now and then whether the camera is there, until ctx ends.
func (c *Camera) Run(ctx context.Context) error {
	for {
		now := time.Now()
		due, _ := c.due(now)
		timer := time.NewTimer(min(time.Until(due), time.Minute))
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil
		case <-timer.C:
		}
		now = time.Now()
		due, lapse := c.due(now)
		if now.Before(due) {
			continue // not yet, or no longer: the lamp may have been switched
		}
		if lapse {
			c.lapse.began(time.Now())
		}
		p, err := c.Still(ctx, 0)
		if err == nil && lapse {
			err = c.lapse.keep(p)
			c.note(err)
		}
		if err != nil && ctx.Err() != nil {
			return nil //nolint:nilerr // it was told to end
		}
	}
}

// due is when a picture is wanted next, and whether for the timelapse.
func (c *Camera) due(now time.Time) (at time.Time, lapse bool) {
	c.mu.Lock()
	look := c.asked.Add(lookEvery)
	c.mu.Unlock()
	if c.lapse == nil {
		return look, false
	}
	if next := c.lapse.next(now); !next.IsZero() && next.Before(look) {
		return next, true
	}
	return look, false
}

// Stop ends all that goes on.
func (c *Camera) Stop(ctx context.Context) error {
	c.mu.Lock()
	c.open, c.newest = false, nil
	if c.drop != nil {
		c.drop.Stop()
	}
	for v := range c.viewers {
		v.end(ErrNotOpen)
	}
	c.viewers = nil
	if c.endGrab != nil {
		c.endGrab()
	}
	c.mu.Unlock()
	ended := make(chan struct{})
	go func() { c.work.Wait(); close(ended) }()
	select {
	case <-ended:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("a picture is still being taken: %w", context.Cause(ctx))
	}
}

// HealthCheck says whether the newest attempt to get a picture has worked.
func (c *Camera) HealthCheck(context.Context) controller.Health {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.failed != nil {
		return controller.Health{Message: c.failed.Error()}
	}
	return controller.Health{OK: true}
}

// note remembers how the newest attempt went.
func (c *Camera) note(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.failed, c.asked = err, time.Now()
}

// take takes a picture from the device.
func (c *Camera) take(ctx context.Context) (*Picture, error) {
	jpeg, err := controller.Call(ctx, c.lane, c.timeout, c.source.Still)
	var p *Picture
	if err == nil {
		p, err = newPicture(jpeg)
	}
	c.note(err)
	return p, err
}

// keepNewest makes a picture the newest, for a while, and hands it to viewers.
func (c *Camera) keepNewest(p *Picture) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.open {
		return
	}
	c.newest = p
	if c.drop == nil {
		c.drop = time.AfterFunc(keptFor, c.forget)
	} else {
		c.drop.Reset(keptFor)
	}
	for v := range c.viewers {
		v.show(p)
	}
}

func (c *Camera) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.newest = nil
}

// Still returns a picture that is at most so old; 0: taken from now on. Everybody who asks at the same time gets the same.
func (c *Camera) Still(ctx context.Context, oldest time.Duration) (*Picture, error) {
	c.mu.Lock()
	if !c.open {
		c.mu.Unlock()
		return nil, ErrNotOpen
	}
	if p := c.newest; p != nil && oldest > 0 && time.Since(p.At) <= oldest {
		c.mu.Unlock()
		return p, nil
	}
	t := c.taking
	if t == nil {
		t = &taking{done: make(chan struct{})}
		c.taking = t
		if c.endGrab != nil { // the stream brings one in a moment; the device may serve only one at a time
			c.work.Go(func() { c.fromStream(t) })
		} else {
			c.work.Go(func() { c.takeFor(t) })
		}
	}
	c.mu.Unlock()
	select {
	case <-t.done:
		return t.p, t.err
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// takeFor takes a picture for all who wait for it. Who has asked first may go; the picture is taken all the same.
func (c *Camera) takeFor(t *taking) {
	ctx, cancel := context.WithTimeout(context.Background(), c.timeout+time.Second)
	defer cancel()
	t.p, t.err = c.take(ctx)
	c.taken(t)
	if t.err == nil {
		c.keepNewest(t.p)
	}
}

// fromStream waits for the next picture of the stream.
func (c *Camera) fromStream(t *taking) {
	ctx, cancel := context.WithTimeout(context.Background(), c.timeout)
	defer cancel()
	begun := time.Now()
	v, err := c.Watch()
	if err == nil {
		defer v.Close()
		for err == nil && (t.p == nil || t.p.At.Before(begun)) { // the first may be from before
			t.p, err = v.Next(ctx)
		}
	}
	t.err = err
	c.taken(t)
}

func (c *Camera) taken(t *taking) {
	c.mu.Lock()
	c.taking = nil
	c.mu.Unlock()
	close(t.done)
}
