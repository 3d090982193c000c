package conditional

import (
	"context"
	"time"

	"hypha/internal/function"
)

// onceWithin bounds the run of a script that is an action.
const onceWithin = 5 * time.Second

// Once runs a script once, as an action of another function, in its name: what the script commands is claimed by that
// function. It keeps nothing from one run to the next.
func Once(ctx context.Context, env function.Env, source string) error {
	l, err := open(ctx, Options{Script: source, Timeout: onceWithin.Seconds(), Lease: time.Hour.Seconds()}, passing{env})
	if err != nil {
		return err
	}
	return l.run(ctx, time.Now())
}

// passing is an Env that keeps nothing: what the function itself keeps is not the script's.
type passing struct{ function.Env }

// Save keeps nothing.
func (passing) Save(context.Context, any) error { return nil }

// Load finds nothing.
func (passing) Load(context.Context, any) (bool, error) { return false, nil }
