package fleet

import (
	"encoding/json"
	"testing"
	"testing/synctest"
	"time"

	"hypha/internal/functions/conditional"
	"hypha/internal/functions/trigger"
)

// scheduled is a world in Berlin whose clock stands at a time there.
func scheduled(t *testing.T) (*world, *time.Location) {
	t.Helper()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Skip("no time zones here")
	}
	w := newWorld(t, append(trigger.Kinds(), conditional.Kinds()...)...)
	w.configure = func(c *Config) { c.Place.Zone = berlin }
	w.restart()
	w.addOutput(`{"name":"Lamp","kind":"fake_relay","options":{"pin":"4"}}`)
	return w, berlin
}

func (w *world) schedule(from, to time.Time) Schedule {
	w.t.Helper()
	s, err := w.Schedule(w.t.Context(), from, to)
	if err != nil {
		w.t.Fatal(err)
	}
	return s
}

func quoted(t *testing.T, text string) string {
	t.Helper()
	raw, err := json.Marshal(text)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func TestAScheduleKeepsTheClocksOfTheSite(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, berlin := scheduled(t)
		w.addFunction(`{"name":"On","kind":"trigger_daily","options":{"time":"06:00","actions":[{"kind":"output_on","options":{"output":{"output":1}}}]}}`)
		w.addFunction(`{"name":"Off","kind":"trigger_daily","options":{"time":"22:00","actions":[{"kind":"output_off","options":{"output":{"output":1}}}]}}`)
		w.addFunction(`{"name":"Never","kind":"trigger_daily","enabled":false,"options":{"time":"12:00","actions":[{"kind":"output_on","options":{"output":{"output":1}}}]}}`)
		// Clocks are put forward on 29 March 2026.
		from := time.Date(2026, 3, 28, 0, 0, 0, 0, berlin)
		s := w.schedule(from, time.Date(2026, 3, 31, 0, 0, 0, 0, berlin))
		if len(s.Timers) != 2 || len(s.Timers[0].Points) != 3 || !s.Timers[0].Drives || s.Timezone != "Europe/Berlin" {
			t.Fatalf("timers %+v", s.Timers)
		}
		if len(s.Outputs) != 1 || len(s.Outputs[0].Spans) != 3 {
			t.Fatalf("outputs %+v", s.Outputs)
		}
		for n, span := range s.Outputs[0].Spans {
			on, off := time.Time(span.From).In(berlin), time.Time(span.To).In(berlin)
			if on.Day() != 28+n || on.Hour() != 6 || off.Hour() != 22 || off.Sub(on) != 16*time.Hour || span.Function != 1 {
				t.Errorf("day %d: from %v to %v by %d", n, on, off, span.Function)
			}
		}
		// What began before still holds.
		noon := time.Date(2026, 3, 28, 12, 0, 0, 0, berlin)
		if s := w.schedule(noon, noon.Add(time.Hour)); len(s.Outputs) != 1 || !time.Time(s.Outputs[0].Spans[0].From).Equal(noon) || !time.Time(s.Outputs[0].Spans[0].To).Equal(noon.Add(time.Hour)) {
			t.Errorf("amid the day: %+v", s.Outputs)
		}
		night := time.Date(2026, 3, 28, 23, 0, 0, 0, berlin)
		if s := w.schedule(night, night.Add(time.Hour)); len(s.Outputs) != 0 {
			t.Errorf("at night: %+v", s.Outputs)
		}
		_, err := w.Schedule(t.Context(), noon, noon)
		wantFaults(t, "no span", err, "to")
		_, err = w.Schedule(t.Context(), noon, noon.Add(33*24*time.Hour))
		wantFaults(t, "too long", err, "to")
	})
}

func TestAScriptThatAsksOnlyForTheTimeIsForeseen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, berlin := scheduled(t)
		w.addInput(`{"name":"Clamp","kind":"fake_sensor","options":{"address":64},"period_s":3600}`)
		w.addOutput(`{"name":"Fan","kind":"fake_relay","options":{"pin":"5"}}`)
		lamp := `day = "06:03" <= time_of_day() and time_of_day() < "22:00"` + "\nset_output(\"Lamp\", on=day)\n"
		fan := `set_output("Fan", on = value("Clamp/value") != None)` + "\n"
		w.addFunction(`{"name":"Lamp hours","kind":"conditional","options":{"period_s":30,"script":` + quoted(t, lamp) + `}}`)
		w.addFunction(`{"name":"By a reading","kind":"conditional","options":{"period_s":30,"script":` + quoted(t, fan) + `}}`)
		from := time.Date(2026, 6, 1, 0, 0, 0, 0, berlin)
		s := w.schedule(from, from.Add(48*time.Hour))
		if len(s.Outputs) != 1 || s.Outputs[0].Name != "Lamp, relay" && s.Outputs[0].Output != 1 || len(s.Outputs[0].Spans) != 2 || len(s.Timers) != 0 {
			t.Fatalf("%+v", s)
		}
		span := s.Outputs[0].Spans[1]
		if on := time.Time(span.From).In(berlin); on.Format("15:04:05") != "06:03:00" {
			t.Errorf("it goes on at %v", on)
		}
		if off := time.Time(span.To).In(berlin); off.Format("15:04:05") != "22:00:00" {
			t.Errorf("it goes off at %v", off)
		}
	})
}

func TestManyPointsAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, berlin := scheduled(t)
		w.addFunction(`{"name":"Mist","kind":"trigger_timer","options":{"every_s":60,"actions":[{"kind":"output_on","options":{"output":{"output":1},"duration_s":10}}]}}`)
		from := time.Date(2026, 6, 1, 0, 0, 0, 0, berlin)
		s := w.schedule(from, from.Add(7*24*time.Hour))
		if len(s.Timers) != 1 || !s.Timers[0].More || len(s.Timers[0].Points) != 1000 || !time.Time(s.Timers[0].Points[0]).Equal(from) {
			t.Fatalf("%+v", s.Timers)
		}
	})
}
