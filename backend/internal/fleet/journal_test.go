package fleet

import (
	"context"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"hypha/internal/controller"
	"hypha/internal/event"
	"hypha/internal/measure"
	"hypha/internal/settings"
)

func TestIllAndWellAreToldOnceEach(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		s := w.bench.plug(1)
		w.addInput(`{"name":"A","kind":"fake_sensor"}`)
		later(time.Minute)
		if got := w.messages("controller", ""); len(got) != 0 {
			t.Errorf("a sensor that works is told as %q", got)
		}
		w.bench.do(func() { s.err = errNoAnswer })
		later(time.Hour)
		got := w.messages("controller", "input/1")
		if len(got) != 2 || !strings.Contains(got[0], "degraded") || !strings.Contains(got[1], "tried again") || !strings.Contains(got[1], "no answer") {
			t.Errorf("an hour of failures is told as %q, want degraded, then not answering", got)
		}
		w.bench.do(func() { s.err = nil })
		later(2 * time.Minute)
		if got := w.messages("controller", "works again"); len(got) != 1 {
			t.Errorf("the recovery is told as %q", got)
		}
		if got := w.messages("controller", ""); len(got) != 3 {
			t.Errorf("all in all %q", got)
		}
	})
}

func TestASourceThatFailsAtEachTryHasNeverWorked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.bench.do(func() { w.bench.refuses["mqtt://x"] = errNoAnswer })
		w.addInput(`{"name":"A","kind":"fake_broker","options":{"broker":"mqtt://x","channels":[` + series + `]}}`)
		later(time.Hour)
		if got := w.messages("controller", ""); len(got) != 1 {
			t.Errorf("an hour of refusals is told as %q", got)
		}
		w.bench.do(func() { delete(w.bench.refuses, "mqtt://x") })
		later(2 * time.Minute)
		wantState(t, w, "input/1", controller.Running)
		if got := w.messages("controller", "works again"); len(got) != 1 {
			t.Errorf("the recovery is told as %q", got)
		}
	})
}

func TestSilenceGoesToTheFeed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		s := w.bench.plug(1)
		in := w.addInput(`{"name":"A","kind":"fake_sensor"}`)
		later(time.Minute)
		heard := w.Readings.Subscribe(event.Options[[]measure.Reading]{Buffer: 100})
		defer heard.Close()
		w.bench.do(func() { s.err = errNoAnswer })
		later(time.Minute)
		var stale []measure.ChannelID
		for _, e := range heard.Take(nil) {
			for _, r := range e.V {
				if r.Q == measure.Stale {
					stale = append(stale, r.Channel)
				}
			}
		}
		if len(stale) != 2 {
			t.Errorf("stale: %v, want both channels once", stale)
		}
		if c, err := w.Channel(t.Context(), in.Channels[0].ID); err != nil || !c.Stale || c.Last == nil || c.Last.Q != measure.Stale {
			t.Errorf("the channel is %+v, %v", c, err)
		}
	})
}

func TestTheBinIsEmptiedAfterADay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.bench.plug(1)
		in := w.addInput(`{"name":"A","kind":"fake_sensor","period_s":600}`)
		w.addOutput(`{"name":"B","kind":"fake_relay","options":{"pin":"1"}}`)
		later(time.Hour)
		if err := w.DeleteInput(t.Context(), 1, by); err != nil {
			t.Fatal(err)
		}
		if err := w.DeleteOutput(t.Context(), 1, by); err != nil {
			t.Fatal(err)
		}
		later(23 * time.Hour)
		if got := len(w.values(in.Channels[0].ID)); got == 0 {
			t.Error("the history was gone within the day")
		}
		later(3 * time.Hour)
		if got := len(w.values(in.Channels[0].ID)); got != 0 {
			t.Errorf("%d readings are left of what was deleted for good", got)
		}
		if _, err := w.RestoreInput(t.Context(), 1, by); err == nil {
			t.Error("an input came back after the bin was emptied")
		}
	})
}

func TestTheSameFailureIsToldOnceHoweverItSwings(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		say := func(state controller.State, reason string) {
			w.journal.controllerChanged(controller.Status{Ref: "input/9", State: state, Error: reason})
		}
		told := 0
		want := func(when string, more int) {
			t.Helper()
			told += more
			if got := w.messages("controller", "input/9"); len(got) != told {
				t.Errorf("%s: told %q, want %d", when, got, told)
			}
		}
		for range 20 { // a source that is tried, runs for a moment, and fails again
			say(controller.Initializing, "")
			say(controller.Running, "")
			say(controller.Degraded, "reads fail: no answer")
			say(controller.BackingOff, "no answer")
		}
		want("an hour without an answer", 2)
		say(controller.BackingOff, "not authorised")
		say(controller.BackingOff, "no answer")
		say(controller.BackingOff, "not authorised")
		want("a new reason", 1)
		for n := range 20 {
			say(controller.BackingOff, "odd answer "+string(rune('a'+n)))
		}
		want("reasons without end", maxReasons-2)
		say(controller.Failed, "bad options")
		want("given up", 1)
		say(controller.Running, "")
		later(2 * wellAfter)
		want("well again", 1)
		say(controller.BackingOff, "no answer")
		want("ill again", 1)
	})
}

// fullDisk is a journal's store that takes nothing while it is full.
type fullDisk struct {
	mu    sync.Mutex
	full  bool
	tries int
	kept  []string
}

func (d *fullDisk) fill(full bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.full = full
}

func (d *fullDisk) now() (tries int, kept []string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.tries, slices.Clone(d.kept)
}

func (d *fullDisk) Append(_ context.Context, events ...*settings.Event) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.tries++
	if d.full {
		return settings.ErrFull
	}
	for _, e := range events {
		d.kept = append(d.kept, e.Message)
	}
	return nil
}

func TestTheJournalWaitsForAFullDisk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		disk := &fullDisk{full: true}
		j := newJournal(disk, event.NewTopic[Event](event.NewHubAt(1), "events", 10), slog.New(slog.DiscardHandler))
		ctx, end := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() { j.run(ctx); close(ended) }()
		for n := range journalQueue + 10 {
			j.add("alert", "disk", "", strconv.Itoa(n), nil)
			if n%100 == 0 {
				synctest.Wait()
			}
		}
		later(time.Minute)
		if tries, _ := disk.now(); tries > 20 || j.lost.Load() != 10 {
			t.Errorf("%d tries on a full disk, %d events lost, want few and the 10 that do not fit", tries, j.lost.Load())
		}
		disk.fill(false)
		later(2 * wellAfter)
		j.add("alert", "disk", "", "room", nil)
		synctest.Wait()
		if _, kept := disk.now(); len(kept) != journalQueue+1 || kept[0] != "0" || kept[len(kept)-1] != "room" {
			t.Errorf("%d events were kept: %.100q ...", len(kept), kept)
		}
		disk.fill(true)
		j.add("alert", "disk", "", "the last word", nil)
		synctest.Wait()
		disk.fill(false)
		end()
		<-ended
		if _, kept := disk.now(); kept[len(kept)-1] != "the last word" {
			t.Errorf("at the end %q was written last", kept[len(kept)-1])
		}
	})
}
