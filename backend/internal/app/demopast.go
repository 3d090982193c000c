package app

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"runtime/debug"
	"time"

	"hypha/internal/climate"
	"hypha/internal/config"
	"hypha/internal/fleet"
	"hypha/internal/measure"
	"hypha/internal/output"
	"hypha/internal/plant"
	"hypha/internal/settings"
)

const (
	// demoPast is how long the demo's tent has been kept when it is first seen, so that graphs and the journal show what they
	// will be like.
	demoPast = 7 * 24 * time.Hour
	// pastFine is how much of it is written down minute by minute, with all that was switched.
	pastFine = 60 * time.Hour
	// pastReadings and pastEvents bound what of the past is in memory at a time.
	pastReadings, pastEvents = 5_000, 40
	// The climate sensor was once unplugged: a gap stays a gap.
	unpluggedBefore, unpluggedFor = 53 * time.Hour, 35 * time.Minute
)

// demoDutyMinutes is over how long the past's heating is shown as a duty.
const demoDutyMinutes = 25

// What the tent's functions hold: its past was kept by the same edges.
const (
	demoDay, demoNight, demoRH, demoHot, demoWet         = 24.0, 20.0, 66.0, 26.0, 34.0
	demoRHBand, demoHotBand, demoWetBand                 = 3.0, 1.0, 4.0
	demoFanRest, demoFanWork, demoLeaf           float64 = 8, 80, -1
	demoLampFrom, demoLampTo                             = 6, 22 // o'clock
)

// demoMethod warms with the lamp and cools without it.
const demoMethod = `{"kind": "daily", "points": [
	{"at": "05:30", "value": 20, "to_next": "linear"}, {"at": "07:00", "value": 24},
	{"at": "21:30", "value": 24, "to_next": "linear"}, {"at": "23:00", "value": 20}
]}`

// demoWarmth is what that method holds at a time, °C.
func demoWarmth(at time.Time) float64 {
	h := float64(at.Hour()) + float64(at.Minute())/60 + float64(at.Second())/3600
	rise, fall := min(max((h-5.5)/1.5, 0), 1), min(max((h-21.5)/1.5, 0), 1)
	return demoNight + (demoDay-demoNight)*(rise-fall)
}

// standDemo gives the tent a place on earth, for sunrise and night, unless the configuration has one: Wageningen.
func standDemo(s *config.System) {
	if s.Latitude == nil && s.Longitude == nil {
		latitude, longitude := 51.97, 5.66
		s.Latitude, s.Longitude = &latitude, &longitude
	}
}

// names are what the demo's things have become: ids by their names.
type names struct {
	channels           map[string]measure.ChannelID // by "input/channel", and of functions by "function/channel"
	outputs, functions map[string]int64
}

// past writes down what the tent lived through before anybody looked.
type past struct {
	store    *settings.Store
	append   func(context.Context, []measure.Reading) error
	ids      names
	fine     time.Time    // from here on each minute is written down, before it every fifth
	away     [2]time.Time // while the climate sensor was unplugged
	duty     float64      // the heater's share of the last minutes, 0 to 1
	readings []measure.Reading
	events   []*settings.Event
	err      error // the first one; nothing is written after it
}

// keptBefore lives through the demo's past until now, always the same way.
func keptBefore(tent *plant.Tent, now time.Time, each func(time.Time, *plant.Tent), turn func(plant.Turn)) {
	edge := func(around, band float64) plant.Habit {
		return plant.Habit{Low: around - band/2, High: around + band/2}
	}
	tent.LiveThrough(now.Add(-demoPast), now, plant.Keeping{
		Warm: demoWarmth, WarmBand: 0.5, Mist: edge(demoRH, demoRHBand), Cool: edge(demoHot, demoHotBand), Water: edge(demoWet, demoWetBand),
		FanRest: demoFanRest / 100, FanWork: demoFanWork / 100, LampFrom: demoLampFrom, LampTo: demoLampTo,
	}, each, turn)
}

// warmUp lets the tent go on from its past instead of standing cold, before anybody reads it.
func (p *program) warmUp(now time.Time) {
	keptBefore(p.tent, now, func(time.Time, *plant.Tent) {}, func(plant.Turn) {})
}

// remember writes down the past that the tent has by warmUp; it is lived through a second time, for who is written about has
// its number only now.
func (p *program) remember(ctx context.Context, now time.Time, zone int64, ids names) error {
	gone := now.Add(-unpluggedBefore)
	w := &past{
		store: p.settings, append: p.history.Append, ids: ids, fine: now.Add(-pastFine), away: [2]time.Time{gone, gone.Add(unpluggedFor)},
	}
	keptBefore(plant.New(now), now, func(at time.Time, t *plant.Tent) { w.minute(ctx, at, t) }, func(t plant.Turn) { w.turn(ctx, t) })
	w.flush(ctx)
	w.readings, w.events = nil, nil
	debug.FreeOSMemory() // or a past that is written once would stay in a small machine's memory
	if w.err != nil {
		return fmt.Errorf("write down the tent's past: %w", w.err)
	}
	return p.demoNotes(ctx, zone, ids, now, w.away)
}

