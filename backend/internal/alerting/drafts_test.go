package alerting

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"hypha/internal/option"
	"hypha/internal/settings"
)

func TestWrongAlertsAreRefusedByField(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		for text, field := range map[string]string{
			`{"name":"","kind":"threshold","options":{"channel":1,"above":1}}`:                                                                                         "name",
			`{"name":"a","kind":"nonsense"}`:                                                                                                                           "kind",
			`{"name":"a","kind":"threshold","options":{"channel":99,"above":1}}`:                                                                                       "options",
			`{"name":"a","kind":"threshold","options":{"channel":1}}`:                                                                                                  "options.above",
			`{"name":"a","kind":"threshold","options":{"channel":1,"above":1},"severity":"mild"}`:                                                                      "severity",
			`{"name":"a","kind":"threshold","options":{"channel":1,"above":1},"for_s":-1}`:                                                                             "for_s",
			`{"name":"a","kind":"threshold","options":{"channel":1,"above":1},"repeat_s":5}`:                                                                           "repeat_s",
			`{"name":"a","kind":"threshold","options":{"channel":1,"above":1},"routes":[7]}`:                                                                           "routes[0]",
			`{"name":"a","kind":"threshold","options":{"channel":1,"above":1},"escalate_after_s":60}`:                                                                  "escalate_routes",
			`{"name":"a","kind":"threshold","options":{"channel":1,"above":1},"zone":9}`:                                                                               "zone",
			`{"name":"a","kind":"controller","nodata_s":60}`:                                                                                                           "nodata_s",
			`{"name":"a","kind":"output","options":{"output":9}}`:                                                                                                      "options",
			`{"name":"a","kind":"deviation","options":{"channel":1,"function":9,"above":1,"below":1}}`:                                                                 "options.function",
			`{"name":"a","kind":"threshold","options":{"channel":1,"above":1},"actions":[{"output":9,"channel":0,"do":"stop"}]}`:                                       "actions[0].output",
			`{"name":"a","kind":"threshold","options":{"channel":1,"above":1},"actions":[{"output":1,"channel":1,"do":"stop"}]}`:                                       "actions[0].channel",
			`{"name":"a","kind":"threshold","options":{"channel":1,"above":1},"actions":[{"output":1,"channel":0,"do":"explode"}]}`:                                    "actions[0].do",
			`{"name":"a","kind":"threshold","options":{"channel":1,"above":1},"actions":[{"output":1,"channel":0,"do":"set","level":{"duty":5}}]}`:                     "actions[0].level.duty",
			`{"name":"a","kind":"threshold","options":{"channel":1,"above":1},"actions":[{"output":1,"channel":0,"do":"stop","level":{"on":false}}]}`:                  "actions[0].level",
			`{"name":"a","kind":"threshold","options":{"channel":1,"above":1},"actions":[{"output":1,"channel":0,"do":"set","level":{"on":false},"until":"tuesday"}]}`: "actions[0].until",
		} {
			_, err := w.Create(t.Context(), draftOf[Draft](t, text), by)
			var bad option.Errors
			if !errors.As(err, &bad) || bad[0].Field != field {
				t.Errorf("%s:\n  %v, want a fault of %s", text, err, field)
			}
		}
	})
}

func TestTheSecretsOfARouteStaySecret(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		r, err := w.CreateRoute(t.Context(), draftOf[RouteDraft](t, `{"name":"Phone","kind":"ntfy","options":{"topic":"tent","password":"s3cret"}}`), by)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(r.Options), "s3cret") || len(r.SecretsSet) != 1 || r.SecretsSet[0] != "password" {
			t.Errorf("%s, %v", r.Options, r.SecretsSet)
		}
		if _, err := w.UpdateRoute(t.Context(), r.ID, json.RawMessage(`{"options":{"topic":"other"}}`), by); err != nil {
			t.Fatal(err)
		}
		row := must(w.store.Routes.Get(t.Context(), r.ID))
		open := must(w.store.Secrets.OpenOptions(row.Options, []string{"password"}))
		if !strings.Contains(string(open), "s3cret") || !strings.Contains(string(open), "other") {
			t.Errorf("after a change: %s", open)
		}
		w.shutdown()
		for _, name := range []string{settings.File, settings.File + "-wal"} {
			if raw, err := os.ReadFile(filepath.Join(w.dir, name)); err == nil && strings.Contains(string(raw), "s3cret") {
				t.Errorf("%s has the secret", name)
			}
		}
	})
}

func TestWrongRoutesAreRefusedByField(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		for text, field := range map[string]string{
			`{"name":"a","kind":"pigeon"}`:                              "kind",
			`{"name":"a"}`:                                              "kind",
			`{"name":"a","kind":"ntfy","options":{}}`:                   "options.topic",
			`{"name":"a","kind":"webhook","options":{"url":"ftp://x"}}`: "options.url",
			`{"name":"a","kind":"webhook","options":{"url":"https://x"},"min_severity":"loudest"}`: "min_severity",
		} {
			_, err := w.CreateRoute(t.Context(), draftOf[RouteDraft](t, text), by)
			var bad option.Errors
			if !errors.As(err, &bad) || bad[0].Field != field {
				t.Errorf("%s: %v, want a fault of %s", text, err, field)
			}
		}
		r := w.route("a", `,"enabled":false`)
		if _, err := w.TestRoute(t.Context(), r.ID, by); err == nil {
			t.Error("a disabled route is tested")
		}
	})
}

