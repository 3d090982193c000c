// Package thermalzone reads the temperatures that the kernel's thermal management watches, such as a processor's.
package thermalzone

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"hypha/internal/drivers/sysfs"
	"hypha/internal/host"
	"hypha/internal/input"
	"hypha/internal/measure"
)

// Options of an input.
type Options struct {
	Zone int    `json:"zone" default:"0" min:"0" max:"1000" title:"Zone" help:"The number of the thermal zone; 0 is the processor on most boards"`
	Type string `json:"type" max_len:"50" advanced:"true" title:"Type" help:"What the zone must call itself, such as cpu-thermal; then a zone that got another number is noticed. Empty: not checked"`
}

// Kind is the catalogue entry.
func Kind() input.Kind {
	return input.Define(input.Spec[Options]{
		ID: "thermal_zone", Name: "Thermal zone", Icon: "cpu", Tags: []string{"host"}, Bus: "sysfs",
		Description: "Temperature of the processor and other parts of this machine.",
		Period:      15 * time.Second, Timeout: 2 * time.Second,
		// The kernel gives what the driver of the zone says; below and above this is no board alive.
		Channels: []input.Channel{{Name: "temperature", Quantity: measure.Temperature, Unit: measure.Celsius, Min: -55, Max: 200}},
		Open: func(_ context.Context, o Options, h host.Host) (input.Reader, error) {
			return zone{o, h}, nil
		},
		Discover: discover,
	})
}

type zone struct {
	o Options
	h host.Host
}

// Read returns the temperature.
func (z zone) Read(context.Context) ([]float64, error) {
	folder := fmt.Sprintf("thermal_zone%d", z.o.Zone)
	if z.o.Type != "" {
		kind, err := sysfs.Text(z.h, "sys/class/thermal", folder, "type")
		if err != nil {
			return nil, fmt.Errorf("%s: %w", folder, err)
		}
		if kind != z.o.Type {
			return nil, fmt.Errorf("%s is of the type %s, not %s; has it got another number?", folder, kind, z.o.Type)
		}
	}
	milli, err := sysfs.Number(z.h, "sys/class/thermal", folder, "temp")
	if err != nil {
		return nil, fmt.Errorf("%s: %w", folder, err)
	}
	return []float64{milli / 1000}, nil
}

func discover(_ context.Context, h host.Host) ([]input.Found, error) {
	names, err := sysfs.Names(h, "sys/class/thermal")
	if err != nil {
		return nil, err
	}
	var found []input.Found
	for _, name := range names {
		var n int
		if _, err := fmt.Sscanf(name, "thermal_zone%d", &n); err != nil || name != fmt.Sprintf("thermal_zone%d", n) {
			continue
		}
		kind, err := sysfs.Text(h, "sys/class/thermal", name, "type")
		if err != nil {
			continue // it went away while we looked
		}
		options, err := json.Marshal(Options{Zone: n, Type: kind})
		if err != nil {
			return nil, err
		}
		found = append(found, input.Found{
			Kind: "thermal_zone", Name: strings.ReplaceAll(kind, "_", " "), Detail: name, Options: options,
		})
	}
	return found, nil
}
