package app

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestACallFromOutsideNeedsNoAccountButItsToken(t *testing.T) {
	i := launch(t)
	const token = "0123456789abcdef"
	i.send(http.MethodPost, "/outputs", "admin", `{"name":"Lamp","kind":"virtual_on_off"}`)
	made := i.send(http.MethodPost, "/functions", "admin", `{"name":"Bell","kind":"trigger_webhook","options":{"token":"`+token+`","actions":[
		{"kind":"output_on","options":{"output":{"output":1}}},{"kind":"note","options":{"note":"{reason} {value}"}}]}}`)
	if made.status != http.StatusCreated || strings.Contains(made.body, token) {
		t.Fatalf("created %d %s", made.status, made.body)
	}
	call := func(token, body string) answer {
		return i.send(http.MethodPost, "/hooks/"+token, "", body)
	}
	late := time.Now().Add(10 * time.Second)
	got := call(token, `{"reason":"ring","value":2}`)
	for got.status == http.StatusNotFound && time.Now().Before(late) { // it is only just starting
		got = call(token, `{"reason":"ring","value":2}`)
	}
	if got.status != http.StatusAccepted {
		t.Fatalf("called: %d %s", got.status, got.body)
	}
	for !strings.Contains(i.send(http.MethodGet, "/notes", "viewer", "").body, "ring 2") {
		if time.Now().After(late) {
			t.Fatal("nothing was noted")
		}
	}
	if state := i.send(http.MethodGet, "/outputs/1/channels/0", "viewer", ""); !strings.Contains(state.body, `"on":true`) || !strings.Contains(state.body, `"by":"function/1"`) {
		t.Errorf("the lamp is %s", state.body)
	}
	for _, c := range []struct {
		token, body string
		status      int
	}{
		{"0123456789abcdeF", "", http.StatusNotFound},
		{token, "{", http.StatusBadRequest},
		{token, `"` + strings.Repeat("x", 70_000) + `"`, http.StatusRequestEntityTooLarge},
	} {
		got := call(c.token, c.body)
		if got.status != c.status || strings.Contains(got.body, c.token) {
			t.Errorf("%s %.20s: %d %s", c.token, c.body, got.status, got.body)
		}
		got.wantProblem(t, "a call that is refused")
	}
	refused := 0
	for range 200 {
		if call("guess-guess-guess-guess", "").status == http.StatusTooManyRequests {
			refused++
		}
	}
	if refused == 0 {
		t.Error("nobody was kept from guessing")
	}
	if strings.Contains(i.log.String(), token) {
		t.Error("the token is in the log")
	}
}
