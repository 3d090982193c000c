package climate

import "math"

// The range of Sonntag's formulas as this package offers them, in °C. Dew and frost points are sought down to -100 °C,
// to where Sonntag himself gives them.
const (
	lowestOverWater = -40.0
	boiling         = 100.0
	lowestOverIce   = -80.0
	lowestPoint     = -100.0
)

// SaturationWater is the saturation vapour pressure over liquid water in hPa, at t °C from -40 to 100.
//
//	ln e = -6096.9385/T + 16.635794 - 2.711193e-2 T + 1.673952e-5 T² + 2.433502 ln T,   T = t + 273.15
//
// Source: Sonntag 1990, on the scale ITS-90.
func SaturationWater(t float64) (float64, error) {
	if err := temperature(t, lowestOverWater, boiling); err != nil {
		return none(err)
	}
	return overWater(t), nil
}

// SaturationIce is the saturation vapour pressure over ice in hPa, at t °C from -80 to 0.
//
//	ln e = -6024.5282/T + 24.7219 + 1.0613868e-2 T - 1.3198825e-5 T² - 0.49382577 ln T,   T = t + 273.15
//
// Source: Sonntag 1990, on the scale ITS-90.
func SaturationIce(t float64) (float64, error) {
	if err := temperature(t, lowestOverIce, 0); err != nil {
		return none(err)
	}
	return overIce(t), nil
}

func overWater(t float64) float64 {
	k := t + absoluteZero
	return math.Exp(-6096.9385/k + 16.635794 - 2.711193e-2*k + 1.673952e-5*k*k + 2.433502*math.Log(k))
}

func overIce(t float64) float64 {
	k := t + absoluteZero
	return math.Exp(-6024.5282/k + 24.7219 + 1.0613868e-2*k - 1.3198825e-5*k*k - 0.49382577*math.Log(k))
}

// VapourPressure is the partial pressure of water vapour in hPa, of air of t °C (-40 to 100) and rh % (0 to 100).
//
//	e = rh/100 · es(t),   es: SaturationWater
func VapourPressure(t, rh float64) (float64, error) {
	es, err := SaturationWater(t)
	if err != nil {
		return none(err)
	}
	if err := humidity(rh, 0); err != nil {
		return none(err)
	}
	return rh / 100 * es, nil
}

// DewPoint is the temperature in °C at which air of t °C (-40 to 100) and rh % (0.1 to 100) begins to leave dew: the td at
// which es(td) = e, over liquid water also below 0 °C. Dry air below -40 °C has a FrostPoint that is of more use.
//
// Source: the inverse of Sonntag 1990, by bisection.
func DewPoint(t, rh float64) (float64, error) {
	e, err := moistAir(t, rh)
	if err != nil {
		return none(err)
	}
	return invert(overWater, e, lowestPoint, t)
}

// FrostPoint is the temperature in °C, 0 or below, at which air of t °C (-40 to 100) and rh % (0.1 to 100) begins to leave
// frost: the tf at which the saturation pressure over ice is e. Air whose dew point lies above 0 °C has none: ErrNone. It
// lies above t when the air is moister than ice in balance with it.
//
// Source: the inverse of Sonntag 1990 over ice, by bisection.
func FrostPoint(t, rh float64) (float64, error) {
	e, err := moistAir(t, rh)
	if err != nil {
		return none(err)
	}
	return invert(overIce, e, lowestPoint, 0)
}

// moistAir is VapourPressure of air that has some: at least 0.1 %, below which no sensor tells anything.
func moistAir(t, rh float64) (float64, error) {
	if err := humidity(rh, 0.1); err != nil {
		return none(err)
	}
	return VapourPressure(t, rh)
}

// invert returns the temperature between low and high at which the rising function f is e.
func invert(f func(float64) float64, e, low, high float64) (float64, error) {
	if !(e >= f(low) && e <= f(high)) {
		return none(ErrNone)
	}
	return bisect(func(t float64) bool { return f(t) <= e }, low, high), nil
}

// bisect returns the highest t between low and high, to 1e-9, at which below holds; below(low) must, and below must not
// hold again once it has ceased to.
func bisect(below func(float64) bool, low, high float64) float64 {
	if below(high) {
		return high
	}
	for high-low > 1e-9 {
		if middle := (low + high) / 2; below(middle) {
			low = middle
		} else {
			high = middle
		}
	}
	return low
}
