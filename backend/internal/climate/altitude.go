package climate

import "math"

// The standard atmosphere of ISO 2533, up to 11 km.
const (
	seaLevel   = 1013.25 // hPa
	lapse      = 0.0065  // K/m
	seaLevelK  = 288.15
	exponent   = 5.255876
	lowestAlt  = -500.0
	highestAlt = 11000.0
)

// PressureAtAltitude is the air pressure in hPa of the standard atmosphere at h m (-500 to 11000).
//
//	p = 1013.25 (1 - 0.0065 h/288.15)^5.255876
//
// Source: ISO 2533.
func PressureAtAltitude(h float64) (float64, error) {
	if err := altitude(h, highestAlt); err != nil {
		return none(err)
	}
	return seaLevel * math.Pow(1-lapse*h/seaLevelK, exponent), nil
}

// Altitude is the height in m at which the standard atmosphere has p hPa, when it has seaLevel hPa (850 to 1090) at the
// sea. A result outside -500 to 11000 m is a RangeError.
//
//	h = 288.15/0.0065 (1 - (p/seaLevel)^(1/5.255876))
//
// Source: ISO 2533, inverted.
func Altitude(p, seaLevel float64) (float64, error) {
	if err := within("pressure at sea level", seaLevel, 850, 1090, "hPa"); err != nil {
		return none(err)
	}
	h := seaLevelK / lapse * (1 - math.Pow(p/seaLevel, 1/exponent))
	if err := altitude(h, highestAlt); err != nil {
		return none(err)
	}
	return h, nil
}

// SeaLevelPressure is what p hPa (500 to 1100), measured at h m (-500 to 3000) in air of t °C (-60 to 60), would be at the
// sea, in hPa.
//
//	p0 = p (1 - 0.0065 h/(t + 0.0065 h + 273.15))^-5.257
//
// Source: the common reduction of weather stations; services differ by up to 1 hPa.
func SeaLevelPressure(p, h, t float64) (float64, error) {
	if err := pressure(p); err != nil {
		return none(err)
	}
	if err := altitude(h, 3000); err != nil {
		return none(err)
	}
	if err := temperature(t, -60, 60); err != nil {
		return none(err)
	}
	return p * math.Pow(1-lapse*h/(t+lapse*h+absoluteZero), -5.257), nil
}

func altitude(h, highest float64) error { return within("altitude", h, lowestAlt, highest, "m") }