func TestTheKeyOfWebPushStaysTheSame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		first := must(w.PushKeys(t.Context()))
		w.restart()
		if again := must(w.PushKeys(t.Context())); again != first || first.Private == "" {
			t.Errorf("%v, then %v", first, again)
		}
		w.shutdown()
		raw, _ := os.ReadFile(filepath.Join(w.dir, settings.File))
		if strings.Contains(string(raw), first.Private) {
			t.Error("the private key is readable")
		}
	})
}

func TestTheHeartbeatBeatsAndItsAddressIsSecret(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		v, err := w.SetPreferences(t.Context(), json.RawMessage(`{"heartbeat":{"enabled":true,"url":"https://hook.example.org/beat","every_s":60}}`), by)
		if err != nil || v.Preferences.Heartbeat.URL != "" || len(v.SecretsSet) != 1 {
			t.Fatalf("%+v, %v", v, err)
		}
		later(5*time.Minute + 2*time.Second)
		if n := len(w.arrived()); n != 6 {
			t.Errorf("%d beats in five minutes", n)
		}
		// A change that does not mention the address keeps it.
		if _, err := w.SetPreferences(t.Context(), json.RawMessage(`{"heartbeat":{"enabled":true,"every_s":600}}`), by); err != nil {
			t.Fatal(err)
		}
		w.noted("")
		w.setDown(true)
		later(21 * time.Minute)
		w.setDown(false)
		later(11 * time.Minute)
		entries := w.noted("notification")
		if len(entries) != 2 || !strings.Contains(entries[0], "does not arrive") || !strings.Contains(entries[1], "arrives again") {
			t.Errorf("%v", entries)
		}
		w.restart()
		later(2 * time.Second)
		if n := len(w.arrived()); n == 0 {
			t.Error("no beat after a restart")
		}
		if _, err := w.SetPreferences(t.Context(), json.RawMessage(`{"heartbeat":{"enabled":true,"url":"nowhere"}}`), by); err == nil {
			t.Error("a wrong address is taken")
		}
	})
}

func TestTheDigestComesOnceADay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // begins at midnight UTC
		w := newWorld(t)
		w.route("a", "")
		w.route("b", `,"digest":false`)
		w.add(strings.Replace(warm, `"for_s":60`, `"for_s":0`, 1))
		if _, err := w.SetPreferences(t.Context(), json.RawMessage(`{"digest":{"enabled":true,"at":"08:00"}}`), by); err != nil {
			t.Fatal(err)
		}
		w.read(1, 20)
		later(7 * time.Hour)
		w.arrived()
		later(59 * time.Minute)
		w.read(1, 20)
		w.arrived()
		later(70 * time.Second)
		expect(t, "the first day", w.arrived(), "/a Daily digest: all is well", "/a Resolved: Too warm", "/b Resolved: Too warm")
		w.restart()
		later(time.Minute)
		expect(t, "after a restart", w.arrived())
		w.read(1, 31)
		later(24 * time.Hour)
		got := strings.Join(w.arrived(), "\n")
		if strings.Count(got, "Daily digest: one thing needs you") != 1 {
			t.Errorf("the second day: %s", got)
		}
	})
}

func TestQuietHoursAndMaintenanceAreKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.route("a", "")
		w.add(`{"name":"Warm","kind":"threshold","options":{"channel":1,"above":30},"nodata_s":0,"repeat_s":0}`)
		if _, err := w.SetPreferences(t.Context(), json.RawMessage(`{"quiet_hours":{"enabled":true,"from":"23:00","to":"01:00"}}`), by); err != nil {
			t.Fatal(err)
		}
		w.restart()
		w.read(1, 31)
		later(59 * time.Minute)
		expect(t, "quiet", w.arrived())
		later(2 * time.Minute)
		expect(t, "the end of it", w.arrived(), "/a Warm (warning)")
		until := time.Now().Add(time.Hour).UTC().Format(time.RFC3339)
		if _, err := w.SetPreferences(t.Context(), json.RawMessage(`{"maintenance_until":"`+until+`"}`), by); err != nil {
			t.Fatal(err)
		}
		w.read(1, 20)
		later(50 * time.Minute)
		expect(t, "maintenance", w.arrived())
		later(11 * time.Minute)
		expect(t, "the end of it", w.arrived(), "/a Resolved: Warm")
		for _, wrong := range []string{`{"maintenance_until":"tomorrow"}`, `{"maintenance_until":"2100-01-01T00:00:00Z"}`, `{"quiet_hours":{"enabled":true,"from":"25:00"}}`, `{"quiet_hours":{"enabled":true,"from":"10:00","to":"10:00"}}`} {
			var bad option.Errors
			if _, err := w.SetPreferences(t.Context(), json.RawMessage(wrong), by); !errors.As(err, &bad) {
				t.Errorf("%s: %v", wrong, err)
			}
		}
	})
}
