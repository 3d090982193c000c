package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// server is a running hypha with a token of its administrator.
type server struct {
	cmd   *exec.Cmd
	data  string
	url   string
	code  chan string // the setup code of a first start
	token string
	took  time.Duration // from starting the process to its word that it answers
	ended chan error
}

// serve starts the program on a free port and waits until it says that it answers. data "" is a new folder.
func serve(ctx context.Context, bin, data string, flags ...string) (*server, error) {
	if data == "" {
		dir, err := os.MkdirTemp("", "hyphaload-")
		if err != nil {
			return nil, err
		}
		data = dir
	}
	s := &server{data: data, code: make(chan string, 1), ended: make(chan error, 1)}
	s.cmd = exec.CommandContext(ctx, bin, append([]string{"serve", "--data", data, "--listen", "127.0.0.1:0", "--log-level", "warn"}, flags...)...) //nolint:gosec // the program to measure is the caller's choice
	s.cmd.Cancel = func() error { return s.cmd.Process.Signal(syscall.SIGTERM) }
	s.cmd.WaitDelay = 15 * time.Second
	errs, err := s.cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	began := time.Now()
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	answers := make(chan string, 1)
	go func() {
		listening, code := regexp.MustCompile(`listening on (http://\S+)`), regexp.MustCompile(`setup code: (\S+)`)
		lines := bufio.NewScanner(errs)
		for lines.Scan() {
			if m := code.FindStringSubmatch(lines.Text()); m != nil {
				s.code <- m[1] // said once
			}
			if m := listening.FindStringSubmatch(lines.Text()); m != nil {
				s.took = time.Since(began)
				answers <- strings.TrimSuffix(m[1], "/")
			}
		}
		_, _ = io.Copy(io.Discard, errs)
		s.ended <- s.cmd.Wait()
	}()
	select {
	case s.url = <-answers:
		return s, nil
	case err := <-s.ended:
		return nil, fmt.Errorf("it ended before it answered: %w", err)
	case <-time.After(20 * time.Second):
		_ = s.cmd.Process.Kill()
		return nil, errors.New("no answer within 20 s")
	}
}

// stop ends the program; remove also throws its data away.
func (s *server) stop(remove bool) error {
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	err := <-s.ended
	if remove {
		return errors.Join(err, os.RemoveAll(s.data))
	}
	return err
}

// setUp makes the administrator and a token. It must be a first start.
func (s *server) setUp(ctx context.Context, bin string) error {
	var code string
	select {
	case code = <-s.code:
	case <-time.After(5 * time.Second):
		return errors.New("the program said no setup code")
	}
	if err := s.call(ctx, http.MethodPost, "/setup", map[string]string{"code": code, "username": "load", "password": "correct horse battery"}, nil); err != nil {
		return err
	}
	out, err := exec.CommandContext(ctx, bin, "token", "create", "--data", s.data, "--user", "load", "--name", "load").Output() //nolint:gosec // the program to measure is the caller's choice
	if err != nil {
		return fmt.Errorf("token create: %w", err)
	}
	s.token = strings.TrimSpace(string(out))
	return nil
}

// call does one request below /api/v1; anything but 2xx is an error.
func (s *server) call(ctx context.Context, method, path string, body, into any) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	b, err := json.Marshal(body)
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, method, s.url+"/api/v1"+path, bytes.NewReader(b))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	if s.token != "" {
		r.Header.Set("Authorization", "Bearer "+s.token)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer func() { _ = answer.Body.Close() }()
	b, err = io.ReadAll(answer.Body)
	if err != nil {
		return err
	}
	if answer.StatusCode/100 != 2 {
		return fmt.Errorf("%s %s: %s: %s", method, path, answer.Status, b)
	}
	if into == nil {
		return nil
	}
	return json.Unmarshal(b, into)
}

// sensors adds n simulated sensors of 1 Hz whose reads take 0.1 s.
func (s *server) sensors(ctx context.Context, n int) error {
	for i := range n {
		body := map[string]any{
			"name": fmt.Sprintf("sensor %04d", i), "kind": "simulated_sensor", "period_s": 1,
			"options": map[string]any{"quantity": "temperature", "unit": "C", "waveform": "sine", "offset": 20, "amplitude": 3, "wave_period_s": 60, "latency_s": 0.1},
		}
		if err := s.call(ctx, http.MethodPost, "/inputs", body, nil); err != nil {
			return err
		}
	}
	return nil
}

// cpu is the processor time the program has used.
func (s *server) cpu() (time.Duration, error) {
	b, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(s.cmd.Process.Pid), "stat"))
	if err != nil {
		return 0, err
	}
	fields := strings.Fields(string(b[bytes.LastIndexByte(b, ')')+1:])) // the name before may hold spaces
	if len(fields) < 13 {
		return 0, errors.New("/proc/PID/stat has another form")
	}
	user, err1 := strconv.ParseInt(fields[11], 10, 64)
	system, err2 := strconv.ParseInt(fields[12], 10, 64)
	const tick = 10 * time.Millisecond // USER_HZ is 100 on Linux
	return time.Duration(user+system) * tick, errors.Join(err1, err2)
}

// memory is the program's resident memory in MB.
func (s *server) memory() (float64, error) {
	b, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(s.cmd.Process.Pid), "status"))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(b)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kb, err := strconv.ParseFloat(strings.Fields(rest)[0], 64)
			return kb * 1024 / 1e6, err
		}
	}
	return 0, errors.New("/proc/PID/status has no VmRSS")
}

// system is the part of GET /system that is measured.
type system struct {
	LatenessMS struct{ P50, P99, Max float64 } `json:"lateness_ms"`
	Goroutines int                             `json:"goroutines"`
}
