package action

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"hypha/internal/function"
	"hypha/internal/option"
	"hypha/internal/script"
)

// Read has an input read now, out of its turn.
type Read struct {
	Input int64 `json:"input" required:"true" title:"Input" min:"1"`
}

func (a *Read) do(o *occasion) (time.Time, error) {
	return time.Time{}, o.order(otherwise, "read", fmt.Sprintf("input/%d", a.Input), nil)
}
func (a *Read) uses(string) function.Uses { return function.Uses{} }
func (a *Read) words() string             { return fmt.Sprintf("read input %d", a.Input) }

// Clear sets the counters of a channel of an output to zero: run hours, cycles, energy, volume.
type Clear struct {
	Output function.Target `json:"output" required:"true" title:"Output"`
	What   string          `json:"what" title:"Which" enum:"all,run_time,cycles,energy,volume" default:"all"`
}

func (a *Clear) do(o *occasion) (time.Time, error) {
	return time.Time{}, o.order(otherwise, "clear_total", fmt.Sprintf("output/%d", a.Output.Output), map[string]any{"channel": a.Output.Channel, "what": a.What})
}
func (a *Clear) uses(at string) function.Uses { return drives(at, a.Output) }
func (a *Clear) words() string                { return "reset the counters of " + target(a.Output) }

// backup has no options.
type backup struct{}

func (backup) do(o *occasion) (time.Time, error) {
	return time.Time{}, o.order(otherwise, "backup", "", nil)
}
func (backup) uses(string) function.Uses { return function.Uses{} }
func (backup) words() string             { return "make a backup" }

// Command runs a program of this machine, if the configuration allows that. No shell reads its arguments.
type Command struct {
	Command string   `json:"command" required:"true" title:"Program" help:"With its path; needs actions.allow_commands in the configuration" placeholder:"/usr/local/bin/feed" max_len:"1000"`
	Args    []string `json:"args" title:"Arguments" help:"{name} {reason} {channel} {value} {unit} {time} are replaced" max_items:"100" max_len:"4000"`
	Timeout float64  `json:"timeout_s" title:"Time-out" help:"It is killed after that" min:"0.1" max:"60" default:"30" unit:"s"`
}

// Validate asks for a path: which program a bare name means depends on who asks.
func (a *Command) Validate() error {
	if !strings.HasPrefix(a.Command, "/") || strings.ContainsRune(a.Command, 0) {
		return option.Errors{{Field: "command", Message: "must be the whole path of a program, such as /usr/local/bin/feed"}}
	}
	return nil
}

func (a *Command) do(o *occasion) (time.Time, error) {
	args := make([]string, len(a.Args))
	for n, arg := range a.Args {
		args[n] = o.fill(arg)
	}
	return time.Time{}, o.order(seconds(a.Timeout), "command", "", map[string]any{"command": a.Command, "args": args})
}
func (a *Command) uses(string) function.Uses { return function.Uses{} }
func (a *Command) words() string             { return "run " + a.Command }

// Script runs a script once, in the language of conditionals.
type Script struct {
	Script string `json:"script" required:"true" title:"Script" help:"Starlark, as in conditionals. Its state is not kept; its commands to outputs hold for a minute unless they say how long" max_len:"65536" format:"multiline"`
}

// Validate compiles the script.
func (a *Script) Validate() error {
	_, err := script.Compile(a.Script)
	if all, ok := errors.AsType[script.Errors](err); ok {
		var bad option.Errors
		for _, e := range all {
			bad = append(bad, option.FieldError{Field: "script", Message: e.Error()})
		}
		return bad
	}
	return err
}

func (a *Script) do(o *occasion) (time.Time, error) {
	return time.Time{}, o.order(otherwise, "script", "", map[string]any{"script": a.Script})
}
func (a *Script) uses(string) function.Uses { return function.Uses{} }
func (a *Script) words() string             { return "run a script" }
