package controller

import (
	"context"
	"slices"
	"sync"
	"time"
)

// callContext is the context that a call's function gets. Its caller waits for the parent's end and for
// the time-out anyway and ends it then, so that, unlike context.WithTimeout, it needs no
// place in the parent's list of children, which a thousand sensors of one parent would queue up for,
// and no second timer.
type callContext struct {
	parent   context.Context //nolint:containedctx // this is a context
	deadline time.Time       // fixed; zero when there is none

	mu    sync.Mutex    // guards the rest
	done  chan struct{} // made when first asked for
	err   error
	after []*func()
}

// Deadline implements context.Context.
func (c *callContext) Deadline() (time.Time, bool) { return c.deadline, !c.deadline.IsZero() }

// Value implements context.Context.
func (c *callContext) Value(key any) any { return c.parent.Value(key) }

// Done implements context.Context.
func (c *callContext) Done() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.done == nil {
		c.done = make(chan struct{})
		if c.err != nil {
			close(c.done)
		}
	}
	return c.done
}

// Err implements context.Context.
func (c *callContext) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err
}

// AfterFunc runs f in its own goroutine once the context has ended, unless stop comes first. Package context
// looks for this method: with it, contexts derived from this one cost no goroutine.
func (c *callContext) AfterFunc(f func()) (stop func() bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err != nil {
		go f()
		return func() bool { return false }
	}
	c.after = append(c.after, &f)
	return func() bool {
		c.mu.Lock()
		defer c.mu.Unlock()
		i := slices.Index(c.after, &f)
		if i < 0 {
			return false
		}
		c.after = slices.Delete(c.after, i, i+1)
		return true
	}
}

// end ends the context with err; a second time it does nothing.
func (c *callContext) end(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err != nil {
		return
	}
	c.err = err
	if c.done != nil {
		close(c.done)
	}
	for _, f := range c.after {
		go (*f)()
	}
	c.after = nil
}
