package fleet

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"testing/synctest"

	"hypha/internal/input"
	"hypha/internal/measure"
)

func TestDiagnosisFollowsEachValue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		s := w.bench.plug(1)
		in, err := w.CreateInput(t.Context(), draftOf[InputDraft](t, `{"name":"air","kind":"fake_sensor"}`), "maya")
		if err != nil {
			t.Fatal(err)
		}
		patch := json.RawMessage(`{"unit":"F","valid_max":60,"calibration":{"kind":"offset_scale","offset":1}}`)
		if _, err := w.UpdateChannel(t.Context(), in.Channels[0].ID, patch, "maya"); err != nil {
			t.Fatal(err)
		}
		d, err := w.Diagnose(t.Context(), in.ID)
		if err != nil || d.Error != "" || d.Listened || len(d.Channels) != 2 {
			t.Fatalf("%+v, %v", d, err)
		}
		warm := d.Channels[0]
		if *warm.Raw != 20 || *warm.Calibrated != 21 || *warm.Converted < 69.79 || *warm.Converted > 69.81 || warm.Quality != measure.OutOfRange || warm.Why == "" {
			t.Errorf("20 C: %+v", warm)
		}
		if damp := d.Channels[1]; *damp.Raw != 50 || damp.Calibrated != nil || *damp.Converted != 50 || damp.Quality != measure.Good {
			t.Errorf("50 percent: %+v", damp)
		}
		w.bench.do(func() { s.err = input.ChannelErrors{1: errNoAnswer} })
		if d, err = w.Diagnose(t.Context(), in.ID); err != nil || d.Channels[1].Raw != nil || d.Channels[1].Error != "no answer" {
			t.Errorf("half a device: %+v, %v", d, err)
		}
		w.bench.do(func() { s.err = errNoAnswer })
		if d, err = w.Diagnose(t.Context(), in.ID); err != nil || !strings.Contains(d.Error, "no answer") || d.Channels[0].Raw != nil {
			t.Errorf("a dead device: %+v, %v", d, err)
		}
		if _, err := w.Diagnose(t.Context(), 99); !errors.Is(err, ErrNotFound) {
			t.Errorf("an unknown input: %v", err)
		}
	})
}

func TestOneLooksAtADeviceAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		s := w.bench.plug(1)
		in, err := w.CreateInput(t.Context(), draftOf[InputDraft](t, `{"name":"air","kind":"fake_sensor","enabled":false}`), "maya")
		if err != nil {
			t.Fatal(err)
		}
		hang := make(chan struct{})
		w.bench.do(func() { s.hang = hang })
		done := make(chan error)
		go func() {
			_, err := w.Diagnose(t.Context(), in.ID)
			done <- err
		}()
		synctest.Wait()
		if _, err := w.Diagnose(t.Context(), in.ID); !errors.Is(err, ErrBusy) {
			t.Errorf("the second: %v", err)
		}
		close(hang)
		if err := <-done; err != nil {
			t.Error(err)
		}
		synctest.Wait() // the lane of the device is free again
		if _, err := w.Diagnose(t.Context(), in.ID); err != nil {
			t.Errorf("the third: %v", err)
		}
	})
}
