package outside

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"syscall"
	"time"
)

// killed is how long a program that was killed may keep its output open, as children of its own do.
const killed = time.Second

// Run runs a program with arguments, which no shell reads, until it ends or ctx does; then it is killed. Its input is empty, and
// of its environment only PATH is given: that of this program may hold passwords.
func Run(ctx context.Context, command string, args []string) error {
	cmd := exec.CommandContext(ctx, command, args...) //nolint:gosec // an administrator has written it, and the configuration allows it
	cmd.Env = []string{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}
	cmd.Dir = "/"
	cmd.WaitDelay = killed
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // so that what it has started itself is killed with it
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	said := &head{}
	cmd.Stdout, cmd.Stderr = said, said
	err := cmd.Run()
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return fmt.Errorf("it was killed: %w", context.Cause(ctx))
	}
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return fmt.Errorf("it ended with %s%s", exit.ProcessState, short(said.Bytes()))
	}
	return err
}

// head keeps the beginning of what is written.
type head struct{ bytes.Buffer }

func (h *head) Write(p []byte) (int, error) {
	if room := told - h.Len(); room > 0 {
		h.Buffer.Write(p[:min(len(p), room)])
	}
	return len(p), nil
}
