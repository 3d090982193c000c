package main

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// onSmallDisk starts the program on a disk of a few megabytes, which only it and its children see; inside is the way to
// that disk from here. Where the kernel does not let the test mount anything, the test is skipped.
func onSmallDisk(t *testing.T, env ...string) (s *server, inside string) {
	t.Helper()
	dir := t.TempDir()
	const mount = `mount -t tmpfs -o size=8m tmpfs "$0" && `
	own := []string{"--user", "--map-root-user", "--mount", "sh", "-c"}
	if out, err := exec.CommandContext(t.Context(), "unshare", append(own, mount+"true", dir)...).CombinedOutput(); err != nil {
		t.Skipf("no disk of its own here: %v %s", err, out)
	}
	// From outside SQLite would follow the way to the disk to the folder underneath: the account is made inside.
	const script = mount + `echo "correct horse battery" | "$1" user add --data "$0" --username maya --password-stdin &&
		"$1" token create --data "$0" --user maya --name test >"$0/token" && exec "$1" serve --data "$0" --listen 127.0.0.1:0`
	cmd := exec.CommandContext(t.Context(), "unshare", append(own, script, dir, os.Args[0])...)
	cmd.Env = append(append(os.Environ(), beTheProgram+"=1"), env...)
	s = served(t, cmd, dir, "")
	inside = fmt.Sprintf("/proc/%d/root%s", cmd.Process.Pid, dir)
	token, err := os.ReadFile(filepath.Join(inside, "token"))
	if err != nil {
		t.Fatal(err)
	}
	s.token = strings.TrimSpace(string(token))
	return s, inside
}

// fill leaves no room on the disk.
func fill(t *testing.T, path string) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	for err == nil {
		_, err = f.Write(make([]byte, 4096))
	}
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
	_ = f.Close() // what counts is that it is there
}

// until asks again and again until the answer holds a text.
func (s *server) until(path, text string) {
	s.t.Helper()
	late := time.After(time.Minute)
	for {
		status, body := s.ask(http.MethodGet, path, "")
		if status == http.StatusOK && strings.Contains(body, text) {
			return
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-late:
			s.t.Fatalf("GET %s is %d %s, want %s", path, status, body, text)
		}
	}
}

func TestAFullDiskLosesNothing(t *testing.T) {
	t.Parallel()
	s, inside := onSmallDisk(t, "HYPHA_HISTORY_KEEP_FREE_MB=0")
	s.must(http.MethodPost, "/inputs", `{"name":"P","kind":"push","options":{"channels":[{"name":"a","quantity":"temperature","unit":"C"}]}}`, nil)
	s.must(http.MethodPost, "/inputs", `{"name":"S","kind":"simulated_sensor","period_s":0.05}`, nil)
	s.must(http.MethodPost, "/outputs", `{"name":"O","kind":"virtual_on_off"}`, nil)
	acked := map[int64]bool{}
	push := func(n int) (status int, body string) {
		var readings []string
		for k := range 500 {
			readings = append(readings, fmt.Sprintf(`{"channel":1,"t":%d,"v":%d}`, 1_767_225_600_000+int64(1000*n+k), k))
		}
		status, body = s.ask(http.MethodPost, "/readings", `{"readings":[`+strings.Join(readings, ",")+`]}`)
		for k := range 500 {
			acked[1_767_225_600_000+int64(1000*n+k)] = status == http.StatusOK
		}
		return status, body
	}
	for n := range 10 {
		if status, body := push(n); status != http.StatusOK {
			t.Fatal(status, body)
		}
	}
	filler := filepath.Join(inside, "filler")
	fill(t, filler)
	refused, body := 0, ""
	for n := 10; refused < 3 && n < 1000; n++ { // the journal has some room set aside
		var status int
		if status, body = push(n); status != http.StatusOK {
			refused++
			if status != http.StatusServiceUnavailable || !strings.Contains(body, "disk is full") {
				t.Errorf("a push is %d %s, want 503 with the cause", status, body)
			}
		}
	}
	if refused == 0 {
		t.Fatal("the disk did not get full")
	}
	s.until("/health", "disk is full: free some space")
	for _, c := range []struct {
		method, path, body string
		want               int
	}{
		{http.MethodGet, "/inputs", "", http.StatusOK},
		{http.MethodGet, "/readings/latest", "", http.StatusOK},
		{http.MethodGet, "/readings?channel=1&from=2026-01-01T00:00:00Z", "", http.StatusOK},
		{http.MethodGet, "/events", "", http.StatusOK},
		{http.MethodPut, "/outputs/1/channels/0", `{"on":true}`, http.StatusServiceUnavailable}, // it could not be ended after a crash
		{http.MethodPut, "/outputs/1/channels/0", `{"on":false}`, http.StatusOK},
		{http.MethodPost, "/zones", `{"name":"x"}`, http.StatusServiceUnavailable},
		{http.MethodPost, "/stop", `{"reason":"x"}`, http.StatusOK},
		{http.MethodGet, "/stop", "", http.StatusOK},
		{http.MethodDelete, "/stop", "", http.StatusOK},
	} {
		if status, body := s.ask(c.method, c.path, c.body); status != c.want {
			t.Errorf("%s %s on a full disk: %d %.200s, want %d", c.method, c.path, status, body, c.want)
		}
	}

	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	s.until("/health", `"status":"ok"`)
	if status, body := push(2000); status != http.StatusOK {
		t.Errorf("with room again: %d %s", status, body)
	}
	stored := s.readings(1)
	for at, sure := range acked {
		if _, there := stored[at]; sure && !there {
			t.Errorf("the reading of %d was acknowledged and is not stored", at)
		}
	}
	var system struct{ History struct{ Lost int } }
	if s.must(http.MethodGet, "/system", "", &system); system.History.Lost != 0 {
		t.Errorf("%d readings were lost", system.History.Lost)
	}
	s.must(http.MethodPut, "/outputs/1/channels/0", `{"on":true}`, nil)
	for _, told := range []string{"The history cannot be written", "The history is written again", "Everything was stopped: x", "O was not set to on"} {
		s.until("/events?limit=1000", told) // also what could not be written down when it happened
	}
	s.stop()
	if said := s.said.String(); strings.Contains(said, "panic") || !strings.Contains(said, "no space left on the disk") {
		t.Error(said)
	}
}

