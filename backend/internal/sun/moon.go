package sun

import (
	"math"
	"time"
)

// Moon is how the moon looks from the Earth.
type Moon struct {
	Illuminated float64 // fraction of the disc, 0 to 1
	PhaseAngle  float64 // sun, moon, Earth, in degrees: 180 new, 0 full
	Cycle       float64 // 0 new, 0.25 first quarter, 0.5 full, 0.75 last quarter; below 1
}

// MoonAt is the moon at t, within 0.004 of the fraction and an hour of the principal phases.
//
// Source: Meeus, Astronomical Algorithms, chapter 48, the short series.
func MoonAt(t time.Time) Moon {
	c := centuries(t)
	d := 297.8501921 + c*(445267.1114034+c*(-0.0018819+c*(1/545868.0-c/113065000)))
	sunAnomaly := 357.5291092 + c*(35999.0502909+c*(-0.0001536+c/24490000))
	anomaly := 134.9633964 + c*(477198.8675055+c*(0.0087414+c*(1/69699.0-c/14712000)))
	i := 180 - d - 6.289*sind(anomaly) + 2.1*sind(sunAnomaly) - 1.274*sind(2*d-anomaly) - 0.658*sind(2*d) -
		0.214*sind(2*anomaly) - 0.11*sind(d)
	cycle := math.Mod(180-i, 360) / 360
	if cycle < 0 {
		cycle++
	}
	return Moon{
		Illuminated: (1 + cosd(i)) / 2,
		PhaseAngle:  math.Abs(wrap(i)),
		Cycle:       math.Mod(cycle, 1),
	}
}

// Phase is the name of an eighth of the cycle, centred on the principal phases.
func (m Moon) Phase() string {
	names := [8]string{
		"new", "waxing_crescent", "first_quarter", "waxing_gibbous", "full", "waning_gibbous", "last_quarter", "waning_crescent",
	}
	return names[int(math.Round(m.Cycle*8))%8]
}
