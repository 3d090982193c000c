package fleet

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"hypha/internal/input"
)

func TestTryingADeviceReadsItOnceAndSavesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		s := w.bench.plug(1)
		try := func(text string, like int64) ([]Sample, error) {
			return w.TryInput(t.Context(), draftOf[InputDraft](t, text), like)
		}
		got, err := try(`{"kind":"fake_sensor"}`, 0)
		if err != nil || len(got) != 2 || *got[0].Value != 20 || *got[1].Value != 50 || got[0].Name != "temperature" || got[1].Unit != "percent" {
			t.Errorf("samples %+v, %v", got, err)
		}
		w.bench.do(func() { s.err = input.ChannelErrors{1: errNoAnswer} })
		if got, err = try(`{"kind":"fake_sensor"}`, 0); err != nil || got[0].Value == nil || got[1].Value != nil || got[1].Error != "no answer" {
			t.Errorf("half a device: %+v, %v", got, err)
		}
		w.bench.do(func() { s.err = nil; s.values = []float64{math.NaN(), 50} })
		if got, err = try(`{"kind":"fake_sensor"}`, 0); err != nil || got[0].Value != nil || got[0].Error == "" || *got[1].Value != 50 {
			t.Errorf("a value that is none: %+v, %v", got, err)
		}
		w.bench.do(func() { s.err = input.ErrNotReady; s.values = nil })
		if got, err = try(`{"kind":"fake_sensor"}`, 0); err != nil || got[0].Value != nil || got[0].Note == "" {
			t.Errorf("nothing yet: %+v, %v", got, err)
		}
		var device *DeviceError
		w.bench.do(func() { s.err = errNoAnswer })
		if _, err = try(`{"kind":"fake_sensor"}`, 0); !errors.As(err, &device) {
			t.Errorf("a dead device: %v", err)
		}
		if _, err = try(`{"kind":"fake_sensor","options":{"address":5}}`, 0); !errors.As(err, &device) {
			t.Errorf("no device: %v", err)
		}
		_, err = try(`{"kind":"fake_sensor","options":{"address":500}}`, 0)
		wantFaults(t, "a wrong option", err, "options.address")

		hang := make(chan struct{})
		w.bench.do(func() { s.err = nil; s.hang = hang })
		began := time.Now()
		if _, err = try(`{"kind":"fake_sensor"}`, 0); !errors.As(err, &device) || time.Since(began) > 3*time.Second {
			t.Errorf("a device that hangs: %v after %v", err, time.Since(began))
		}
		close(hang)
		if n := len(w.Counts()); n != 0 {
			t.Errorf("trying left %v", w.Counts())
		}
	})
}

func TestTryingASourceListensForAWhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		draft := draftOf[InputDraft](t, `{"kind":"fake_broker","options":{"broker":"mqtt://x","password":"p","channels":[{"name":"a","topic":"t"},{"name":"b","topic":"u"}]}}`)
		send := func(after time.Duration, channel int, v float64) {
			go func() {
				<-time.After(after)
				w.bench.mu.Lock()
				emit := w.bench.emit["mqtt://x"]
				w.bench.mu.Unlock()
				_ = emit(channel, time.Time{}, v)
			}()
		}
		send(time.Second, 0, 21)
		began := time.Now()
		got, err := w.TryInput(t.Context(), draft, 0)
		if err != nil || *got[0].Value != 21 || got[1].Value != nil || got[1].Note == "" || time.Since(began) < listenFor {
			t.Errorf("one of two: %+v, %v after %v", got, err, time.Since(began))
		}
		send(time.Second, 0, 21)
		send(time.Second, 0, 22)
		send(2*time.Second, 1, math.Inf(1))
		send(3*time.Second, 1, 5)
		began = time.Now()
		got, err = w.TryInput(t.Context(), draft, 0)
		if err != nil || *got[1].Value != 5 || time.Since(began) != 3*time.Second {
			t.Errorf("both: %+v, %v after %v, want at once when all have spoken", got, err, time.Since(began))
		}
		w.bench.do(func() { w.bench.refuses["mqtt://x"] = errNoAnswer })
		var device *DeviceError
		if _, err = w.TryInput(t.Context(), draft, 0); !errors.As(err, &device) {
			t.Errorf("a source that refuses: %v", err)
		}
		w.bench.do(func() { delete(w.bench.refuses, "mqtt://x") })
		w.addInput(`{"name":"A","kind":"fake_broker","options":{"broker":"mqtt://x","password":"stored","channels":[` + series + `]}}`)
		if _, err := w.TryInput(t.Context(), draftOf[InputDraft](t, `{"kind":"fake_broker","options":{"broker":"mqtt://y","channels":[`+series+`]}}`), 1); err != nil {
			t.Fatal(err)
		}
		if got := w.bench.heard["mqtt://y"]; got != "stored" {
			t.Errorf("a test like a saved input had the password %q", got)
		}
		push := draftOf[InputDraft](t, twoSeries)
		if got, err := w.TryInput(t.Context(), push, 0); err != nil || !strings.Contains(got[0].Note, "/api/v1/readings") {
			t.Errorf("push: %+v, %v", got, err)
		}
	})
}

