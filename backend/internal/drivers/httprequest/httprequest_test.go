package httprequest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"hypha/internal/host"
	"hypha/internal/output"
)

func write(ctx context.Context, t *testing.T, options string, on bool) error {
	t.Helper()
	d, err := Kind().Bind(json.RawMessage(options))
	if err != nil {
		t.Fatal(err)
	}
	w, err := d.Open(t.Context(), host.Host{HTTP: &http.Client{}})
	if err != nil {
		t.Fatal(err)
	}
	return w.Write(ctx, 0, output.Level{On: &on})
}

func TestTheDeviceIsToldAndMustObey(t *testing.T) {
	var told string
	status := 200
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		told = fmt.Sprintf("%s %s %s %s", r.Method, r.URL, body, r.Header.Get("Authorization"))
		w.WriteHeader(status)
	}))
	defer server.Close()
	get := fmt.Sprintf(`{"on_url":"%[1]s/?turn=on","off_url":"%[1]s/?turn=off"}`, server.URL)
	post := fmt.Sprintf(`{"on_url":"%[1]s/r","off_url":"%[1]s/r","method":"POST","on_body":"{\"on\":true}","off_body":"{}","headers":{"Authorization":"Bearer x"},"expected_status":202}`, server.URL)
	for _, c := range []struct {
		options string
		on      bool
		status  int
		told    string
		err     string
	}{
		{get, true, 200, "GET /?turn=on  ", ""},
		{get, false, 204, "GET /?turn=off  ", ""},
		{get, true, 302, "", "answers 302"},
		{get, true, 500, "", "answers 500"},
		{post, true, 202, `POST /r {"on":true} Bearer x`, ""},
		{post, false, 202, `POST /r {} Bearer x`, ""},
		{post, true, 200, "", "answers 200"},
	} {
		status = c.status
		err := write(t.Context(), t, c.options, c.on)
		if (c.err == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), c.err) {
			t.Errorf("status %d: %v, want %q", c.status, err, c.err)
		}
		if c.told != "" && told != c.told {
			t.Errorf("told %q, want %q", told, c.told)
		}
	}
}

func TestADeadDevice(t *testing.T) {
	released := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-released }))
	options := fmt.Sprintf(`{"on_url":"%[1]s/on","off_url":"%[1]s/off"}`, server.URL)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := write(ctx, t, options, true); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("silent: %v", err)
	}
	close(released)
	server.Close()
	if err := write(t.Context(), t, options, true); err == nil || !strings.Contains(err.Error(), "connection refused") {
		t.Errorf("gone: %v", err)
	}
}

func TestOptions(t *testing.T) {
	for options, want := range map[string]string{
		`{"on_url":"http://x/1","off_url":"http://x/0"}`:                                              "",
		`{"on_url":"http://x/1","off_url":"http://x/1"}`:                                              "off_url: on and off are the same",
		`{"on_url":"http://x/1","off_url":"http://x/1","method":"POST","on_body":"1","off_body":"0"}`: "",
		`{"on_url":"http://x/1","off_url":"http://x/1","method":"GET","on_body":"1","off_body":"0"}`:  "off_url: on and off are the same",
		`{"on_url":"x/1","off_url":"http://x/0"}`:                                                     "on_url: must begin",
		`{"on_url":"http://x/1"}`:                                                                     "off_url",
		`{"on_url":"http://x/1","off_url":"http://x/0","method":"DELETE"}`:                            "method",
	} {
		_, err := Kind().Bind(json.RawMessage(options))
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: got %v, want %q", options, err, want)
		}
	}
}
