// Command torture runs the real program under load and does to it what happens to machines in basements: it kills it
// amid its work, cuts and flips what lies on the disk, fills the disk and lets syncs fail. After each start it looks for
// everything that was acknowledged. It prints a table and exits with 1 when a promise was broken.
//
//	go run ./cmd/torture -bin ../bin/hypha [-rounds 100] [-seed N]
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"

	"hypha/cmd/internal/program"
)

// torture is one run.
type torture struct {
	program.Program
	dir         string // the data folder
	r           *rand.Rand
	env         []string
	writers     []*writer
	hand        *hand
	thermometer *thermometer
	report      *report
}

func main() {
	bin := flag.String("bin", "bin/hypha", "the program")
	rounds := flag.Int("rounds", 100, "kills; what else is done is in proportion")
	spoils := flag.Int("damage", 0, "what cuts and flips are in proportion to; default as rounds")
	seed := flag.Uint64("seed", uint64(time.Now().UnixNano()), "of everything that is drawn")
	small := flag.String("small-disk", "", "only what happens on a full disk, in this folder; the process must be allowed to mount")
	keep := flag.Bool("keep", false, "leave the folder where it is")
	flag.Parse()
	path, err := filepath.Abs(*bin)
	if err == nil {
		_, err = os.Stat(path)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "torture:", err)
		os.Exit(1)
	}
	t := &torture{Program: program.Program{Bin: path}, r: rand.New(rand.NewPCG(*seed, 1)), report: &report{}} //nolint:gosec // a seed must say it all
	if *small != "" {
		t.dir = *small
		if err := t.onSmallDisk(*rounds); err != nil {
			t.report.broke("on the small disk: " + err.Error())
		}
		if err := json.NewEncoder(os.Stdout).Encode(&t.report.Figures); err != nil {
			os.Exit(1)
		}
		return
	}
	if *spoils == 0 {
		*spoils = *rounds
	}
	again := fmt.Sprintf("-rounds %d -damage %d -seed %d", *rounds, *spoils, *seed)
	fmt.Println("torture:", again)
	began := time.Now()
	if err := t.all(*rounds, *spoils, *seed, *keep); err != nil {
		t.report.broke(err.Error())
	}
	t.report.table(os.Stdout)
	fmt.Printf("%.0f s in all\n", time.Since(began).Seconds())
	if len(t.report.Broken) > 0 {
		fmt.Println("again with", again)
		os.Exit(1)
	}
}

// all does everything, in a folder of its own.
func (t *torture) all(rounds, spoils int, seed uint64, keep bool) (err error) {
	root, err := os.MkdirTemp("", "hypha-torture-")
	if err != nil {
		return err
	}
	defer func() {
		if keep {
			fmt.Println("torture: the folder is", root)
			return
		}
		err = errors.Join(err, os.RemoveAll(root))
	}()
	t.dir, t.env = filepath.Join(root, "data"), often()
	if err := t.prepare(); err != nil {
		return err
	}
	for _, part := range []struct {
		name string
		do   func() error
	}{
		{"kills", func() error { return t.kills(rounds) }},
		{"bad disks", func() error { return t.badDisks(max(1, rounds/25)) }},
		{"damage", func() error {
			return t.damage(filepath.Join(root, "copy"), max(4, spoils/5), max(6, spoils/2), max(3, spoils/5))
		}},
		{"full disks", func() error { return t.fullDisks(filepath.Join(root, "small"), max(1, rounds/25), seed) }},
	} {
		began := time.Now()
		if err := part.do(); err != nil {
			return fmt.Errorf("%s: %w", part.name, err)
		}
		fmt.Printf("torture: %s: %.0f s, %d broken promises\n", part.name, time.Since(began).Seconds(), len(t.report.Broken))
	}
	return nil
}

// prepare makes the folder, an account, and an input for each writer.
func (t *torture) prepare() error {
	if err := os.MkdirAll(t.dir, 0o700); err != nil {
		return err
	}
	if err := t.Account(context.Background(), t.dir); err != nil {
		return err
	}
	s, err := t.Start(t.dir, t.env)
	if err != nil {
		return err
	}
	defer s.Kill()
	t.hand = newHand(t.source())
	for n := range writers {
		w, err := furnish(s, fmt.Sprintf("writer %d", n), t.source())
		if err != nil {
			return err
		}
		t.writers = append(t.writers, w)
	}
	if t.thermometer, err = newThermometer(s, t.source()); err != nil {
		return err
	}
	for _, k := range t.hand.kinds { // what is there already is nobody's to change
		if k.others, err = k.list(s); err != nil {
			return err
		}
	}
	return nil
}

// source is a source of chance of one goroutine's own.
func (t *torture) source() *rand.Rand { return rand.New(rand.NewPCG(t.r.Uint64(), t.r.Uint64())) } //nolint:gosec // a seed must say it all

// between draws a length of time.
func (t *torture) between(low, high time.Duration) time.Duration {
	return low + time.Duration(t.r.Int64N(int64(high-low)))
}
