package main

import (
	"fmt"
	"net/http"
	"strings"
	"time"
)

// sensorFaults are probes that die, hang, freeze and lie, under a thermostat whose measurement may be 3 s old.
func sensorFaults() []fault {
	dead := func(name, how string) fault {
		return fault{
			name: name, promise: "heater off once the measurement is too old (3 s) and a second more", within: 4500 * time.Millisecond,
			try: func(s *site, r *row) error {
				if _, _, err := s.warm(); err != nil {
					return err
				}
				s.pause(1200 * time.Millisecond)
				began := time.Now()
				s.rig.do(func() { s.rig.sensor("air").fault = how })
				var err error
				if r.took, err = s.rig.awaits(s.ctx, "heater", false, began, 15*time.Second); err != nil {
					return err
				}
				r.reaction = "off"
				return s.told(r, "function/1")
			},
		}
	}
	lying := func(name string, v float64) fault {
		return fault{
			name: name, promise: "the reading is kept from control, heater off", within: 4500 * time.Millisecond,
			try: func(s *site, r *row) error {
				ch, _, err := s.warm()
				if err != nil {
					return err
				}
				err = s.Ask(http.MethodPatch, fmt.Sprintf("/channels/%d", ch), map[string]any{"valid_min": -20, "valid_max": 60}, nil)
				if err != nil {
					return err
				}
				if _, err := s.rig.awaits(s.ctx, "heater", true, time.Now().Add(-time.Minute), 10*time.Second); err != nil {
					return err
				}
				s.pause(3 * time.Second)
				began := time.Now()
				s.rig.do(func() { s.rig.sensor("air").v = v })
				if r.took, err = s.rig.awaits(s.ctx, "heater", false, began, 15*time.Second); err != nil {
					return err
				}
				r.reaction = "off"
				return s.told(r, "function/1")
			},
		}
	}
	return []fault{
		dead("dead probe: it refuses", "refuse"),
		dead("dead probe: it hangs (a stuck bus)", "hang"),
		dead("dead probe: it answers rubbish", "garbage"),
		lying("lying probe: -127 °C, the value of a broken wire", -127),
		lying("lying probe: 85 °C, the value of a sensor without power", 85),
		{
			name: "frozen or fallen-out probe: the heater is on and nothing gets warmer", promise: "named within the time set for an effect (6 s), heater off", within: 8 * time.Second,
			try: func(s *site, r *row) error {
				ch, err := s.sensor("air")
				if err != nil {
					return err
				}
				out, err := s.relay("heater", nil)
				if err != nil {
					return err
				}
				began := time.Now()
				err = s.Ask(http.MethodPost, "/functions", map[string]any{"name": "PID", "kind": "pid", "options": map[string]any{
					"channel": ch, "setpoint": 30, "kp": 50, "raise": map[string]any{"output": out}, "mode": "time_proportional", "window_s": 2,
					"min_on_s": 0.1, "min_off_s": 0.1, "effect_within_s": 6, "effect_change": 0.5,
				}}, nil)
				if err != nil {
					return err
				}
				on, err := s.rig.awaits(s.ctx, "heater", true, began, 10*time.Second)
				if err != nil {
					return err
				}
				began = began.Add(on)
				if r.took, err = s.rig.awaits(s.ctx, "heater", false, began, 20*time.Second); err != nil {
					return err
				}
				s.pause(time.Second)
				events, err := s.events()
				if err != nil {
					return err
				}
				for _, e := range events {
					if e.Type == "alert" && strings.Contains(e.Message, "no effect") {
						r.reaction = "off, alert: no effect"
						return nil
					}
				}
				return fmt.Errorf("no alert names it")
			},
		},
		{
			name: "a stuck sensor beside a loop", promise: "the loop of another sensor goes on, within its second", within: 2500 * time.Millisecond,
			try: func(s *site, r *row) error {
				if _, err := s.sensor("stuck"); err != nil {
					return err
				}
				if _, _, err := s.warm(); err != nil {
					return err
				}
				s.rig.do(func() { s.rig.sensor("stuck").fault = "hang" })
				s.pause(5 * time.Second)
				began := time.Now()
				s.rig.do(func() { s.rig.sensor("air").v = 27 })
				var err error
				if r.took, err = s.rig.awaits(s.ctx, "heater", false, began, 10*time.Second); err != nil {
					return err
				}
				r.reaction = "off at the next reading of 27 °C"
				return nil
			},
		},
	}
}

// told sees that people are told why: the function is degraded, and the journal has it.
func (s *site) told(r *row, ref string) error {
	deadline := time.Now().Add(3 * time.Second)
	for time.Now().Before(deadline) {
		var fn struct {
			Status struct{ State, Error string }
		}
		if err := s.Ask(http.MethodGet, "/"+strings.Replace(ref, "function", "functions", 1), nil, &fn); err != nil {
			return err
		}
		if fn.Status.State == "degraded" && fn.Status.Error != "" {
			r.reaction += ", told: " + fn.Status.Error
			return nil
		}
		s.pause(100 * time.Millisecond)
	}
	return fmt.Errorf("the function does not say what is wrong")
}
