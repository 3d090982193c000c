package app

import (
	"context"
	"encoding/json"
	"fmt"

	"hypha/internal/alert"
	"hypha/internal/alerting"
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
	of := map[string]measure.ChannelID{} // channels by "input/channel"
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
		for _, ch := range in.Channels {
			of[d.Name+"/"+ch.Name] = ch.ID
		}
		if d.Zone != nil {
			targets = append(targets, bands(in.Channels, banded)...)
		}
	}
	on := map[string]int64{}
	for _, d := range []fleet.OutputDraft{
		{Name: "Heater", Kind: "demo_heater", Zone: &tent.ID},
		{Name: "Humidifier", Kind: "demo_humidifier", Zone: &tent.ID},
		{Name: "Exhaust fan", Kind: "demo_fan", Zone: &tent.ID},
		{Name: "Lamp", Kind: "demo_lamp", Zone: &tent.ID},
		{Name: "Drip pump", Kind: "demo_pump", Zone: &tent.ID, Channels: []fleet.OutputChannelDraft{
			{Index: 0, Limits: json.RawMessage(`{"max_on_s":120,"min_off_s":30}`)},
		}},
	} {
		o, err := p.fleet.CreateOutput(ctx, d, demoBy)
		if err != nil {
			return fmt.Errorf("add %s: %w", d.Name, err)
		}
		on[d.Name] = o.ID
	}
	if err := p.regulate(ctx, tent.ID, of, on); err != nil {
		return err
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

// regulate has the tent regulated as a keeper would: heat by a PID, moisture of air and soil by hysteresis, the lamp by its
// hours, fresh air by a second hysteresis, a script that looks after all, and alerts.
func (p *program) regulate(ctx context.Context, zone int64, of map[string]measure.ChannelID, on map[string]int64) error {
	type options map[string]any
	air, humidity, soil := of["Tent climate/temperature"], of["Tent climate/humidity"], of["Soil/moisture"]
	target := func(name string) options { return options{"output": on[name]} }
	const lampHours = `# Sixteen hours of light.
day = "06:00" <= time_of_day() and time_of_day() < "22:00"
set_output("Lamp", on = day)
`
	const watchful = `# Air that stays too dry is noted, once a day.
rh = mean("Tent climate/humidity", 600)
today = int(now() // 86400)
if rh != None and rh < 40 and state.get("told") != today:
    note("The air has been dry: %d %%" % rh, tags = ["climate"])
    state["told"] = today
`
	for _, f := range []struct {
		name, kind string
		options    options
	}{
		{"Tent heating", "pid", options{
			"channel": air, "setpoint": 24, "kp": 30, "ki": 0.05, "direction": "raise", "raise": target("Heater"), "mode": "time_proportional",
			"window_s": 20, "min_on_s": 1, "min_off_s": 1, "period_s": 10, "max_age_s": 15,
		}},
		{"Tent humidity", "hysteresis", options{
			"channel": humidity, "setpoint": 66, "band": 4, "direction": "raise", "output": target("Humidifier"), "min_on_s": 10, "min_off_s": 20, "max_age_s": 15,
		}},
		{"Fresh air", "hysteresis", options{
			"channel": air, "setpoint": 26, "band": 1, "direction": "lower", "output": target("Exhaust fan"), "duty_on": 80, "duty_off": 20, "max_age_s": 15,
		}},
		{"Lamp hours", "conditional", options{"script": lampHours, "period_s": 30, "lease_s": 100}},
		{"Watering", "hysteresis", options{
			"channel": soil, "setpoint": 34, "band": 4, "direction": "raise", "output": target("Drip pump"), "max_age_s": 60,
		}},
		{"Vapour pressure deficit", "vapour_pressure_deficit", options{"temperature": air, "humidity": humidity, "leaf_offset": -1}},
		{"Dry air", "conditional", options{"script": watchful, "period_s": 600}},
	} {
		raw, err := json.Marshal(f.options)
		if err != nil {
			return fmt.Errorf("encode the options of %s: %w", f.name, err)
		}
		if _, err := p.fleet.CreateFunction(ctx, fleet.FunctionDraft{Name: f.name, Kind: f.kind, Options: raw, Zone: &zone}, demoBy); err != nil {
			return fmt.Errorf("add %s: %w", f.name, err)
		}
	}
	for _, a := range []struct {
		name, kind string
		options    options
		severity   alert.Severity
	}{
		{"The tent is too warm", "threshold", options{"channel": air, "above": 30}, alert.Critical},
		{"The climate sensor is silent", "missing", options{"channels": []measure.ChannelID{air, humidity}}, alert.Warning},
	} {
		raw, err := json.Marshal(a.options)
		if err != nil {
			return fmt.Errorf("encode the options of %s: %w", a.name, err)
		}
		if _, err := p.alerts.Create(ctx, alerting.Draft{Name: a.name, Kind: a.kind, Options: raw, Severity: a.severity}, demoBy); err != nil {
			return fmt.Errorf("add the alert %s: %w", a.name, err)
		}
	}
	return nil
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
