package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// channelState is what GET /outputs/{id}/channels/{n} answers.
type channelState struct {
	On     *bool
	By     string
	Reason string
	EndsAt *time.Time `json:"ends_at"`
}

func TestWhatWasAcknowledgedSurvivesAKill(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := serve(t, dir, account(t, dir))
	s.must(http.MethodPost, "/inputs", `{"name":"P","kind":"push","options":{"channels":[{"name":"a","quantity":"temperature","unit":"C"}]}}`, nil)
	for _, body := range []string{
		`{"name":"finished","kind":"virtual_on_off","channels":[{"index":0,"at_start":"keep"}]}`,
		`{"name":"over","kind":"virtual_on_off","channels":[{"index":0,"at_start":"keep"}]}`,
		`{"name":"safe","kind":"virtual_on_off"}`,
		`{"name":"kept","kind":"virtual_on_off","channels":[{"index":0,"at_start":"keep"}]}`,
	} {
		s.must(http.MethodPost, "/outputs", body, nil)
	}

	// Four senders; the kill comes in the middle of their work.
	var (
		mu    sync.Mutex
		acked = map[int64]float64{}
		wg    sync.WaitGroup
	)
	enough := make(chan struct{})
	for sender := range 4 {
		wg.Go(func() {
			for n := 0; ; n++ {
				at, v := 1_767_225_600_000+int64(1_000_000*sender+n), float64(n)/8
				status, _ := s.ask(http.MethodPost, "/readings", fmt.Sprintf(`{"readings":[{"channel":1,"t":%d,"v":%g}]}`, at, v))
				if status != http.StatusOK {
					return
				}
				mu.Lock()
				acked[at] = v
				if len(acked) == 200 {
					close(enough)
				}
				mu.Unlock()
			}
		})
	}
	<-enough
	s.must(http.MethodPost, "/zones", `{"name":"the last word"}`, nil)
	s.must(http.MethodPut, "/outputs/1/channels/0", `{"on":true,"duration_s":3600}`, nil)
	s.must(http.MethodPut, "/outputs/3/channels/0", `{"on":true,"duration_s":3600}`, nil)
	s.must(http.MethodPut, "/outputs/4/channels/0", `{"on":true}`, nil)
	const short = 300 * time.Millisecond
	s.must(http.MethodPut, "/outputs/2/channels/0", fmt.Sprintf(`{"on":true,"duration_s":%g}`, short.Seconds()), nil)
	over := time.After(short)
	s.kill()
	wg.Wait()
	<-over

	s = serve(t, dir, s.token)
	stored := s.readings(1)
	for at, v := range acked {
		if got, ok := stored[at]; !ok || got != v {
			t.Errorf("the reading %v of %d was acknowledged; stored is %v, %t", v, at, got, ok)
		}
	}
	var zones struct{ Items []struct{ Name string } }
	if s.must(http.MethodGet, "/zones", "", &zones); len(zones.Items) != 1 || zones.Items[0].Name != "the last word" {
		t.Errorf("the zones are %+v", zones)
	}
	for id, want := range map[int]struct {
		on, ends bool
		by       string
	}{
		1: {on: true, ends: true, by: "token:test"}, // its time has not come
		2: {by: "restart"},                          // its time came while nobody was there
		3: {by: "at_start"},                         // a timed command is not begun again where the output starts off
		4: {on: true, by: "token:test"},
	} {
		var got channelState
		s.must(http.MethodGet, fmt.Sprintf("/outputs/%d/channels/0", id), "", &got)
		if got.On == nil || *got.On != want.on || (got.EndsAt != nil) != want.ends || got.By != want.by {
			text, _ := json.Marshal(got)
			t.Errorf("output %d is %s, want %+v", id, text, want)
		}
	}
	s.stop()
	if strings.Contains(s.said.String(), "panic") || strings.Contains(s.said.String(), "DATA RACE") {
		t.Error(s.said)
	}
}
