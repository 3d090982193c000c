package fleet

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"hypha/internal/controller"
)

// keyed is a set of locks by name. Who changes an item holds its lock, and so does who needs it to stay as it is.
type keyed struct {
	mu    sync.Mutex
	locks map[controller.Ref]*entry
}

type entry struct {
	token chan struct{} // who has put one in holds the lock
	users int           // who hold it or wait for it; under keyed.mu
}

// lock takes the lock of ref and returns what gives it back. The error is that of ctx.
func (k *keyed) lock(ctx context.Context, ref controller.Ref) (unlock func(), err error) {
	k.mu.Lock()
	if k.locks == nil {
		k.locks = map[controller.Ref]*entry{}
	}
	e := k.locks[ref]
	if e == nil {
		e = &entry{token: make(chan struct{}, 1)}
		k.locks[ref] = e
	}
	e.users++
	k.mu.Unlock()
	leave := func() {
		k.mu.Lock()
		defer k.mu.Unlock()
		if e.users--; e.users == 0 {
			delete(k.locks, ref)
		}
	}
	select {
	case e.token <- struct{}{}:
		return func() { <-e.token; leave() }, nil
	case <-ctx.Done():
		leave()
		return nil, fmt.Errorf("%s is just being changed: %w", ref, ctx.Err())
	}
}

// lockAll takes several locks; always in the same order, so that two that want the same do not wait for each other.
func (k *keyed) lockAll(ctx context.Context, refs []controller.Ref) (unlock func(), err error) {
	var held []func()
	release := func() {
		for _, unlock := range held {
			unlock()
		}
	}
	for _, ref := range slices.Compact(slices.Sorted(slices.Values(refs))) {
		unlock, err := k.lock(ctx, ref)
		if err != nil {
			release()
			return nil, err
		}
		held = append(held, unlock)
	}
	return release, nil
}
