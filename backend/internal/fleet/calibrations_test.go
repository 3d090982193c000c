package fleet

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"hypha/internal/calibrate"
	"hypha/internal/measure"
)

func TestAProbeInASolutionIsNotActedOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.bench.plug(1)
		id := w.addInput(`{"name":"A","kind":"fake_sensor"}`).Channels[0].ID
		w.patchChannel(id, `{"calibration":{"kind":"offset_scale","offset":5}}`)
		later(11 * time.Second)
		if _, err := w.ProbeChannel(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		later(25 * time.Second)
		p, err := w.ProbeChannel(t.Context(), id) // renewed
		if err != nil || len(p.V) < 2 || p.V[0] != 20 || p.Unit != "C" {
			t.Fatalf("the device says %+v, %v; want its own 20 °C", p, err)
		}
		if v, _, _ := w.Live.Get(id); v.Q != measure.Calibrating || v.V != 25 {
			t.Errorf("the live value is %v %v, want 25 that is calibrating", v.V, v.Q)
		}
		later(probeFor - 5*time.Second)
		if v, _, _ := w.Live.Get(id); v.Q != measure.Calibrating {
			t.Errorf("it ended before its time: %v", v.Q)
		}
		later(20 * time.Second) // nobody renews it: the page was closed
		if v, _, _ := w.Live.Get(id); v.Q != measure.Good {
			t.Errorf("it did not end: %v", v.Q)
		}
		_, _ = w.ProbeChannel(t.Context(), id)
		if err := w.EndProbe(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		later(11 * time.Second)
		if v, _, _ := w.Live.Get(id); v.Q != measure.Good {
			t.Errorf("it was not ended: %v", v.Q)
		}
	})
}

func TestACalibrationCorrectsIsKeptAndIsUndone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.bench.plug(1)
		id := w.addInput(`{"name":"A","kind":"fake_sensor"}`).Channels[0].ID
		w.patchChannel(id, `{"calibration":{"kind":"offset_scale","offset":5}}`)
		draft := CalibrationDraft{Method: calibrate.Generic, Points: []calibrate.Point{{Raw: 20, Actual: 21}, {Raw: 40, Actual: 42}}, DueInDays: 30}
		made, err := w.Calibrate(t.Context(), id, draft, by)
		if err != nil || made.Previous == nil || made.Previous.Offset != 5 || made.By != by {
			t.Fatalf("got %+v, %v", made, err)
		}
		later(15 * time.Second)
		if v, _, _ := w.Live.Get(id); v.V != 21 || v.Q != measure.Good {
			t.Errorf("the live value is %v %v, want 21", v.V, v.Q)
		}
		if undone, err := w.UndoCalibration(t.Context(), id, by); err != nil || undone.ID != made.ID || undone.UndoneAt == nil {
			t.Fatalf("undone: %+v, %v", undone, err)
		}
		later(15 * time.Second)
		if v, _, _ := w.Live.Get(id); v.V != 25 {
			t.Errorf("the live value is %v, want 25 as before", v.V)
		}
		if _, err := w.UndoCalibration(t.Context(), id, by); !errors.Is(err, ErrNotFound) {
			t.Errorf("a second undo: %v", err)
		}
		list, total, err := w.Calibrations(t.Context(), id, 0, 0)
		if err != nil || total != 1 || len(list[0].Points) != 2 || list[0].Result.Verdict != calibrate.Unjudged {
			t.Errorf("the history is %+v, %v", list, err)
		}
	})
}

func TestPeopleAreToldOnceThatACalibrationIsDue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.bench.plug(1)
		id := w.addInput(`{"name":"A","kind":"fake_sensor"}`).Channels[0].ID
		points := []calibrate.Point{{Raw: 20, Actual: 21}}
		for _, days := range []float64{1, 30} { // the second takes the place of the first
			if _, err := w.Calibrate(t.Context(), id, CalibrationDraft{Method: calibrate.Generic, Points: points, DueInDays: days}, by); err != nil {
				t.Fatal(err)
			}
			later(time.Second)
		}
		now := time.Now()
		for _, c := range []struct {
			days int
			want int
		}{{2, 0}, {31, 1}, {32, 1}} {
			if err := w.remindOfCalibrations(t.Context(), now.Add(time.Duration(c.days)*24*time.Hour)); err != nil {
				t.Fatal(err)
			}
			later(time.Second)
			if told := w.messages("calibration", "is due"); len(told) != c.want {
				t.Errorf("after %d days: %q", c.days, told)
			}
		}
	})
}
