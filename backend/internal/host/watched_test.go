package host

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hypha/internal/wire"
)

func TestFilesAreNoted(t *testing.T) {
	root := t.TempDir()
	if err := os.WriteFile(filepath.Join(root, "temp"), []byte("21500\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	log := wire.NewLog(nil)
	h := Host{Root: root}.Watched(log)
	if b, err := h.Read("temp"); err != nil || string(b) != "21500\n" {
		t.Fatalf("%q %v", b, err)
	}
	if _, err := h.Read("gone"); !errors.Is(err, os.ErrNotExist) {
		t.Fatalf("%v", err)
	}
	seen, _ := log.Seen()
	if len(seen) != 2 || seen[0].To != "/temp" || seen[0].Answer != "21500\n" || seen[1].To != "/gone" || seen[1].Error == "" {
		t.Errorf("%+v", seen)
	}
}

func TestRequestsAreNoted(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusTeapot)
		_, _ = io.WriteString(w, strings.Repeat("short and stout ", 1000))
	}))
	defer server.Close()
	log := wire.NewLog([]string{"stout"})
	answer, err := Host{}.Watched(log).HTTP.Get(server.URL + "/pot")
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(answer.Body)
	_ = answer.Body.Close()
	_ = answer.Body.Close() // twice is noted once
	seen, _ := log.Seen()
	if len(body) != 16_000 || len(seen) != 1 {
		t.Fatalf("%d bytes, %d seen", len(body), len(seen))
	}
	e := seen[0]
	if e.To != server.URL+"/pot" || e.Asked != "GET" || !strings.HasPrefix(e.Status, "418") || e.Bytes != 16_000 || !e.Cut || !strings.HasPrefix(e.Answer, "short and ••• ") {
		t.Errorf("%+v", e)
	}
	server.Close()
	if _, err := (Host{}).Watched(log).HTTP.Get(server.URL); err == nil { //nolint:bodyclose // there is none
		t.Fatal("it answered")
	}
	if seen, _ = log.Seen(); len(seen) != 2 || seen[1].Error == "" {
		t.Errorf("%+v", seen)
	}
}
