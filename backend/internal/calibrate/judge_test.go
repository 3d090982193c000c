package calibrate

import (
	"errors"
	"math"
	"strings"
	"testing"

	"hypha/internal/option"
	"hypha/internal/refine"
)

func near(t *testing.T, what string, got *float64, want, within float64) {
	t.Helper()
	if got == nil || math.Abs(*got-want) > within {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}

func TestTwoPointPH(t *testing.T) {
	// An electrode with 92 % of its slope that is 9 mV off at 25 °C: pH 6.865 and 4.008 as a transmitter shows them.
	const slope, zero = 0.92, 9.0 / nernst25
	shown := func(ph float64) float64 { return 7 + slope*(ph-7) - zero }
	r, err := Judge(PH, []Point{{Raw: shown(6.865), Actual: 6.865, Celsius: new(25.0)}, {Raw: shown(4.008), Actual: 4.008, Celsius: new(25.0)}})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "the slope", r.Findings.SlopePercent, 92, 1e-9)
	near(t, "the slope in mV", r.Findings.SlopeMV, 0.92*nernst25, 1e-9)
	near(t, "the offset in mV", r.Findings.OffsetMV, 9, 1e-9)
	if r.Verdict != Worn || r.Calibration.Kind != refine.TwoPoint || len(r.Calibration.Points) != 2 {
		t.Errorf("got %s, %+v", r.Verdict, r.Calibration)
	}
}

func TestVerdicts(t *testing.T) {
	ph := func(slope, mv float64) []Point {
		shown := func(ph float64) float64 { return 7 + slope*(ph-7) - mv/nernst25 }
		return []Point{{Raw: shown(7), Actual: 7}, {Raw: shown(4), Actual: 4}}
	}
	scaled := func(by float64) []Point { return []Point{{Raw: 0, Actual: 0}, {Raw: 1413 / by, Actual: 1413}} }
	for name, c := range map[string]struct {
		method Method
		points []Point
		want   Verdict
	}{
		"a new electrode":                {PH, ph(0.99, 3), Good},
		"one that has aged":              {PH, ph(0.90, 3), Worn},
		"one at its end":                 {PH, ph(0.80, 3), Replace},
		"one that drifted":               {PH, ph(0.99, -22), Worn},
		"one that drifted far":           {PH, ph(0.99, 40), Replace},
		"more than there can be":         {PH, ph(1.09, 0), Replace},
		"one point, near":                {PH, []Point{{Raw: 7.1, Actual: 7}}, Unjudged},
		"one point, far":                 {PH, []Point{{Raw: 7.9, Actual: 7}}, Replace},
		"a clean cell":                   {EC, scaled(1.04), Good},
		"a dirty cell":                   {EC, scaled(1.2), Worn},
		"a broken cell":                  {EC, scaled(0.5), Replace},
		"a membrane":                     {DO, scaled(0.95), Good},
		"nothing is known of the device": {Generic, scaled(3), Unjudged},
	} {
		r, err := Judge(c.method, c.points)
		if err != nil || r.Verdict != c.want {
			t.Errorf("%s: %s, %v; want %s", name, r.Verdict, err, c.want)
		}
	}
}

func TestOnePointMovesTheZero(t *testing.T) {
	r, err := Judge(Generic, []Point{{Raw: 20.5, Actual: 20}})
	if err != nil || r.Calibration.Kind != refine.OffsetScale || *r.Calibration.Scale != 1 || r.Calibration.Offset != -0.5 {
		t.Fatalf("got %+v, %v", r.Calibration, err)
	}
	near(t, "the offset", r.Findings.Offset, -0.5, 1e-12)
}

func TestThreePointsAreFitted(t *testing.T) {
	r, err := Judge(PH, []Point{{Raw: 4.0, Actual: 4}, {Raw: 7.3, Actual: 7}, {Raw: 10.0, Actual: 10}})
	if err != nil {
		t.Fatal(err)
	}
	// The three lie symmetric: the line has slope 1 and goes 0.1 below the mean.
	near(t, "the scale", r.Calibration.Scale, 1, 1e-12)
	if math.Abs(r.Calibration.Offset+0.1) > 1e-12 {
		t.Errorf("the offset is %v", r.Calibration.Offset)
	}
	near(t, "the residual", r.Findings.Residual, 0.2, 1e-12)
}

func TestNernst(t *testing.T) {
	for celsius, want := range map[float64]float64{0: 54.20, 25: 59.16, 50: 64.12} {
		if got := Nernst(celsius); math.Abs(got-want) > 0.01 {
			t.Errorf("at %v °C: %v, want %v", celsius, got, want)
		}
	}
}

func TestWhatIsRefused(t *testing.T) {
	for want, c := range map[string]struct {
		method Method
		points []Point
	}{
		"method":                  {"", []Point{{Raw: 1, Actual: 1}}},
		"points":                  {PH, nil},
		"points[1].actual":        {PH, []Point{{Raw: 1, Actual: 4}, {Raw: 2, Actual: 4}}},
		"points[1].raw":           {PH, []Point{{Raw: 1, Actual: 4}, {Raw: 1, Actual: 7}}},
		"points[0].raw":           {PH, []Point{{Raw: math.NaN(), Actual: 4}}},
		"points[0].temperature_c": {PH, []Point{{Raw: 1, Actual: 4, Celsius: new(200.0)}}},
	} {
		_, err := Judge(c.method, c.points)
		bad, ok := errors.AsType[option.Errors](err)
		if !ok || bad[0].Field != want {
			t.Errorf("%s: %v", want, err)
		}
	}
	if _, err := Judge(PH, []Point{{Raw: 7, Actual: 4}, {Raw: 4, Actual: 7}}); err == nil || !strings.Contains(err.Error(), "mixed up") {
		t.Errorf("solutions that were mixed up: %v", err)
	}
}
