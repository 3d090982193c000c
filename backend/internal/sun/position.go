package sun

import (
	"errors"
	"math"
	"time"
)

// Place is a point on the Earth, in degrees; north and east are positive.
type Place struct {
	Latitude  float64 `json:"latitude"`
	Longitude float64 `json:"longitude"`
}

// Errors of Place.Check.
var (
	ErrLatitude  = errors.New("latitude must be -90 to 90°")
	ErrLongitude = errors.New("longitude must be -180 to 180°")
)

// Check tells whether there is such a place.
func (p Place) Check() error {
	switch {
	case !(math.Abs(p.Latitude) <= 90):
		return ErrLatitude
	case !(math.Abs(p.Longitude) <= 180):
		return ErrLongitude
	}
	return nil
}

// Position is where the sun stands, in degrees, and what that follows from.
type Position struct {
	Elevation         float64 // of its centre above the horizon, without refraction
	ApparentElevation float64 // as seen through the air
	Azimuth           float64 // from north, clockwise, 0 to 360
	Declination       float64
	EquationOfTime    float64 // min: apparent less mean solar time
}

// At is the position of the sun at t, seen from p.
func At(t time.Time, p Place) Position {
	declination, equation := solar(t)
	h := hourAngle(t, equation, p.Longitude)
	sinE := sind(p.Latitude)*sind(declination) + cosd(p.Latitude)*cosd(declination)*cosd(h)
	elevation := degrees(math.Asin(min(1, max(-1, sinE))))
	azimuth := degrees(math.Atan2(sind(h), cosd(h)*sind(p.Latitude)-tand(declination)*cosd(p.Latitude))) + 180
	return Position{
		Elevation:         elevation,
		ApparentElevation: elevation + refraction(elevation),
		Azimuth:           math.Mod(azimuth, 360),
		Declination:       declination,
		EquationOfTime:    equation,
	}
}

// IsUp tells whether any of the sun's disc is above the horizon of p at t: between sunrise and sunset.
func IsUp(t time.Time, p Place) bool { return elevation(t, p) > horizon }

// elevation is Position.Elevation alone.
func elevation(t time.Time, p Place) float64 {
	declination, equation := solar(t)
	sinE := sind(p.Latitude)*sind(declination) +
		cosd(p.Latitude)*cosd(declination)*cosd(hourAngle(t, equation, p.Longitude))
	return degrees(math.Asin(min(1, max(-1, sinE))))
}

// hourAngle is how far the sun has gone past the meridian of the longitude, in degrees from -180 to 180.
func hourAngle(t time.Time, equation, longitude float64) float64 {
	u := t.UTC()
	minutes := float64(u.Hour()*60+u.Minute()) + (float64(u.Second())+float64(u.Nanosecond())/1e9)/60
	return wrap((minutes+equation)/4 + longitude - 180)
}

// solar returns the sun's declination in degrees and the equation of time in minutes.
func solar(t time.Time) (declination, equation float64) {
	c := centuries(t)
	longitude := math.Mod(280.46646+c*(36000.76983+c*0.0003032), 360)
	anomaly := 357.52911 + c*(35999.05029-0.0001537*c)
	eccentricity := 0.016708634 - c*(0.000042037+0.0000001267*c)
	centre := sind(anomaly)*(1.914602-c*(0.004817+0.000014*c)) + sind(2*anomaly)*(0.019993-0.000101*c) +
		sind(3*anomaly)*0.000289
	node := 125.04 - 1934.136*c
	apparent := longitude + centre - 0.00569 - 0.00478*sind(node)
	obliquity := 23 + (26+(21.448-c*(46.815+c*(0.00059-c*0.001813)))/60)/60 + 0.00256*cosd(node)

	y := tand(obliquity/2) * tand(obliquity/2)
	equation = 4 * degrees(y*sind(2*longitude)-2*eccentricity*sind(anomaly)+4*eccentricity*y*sind(anomaly)*cosd(2*longitude)-
		y*y/2*sind(4*longitude)-1.25*eccentricity*eccentricity*sind(2*anomaly))
	return degrees(math.Asin(sind(obliquity) * sind(apparent))), equation
}

// refraction is how much the air lifts a body of that elevation, in degrees. Source: NOAA, piecewise.
func refraction(elevation float64) float64 {
	tan := tand(elevation)
	switch {
	case elevation > 85:
		return 0
	case elevation > 5:
		return (58.1/tan - 0.07/(tan*tan*tan) + 0.000086/math.Pow(tan, 5)) / 3600
	case elevation > -0.575:
		return (1735 + elevation*(-518.2+elevation*(103.4+elevation*(-12.79+elevation*0.711)))) / 3600
	default:
		return -20.774 / tan / 3600
	}
}

// centuries are Julian centuries since the noon of 1 January 2000.
func centuries(t time.Time) float64 {
	const epoch = 946728000 // s, 2000-01-01T12:00:00Z
	return (float64(t.Unix()-epoch) + float64(t.Nanosecond())/1e9) / 86400 / 36525
}

func degrees(rad float64) float64 { return rad * 180 / math.Pi }
func sind(deg float64) float64    { return math.Sin(deg * math.Pi / 180) }
func cosd(deg float64) float64    { return math.Cos(deg * math.Pi / 180) }
func tand(deg float64) float64    { return math.Tan(deg * math.Pi / 180) }

// wrap brings an angle to -180 (exclusive) to 180 degrees.
func wrap(deg float64) float64 {
	return deg - 360*math.Ceil((deg-180)/360)
}
