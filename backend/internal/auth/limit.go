package auth

import (
	"net/netip"
	"strings"
	"sync"
	"time"
)

// limiter counts failures by key: each takes one of a stock of tries, and one comes back every refill. It remembers the
// maxKeys keys used last.
type limiter struct {
	stock  float64
	refill time.Duration

	mu   sync.Mutex
	keys *lru[string, tries]
}

type tries struct {
	left float64
	at   time.Time
}

const maxKeys = 10_000

// Limiter bounds how often an address may ask for something.
type Limiter struct{ calls limiter }

// NewLimiter gives each address a stock of calls, of which one comes back every refill.
func NewLimiter(stock int, refill time.Duration) *Limiter {
	return &Limiter{newLimiter(stock, refill)}
}

// Take takes a call of an address; a *TooManyError says when there is another.
func (l *Limiter) Take(address string) error { return l.calls.take(sourceOf(address)) }

func newLimiter(stock int, refill time.Duration) limiter {
	return limiter{stock: float64(stock), refill: refill, keys: newLRU[string, tries](maxKeys)}
}

// take takes a try before it is known how it ends, so that many at once are no way around; giveBack returns it.
func (l *limiter) take(key string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	t := l.now(key)
	if t.left < 1 {
		return &TooManyError{RetryAfter: time.Duration((1 - t.left) * float64(l.refill))}
	}
	t.left--
	l.keys.put(key, t)
	return nil
}

func (l *limiter) giveBack(key string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	t := l.now(key)
	t.left = min(l.stock, t.left+1)
	l.keys.put(key, t)
}

// forget gives the key its full stock.
func (l *limiter) forget(key string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.keys.remove(key)
}

// now returns the tries that key has at present. With mu held.
func (l *limiter) now(key string) tries {
	now := time.Now()
	t, ok := l.keys.get(key)
	if !ok {
		return tries{left: l.stock, at: now}
	}
	t.left = min(l.stock, t.left+max(0, float64(now.Sub(t.at))/float64(l.refill)))
	t.at = now
	return t
}

// sourceOf is the key of an address. An IPv6 host has a whole /64 to itself.
func sourceOf(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return address[:min(len(address), 64)]
	}
	if ip = ip.Unmap().WithZone(""); ip.Is6() {
		if p, err := ip.Prefix(64); err == nil {
			return p.String()
		}
	}
	return ip.String()
}

// accountOf is the key of a name, as long as names are.
func accountOf(username string) string {
	return strings.ToLower(username[:min(len(username), 4*maxUsername)])
}
