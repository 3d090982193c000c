package auth

import (
	"sync"
	"time"
)

// cache remembers look-ups of secrets for a short time.
type cache struct {
	ttl time.Duration

	mu    sync.Mutex
	epoch uint64 // grows when something is revoked: what was read before may be out of date
	by    *lru[digest, remembered]
}

type remembered struct {
	who   Principal
	until time.Time
}

const maxRemembered = 1_000

func newCache(ttl time.Duration) cache {
	return cache{ttl: ttl, by: newLRU[digest, remembered](maxRemembered)}
}

// get returns what is remembered, and the epoch to give to put otherwise.
func (c *cache) get(d digest) (p Principal, epoch uint64, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	r, ok := c.by.get(d)
	now := time.Now()
	if !ok || !now.Before(r.until) || !r.who.ExpiresAt.IsZero() && !now.Before(r.who.ExpiresAt) {
		return Principal{}, c.epoch, false
	}
	return r.who, c.epoch, true
}

// put remembers p unless something was revoked since epoch.
func (c *cache) put(d digest, p Principal, epoch uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if epoch == c.epoch {
		p.Renewed = false // told once
		c.by.put(d, remembered{who: p, until: time.Now().Add(c.ttl)})
	}
}

// clear forgets everything. Revoking is rare, so nothing finer is needed.
func (c *cache) clear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.epoch++
	c.by.clear()
}
