package main

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"
)

// start measures how long the program takes from being started to answering: first with new data, then with its own.
func (b *bench) start(ctx context.Context) error {
	first, err := serve(ctx, b.bin, "")
	if err != nil {
		return err
	}
	if err := first.stop(false); err != nil {
		return err
	}
	var later []float64
	for n := range 5 {
		s, err := serve(ctx, b.bin, first.data)
		if err != nil {
			return err
		}
		later = append(later, s.took.Seconds())
		if err := s.stop(n == 4); err != nil {
			return err
		}
	}
	slices.Sort(later)
	b.add(row{"first start, to the first answer", first.took.Seconds(), "s", 0.5, "with new databases"})
	b.add(row{"later starts", quantile(later, 0.5), "s", 0.5, fmt.Sprintf("median of %d, slowest %s s", len(later), number(later[len(later)-1]))})
	return nil
}

// idle measures the demo with nobody watching.
func (b *bench) idle(ctx context.Context) error {
	s, err := serve(ctx, b.bin, "", "--demo")
	if err != nil {
		return err
	}
	defer func() { _ = s.stop(true) }()
	if err := pause(ctx, b.length/2); err != nil {
		return err
	}
	before, err := s.cpu()
	if err != nil {
		return err
	}
	if err := pause(ctx, b.length/2); err != nil {
		return err
	}
	after, err := s.cpu()
	if err != nil {
		return err
	}
	memory, err := s.memory()
	if err != nil {
		return err
	}
	b.add(row{"memory of the demo, nobody watching", memory, "MB", 45, fmt.Sprintf("resident, after %v", b.length)})
	b.add(row{"processor of the demo", 100 * (after - before).Seconds() / (b.length / 2).Seconds(), "% of a core", 0, ""})
	return nil
}

// load measures many sensors and one live client.
func (b *bench) load(ctx context.Context, inputs int) error {
	s, err := serve(ctx, b.bin, "")
	if err != nil {
		return err
	}
	defer func() { _ = s.stop(true) }()
	if err := s.setUp(ctx, b.bin); err != nil {
		return err
	}
	if err := s.sensors(ctx, inputs); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	w, err := watch(ctx, s, true)
	if err != nil {
		return err
	}
	if err := pause(ctx, 15*time.Second); err != nil { // warm: every sensor is on its beat
		return err
	}
	before, err := s.cpu()
	if err != nil {
		return err
	}
	w.count(true)
	if err := pause(ctx, b.length); err != nil {
		return err
	}
	w.count(false)
	after, err := s.cpu()
	if err != nil {
		return err
	}
	memory, err := s.memory()
	if err != nil {
		return err
	}
	var now system
	if err := s.call(ctx, http.MethodGet, "/system", nil, &now); err != nil {
		return err
	}
	if err := w.err(); err != nil {
		return fmt.Errorf("the live client: %w", err)
	}
	delays := sorted(w)
	expected := float64(inputs) * b.length.Seconds()
	got := float64(len(delays))
	if got < 0.98*expected {
		return fmt.Errorf("%.0f readings came, %.0f were due", got, expected)
	}
	sensors := fmt.Sprintf("%d sensors of 1 Hz, reads of 0.1 s", inputs)
	b.add(row{"processor for 1 000 readings", (after - before).Seconds() / got * 1000, "s", 0.05, sensors + ", one live client, history on"})
	b.add(row{"lateness of reads, p99", now.LatenessMS.P99, "ms", 5, fmt.Sprintf("p50 %s, max %s ms", number(now.LatenessMS.P50), number(now.LatenessMS.Max))})
	b.add(row{"sensor to live client, p50", quantile(delays, 0.5), "ms", 20, "from the reading's time to the frame's arrival"})
	b.add(row{"sensor to live client, p99", quantile(delays, 0.99), "ms", 60, fmt.Sprintf("%d readings in %d frames", len(delays), w.frames)})
	b.add(row{"memory under this load", memory, "MB", 80, "resident"})
	return nil
}

// clients measures many live clients at 100 readings a second, and whether anything grows.
func (b *bench) clients(ctx context.Context, clients int) error {
	s, err := serve(ctx, b.bin, "")
	if err != nil {
		return err
	}
	defer func() { _ = s.stop(true) }()
	if err := s.setUp(ctx, b.bin); err != nil {
		return err
	}
	if err := s.sensors(ctx, 100); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	all := make([]*watcher, 0, clients)
	for range clients {
		w, err := watch(ctx, s, false)
		if err != nil {
			return fmt.Errorf("client %d: %w", len(all)+1, err)
		}
		all = append(all, w)
	}
	if err := pause(ctx, 10*time.Second); err != nil {
		return err
	}
	halves := [2]struct{ memory, p50, p99 float64 }{}
	before, err := s.cpu()
	if err != nil {
		return err
	}
	for n := range halves {
		for _, w := range all {
			w.mu.Lock()
			w.delays, w.counts = nil, true
			w.mu.Unlock()
		}
		if err := pause(ctx, b.length/2); err != nil {
			return err
		}
		delays := sorted(all...)
		if len(delays) < clients {
			return fmt.Errorf("%d frames for %d clients", len(delays), clients)
		}
		halves[n].p50, halves[n].p99 = quantile(delays, 0.5), quantile(delays, 0.99)
		if halves[n].memory, err = s.memory(); err != nil {
			return err
		}
	}
	after, err := s.cpu()
	if err != nil {
		return err
	}
	for n, w := range all {
		if err := w.err(); err != nil {
			return fmt.Errorf("client %d was lost: %w", n+1, err)
		}
	}
	a, z := halves[0], halves[1]
	what := fmt.Sprintf("%d live clients, 100 readings/s", clients)
	b.add(row{what + ": delay p50", z.p50, "ms", 0, fmt.Sprintf("first half %s ms", number(a.p50))})
	b.add(row{what + ": delay p99", z.p99, "ms", 0, fmt.Sprintf("first half %s ms: it does not grow", number(a.p99))})
	b.add(row{what + ": memory", z.memory, "MB", 0, fmt.Sprintf("first half %s MB", number(a.memory))})
	b.add(row{what + ": growth of memory over half the time", 100 * (z.memory/a.memory - 1), "%", 10, "a queue that grows would show here"})
	b.add(row{what + ": processor", 100 * (after - before).Seconds() / b.length.Seconds(), "% of a core", 0, ""})
	return nil
}
