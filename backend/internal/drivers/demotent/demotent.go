// Package demotent has the sensors and actuators of the simulated grow tent, as a real tent would have them.
package demotent

import (
	"context"
	"errors"
	"time"

	"hypha/internal/host"
	"hypha/internal/input"
	"hypha/internal/measure"
	"hypha/internal/output"
	"hypha/internal/plant"
)

// Options of the kinds of the tent: there is nothing to choose.
type Options struct{}

// Inputs returns the kinds of the tent's sensors.
func Inputs(t *plant.Tent) []input.Kind {
	return []input.Kind{
		sensor(input.Spec[Options]{
			ID: "demo_climate", Name: "Demo tent: climate", Icon: "thermometer", Tags: []string{"demo", "climate", "gas"},
			Description: "Temperature, humidity and CO2 in the canopy of the simulated grow tent.",
			Channels: []input.Channel{
				{Name: "temperature", Quantity: measure.Temperature, Unit: measure.Celsius, Min: -10, Max: 60},
				{Name: "humidity", Quantity: measure.Humidity, Unit: measure.Percent, Min: 0, Max: 100},
				{Name: "co2", Quantity: measure.CO2, Unit: measure.PPM, Min: 0, Max: 40_000},
			},
		}, func(now time.Time) []float64 {
			c := t.Climate(now)
			return []float64{c.Temperature, c.Humidity, c.CO2}
		}),
		sensor(input.Spec[Options]{
			ID: "demo_soil", Name: "Demo tent: soil", Icon: "sprout", Tags: []string{"demo", "water"},
			Description: "Moisture and temperature of the soil in the simulated grow tent.",
			Channels: []input.Channel{
				{Name: "moisture", Quantity: measure.Moisture, Unit: measure.Percent, Min: 0, Max: 100},
				{Name: "soil temperature", Quantity: measure.Temperature, Unit: measure.Celsius, Min: -40, Max: 85},
			},
		}, func(now time.Time) []float64 {
			s := t.Soil(now)
			return []float64{s.Moisture, s.Temperature}
		}),
		sensor(input.Spec[Options]{
			ID: "demo_light", Name: "Demo tent: light", Icon: "gauge", Tags: []string{"demo", "light"},
			Description: "Light above the canopy of the simulated grow tent.",
			Channels: []input.Channel{
				{Name: "light", Quantity: measure.Light, Unit: measure.Lux, Min: 0, Max: 120_000},
				{Name: "ppfd", Quantity: measure.PPFD, Unit: measure.UmolPerM2S, Min: 0, Max: 2500},
			},
		}, func(now time.Time) []float64 {
			l := t.Light(now)
			return []float64{l.Illuminance, l.PPFD}
		}),
		sensor(input.Spec[Options]{
			ID: "demo_weather", Name: "Demo tent: weather outside", Icon: "globe", Tags: []string{"demo", "climate"},
			Description: "The weather outside the simulated grow tent.",
			Channels: []input.Channel{
				{Name: "temperature", Quantity: measure.Temperature, Unit: measure.Celsius, Min: -40, Max: 60},
				{Name: "humidity", Quantity: measure.Humidity, Unit: measure.Percent, Min: 0, Max: 100},
				{Name: "pressure", Quantity: measure.Pressure, Unit: measure.Hectopascal, Min: 850, Max: 1100},
				{Name: "sunshine", Quantity: measure.Irradiance, Unit: measure.WattPerM2, Min: 0, Max: 1500},
				{Name: "wind", Quantity: measure.Speed, Unit: measure.MetrePerS, Min: 0, Max: 60},
			},
		}, func(now time.Time) []float64 {
			w := t.Weather(now)
			return []float64{w.Temperature, w.Humidity, w.Pressure, w.Sun, w.Wind}
		}),
	}
}

// Outputs returns the kinds of the tent's actuators.
func Outputs(t *plant.Tent) []output.Kind {
	return []output.Kind{
		actuator(t, plant.Heater, "demo_heater", "Demo tent: heater", "plug", "climate", "A fan heater of 400 W in the simulated grow tent."),
		actuator(t, plant.Humidifier, "demo_humidifier", "Demo tent: humidifier", "waves", "climate", "An ultrasonic humidifier in the simulated grow tent."),
		actuator(t, plant.Fan, "demo_fan", "Demo tent: exhaust fan", "sliders-horizontal", "climate", "An exhaust fan in the simulated grow tent, of which the speed can be set."),
		actuator(t, plant.Lamp, "demo_lamp", "Demo tent: lamp", "sprout", "light", "A LED lamp of 250 W in the simulated grow tent."),
		actuator(t, plant.Pump, "demo_pump", "Demo tent: drip pump", "waves", "water", "A drip irrigation of 12 l an hour in the simulated grow tent."),
	}
}

func sensor(s input.Spec[Options], values func(time.Time) []float64) input.Kind {
	s.Period = 2 * time.Second
	s.Open = func(context.Context, Options, host.Host) (input.Reader, error) { return reader(values), nil }
	return input.Define(s)
}

type reader func(time.Time) []float64

// Read lets the tent live up to this moment and reads its sensors.
func (r reader) Read(ctx context.Context) ([]float64, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return r(time.Now()), nil
}

func actuator(t *plant.Tent, a plant.Actuator, id, name, icon, tag, description string) output.Kind {
	channel := output.Channel{Name: "switch", Type: output.OnOff}
	if a == plant.Fan {
		channel = output.Channel{Name: "speed", Type: output.PWM}
	}
	return output.Define(output.Spec[Options]{
		ID: id, Name: name, Description: description, Icon: icon, Tags: []string{"demo", tag},
		Channels: []output.Channel{channel},
		Open: func(context.Context, Options, host.Host) (output.Writer, error) {
			return writer{t, a, channel.Type}, nil
		},
	})
}

type writer struct {
	tent     *plant.Tent
	actuator plant.Actuator
	takes    output.ChannelType
}

// Write switches the actuator.
func (w writer) Write(ctx context.Context, _ int, l output.Level) error {
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case w.takes == output.PWM && l.Duty != nil:
		w.tent.Set(time.Now(), w.actuator, *l.Duty/100)
	case w.takes == output.OnOff && l.On != nil && *l.On:
		w.tent.Set(time.Now(), w.actuator, 1)
	case w.takes == output.OnOff && l.On != nil:
		w.tent.Set(time.Now(), w.actuator, 0)
	default:
		return errors.New("the level does not fit this output")
	}
	return nil
}
