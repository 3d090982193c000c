package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"hypha/cmd/internal/program"
)

// site is a hypha on a folder of its own, with devices of a rig.
type site struct {
	*program.Server
	ctx  context.Context //nolint:containedctx // it lives as long as one fault is tried
	prog program.Program
	dir  string
	rig  *rig
	env  []string
}

// newSite starts a program on a new folder.
func newSite(ctx context.Context, bin string, env ...string) (*site, error) {
	dir, err := os.MkdirTemp("", "faults-")
	if err != nil {
		return nil, err
	}
	return newSiteAt(ctx, bin, filepath.Join(dir, "data"), env...)
}

func newSiteAt(ctx context.Context, bin, dir string, env ...string) (s *site, err error) {
	s = &site{ctx: ctx, prog: program.Program{Bin: bin}, dir: dir, env: env}
	if s.rig, err = newRig(); err != nil {
		return nil, err
	}
	if err := s.prog.Account(ctx, s.dir); err != nil {
		return nil, err
	}
	return s, s.start()
}

// start starts the program, again.
func (s *site) start() (err error) {
	s.Server, err = s.prog.Start(s.dir, s.env)
	return err
}

func (s *site) close() {
	if s.Server != nil {
		s.Kill()
	}
	s.rig.close()
	_ = os.RemoveAll(filepath.Dir(s.dir))
}

type named struct {
	ID       int64 `json:"id"`
	Channels []struct {
		ID int64 `json:"id"`
	} `json:"channels"`
}

// sensor adds an input of one second that reads a sensor of the rig, and returns its channel.
func (s *site) sensor(name string) (channel int64, err error) {
	var in named
	err = s.Ask(http.MethodPost, "/inputs", map[string]any{
		"name": name, "kind": "http_json", "period_s": 1, "timeout_s": 1,
		"options": map[string]any{"url": s.rig.url + "/sensor/" + name, "channels": []map[string]any{
			{"name": name, "quantity": "temperature", "unit": "C", "json_path": "v"},
		}},
	}, &in)
	if err != nil {
		return 0, err
	}
	return in.Channels[0].ID, nil
}

// relay adds an output that switches a relay of the rig.
func (s *site) relay(name string, channel map[string]any) (output int64, err error) {
	if channel == nil {
		channel = map[string]any{}
	}
	channel["index"] = 0
	var out named
	err = s.Ask(http.MethodPost, "/outputs", map[string]any{
		"name": name, "kind": "http_request", "timeout_s": 1, "channels": []map[string]any{channel},
		"options": map[string]any{"on_url": s.rig.url + "/relay/" + name + "/on", "off_url": s.rig.url + "/relay/" + name + "/off"},
	}, &out)
	return out.ID, err
}

// heating adds a thermostat that heats below 25 °C; its measurement may be 3 s old.
func (s *site) heating(channel, output int64) (function int64, err error) {
	var fn named
	err = s.Ask(http.MethodPost, "/functions", map[string]any{"name": "Thermostat", "kind": "hysteresis", "options": map[string]any{
		"channel": channel, "setpoint": 25, "band": 1, "output": map[string]any{"output": output}, "max_age_s": 3, "lease_s": 6,
	}}, &fn)
	return fn.ID, err
}

// warm sets up the sensor "air" at 20 °C, the relay "heater" and a thermostat, and waits until the heater is on.
func (s *site) warm() (ch, out int64, err error) {
	began := time.Now()
	if ch, err = s.sensor("air"); err != nil {
		return 0, 0, err
	}
	if out, err = s.relay("heater", nil); err != nil {
		return 0, 0, err
	}
	if _, err = s.heating(ch, out); err != nil {
		return 0, 0, err
	}
	_, err = s.rig.awaits(s.ctx, "heater", true, began, 10*time.Second)
	if err != nil {
		return ch, out, fmt.Errorf("the heater was not switched on: %w", err)
	}
	return ch, out, nil
}

// pause lets time pass.
func (s *site) pause(d time.Duration) {
	select {
	case <-time.After(d):
	case <-s.ctx.Done():
	}
}

// drive commands a channel as a person.
func (s *site) drive(output int64, command map[string]any) error {
	return s.Ask(http.MethodPut, fmt.Sprintf("/outputs/%d/channels/0", output), command, nil)
}

// event is an entry of the journal.
type event struct {
	T       time.Time `json:"t"`
	Type    string    `json:"type"`
	Source  string    `json:"source"`
	Message string    `json:"message"`
}

// events are the newest entries of the journal.
func (s *site) events() ([]event, error) {
	var answer struct{ Items []event }
	err := s.Ask(http.MethodGet, "/events?limit=200", nil, &answer)
	return answer.Items, err
}