func (w *past) minute(ctx context.Context, at time.Time, t *plant.Tent) {
	w.duty += (t.Level(plant.Heater) - w.duty) / demoDutyMinutes
	if at.Before(w.fine) && at.Minute()%5 != 0 {
		return
	}
	c, s, l, out := t.Climate(at), t.Soil(at), t.Light(at), t.Weather(at)
	if at.Before(w.away[0]) || !at.Before(w.away[1]) {
		w.read(at, "Tent climate/temperature", c.Temperature)
		w.read(at, "Tent climate/humidity", c.Humidity)
		w.read(at, "Tent climate/co2", c.CO2)
		if vpd, err := climate.LeafVPD(c.Temperature, c.Humidity, demoLeaf); err == nil {
			w.read(at, "Vapour pressure deficit/vapour pressure deficit", vpd)
		}
	}
	w.read(at, "Soil/moisture", s.Moisture)
	w.read(at, "Soil/soil temperature", s.Temperature)
	w.read(at, "Lamp light/light", l.Illuminance)
	w.read(at, "Lamp light/ppfd", l.PPFD)
	w.read(at, "Outside/temperature", out.Temperature)
	w.read(at, "Outside/humidity", out.Humidity)
	w.read(at, "Outside/pressure", out.Pressure)
	w.read(at, "Outside/sunshine", out.Sun)
	w.read(at, "Outside/wind", out.Wind)
	w.read(at, "Tent heating/setpoint", demoWarmth(at))
	w.read(at, "Tent heating/output", math.Round(1000*w.duty)/10)
	if len(w.readings) >= pastReadings {
		w.flush(ctx)
	}
}

func (w *past) read(at time.Time, name string, v float64) {
	if id, ok := w.ids.channels[name]; ok {
		w.readings = append(w.readings, measure.Reading{Channel: id, T: at.UnixMilli(), V: v})
	}
}

// keeper says who switches an actuator, by which channel and around which value; a lamp goes by the clock.
func keeper(a plant.Actuator) (output, function, channel string, around float64) {
	switch a {
	case plant.Heater:
		return "Heater", "Tent heating", "Tent climate/temperature", demoDay
	case plant.Humidifier:
		return "Humidifier", "Tent humidity", "Tent climate/humidity", demoRH
	case plant.Fan:
		return "Exhaust fan", "Fresh air", "Tent climate/temperature", demoHot
	case plant.Pump:
		return "Drip pump", "Watering", "Soil/moisture", demoWet
	default:
		return "Lamp", "Lamp hours", "", 0
	}
}

// turn notes what an output did, in the words in which outputs are noted.
func (w *past) turn(ctx context.Context, t plant.Turn) {
	if t.At.Before(w.fine) {
		return // a journal of all of it would be long, and tell nothing more
	}
	out, fn, ch, around := keeper(t.Actuator)
	if t.Actuator == plant.Heater {
		around = demoWarmth(t.At)
	}
	at := t.At.UTC()
	ref := settings.Ref("function", w.ids.functions[fn])
	var level output.Level
	on, duty := t.Level > 0, 100*t.Level
	if level.On = &on; t.Actuator == plant.Fan {
		level = output.Level{Duty: &duty}
	}
	reason := "line 3 of its script"
	var chain []output.Link
	if ch != "" {
		word := "above"
		if t.Measured < around {
			word = "below"
		}
		reason = fmt.Sprintf("%.4g is %s the set-point of %.4g", t.Measured, word, around)
		chain = append(chain, output.Link{
			What: "reading", Ref: settings.Ref("channel", int64(w.ids.channels[ch])), Text: fmt.Sprintf("it was %.4g", t.Measured), T: at, Value: &t.Measured,
		})
	}
	chain = append(chain, output.Link{What: "function", Ref: ref, Text: reason, T: at})
	data, err := json.Marshal(map[string]any{
		"index": 0, "level": level, "by": ref, "reason": reason, "ends_at": nil, "error": "", "chain": chain,
		"driver": fleet.ClaimView{By: ref, Reason: reason, Rank: output.FunctionRank.String(), Chain: chain, Level: level},
	})
	w.fail(err)
	w.events = append(w.events, &settings.Event{
		T: at.UnixMilli(), Type: "output", Source: settings.Ref("output", w.ids.outputs[out]), User: ref,
		Message: fmt.Sprintf("%s went to %s", out, level), Data: data,
	})
	if len(w.events) >= pastEvents {
		w.flush(ctx)
	}
}

func (w *past) flush(ctx context.Context) {
	if w.err == nil && len(w.readings) > 0 {
		w.fail(w.append(ctx, w.readings))
	}
	if w.err == nil {
		w.fail(w.store.Events.Append(ctx, w.events...))
	}
	w.readings, w.events = w.readings[:0], w.events[:0]
}

func (w *past) fail(err error) {
	if w.err == nil {
		w.err = err
	}
}

// demoNotes are what its keeper wrote down.
func (p *program) demoNotes(ctx context.Context, zone int64, ids names, now time.Time, away [2]time.Time) error {
	ms := func(t time.Time) *int64 { n := t.UnixMilli(); return &n }
	tent := settings.Ref("zone", zone)
	for _, n := range []fleet.NoteDraft{
		{Note: "Twelve seedlings moved in", Text: "Moneymaker and Sungold, two true leaves each.", T: ms(now.Add(-demoPast + 3*time.Hour)), Tags: []string{"planting"}, Refs: []string{tent}},
		{
			Note: "Climate sensor unplugged to clean it", T: ms(away[0]), Until: ms(away[1]), Tags: []string{"maintenance"},
			Refs: []string{tent, settings.Ref("channel", int64(ids.channels["Tent climate/temperature"])), settings.Ref("channel", int64(ids.channels["Tent climate/humidity"]))},
		},
		{Note: "Nutrient solution mixed, EC 1.4", T: ms(now.Add(-26 * time.Hour)), Tags: []string{"feeding"}, Refs: []string{tent}},
	} {
		if _, err := p.fleet.CreateNote(ctx, n, demoBy); err != nil {
			return fmt.Errorf("add the note %q: %w", n.Note, err)
		}
	}
	return nil
}
