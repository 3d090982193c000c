package main

import (
	"fmt"
	"net/http"
	"time"
)

// deaths are the ends of the program itself.
func deaths() []fault {
	return []fault{
		{
			name: "kill -9 while a heater is on", promise: "back again, the first thing the heater hears is off", within: 2 * time.Second,
			try: func(s *site, r *row) error {
				if _, _, err := s.warm(); err != nil {
					return err
				}
				s.Kill()
				s.pause(time.Second)
				began := time.Now()
				if err := s.start(); err != nil {
					return err
				}
				var err error
				if r.took, err = s.rig.awaits(s.ctx, "heater", false, began, 5*time.Second); err != nil {
					return err
				}
				if first := s.rig.movesSince("heater", began)[0]; first.on {
					return fmt.Errorf("the first command after the start was on")
				}
				r.reaction = "off, then on again with a fresh reading"
				_, err = s.rig.awaits(s.ctx, "heater", true, began, 8*time.Second)
				return err
			},
		},
		{
			name: "kill -9 during a timed command of 5 s, back after 3 s", promise: "made safe at the start, not begun anew", within: 2 * time.Second,
			try: func(s *site, r *row) error {
				out, err := s.relay("pump", nil)
				if err != nil {
					return err
				}
				if err := s.drive(out, map[string]any{"on": true, "duration_s": 5}); err != nil {
					return err
				}
				s.Kill()
				s.pause(3 * time.Second)
				began := time.Now()
				if err := s.start(); err != nil {
					return err
				}
				if r.took, err = s.rig.awaits(s.ctx, "pump", false, began, 5*time.Second); err != nil {
					return err
				}
				s.pause(4 * time.Second)
				for _, m := range s.rig.movesSince("pump", began) {
					if m.on {
						return fmt.Errorf("it was switched on again %v after the start", m.at.Sub(began))
					}
				}
				r.reaction = "off at the start, and it stays off"
				return nil
			},
		},
		{
			name: "kill -9 during a timed command that is to be finished", promise: "goes on, and ends when it was to end", within: 1500 * time.Millisecond,
			try: func(s *site, r *row) error {
				out, err := s.relay("valve", map[string]any{"at_start": "keep", "on_restart": "finish"})
				if err != nil {
					return err
				}
				began := time.Now()
				if err := s.drive(out, map[string]any{"on": true, "duration_s": 8}); err != nil {
					return err
				}
				s.Kill()
				s.pause(2 * time.Second)
				if err := s.start(); err != nil {
					return err
				}
				after, err := s.rig.awaits(s.ctx, "valve", false, began, 12*time.Second)
				if err != nil {
					return err
				}
				r.took = max(after-8*time.Second, 0)
				r.reaction = fmt.Sprintf("off %.1f s after it was switched on for 8 s", after.Seconds())
				if after < 7*time.Second {
					return fmt.Errorf("it ended after %v already", after)
				}
				return nil
			},
		},
		{
			name: "the program is told to end (SIGTERM)", promise: "every output to its state at stop, exit code 0", within: 10 * time.Second,
			try: func(s *site, r *row) error {
				if _, _, err := s.warm(); err != nil {
					return err
				}
				began := time.Now()
				code := s.Stop()
				r.took = time.Since(began)
				if code != 0 || s.rig.on("heater") {
					return fmt.Errorf("exit code %d, the heater is on: %v", code, s.rig.on("heater"))
				}
				r.reaction = "heater off, exit code 0"
				return nil
			},
		},
		{
			name: "kill -9 three times within seconds of the start", promise: "controllers stay off, outputs safe, the API says why", within: 5 * time.Second,
			try: func(s *site, r *row) error {
				if _, _, err := s.warm(); err != nil {
					return err
				}
				for range 4 {
					s.Kill()
					if err := s.start(); err != nil {
						return err
					}
					s.pause(300 * time.Millisecond)
				}
				began := s.Began
				var health struct{ Status, Cause string }
				if err := s.Ask(http.MethodGet, "/health", nil, &health); err != nil {
					return err
				}
				r.took = time.Since(began)
				s.pause(5 * time.Second)
				if health.Status != "degraded" || s.rig.on("heater") {
					return fmt.Errorf("health is %q, the heater is on: %v", health.Status, s.rig.on("heater"))
				}
				if err := s.Ask(http.MethodPost, "/system/resume", nil, nil); err != nil {
					return err
				}
				if _, err := s.rig.awaits(s.ctx, "heater", true, time.Now(), 10*time.Second); err != nil {
					return fmt.Errorf("after resuming: %w", err)
				}
				r.reaction = "degraded, heater off until a person resumed"
				return nil
			},
		},
	}
}
