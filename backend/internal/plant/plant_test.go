package plant

import (
	"math"
	"sync"
	"testing"
	"time"
)

func noon() time.Time { return time.Date(2026, 4, 10, 12, 0, 0, 0, time.UTC) }

// after runs a new tent with some actuators on and returns what it is like then.
func after(d time.Duration, on ...Actuator) state {
	t := New(noon())
	for _, a := range on {
		t.Set(noon(), a, 1)
	}
	s, _ := t.look(noon().Add(d))
	return s
}

func TestEachActuatorShowsWithinTwoMinutes(t *testing.T) {
	idle := after(2 * time.Minute)
	heated := after(time.Minute, Heater)
	if rise := heated.air - after(time.Minute).air; rise < 0.7 || rise > 1.3 {
		t.Errorf("the heater lifts the air by %.2f °C in the first minute, want about 1", rise)
	}
	if heated.humidity() >= after(time.Minute).humidity() {
		t.Error("warmer air is not drier")
	}
	misty := after(2*time.Minute, Humidifier)
	if rise := misty.humidity() - idle.humidity(); rise < 1.5 {
		t.Errorf("the humidifier lifts the humidity by %.2f %%", rise)
	}
	if misty.air >= idle.air {
		t.Error("evaporating water does not cool")
	}
	windy := after(2*time.Minute, Fan)
	outside := Outside(noon())
	if math.Abs(windy.air-outside.Temperature) >= math.Abs(idle.air-outside.Temperature) {
		t.Error("the fan does not bring the air closer to the outside")
	}
	if windy.co2 >= idle.co2-20 {
		t.Errorf("the fan takes CO2 from %.0f to %.0f ppm only", idle.co2, windy.co2)
	}
	if lit := after(2*time.Minute, Lamp); lit.air <= idle.air+0.5 || lit.co2 >= idle.co2 {
		t.Errorf("the lamp: %+v, without it %+v", lit, idle)
	}
	if wet := after(2*time.Minute, Pump); wet.water < idle.water+0.008 {
		t.Errorf("the pump takes the soil from %.3f to %.3f", idle.water, wet.water)
	}
	tent := New(noon())
	dark := tent.Light(noon())
	tent.Set(noon(), Lamp, 1)
	if lit := tent.Light(noon()); dark.Illuminance > 5 || lit.Illuminance < 30_000 || lit.PPFD < 500 {
		t.Errorf("light: %+v, in the dark %+v", lit, dark)
	}
}

func TestLeftAloneTheTentFollowsTheWeather(t *testing.T) {
	tent := New(noon())
	var in, out float64
	for h := 24; h <= 120; h++ {
		now := noon().Add(time.Duration(h) * time.Hour)
		s, _ := tent.look(now)
		in, out = in+s.air, out+Outside(now).Temperature
	}
	if math.Abs(in-out)/97 > 1.5 {
		t.Errorf("mean inside %.1f °C, outside %.1f °C", in/97, out/97)
	}
}

func TestHeatBalances(t *testing.T) {
	// In a steady state what the heater gives leaves through walls and seams.
	w := Weather{Temperature: 10, Humidity: 60}
	s := New(noon()).state
	s.water = wilting // no transpiration
	level := [actuators]float64{Heater: 1}
	for range 200_000 {
		s = s.after(5, level, w)
	}
	want := 10 + heaterPower/(walls+leakFlow*airHeat)
	if math.Abs(s.air-want) > 0.1 || math.Abs(s.soil-want) > 0.1 {
		t.Errorf("air %.2f °C, soil %.2f °C, want %.2f", s.air, s.soil, want)
	}
}

func TestHowOftenSomebodyLooksChangesNothing(t *testing.T) {
	often, once := New(noon()), New(noon())
	for _, tent := range []*Tent{often, once} {
		tent.Set(noon(), Heater, 1)
		tent.Set(noon(), Fan, 0.3)
	}
	end := noon().Add(time.Hour)
	for now := noon(); now.Before(end); now = now.Add(370 * time.Millisecond) {
		often.Climate(now)
	}
	if a, b := often.Climate(end), once.Climate(end); a != b {
		t.Errorf("%+v and %+v", a, b)
	}
}

// TestAYear lives through a year of a tent that is switched at odd times, in coarse steps.
func TestAYear(t *testing.T) {
	tent := New(noon())
	tent.step = 10 * time.Second
	for h := range 365 * 24 {
		now := noon().Add(time.Duration(h) * time.Hour)
		for a := range actuators {
			tent.Set(now, a, float64((h*7+int(a)*13)%5)/4-0.5)
		}
		s, _ := tent.look(now)
		for name, v := range map[string][3]float64{
			"air": {s.air, -20, 90}, "soil": {s.soil, -20, 90}, "humidity": {s.humidity(), 0, 100.5},
			"CO2": {s.co2, 50, 5000}, "water": {s.water, 0, saturated},
		} {
			if !(v[0] >= v[1] && v[0] <= v[2]) {
				t.Fatalf("%s on day %d: %v, want %v to %v", name, h/24, v[0], v[1], v[2])
			}
		}
		if w := Outside(now); !(w.Temperature > -15 && w.Temperature < 40 && w.Humidity > 20 && w.Humidity <= 100 && w.Sun >= 0 && w.Sun < 1100 && w.Wind >= 0) {
			t.Fatalf("weather on day %d: %+v", h/24, w)
		}
	}
}

func TestOddClocks(t *testing.T) {
	tent := New(noon())
	tent.Set(noon(), Heater, 1)
	start := time.Now()
	far, _ := tent.look(noon().AddDate(30, 0, 0))
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("thirty years took %v", took)
	}
	if math.IsNaN(far.air) || far.air > 90 {
		t.Errorf("after thirty years: %+v", far)
	}
	back, _ := tent.look(noon())
	if back != far {
		t.Errorf("a clock set back changed %+v to %+v", far, back)
	}
	if later, _ := tent.look(noon().Add(time.Minute)); later == back {
		t.Error("after the clock was set back the tent stands still")
	}
	tent.Set(noon(), Actuator(99), 1)
	tent.Set(noon(), Fan, math.NaN())
	tent.Set(noon(), Fan, 7)
	if got := tent.Level(Fan); got != 1 {
		t.Errorf("the fan runs at %v", got)
	}
}

func TestManyAtATime(t *testing.T) {
	tent := New(noon())
	var wait sync.WaitGroup
	for i := range 8 {
		wait.Go(func() {
			for s := range 50 {
				now := noon().Add(time.Duration(s) * time.Second)
				tent.Set(now, Actuator(i%int(actuators)), float64(s%2))
				tent.Climate(now)
				tent.Soil(now)
				tent.Light(now)
				tent.Weather(now)
			}
		})
	}
	wait.Wait()
}

func TestSensorsShowStepsAndNoise(t *testing.T) {
	tent, seen := New(noon()), map[float64]bool{}
	for i := range 50 {
		c := tent.Climate(noon().Add(time.Duration(i) * 17 * time.Millisecond)) // the air itself stands still
		if c.CO2 != math.Round(c.CO2) || math.Abs(c.CO2-520) > 15 || math.Abs(c.Temperature-18.5) > 0.12 {
			t.Errorf("%+v", c)
		}
		seen[c.Temperature] = true
	}
	if len(seen) < 5 {
		t.Errorf("only %d different values", len(seen))
	}
}

func BenchmarkOneStep(b *testing.B) {
	t := New(noon())
	for b.Loop() {
		t.advance(t.at.Add(t.step))
	}
}
