package fleet

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"hypha/internal/measure"
	"hypha/internal/output"
)

func TestWhyAnswersForAnyMoment(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.addOutput(`{"name":"Fan","kind":"fake_relay","options":{"pin":"4"},"channels":[{"index":1,"limits":{"duty_max":80}}]}`)
		start := time.Now()
		if why, err := w.Why(t.Context(), 1, 1, start.Add(-time.Hour)); err != nil || why.Known {
			t.Errorf("before there was anything: %+v, %v", why, err)
		}
		later(time.Minute)
		if _, err := w.DriveAs(t.Context(), 1, 1, duty(40, time.Minute), pid(2)); err != nil {
			t.Fatal(err)
		}
		later(10 * time.Second)
		_, err := w.DriveAs(t.Context(), 1, 1, duty(90, time.Minute), pid(2))
		wantFaults(t, "too much", err, "duty")
		later(5 * time.Minute)
		ask := func(after time.Duration) Why {
			t.Helper()
			why, err := w.Why(t.Context(), 1, 1, start.Add(after))
			if err != nil || !why.Known {
				t.Fatalf("why after %v: %+v, %v", after, why, err)
			}
			return why
		}
		if why := ask(30 * time.Second); why.By != "at_start" {
			t.Errorf("at first: %+v", why)
		}
		why := ask(80 * time.Second)
		if why.Duty == nil || *why.Duty != 40 || why.By != "function/2" || len(why.Chain) != 2 || why.Chain[0].What != "reading" || *why.Chain[0].Value != 18.5 ||
			string(why.Limits) != `{"duty_max":80}` || why.Driver == nil || len(why.Refused) != 1 || !strings.Contains(why.Refused[0].Reason, "at most 80") {
			t.Errorf("driven: %+v", why)
		}
		why = ask(5 * time.Minute)
		if why.By != "safe" || !strings.Contains(why.Reason, "function/2") || len(why.Chain) != 3 || why.Chain[2].What != "limit" {
			t.Errorf("after the lease: %+v", why)
		}
		if got := w.messages("alert", "goes to its safe level"); len(got) != 1 {
			t.Errorf("alerts %q", got)
		}
	})
}

// stuck has the only channel of a push input show a value.
func (w *world) stuck(v float64) {
	w.Accept(context.Background(), []measure.Reading{{Channel: 1, T: time.Now().UnixMilli(), V: v}})
}

func TestAFaultIsLatchedUntilItIsAcknowledged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.addInput(`{"name":"Clamp","kind":"fake_sensor","options":{"address":64},"period_s":3600}`)
		w.addOutput(`{"name":"Lamp","kind":"fake_relay","options":{"pin":"4"},"channels":[
			{"index":0,"feedback":{"channel":1,"on_above":0.5,"within_s":10,"kind":"current"}}]}`)
		if _, err := w.Drive(t.Context(), 1, 0, on(), by); err != nil {
			t.Fatal(err)
		}
		for range 12 {
			later(time.Second)
			w.stuck(0.01)
		}
		later(2 * time.Second)
		s, err := w.ChannelState(t.Context(), 1, 0)
		if err != nil || s.On == nil || *s.On || s.Fault == nil || s.Fault.Kind != "no_effect" || w.bench.level("4", 0) != "off" {
			t.Fatalf("without current: %+v, %v", s, err)
		}
		if got := w.messages("alert", "no current flows"); len(got) != 1 {
			t.Errorf("alerts %q", got)
		}
		w.restart()
		_, err = w.Drive(t.Context(), 1, 0, on(), by)
		if _, ok := errors.AsType[*output.FaultError](err); !ok {
			t.Errorf("driven with a fault: %v", err)
		}
		if s, err := w.Acknowledge(t.Context(), 1, 0, by); err != nil || s.Fault != nil {
			t.Errorf("acknowledged: %+v, %v", s, err)
		}
		if _, err = w.Drive(t.Context(), 1, 0, on(), by); err != nil {
			t.Error(err)
		}
	})
}

func TestTheBackupIsDrivenInThePlaceOfABrokenDevice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.addOutput(`{"name":"Spare","kind":"fake_relay","options":{"pin":"5"}}`)
		w.addOutput(`{"name":"Heater","kind":"fake_relay","options":{"pin":"4"},"channels":[
			{"index":0,"ladder":[{"step":"backup","output":1,"channel":0,"after_s":5},{"step":"safe","after_s":5}]}]}`)
		w.bench.do(func() { w.bench.relays["4"].err = errNoAnswer })
		regulate := func(seconds int) {
			for range seconds {
				_, _ = w.DriveAs(t.Context(), 2, 0, output.Command{Level: on().Level, Lease: 5 * time.Second}, pid(2))
				later(time.Second)
			}
		}
		regulate(4)
		if got := w.bench.level("5", 0); got != "off" {
			t.Errorf("before its time the spare is %s", got)
		}
		regulate(5)
		if got := w.bench.level("5", 0); got != "on" {
			t.Errorf("the spare is %s", got)
		}
		if got := w.messages("alert", "replaced by its backup"); len(got) != 1 {
			t.Errorf("alerts %q", got)
		}
		w.bench.do(func() { w.bench.relays["4"].err = nil })
		regulate(70)
		if spare, heater := w.bench.level("5", 0), w.bench.level("4", 0); spare != "off" || heater != "on" {
			t.Errorf("the heater works again and is %s, the spare %s", heater, spare)
		}
		for text, field := range map[string]string{
			`{"channels":[{"index":0,"ladder":[{"step":"backup","output":2,"after_s":0}]}]}`:                              "channels[0].ladder",
			`{"channels":[{"index":0,"ladder":[{"step":"backup","output":9,"after_s":0}]}]}`:                              "channels[0].ladder",
			`{"channels":[{"index":0,"ladder":[{"step":"backup","output":1,"after_s":0}]}]}`:                              "channels[0].ladder",
			`{"channels":[{"index":0,"ladder":[{"step":"safe","after_s":9},{"step":"limp","after_s":0,"cap_low":200}]}]}`: "channels[0].ladder[0].step",
			`{"channels":[{"index":0,"feedback":{"channel":77,"on_above":1,"within_s":5,"kind":"flow"}}]}`:                "channels[0].feedback.channel",
			`{"channels":[{"index":0,"feedback":{"channel":77,"on_above":1,"within_s":5,"kind":"flow","nonsense":1}}]}`:   "channels[0].feedback.nonsense",
			`{"channels":[{"index":0,"ladder":[{"step":"limp","after_s":"soon"}]}]}`:                                      "channels[0].ladder[0].after_s",
		} {
			_, err := w.UpdateOutput(t.Context(), 1, []byte(text), by)
			if got := faultsOf(err); len(got) == 0 || got[0] != field {
				t.Errorf("%s: faults of %q, %v; want of %q", text, got, err, field)
			}
		}
	})
}
