package calibrate

import (
	"fmt"
	"math"

	"hypha/internal/option"
	"hypha/internal/refine"
)

// Method says what is calibrated, and so how it is judged.
type Method string

// The methods.
const (
	PH      Method = "ph"
	EC      Method = "ec"
	DO      Method = "do"
	Generic Method = "generic"
)

// Verdict is what the points say of the device.
type Verdict string

// The verdicts. Unjudged is that of a calibration whose points cannot tell.
const (
	Good     Verdict = "good"
	Worn     Verdict = "worn"
	Replace  Verdict = "replace"
	Unjudged Verdict = "unjudged"
)

// Point is what the device said in one solution.
type Point struct {
	Raw      float64  `json:"raw"`                                      // in the device's unit
	Actual   float64  `json:"actual"`                                   // what is true of the solution at its temperature, in the device's unit
	Solution string   `json:"solution,omitempty"`                       // a name for people
	Celsius  *float64 `json:"temperature_c,omitempty"`                  // of the solution; nil: unknown
	Spread   *float64 `json:"spread,omitempty" extensions:"x-nullable"` // of the readings that it is the mean of
	T        int64    `json:"t,omitempty"`                              // ms: when it was taken
} //	@name	CalibrationPoint

// Findings are what a person can read off the points. What the points cannot tell is absent.
type Findings struct {
	SlopePercent *float64 `json:"slope_percent,omitempty"` // of the ideal: Nernst's for pH, 100 for one that needs no correction
	SlopeMV      *float64 `json:"slope_mv,omitempty"`      // mV for each pH, at the temperature of the solutions
	OffsetMV     *float64 `json:"offset_mv,omitempty"`     // at pH 7
	Offset       *float64 `json:"offset,omitempty"`        // what is added at the middle of the points, in the device's unit
	Residual     *float64 `json:"residual,omitempty"`      // the farthest point from the line, in the device's unit
} //	@name	CalibrationFindings

// Result is a correction with what it says of the device.
type Result struct {
	Calibration refine.Calibration `json:"calibration"`
	Findings    Findings           `json:"findings"`
	Verdict     Verdict            `json:"verdict" enums:"good,worn,replace,unjudged"`
} //	@name	CalibrationResult

// MaxPoints is how many solutions one calibration may have.
const MaxPoints = 5

// Judge makes the correction of one to MaxPoints points. What the user has to change is an option.Errors.
func Judge(m Method, points []Point) (Result, error) {
	if err := check(m, points); err != nil {
		return Result{}, err
	}
	scale, offset := line(points)
	r := Result{Calibration: correction(points, scale, offset), Verdict: Unjudged}
	middle := 0.0
	for _, p := range points {
		middle += p.Raw / float64(len(points))
	}
	r.Findings.Offset = new(scale*middle + offset - middle)
	if len(points) > 2 {
		worst := 0.0
		for _, p := range points {
			worst = math.Max(worst, math.Abs(scale*p.Raw+offset-p.Actual))
		}
		r.Findings.Residual = &worst
	}
	if m == PH {
		r.judgePH(points, scale, offset)
		return r, nil
	}
	if len(points) > 1 {
		r.Findings.SlopePercent = new(100 / scale)
		r.Verdict = ofScale(m, scale)
	}
	return r, nil
}

func check(m Method, points []Point) error {
	var bad option.Errors
	add := func(field, format string, args ...any) {
		bad = append(bad, option.FieldError{Field: field, Message: fmt.Sprintf(format, args...)})
	}
	switch m {
	case PH, EC, DO, Generic:
	default:
		add("method", "must be ph, ec, do or generic")
	}
	if len(points) < 1 || len(points) > MaxPoints {
		add("points", "must be 1 to %d", MaxPoints)
	}
	for i, p := range points {
		for name, v := range map[string]float64{"raw": p.Raw, "actual": p.Actual} {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				add(fmt.Sprintf("points[%d].%s", i, name), "must be a finite number")
			}
		}
		if p.Celsius != nil && !(*p.Celsius >= -5 && *p.Celsius <= 100) {
			add(fmt.Sprintf("points[%d].temperature_c", i), "must be -5 to 100 °C")
		}
		for j, o := range points[:i] {
			switch {
			case o.Actual == p.Actual:
				add(fmt.Sprintf("points[%d].actual", i), "is that of points[%d]: use another solution", j)
			case o.Raw == p.Raw:
				add(fmt.Sprintf("points[%d].raw", i), "is that of points[%d]: the device does not tell the two solutions apart", j)
			}
		}
	}
	if bad != nil {
		return bad
	}
	if scale, _ := line(points); !(scale > 0) || math.IsInf(scale, 0) {
		return option.Errors{{Field: "points", Message: "the device falls where the solutions rise: were they mixed up?"}}
	}
	return nil
}

