package fleet

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"hypha/internal/controller"
	"hypha/internal/measure"
	"hypha/internal/settings"
)

func TestTheExpectedIntervalFollowsThePeriodUnlessAPersonSetIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.bench.plug(1)
		in := w.addInput(`{"name":"A","kind":"fake_sensor","period_s":10}`)
		a, b := in.Channels[0], in.Channels[1]
		if a.ExpectedIntervalS != 31 {
			t.Errorf("of a period of 10 s follows %v s, want 31", a.ExpectedIntervalS)
		}
		w.patchChannel(b.ID, `{"expected_interval_s":600}`)
		in = w.patchInput(1, `{"period_s":60}`)
		if in.Channels[0].ExpectedIntervalS != 181 || in.Channels[1].ExpectedIntervalS != 600 {
			t.Errorf("of a period of 60 s follow %v and %v s, want 181 and the 600 of a person",
				in.Channels[0].ExpectedIntervalS, in.Channels[1].ExpectedIntervalS)
		}
		w.bench.do(func() { delete(w.bench.sensors, 1) })
		later(185 * time.Second)
		for id, want := range map[measure.ChannelID]bool{a.ID: true, b.ID: false} {
			if c, err := w.Channel(t.Context(), id); err != nil || c.Stale != want {
				t.Errorf("channel %d after 185 s of silence: stale %v, %v", id, c.Stale, err)
			}
		}
	})
}

func TestAnInputThatCannotEvenBeBuiltKeepsNothingElseFromStarting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.bench.plug(1)
		gone := settings.Input{Item: settings.Item{Name: "Old"}, Kind: "of_another_version", Enabled: true, Options: json.RawMessage(`{"password":"x"}`)}
		wrong := settings.Input{Item: settings.Item{Name: "Wrong"}, Kind: "fake_sensor", Enabled: true, Options: json.RawMessage(`{"address":-4}`)}
		for _, row := range []*settings.Input{&gone, &wrong} {
			row.PeriodS, row.TimeoutS, row.FailuresBeforeDegraded = 10, 1, 3
			if err := w.store.Inputs.Create(t.Context(), row); err != nil {
				t.Fatal(err)
			}
		}
		w.addInput(`{"name":"Good","kind":"fake_sensor"}`)
		w.restart()
		wantState(t, w, "input/1", controller.Failed)
		wantState(t, w, "input/2", controller.Failed)
		wantState(t, w, "input/3", controller.Running)
		if n := w.Counts()[controller.Failed]; n != 2 {
			t.Errorf("%d controllers count as failed", n)
		}
		if in, err := w.Input(t.Context(), 1); err != nil || string(in.Options) != "{}" || !strings.Contains(in.Status.Error, "of_another_version") {
			t.Errorf("shown as %+v, %v", in, err)
		}
		if got := w.messages("controller", "of_another_version"); len(got) != 1 {
			t.Errorf("the journal has %q", got)
		}
		_, err := w.UpdateInput(t.Context(), 1, json.RawMessage(`{"name":"x"}`), by)
		wantFaults(t, "changing one of an unknown kind", err, "kind")
		w.patchInput(2, `{"options":{"address":1}}`)
		wantState(t, w, "input/2", controller.Running)
		if err := w.DeleteInput(t.Context(), 1, by); err != nil || w.Counts()[controller.Failed] != 0 {
			t.Errorf("deleting it: %v, then %v", err, w.Counts())
		}
	})
}

func TestRangesOfAKindHoldAfterARestartToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		in := w.addInput(`{"name":"A","kind":"fake_broker","options":{"broker":"mqtt://x","channels":[{"name":"a","topic":"t","max":50}]}}`)
		check := func(when string) {
			t.Helper()
			later(time.Second)
			w.bench.mu.Lock()
			emit := w.bench.emit["mqtt://x"]
			w.bench.mu.Unlock()
			if err := emit(0, time.Time{}, 60); err != nil {
				t.Fatal(err)
			}
			if v, _, _ := w.Live.Get(in.Channels[0].ID); v.Q != measure.OutOfRange {
				t.Errorf("%s: 60 with a range up to 50 is %v", when, v.Q)
			}
		}
		check("created")
		w.restart()
		check("after a restart")
		w.patchInput(1, `{"period_s":5}`)
		check("after a change")
	})
}

func TestADeviceIsAskedForItsChannelsOnlyWhenItsOptionsChange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.bench.plug(1)
		w.bench.plug(2).values = []float64{20}
		in := w.addInput(`{"name":"A","kind":"fake_probed","options":{"address":1}}`)
		w.patchInput(1, `{"name":"B","period_s":20}`)
		w.restart()
		if w.bench.asked != 1 {
			t.Errorf("the device was asked %d times", w.bench.asked)
		}
		changed := w.patchInput(1, `{"options":{"address":2}}`)
		if w.bench.asked != 2 || len(changed.Channels) != 1 || changed.Channels[0].ID != in.Channels[0].ID {
			t.Errorf("asked %d times, channels %+v", w.bench.asked, changed.Channels)
		}
		if _, _, ok := w.Live.Get(in.Channels[1].ID); ok {
			t.Error("a channel that is gone has a live value")
		}
		w.bench.do(func() { delete(w.bench.sensors, 1) })
		_, err := w.UpdateInput(t.Context(), 1, json.RawMessage(`{"options":{"address":1}}`), by)
		wantFaults(t, "a device that does not answer", err, "options")
		wantState(t, w, "input/1", controller.Running) // the old goes on
	})
}

func TestEditsOfOneInputComeOneAfterTheOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.bench.plug(1)
		w.addInput(`{"name":"A","kind":"fake_sensor"}`)
		done := make(chan error, 10)
		for k := range 10 {
			go func() {
				patch := `{"period_s":5}`
				if k%2 == 0 {
					patch = `{"name":"B"}`
				}
				_, err := w.UpdateInput(context.WithoutCancel(t.Context()), 1, json.RawMessage(patch), by)
				done <- err
			}()
		}
		for range 10 {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		if in, err := w.Input(t.Context(), 1); err != nil || in.Name != "B" || in.PeriodS != 5 {
			t.Errorf("after all %+v, %v", in, err)
		}
		later(time.Second)
		wantState(t, w, "input/1", controller.Running)
	})
}
