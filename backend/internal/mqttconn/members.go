package mqttconn

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"
)

// This file holds what of a link is shared between its goroutine and its users: who is there, what they want, how it
// stands. All of it is guarded by link.mu.

// join adds a user; when the link waits before its next attempt it is asked to make it now, for somebody came.
func (l *link) join(c *Conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.users[c] = struct{}{}
	if !l.state.Connected && !l.state.trying {
		l.state.trying = true
		l.poke()
	}
}

// leave removes a user and tells whether it was the last.
func (l *link) leave(c *Conn) (last bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.users, c)
	return len(l.users) == 0
}

func (l *link) poke() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

func (l *link) add(c *Conn, s *Subscription) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if c.closed || l.closed {
		return false
	}
	c.subs[s] = struct{}{}
	for _, name := range s.filters {
		f := l.filters[name]
		if f == nil {
			f = &filter{subs: map[*Subscription]struct{}{}}
			l.filters[name] = f
			if hasWildcard(name) {
				l.wild[name] = f
			}
		}
		f.again = f.sent
		f.qos = max(f.qos, s.qos)
		f.subs[s] = struct{}{}
	}
	l.poke()
	return true
}

func (l *link) remove(s *Subscription) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, there := s.conn.subs[s]; !there {
		return
	}
	delete(s.conn.subs, s)
	l.dropped += s.Dropped()
	for _, name := range s.filters {
		f := l.filters[name]
		if f == nil {
			continue // refused before
		}
		delete(f.subs, s)
		if len(f.subs) > 0 {
			continue
		}
		delete(l.filters, name)
		delete(l.wild, name)
		if f.sent {
			l.gone[name] = struct{}{}
			l.poke()
		}
	}
}

// refuse ends the subscriptions of a filter that the broker does not allow.
func (l *link) refuse(name string) {
	l.mu.Lock()
	f := l.filters[name]
	delete(l.filters, name)
	delete(l.wild, name)
	l.mu.Unlock()
	if f == nil {
		return
	}
	for s := range f.subs {
		s.fail(fmt.Errorf("the broker does not allow this account to subscribe to %s", name))
	}
}

type wanted struct {
	filter string
	qos    byte
}

// changes returns what the broker has to be asked for, sorted, and takes it as asked.
func (l *link) changes() (want []wanted, gone []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for name, f := range l.filters {
		if !f.sent || f.again {
			f.sent, f.again = true, false
			want = append(want, wanted{name, f.qos})
		}
	}
	for name := range l.gone {
		if l.filters[name] == nil {
			gone = append(gone, name)
		}
	}
	clear(l.gone)
	slices.SortFunc(want, func(a, b wanted) int { return strings.Compare(a.filter, b.filter) })
	slices.Sort(gone)
	return want, gone
}

// fresh marks that a new connection knows of no subscription.
func (l *link) fresh() {
	l.mu.Lock()
	defer l.mu.Unlock()
	clear(l.gone)
	for _, f := range l.filters {
		f.sent, f.again = false, false
		for s := range f.subs {
			s.renew()
		}
	}
}

// dispatch hands a message to all whose filter it matches. It never blocks.
func (l *link) dispatch(m mqtt.Message) {
	msg := Message{Topic: m.Topic(), Payload: m.Payload(), QoS: m.Qos(), Retain: m.Retained(), At: time.Now()}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.count++
	if f := l.filters[msg.Topic]; f != nil {
		f.push(msg, l.count)
	}
	for name, f := range l.wild {
		if Match(name, msg.Topic) {
			f.push(msg, l.count)
		}
	}
}

// push hands message number n to the subscriptions that do not have it yet by another of their filters.
func (f *filter) push(m Message, n uint64) {
	for s := range f.subs {
		if s.last != n {
			s.last = n
			s.push(m)
		}
	}
}

func (l *link) current() (mqtt.Client, *ending) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.client, l.end
}

func (l *link) trying() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.state.trying
}

func (l *link) attempting() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.state.trying = true
}

func (l *link) drop() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.client, l.end = nil, nil
}

func (l *link) connected(client mqtt.Client, end *ending) {
	l.mu.Lock()
	l.client, l.end, l.stood = client, end, true
	l.set(State{Connected: true, Since: time.Now()})
	l.log.Info("connected to the MQTT broker")
}

func (l *link) disconnected(err error) {
	l.mu.Lock()
	before := l.state
	now := State{Since: before.Since, Err: err}
	if before.Connected {
		now.Since = time.Now()
	}
	news := before.Connected || before.Err == nil || before.Err.Error() != err.Error()
	if !news { // the same failure again is no news
		l.state = now
		close(l.changed)
		l.changed = make(chan struct{})
		l.mu.Unlock()
		return
	}
	l.set(now)
	// One that has never stood is told by those who wait for it. They come and go with each try, and the connection with
	// them: it cannot know what was logged before.
	level := slog.LevelDebug
	if before.Connected || l.stood {
		level = slog.LevelWarn
	}
	l.log.Log(context.Background(), level, "no connection to the MQTT broker", "error", err)
}

// set stores a new state, lets go of mu and tells the users. Only run calls it, so they hear the states in order.
func (l *link) set(s State) {
	l.state = s
	close(l.changed)
	l.changed = make(chan struct{})
	users := make([]*Conn, 0, len(l.users))
	for c := range l.users {
		users = append(users, c)
	}
	l.mu.Unlock()
	for _, c := range users {
		c.notify(s)
	}
}

func (l *link) status() BrokerStatus {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := BrokerStatus{
		Broker: l.addr.display, Username: l.addr.Username, Connected: l.state.Connected, Since: l.state.Since,
		Users: len(l.users), Subscriptions: len(l.filters), Dropped: l.dropped,
	}
	if l.state.Err != nil {
		s.Error = l.state.Err.Error()
	}
	for _, f := range l.filters {
		for sub := range f.subs {
			s.Dropped += sub.Dropped()
		}
	}
	return s
}
