package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"
)

// control measures many PIDs: a sensor of 1 Hz, an output and a loop each, and what the loops add to sensors and outputs.
func (b *bench) control(ctx context.Context, loops int) error {
	s, err := serve(ctx, b.bin, "")
	if err != nil {
		return err
	}
	defer func() { _ = s.stop(true) }()
	if err := s.setUp(ctx, b.bin); err != nil {
		return err
	}
	if err := s.sensors(ctx, loops); err != nil {
		return err
	}
	for i := range loops {
		body := map[string]any{"name": fmt.Sprintf("output %04d", i), "kind": "virtual_pwm"}
		if err := s.call(ctx, http.MethodPost, "/outputs", body, nil); err != nil {
			return err
		}
	}
	without, err := s.share(ctx, 10*time.Second, b.length/2)
	if err != nil {
		return err
	}
	for i := range loops {
		body := map[string]any{
			"name": fmt.Sprintf("loop %04d", i), "kind": "pid",
			"options": map[string]any{"channel": i + 1, "setpoint": 21, "kp": 8, "ki": 0.02, "raise": map[string]int{"output": i + 1}},
		}
		if err := s.call(ctx, http.MethodPost, "/functions", body, nil); err != nil {
			return err
		}
	}
	with, err := s.share(ctx, 15*time.Second, time.Minute) // one whole swing of the sensors
	if err != nil {
		return err
	}
	var delays []float64
	for range 14 { // the sensors go up and down within a minute, and at its limit an output needs no command
		if delays, err = s.commandDelays(ctx); err != nil {
			return err
		}
		if len(delays) >= loops/3 {
			break
		}
		if err := pause(ctx, 5*time.Second); err != nil {
			return err
		}
	}
	if len(delays) < loops/3 {
		return fmt.Errorf("only %d of %d loops have commanded a moment ago", len(delays), loops)
	}
	what := fmt.Sprintf("%d PIDs at 1 Hz", loops)
	b.add(row{what + ", processor", 100 * (with - without), "% of a core", 5, fmt.Sprintf("beside %s %% for their sensors and outputs", number(100*without))})
	b.add(row{what + ": reading to command, p50", quantile(delays, 0.5), "ms", 0, fmt.Sprintf("of %d commands, from the reading's time to the output's", len(delays))})
	b.add(row{what + ": reading to command, p99", quantile(delays, 0.99), "ms", 10, fmt.Sprintf("max %s ms", number(delays[len(delays)-1]))})
	return nil
}

// share is what the program takes of a core over a while, after a warm-up.
func (s *server) share(ctx context.Context, warm, length time.Duration) (float64, error) {
	if err := pause(ctx, warm); err != nil {
		return 0, err
	}
	before, err := s.cpu()
	if err != nil {
		return 0, err
	}
	if err := pause(ctx, length); err != nil {
		return 0, err
	}
	after, err := s.cpu()
	return (after - before).Seconds() / length.Seconds(), err
}

// commandDelays are the times in ms from a reading to the command that it led to, of every output that was commanded
// lately; in order.
func (s *server) commandDelays(ctx context.Context) ([]float64, error) {
	var outputs struct {
		Items []struct {
			ID       int64 `json:"id"`
			Channels []struct {
				State struct {
					Since  time.Time `json:"since"`
					Driver struct {
						Chain []struct {
							What string    `json:"what"`
							T    time.Time `json:"t"`
						} `json:"chain"`
					} `json:"driver"`
				} `json:"state"`
			} `json:"channels"`
		} `json:"items"`
	}
	var raw json.RawMessage
	if err := s.call(ctx, http.MethodGet, "/outputs?limit=100000", nil, &raw); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(raw, &outputs); err != nil {
		return nil, err
	}
	var delays []float64
	for _, o := range outputs.Items {
		for _, ch := range o.Channels {
			chain := ch.State.Driver.Chain
			i := slices.IndexFunc(chain, func(l struct {
				What string    `json:"what"`
				T    time.Time `json:"t"`
			},
			) bool {
				return l.What == "reading"
			})
			if i < 0 || time.Since(ch.State.Since) > 10*time.Second {
				continue
			}
			// Both are cut to whole milliseconds.
			delays = append(delays, ch.State.Since.Sub(chain[i].T).Seconds()*1000)
		}
	}
	slices.Sort(delays)
	return delays, nil
}
