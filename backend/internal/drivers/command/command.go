// Package command switches things by running a command of the machine.
package command

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"hypha/internal/host"
	"hypha/internal/output"
)

// lingering is how long output is waited for once a command has ended or been killed: a process it left behind may hold
// the pipe open for ever.
const lingering = 500 * time.Millisecond

// Options of an output.
type Options struct {
	On  string `json:"on_command" required:"true" max_len:"10000" format:"multiline" title:"Command for on" placeholder:"/usr/local/bin/relay 3 on" help:"Run by sh. It must end with status 0 when it has worked; what takes longer than the time-out is killed with all it started"`
	Off string `json:"off_command" required:"true" max_len:"10000" format:"multiline" title:"Command for off" placeholder:"/usr/local/bin/relay 3 off"`
}

// Kind is the catalogue entry.
func Kind() output.Kind {
	return output.Define(output.Spec[Options]{
		ID: "command", Name: "Command", Icon: "terminal", Tags: []string{"host"}, Bus: "host",
		Description: "Switches by running a command on this machine.",
		Timeout:     10 * time.Second,
		Channels:    []output.Channel{{Name: "switch", Type: output.OnOff}},
		Open: func(_ context.Context, o Options, _ host.Host) (output.Writer, error) {
			return runner{o}, nil
		},
	})
}

type runner struct{ o Options }

// Write runs the command of the level and returns when it has ended. When ctx ends first the command and everything it
// started are killed.
func (r runner) Write(ctx context.Context, _ int, l output.Level) error {
	switch {
	case l.On == nil:
		return errors.New("this output takes only on and off")
	case *l.On:
		return run(ctx, r.o.On)
	default:
		return run(ctx, r.o.Off)
	}
}

func run(ctx context.Context, line string) error {
	cmd := exec.CommandContext(ctx, "/bin/sh", "-c", line) //nolint:gosec // to run the user's command is what this output is for
	cmd.Env = environment()
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) } // the whole group
	cmd.WaitDelay = lingering
	var said tail
	cmd.Stdout, cmd.Stderr = &said, &said
	err := cmd.Run()
	switch {
	case err == nil, errors.Is(err, exec.ErrWaitDelay) && ctx.Err() == nil: // it worked, and left something running
		return nil
	case ctx.Err() != nil:
		return fmt.Errorf("the command did not end in time and was killed: %w%s", context.Cause(ctx), said.quoted())
	default:
		return fmt.Errorf("the command failed: %w%s", err, said.quoted())
	}
}

// environment is the program's own without its configuration, in which there may be secrets.
func environment() []string {
	var env []string
	for _, e := range os.Environ() {
		if !strings.HasPrefix(e, "HYPHA_") {
			env = append(env, e)
		}
	}
	return env
}

// tail keeps the end of what a command says, however much that is. One goroutine writes; it is read after that.
type tail struct{ kept []byte }

const tailSize = 2048 // bytes

func (t *tail) Write(p []byte) (int, error) {
	n := len(p)
	if len(p) > tailSize {
		p = p[len(p)-tailSize:]
	}
	t.kept = append(t.kept, p...)
	if over := len(t.kept) - tailSize; over > 0 {
		t.kept = append(t.kept[:0], t.kept[over:]...)
	}
	return n, nil
}

// quoted returns the last lines, for an error.
func (t *tail) quoted() string {
	lines := strings.Split(strings.TrimSpace(strings.ToValidUTF8(string(t.kept), "?")), "\n")
	text := strings.Join(lines[max(0, len(lines)-3):], " / ")
	if text == "" {
		return ""
	}
	const most = 300
	if runes := []rune(text); len(runes) > most {
		text = "…" + string(runes[len(runes)-most:])
	}
	return ": " + text
}
