package auth

import (
	"sync"
	"time"
)

// maxScreens are shown at a time; the one that was used longest ago must use its link again.
const maxScreens = 1_000

// screenBook keeps the sessions of links in memory: after a restart a browser uses its link again.
type screenBook struct {
	mu sync.Mutex
	by *lru[digest, screen]
}

type screen struct {
	link  int64
	until time.Time
}

func newScreenBook() screenBook { return screenBook{by: newLRU[digest, screen](maxScreens)} }

func (b *screenBook) put(d digest, s screen) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.by.put(d, s)
}

func (b *screenBook) get(d digest) (screen, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.by.get(d)
}
