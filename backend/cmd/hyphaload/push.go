package main

import (
	"context"
	"fmt"
	"net/http"
	"time"
)

type pushedReading struct {
	Channel int     `json:"channel"`
	T       int64   `json:"t"`
	V       float64 `json:"v"`
}

// push measures how many readings a second POST /readings takes, in batches of 1 000, one request after the other. Each
// answer means that the batch is stored.
func (b *bench) push(ctx context.Context) error {
	s, err := serve(ctx, b.bin, "")
	if err != nil {
		return err
	}
	defer func() { _ = s.stop(true) }()
	if err := s.setUp(ctx, b.bin); err != nil {
		return err
	}
	const channels, batch = 10, 1000
	var declared []map[string]string
	for n := range channels {
		declared = append(declared, map[string]string{"name": fmt.Sprint("channel ", n), "quantity": "temperature", "unit": "C"})
	}
	body := map[string]any{"name": "pushed", "kind": "push", "options": map[string]any{"channels": declared}}
	if err := s.call(ctx, http.MethodPost, "/inputs", body, nil); err != nil {
		return err
	}
	before, err := s.cpu()
	if err != nil {
		return err
	}
	first := time.Now().Add(-1000 * time.Hour).UnixMilli()
	began, n := time.Now(), 0
	for time.Since(began) < b.length/2 {
		readings := make([]pushedReading, batch)
		for i := range readings {
			readings[i] = pushedReading{i%channels + 1, first + int64((n+i)/channels)*1000, 20 + float64((n+i)%77)/10}
		}
		if err := s.call(ctx, http.MethodPost, "/readings", map[string]any{"readings": readings}, nil); err != nil {
			return err
		}
		n += batch
	}
	took := time.Since(began).Seconds()
	after, err := s.cpu()
	if err != nil {
		return err
	}
	b.add(row{
		"time for a million readings through POST /readings, batches of 1 000", took / float64(n) * 1e6, "s", 1e6 / 150_000.0,
		fmt.Sprintf("%.0f readings/s from one client; %.0f for each second of the program's processor", float64(n)/took, float64(n)/(after-before).Seconds()),
	})
	return nil
}
