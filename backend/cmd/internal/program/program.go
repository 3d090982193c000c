// Package program starts the real binary, kills it and asks it things, for the programs that put it through tests.
package program

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

// Program is the binary that is tried, and what every run of it is given.
type Program struct {
	Bin   string
	Token string // of an administrator; the same in every copy of the folder
}

// Server is one run of it.
type Server struct {
	Program
	Cmd    *exec.Cmd
	Began  time.Time
	URL    string // of the API
	said   *lines
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

// Account makes an administrator in a new folder, and remembers a token.
func (p *Program) Account(ctx context.Context, dir string) error {
	add := exec.CommandContext(ctx, p.Bin, "user", "add", "--data", dir, "--username", "maya", "--password-stdin") //nolint:gosec // the program to try is the caller's choice
	add.Stdin = strings.NewReader("correct horse battery\n")
	if out, err := add.CombinedOutput(); err != nil {
		return fmt.Errorf("user add: %w: %s", err, out)
	}
	out, err := exec.CommandContext(ctx, p.Bin, "token", "create", "--data", dir, "--user", "maya", "--name", "maya").Output() //nolint:gosec // likewise
	if err != nil {
		return fmt.Errorf("token create: %w", err)
	}
	p.Token = strings.TrimSpace(string(out))
	return nil
}

// Launch starts the program and does not wait for anything.
func (p *Program) Launch(dir string, env []string, flags ...string) (*Server, error) {
	s := &Server{Program: *p, said: &lines{grown: make(chan struct{}, 1)}, Began: time.Now(), ended: make(chan struct{})}
	s.client = &http.Client{Timeout: time.Minute, Transport: &http.Transport{MaxIdleConnsPerHost: 16}}
	s.Cmd = exec.Command(p.Bin, append([]string{"serve", "--data", dir, "--listen", "127.0.0.1:0", "--log-level", "warn"}, flags...)...) //nolint:gosec,noctx // it ends by kill
	s.Cmd.Env = append(os.Environ(), env...)
	s.Cmd.Stderr = s.said
	s.Cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := s.Cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		_ = s.Cmd.Wait() // how it ended is in its state
		close(s.ended)
	}()
	return s, nil
}

// ErrRefused says that the program ended instead of listening.
var ErrRefused = errors.New("it did not start")

// Start launches the program and waits until it listens. Where it ends instead the error is an ErrRefused with its words.
func (p *Program) Start(dir string, env []string, flags ...string) (*Server, error) {
	s, err := p.Launch(dir, env, flags...)
	if err != nil {
		return nil, err
	}
	listening := regexp.MustCompile(`(?m)^listening on (http://127\.0\.0\.1:\d+)$`)
	late := time.After(time.Minute)
	for {
		if m := listening.FindStringSubmatch(s.said.String()); m != nil {
			s.URL = m[1] + "/api/v1"
			return s, nil
		}
		select {
		case <-s.said.grown:
		case <-s.ended:
			if listening.MatchString(s.said.String()) {
				continue
			}
			return s, fmt.Errorf("%w, exit code %d: %s", ErrRefused, s.Cmd.ProcessState.ExitCode(), s.said)
		case <-late:
			s.Kill()
			return nil, fmt.Errorf("it did not listen within a minute: %s", s.said)
		}
	}
}

// Kill is kill -9, and waits until the process is gone.
func (s *Server) Kill() {
	_ = s.Cmd.Process.Kill() // it may be gone already
	<-s.ended
	s.client.CloseIdleConnections()
}

// Died tells of an end that nobody has asked for; "" while it runs.
func (s *Server) Died() string {
	select {
	case <-s.ended:
		return fmt.Sprintf("the program ended by itself: %v: %s", s.Cmd.ProcessState, s.said)
	default:
		return ""
	}
}

// AnswerError is an answer that is no 2xx.
type AnswerError struct {
	Method, Path string
	Status       int
	Body         []byte
}

func (e *AnswerError) Error() string {
	return fmt.Sprintf("%s %s: %d: %.300s", e.Method, e.Path, e.Status, e.Body)
}

// Said is what the process wrote to standard error so far.
func (s *Server) Said() string { return s.said.String() }

// Ended is closed once the process is gone.
func (s *Server) Ended() <-chan struct{} { return s.ended }

// Stop is SIGTERM; it waits until the process is gone and returns its exit code.
func (s *Server) Stop() int {
	_ = s.Cmd.Process.Signal(syscall.SIGTERM) // it may be gone already
	<-s.ended
	s.client.CloseIdleConnections()
	return s.Cmd.ProcessState.ExitCode()
}

// Ask makes a request; anything but a 2xx is an error.
func (s *Server) Ask(method, path string, body, into any) error {
	var send io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			return err
		}
		send = bytes.NewReader(b)
	}
	r, err := http.NewRequest(method, s.URL+path, send) //nolint:noctx // the client has a time-out
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer "+s.Token)
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
		return &AnswerError{Method: method, Path: path, Status: answer.StatusCode, Body: b}
	}
	if into == nil {
		return nil
	}
	return json.Unmarshal(b, into)
}
