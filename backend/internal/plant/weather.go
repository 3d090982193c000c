package plant

import (
	"math"
	"time"
)

// Weather is the air outside the tent.
type Weather struct {
	Temperature float64 // °C
	Humidity    float64 // %, relative
	Pressure    float64 // hPa
	Sun         float64 // W/m² on the ground
	Wind        float64 // m/s
}

// Outside is the weather at a moment, by the clock of its time zone: coldest before sunrise, warmest at three, milder in
// July than in January, and with fronts that pass every few days. It is made up and always the same.
func Outside(t time.Time) Weather {
	hour := float64(t.Hour()) + float64(t.Minute())/60 + float64(t.Second())/3600
	day := float64(t.YearDay()) + hour/24
	days := float64(t.Unix()) / 86400
	front := 0.6*math.Sin(2*math.Pi*days/3.7) + 0.4*math.Sin(2*math.Pi*days/8.3+1)
	clouds := 0.5 + 0.5*math.Sin(2*math.Pi*days/2.9+2)*math.Cos(2*math.Pi*days/0.31)
	season := -math.Cos(2 * math.Pi * (day - 15) / 365.25) // -1 in mid-January

	daily := math.Cos(2 * math.Pi * (hour - 15) / 24)
	temperature := 11 + 6*season + 4.5*daily + 2.5*front
	height := math.Sin(math.Pi * (hour - (12 - 6 - season*1.7)) / (12 + 3.4*season)) // of the sun over its day
	if hour < 6-season*1.7 || hour > 18+season*1.7 {
		height = 0
	}
	return Weather{
		Temperature: temperature,
		Humidity:    min(98, max(30, 74-14*daily-8*front)),
		Pressure:    1013 - 9*front,
		Sun:         max(0, height) * (650 + 200*season) * (1 - 0.7*clouds),
		Wind:        max(0, 3+2*front+0.8*math.Sin(2*math.Pi*days/0.13)+0.5*math.Sin(2*math.Pi*days/0.037)),
	}
}

// Weather reads the weather station: steps of 0.1 °C, 0.1 %, 0.1 hPa, 1 W/m² and 0.1 m/s.
func (t *Tent) Weather(now time.Time) Weather {
	w := Outside(now)
	return Weather{
		Temperature: round(w.Temperature+0.05*noise(now, 8), 0.1),
		Humidity:    round(min(100, w.Humidity+0.3*noise(now, 9)), 0.1),
		Pressure:    round(w.Pressure+0.03*noise(now, 10), 0.1),
		Sun:         round(max(0, w.Sun*(1+0.005*noise(now, 11))), 1),
		Wind:        round(max(0, w.Wind+0.2*noise(now, 12)), 0.1),
	}
}

// vapour is the water in the air, kg/m³.
func (w Weather) vapour() float64 { return w.Humidity / 100 * saturation(w.Temperature) }
