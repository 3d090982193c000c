package fleet

import (
	"encoding/json"
	"errors"
	"math"
	"testing"
	"testing/synctest"
	"time"

	"hypha/internal/measure"
	"hypha/internal/settings"
)

func TestANewUnitConvertsTheSeriesAndKeepsLimitsMeaningful(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.bench.plug(1)
		in := w.addInput(`{"name":"A","kind":"fake_sensor"}`)
		id, other := in.Channels[0].ID, in.Channels[1].ID
		if _, err := w.CreateZone(t.Context(), draftOf[ZoneDraft](t, `{"name":"Tent","targets":[{"channel":2,"min":40,"max":60},{"channel":1,"min":18,"max":25}]}`), by); err != nil {
			t.Fatal(err)
		}
		w.patchChannel(id, `{"valid_min":0,"valid_max":40,"filters":[{"kind":"clamp","max":30},{"kind":"delta","max_step":5}]}`)
		later(time.Minute)
		c := w.patchChannel(id, `{"unit":"F"}`)
		if c.Unit != "F" || *c.ValidMin != 32 || *c.ValidMax != 104 || c.SourceUnit != "C" {
			t.Errorf("the channel is %+v, valid %v to %v", c.Channel, *c.ValidMin, *c.ValidMax)
		}
		var filters []map[string]float64
		_ = json.Unmarshal([]byte(c.Filters), &filters) // kinds are text; the numbers come through
		if len(filters) != 2 || filters[0]["max"] != 86 || filters[1]["max_step"] != 9 {
			t.Errorf("the filters are %s", c.Filters)
		}
		z, err := w.Zone(t.Context(), 1)
		if err != nil || math.Abs(*z.Targets[1].Min-64.4) > 1e-9 || math.Abs(*z.Targets[1].Max-77) > 1e-9 || *z.Targets[0].Min != 40 {
			t.Errorf("the zone's bands are %+v, %v", z.Targets, err)
		}
		later(30 * time.Second)
		for n, r := range w.values(id) {
			if math.Abs(r.V-68) > 1e-9 || r.Q != measure.Good {
				t.Errorf("reading %d is %v %v, want 68 °F like all", n, r.V, r.Q)
			}
		}
		if v, _, _ := w.Live.Get(id); math.Abs(v.V-68) > 1e-9 {
			t.Errorf("the live value is %v", v.V)
		}
		if v := w.values(other)[0].V; v != 50 {
			t.Errorf("the humidity became %v", v)
		}
		c = w.patchChannel(id, `{"unit":"C","valid_max":35}`) // and back, with a limit of the new unit
		if *c.ValidMax != 35 || math.Abs(w.values(id)[0].V-20) > 1e-9 {
			t.Errorf("back in °C: valid to %v, the first reading %v", *c.ValidMax, w.values(id)[0].V)
		}
	})
}

func TestALiveValueIsConvertedAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		in := w.addInput(`{"name":"A","kind":"fake_push","options":{"channels":[{"name":"a","quantity":"temperature","unit":"C"}]}}`)
		id := in.Channels[0].ID
		if _, err := w.Ingest(t.Context(), []Pushed{{id, time.Now().UnixMilli(), 20}}); err != nil {
			t.Fatal(err)
		}
		if c := w.patchChannel(id, `{"unit":"K"}`); c.Last == nil || c.Last.V != 293.15 {
			t.Errorf("the last reading is %+v", c.Last)
		}
		if _, err := w.Ingest(t.Context(), []Pushed{{id, time.Now().UnixMilli() + 1, 20}}); err != nil {
			t.Fatal(err)
		}
		for _, r := range w.values(id) {
			if r.V != 293.15 {
				t.Errorf("the history has %v, want 293.15 K", r.V)
			}
		}
	})
}

func TestFaultsOfChannelsNameTheirFields(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.bench.plug(1)
		w.addInput(`{"name":"A","kind":"fake_sensor"}`)
		for patch, fields := range map[string][]string{
			`{"name":""}`:                                             {"name"},
			`{"unit":"parsec"}`:                                       {"unit"},
			`{"unit":"ppm"}`:                                          {"unit"},
			`{"expected_interval_s":-1}`:                              {"expected_interval_s"},
			`{"valid_min":5,"valid_max":5}`:                           {"valid_min"},
			`{"calibration":{"kind":"two_point","points":[]}}`:        {"calibration"},
			`{"filters":[{"kind":"median","window":3},{"kind":"x"}]}`: {"filters[1]"},
			`{"filters":[{"kind":"median","windows":3}]}`:             {"filters[0].windows"},
			`{"quantity":"humidity"}`:                                 {"quantity"},
			`{"expected_interval_s":"often"}`:                         {"expected_interval_s"},
		} {
			_, err := w.UpdateChannel(t.Context(), 1, json.RawMessage(patch), by)
			wantFaults(t, patch, err, fields...)
		}
	})
}

func TestANameIsNoReasonToStartAnInputAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		s := w.bench.plug(1)
		in := w.addInput(`{"name":"A","kind":"fake_sensor"}`)
		id := in.Channels[0].ID
		w.patchChannel(id, `{"name":"Leaf","expected_interval_s":5}`)
		if s.opens != 1 {
			t.Errorf("the device was opened %d times", s.opens)
		}
		later(6 * time.Second)
		if c, err := w.Channel(t.Context(), id); err != nil || c.Name != "Leaf" || !c.Stale {
			t.Errorf("the channel is %+v, stale %v, %v", c.Channel, c.Stale, err)
		}
		w.patchChannel(id, `{"calibration":{"kind":"offset_scale","offset":-1.5}}`)
		if s.opens != 2 {
			t.Errorf("after a new calibration the device was opened %d times", s.opens)
		}
		if v, _, _ := w.Live.Get(id); v.V != 18.5 {
			t.Errorf("calibrated it says %v", v.V)
		}
		if c := w.patchChannel(id, `{"calibration":null}`); len(c.Calibration) != 0 {
			t.Errorf("null left %s", c.Calibration)
		}
		w.patchInput(1, `{"period_s":20}`)
		if c, err := w.Channel(t.Context(), id); err != nil || c.Name != "Leaf" {
			t.Errorf("after a change of the input it is called %q, %v", c.Name, err)
		}
	})
}

func TestZonesKeepWhatTheyAreGiven(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.bench.plug(1)
		w.addInput(`{"name":"A","kind":"fake_sensor"}`)
		for text, fields := range map[string][]string{
			`{"name":""}`:               {"name"},
			`{"name":"a","icon":"<b>"}`: {"icon"},
			`{"name":"a","targets":[{"channel":99,"min":1}]}`:                      {"targets[0].channel"},
			`{"name":"a","targets":[{"channel":1}]}`:                               {"targets[0].min"},
			`{"name":"a","targets":[{"channel":1,"min":2,"max":1}]}`:               {"targets[0].min"},
			`{"name":"a","targets":[{"channel":1,"min":2},{"channel":1,"max":3}]}`: {"targets[1].channel"},
		} {
			_, err := w.CreateZone(t.Context(), draftOf[ZoneDraft](t, text), by)
			wantFaults(t, text, err, fields...)
		}
		z, err := w.CreateZone(t.Context(), draftOf[ZoneDraft](t, `{"name":"Tent","targets":[{"channel":1,"min":18}]}`), by)
		if err != nil {
			t.Fatal(err)
		}
		w.patchInput(1, `{"zone":1}`)
		if z, err = w.UpdateZone(t.Context(), z.ID, json.RawMessage(`{"description":"left"}`), by); err != nil || z.Description != "left" || len(z.Targets) != 1 || len(z.Inputs) != 1 {
			t.Errorf("the zone is %+v, %v", z, err)
		}
		if err := w.DeleteZone(t.Context(), z.ID, by); err != nil {
			t.Fatal(err)
		}
		seen := func(when string, want bool) {
			t.Helper()
			in, err := w.Input(t.Context(), 1)
			ch, chErr := w.Channel(t.Context(), in.Channels[0].ID)
			_, total, listErr := w.Inputs(t.Context(), settings.Filter{Zone: z.ID})
			if err := errors.Join(err, chErr, listErr); err != nil {
				t.Fatal(err)
			}
			if (in.ZoneID != nil) != want || (ch.Zone != nil) != want || (total == 1) != want {
				t.Errorf("%s: the input's zone is %v, its channel's %v, and the zone has %d inputs", when, in.ZoneID, ch.Zone, total)
			}
		}
		seen("in the bin", false)
		w.patchInput(1, `{"name":"other"}`) // touches the zone of which nobody sees anything
		w.restart()
		seen("in the bin, restarted", false)
		if z, err = w.RestoreZone(t.Context(), z.ID, by); err != nil || len(z.Inputs) != 1 {
			t.Errorf("restored %+v, %v", z, err)
		}
		seen("restored", true)
	})
}

func TestNullGivesAChannelWhatItsKindDeclares(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.bench.plug(1)
		in := w.addInput(`{"name":"A","kind":"fake_sensor"}`)
		before, err := w.Channel(t.Context(), in.Channels[0].ID)
		if err != nil {
			t.Fatal(err)
		}
		w.patchChannel(before.ID, `{"name":"Tent","unit":"F","expected_interval_s":7,"valid_max":100}`)
		after := w.patchChannel(before.ID, `{"name":null,"unit":null,"expected_interval_s":null,"valid_max":null}`)
		if after.Name != before.Name || after.Unit != before.Unit || after.ExpectedIntervalS != before.ExpectedIntervalS || after.ValidMax != nil {
			t.Errorf("the channel is %+v, want %+v again", after.Channel, before.Channel)
		}
	})
}
