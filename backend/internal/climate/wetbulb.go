package climate

// WetBulb is the temperature in °C of an aspirated wet thermometer over liquid water, in air of t °C (0 to 60), rh % (0 to
// 100) and p hPa (500 to 1100): the tw at which
//
//	es(tw) - A p (t - tw) = e,   A = 6.53e-4 (1 + 9.44e-4 tw)
//
// Source: WMO-No. 8, by bisection. In very dry air the result may lie below 0 °C, where a real wick freezes.
func WetBulb(t, rh, p float64) (float64, error) {
	e, err := aspirated(t, p, func() (float64, error) { return VapourPressure(t, rh) })
	if err != nil {
		return none(err)
	}
	const lowest = -60 // far below what any air here reaches
	return bisect(func(tw float64) bool { return wetVapour(t, tw, p) <= e }, lowest, t), nil
}

// HumidityFromWetBulb is the relative humidity in % from a dry and a wet thermometer, the psychrometer's way: dry t °C (0
// to 60), wet tw °C (0 to t) and p hPa (500 to 1100). A wet thermometer colder than completely dry air could make it is a
// fault of the measurement: RangeError.
//
//	rh = 100 (es(tw) - A p (t - tw))/es(t),   A = 6.53e-4 (1 + 9.44e-4 tw)
//
// Source: WMO-No. 8.
func HumidityFromWetBulb(t, tw, p float64) (float64, error) {
	e, err := aspirated(t, p, func() (float64, error) {
		if err := within("wet-bulb temperature", tw, 0, t, "°C"); err != nil {
			return none(err)
		}
		return wetVapour(t, tw, p), nil
	})
	if err != nil {
		return none(err)
	}
	rh := 100 * e / overWater(t)
	if rh > 100 && rh < 100+1e-9 { // saturated air, and the last digit of a division
		rh = 100
	}
	if err := humidity(rh, 0); err != nil {
		return none(err)
	}
	return rh, nil
}

// aspirated checks what the psychrometer equation asks for and returns the vapour pressure.
func aspirated(t, p float64, vapour func() (float64, error)) (float64, error) {
	if err := temperature(t, 0, 60); err != nil {
		return none(err)
	}
	if err := pressure(p); err != nil {
		return none(err)
	}
	return vapour()
}

// wetVapour is the vapour pressure of air of t °C in which a wet thermometer shows tw °C. It rises with tw.
func wetVapour(t, tw, p float64) float64 {
	return overWater(tw) - 6.53e-4*(1+9.44e-4*tw)*p*(t-tw)
}
