// Command hypha watches and regulates an environment.
//
// Exit codes: 0 clean, 1 failed, 2 wrong usage or configuration, 3 another process holds the data folder.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"hypha/internal/settings"
)

// Set by the linker, which needs variables.
var (
	version = "dev"
	commit  = "unknown" //nolint:gochecknoglobals // see above
)

const (
	exitFailed = 1
	exitUsage  = 2
	exitLocked = 3
)

// usageError is what a user can mend by calling the program otherwise.
type usageError struct{ err error }

func (e usageError) Error() string { return e.err.Error() }
func (e usageError) Unwrap() error { return e.err }

// cli is the command line.
type cli struct {
	Serve   serveCmd   `cmd:"" help:"Run Hypha: inputs, outputs, history, web pages and API."`
	Read    readCmd    `cmd:"" help:"Read a device once from the shell, without a server."`
	Scan    scanCmd    `cmd:"" help:"List the devices found on this machine and the kinds that fit."`
	Kinds   kindsCmd   `cmd:"" help:"List the kinds of inputs and outputs."`
	User    userCmd    `cmd:"" help:"Manage accounts."`
	Token   tokenCmd   `cmd:"" help:"Manage API tokens."`
	Backup  backupCmd  `cmd:"" help:"Save a data folder to one file, while a server runs or not."`
	Restore restoreCmd `cmd:"" help:"Put a backup back, after verifying it."`
	Health  healthCmd  `cmd:"" help:"Ask a running Hypha whether it answers: exit code 0 when it does."`
	Version versionCmd `cmd:"" help:"Print the version."`
}

func main() { os.Exit(run(os.Args[1:])) }

func run(args []string) int {
	// The second signal ends the program at once.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	go func() {
		<-ctx.Done()
		stop()
	}()
	var commands cli
	code := -1
	parser, err := kong.New(&commands, kong.Name("hypha"),
		kong.Description("Hypha watches and regulates an environment."),
		kong.UsageOnError(), kong.Exit(func(c int) { code = c }),
		kong.BindTo(ctx, (*context.Context)(nil)), kong.DefaultEnvars("HYPHA"),
	)
	if err != nil {
		fmt.Fprintln(os.Stderr, "hypha:", err)
		return exitFailed
	}
	command, err := parser.Parse(args)
	if code >= 0 { // help was asked for and printed
		return code
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "hypha:", err, "(hypha --help shows the usage)")
		return exitUsage
	}
	if err := command.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "hypha:", err)
		var usage usageError
		switch {
		case errors.As(err, &usage):
			return exitUsage
		case errors.Is(err, settings.ErrLocked):
			return exitLocked
		}
		return exitFailed
	}
	return 0
}
