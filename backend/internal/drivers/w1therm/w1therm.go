// Package w1therm reads 1-Wire thermometers through the kernel's driver w1_therm. Sources:
// Documentation/w1/slaves/w1_therm.rst of the kernel; data sheets of DS18B20 (19-7487), DS18S20 (19-5474) and
// MAX31850 (19-6290).
package w1therm

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"hypha/internal/drivers/sysfs"
	"hypha/internal/host"
	"hypha/internal/input"
	"hypha/internal/measure"
)

const devices = "sys/bus/w1/devices"

// Options of an input.
type Options struct {
	ID string `json:"id" required:"true" pattern:"^[0-9a-f]{2}-[0-9a-f]{12}$" title:"Sensor" placeholder:"28-0316a2794cff" help:"The number of the sensor, as the folder in /sys/bus/w1/devices is called; it is burnt into the chip"`
}

// model is one kind of the catalogue. The first two digits of a sensor's number, its family, tell the chip.
type model struct {
	kind, name, description string
	families                []string
	min, max                float64 // °C that the chip can measure
}

func models() []model {
	return []model{
		{"w1_therm", "1-Wire thermometer", "Any 1-Wire thermometer that the kernel knows: DS18B20, DS18S20, DS1822, DS1825, DS28EA00, MAX31850.", []string{"10", "22", "28", "3b", "42"}, -270, 1800},
		{"ds18b20", "DS18B20", "Waterproof or bare 1-Wire thermometer from -55 to 125 °C.", []string{"28"}, -55, 125},
		{"ds18s20", "DS18S20 or DS1820", "Older 1-Wire thermometer from -55 to 125 °C.", []string{"10"}, -55, 125},
		{"ds1822", "DS1822", "1-Wire thermometer from -55 to 125 °C, within 2 °C.", []string{"22"}, -55, 125},
		{"ds1825", "DS1825", "1-Wire thermometer from -55 to 125 °C with a location set by pins.", []string{"3b"}, -55, 125},
		{"ds28ea00", "DS28EA00", "1-Wire thermometer from -40 to 85 °C that can tell its place in a chain.", []string{"42"}, -40, 85},
		{"max31850", "MAX31850 or MAX31851", "Thermocouple amplifier on 1-Wire.", []string{"3b"}, -270, 1800},
	}
}

// Kinds are the catalogue entries: one for all sensors, and one for each chip.
func Kinds() []input.Kind {
	var kinds []input.Kind
	for _, m := range models() {
		kinds = append(kinds, m.define())
	}
	return kinds
}

func (m model) define() input.Kind {
	s := input.Spec[Options]{
		ID: m.kind, Name: m.name, Icon: "thermometer", Tags: []string{"climate", "water"}, Bus: "1-wire",
		Description: m.description,
		// A conversion takes 0.75 s, and the sensors of a bus take turns: ten of them are read in about 10 s.
		Period: 30 * time.Second, MinPeriod: time.Second, Timeout: 15 * time.Second,
		Channels: []input.Channel{{Name: "temperature", Quantity: measure.Temperature, Unit: measure.Celsius, Min: m.min, Max: m.max}},
		Lane:     func(Options) string { return "w1" },
		Open: func(_ context.Context, o Options, h host.Host) (input.Reader, error) {
			if family := o.ID[:2]; !slices.Contains(m.families, family) {
				return nil, fmt.Errorf("sensor %s is of the family %s, which is no %s", o.ID, family, m.name)
			}
			if !sysfs.Has(h, devices, o.ID) {
				return nil, fmt.Errorf("sensor %s %w", o.ID, sysfs.ErrGone)
			}
			return thermometer{o.ID, h}, nil
		},
	}
	if m.kind == "w1_therm" {
		s.Discover = discover
	}
	return input.Define(s)
}

type thermometer struct {
	id string
	h  host.Host
}

// Read measures anew and returns the temperature.
func (t thermometer) Read(context.Context) ([]float64, error) {
	// The older file is preferred: it also has the bytes of the chip, without which 85 °C cannot be told from a chip
	// that has just got power, and a thermocouple that came off cannot be noticed.
	text, err := sysfs.Text(t.h, devices, t.id, "w1_slave")
	if err == nil {
		v, err := parse(t.id[:2], text)
		if err != nil {
			return nil, fmt.Errorf("sensor %s: %w", t.id, err)
		}
		return []float64{v}, nil
	}
	if !errors.Is(err, sysfs.ErrGone) || !sysfs.Has(t.h, devices, t.id, "temperature") {
		return nil, fmt.Errorf("sensor %s: %w", t.id, err)
	}
	milli, err := sysfs.Number(t.h, devices, t.id, "temperature")
	if err != nil {
		return nil, fmt.Errorf("sensor %s: %w", t.id, err)
	}
	if milli == 85_000 {
		return nil, fmt.Errorf("sensor %s: %w", t.id, errPowerOn)
	}
	return []float64{milli / 1000}, nil
}

func discover(_ context.Context, h host.Host) ([]input.Found, error) {
	names, err := sysfs.Names(h, devices)
	if err != nil {
		return nil, err
	}
	chips := map[string]string{"10": "DS18S20", "22": "DS1822", "28": "DS18B20", "3b": "DS1825 or MAX31850", "42": "DS28EA00"}
	var found []input.Found
	for _, name := range names {
		family, _, _ := strings.Cut(name, "-")
		chip, known := chips[family]
		if !known || len(name) != 15 {
			continue
		}
		options, err := json.Marshal(Options{ID: name})
		if err != nil {
			return nil, err
		}
		found = append(found, input.Found{Kind: "w1_therm", Name: chip, Detail: name, Options: options})
	}
	return found, nil
}
