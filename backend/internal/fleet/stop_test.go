package fleet

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"hypha/internal/output"
)

func TestTheStopHoldsOverARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.addOutput(`{"name":"A","kind":"fake_relay","options":{"pin":"1"},"channels":[{"index":0,"at_start":{"on":true},"at_stop":{"on":true}}]}`)
		w.addOutput(`{"name":"B","kind":"fake_relay","options":{"pin":"2"}}`)
		for id := range int64(2) {
			if _, err := w.Drive(t.Context(), id+1, 0, on(), by); err != nil {
				t.Fatal(err)
			}
		}
		s, err := w.StopAll(t.Context(), "smoke", by)
		if err != nil || !s.Stopped || s.Reason != "smoke" || s.By != by || s.Since == nil {
			t.Errorf("stopped %+v, %v", s, err)
		}
		since := time.Time(*s.Since)
		off := func(when string) {
			t.Helper()
			for _, pin := range []string{"1", "2"} {
				if got := w.bench.level(pin, 0); got != "off" {
					t.Errorf("%s: relay %s is %q", when, pin, got)
				}
			}
		}
		off("stopped")
		later(time.Minute)
		if _, err := w.Drive(t.Context(), 1, 0, on(), by); !errors.Is(err, output.ErrStopped) {
			t.Errorf("driving while stopped: %v", err)
		}
		w.shutdown()
		off("shut down while stopped")
		w.start()
		off("started while stopped")
		if s := w.Stopped(); !s.Stopped || s.Reason != "smoke" || !time.Time(*s.Since).Equal(since) {
			t.Errorf("after the restart %+v, want since %v", s, since)
		}
		w.patchOutput(1, `{"options":{"pin":"3"}}`)
		if got := w.bench.level("3", 0); got != "off" {
			t.Errorf("changed while stopped: the relay is %q", got)
		}
		if s, _ := w.StopAll(t.Context(), "again", "user:bo"); !time.Time(*s.Since).Equal(since) || s.Reason != "again" {
			t.Errorf("stopped again %+v", s)
		}
		if s, _ := w.StopAll(t.Context(), "", "user:bo"); s.Reason != "again" {
			t.Errorf("stopped once more without a word, the reason is %q", s.Reason)
		}
		if err := w.ReleaseStop(t.Context(), by); err != nil || w.Stopped().Stopped {
			t.Errorf("released: %v, %+v", err, w.Stopped())
		}
		off("released")
		if _, err := w.Drive(t.Context(), 2, 0, on(), by); err != nil {
			t.Error(err)
		}
		w.restart()
		if w.Stopped().Stopped {
			t.Error("the release did not survive the restart")
		}
		if got := w.messages("alert", "stop"); len(got) != 4 {
			t.Errorf("the journal has %q", got)
		}
	})
}

func TestTheStopReachesWhatItCanAndNamesTheRest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		for _, pin := range []string{"1", "2", "3"} {
			w.addOutput(`{"name":"A","kind":"fake_relay","timeout_s":60,"options":{"pin":"` + pin + `"}}`)
			later(time.Second)
		}
		for id := range int64(3) {
			if _, err := w.Drive(t.Context(), id+1, 0, on(), by); err != nil {
				t.Fatal(err)
			}
		}
		w.bench.do(func() { w.bench.relays["1"].err = errNoAnswer; w.bench.relays["2"].slow = 20 * time.Second })
		gone, cancel := context.WithCancel(t.Context())
		cancel() // whoever pressed the button has closed the page
		began := time.Now()
		s, err := w.StopAll(gone, "", by)
		if !s.Stopped || err == nil || !strings.Contains(err.Error(), "output/1") || !strings.Contains(err.Error(), "output/2") || strings.Contains(err.Error(), "output/3") {
			t.Errorf("stopped %+v, %v", s, err)
		}
		if took := time.Since(began); took > stopAnswer {
			t.Errorf("the answer took %v", took)
		}
		if got := w.bench.level("3", 0); got != "off" {
			t.Errorf("the one that answers is %q", got)
		}
		w.bench.do(func() { w.bench.relays["1"].err = nil })
		later(time.Minute)
		for _, pin := range []string{"1", "2"} {
			if got := w.bench.level(pin, 0); got != "off" {
				t.Errorf("a minute later relay %s is %q", pin, got)
			}
		}
		w.bench.do(func() { w.bench.relays["2"].slow = 0 })
	})
}

func TestStopAndReleaseAtTheSameTimeAgreeWithTheDisk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.addOutput(`{"name":"A","kind":"fake_relay","options":{"pin":"1"}}`)
		var wg sync.WaitGroup
		for range 10 {
			wg.Go(func() { _, _ = w.StopAll(t.Context(), "", by) })
			wg.Go(func() { _ = w.ReleaseStop(t.Context(), by) })
		}
		wg.Wait()
		held := w.Stopped().Stopped
		w.restart()
		if w.Stopped().Stopped != held {
			t.Errorf("held %v before the restart, %v after it", held, w.Stopped().Stopped)
		}
	})
}
