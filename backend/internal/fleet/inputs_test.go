package fleet

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"hypha/internal/controller"
	"hypha/internal/settings"
)

const series = `{"name":"a","topic":"t/a"}`

func TestAnInputIsCreatedReadAndKeptOverARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.bench.plug(7)
		in := w.addInput(`{"name":"Tent","kind":"fake_sensor","options":{"address":7}}`)
		if in.PeriodS != 10 || in.TimeoutS != 1 || !in.Enabled || len(in.Channels) != 2 || in.FailuresBeforeDegraded != 3 {
			t.Errorf("created %+v", in)
		}
		wantState(t, w, "input/1", controller.Running)
		later(time.Minute)
		temperature := in.Channels[0].ID
		had := len(w.values(temperature))
		if had < 6 || had > 8 {
			t.Errorf("%d readings in a minute of a 10 s period", had)
		}
		w.restart()
		wantState(t, w, "input/1", controller.Running)
		if c, err := w.Channel(t.Context(), temperature); err != nil || c.Last == nil || c.Last.V != 20 || c.OwnerName != "Tent" {
			t.Errorf("after the restart the channel is %+v, %v", c, err)
		}
		if got := len(w.values(temperature)); got != had+1 {
			t.Errorf("%d readings after the restart, want %d", got, had+1)
		}
		if got := w.messages("audit", "Tent was added"); len(got) != 1 {
			t.Errorf("the journal has %q", got)
		}
	})
}

func TestFaultsNameTheirFields(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.bench.plug(1)
		for _, c := range []struct {
			text   string
			fields []string
		}{
			{`{"name":"","kind":"fake_sensor"}`, []string{"name"}},
			{`{"name":"a\u0000b","kind":"fake_sensor"}`, []string{"name"}},
			{`{"name":"` + strings.Repeat("x", 101) + `","kind":"fake_sensor"}`, []string{"name"}},
			{`{"name":"a","kind":"no_such"}`, []string{"kind"}},
			{`{"name":"","kind":""}`, []string{"kind", "name"}},
			{`{"name":"a","kind":"fake_sensor","period_s":0.5}`, []string{"period_s"}},
			{`{"name":"a","kind":"fake_sensor","period_s":1e300}`, []string{"period_s"}},
			{`{"name":"a","kind":"fake_sensor","timeout_s":0}`, []string{"timeout_s"}},
			{`{"name":"a","kind":"fake_sensor","failures_before_degraded":0}`, []string{"failures_before_degraded"}},
			{`{"name":"a","kind":"fake_sensor","zone":12}`, []string{"zone"}},
			{`{"name":"a","kind":"fake_sensor","options":{"address":0}}`, []string{"options.address"}},
			{`{"name":"a","kind":"fake_sensor","options":{"adress":1}}`, []string{"options.adress"}}, //nolint:misspell // that is the case
			{`{"name":"a","kind":"fake_sensor","options":[]}`, []string{"options"}},
			{`{"name":"a","kind":"fake_broker","options":{"broker":"http://x","channels":[{"name":"a"}]}}`, []string{"options.broker", "options.channels[0].topic"}},
			{`{"name":"a","kind":"fake_broker","options":{"broker":"mqtt://x","channels":[` + series + `,{"name":"b","topic":"t","quantity":"warmth"}]}}`, []string{"options.channels[1].quantity"}},
			{`{"name":"a","kind":"fake_broker","options":{"broker":"mqtt://x","channels":[{"name":"b","topic":"t","unit":"ppm"}]}}`, []string{"options.channels[0].unit"}},
			{`{"name":"a","kind":"fake_broker"}`, []string{"options.broker", "options.channels"}},
			{`{"name":"a","kind":"fake_probed","options":{"address":9}}`, []string{"options"}},
		} {
			_, err := w.CreateInput(t.Context(), draftOf[InputDraft](t, c.text), by)
			wantFaults(t, c.text, err, c.fields...)
		}
		if _, total, err := w.Inputs(t.Context(), settings.Filter{}); err != nil || total != 0 {
			t.Errorf("refused drafts left %d inputs, %v", total, err)
		}
	})
}

func TestAMergePatchChangesWhatItNames(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		sensor := w.bench.plug(1)
		zone, err := w.CreateZone(t.Context(), ZoneDraft{Name: "Tent"}, by)
		if err != nil {
			t.Fatal(err)
		}
		w.addInput(`{"name":"A","kind":"fake_sensor","period_s":5,"zone":1}`)
		opens := sensor.opens
		if in := w.patchInput(1, `{"name":"B"}`); in.Name != "B" || in.PeriodS != 5 || in.ZoneID == nil || *in.ZoneID != zone.ID {
			t.Errorf("after the name changed it is %+v", in)
		}
		if in := w.patchInput(1, `{"zone":null,"period_s":null}`); in.ZoneID != nil || in.PeriodS != 10 {
			t.Errorf("null did not clear: %+v", in)
		}
		if sensor.opens != opens+1 {
			t.Errorf("opened %d times for a name, a zone and a period, want once, for the period", sensor.opens-opens)
		}
		if in := w.patchInput(1, `{"options":{"address":null}}`); string(in.Options) != `{}` {
			t.Errorf("options are %s", in.Options)
		}
		for patch, fields := range map[string][]string{
			`{"kind":"fake_push"}`:       {"kind"},
			`{"id":7}`:                   {"id"},
			`{"name":5}`:                 {"name"},
			`[]`:                         {""},
			`null`:                       {""},
			`{"name":null}`:              {"name"},
			`{"options":{"address":-1}}`: {"options.address"},
			`{"enabled":"yes"}`:          {"enabled"},
			`{"zone":99}`:                {"zone"},
		} {
			_, err := w.UpdateInput(t.Context(), 1, json.RawMessage(patch), by)
			wantFaults(t, patch, err, fields...)
		}
		wantState(t, w, "input/1", controller.Running)
		if _, err := w.UpdateInput(t.Context(), 99, json.RawMessage(`{}`), by); !errors.Is(err, ErrNotFound) {
			t.Errorf("an input that is not there: %v", err)
		}
	})
}

