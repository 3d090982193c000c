package app

import "sync"

// telling hands on what happens. What happens before there is somebody to tell waits for them: stores are opened, and find
// things, before there is a journal to note them in.
type telling[T any] struct {
	mu      sync.Mutex
	teller  func(T)
	waiting []T
}

func (t *telling[T]) add(what T) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.teller == nil {
		t.waiting = append(t.waiting, what)
		return
	}
	t.teller(what)
}

// to has everything told from now on, what waits first.
func (t *telling[T]) to(teller func(T)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.teller = teller
	for _, what := range t.waiting {
		teller(what)
	}
	t.waiting = nil
}
