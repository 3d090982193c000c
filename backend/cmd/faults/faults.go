package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"
)

// fault is one thing that goes wrong: it is put into a site and fills in what was seen.
type fault struct {
	name    string
	promise string
	within  time.Duration
	env     []string
	try     func(s *site, r *row) error
}

func faults() []fault {
	return slices.Concat(deaths(), sensorFaults(), outputFaults(), programFaults())
}

// tryAll tries every fault whose name contains one of the words, each on a program and folder of its own.
func tryAll(ctx context.Context, bin string, words []string) ([]row, error) {
	var rows []row
	for _, f := range faults() {
		if !slices.ContainsFunc(words, func(w string) bool { return strings.Contains(f.name, strings.TrimSpace(w)) }) {
			continue
		}
		r := row{fault: f.name, promise: f.promise, within: f.within}
		s, err := newSite(ctx, bin, f.env...)
		if err != nil {
			return nil, err
		}
		err = f.try(s, &r)
		s.close()
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err != nil {
			r.broken = err.Error()
		} else if f.within > 0 && r.took > f.within {
			r.broken = fmt.Sprintf("it took %v", r.took)
		}
		verdict := "kept"
		if r.broken != "" {
			verdict = "BROKEN: " + r.broken
		}
		fmt.Fprintf(os.Stderr, "%-60s %8v  %s\n", f.name, r.took.Round(10*time.Millisecond), verdict)
		rows = append(rows, r)
	}
	return rows, nil
}
