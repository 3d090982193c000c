package refine

import (
	"errors"
	"fmt"
	"math"
	"slices"
)

// CalibrationKind says which correction a Calibration holds.
type CalibrationKind string

// The kinds of calibration.
const (
	OffsetScale CalibrationKind = "offset_scale" // actual = scale * raw + offset
	TwoPoint    CalibrationKind = "two_point"    // the line through two raw/actual pairs
	Polynomial  CalibrationKind = "polynomial"   // c0 + c1 raw + c2 raw^2 + ...
)

// Calibration corrects raw values; raw and actual are in the device's unit.
type Calibration struct {
	Kind         CalibrationKind `json:"kind" enums:"offset_scale,two_point,polynomial"`
	Offset       float64         `json:"offset,omitempty"`
	Scale        *float64        `json:"scale,omitempty"` // nil is 1
	Points       []Point         `json:"points,omitempty"`
	Coefficients []float64       `json:"coefficients,omitempty"`
}

// Point is what the device said and what was true.
type Point struct {
	Raw    float64 `json:"raw"`
	Actual float64 `json:"actual"`
}

// maxCoefficients bounds a polynomial: higher orders than nine are never well conditioned on sensor data.
const maxCoefficients = 10

func (c *Calibration) check() error {
	switch c.Kind {
	case OffsetScale:
		if c.Scale != nil && *c.Scale == 0 {
			return errors.New("scale must not be 0: every value would be the offset")
		}
	case TwoPoint:
		if len(c.Points) != 2 {
			return fmt.Errorf("two_point needs exactly 2 points, not %d", len(c.Points))
		}
		if c.Points[0].Raw == c.Points[1].Raw {
			return errors.New("the two points have the same raw value: measure at two different values")
		}
		if c.Points[0].Actual == c.Points[1].Actual {
			return errors.New("the two points have the same actual value: every reading would be that value")
		}
	case Polynomial:
		if len(c.Coefficients) < 2 || len(c.Coefficients) > maxCoefficients {
			return fmt.Errorf("polynomial needs 2 to %d coefficients, not %d", maxCoefficients, len(c.Coefficients))
		}
	default:
		return fmt.Errorf("kind %q is unknown: use offset_scale, two_point or polynomial", c.Kind)
	}
	numbers := append([]float64{c.Offset}, c.Coefficients...)
	if c.Scale != nil {
		numbers = append(numbers, *c.Scale)
	}
	for _, p := range c.Points {
		numbers = append(numbers, p.Raw, p.Actual)
	}
	if slices.ContainsFunc(numbers, func(v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) }) {
		return errors.New("every number must be finite")
	}
	return nil
}

// apply corrects raw; check has passed.
func (c *Calibration) apply(raw float64) float64 {
	switch c.Kind {
	case TwoPoint:
		a, b := c.Points[0], c.Points[1]
		return a.Actual + (raw-a.Raw)*(b.Actual-a.Actual)/(b.Raw-a.Raw)
	case Polynomial:
		v := 0.0
		for _, k := range slices.Backward(c.Coefficients) {
			v = v*raw + k
		}
		return v
	case OffsetScale:
		scale := 1.0
		if c.Scale != nil {
			scale = *c.Scale
		}
		return scale*raw + c.Offset
	}
	return raw
}
