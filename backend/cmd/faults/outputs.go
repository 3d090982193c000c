package main

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"hypha/cmd/internal/program"
)

// outputFaults are actuators that do not do what they are told, and commands that must not be.
func outputFaults() []fault {
	return []fault{
		{
			name: "an output hangs", promise: "other outputs obey at once; it gets off when it answers again, 30 s later at most", within: 31 * time.Second,
			try: func(s *site, r *row) error {
				bad, err := s.relay("hangs", nil)
				if err != nil {
					return err
				}
				good, err := s.relay("works", nil)
				if err != nil {
					return err
				}
				if err := s.drive(bad, map[string]any{"on": true}); err != nil {
					return err
				}
				s.rig.do(func() { s.rig.relay("hangs").hang = true })
				refused := make(chan error, 1)
				go func() { refused <- s.drive(bad, map[string]any{"on": false}) }()
				s.pause(200 * time.Millisecond)
				began := time.Now()
				if err := s.drive(good, map[string]any{"on": true}); err != nil {
					return err
				}
				beside := time.Since(began)
				if beside > time.Second {
					return fmt.Errorf("the output beside it took %v", beside)
				}
				if <-refused == nil {
					return errors.New("a command that the device did not take was called done")
				}
				s.pause(3 * time.Second)
				back := time.Now()
				s.rig.do(func() { s.rig.relay("hangs").hang = false })
				if r.took, err = s.rig.awaits(s.ctx, "hangs", false, back, 40*time.Second); err != nil {
					return err
				}
				r.reaction = fmt.Sprintf("the other obeyed after %d ms; off came when it answered again", beside.Milliseconds())
				return nil
			},
		},
		{
			name: "a function is disabled while it heats", promise: "heater off", within: time.Second,
			try: func(s *site, r *row) error {
				if _, _, err := s.warm(); err != nil {
					return err
				}
				began := time.Now()
				if err := s.Ask(http.MethodPost, "/functions/1/disable", nil, nil); err != nil {
					return err
				}
				var err error
				r.took, err = s.rig.awaits(s.ctx, "heater", false, began, 10*time.Second)
				r.reaction = "off"
				return err
			},
		},
		{
			name: "a script fails while it heats", promise: "heater off", within: 2 * time.Second,
			try: func(s *site, r *row) error {
				out, err := s.relay("heater", nil)
				if err != nil {
					return err
				}
				began := time.Now()
				script := fmt.Sprintf("n = state.get(\"n\", 0)\nstate[\"n\"] = n + 1\nset_output(%d, on=True)\nif n >= 3:\n    1 // 0\n", out)
				err = s.Ask(http.MethodPost, "/functions", map[string]any{"name": "Script", "kind": "conditional", "options": map[string]any{"script": script, "period_s": 1}}, nil)
				if err != nil {
					return err
				}
				on, err := s.rig.awaits(s.ctx, "heater", true, began, 5*time.Second)
				if err != nil {
					return err
				}
				failing := began.Add(on).Add(3 * time.Second) // the fourth run
				off, err := s.rig.awaits(s.ctx, "heater", false, began.Add(on), 10*time.Second)
				if err != nil {
					return err
				}
				r.took = max(0, began.Add(on).Add(off).Sub(failing))
				r.reaction = "off"
				return s.told(r, "function/1")
			},
		},
		{
			name: "everything is stopped, and then killed with -9", promise: "off at once; nothing goes on before a person releases the stop", within: time.Second,
			try: func(s *site, r *row) error {
				_, out, err := s.warm()
				if err != nil {
					return err
				}
				began := time.Now()
				if err := s.Ask(http.MethodPost, "/stop", map[string]any{"reason": "water on the floor"}, nil); err != nil {
					return err
				}
				if r.took, err = s.rig.awaits(s.ctx, "heater", false, began, 5*time.Second); err != nil {
					return err
				}
				s.Kill()
				began = time.Now()
				if err := s.start(); err != nil {
					return err
				}
				s.pause(4 * time.Second)
				for _, m := range s.rig.movesSince("heater", began) {
					if m.on {
						return errors.New("it was switched on although everything is stopped")
					}
				}
				var refused *program.AnswerError
				if err := s.drive(out, map[string]any{"on": true}); !errors.As(err, &refused) || refused.Status != http.StatusConflict {
					return fmt.Errorf("a command while stopped was answered with %w", err)
				}
				r.reaction = "off; after the restart still stopped, commands refused with 409"
				return nil
			},
		},
		{
			name: "two of an interlock group are wanted at once", promise: "the second is refused with 409, over a kill -9 too", within: 0,
			try: func(s *site, r *row) error {
				heat, err := s.relay("heat", map[string]any{"interlock": "climate", "at_start": "keep"})
				if err != nil {
					return err
				}
				cool, err := s.relay("cool", map[string]any{"interlock": "climate", "at_start": "keep"})
				if err != nil {
					return err
				}
				if err := s.drive(heat, map[string]any{"on": true}); err != nil {
					return err
				}
				for n := range 2 {
					var refused *program.AnswerError
					if err := s.drive(cool, map[string]any{"on": true}); !errors.As(err, &refused) || refused.Status != http.StatusConflict {
						return fmt.Errorf("the second one: %w", err)
					}
					if n == 0 {
						s.Kill()
						if err := s.start(); err != nil {
							return err
						}
					}
				}
				if s.rig.on("cool") {
					return errors.New("both are on")
				}
				r.reaction = "refused before and after the restart"
				return nil
			},
		},
		{
			name: "a relay is forgotten on by hand", promise: "off at its longest on-time (4 s), counted over renewals", within: 5500 * time.Millisecond,
			try: func(s *site, r *row) error {
				out, err := s.relay("lamp", map[string]any{"limits": map[string]any{"max_on_s": 4}})
				if err != nil {
					return err
				}
				began := time.Now()
				if err := s.drive(out, map[string]any{"on": true}); err != nil {
					return err
				}
				on, err := s.rig.awaits(s.ctx, "lamp", true, began, 5*time.Second)
				if err != nil {
					return err
				}
				began = began.Add(on)
				for range 2 {
					s.pause(time.Second)
					if err := s.drive(out, map[string]any{"on": true}); err != nil {
						return err
					}
				}
				r.took, err = s.rig.awaits(s.ctx, "lamp", false, began, 15*time.Second)
				r.reaction = "off"
				return err
			},
		},
	}
}
