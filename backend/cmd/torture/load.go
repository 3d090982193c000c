package main

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"hypha/cmd/internal/program"
)

const (
	writers     = 4
	perWriter   = 2                                 // channels
	week        = 7 * 24 * 3600 * 1000              // ms
	pauseAtMost = 8 * time.Millisecond              // of a writer between two requests
	batchAtMost = 60                                // readings of a channel
	begin       = int64(1_767_225_600_000) + 2*week // where the streams of readings begin: 2026
	weeksBefore = 5                                 // how far back late ones go
)

// writer pushes readings of its own channels.
type writer struct {
	r      *rand.Rand
	series [perWriter]*series
	next   int64 // of the stream
}

// reading as POST /readings takes it.
type reading struct {
	Channel int64   `json:"channel"`
	T       int64   `json:"t"`
	V       float64 `json:"v"`
}

// furnish makes the input of a writer.
func furnish(s *program.Server, name string, r *rand.Rand) (*writer, error) {
	var made struct{ Channels []struct{ ID int64 } }
	var channels []map[string]string
	for n := range perWriter {
		channels = append(channels, map[string]string{"name": fmt.Sprintf("c%d", n), "quantity": "temperature", "unit": "C"})
	}
	err := s.Ask(http.MethodPost, "/inputs", map[string]any{"name": name, "kind": "push", "options": map[string]any{"channels": channels}}, &made)
	if err != nil || len(made.Channels) != perWriter {
		return nil, fmt.Errorf("make an input: %w", err)
	}
	w := &writer{r: r, next: begin}
	for n, ch := range made.Channels {
		w.series[n] = newSeries(ch.ID)
	}
	return w, nil
}

func (w *writer) value() float64 {
	switch w.r.IntN(4) {
	case 0:
		return w.r.Float64() * 90
	case 1:
		return float64(w.r.IntN(90))
	}
	return float64(w.r.IntN(9000)) / 100
}

// changes draws what a request asks: the next of the stream, late ones, others in the place of some, or both.
func (w *writer) changes() [perWriter]change {
	var all [perWriter]change
	n := 1 + w.r.IntN(batchAtMost)
	kind := w.r.IntN(10)
	from := w.next
	for k, s := range w.series {
		all[k] = change{}
		for i := range n {
			switch {
			case kind < 6: // a device that is read now and then
				all[k][from+int64(i)*30_000+w.r.Int64N(20)] = w.value()
			case kind < 8:
				all[k][begin-w.r.Int64N(weeksBefore*week)] = w.value()
			case len(s.times) > 0:
				all[k][s.times[w.r.IntN(len(s.times))]] = w.value()
			}
		}
	}
	if kind < 6 {
		w.next += int64(n) * 30_000
	}
	return all
}

// push sends one batch, with some readings twice: the last one counts. It reports whether it was acknowledged.
func (w *writer) push(p *program.Server) (bool, error) {
	all := w.changes()
	batch := []reading{}
	for k, s := range w.series {
		for t, v := range all[k] {
			if w.r.IntN(20) == 0 {
				batch = append(batch, reading{s.channel, t, w.value()})
			}
			batch = append(batch, reading{s.channel, t, v})
		}
		s.asked(all[k])
	}
	var answer struct{ Accepted int }
	if err := p.Ask(http.MethodPost, "/readings", map[string]any{"readings": batch}, &answer); err != nil {
		return false, err
	}
	if answer.Accepted != len(batch) {
		return false, fmt.Errorf("%d of %d readings are accepted", answer.Accepted, len(batch))
	}
	for k, s := range w.series {
		s.promised(all[k])
	}
	return true, nil
}

// remove deletes a range of one channel.
func (w *writer) remove(p *program.Server) error {
	s := w.series[w.r.IntN(perWriter)]
	from := begin - weeksBefore*week + w.r.Int64N(weeksBefore*week+w.next-begin)
	to := from + w.r.Int64N(12*3600*1000)
	c := change{}
	for _, t := range s.times {
		if t >= from && t < to {
			c[t] = math.NaN()
		}
	}
	s.asked(c)
	if err := p.Ask(http.MethodDelete, fmt.Sprintf("/readings?channel=%d&from=%d&to=%d", s.channel, from, to), nil, nil); err != nil {
		return err
	}
	s.promised(c)
	return nil
}

// run works until ctx ends or there is no answer.
func (w *writer) run(ctx context.Context, p *program.Server) error {
	for ctx.Err() == nil {
		if w.r.IntN(40) == 0 {
			if err := w.remove(p); err != nil {
				return err
			}
		} else if _, err := w.push(p); err != nil {
			return err
		}
		wait(ctx, time.Duration(w.r.Int64N(int64(pauseAtMost))))
	}
	return nil
}

func wait(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// work has all writers and the hand at the settings at work for some time, and then kills the program.
func (t *torture) work(p *program.Server, d time.Duration) {
	ctx, end := context.WithCancel(context.Background())
	var all sync.WaitGroup
	for _, w := range t.writers {
		all.Go(func() { _ = w.run(ctx, p) }) // the kill ends it, or a request that is refused: what counts is checked later
	}
	all.Go(func() { _ = t.hand.run(ctx, p) })
	all.Go(func() { _ = t.thermometer.run(ctx, p) })
	wait(ctx, d)
	if words := p.Died(); words != "" {
		t.report.broke(words)
	}
	p.Kill() // while requests are under way
	end()
	all.Wait()
}

// check compares all that the program has with what it has promised.
func (t *torture) check(p *program.Server) {
	var all sync.WaitGroup
	limit := make(chan struct{}, 2)
	for _, w := range t.writers {
		for _, s := range w.series {
			all.Go(func() {
				limit <- struct{}{}
				defer func() { <-limit }()
				got, err := s.stored(p)
				if err != nil {
					t.report.broke(fmt.Sprintf("channel %d cannot be read: %v", s.channel, err))
					return
				}
				s.check(got, t.report)
			})
		}
	}
	all.Wait()
	if err := t.thermometer.check(p, t.report); err != nil {
		t.report.broke(fmt.Sprintf("the thermometer cannot be read: %v", err))
	}
	if err := t.hand.check(p, t.report); err != nil {
		t.report.broke(fmt.Sprintf("the settings cannot be read: %v", err))
	}
}
