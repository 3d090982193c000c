package app

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// as decodes an answer, which must have the status.
func as[T any](t *testing.T, a answer, status int) (v T) {
	t.Helper()
	if a.status != status {
		t.Fatalf("%d %s, want %d", a.status, a.body, status)
	}
	if a.body != "" {
		if err := json.Unmarshal([]byte(a.body), &v); err != nil {
			t.Fatalf("%s: %v", a.body, err)
		}
	}
	return v
}

// shown is what these tests look at of an alert.
type shown struct {
	ID     int64
	Status struct {
		State        string
		Acknowledged bool
		Text         string
		Holding      bool
	}
}

func TestAnAlertGoesAllTheWay(t *testing.T) {
	arrived := make(chan string, 10)
	hook := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		arrived <- string(body)
	}))
	defer hook.Close()
	await := func(text string) {
		t.Helper()
		late := time.After(20 * time.Second)
		for {
			select {
			case got := <-arrived:
				if strings.Contains(got, text) {
					return
				}
			case <-late:
				t.Fatalf("nothing arrived with %q", text)
			}
		}
	}
	i := launch(t)
	in := as[struct{ Channels []struct{ ID int64 } }](t, i.send("POST", "/inputs", "admin",
		`{"name":"Probe","kind":"push","options":{"channels":[{"name":"air","quantity":"temperature","unit":"C"}]}}`), 201)
	out := as[struct{ ID int64 }](t, i.send("POST", "/outputs", "admin", `{"name":"Heater","kind":"virtual_on_off"}`), 201)
	as[any](t, i.send("PUT", fmt.Sprintf("/outputs/%d/channels/0", out.ID), "operator", `{"on":true}`), 200)
	route := as[struct {
		ID      int64
		Options map[string]any
	}](t, i.send("POST", "/notification-routes", "admin", `{"name":"hook","kind":"webhook","options":{"url":"`+hook.URL+`/x"}}`), 201)
	if route.Options["url"] != nil {
		t.Errorf("the secret address is shown: %v", route.Options)
	}
	a := as[shown](t, i.send("POST", "/alerts", "admin", fmt.Sprintf(
		`{"name":"Too warm","kind":"threshold","severity":"critical","options":{"channel":%d,"above":30},"actions":[{"output":%d,"channel":0,"do":"stop"}]}`, in.Channels[0].ID, out.ID)), 201)
	at := fmt.Sprintf("/alerts/%d", a.ID)

	as[any](t, i.send("POST", at+"/acknowledge", "operator", ""), 409)
	as[any](t, i.send("POST", at+"/test", "operator", ""), 200)
	await("Test: Too warm")
	push := func(v float64) {
		t.Helper()
		as[any](t, i.send("POST", "/readings", "operator", fmt.Sprintf(`{"readings":[{"channel":%d,"t":%d,"v":%g}]}`, in.Channels[0].ID, time.Now().UnixMilli(), v)), 200)
	}
	push(31)
	await("Too warm (critical)")
	a = as[shown](t, i.send("GET", at, "viewer", ""), 200)
	if a.Status.State != "firing" || !strings.Contains(a.Status.Text, "31") || !a.Status.Holding {
		t.Errorf("%+v", a)
	}
	if ch := as[struct {
		On bool
		By string
	}](t, i.send("GET", fmt.Sprintf("/outputs/%d/channels/0", out.ID), "viewer", ""), 200); ch.On || ch.By != fmt.Sprintf("alert/%d", a.ID) {
		t.Errorf("the heater: %+v", ch)
	}
	a = as[shown](t, i.send("POST", at+"/acknowledge", "operator", `{"remark":"on my way"}`), 200)
	if !a.Status.Acknowledged {
		t.Errorf("%+v", a)
	}
	push(20)
	await("Resolved: Too warm")
	events := i.send("GET", "/events?type=alert&source=alert/1", "viewer", "").body
	for _, want := range []string{"above 30", "was acknowledged: on my way", "is over", "brings Heater to its safe state", "was tested"} {
		if !strings.Contains(events, want) {
			t.Errorf("the journal does not have %q: %s", want, events)
		}
	}
	sent := 0
	for n, again := 0, time.NewTicker(20*time.Millisecond); sent != 3 && n < 250; n++ { // what has arrived is noted a moment later
		sent = as[struct{ Total int }](t, i.send("GET", "/notifications?state=sent", "viewer", ""), 200).Total
		<-again.C
	}
	if sent != 3 {
		t.Errorf("%d deliveries, want 3: %s", sent, i.send("GET", "/notifications", "viewer", "").body)
	}
}

