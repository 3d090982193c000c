package plant

import (
	"testing"
	"time"
)

func TestLivingThroughDays(t *testing.T) {
	tent := New(noon())
	var minutes int
	var last time.Time
	counts := map[Actuator]int{}
	portion := map[Actuator]time.Time{}
	tent.LiveThrough(noon().Add(-3*24*time.Hour), noon(), Keeping{
		Warm: func(time.Time) float64 { return 24 }, WarmBand: 1, Mist: Habit{64, 68}, Cool: Habit{25.5, 26.5}, Water: Habit{32, 36},
		FanRest: 0.05, FanWork: 0.8, LampFrom: 6, LampTo: 22,
	}, func(at time.Time, tent *Tent) {
		minutes++
		if !last.IsZero() && at.Sub(last) != time.Minute {
			t.Fatalf("after %v comes %v", last, at)
		}
		last = at
		if at.Before(noon().Add(-2 * 24 * time.Hour)) {
			return // it begins cold and dry
		}
		c, s := tent.Climate(at), tent.Soil(at)
		if c.Temperature < 19 || c.Temperature > 29 || c.Humidity < 50 || s.Moisture < 30 || s.Moisture > 38 {
			t.Fatalf("at %v it is kept at %v, %v", at, c, s)
		}
		if day := at.Hour() >= 6 && at.Hour() < 22; (tent.Light(at).PPFD > 300) != day && at.Minute() > 0 {
			t.Fatalf("at %v there is light: %v", at, tent.Light(at))
		}
	}, func(turn Turn) {
		counts[turn.Actuator]++
		if turn.Actuator == Pump {
			if turn.Level == 0 && turn.At.Sub(portion[Pump]) > pumpOn {
				t.Errorf("the pump ran for %v", turn.At.Sub(portion[Pump]))
			}
			portion[Pump] = turn.At
		}
	})
	if minutes != 3*24*60 {
		t.Errorf("%d minutes in three days", minutes)
	}
	if counts[Lamp] < 6 || counts[Lamp] > 7 || counts[Pump] < 4 || counts[Heater] < 100 || counts[Humidifier] < 20 {
		t.Errorf("switched: %v", counts)
	}
	if c := tent.Climate(noon()); c.Temperature < 19 || c.Temperature > 27 {
		t.Errorf("the tent goes on from %v", c)
	}
	for a := range actuators {
		if tent.Level(a) != 0 {
			t.Errorf("actuator %d is left on", a)
		}
	}
	if tent.step != step {
		t.Errorf("it goes on in steps of %v", tent.step)
	}
}
