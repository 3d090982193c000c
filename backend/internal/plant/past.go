package plant

import "time"

const (
	// pastStep is how finely a past is lived through; the model still holds at it.
	pastStep = 10 * time.Second
	// The pump waters in portions, as its output's limits have it.
	pumpOn, pumpRest = 120 * time.Second, 30 * time.Second
)

// Habit is how a simple keeper regulates: on beyond one edge, off beyond the other.
type Habit struct{ Low, High float64 }

// Keeping is how a tent was kept in its past.
type Keeping struct {
	Warm              func(time.Time) float64 // °C, what is held at that time
	WarmBand          float64                 // K, full width around it
	Mist, Cool, Water Habit                   // % relative, °C, % by volume
	FanRest, FanWork  float64
	LampFrom, LampTo  int // hours of the day
}

// Turn is an actuator that went to a level, with what was measured then: the quantity that it regulates.
type Turn struct {
	At       time.Time
	Actuator Actuator
	Level    float64
	Measured float64
}

// LiveThrough gives the tent a past: it is lived through in coarse steps, kept by k, and the tent goes on from its end. Each is
// called at every whole minute with a tent that can be read at that moment, turn whenever an actuator is switched. At the
// end everything is off, as after a restart. It uses none of the tent's own time, and must come before anybody reads it.
func (t *Tent) LiveThrough(from, to time.Time, k Keeping, each func(at time.Time, tent *Tent), turn func(Turn)) {
	from = from.Truncate(time.Minute)
	past := New(from)
	past.step = pastStep
	keeper := keeper{tent: past, turn: turn}
	for at := from; at.Before(to); at = at.Add(pastStep) {
		keeper.look(at, k)
		if at.Equal(at.Truncate(time.Minute)) {
			each(at, past)
		}
	}
	s, _ := past.look(to)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.state, t.at = s, to
}

// keeper switches the actuators of a past.
type keeper struct {
	tent    *Tent
	turn    func(Turn)
	wet     bool      // the soil is being watered, in portions
	portion time.Time // when this portion, or the rest after it, began
}

func (k *keeper) look(at time.Time, h Keeping) {
	c, s := k.tent.Climate(at), k.tent.Soil(at)
	k.between(at, Heater, c.Temperature, Habit{Low: h.Warm(at) - h.WarmBand/2, High: h.Warm(at) + h.WarmBand/2})
	k.between(at, Humidifier, c.Humidity, h.Mist)
	lamp := 0.0
	if hour := at.Hour(); hour >= h.LampFrom && hour < h.LampTo {
		lamp = 1
	}
	k.set(at, Lamp, lamp, 0)
	switch {
	case c.Temperature > h.Cool.High:
		k.set(at, Fan, h.FanWork, c.Temperature)
	case c.Temperature < h.Cool.Low:
		k.set(at, Fan, h.FanRest, c.Temperature)
	}
	k.water(at, s.Moisture, h.Water)
}

// between switches on below the band and off above it.
func (k *keeper) between(at time.Time, a Actuator, measured float64, h Habit) {
	switch {
	case measured < h.Low:
		k.set(at, a, 1, measured)
	case measured > h.High:
		k.set(at, a, 0, measured)
	}
}

func (k *keeper) water(at time.Time, moisture float64, h Habit) {
	k.wet = k.wet && moisture <= h.High || moisture < h.Low
	on := k.tent.Level(Pump) > 0
	since := at.Sub(k.portion)
	switch {
	case on && (!k.wet || since >= pumpOn):
		k.portion = at
		k.set(at, Pump, 0, moisture)
	case !on && k.wet && since >= pumpRest:
		k.portion = at
		k.set(at, Pump, 1, moisture)
	}
}

func (k *keeper) set(at time.Time, a Actuator, level, measured float64) {
	if k.tent.Level(a) == level {
		return
	}
	k.tent.Set(at, a, level)
	k.turn(Turn{At: at, Actuator: a, Level: level, Measured: measured})
}
