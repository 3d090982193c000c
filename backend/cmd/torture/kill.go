package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"hypha/cmd/internal/program"
)

// kills kills the program again and again, now and then while it starts.
func (t *torture) kills(rounds int) error {
	for range rounds {
		if t.r.IntN(8) == 0 {
			s, err := t.Launch(t.dir, t.env)
			if err != nil {
				return err
			}
			wait(context.Background(), t.between(0, 150*time.Millisecond))
			s.Kill()
			t.report.count(func(f *Figures) { f.Kills++ })
			continue
		}
		if err := t.life(200*time.Millisecond, 900*time.Millisecond); err != nil {
			return err
		}
	}
	s, err := t.begin() // what the last kill has left
	if err != nil {
		return err
	}
	s.Kill()
	return nil
}

// life is a start, a look for all that was acknowledged, work, and a kill.
func (t *torture) life(atLeast, atMost time.Duration) error {
	s, err := t.begin()
	if err != nil {
		return err
	}
	t.work(s, t.between(atLeast, atMost))
	t.report.count(func(f *Figures) { f.Kills++ })
	if said := s.Said(); strings.Contains(said, "panic") || strings.Contains(said, "DATA RACE") {
		t.report.broke(said)
	}
	return nil
}

// begin starts the program and checks what it has. Nothing may be damaged: only the end of the journal may be unfinished.
func (t *torture) begin() (*program.Server, error) {
	s, err := t.Start(t.dir, t.env)
	if err != nil {
		return nil, err
	}
	t.report.count(func(f *Figures) { f.Starts++ })
	t.check(s)
	damages, err := damages(s)
	if err != nil {
		return nil, err
	}
	for _, d := range damages {
		if !strings.Contains(d.Message, "was not finished and is cut off") {
			t.report.broke(fmt.Sprintf("after a kill: %s", d.Message))
		}
	}
	return s, nil
}
