package app

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"hypha/internal/api"
	"hypha/internal/config"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// instance is the whole program in a folder of the test, on a port of its own.
type instance struct {
	t      *testing.T
	root   string            // http://127.0.0.1:PORT
	tokens map[string]string // by role
	client *http.Client
	log    *notices
}

// notices keeps what the program writes, for people and into the log.
type notices struct {
	mu    sync.Mutex
	text  bytes.Buffer
	grown chan struct{} // a token: there is more
}

func (n *notices) Write(p []byte) (int, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	select {
	case n.grown <- struct{}{}:
	default:
	}
	return n.text.Write(p)
}

func (n *notices) String() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.text.String()
}

// await returns what the pattern's group finds, as soon as it is there.
func (n *notices) await(t *testing.T, pattern string) string {
	t.Helper()
	late := time.After(30 * time.Second)
	for {
		if found := regexp.MustCompile(pattern).FindStringSubmatch(n.String()); found != nil {
			return found[1]
		}
		select {
		case <-n.grown:
		case <-late:
			t.Fatalf("no %s in %s", pattern, n)
		}
	}
}

// launch runs the program until the test ends, makes the first account and a token for each role.
func launch(t *testing.T, change ...func(*config.Config)) *instance {
	t.Helper()
	said := &notices{grown: make(chan struct{}, 1)}
	cfg := config.Default()
	cfg.Listen = "127.0.0.1:0"
	for _, do := range change {
		do(&cfg)
	}
	ctx, end := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan error, 1)
	go func() {
		ended <- Run(ctx, Options{
			DataDir: t.TempDir(), Config: cfg, Build: api.Build{Version: "test"},
			Logger: slog.New(slog.NewTextHandler(said, nil)), Notices: said,
		})
	}()
	i := &instance{t: t, client: &http.Client{Transport: &http.Transport{}}, tokens: map[string]string{}, log: said}
	t.Cleanup(func() {
		i.client.CloseIdleConnections()
		end()
		if err := <-ended; err != nil {
			t.Errorf("the program ended with %v", err)
		}
		if strings.Contains(said.String(), "panic") {
			t.Errorf("something panicked:\n%s", said)
		}
	})
	i.root = said.await(t, `(?m)^listening on (http://\S+)$`)
	code := said.await(t, `(?m)^setup code: (\S+)$`)
	resp := i.send(http.MethodPost, "/setup", "", `{"code":"`+code+`","username":"maya","password":"correct horse battery"}`)
	session := resp.header.Get("Set-Cookie")
	for _, role := range []string{"admin", "operator", "viewer"} {
		resp := i.sendWith(http.MethodPost, "/tokens", `{"name":"`+role+`","role":"`+role+`"}`, map[string]string{"Cookie": session})
		var made struct{ Secret string }
		if err := json.Unmarshal([]byte(resp.body), &made); err != nil || made.Secret == "" {
			t.Fatalf("no token for %s: %d %s", role, resp.status, resp.body)
		}
		i.tokens[role] = made.Secret
	}
	return i
}

type answer struct {
	status int
	header http.Header
	body   string
}

// send makes a request in the name of a role; "" is a stranger. Paths are those below /api/v1 unless they begin with
// /api/ or /metrics.
func (i *instance) send(method, path, role, body string) answer {
	i.t.Helper()
	header := map[string]string{}
	if role != "" {
		header["Authorization"] = "Bearer " + i.tokens[role]
	}
	return i.sendWith(method, path, body, header)
}

func (i *instance) sendWith(method, path, body string, header map[string]string) answer {
	i.t.Helper()
	if !strings.HasPrefix(path, "/api/") && path != "/metrics" {
		path = "/api/v1" + path
	}
	ctx, cancel := context.WithTimeout(i.t.Context(), time.Minute)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, i.root+path, strings.NewReader(body))
	if err != nil {
		i.t.Fatal(err)
	}
	for name, value := range header {
		req.Header.Set(name, value)
	}
	resp, err := i.client.Do(req)
	if err != nil {
		i.t.Fatalf("%s %s: %v", method, path, err)
	}
	defer func() { _ = resp.Body.Close() }() // only read
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		i.t.Fatalf("%s %s: %v", method, path, err)
	}
	return answer{resp.StatusCode, resp.Header, string(raw)}
}

// wantProblem fails unless an error answer is complete problem+json that does not speak of the inside.
func (a answer) wantProblem(t *testing.T, what string) {
	t.Helper()
	var p api.Problem
	if got := a.header.Get("Content-Type"); got != "application/problem+json" {
		t.Errorf("%s: the error is %s", what, got)
	}
	if err := json.Unmarshal([]byte(a.body), &p); err != nil || p.Type == "" || p.Title == "" || p.Detail == "" || p.Status != a.status {
		t.Errorf("%s: no problem: %s (%v)", what, a.body, err)
	}
	for _, f := range p.Errors {
		if f.Message == "" {
			t.Errorf("%s: no message for %q", what, f.Field)
		}
	}
	for _, inside := range []string{"json:", "Go value", "Go struct", "sql", "gorm", "hypha/internal", "goroutine"} {
		if strings.Contains(a.body, inside) {
			t.Errorf("%s: speaks of %q: %s", what, inside, a.body)
		}
	}
	if (a.status == http.StatusUnauthorized) != (a.header.Get("WWW-Authenticate") != "") {
		t.Errorf("%s: %d with WWW-Authenticate %q", what, a.status, a.header.Get("WWW-Authenticate"))
	}
}
