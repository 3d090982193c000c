package auth

import (
	"context"
	"sync"
	"time"
)

const (
	ticketTTL  = 30 * time.Second
	maxTickets = 1_000
)

// ticketBook keeps tickets in memory: after a restart a client asks for a new one.
type ticketBook struct {
	mu sync.Mutex
	by *lru[digest, ticket]
}

type ticket struct {
	who   Principal
	until time.Time
}

func newTicketBook() ticketBook {
	return ticketBook{by: newLRU[digest, ticket](maxTickets)}
}

// Ticket returns a secret that stands for p once within the next 30 s: where neither cookie nor header can be sent, it
// goes into the address of a live feed.
func (s *Service) Ticket(p Principal) (secret string, expires time.Time) {
	secret, expires = newSecret(), time.Now().Add(ticketTTL)
	s.tickets.mu.Lock()
	defer s.tickets.mu.Unlock()
	s.tickets.by.put(digestOf(secret), ticket{who: p, until: expires})
	return secret, expires
}

// ByTicket uses up a ticket and returns who it stands for, as they are now. ErrUnknown also when it was used before.
func (s *Service) ByTicket(ctx context.Context, secret string) (Principal, error) {
	d := digestOf(secret)
	s.tickets.mu.Lock()
	t, ok := s.tickets.by.get(d)
	s.tickets.by.remove(d)
	s.tickets.mu.Unlock()
	if !ok {
		return Principal{}, ErrUnknown
	}
	if !time.Now().Before(t.until) {
		return Principal{}, ErrExpired
	}
	return s.Recheck(ctx, t.who)
}
