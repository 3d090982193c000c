package fleet

import (
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"hypha/internal/output"
	"hypha/internal/settings"
)

// pid is a function that has read a temperature.
func pid(n int) output.Cause {
	return output.Cause{By: fmt.Sprintf("function/%d", n), Reason: "it is too cold", Chain: []output.Link{
		{What: "reading", Ref: "channel/1", Value: new(18.5)}, {What: "function", Ref: fmt.Sprintf("function/%d", n)},
	}}
}

func duty(v float64, lease time.Duration) output.Command {
	return output.Command{Level: output.Level{Duty: &v}, Lease: lease}
}

func TestAFunctionIsOverriddenAndTakesOverAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.addOutput(`{"name":"Fan","kind":"fake_relay","options":{"pin":"4"},"channels":[{"index":1,"override_s":600}]}`)
		if _, err := w.DriveAs(t.Context(), 1, 1, duty(40, time.Hour), pid(2)); err != nil {
			t.Fatal(err)
		}
		s, err := w.Drive(t.Context(), 1, 1, duty(90, 0), by)
		if err != nil || s.Driver == nil || s.Driver.By != by || s.Driver.Rank != "override" || time.Until(time.Time(*s.Driver.Until)) != 10*time.Minute ||
			len(s.Waiting) != 1 || s.Waiting[0].By != "function/2" {
			t.Fatalf("overridden: %+v, %v", s, err)
		}
		for range 5 {
			s, err = w.DriveAs(t.Context(), 1, 1, duty(41, time.Hour), pid(2))
			if !errors.Is(err, output.ErrOutranked) || s.Duty == nil || *s.Duty != 90 {
				t.Errorf("outranked: %+v, %v", s, err)
			}
		}
		if got := w.messages("output", "waits to drive"); len(got) != 1 {
			t.Errorf("that it waits is told as %q", got)
		}
		if err := w.EndOverride(t.Context(), 1, 1, by); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if got := w.bench.level("4", 1); got != "41 %" {
			t.Errorf("after the override the fan is at %s", got)
		}
		w.ReleaseClaims("function/2")
		synctest.Wait()
		if s, _ := w.ChannelState(t.Context(), 1, 1); s.By != "safe" || s.Driver != nil || s.Reason != "function/2 has ended" {
			t.Errorf("after the function: %+v", s)
		}
		if o := w.patchOutput(1, `{"channels":[{"index":1,"override_s":null}]}`); o.Guards[1].OverrideS != nil {
			t.Errorf("null left %+v", o.Guards[1])
		}
		_, err = w.CreateOutput(t.Context(), draftOf[OutputDraft](t, `{"name":"x","kind":"fake_relay","options":{"pin":"5"},"channels":[{"index":0,"override_s":0}]}`), by)
		wantFaults(t, "no override", err, "channels[0].override_s")
	})
}

func TestARegulatorDoesNotFillTheJournal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.addOutput(`{"name":"Fan","kind":"fake_relay","options":{"pin":"4"}}`)
		for n := range 300 {
			if _, err := w.DriveAs(t.Context(), 1, 1, duty(float64(10+n%80), 5*time.Second), pid(2)); err != nil {
				t.Fatal(err)
			}
			later(time.Second)
		}
		events, _, err := w.Events(t.Context(), settings.EventFilter{Type: "output", Source: "output/1"})
		if err != nil || len(events) < 6 || len(events) > 9 { // at start, on, and one a minute
			t.Errorf("300 new duties in 5 minutes are %d entries of the journal, %v", len(events), err)
		}
		for n := range 70 { // it stays where it came to
			if _, err := w.DriveAs(t.Context(), 1, 1, duty(77, 5*time.Second), pid(2)); err != nil {
				t.Fatal(err, n)
			}
			later(time.Second)
		}
		if got := w.messages("output", "fan went to 77 %"); len(got) == 0 {
			t.Error("the duty it stays at was never told")
		}
	})
}