func TestDiscoveryTellsWhatIsThereAndWhatExists(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.bench.plug(1)
		w.bench.plug(2).err = errNoAnswer
		w.addInput(`{"name":"A","kind":"fake_sensor","options":{"address":1,"key":"k"}}`)
		found, err := w.Discover(t.Context())
		if err != nil || len(found) != 2 {
			t.Fatalf("found %+v, %v", found, err)
		}
		if d := found[0]; !d.Exists || d.Name != "sensor 1" || len(d.Samples) != 2 || *d.Samples[0].Value != 20 || d.Error != "" {
			t.Errorf("the first is %+v", d)
		}
		if d := found[1]; d.Exists || d.Error == "" || len(d.Samples) != 0 {
			t.Errorf("the second is %+v", d)
		}
		if !slices.IsSortedFunc(found, func(a, b Discovery) int { return strings.Compare(a.Name, b.Name) }) {
			t.Errorf("in no order: %+v", found)
		}
	})
}

func TestAnInputIsReadWhenAsked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		s := w.bench.plug(1)
		in := w.addInput(`{"name":"A","kind":"fake_sensor"}`)
		later(time.Millisecond)
		got, err := w.ReadNow(t.Context(), 1)
		if err != nil || len(got) != 2 || got[0].Channel != in.Channels[0].ID || got[0].V != 20 {
			t.Errorf("read %v, %v", got, err)
		}
		if stored := w.values(in.Channels[0].ID); len(stored) != 2 {
			t.Errorf("stored %v", stored)
		}
		w.bench.do(func() { s.err = input.ChannelErrors{0: errNoAnswer} })
		if got, err := w.ReadNow(t.Context(), 1); err != nil || len(got) != 1 {
			t.Errorf("half a device: %v, %v", got, err)
		}
		w.bench.do(func() { s.err = errNoAnswer })
		var device *DeviceError
		if _, err := w.ReadNow(t.Context(), 1); !errors.As(err, &device) {
			t.Errorf("a dead device: %v", err)
		}
		if _, err := w.ReadNow(t.Context(), 9); !errors.Is(err, ErrNotFound) {
			t.Errorf("no input: %v", err)
		}
		w.addInput(`{"name":"B","kind":"fake_sensor","options":{"address":9}}`)
		if _, err := w.ReadNow(t.Context(), 2); !errors.Is(err, input.ErrNotOpen) {
			t.Errorf("an input whose device is away: %v", err)
		}
		w.bench.plug(9)
		if in, err := w.RetryInput(t.Context(), 2); err != nil {
			t.Errorf("retry: %+v, %v", in, err)
		}
		later(time.Millisecond)
		wantState(t, w, "input/2", "running")
	})
}
