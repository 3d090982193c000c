package script

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"hypha/internal/output"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// world is a tent: channel 1 is Tent/temperature, 2 Tent/humidity, 3 is silent, 4 has never answered; output 5 is a fan, 6 a
// dimmer, 7 a pump; function 8 is Heating.
type world struct {
	now      time.Time
	readings map[int64]Reading
	past     map[int64]map[time.Duration]Past
	outputs  map[int64]Output
	sun      *Sun
}

func tent() *world {
	now := time.Date(2026, 3, 1, 12, 30, 0, 0, time.UTC) // a Sunday
	return &world{
		now: now,
		readings: map[int64]Reading{
			1: {Name: "temperature", Unit: "C", Value: 22.5, At: now.Add(-5 * time.Second), Age: 5 * time.Second, Quality: "good", Has: true, Usable: true},
			2: {Name: "humidity", Unit: "percent", Value: 61, At: now.Add(-10 * time.Second), Age: 10 * time.Second, Quality: "good", Has: true, Usable: true},
			3: {Name: "co2", Unit: "ppm", Value: 800, At: now.Add(-time.Hour), Age: time.Hour, Quality: "stale", Has: true},
			4: {Name: "light", Unit: "lux"},
		},
		past: map[int64]map[time.Duration]Past{},
		outputs: map[int64]Output{
			5: {Name: "Fan", Type: output.OnOff, Level: output.Level{On: new(false)}, Known: true},
			6: {Name: "Dimmer", Type: output.PWM, Level: output.Level{Duty: new(40.0)}, Known: true},
			7: {Name: "Pump", Type: output.Volume},
		},
	}
}

func (w *world) Now() time.Time { return w.now }

func (w *world) Find(what, name string) (int64, bool) {
	id, ok := map[string]int64{
		"channel/Tent/temperature": 1, "channel/Tent/humidity": 2, "channel/humidity": 2, "channel/co2": 3, "channel/light": 4,
		"output/Fan": 5, "output/Dimmer": 6, "output/Pump": 7, "function/Heating": 8, "input/Tent": 9,
	}[what+"/"+name]
	return id, ok
}

func (w *world) Channel(_ context.Context, id int64) (Reading, error) {
	r, ok := w.readings[id]
	if !ok {
		return r, fmt.Errorf("there is no channel %d", id)
	}
	return r, nil
}

func (w *world) Past(_ context.Context, id int64, over time.Duration) (Past, error) {
	if id == 3 {
		return Past{}, errors.New("the store is closed")
	}
	return w.past[id][over], nil
}

func (w *world) Output(id int64, channel int) (Output, bool) {
	o, ok := w.outputs[id]
	return o, ok && channel == 0
}

func (w *world) Sun(time.Time) (Sun, error) {
	if w.sun == nil {
		return Sun{}, errors.New("latitude and longitude are not configured")
	}
	return *w.sun, nil
}

// try compiles and runs a script in a world.
func try(t *testing.T, w World, in Input, source string) (Result, error) {
	t.Helper()
	p, err := Compile(source)
	if err != nil {
		t.Fatalf("%s\n%v", source, err)
	}
	return p.Run(t.Context(), w, in, Limits{Time: 10 * time.Second})
}

// logged runs a script that must end well, and returns what it logged.
func logged(t *testing.T, w World, source string) string {
	t.Helper()
	r, err := try(t, w, Input{}, source)
	if err != nil {
		t.Errorf("%s\n%v", source, err)
	}
	var words []string
	for _, l := range r.Logs {
		words = append(words, l.Text)
	}
	return strings.Join(words, "; ")
}
