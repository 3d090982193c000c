package app

import (
	"context"
	"encoding/json"
	"fmt"

	"hypha/internal/fleet"
	"hypha/internal/measure"
	"hypha/internal/settings"
)

const (
	demoKey = "demo"
	demoBy  = "demo"
)

// furnish sets up the demo once: a grow tent with its sensors and actuators, and this machine's own figures. What people
// change afterwards stays as they want it.
func (p *program) furnish(ctx context.Context) error {
	var done bool
	if _, err := p.settings.KV.Get(ctx, demoKey, &done); err != nil || done {
		return err
	}
	inputs, _, err := p.settings.Inputs.List(ctx, settings.Filter{Limit: 1})
	if err != nil || len(inputs) > 0 {
		return err // a set-up of somebody's own is left alone
	}
	tent, err := p.fleet.CreateZone(ctx, fleet.ZoneDraft{Name: "Grow tent", Description: "Tomato seedlings, simulated", Icon: "sprout"}, demoBy)
	if err != nil {
		return fmt.Errorf("add the zone: %w", err)
	}
	two := 2.0
	ten := 10.0
	var targets []fleet.Target
	banded := map[measure.Quantity]bool{}
	for _, d := range []fleet.InputDraft{
		{Name: "Tent climate", Kind: "demo_climate", PeriodS: &two, Zone: &tent.ID},
		{Name: "Soil", Kind: "demo_soil", PeriodS: &ten, Zone: &tent.ID},
		{Name: "Lamp light", Kind: "demo_light", PeriodS: &two, Zone: &tent.ID},
		{Name: "Outside", Kind: "demo_weather", PeriodS: &ten},
		{Name: "This machine", Kind: "host_system", PeriodS: &ten},
	} {
		in, err := p.fleet.CreateInput(ctx, d, demoBy)
		if err != nil {
			return fmt.Errorf("add %s: %w", d.Name, err)
		}
		if d.Zone != nil {
			targets = append(targets, bands(in.Channels, banded)...)
		}
	}
	for _, d := range []fleet.OutputDraft{
		{Name: "Heater", Kind: "demo_heater", Zone: &tent.ID},
		{Name: "Humidifier", Kind: "demo_humidifier", Zone: &tent.ID},
		{Name: "Exhaust fan", Kind: "demo_fan", Zone: &tent.ID},
		{Name: "Lamp", Kind: "demo_lamp", Zone: &tent.ID},
		{Name: "Drip pump", Kind: "demo_pump", Zone: &tent.ID},
	} {
		if _, err := p.fleet.CreateOutput(ctx, d, demoBy); err != nil {
			return fmt.Errorf("add %s: %w", d.Name, err)
		}
	}
	patch, err := json.Marshal(fleet.ZoneDraft{Name: tent.Name, Targets: targets})
	if err != nil {
		return fmt.Errorf("encode the targets: %w", err)
	}
	if _, err := p.fleet.UpdateZone(ctx, tent.ID, patch, demoBy); err != nil {
		return fmt.Errorf("set the targets: %w", err)
	}
	return p.settings.KV.Set(ctx, demoKey, true)
}

// bands are the target bands of tomato seedlings, for the first channel of each quantity: the air before the soil.
func bands(channels []settings.Channel, banded map[measure.Quantity]bool) []fleet.Target {
	wanted := map[measure.Quantity][2]float64{
		measure.Temperature: {22, 26}, measure.Humidity: {60, 75}, measure.CO2: {400, 1000}, measure.Moisture: {30, 45},
	}
	var targets []fleet.Target
	for _, ch := range channels {
		band, ok := wanted[ch.Quantity]
		if !ok || banded[ch.Quantity] {
			continue
		}
		banded[ch.Quantity] = true
		targets = append(targets, fleet.Target{Channel: ch.ID, Min: &band[0], Max: &band[1]})
	}
	return targets
}
