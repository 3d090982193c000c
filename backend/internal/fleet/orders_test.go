package fleet

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"hypha/internal/function"
	"hypha/internal/output"
)

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestOrdersThatReachOutside(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.addOutput(`{"name":"Heater","kind":"fake_relay","options":{"pin":"4"}}`)
		type args = map[string]any
		do := func(what, ref string, a args) error {
			return w.do(t.Context(), "function/7", function.Order{What: what, Ref: ref, Args: a})
		}
		wantErr := func(err error, words string) {
			t.Helper()
			if err == nil || !strings.Contains(err.Error(), words) {
				t.Errorf("%v, want %q", err, words)
			}
		}

		file := filepath.Join(t.TempDir(), "made")
		touch := args{"command": "/bin/sh", "args": []string{"-c", `: > "$0"`, file}}
		wantErr(do("command", "", touch), "actions.allow_commands")
		if _, err := os.Stat(file); err == nil {
			t.Fatal("a command that is not allowed was run")
		}
		w.cfg.AllowCommands = true
		if err := do("command", "", touch); err != nil {
			t.Error(err)
		}
		if _, err := os.Stat(file); err != nil {
			t.Errorf("the command was not run: %v", err)
		}

		wantErr(do("webhook", "", args{"method": "POST", "url": "http://nas/x"}), "cannot call")
		var asked *http.Request
		w.cfg.Host.HTTP = &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			asked = r
			return &http.Response{StatusCode: http.StatusTeapot, Status: "418 I'm a teapot", Body: http.NoBody}, nil
		})}
		wantErr(do("webhook", "", args{"method": "PUT", "url": "http://nas/x", "headers": map[string]string{"X-Key": "k"}}), "418")
		if asked == nil || asked.Method != http.MethodPut || asked.Header.Get("X-Key") != "k" {
			t.Errorf("asked %+v", asked)
		}

		if _, err := w.Drive(t.Context(), 1, 0, output.Command{Level: output.Level{On: new(true)}}, by); err != nil {
			t.Fatal(err)
		}
		later(time.Minute)
		run := func() (float64, int64) {
			tally := w.driving["output/1"].Tallies()[0]
			return tally.OnS, tally.Cycles
		}
		if s, n := run(); s != 60 || n != 1 {
			t.Errorf("ran %g s, %d times", s, n)
		}
		if err := do("clear_total", "output/1", args{"channel": 0, "what": "run_time"}); err != nil {
			t.Error(err)
		}
		if s, n := run(); s != 0 || n != 1 {
			t.Errorf("after its run time was cleared it ran %g s, %d times", s, n)
		}
		wantErr(do("clear_total", "output/1", args{"channel": 0, "what": "everything"}), "must be all")
		wantErr(do("clear_total", "output/9", args{"channel": 0, "what": "all"}), "")
		wantErr(do("order", "function/7", args{"order": "run"}), "to itself")
		wantErr(do("mqtt", "", nil), "broker")
		wantErr(do("dance", "", nil), "cannot dance")
	})
}
