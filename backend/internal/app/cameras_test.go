package app

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"
)

// until asks until the answer is as wanted.
func (i *instance) until(path string, want func(answer) bool) answer {
	i.t.Helper()
	late := time.Now().Add(20 * time.Second)
	for {
		got := i.send(http.MethodGet, path, "viewer", "")
		if want(got) {
			return got
		}
		if time.Now().After(late) {
			i.t.Fatalf("%s stays %d %.300s", path, got.status, got.body)
		}
		<-time.After(20 * time.Millisecond)
	}
}

func TestACameraShowsStillsAStreamAndWhatItHasKept(t *testing.T) {
	i := launch(t)
	made := i.send(http.MethodPost, "/cameras", "admin", `{"name":"Canopy","kind":"simulated_camera","timelapse":{"interval_s":5}}`)
	if made.status != http.StatusCreated {
		t.Fatalf("added: %d %s", made.status, made.body)
	}
	still := i.until("/cameras/1/still.jpg", func(a answer) bool { return a.status == http.StatusOK })
	if !strings.HasPrefix(still.body, "\xff\xd8") || still.header.Get("Hypha-Taken-At") == "" {
		t.Errorf("a still: %v", still.header)
	}
	if again := i.send(http.MethodGet, "/cameras/1/still.jpg?max_age_s=60", "viewer", ""); again.header.Get("Hypha-Taken-At") != still.header.Get("Hypha-Taken-At") {
		t.Error("one that is new enough was taken anew")
	}
	list := i.until("/cameras/1/stills", func(a answer) bool {
		return strings.Contains(a.body, `"total":1`) || strings.Contains(a.body, `"total":2`)
	})
	var stills struct{ Items []struct{ T int64 } }
	if err := json.Unmarshal([]byte(list.body), &stills); err != nil {
		t.Fatal(err)
	}
	if kept := i.send(http.MethodGet, "/cameras/1/stills/"+strconv.FormatInt(stills.Items[0].T, 10)+".jpg", "viewer", ""); !strings.HasPrefix(kept.body, "\xff\xd8") {
		t.Errorf("a kept still: %d %v", kept.status, kept.header)
	}
	film := i.send(http.MethodGet, "/cameras/1/timelapse?fps=10", "viewer", "")
	if !strings.HasPrefix(film.body, "RIFF") || film.header.Get("Content-Length") != strconv.Itoa(len(film.body)) {
		t.Errorf("a film: %d %v", film.status, film.header)
	}
	if test := i.send(http.MethodPost, "/cameras/test", "admin", `{"kind":"simulated_camera"}`); !strings.Contains(test.body, `"picture":"data:image/jpeg;base64,`) || !strings.Contains(test.body, `"width":640`) {
		t.Errorf("tried: %d %.200s", test.status, test.body)
	}
	if kinds := i.send(http.MethodGet, "/kinds?type=camera", "viewer", ""); !strings.Contains(kinds.body, `"total":5`) {
		t.Errorf("kinds: %.200s", kinds.body)
	}
	for what, c := range map[string]struct {
		got    answer
		status int
	}{
		"a viewer adds":      {i.send(http.MethodPost, "/cameras", "viewer", `{}`), http.StatusForbidden},
		"nothing said":       {i.send(http.MethodPost, "/cameras", "admin", `{}`), http.StatusUnprocessableEntity},
		"a wrong address":    {i.send(http.MethodPost, "/cameras", "admin", `{"name":"x","kind":"mjpeg","options":{"url":"x"}}`), http.StatusUnprocessableEntity},
		"a hasty timelapse":  {i.send(http.MethodPatch, "/cameras/1", "admin", `{"timelapse":{"interval_s":1}}`), http.StatusUnprocessableEntity},
		"a lamp of nobody":   {i.send(http.MethodPatch, "/cameras/1", "admin", `{"timelapse":{"interval_s":60,"when":"lamp","output":9}}`), http.StatusUnprocessableEntity},
		"nobody at home":     {i.send(http.MethodPost, "/cameras/test", "admin", `{"kind":"http_snapshot","options":{"url":"http://127.0.0.1:1/x"}}`), http.StatusUnprocessableEntity},
		"no such camera":     {i.send(http.MethodGet, "/cameras/7/still.jpg", "viewer", ""), http.StatusNotFound},
		"no such still":      {i.send(http.MethodGet, "/cameras/1/stills/5.jpg", "viewer", ""), http.StatusNotFound},
		"a film of no time":  {i.send(http.MethodGet, "/cameras/1/timelapse?from=1000&to=2000", "viewer", ""), http.StatusUnprocessableEntity},
		"a film upside down": {i.send(http.MethodGet, "/cameras/1/timelapse?from=2000&to=1000", "viewer", ""), http.StatusUnprocessableEntity},
		"a stranger watches": {i.send(http.MethodGet, "/cameras/1/stream.mjpeg", "", ""), http.StatusUnauthorized},
	} {
		if c.got.status != c.status {
			t.Errorf("%s: %d %s", what, c.got.status, c.got.body)
		}
		c.got.wantProblem(t, what)
	}
	off := i.send(http.MethodPost, "/cameras/1/disable", "operator", "")
	if off.status != http.StatusOK || !strings.Contains(off.body, `"state":"inactive"`) {
		t.Errorf("switched off: %d %s", off.status, off.body)
	}
	if got := i.send(http.MethodGet, "/cameras/1/still.jpg", "viewer", ""); got.status != http.StatusConflict {
		t.Errorf("a still of one that is off: %d", got.status)
	}
	if copied := i.send(http.MethodPost, "/cameras/1/duplicate", "admin", ""); copied.status != http.StatusCreated || !strings.Contains(copied.body, `"Canopy (copy)"`) {
		t.Errorf("copied: %d %s", copied.status, copied.body)
	}
	if gone := i.send(http.MethodDelete, "/cameras/1", "admin", ""); gone.status != http.StatusNoContent {
		t.Errorf("deleted: %d %s", gone.status, gone.body)
	}
	if back := i.send(http.MethodPost, "/cameras/1/restore", "admin", ""); back.status != http.StatusOK || !strings.Contains(back.body, `"from":"2`) {
		t.Errorf("brought back without its stills: %d %s", back.status, back.body)
	}
}

