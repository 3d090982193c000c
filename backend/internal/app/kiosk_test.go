package app

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
)

// cookieOf is what a browser sends back of the first cookie that an answer sets.
func cookieOf(a answer) string {
	pair, _, _ := strings.Cut(a.header.Get("Set-Cookie"), ";")
	return pair
}

// hang makes a dashboard with a link and opens it as a screen does. It returns the screen's cookie.
func (i *instance) hang() (cookie string) {
	i.t.Helper()
	if got := i.send(http.MethodPost, "/dashboards", "admin", `{"name":"Tent","shared":true}`); got.status != http.StatusCreated {
		i.t.Fatalf("dashboard: %d %s", got.status, got.body)
	}
	var link struct{ Secret string }
	if err := json.Unmarshal([]byte(i.send(http.MethodPost, "/dashboards/1/links", "admin", `{"name":"Hall"}`).body), &link); err != nil {
		i.t.Fatal(err)
	}
	opened := i.send(http.MethodPost, "/kiosk", "", `{"secret":"`+link.Secret+`"}`)
	if opened.status != http.StatusNoContent || !strings.Contains(opened.header.Get("Set-Cookie"), "HttpOnly") {
		i.t.Fatalf("open the link: %d %s %v", opened.status, opened.body, opened.header)
	}
	return cookieOf(opened)
}

func TestALinkShowsItsDashboardAndOpensNothingElse(t *testing.T) {
	i := launch(t)
	i.send(http.MethodPost, "/outputs", "admin", `{"name":"Lamp","kind":"command","options":{"on_command":"secret-place on","off_command":"secret-place off"}}`)
	i.send(http.MethodPost, "/cameras", "admin", `{"name":"Canopy","kind":"http_snapshot","options":{"url":"http://hidden.example/shot.jpg"},"enabled":false}`)
	screen := map[string]string{"Cookie": i.hang()}
	get := func(path string) answer { return i.sendWith(http.MethodGet, path, "", screen) }

	if got := get("/kiosk"); got.status != http.StatusOK || !strings.Contains(got.body, `"name":"Tent"`) || !strings.Contains(got.body, `"link":{"name":"Hall"`) {
		t.Errorf("what it shows: %d %s", got.status, got.body)
	}
	for _, path := range []string{
		"/channels", "/readings/latest", "/outputs", "/inputs", "/functions", "/zones", "/alerts", "/events", "/notes",
		"/stop", "/units", "/quantities", "/methods", "/cameras", "/cameras/1/stills", "/frame-hosts",
	} {
		if got := get(path); got.status != http.StatusOK {
			t.Errorf("GET %s: %d %s, want 200", path, got.status, got.body)
		}
	}
	if got := get("/outputs"); strings.Contains(got.body, "secret-place on") || !strings.Contains(got.body, "Lamp") {
		t.Errorf("it tells where outputs are reached: %s", got.body)
	}
	for _, path := range []string{"/cameras", "/cameras/1"} {
		if got := get(path); strings.Contains(got.body, "hidden.example") || !strings.Contains(got.body, "Canopy") {
			t.Errorf("GET %s tells where cameras are reached: %s", path, got.body)
		}
	}
	if got := get("/events"); strings.Contains(got.body, `"type":"auth"`) || strings.Contains(got.body, `"type":"audit"`) {
		t.Errorf("it tells what people do to accounts and settings: %s", got.body)
	}
	for _, path := range []string{
		"/auth/me", "/users", "/tokens", "/preferences", "/system", "/dashboards", "/dashboards/1", "/dashboards/1/links", "/backups",
		"/notification-routes", "/notification-settings", "/discoveries", "/inputs/1", "/outputs/1", "/functions/1", "/readings/export",
	} {
		if got := get(path); got.status != http.StatusUnauthorized {
			t.Errorf("GET %s: %d, want 401", path, got.status)
		}
	}
	for path, method := range map[string]string{
		"/outputs/1/channels/0": http.MethodPut, "/stop": http.MethodPost, "/notes": http.MethodPost, "/dashboards": http.MethodPost,
		"/auth/live-ticket": http.MethodPost, "/dashboards/1": http.MethodDelete,
	} {
		if got := i.sendWith(method, path, `{"on":true}`, screen); got.status != http.StatusUnauthorized {
			t.Errorf("%s %s: %d, want 401", method, path, got.status)
		}
	}
	// The secret of a screen is no session of a person, whatever cookie it comes in.
	stolen := map[string]string{"Cookie": strings.Replace(screen["Cookie"], "hypha_kiosk", "hypha_session", 1)}
	if got := i.sendWith(http.MethodGet, "/channels", "", stolen); got.status != http.StatusUnauthorized {
		t.Errorf("as a session: %d, want 401", got.status)
	}
}

