package loop

import (
	"fmt"
	"time"
)

// Effect watches that an output which does all it can has an effect: else the heater is dead, the tank empty, the hose
// off, or the probe has fallen out.
type Effect struct {
	Within time.Duration // 0: it does not watch
	Least  float64       // change of the measurement, in its unit

	since time.Time
	from  float64
	way   int
}

// See looks at a measurement while the output pushes it one way (1 up, -1 down, 0 not with all its might). It returns what is
// wrong, "" when nothing is.
func (e *Effect) See(now time.Time, y float64, way int) string {
	if e.Within <= 0 {
		return ""
	}
	if way == 0 || way != e.way {
		e.way, e.since, e.from = way, now, y
		return ""
	}
	if moved := (y - e.from) * float64(way); moved >= e.Least {
		e.since, e.from = now, y // it works; from here on anew
		return ""
	}
	if now.Sub(e.since) < e.Within {
		return ""
	}
	waited := now.Sub(e.since).Round(time.Second)
	e.way = 0
	return fmt.Sprintf("no effect: the output is at its limit for %v and the measurement has not moved by %.4g; look at the actuator and the probe", waited, e.Least)
}

// Reset forgets what was seen.
func (e *Effect) Reset() { e.way = 0 }