func TestAStreamEndsWithTheSession(t *testing.T) {
	i := launch(t)
	i.send(http.MethodPost, "/cameras", "admin", `{"name":"Canopy","kind":"simulated_camera"}`)
	i.until("/cameras/1/still.jpg", func(a answer) bool { return a.status == http.StatusOK })
	signedIn := i.send(http.MethodPost, "/auth/login", "", `{"username":"maya","password":"correct horse battery"}`)
	cookie, _, _ := strings.Cut(signedIn.header.Get("Set-Cookie"), ";")
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, i.root+"/api/v1/cameras/1/stream.mjpeg", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Cookie", cookie)
	resp, err := i.client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }() // only read
	if got := resp.Header.Get("Content-Type"); !strings.HasPrefix(got, "multipart/x-mixed-replace") {
		t.Fatalf("the stream is %d %s", resp.StatusCode, got)
	}
	lines := bufio.NewReader(resp.Body)
	pictures := 0
	for err == nil {
		var line string
		if line, err = lines.ReadString('\n'); strings.HasPrefix(line, "--hypha-picture") {
			if pictures++; pictures == 2 {
				i.sendWith(http.MethodPost, "/auth/logout", "", map[string]string{"Cookie": cookie, "Origin": i.root})
			}
		}
	}
	if ctx.Err() != nil || pictures < 2 || pictures > 6 {
		t.Errorf("the stream went on for %d pictures, %v", pictures, ctx.Err())
	}
}

func TestATriggerTakesAPhoto(t *testing.T) {
	i := launch(t)
	i.send(http.MethodPost, "/cameras", "admin", `{"name":"Door","kind":"simulated_camera"}`)
	const token = "0123456789abcdef"
	made := i.send(http.MethodPost, "/functions", "admin", `{"name":"Bell","kind":"trigger_webhook","options":{"token":"`+token+`","actions":[{"kind":"photo","options":{"camera":1,"tags":["visitors"]}}]}}`)
	if made.status != http.StatusCreated {
		t.Fatalf("added %d %s", made.status, made.body)
	}
	i.until("/cameras/1/still.jpg", func(a answer) bool { return a.status == http.StatusOK })
	i.until("/functions/1", func(a answer) bool { return strings.Contains(a.body, `"state":"running"`) })
	if rung := i.send(http.MethodPost, "/hooks/"+token, "", ""); rung.status != http.StatusAccepted {
		t.Fatalf("rung: %d %s", rung.status, rung.body)
	}
	note := i.until("/notes?tag=visitors", func(a answer) bool { return strings.Contains(a.body, `"total":1`) })
	for _, want := range []string{`"image":true`, `"refs":["camera/1","function/1"]`, `"note":"Bell: `} {
		if !strings.Contains(note.body, want) {
			t.Errorf("noted %s without %s", note.body, want)
		}
	}
}
