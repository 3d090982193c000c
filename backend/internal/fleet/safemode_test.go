package fleet

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"hypha/internal/controller"
	"hypha/internal/measure"
	"hypha/internal/output"
)

// die ends the program as kill -9 does: nothing is told that it ends. What the database holds is what it held.
func (w *world) die() {
	w.t.Helper()
	row := starts{}
	found, err := w.store.KV.Get(w.t.Context(), startsKey, &row)
	if err != nil {
		w.t.Fatal(err)
	}
	w.shutdown()
	if !found {
		return
	}
	// The orderly end of the test world has forgotten the start; a killed program has not.
	w.reopen(func() {
		if err := w.store.KV.Set(w.t.Context(), startsKey, row); err != nil {
			w.t.Fatal(err)
		}
	})
}

func TestAfterFailedStartsTheControllersStayOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.configure = func(c *Config) { c.MaxFailedStarts, c.LastCrash = 3, "panic: boom" }
		w.restart()
		w.bench.plug(64)
		w.addInput(`{"name":"Probe","kind":"fake_sensor","options":{"address":64}}`)
		w.addInput(`{"name":"P","kind":"fake_push","options":{"channels":[{"name":"a","quantity":"temperature","unit":"C"}]}}`)
		w.addOutput(`{"name":"Lamp","kind":"fake_relay","options":{"pin":"4"},"channels":[{"index":0,"at_start":{"on":true}}]}`)
		for n := range 3 {
			later(30 * time.Second)
			w.die()
			w.start()
			if safe := w.SafeMode() != nil; safe != (n == 2) {
				t.Fatalf("after %d failed starts safe mode is %v", n+1, safe)
			}
		}
		m := w.SafeMode()
		if m.FailedStarts != 3 || m.Cause != "panic: boom" {
			t.Errorf("safe mode %+v", m)
		}
		wantState(t, w, "input/1", controller.Inactive)
		wantState(t, w, "input/2", controller.Running)
		wantState(t, w, "output/1", controller.Running)
		if got := w.bench.level("4", 0); got != "off" {
			t.Errorf("the lamp is %s", got)
		}
		if got := w.messages("alert", "The controllers stay off"); len(got) != 1 {
			t.Errorf("alerts %q", got)
		}
		if _, err := w.Drive(t.Context(), 1, 0, on(), by); err != nil {
			t.Errorf("a person drives: %v", err)
		}
		if err := w.Resume(t.Context(), by); err != nil || w.SafeMode() != nil {
			t.Errorf("resumed: %v, %+v", err, w.SafeMode())
		}
		synctest.Wait()
		wantState(t, w, "input/1", controller.Running)
		later(2 * time.Minute)
		w.die()
		w.start()
		if w.SafeMode() != nil {
			t.Error("a start that was good counts")
		}
		later(time.Hour)
		for range 4 { // switched off each hour
			w.die()
			w.start()
			later(30 * time.Second)
			w.die()
			later(time.Hour)
			w.start()
		}
		if w.SafeMode() != nil {
			t.Error("starts that lie hours apart count as failing again and again")
		}
		for range 5 {
			w.restart()
		}
		if w.SafeMode() != nil {
			t.Error("starts that ended in order count as failed")
		}
	})
}

func TestTheStopButtonStopsEverything(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.configure = func(c *Config) { c.StopInput = 1 }
		w.restart()
		w.addInput(`{"name":"Button","kind":"fake_push","options":{"channels":[{"name":"a","quantity":"temperature","unit":"C"}]}}`)
		w.addOutput(`{"name":"Lamp","kind":"fake_relay","options":{"pin":"4"}}`)
		if _, err := w.Drive(t.Context(), 1, 0, on(), by); err != nil {
			t.Fatal(err)
		}
		w.stuck(0)
		w.Accept(t.Context(), []measure.Reading{{Channel: 1, T: time.Now().UnixMilli() + 1, V: 1, Q: measure.Rejected}})
		synctest.Wait()
		if w.Stopped().Stopped {
			t.Error("stopped by a button that is not pressed")
		}
		w.stuck(1)
		synctest.Wait()
		if s := w.Stopped(); !s.Stopped || s.By != "channel/1" || w.bench.level("4", 0) != "off" {
			t.Errorf("pressed: %+v, the lamp is %s", s, w.bench.level("4", 0))
		}
		if _, err := w.Drive(t.Context(), 1, 0, on(), by); !errors.Is(err, output.ErrStopped) {
			t.Errorf("driven: %v", err)
		}
	})
}
