package plant

import (
	"math"
	"sync"
	"time"
)

// Actuator is something in the tent that can be switched.
type Actuator int

// The actuators. Fan takes any level from 0 to 1, the others are off at 0 and on above it.
const (
	Heater     Actuator = iota // 400 W
	Humidifier                 // ultrasonic, 150 g of water an hour
	Fan                        // exhaust, up to 180 m³ an hour
	Lamp                       // LED, 250 W
	Pump                       // drip irrigation, 12 l an hour
	actuators
)

const (
	step = time.Second
	// longest is the gap that is lived through; after a longer one the tent is as it would be after this much of it.
	longest = 48 * time.Hour
)

// Tent is one simulated tent. It is safe for concurrent use.
type Tent struct {
	step time.Duration // fixed

	mu    sync.Mutex // guards what follows
	at    time.Time  // up to which the state has been lived through
	state state
	level [actuators]float64
}

// New makes a tent, everything off, as it would be after a cool night at the given moment.
func New(now time.Time) *Tent {
	return &Tent{step: step, at: now, state: state{
		air: 18.5, soil: 18, vapour: 0.6 * saturation(18.5), co2: 520, water: 0.29,
	}}
}

// Set switches an actuator: 0 is off, 1 is on or full. Levels outside are cut off, as a real one would not do more.
func (t *Tent) Set(now time.Time, a Actuator, level float64) {
	if a < 0 || a >= actuators || math.IsNaN(level) {
		return
	}
	level = min(max(level, 0), 1)
	if a != Fan && level > 0 {
		level = 1
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.advance(now)
	t.level[a] = level
}

// Level returns what an actuator is set to, 0 to 1.
func (t *Tent) Level(a Actuator) float64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.level[a]
}

// Climate is what a sensor in the canopy shows.
type Climate struct {
	Temperature float64 // °C
	Humidity    float64 // %, relative
	CO2         float64 // ppm
}

// Soil is what a probe in a pot shows.
type Soil struct {
	Moisture    float64 // %, by volume
	Temperature float64 // °C
}

// Light is what a sensor above the canopy shows.
type Light struct {
	Illuminance float64 // lux
	PPFD        float64 // µmol/m²s
}

// Climate reads the sensor of the air, which behaves like a Sensirion SCD41: steps of 0.01 °C, 0.01 % and 1 ppm.
func (t *Tent) Climate(now time.Time) Climate {
	s, _ := t.look(now)
	return Climate{
		Temperature: round(s.air+0.03*noise(now, 1), 0.01),
		Humidity:    round(min(100, max(0, s.humidity()+0.1*noise(now, 2))), 0.01), // the chip itself shows no more
		CO2:         round(s.co2+4*noise(now, 3), 1),
	}
}

// Soil reads the capacitive probe: steps of 0.1 % and 0.1 °C.
func (t *Tent) Soil(now time.Time) Soil {
	s, _ := t.look(now)
	return Soil{
		Moisture:    round(max(0, 100*s.water+0.08*noise(now, 4)), 0.1),
		Temperature: round(s.soil+0.02*noise(now, 5), 0.1),
	}
}

// Light reads the light sensor.
func (t *Tent) Light(now time.Time) Light {
	_, lamp := t.look(now)
	ppfd := lamp * lampPPFD
	stray := 0.4 + 0.002*Outside(now).Sun // lux through seams and zips
	return Light{
		Illuminance: round((ppfd*luxPerPPFD+stray)*(1+0.002*noise(now, 6)), 0.1),
		PPFD:        round((ppfd+stray/luxPerPPFD)*(1+0.002*noise(now, 7)), 0.1),
	}
}

// look lives up to now and returns the state and the level of the lamp.
func (t *Tent) look(now time.Time) (state, float64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.advance(now)
	return t.state, t.level[Lamp]
}

// advance takes whole steps, so that the state does not depend on how often somebody looks. mu is held.
func (t *Tent) advance(now time.Time) {
	gap := now.Sub(t.at)
	switch {
	case gap < 0: // the clock was set back: time stands still until it has caught up, or starts anew if that is long
		if gap < -time.Minute {
			t.at = now
		}
		return
	case gap > longest:
		t.at = now.Add(-longest)
	}
	for !t.at.Add(t.step).After(now) {
		t.at = t.at.Add(t.step)
		t.state = t.state.after(t.step.Seconds(), t.level, Outside(t.at))
	}
}

func round(v, to float64) float64 {
	r := math.Round(v/to) * to
	return math.Round(r*1e6) / 1e6 // 21.47, not 21.470000000000002
}

// noise is the error of a sensor at a moment: about normal, with a standard deviation of 1 and never beyond 3, and the
// same each time that moment is asked for.
func noise(at time.Time, sensor uint64) float64 {
	x := uint64(at.UnixMilli())*16 + sensor
	sum := 0.0
	for range 4 {
		x += 0x9e3779b97f4a7c15 // splitmix64
		z := (x ^ x>>30) * 0xbf58476d1ce4e5b9
		z = (z ^ z>>27) * 0x94d049bb133111eb
		sum += float64((z^z>>31)>>11) / (1 << 53)
	}
	return (sum - 2) * math.Sqrt(3) // four evenly spread numbers have a variance of 4/12
}
