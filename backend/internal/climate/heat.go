package climate

import "math"

// HeatIndex is how warm air feels to people in the shade, in °C, for t °C (0 to 50) and rh % (0 to 100). The formula works in
// °F, F = 1.8 t + 32:
//
//	simple = 0.5 (F + 61 + 1.2 (F - 68) + 0.094 rh), averaged with F; below 80 °F that is the index
//	else Rothfusz's polynomial, less (13 - rh)/4 √((17 - |F - 95|)/17) for rh < 13 and 80 to 112 °F,
//	plus (rh - 85)/10 · (87 - F)/5 for rh > 85 and 80 to 87 °F
//
// Source: NOAA, National Weather Service (Rothfusz 1990, SR 90-23). Its jump at 80 °F is NOAA's own.
func HeatIndex(t, rh float64) (float64, error) {
	if err := temperature(t, 0, 50); err != nil {
		return none(err)
	}
	if err := humidity(rh, 0); err != nil {
		return none(err)
	}
	f := 1.8*t + 32
	index := (0.5*(f+61+1.2*(f-68)+0.094*rh) + f) / 2
	if index >= 80 {
		index = rothfusz(f, rh)
	}
	return (index - 32) / 1.8, nil
}

// rothfusz is the regression with both adjustments, in °F.
func rothfusz(f, rh float64) float64 {
	index := -42.379 + 2.04901523*f + 10.14333127*rh - 0.22475541*f*rh - 6.83783e-3*f*f - 5.481717e-2*rh*rh +
		1.22874e-3*f*f*rh + 8.5282e-4*f*rh*rh - 1.99e-6*f*f*rh*rh
	switch {
	case rh < 13 && f >= 80 && f <= 112:
		index -= (13 - rh) / 4 * math.Sqrt((17-math.Abs(f-95))/17)
	case rh > 85 && f >= 80 && f <= 87:
		index += (rh - 85) / 10 * (87 - f) / 5
	}
	return index
}
