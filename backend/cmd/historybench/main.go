// Historybench puts the same readings into Hypha's own history and into other engines, and prints what they take and
// how long their answers need, as Markdown. Engines that are not installed are left out, and the report says so.
//
//	go run ./cmd/historybench                          everything: a year of 1 Hz; some minutes
//	go run ./cmd/historybench -days 30 -only size
//
// It talks to 127.0.0.1 only, and throws away what it has written.
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
	days := flag.Int("days", 365, "length of the long series")
	data := flag.String("data", "../../shared/data", "folder with measured series, read in place")
	engines := flag.String("engines", "rows,victoria,influx", "which others to compare with")
	only := flag.String("only", "size,draw,ingest,written,memory,start", "which measurements, in this order")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, 40*time.Minute)
	defer cancel()
	b := &bench{days: *days, data: *data, engines: slices.DeleteFunc(strings.Split(*engines, ","), func(e string) bool { return e == "" })}
	if err := b.run(ctx, strings.Split(*only, ",")); err != nil {
		fmt.Fprintln(os.Stderr, "historybench:", err)
		os.Exit(1)
	}
	if b.missed {
		os.Exit(2)
	}
}

// bench is what the measurements share.
type bench struct {
	days    int
	data    string
	engines []string
	missed  bool
}

func (b *bench) run(ctx context.Context, only []string) error {
	for _, name := range only {
		var err error
		switch name {
		case "size":
			err = b.sizes(ctx)
		case "draw":
			err = b.draw(ctx)
		case "ingest":
			err = b.ingest(ctx)
		case "written":
			err = b.written(ctx)
		case "memory":
			err = b.memory(ctx)
		case "start":
			err = b.start(ctx)
		default:
			err = errors.New("no such measurement")
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// verdict compares a figure with its target; 0 is none.
func (b *bench) verdict(measured, most float64) string {
	switch {
	case most == 0:
		return ""
	case measured <= most:
		return "kept"
	}
	b.missed = true
	return "**missed**"
}

// table prints a Markdown table.
func table(head []string, rows [][]string) {
	fmt.Printf("| %s |\n|%s\n", strings.Join(head, " | "), strings.Repeat(" --- |", len(head)))
	for _, r := range rows {
		fmt.Printf("| %s |\n", strings.Join(r, " | "))
	}
	fmt.Println()
}

// quantile of durations, in ms.
func quantile(all []time.Duration, q float64) float64 {
	if len(all) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(all))
	return float64(sorted[min(len(sorted)-1, int(q*float64(len(sorted))))].Microseconds()) / 1000
}

func number(v float64) string {
	switch {
	case v >= 100:
		return fmt.Sprintf("%.0f", v)
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.3g", v)
}
