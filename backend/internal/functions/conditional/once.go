package conditional

import (
	"context"
	"time"

	"hypha/internal/function"
	"hypha/internal/script"
)

// Once runs a script one time in the name of the function of an Env, as an action does. Its state begins empty and is not kept, it
// has no channels to give values to, and its commands to outputs hold for a minute unless it says how long. An error says in
// which line it failed; then nothing was done, or what came before that line's command.
func Once(ctx context.Context, env function.Env, now time.Time, source string) error {
	program, err := script.Compile(source)
	if err != nil {
		return scriptErrors("script", err)
	}
	l := &logic{o: Options{Timeout: 1}, env: passing{env}, program: program, held: map[function.Target]bool{}}
	err = l.run(ctx, now)
	for _, line := range l.shown.Logs {
		env.Say("function", env.Name()+": "+line.Text, map[string]any{"action": "script", "line": line.Line})
	}
	return err
}

// passing is an Env that keeps nothing: the function that the script runs for has a memory of its own there.
type passing struct{ function.Env }

func (passing) Save(context.Context, any) error { return nil }

func (passing) Load(context.Context, any) (bool, error) { return false, nil }
