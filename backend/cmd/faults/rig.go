package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// rig plays sensors and actuators: GET /sensor/N answers a number, GET /relay/N/on and /off switch.
type rig struct {
	url    string
	server *http.Server

	mu      sync.Mutex
	sensors map[string]*sensor
	relays  map[string]*relay
	changed chan struct{} // closed, and made anew, at each command
}

type sensor struct {
	v     float64
	fault string // "", "hang", "refuse", "garbage"
}

type relay struct {
	on    bool
	hang  bool
	moves []move
}

// move is a command that arrived at a relay.
type move struct {
	at time.Time
	on bool
}

func newRig() (*rig, error) {
	l, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return nil, err
	}
	r := &rig{url: "http://" + l.Addr().String(), sensors: map[string]*sensor{}, relays: map[string]*relay{}, changed: make(chan struct{})}
	r.server = &http.Server{Handler: r, ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = r.server.Serve(l) }() // ends by close
	return r, nil
}

func (r *rig) close() { _ = r.server.Close() }

// ServeHTTP plays the device that is asked.
func (r *rig) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	parts := strings.Split(strings.Trim(req.URL.Path, "/"), "/")
	switch {
	case len(parts) == 2 && parts[0] == "sensor":
		r.read(w, req, parts[1])
	case len(parts) == 3 && parts[0] == "relay":
		r.command(w, req, parts[1], parts[2] == "on")
	default:
		http.NotFound(w, req)
	}
}

func (r *rig) read(w http.ResponseWriter, req *http.Request, name string) {
	r.mu.Lock()
	s := r.sensor(name)
	v, fault := s.v, s.fault
	r.mu.Unlock()
	switch fault {
	case "hang":
		<-req.Context().Done()
	case "refuse":
		http.Error(w, "no sensor here", http.StatusBadGateway)
	case "garbage":
		fmt.Fprint(w, `{"v":"?"}`)
	default:
		fmt.Fprintf(w, `{"v":%g}`, v)
	}
}

func (r *rig) command(w http.ResponseWriter, req *http.Request, name string, on bool) {
	r.mu.Lock()
	d := r.relay(name)
	hang := d.hang
	if !hang {
		d.on = on
		d.moves = append(d.moves, move{time.Now(), on})
		close(r.changed)
		r.changed = make(chan struct{})
	}
	r.mu.Unlock()
	if hang {
		<-req.Context().Done()
		return
	}
	fmt.Fprint(w, "ok")
}

// sensor and relay need mu.
func (r *rig) sensor(name string) *sensor {
	if r.sensors[name] == nil {
		r.sensors[name] = &sensor{v: 20}
	}
	return r.sensors[name]
}

func (r *rig) relay(name string) *relay {
	if r.relays[name] == nil {
		r.relays[name] = &relay{}
	}
	return r.relays[name]
}

// do changes the devices.
func (r *rig) do(change func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	change()
}

// on is what a relay does.
func (r *rig) on(name string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.relay(name).on
}

// movesSince are the commands that arrived at a relay since a time.
func (r *rig) movesSince(name string, t time.Time) []move {
	r.mu.Lock()
	defer r.mu.Unlock()
	var all []move
	for _, m := range r.relay(name).moves {
		if m.at.After(t) {
			all = append(all, m)
		}
	}
	return all
}

var errTooLate = errors.New("it did not happen")

// awaits waits until a relay has been told a level since a time, and returns how long after that time.
func (r *rig) awaits(ctx context.Context, name string, on bool, since time.Time, within time.Duration) (time.Duration, error) {
	deadline := time.NewTimer(time.Until(since.Add(within)))
	defer deadline.Stop()
	for {
		r.mu.Lock()
		changed := r.changed
		moves := r.relay(name).moves
		r.mu.Unlock()
		for _, m := range moves {
			if m.at.After(since) && m.on == on {
				return m.at.Sub(since), nil
			}
		}
		select {
		case <-changed:
		case <-deadline.C:
			return 0, fmt.Errorf("%w within %v", errTooLate, within)
		case <-ctx.Done():
			return 0, ctx.Err()
		}
	}
}
