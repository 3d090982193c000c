// Package plant is a simulated grow tent: air, soil, light and the weather outside, with a heater, a humidifier, an
// exhaust fan, a lamp and a drip pump. The demo runs on it, so that regulation can be seen without hardware.
package plant

import "time"

// Tent is one simulated tent. It is safe for concurrent use.
type Tent struct{}

// New makes a tent in the state of the given moment.
func New(time.Time) *Tent { return &Tent{} }
