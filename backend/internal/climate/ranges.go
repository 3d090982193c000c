package climate

import (
	"errors"
	"fmt"
	"math"
)

// ErrNone tells that the air has no such quantity, for instance no frost point above 0 °C.
var ErrNone = errors.New("there is none for this air")

// RangeError is an argument, or a result, for which a formula does not hold.
type RangeError struct {
	Quantity string // "relative humidity"
	Value    float64
	Min, Max float64 // inclusive
	Unit     string
}

func (e *RangeError) Error() string {
	return fmt.Sprintf("%s of %g %s is outside %g to %g %s, where the formula holds", e.Quantity, e.Value, e.Unit, e.Min, e.Max, e.Unit)
}

// within returns a RangeError unless value lies in the range. NaN lies in none.
func within(quantity string, value, low, high float64, unit string) error {
	if value >= low && value <= high {
		return nil
	}
	return &RangeError{Quantity: quantity, Value: value, Min: low, Max: high, Unit: unit}
}

func temperature(t, low, high float64) error { return within("temperature", t, low, high, "°C") }

func humidity(rh, low float64) error { return within("relative humidity", rh, low, 100, "%") }

func pressure(p float64) error {
	return within("air pressure", p, lowestPressure, highestPressure, "hPa")
}

// The pressures between which people, plants and their sensors live. Below 500 hPa (5.5 km) the psychrometer's
// coefficient is not confirmed.
const (
	lowestPressure  = 500.0
	highestPressure = 1100.0
)

const absoluteZero = 273.15 // K at 0 °C

// none is the value that goes with an error.
func none(err error) (float64, error) { return math.NaN(), err }
