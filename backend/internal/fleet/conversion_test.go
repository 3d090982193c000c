package fleet

import (
	"testing"
	"testing/synctest"
	"time"

	"hypha/internal/measure"
)

// TestAChangeOfUnitThatWasCutShortIsUndone kills the program between the history and the settings, which no transaction
// holds together.
func TestAChangeOfUnitThatWasCutShortIsUndone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx := t.Context()
		w := newWorld(t)
		in := w.addInput(`{"name":"A","kind":"fake_push","options":{"channels":[{"name":"a","quantity":"temperature","unit":"C"}]}}`)
		id := in.Channels[0].ID
		now := time.Now().UnixMilli()
		if _, err := w.Ingest(ctx, []Pushed{{id, now, -40}, {id, now + 1, 20}}); err != nil { // -40 °C is -40 °F
			t.Fatal(err)
		}
		fahrenheit := measure.Affine{Scale: 1.8, Offset: 32}
		for _, converted := range []bool{false, true} {
			if _, err := w.beginConversion(ctx, id, fahrenheit); err != nil {
				t.Fatal(err)
			}
			if converted {
				if err := w.Fleet.cfg.History.Rescale(ctx, id, fahrenheit); err != nil {
					t.Fatal(err)
				}
			}
			w.shutdown()
			w.start()
			got := w.values(id)
			if len(got) != 2 || got[0].V != -40 || got[1].V != 20 {
				t.Errorf("converted %t: the history has %v, want -40 and 20 °C", converted, got)
			}
			if keys, err := w.store.KV.Keys(ctx, conversionPrefix); len(keys) > 0 || err != nil {
				t.Errorf("noted is still %v, %v", keys, err)
			}
		}
		if c := w.patchChannel(id, `{"unit":"F"}`); c.Last == nil || c.Last.V != 68 {
			t.Errorf("the last reading is %+v", c.Last)
		}
		if keys, err := w.store.KV.Keys(ctx, conversionPrefix); len(keys) > 0 || err != nil {
			t.Errorf("noted is still %v, %v", keys, err)
		}
	})
}
