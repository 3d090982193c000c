// Command controlbench measures Hypha's PID and its tuning on the plants of internal/process, beside the reference and
// Mycodo's law, and prints the report as Markdown. Figures that miss their target are marked; exit code 2 says that there are
// some.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"os"

	"hypha/internal/process"
)

// missed is the exit code when the report is complete but a target was missed.
const missed = 2

func main() {
	seed := flag.Uint64("seed", 0, "of the noise; 0: each plant's own")
	flag.Parse()
	code, err := run(os.Stdout, *seed)
	if err != nil {
		fmt.Fprintln(os.Stderr, "controlbench:", err)
		code = 1
	}
	os.Exit(code)
}

func run(out io.Writer, seed uint64) (code int, err error) {
	plants, err := process.Plants()
	if err != nil {
		return 1, err
	}
	r := report{}
	for _, p := range plants {
		if seed != 0 {
			p.NoiseSeed = seed
		}
		row, err := measure(p)
		if err != nil {
			return 1, err
		}
		r.rows = append(r.rows, row)
	}
	if r.days, err = tentDays(); err != nil {
		return 1, err
	}
	if r.step, err = timeStep(); err != nil {
		return 1, err
	}
	w := bufio.NewWriter(out)
	r.write(w)
	if err := w.Flush(); err != nil {
		return 1, err
	}
	if r.misses > 0 {
		return missed, nil
	}
	return 0, nil
}
