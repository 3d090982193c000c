package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// beTheProgram has the test's own binary run as hypha: so whole processes are tried, with the race detector, and nothing
// has to be built.
const beTheProgram = "TEST_BE_THE_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(beTheProgram) != "" {
		os.Exit(run(os.Args[1:]))
	}
	os.Exit(m.Run())
}

// command is a run of the program that the test's end kills.
func command(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], args...)
	cmd.Env = append(os.Environ(), beTheProgram+"=1")
	return cmd
}

// outcome of a program that has ended.
type outcome struct {
	code        int
	out, errors string
}

func hypha(t *testing.T, stdin string, args ...string) outcome {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, os.Args[0], args...)
	cmd.Env = append(os.Environ(), beTheProgram+"=1")
	var out, said bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(stdin), &out, &said
	err := cmd.Run()
	if cmd.ProcessState == nil {
		t.Fatalf("hypha %q: %v", args, err)
	}
	return outcome{cmd.ProcessState.ExitCode(), out.String(), said.String()}
}

// server is a running `hypha serve` of a folder, with the token of an administrator.
type server struct {
	t     *testing.T
	dir   string
	token string
	cmd   *exec.Cmd
	api   string
	said  *lines
}

// lines keeps what a process writes.
type lines struct {
	mu    sync.Mutex
	text  bytes.Buffer
	grown chan struct{} // a token: there is more
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	select {
	case l.grown <- struct{}{}:
	default:
	}
	return l.text.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// account makes an administrator in a folder and returns a token.
func account(t *testing.T, dir string) string {
	t.Helper()
	if got := hypha(t, "correct horse battery\n", "user", "add", "--data", dir, "--username", "maya", "--password-stdin"); got.code != 0 {
		t.Fatalf("user add: %+v", got)
	}
	got := hypha(t, "", "token", "create", "--data", dir, "--user", "maya", "--name", "test")
	if got.code != 0 || !strings.HasPrefix(got.out, "hyp_") || strings.Count(got.out, "\n") != 1 {
		t.Fatalf("token create: %+v", got)
	}
	return strings.TrimSpace(got.out)
}

// serve starts the program on a folder and waits until it listens.
func serve(t *testing.T, dir, token string) *server {
	t.Helper()
	return served(t, command(t, "serve", "--data", dir, "--listen", "127.0.0.1:0"), dir, token)
}

func served(t *testing.T, cmd *exec.Cmd, dir, token string) *server {
	t.Helper()
	s := &server{t: t, dir: dir, token: token, cmd: cmd, said: &lines{grown: make(chan struct{}, 1)}}
	cmd.Stderr = s.said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	late := time.After(time.Minute)
	listening := regexp.MustCompile(`(?m)^listening on (http://127\.0\.0\.1:\d+)$`)
	for {
		if found := listening.FindStringSubmatch(s.said.String()); found != nil {
			s.api = found[1] + "/api/v1"
			return s
		}
		select {
		case <-s.said.grown:
		case <-late:
			t.Fatalf("it does not listen: %s", s.said)
		}
	}
}

// kill ends it as a power cut would, but for the disk's cache.
func (s *server) kill() {
	s.t.Helper()
	if err := s.cmd.Process.Kill(); err != nil {
		s.t.Fatal(err)
	}
	_ = s.cmd.Wait() // "signal: killed"
}

// stop ends it as systemd does.
func (s *server) stop() {
	s.t.Helper()
	began := time.Now()
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		s.t.Fatal(err)
	}
	if err := s.cmd.Wait(); err != nil {
		s.t.Errorf("SIGTERM: %v\n%s", err, s.said)
	}
	if took := time.Since(began); took > 10*time.Second {
		s.t.Errorf("stopping took %v", took)
	}
}

// ask makes a request and returns status and body; 0 when there is no answer.
func (s *server) ask(method, path, body string) (status int, text string) {
	ctx, cancel := context.WithTimeout(s.t.Context(), time.Minute)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, s.api+path, strings.NewReader(body))
	if err != nil {
		return 0, err.Error()
	}
	req.Header.Set("Authorization", "Bearer "+s.token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err.Error()
	}
	defer func() { _ = resp.Body.Close() }() // only read
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		return 0, err.Error()
	}
	return resp.StatusCode, string(raw)
}

// must is ask for what has to work; it decodes the answer into a value, if one is given.
func (s *server) must(method, path, body string, into any) {
	s.t.Helper()
	status, text := s.ask(method, path, body)
	if status < 200 || status > 299 {
		s.t.Fatalf("%s %s: %d %s", method, path, status, text)
	}
	if into == nil {
		return
	}
	if err := json.Unmarshal([]byte(text), into); err != nil {
		s.t.Fatalf("%s %s: %v in %s", method, path, err, text)
	}
}

// readings of a channel, by time.
func (s *server) readings(channel int) map[int64]float64 {
	s.t.Helper()
	var answer struct {
		Series []struct {
			T []int64
			V []float64
		}
	}
	s.must(http.MethodGet, fmt.Sprintf("/readings?channel=%d&from=2000-01-01T00:00:00Z&points=1000000", channel), "", &answer)
	got := map[int64]float64{}
	for n, t := range answer.Series[0].T {
		got[t] = answer.Series[0].V[n]
	}
	return got
}