// line is actual = scale * raw + offset: through one point with slope 1, else the least squares of the device's value over what
// is true, turned round; the solutions are known better than the device.
func line(points []Point) (scale, offset float64) {
	n := float64(len(points))
	var meanRaw, meanActual float64
	for _, p := range points {
		meanRaw += p.Raw / n
		meanActual += p.Actual / n
	}
	if len(points) == 1 {
		return 1, meanActual - meanRaw
	}
	var sxx, sxy float64
	for _, p := range points {
		sxx += (p.Actual - meanActual) * (p.Actual - meanActual)
		sxy += (p.Actual - meanActual) * (p.Raw - meanRaw)
	}
	scale = sxx / sxy
	return scale, meanActual - scale*meanRaw
}

func correction(points []Point, scale, offset float64) refine.Calibration {
	if len(points) == 2 {
		return refine.Calibration{Kind: refine.TwoPoint, Points: []refine.Point{{Raw: points[0].Raw, Actual: points[0].Actual}, {Raw: points[1].Raw, Actual: points[1].Actual}}}
	}
	return refine.Calibration{Kind: refine.OffsetScale, Scale: &scale, Offset: offset}
}

const (
	zeroCelsius = 273.15
	roomCelsius = 25.0
	// nernst25 is the slope of an ideal electrode at 25 °C, mV for each pH: ln 10 · R T / F.
	nernst25 = 59.159
)

// Nernst is the slope of an ideal pH electrode, mV for each pH, at a temperature in °C.
func Nernst(celsius float64) float64 {
	return nernst25 * (celsius + zeroCelsius) / (roomCelsius + zeroCelsius)
}

// judgePH takes the device for one that makes pH of an ideal electrode's voltage, as transmitters do.
func (r *Result) judgePH(points []Point, scale, offset float64) {
	celsius, known := roomCelsius, 0
	for _, p := range points {
		if p.Celsius != nil {
			known++
			celsius += (*p.Celsius - celsius) / float64(known)
		}
	}
	ideal := Nernst(celsius)
	const neutral = 7.0
	mv := (neutral - (neutral-offset)/scale) * ideal // where it says something else than 7 in a solution of 7
	r.Findings.OffsetMV = &mv
	if len(points) < 2 {
		if v := ofOffset(mv); v != Good { // a slope would be needed to call it good
			r.Verdict = v
		}
		return
	}
	percent := 100 / scale
	r.Findings.SlopePercent, r.Findings.SlopeMV = &percent, new(ideal/scale)
	r.Verdict = worse(ofOffset(mv), ofSlope(percent))
}

func ofOffset(mv float64) Verdict { return grade(math.Abs(mv), 15, 30) }

func ofSlope(percent float64) Verdict {
	if percent > 105 { // more than an ideal one gives: a solution was not what it says
		return Replace
	}
	return grade(100-percent, 5, 15)
}

// ofScale judges cells and membranes by how much has to be corrected.
func ofScale(m Method, scale float64) Verdict {
	if m == Generic {
		return Unjudged
	}
	return grade(100*math.Abs(scale-1), 10, 30)
}

func grade(v, good, worn float64) Verdict {
	switch {
	case v <= good:
		return Good
	case v <= worn:
		return Worn
	}
	return Replace
}

func worse(a, b Verdict) Verdict {
	rank := map[Verdict]int{Good: 0, Worn: 1, Replace: 2}
	if rank[a] > rank[b] {
		return a
	}
	return b
}
