package app

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

// signIn returns the cookie of a new session.
func (i *instance) signIn() map[string]string {
	i.t.Helper()
	got := i.send(http.MethodPost, "/auth/login", "", `{"username":"maya","password":"correct horse battery"}`)
	if got.status != http.StatusOK {
		i.t.Fatalf("%d %s", got.status, got.body)
	}
	cookie, _, _ := strings.Cut(got.header.Get("Set-Cookie"), ";")
	return map[string]string{"Cookie": cookie}
}

func read[T any](t *testing.T, a answer, status int) (v T) {
	t.Helper()
	if a.status != status {
		t.Fatalf("%d %s, want %d", a.status, a.body, status)
	}
	if err := json.Unmarshal([]byte(a.body), &v); err != nil {
		t.Fatalf("%s: %v", a.body, err)
	}
	return v
}

func TestPairingADevice(t *testing.T) {
	i := launch(t)
	desk := i.signIn()
	if got := i.send(http.MethodPost, "/auth/pairings", "admin", ""); got.status != http.StatusForbidden {
		t.Errorf("with a token: %d %s, want 403", got.status, got.body)
	}
	pairing := read[struct {
		Code      string
		Addresses []string
	}](t, i.sendWith(http.MethodPost, "/auth/pairings", "", desk), http.StatusCreated)
	if pairing.Addresses == nil || len(pairing.Addresses) != 0 {
		t.Errorf("it listens to this machine only, and says %v", pairing.Addresses)
	}
	paired := i.send(http.MethodPost, "/auth/pairings/redeem", "", `{"code":"`+pairing.Code+`"}`)
	if u := read[struct{ Username string }](t, paired, http.StatusOK); u.Username != "maya" || paired.header.Get("Set-Cookie") == "" {
		t.Fatalf("%+v %v", u, paired.header)
	}
	again := i.send(http.MethodPost, "/auth/pairings/redeem", "", `{"code":"`+pairing.Code+`"}`)
	if again.status != http.StatusUnprocessableEntity || !strings.Contains(again.body, `"field":"code"`) {
		t.Errorf("a second time: %d %s", again.status, again.body)
	}
	cookie, _, _ := strings.Cut(paired.header.Get("Set-Cookie"), ";")
	phone := map[string]string{"Cookie": cookie}
	type sessions struct {
		Items []struct {
			ID      int64
			Current bool
		}
	}
	mine := read[sessions](t, i.sendWith(http.MethodGet, "/auth/sessions", "", phone), http.StatusOK)
	for _, one := range mine.Items {
		if one.Current {
			continue
		}
		path := "/auth/sessions/" + jsonOf(t, one.ID)
		if got := i.sendWith(http.MethodDelete, path, "", phone); got.status != http.StatusNoContent {
			t.Errorf("%d %s", got.status, got.body)
		}
		if got := i.sendWith(http.MethodDelete, path, "", phone); got.status != http.StatusNotFound {
			t.Errorf("a second time: %d %s, want 404", got.status, got.body)
		}
	}
	if got := i.sendWith(http.MethodGet, "/auth/me", "", desk); got.status != http.StatusUnauthorized {
		t.Errorf("the desk after it was signed out: %d %s", got.status, got.body)
	}
	events := i.send(http.MethodGet, "/events?type=auth&limit=50", "admin", "")
	if !strings.Contains(events.body, "signed another device in") {
		t.Errorf("the journal says nothing: %s", events.body)
	}
}

func jsonOf(t *testing.T, v any) string {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func TestPreferencesOfTwoBrowsersMeet(t *testing.T) {
	i := launch(t)
	one, two := i.signIn(), i.signIn()
	for _, change := range []struct {
		who  map[string]string
		body string
	}{{one, `{"reader":{"clock":"12"}}`}, {two, `{"pins":[3]}`}, {one, `{"old":1}`}, {two, `{"old":null}`}} {
		if got := i.sendWith(http.MethodPatch, "/preferences", change.body, change.who); got.status != http.StatusOK {
			t.Fatalf("%s: %d %s", change.body, got.status, got.body)
		}
	}
	if got := i.sendWith(http.MethodGet, "/preferences", "", one); strings.TrimSpace(got.body) != `{"pins":[3],"reader":{"clock":"12"}}` {
		t.Errorf("%s", got.body)
	}
	large := `{"more":"` + strings.Repeat("x", 60<<10) + `"}`
	if got := i.sendWith(http.MethodPatch, "/preferences", large, one); got.status != http.StatusOK {
		t.Errorf("%d %s", got.status, got.body)
	}
	if got := i.sendWith(http.MethodPatch, "/preferences", strings.Replace(large, "more", "most", 1), one); got.status != http.StatusRequestEntityTooLarge {
		t.Errorf("beyond 64 kB: %d, want 413", got.status)
	}
	if got := i.sendWith(http.MethodPatch, "/preferences", `[]`, one); got.status != http.StatusUnprocessableEntity {
		t.Errorf("no object: %d %s", got.status, got.body)
	}
}

func TestUnitsSayHowTheyConvert(t *testing.T) {
	i := launch(t)
	type unit struct {
		ID, Base      string
		Scale, Offset float64
	}
	all := read[struct{ Items []unit }](t, i.send(http.MethodGet, "/units", "viewer", ""), http.StatusOK)
	found := map[string]unit{}
	for _, u := range all.Items {
		found[u.ID] = u
	}
	if f := found["F"]; f.Base != "C" || f.Scale != 5.0/9 || f.Offset != -160.0/9 {
		t.Errorf("%+v", f)
	}
	if c := found["C"]; c.Base != "C" || c.Scale != 1 || c.Offset != 0 {
		t.Errorf("%+v", c)
	}
	if f := found["full"]; f.Base != "full" {
		t.Errorf("counts convert to %q", f.Base)
	}
}
