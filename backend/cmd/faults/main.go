// Faults puts faults into a running hypha and looks whether each promise is kept: that a heater goes off, how soon, and
// what people are told. It plays the sensors and actuators itself, over HTTP, so that it sees what really arrives at a
// device, and writes a report.
//
//	go run ./cmd/faults -bin ../bin/hypha -out ../docs/fault-report.md
//	go run ./cmd/faults -bin ../bin/hypha -only 'dead probe,kill'
//
// It ends with 1 when a promise was broken.
package main

import (
	"context"
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
	bin := flag.String("bin", "bin/hypha", "the program to try")
	out := flag.String("out", "", "where the report goes; empty: standard output")
	only := flag.String("only", "", "only faults in whose names one of these words, separated by commas, occurs")
	disk := flag.String("small-disk", "", "used by itself: the folder to mount a small disk at")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if *disk != "" {
		onSmallDisk(ctx, *bin, *disk)
		return
	}
	rows, err := tryAll(ctx, *bin, strings.Split(*only, ","))
	if err != nil {
		fmt.Fprintln(os.Stderr, "faults:", err)
		os.Exit(1)
	}
	text := report(rows)
	if *out == "" {
		fmt.Print(text)
	} else if err := os.WriteFile(*out, []byte(text), 0o644); err != nil { //nolint:gosec // a document that everybody may read
		fmt.Fprintln(os.Stderr, "faults:", err)
		os.Exit(1)
	}
	broken := slices.DeleteFunc(slices.Clone(rows), func(r row) bool { return r.broken == "" })
	for _, r := range broken {
		fmt.Fprintf(os.Stderr, "faults: %s: %s\n", r.fault, r.broken)
	}
	if len(broken) > 0 {
		os.Exit(1)
	}
}

// row is one fault with what was promised and what happened.
type row struct {
	fault, promise string
	within         time.Duration // of the promise; 0: no time belongs to it
	reaction       string        // what was seen
	took           time.Duration
	broken         string // why the promise was not kept; "" when it was
}

func report(rows []row) string {
	var b strings.Builder
	b.WriteString("# Faults, and what came of them\n\n")
	b.WriteString("Made by `make faults`: the real program, with sensors and actuators that the test plays itself over HTTP; times are from the fault\n")
	b.WriteString("to what arrived at the device, or to the answer. A promise that is not kept fails the run.\n\n")
	b.WriteString("| fault | promised | within | seen | after | |\n|---|---|---:|---|---:|---|\n")
	for _, r := range rows {
		within, took, verdict := "–", "–", "kept"
		if r.within > 0 {
			within, took = r.within.String(), r.took.Round(10*time.Millisecond).String()
		}
		if r.broken != "" {
			verdict = "**broken**: " + r.broken
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s |\n", r.fault, r.promise, within, r.reaction, took, verdict)
	}
	b.WriteString("\nWhat the program cannot do: while it is away it reaches no device. A relay keeps its state until the program is back, unless it has a\n")
	b.WriteString("time-out of its own; use it (Tasmota: `PulseTime`; Shelly: auto-off). Hypha is no safety relay.\n")
	return b.String()
}
