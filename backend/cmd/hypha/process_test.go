package main

import (
	"context"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestExitCodesAndWhatIsSaid(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	token := account(t, dir)
	s := serve(t, dir, token)
	busy := strings.TrimSuffix(strings.TrimPrefix(s.api, "http://"), "/api/v1")
	file := func(content string) string {
		path := filepath.Join(t.TempDir(), "hypha.yaml")
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	plain := file("")
	for _, c := range []struct {
		args string
		in   string
		code int
		says string // part of standard error, or of standard output when the code is 0
	}{
		{"serve --data " + dir, "", exitLocked, "data folder is in use"},
		{"serve --data " + t.TempDir() + " --listen " + busy, "", exitFailed, "choose another with --listen"},
		{"serve --data " + t.TempDir() + " --listen nowhere", "", exitUsage, "listen"},
		{"serve --data " + t.TempDir() + " --listen 127.0.0.1:99999", "", exitUsage, "99999"},
		{"serve --data " + t.TempDir() + " --log-level loud", "", exitUsage, "log.level"},
		{"serve --data " + t.TempDir() + " --config " + file("histry: {}"), "", exitUsage, "histry"},
		{"serve --data " + t.TempDir() + " --config " + file("history: {engine: influx}"), "", exitUsage, "history.engine"},
		{"serve --data " + t.TempDir() + " --config " + file("history: {keep_free_mb: -1}"), "", exitUsage, "history.keep_free_mb"},
		{"serve --data " + t.TempDir() + " --config " + file("log: {level: [debug]}"), "", exitUsage, "log.level"},
		{"serve --data " + t.TempDir() + " --config " + plain + ".not", "", exitUsage, "read the configuration"},
		{"serve --data " + plain, "", exitUsage, "is not a folder"},
		{"serve --speed 5", "", exitUsage, "--speed"},
		{"", "", exitUsage, "expected one of"},
		{"dance", "", exitUsage, "dance"},
		{"version --json", "", 0, `"version":"dev"`},
		{"kinds --json", "", 0, `"id":"simulated_sensor"`},
		{"kinds --json", "", 0, `"id":"virtual_pwm"`},
		{"scan --json", "", 0, `"items":[`},
		{
			"read simulated_sensor --option waveform=constant --option offset=21.5 --json", "", 0,
			`{"kind":"simulated_sensor","readings":[{"channel":0,"name":"value","quantity":"temperature","unit":"C","value":21.5}]}`,
		},
		{"read simulated_sensor --option fail_every=1 --json", "", exitFailed, "simulated failure"},
		{"read simulated_sensor --option speed=1", "", exitUsage, "speed"},
		{"read simulated_sensor --option speed", "", exitUsage, "name=value"},
		{"read simulated_sensor --count 0", "", exitUsage, "--count"},
		{"read nothing", "", exitUsage, "nothing"},
		{"read", "", exitUsage, "kind"},
		{
			"read http_json --option url=http://127.0.0.1:1/ --option channels=[{\"name\":\"a\",\"json_path\":\"x\",\"quantity\":\"co2\",\"unit\":\"ppm\"}]",
			"", exitFailed, "connection refused",
		},
		{"user add --data " + dir + " --username maya --password-stdin", "long enough words\n", exitFailed, "already"},
		{"user add --data " + dir + " --username bo --password-stdin", "short\n", exitFailed, "password"},
		{"user add --data " + dir + " --username bo --password-stdin --role king", "long enough words\n", exitUsage, "role"},
		{"token create --data " + dir + " --user nobody --name x", "", exitFailed, "nobody"},
		{"token create --data " + t.TempDir() + " --user maya --name x", "", exitFailed, "no Hypha"},
		{"token create --data " + dir + " --user maya --name x --expires soon", "", exitUsage, "expires"},
	} {
		got := hypha(t, c.in, strings.Fields(c.args)...)
		said := got.errors
		if c.code == 0 {
			said = got.out
		}
		if got.code != c.code || !strings.Contains(said, c.says) || strings.Contains(got.errors, "panic") {
			t.Errorf("hypha %s: exit code %d, %s%s, want %d and %q", c.args, got.code, got.errors, got.out, c.code, c.says)
		}
	}
	// Accounts and tokens are made beside the running server, which knows them at once.
	if got := hypha(t, "long enough words\n", "user", "add", "--data", dir, "--username", "bo", "--password-stdin", "--role", "viewer"); got.code != 0 {
		t.Errorf("user add: %+v", got)
	}
	made := hypha(t, "", "token", "create", "--data", dir, "--user", "bo", "--name", "x", "--expires", "1h")
	s.token = strings.TrimSpace(made.out)
	var me struct{ Username, Role string }
	if s.must(http.MethodGet, "/auth/me", "", &me); me.Username != "bo" || me.Role != "viewer" {
		t.Errorf("the token of bo is %+v's", me)
	}
	s.stop()
}

func TestARequestThatHangsDoesNotKeepItFromStopping(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := serve(t, dir, "")
	// A connection whose request never ends keeps an orderly stop busy.
	conn, err := (&net.Dialer{Timeout: time.Minute}).DialContext(context.WithoutCancel(t.Context()), "tcp", strings.TrimSuffix(strings.TrimPrefix(s.api, "http://"), "/api/v1"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }() // it has served its purpose
	if _, err := conn.Write([]byte("POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{")); err != nil {
		t.Fatal(err)
	}
	s.stop() // within its bound, whatever hangs
}
