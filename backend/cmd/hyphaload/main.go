// Hyphaload puts a hypha program under load and prints what it took, as Markdown. It starts the program itself on a data
// folder that it throws away, and talks to 127.0.0.1 only.
//
//	go run ./cmd/hyphaload -bin ../bin/hypha            every measurement, about four minutes
//	go run ./cmd/hyphaload -bin ../bin/hypha -only load
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"
)

func main() {
	bin := flag.String("bin", "bin/hypha", "the program to measure")
	only := flag.String("only", "start,idle,load,control,push,clients", "which measurements, in this order")
	inputs := flag.Int("inputs", 1000, "load: inputs of 1 Hz with a latency of 0.1 s")
	loops := flag.Int("loops", 1000, "control: PIDs of 1 Hz, with a sensor and an output each")
	clients := flag.Int("clients", 1000, "clients: live clients")
	length := flag.Duration("for", 60*time.Second, "how long each measurement counts, after its warm-up")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, 15*time.Minute)
	defer cancel()

	b := bench{bin: *bin, length: *length}
	if err := b.run(ctx, strings.Split(*only, ","), *inputs, *loops, *clients); err != nil {
		fmt.Fprintln(os.Stderr, "hyphaload:", err)
		os.Exit(1)
	}
	b.print()
	if b.missed() {
		os.Exit(2)
	}
}

// bench is what all measurements share, and what they found.
type bench struct {
	bin    string
	length time.Duration
	rows   []row
}

// row is one line of the report. A target of 0 is none; the measured value must lie below it.
type row struct {
	what     string
	measured float64
	unit     string
	target   float64
	note     string
}

func (b *bench) add(r row) { b.rows = append(b.rows, r) }

func (b *bench) run(ctx context.Context, only []string, inputs, loops, clients int) error {
	for _, name := range only {
		var err error
		switch name {
		case "start":
			err = b.start(ctx)
		case "idle":
			err = b.idle(ctx)
		case "load":
			err = b.load(ctx, inputs)
		case "control":
			err = b.control(ctx, loops)
		case "push":
			err = b.push(ctx)
		case "clients":
			err = b.clients(ctx, clients)
		default:
			err = errors.New("no such measurement")
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		fmt.Fprintf(os.Stderr, "%s measured\n", name)
	}
	return nil
}

func (b *bench) print() {
	fmt.Println("| measured | value | target | |")
	fmt.Println("| --- | ---: | ---: | --- |")
	for _, r := range b.rows {
		target := "–"
		if r.target > 0 {
			target = fmt.Sprintf("< %.3g %s", r.target, r.unit)
		}
		note := r.note
		if r.target > 0 && r.measured >= r.target {
			note = strings.TrimSpace("**missed** " + note)
		}
		fmt.Printf("| %s | %s %s | %s | %s |\n", r.what, number(r.measured), r.unit, target, note)
	}
}

func (b *bench) missed() bool {
	return slices.ContainsFunc(b.rows, func(r row) bool { return r.target > 0 && r.measured >= r.target })
}

// number keeps three figures that say something.
func number(v float64) string {
	switch {
	case v >= 100:
		return fmt.Sprintf("%.0f", v)
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	case v >= 1:
		return fmt.Sprintf("%.2f", v)
	}
	return fmt.Sprintf("%.3f", v)
}

// quantile of sorted values, 0 when there are none.
func quantile(sorted []float64, q float64) float64 {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[min(len(sorted)-1, int(q*float64(len(sorted))))]
}

// pause waits, or ends early with the context's error.
func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
