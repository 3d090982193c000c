package demotent

import (
	"context"
	"encoding/json"
	"testing"
	"testing/synctest"
	"time"

	"hypha/internal/host"
	"hypha/internal/output"
	"hypha/internal/plant"
)

func read(t *testing.T, tent *plant.Tent, id string) []float64 {
	t.Helper()
	for _, k := range Inputs(tent) {
		if k.ID != id {
			continue
		}
		d, err := k.Bind(json.RawMessage(`{}`))
		if err != nil {
			t.Fatal(err)
		}
		r, err := d.Open(t.Context(), host.Host{})
		if err != nil {
			t.Fatal(err)
		}
		values, err := r.Read(t.Context())
		if err != nil || len(values) != len(k.Channels) {
			t.Fatalf("%s: %v, %v", id, values, err)
		}
		for i, c := range k.Channels {
			if values[i] < c.Min || values[i] > c.Max {
				t.Errorf("%s %s: %v is outside %v to %v", id, c.Name, values[i], c.Min, c.Max)
			}
		}
		return values
	}
	t.Fatalf("no kind %s", id)
	return nil
}

func write(t *testing.T, tent *plant.Tent, id string, l output.Level) error {
	t.Helper()
	for _, k := range Outputs(tent) {
		if k.ID != id {
			continue
		}
		d, err := k.Bind(json.RawMessage(`{}`))
		if err != nil {
			t.Fatal(err)
		}
		w, err := d.Open(t.Context(), host.Host{})
		if err != nil {
			t.Fatal(err)
		}
		return w.Write(t.Context(), 0, l)
	}
	t.Fatalf("no kind %s", id)
	return nil
}

func TestTheSensorsSeeWhatTheActuatorsDo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tent := plant.New(time.Now())
		before := read(t, tent, "demo_climate")
		read(t, tent, "demo_soil")
		read(t, tent, "demo_weather")
		on, full := true, 100.0
		if err := write(t, tent, "demo_heater", output.Level{On: &on}); err != nil {
			t.Fatal(err)
		}
		if err := write(t, tent, "demo_lamp", output.Level{On: &on}); err != nil {
			t.Fatal(err)
		}
		<-time.After(2 * time.Minute)
		if now := read(t, tent, "demo_climate"); now[0] < before[0]+1.5 {
			t.Errorf("after two minutes of heat: %v, before %v", now, before)
		}
		if light := read(t, tent, "demo_light"); light[0] < 30_000 {
			t.Errorf("under the lamp: %v", light)
		}
		if err := write(t, tent, "demo_fan", output.Level{Duty: &full}); err != nil || tent.Level(plant.Fan) != 1 {
			t.Errorf("fan at %v: %v", tent.Level(plant.Fan), err)
		}
		if err := write(t, tent, "demo_fan", output.Level{On: &on}); err == nil {
			t.Error("the fan took on")
		}
		if err := write(t, tent, "demo_pump", output.Level{Duty: &full}); err == nil {
			t.Error("the pump took a duty")
		}
	})
}

func TestNothingIsReadOrSwitchedWhenTheCallHasEnded(t *testing.T) {
	tent := plant.New(time.Now())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	on := true
	if err := (writer{tent, plant.Heater, output.OnOff}).Write(ctx, 0, output.Level{On: &on}); err == nil || tent.Level(plant.Heater) != 0 {
		t.Errorf("switched: %v", err)
	}
	if got, err := reader(func(time.Time) []float64 { return []float64{1} }).Read(ctx); err == nil || got != nil {
		t.Errorf("read %v", got)
	}
}
