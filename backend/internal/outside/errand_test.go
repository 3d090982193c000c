package outside

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestSendTellsWhatIsAnswered(t *testing.T) {
	var got *http.Request
	var body string
	mux := http.NewServeMux()
	mux.HandleFunc("/ok", func(w http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		got, body = r, string(raw)
		w.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("/away", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/ok", http.StatusFound) })
	mux.HandleFunc("/no", func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "not\nyou "+strings.Repeat("x", 5000), http.StatusForbidden)
	})
	s := httptest.NewServer(mux)
	defer s.Close()
	client := s.Client()
	defer client.CloseIdleConnections()
	err := Send(t.Context(), client, Request{Method: "PUT", URL: s.URL + "/ok", Body: "hello", Headers: map[string]string{"X-Key": "k"}})
	if err != nil || got.Method != "PUT" || body != "hello" || got.Header.Get("X-Key") != "k" {
		t.Errorf("%v, got %+v with %q", err, got, body)
	}
	got = nil
	if err := Send(t.Context(), client, Request{Method: "POST", URL: s.URL + "/away"}); err == nil || !strings.Contains(err.Error(), "302") || got != nil {
		t.Errorf("a redirect: %v", err)
	}
	if err := Send(t.Context(), client, Request{Method: "POST", URL: s.URL + "/no"}); err == nil || !strings.Contains(err.Error(), "403 Forbidden: not you") || len(err.Error()) > 400 {
		t.Errorf("refused: %v", err)
	}
}

func TestSendDoesNotTellTheAddress(t *testing.T) {
	s := httptest.NewServer(http.NotFoundHandler())
	address := s.URL + "/secret"
	s.Close()
	err := Send(t.Context(), http.DefaultClient, Request{Method: "POST", URL: address})
	if err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("nobody there: %v", err)
	}
}

func TestSendEndsWithItsContext(t *testing.T) {
	hold := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-hold }))
	defer s.Close()
	defer close(hold)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := Send(ctx, s.Client(), Request{Method: "POST", URL: s.URL}); err == nil {
		t.Error("a server that does not answer is taken for one that does")
	}
}

func TestRun(t *testing.T) {
	t.Setenv("HYPHA_SECRET", "s3cret")
	if err := Run(t.Context(), "/bin/sh", []string{"-c", `test -z "$HYPHA_SECRET" && test "$1" = "; exit 3"`, "x", "; exit 3"}); err != nil {
		t.Errorf("arguments and environment: %v", err)
	}
	if err := Run(t.Context(), "/bin/sh", []string{"-c", "echo no food >&2; exit 4"}); err == nil || !strings.Contains(err.Error(), "exit status 4: no food") {
		t.Errorf("a program that fails: %v", err)
	}
	if err := Run(t.Context(), "/bin/sh", []string{"-c", "yes | head -c 1000000; exit 1"}); err == nil || len(err.Error()) > 400 {
		t.Errorf("a program that says much: %d bytes", len(err.Error()))
	}
	if err := Run(t.Context(), "/no/such/program", nil); err == nil {
		t.Error("no program is taken for one")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	began := time.Now()
	if err := Run(ctx, "/bin/sh", []string{"-c", "sleep 60 & sleep 60"}); err == nil || time.Since(began) > 10*time.Second {
		t.Errorf("a program that hangs: %v after %v", err, time.Since(began))
	}
}