func TestALinkThatIsEndedShowsNothingAtOnce(t *testing.T) {
	i := launch(t)
	screen := i.hang()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second) // less than the feed's own minute
	defer cancel()
	address := strings.Replace(i.root, "http:", "ws:", 1) + "/api/v1/live"
	conn, resp, err := websocket.Dial(ctx, address, &websocket.DialOptions{ //nolint:bodyclose // Dial has closed it
		HTTPHeader: http.Header{"Cookie": {screen}, "Origin": {i.root}}, Subprotocols: []string{"hypha.live.v1"},
	})
	if err != nil {
		t.Fatalf("the feed: %v %v", err, resp)
	}
	defer func() { _ = conn.CloseNow() }()
	say := func(text string) string {
		if err := conn.Write(ctx, websocket.MessageText, []byte(text)); err != nil {
			t.Fatal(err)
		}
		_, said, err := conn.Read(ctx)
		if err != nil {
			t.Fatal(err)
		}
		return string(said)
	}
	if got := say(`{"op":"subscribe","topics":["events"]}`); !strings.Contains(got, "Not allowed") {
		t.Errorf("it hears of events: %s", got)
	}
	if got := say(`{"op":"subscribe","topics":["readings","outputs"]}`); !strings.Contains(got, "snapshot") {
		t.Errorf("it hears no readings: %s", got)
	}
	if got := i.send(http.MethodDelete, "/dashboards/1/links/1", "admin", ""); got.status != http.StatusNoContent {
		t.Fatalf("end the link: %d %s", got.status, got.body)
	}
	for {
		if _, _, err = conn.Read(ctx); err != nil {
			break
		}
	}
	if websocket.CloseStatus(err) != websocket.StatusPolicyViolation {
		t.Errorf("the feed goes on: %v", err)
	}
	if got := i.sendWith(http.MethodGet, "/channels", "", map[string]string{"Cookie": screen}); got.status != http.StatusUnauthorized {
		t.Errorf("after its end: %d, want 401", got.status)
	}
}

func TestALinkOfADeletedDashboardShowsNothing(t *testing.T) {
	i := launch(t)
	screen := map[string]string{"Cookie": i.hang()}
	i.send(http.MethodDelete, "/dashboards/1", "admin", "")
	if got := i.sendWith(http.MethodGet, "/channels", "", screen); got.status != http.StatusUnauthorized {
		t.Errorf("in the bin: %d, want 401", got.status)
	}
	i.send(http.MethodPost, "/dashboards/1/restore", "admin", "")
	if got := i.sendWith(http.MethodGet, "/kiosk", "", screen); got.status != http.StatusOK {
		t.Errorf("brought back: %d %s", got.status, got.body)
	}
}

func TestGuessedLinksHaveToWait(t *testing.T) {
	i := launch(t)
	for range 60 {
		if i.send(http.MethodPost, "/kiosk", "", `{"secret":"hyl_guess"}`).status == http.StatusTooManyRequests {
			return
		}
	}
	t.Error("sixty guesses and no end")
}