func TestAlertRequests(t *testing.T) {
	i := launch(t)
	as[any](t, i.send("POST", "/inputs", "admin", `{"name":"Probe","kind":"push","options":{"channels":[{"name":"air","quantity":"temperature","unit":"C"}]}}`), 201)
	good := `{"name":"Too warm","kind":"threshold","options":{"channel":1,"above":30}}`
	as[any](t, i.send("POST", "/alerts", "admin", good), 201)
	as[any](t, i.send("POST", "/notification-routes", "admin", `{"name":"Phone","kind":"ntfy","options":{"topic":"x","password":"s3cret"}}`), 201)
	for _, c := range []struct {
		method, path, role, body string
		status                   int
	}{
		{"POST", "/alerts", "operator", good, 403},
		{"POST", "/alerts", "", good, 401},
		{"POST", "/alerts", "admin", `{`, 400},
		{"POST", "/alerts", "admin", `{"name":"x","kind":"threshold","options":{"channel":1,"above":30},"colour":1}`, 422},
		{"POST", "/alerts", "admin", `{"name":"x","kind":"threshold","options":{"channel":1,"above":1e999}}`, 422},
		{"POST", "/alerts", "admin", `{"name":"x","kind":"threshold","options":[]}`, 422},
		{"POST", "/alerts", "admin", `{"name":"x","kind":"threshold","options":{"channel":1,"above":30},"actions":[{"output":1,"channel":0,"do":"set","level":{"on":"yes"}}]}`, 422},
		{"GET", "/alerts", "viewer", "", 200},
		{"GET", "/alerts?q=warm", "viewer", "", 200},
		{"GET", "/alerts/1", "viewer", "", 200},
		{"GET", "/alerts/9", "viewer", "", 404},
		{"GET", "/alerts/x", "viewer", "", 404},
		{"PATCH", "/alerts/1", "admin", `{"name":"Warm","for_s":60}`, 200},
		{"PATCH", "/alerts/1", "admin", `{"kind":"stuck"}`, 422},
		{"PATCH", "/alerts/1", "admin", `{"Name":"Warm"}`, 422},
		{"PATCH", "/alerts/1", "admin", `{"for_s":null,"routes":null}`, 200},
		{"PATCH", "/alerts/9", "admin", `{"name":"Warm"}`, 404},
		{"POST", "/alerts/1/snooze", "operator", `{"for_s":60}`, 200},
		{"POST", "/alerts/1/snooze", "operator", `{"for_s":0}`, 200},
		{"POST", "/alerts/1/snooze", "operator", `{"until":"2026-01-01T00:00:00Z"}`, 200},
		{"POST", "/alerts/1/snooze", "operator", `{"until":"sometime"}`, 422},
		{"POST", "/alerts/1/snooze", "operator", `{}`, 422},
		{"POST", "/alerts/1/snooze", "operator", `{"for_s":-1}`, 422},
		{"POST", "/alerts/1/snooze", "viewer", `{"for_s":60}`, 403},
		{"POST", "/alerts/1/acknowledge", "operator", `{}`, 409},
		{"POST", "/alerts/9/acknowledge", "operator", ``, 404},
		{"DELETE", "/alerts/1", "admin", "", 204},
		{"GET", "/alerts/1", "viewer", "", 404},
		{"POST", "/alerts/1/restore", "admin", "", 200},
		{"GET", "/notification-routes", "viewer", "", 200},
		{"PATCH", "/notification-routes/1", "admin", `{"options":{"topic":"y z"}}`, 422},
		{"PATCH", "/notification-routes/1", "admin", `{"enabled":false}`, 200},
		{"POST", "/notification-routes/1/test", "operator", "", 422},
		{"POST", "/notification-routes/9/test", "operator", "", 404},
		{"POST", "/notification-routes", "operator", `{}`, 403},
		{"POST", "/notification-routes", "admin", `{}`, 422},
		{"DELETE", "/notification-routes/1", "admin", "", 204},
		{"GET", "/notifications?state=lost", "viewer", "", 422},
		{"GET", "/notifications?route=x", "viewer", "", 422},
		{"GET", "/notification-settings", "viewer", "", 200},
		{"PUT", "/notification-settings", "admin", `{"heartbeat":{"enabled":true,"url":"https://example.org/s3cret","every_s":86400},"secrets_set":[]}`, 200},
		{"PUT", "/notification-settings", "admin", `{"digest":{"at":"8 o'clock"}}`, 422},
		{"PUT", "/notification-settings", "admin", `[]`, 422},
		{"PUT", "/notification-settings", "operator", `{}`, 403},
		{"GET", "/web-push-key", "viewer", "", 200},
		{"GET", "/kinds?type=alert", "viewer", "", 200},
		{"GET", "/kinds?type=notification", "viewer", "", 200},
		{"GET", "/kinds?type=pigeon", "viewer", "", 422},
	} {
		got := i.send(c.method, c.path, c.role, c.body)
		what := c.method + " " + c.path + " " + c.body
		if got.status != c.status {
			t.Errorf("%s as %q: %d %s, want %d", what, c.role, got.status, got.body, c.status)
		}
		if got.status >= 400 {
			got.wantProblem(t, what)
		}
		if strings.Contains(got.body, "s3cret") {
			t.Errorf("%s shows a secret: %s", what, got.body)
		}
	}
}
