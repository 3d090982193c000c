package command

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"hypha/internal/host"
	"hypha/internal/output"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func write(ctx context.Context, t *testing.T, on, off string, level bool) error {
	t.Helper()
	options, err := json.Marshal(map[string]string{"on_command": on, "off_command": off})
	if err != nil {
		t.Fatal(err)
	}
	d, err := Kind().Bind(options)
	if err != nil {
		t.Fatal(err)
	}
	w, err := d.Open(ctx, host.Host{})
	if err != nil {
		t.Fatal(err)
	}
	return w.Write(ctx, 0, output.Level{On: &level})
}

func TestEachLevelRunsItsCommand(t *testing.T) {
	state := filepath.Join(t.TempDir(), "state")
	for _, level := range []bool{true, false} {
		if err := write(t.Context(), t, "echo true >"+state, "echo false >"+state, level); err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(state); err != nil || strings.TrimSpace(string(got)) != strconv.FormatBool(level) {
			t.Errorf("state %q, %v", got, err)
		}
	}
}

func TestAFailureTellsTheLastLines(t *testing.T) {
	err := write(t.Context(), t, `i=0; while [ $i -lt 2000 ]; do echo line $i; i=$((i+1)); done; echo "no relay board" >&2; exit 3`, "true", true)
	if err == nil || !strings.Contains(err.Error(), "exit status 3: line 1998 / line 1999 / no relay board") {
		t.Errorf("%v", err)
	}
	if err := write(t.Context(), t, "true", "head -c 10000000 /dev/zero; exit 1", false); err == nil || len(err.Error()) > 1000 {
		t.Errorf("%v", err)
	}
	if err := write(t.Context(), t, "/no/such/program", "true", true); err == nil || !strings.Contains(err.Error(), "not found") {
		t.Errorf("%v", err)
	}
}

func TestATimeOutKillsEverything(t *testing.T) {
	pids := filepath.Join(t.TempDir(), "pids")
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	start := time.Now()
	err := write(ctx, t, fmt.Sprintf("sleep 1000 & echo $! >%s; echo waiting; sleep 1000", pids), "true", true)
	if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "waiting") {
		t.Errorf("%v", err)
	}
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("took %v", took)
	}
	raw, err := os.ReadFile(pids)
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(raw)))
	if err != nil {
		t.Fatal(err)
	}
	for pause := time.NewTicker(10 * time.Millisecond); alive(pid); <-pause.C {
		if time.Since(start) > 10*time.Second {
			t.Fatal("a child of the command is still running")
		}
	}
}

// alive tells whether a process runs; a dead one that nobody has waited for does not.
func alive(pid int) bool {
	if syscall.Kill(pid, 0) != nil {
		return false
	}
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err != nil || !strings.Contains(string(stat), ") Z ")
}

func TestAChildThatKeepsThePipeDoesNotHang(t *testing.T) {
	pids := filepath.Join(t.TempDir(), "pids")
	start := time.Now()
	if err := write(t.Context(), t, "sleep 1000 & echo $! >"+pids, "true", true); err != nil {
		t.Error(err)
	}
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("took %v", took)
	}
	raw, err := os.ReadFile(pids)
	if err != nil {
		t.Fatal(err)
	}
	if pid, err := strconv.Atoi(strings.TrimSpace(string(raw))); err == nil {
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
}

func TestSecretsOfTheProgramStayOut(t *testing.T) {
	t.Setenv("HYPHA_AUTH_OIDC_CLIENT_SECRET", "geheim")
	if err := write(t.Context(), t, `test -z "$HYPHA_AUTH_OIDC_CLIENT_SECRET"`, "true", true); err != nil {
		t.Error(err)
	}
}

func TestOptions(t *testing.T) {
	for options, good := range map[string]bool{
		`{"on_command":"a","off_command":"b"}`: true, `{"on_command":"a"}`: false, `{"on_command":"","off_command":"b"}`: false,
		`{"on_command":"a","off_command":"b","shell":"bash"}`: false,
	} {
		if _, err := Kind().Bind(json.RawMessage(options)); (err == nil) != good {
			t.Errorf("%s: %v", options, err)
		}
	}
}
