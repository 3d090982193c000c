package fleet

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"hypha/internal/output"
)

func dose(ml float64) output.Command { return output.Command{Level: output.Level{VolumeML: &ml}} }

func TestVolumesAreCountedOverARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.addOutput(`{"name":"Pump","kind":"fake_pump","options":{"pin":"1"},"channels":[{"index":0,"limits":{"max_volume_ml_per_day":10}}]}`)
		if _, err := w.Drive(t.Context(), 1, 0, dose(8), by); err != nil {
			t.Fatal(err)
		}
		w.restart()
		_, err := w.Drive(t.Context(), 1, 0, dose(2.5), by)
		wantFaults(t, "more than the day allows", err, "volume_ml")
		later(25 * time.Hour)
		if _, err := w.Drive(t.Context(), 1, 0, dose(2.5), by); err != nil {
			t.Error(err)
		}
	})
}

func TestAnInterlockHoldsAcrossOutputsAndRestarts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		for _, pin := range []string{"4", "5"} {
			w.addOutput(`{"name":"Valve ` + pin + `","kind":"fake_relay","options":{"pin":"` + pin + `"},"channels":[
				{"index":0,"interlock":"valves","at_start":"keep","at_stop":"keep"}]}`)
		}
		if _, err := w.Drive(t.Context(), 2, 0, on(), by); err != nil {
			t.Fatal(err)
		}
		wantInterlock := func(when string) {
			t.Helper()
			_, err := w.Drive(t.Context(), 1, 0, on(), by)
			if e, ok := errors.AsType[*output.InterlockError](err); !ok || !strings.Contains(e.Other, "Valve 5") {
				t.Errorf("%s: %v", when, err)
			}
		}
		wantInterlock("while the other is on")
		w.bench.do(func() { w.bench.relays["5"].err = errNoAnswer })
		w.restart()
		wantInterlock("after a restart, before the other has been reached")
		if got := w.messages("output", "was not set to on"); len(got) != 2 {
			t.Errorf("refusals are told as %q", got)
		}
		if err := w.DeleteOutput(t.Context(), 2, by); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Drive(t.Context(), 1, 0, on(), by); err != nil {
			t.Errorf("when the other is gone: %v", err)
		}
	})
}

func TestATimedCommandIsFinishedAfterARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.addOutput(`{"name":"Valve","kind":"fake_relay","options":{"pin":"4"},"channels":[{"index":0,"on_restart":"finish"}]}`)
		if _, err := w.Drive(t.Context(), 1, 0, output.Command{Level: on().Level, Duration: 10 * time.Minute}, by); err != nil {
			t.Fatal(err)
		}
		later(time.Minute)
		w.restart()
		s, err := w.ChannelState(t.Context(), 1, 0)
		if err != nil || s.On == nil || !*s.On || s.EndsAt == nil || s.By != by || w.bench.level("4", 0) != "on" {
			t.Errorf("after the restart: %+v, %v", s, err)
		}
		later(10 * time.Minute)
		if got := w.bench.level("4", 0); got != "off" {
			t.Errorf("after its time it is %s", got)
		}
	})
}