func TestOldHistoryGoesBeforeTheDiskIsFull(t *testing.T) {
	t.Parallel()
	s, inside := onSmallDisk(t, "HYPHA_HISTORY_KEEP_FREE_MB=4", "HYPHA_TEST_TEND_EVERY=50ms", "HYPHA_TEST_SEAL_BYTES=10000")
	s.must(http.MethodPost, "/inputs", `{"name":"P","kind":"push","options":{"channels":[{"name":"a","quantity":"temperature","unit":"C"}]}}`, nil)
	push := func(from time.Time) {
		var readings []string
		for k := range 2000 {
			readings = append(readings, fmt.Sprintf(`{"channel":1,"t":%d,"v":%d}`, from.UnixMilli()+int64(k)*1000, k%90))
		}
		s.must(http.MethodPost, "/readings", `{"readings":[`+strings.Join(readings, ",")+`]}`, nil)
	}
	const week = 7 * 24 * time.Hour
	now := time.Now()
	for n := range 5 {
		push(now.Add(-week * time.Duration(n+3)))
	}
	push(now.Add(-time.Hour))
	// Somebody else fills the disk, but for 2 MB: what sealing gives back of the journal is not enough.
	filler := filepath.Join(inside, "filler")
	var disk syscall.Statfs_t
	if err := syscall.Statfs(inside, &disk); err != nil {
		t.Fatal(err)
	}
	if free := int(disk.Bavail) * int(disk.Bsize); free < 2<<20 {
		t.Fatalf("only %d bytes are free", free)
	} else if err := os.WriteFile(filler, make([]byte, free-2<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	s.until("/events?type=alert&source=disk", "There is no old history left to delete")
	if left := s.readings(1); len(left) != 2000 {
		t.Errorf("%d readings are left, want the 2000 of the newest week", len(left))
	}
	s.must(http.MethodPost, "/zones", `{"name":"settings go on"}`, nil)
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	s.until("/events?type=alert&source=disk", "The disk has room again")
	var system struct {
		DataFreeBytes  int64 `json:"data_free_bytes"`
		DataTotalBytes int64 `json:"data_total_bytes"`
	}
	if s.must(http.MethodGet, "/system", "", &system); system.DataTotalBytes != 8<<20 || system.DataFreeBytes < 1<<20 {
		t.Errorf("the disk is %+v", system)
	}
	s.stop()
}