func TestDisableDeleteRestoreDuplicate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.bench.plug(1)
		in := w.addInput(`{"name":"A","kind":"fake_sensor","options":{"address":1,"key":"k1"}}`)
		id := in.Channels[0].ID
		if in := w.patchInput(1, `{"enabled":false}`); in.Status.State != controller.Inactive {
			t.Errorf("disabled it is %s", in.Status.State)
		}
		if _, err := w.ReadNow(t.Context(), 1); !errors.Is(err, ErrNotRunning) {
			t.Errorf("reading a disabled input: %v", err)
		}
		w.patchInput(1, `{"enabled":true}`)
		later(30 * time.Second)
		had := len(w.values(id))
		if err := w.DeleteInput(t.Context(), 1, by); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Input(t.Context(), 1); !errors.Is(err, ErrNotFound) {
			t.Errorf("a deleted input: %v", err)
		}
		if _, _, ok := w.Live.Get(id); ok {
			t.Error("a deleted input has a live value")
		}
		later(time.Minute)
		if got := len(w.values(id)); got > had {
			t.Error("a deleted input is read")
		}
		if len(w.Counts()) != 0 {
			t.Errorf("after the deletion controllers are counted: %v", w.Counts())
		}
		back, err := w.RestoreInput(t.Context(), 1, by)
		if err != nil || len(back.Channels) != 2 || back.Channels[0].ID != id {
			t.Fatalf("restored %+v, %v", back, err)
		}
		later(30 * time.Second)
		wantState(t, w, "input/1", controller.Running)
		if got := len(w.values(id)); got <= had {
			t.Error("a restored input is not read, or has lost its history")
		}
		twin, err := w.DuplicateInput(t.Context(), 1, new(false), by)
		if err != nil || twin.Name != "A copy" || twin.Enabled || twin.Channels[0].ID == id {
			t.Errorf("the copy is %+v, %v", twin, err)
		}
		if len(twin.SecretsSet) != 1 {
			t.Errorf("the copy has the secrets %v", twin.SecretsSet)
		}
		if err := w.DeleteInput(t.Context(), 99, by); !errors.Is(err, ErrNotFound) {
			t.Errorf("deleting what is not there: %v", err)
		}
		if name := copyName(strings.Repeat("ä", 100)); len([]rune(name)) != 100 || !strings.HasSuffix(name, " copy") {
			t.Errorf("the copy of a long name is %q", name)
		}
	})
}

func TestSecretsAreKeptSealedAndNeverShown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		in := w.addInput(`{"name":"A","kind":"fake_broker","options":{"broker":"mqtt://x","password":"hunter2","channels":[{"name":"a","topic":"t","token":"tok1"}]}}`)
		if strings.Contains(string(in.Options), "hunter2") || strings.Contains(string(in.Options), "tok1") {
			t.Errorf("options show %s", in.Options)
		}
		if len(in.SecretsSet) != 2 || in.SecretsSet[0] != "channels[0].token" || in.SecretsSet[1] != "password" {
			t.Errorf("secrets set: %v", in.SecretsSet)
		}
		row, err := w.store.Inputs.Get(t.Context(), 1)
		if err != nil || strings.Contains(string(row.Options), "hunter2") || strings.Contains(string(row.Options), "tok1") {
			t.Errorf("the database has %s, %v", row.Options, err)
		}
		heard := func() string {
			synctest.Wait()
			w.bench.mu.Lock()
			defer w.bench.mu.Unlock()
			return w.bench.heard["mqtt://x"]
		}
		if heard() != "hunter2" {
			t.Errorf("the driver was given %q", heard())
		}
		in = w.patchInput(1, `{"options":{"channels":[{"name":"a","topic":"t2"}]}}`) // as a client sends back what it got
		if len(in.SecretsSet) != 2 || heard() != "hunter2" {
			t.Errorf("a patch without secrets left %v, the driver has %q", in.SecretsSet, heard())
		}
		w.restart()
		if heard() != "hunter2" {
			t.Errorf("after the restart the driver was given %q", heard())
		}
		if w.patchInput(1, `{"options":{"password":"new"}}`); heard() != "new" {
			t.Errorf("after the change the driver was given %q", heard())
		}
		if in = w.patchInput(1, `{"options":{"password":null}}`); len(in.SecretsSet) != 1 || heard() != "" {
			t.Errorf("null left %v, the driver has %q", in.SecretsSet, heard())
		}
	})
}
