package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"time"
)

// program is the binary under torture, and what every run of it is given.
type program struct {
	bin   string
	token string // of an administrator; the same in every copy of the folder
}

// server is one run of it.
type server struct {
	program
	cmd    *exec.Cmd
	said   *lines
	url    string // of the API
	began  time.Time
	ended  chan struct{} // closed once the process is gone
	client *http.Client
}

// lines keep what the process writes to standard error.
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

// often has sealing and tidying happen all the time, so that kills hit them.
func often() []string {
	return []string{"HYPHA_TEST_SEAL_BYTES=40000", "HYPHA_TEST_TEND_EVERY=150ms", "HYPHA_HISTORY_SYNC_INTERVAL_S=0.3", "HYPHA_SYSTEM_MAX_FAILED_STARTS=0"}
}

// account makes an administrator in a new folder, and remembers a token.
func (p *program) account(ctx context.Context, dir string) error {
	add := exec.CommandContext(ctx, p.bin, "user", "add", "--data", dir, "--username", "torture", "--password-stdin") //nolint:gosec // the program to try is the caller's choice
	add.Stdin = strings.NewReader("correct horse battery\n")
	if out, err := add.CombinedOutput(); err != nil {
		return fmt.Errorf("user add: %w: %s", err, out)
	}
	out, err := exec.CommandContext(ctx, p.bin, "token", "create", "--data", dir, "--user", "torture", "--name", "torture").Output() //nolint:gosec // likewise
	if err != nil {
		return fmt.Errorf("token create: %w", err)
	}
	p.token = strings.TrimSpace(string(out))
	return nil
}

// launch starts the program and does not wait for anything.
func (p *program) launch(dir string, env []string) (*server, error) {
	s := &server{program: *p, said: &lines{grown: make(chan struct{}, 1)}, began: time.Now(), ended: make(chan struct{})}
	s.client = &http.Client{Timeout: time.Minute, Transport: &http.Transport{MaxIdleConnsPerHost: 16}}
	s.cmd = exec.Command(p.bin, "serve", "--data", dir, "--listen", "127.0.0.1:0", "--log-level", "warn") //nolint:gosec,noctx // it ends by kill
	s.cmd.Env = append(os.Environ(), env...)
	s.cmd.Stderr = s.said
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		_ = s.cmd.Wait() // how it ended is in its state
		close(s.ended)
	}()
	return s, nil
}

// errRefused says that the program ended instead of listening.
var errRefused = errors.New("it did not start")

// start launches the program and waits until it listens. Where it ends instead the error is an errRefused with its words.
func (p *program) start(dir string, env []string) (*server, error) {
	s, err := p.launch(dir, env)
	if err != nil {
		return nil, err
	}
	listening := regexp.MustCompile(`(?m)^listening on (http://127\.0\.0\.1:\d+)$`)
	late := time.After(time.Minute)
	for {
		if m := listening.FindStringSubmatch(s.said.String()); m != nil {
			s.url = m[1] + "/api/v1"
			return s, nil
		}
		select {
		case <-s.said.grown:
		case <-s.ended:
			if listening.MatchString(s.said.String()) {
				continue
			}
			return s, fmt.Errorf("%w, exit code %d: %s", errRefused, s.cmd.ProcessState.ExitCode(), s.said)
		case <-late:
			s.kill()
			return nil, fmt.Errorf("it did not listen within a minute: %s", s.said)
		}
	}
}

// kill is kill -9, and waits until the process is gone.
func (s *server) kill() {
	_ = s.cmd.Process.Kill() // it may be gone already
	<-s.ended
	s.client.CloseIdleConnections()
}

// died tells of an end that nobody has asked for; "" while it runs.
func (s *server) died() string {
	select {
	case <-s.ended:
		return fmt.Sprintf("the program ended by itself: %v: %s", s.cmd.ProcessState, s.said)
	default:
		return ""
	}
}

// ask makes a request; anything but a 2xx is an error.
func (s *server) ask(method, path string, body, into any) error {
	var send io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			return err
		}
		send = bytes.NewReader(b)
	}
	r, err := http.NewRequest(method, s.url+path, send) //nolint:noctx // the client has a time-out
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer "+s.token)
	answer, err := s.client.Do(r)
	if err != nil {
		return err
	}
	defer func() { _ = answer.Body.Close() }() // only read
	b, err := io.ReadAll(answer.Body)
	if err != nil {
		return err // cut off: what it said is not known
	}
	if answer.StatusCode/100 != 2 {
		return fmt.Errorf("%s %s: %s: %.300s", method, path, answer.Status, b)
	}
	if into == nil {
		return nil
	}
	return json.Unmarshal(b, into)
}
