package function

import (
	"context"
	"time"

	"hypha/internal/output"
)

// Plan is what a function will do in a span of time that lies ahead.
type Plan struct {
	// Points are the moments at which it acts, ascending, at most MaxPoints of them.
	Points []time.Time
	// More: there are points behind the last of Points that are left out.
	More bool
	// Commands are what it will tell outputs, ascending.
	Commands []Planned
	// Steady: it gives its commands again and again until the next one, so that they hold also after a start amid them.
	Steady bool
}

// Planned is a command that lies ahead.
type Planned struct {
	At time.Time
	Target
	Level output.Level
	For   time.Duration // 0: until the next command
}

// MaxPoints bounds the points of a plan.
const MaxPoints = 1000

// Plan tells what the function will do from one moment to another, as far as times alone decide it. ok is false when that is
// not known beforehand; the error says why it is not known although it should be.
func (b *Bound) Plan(ctx context.Context, env Env, from, to time.Time) (p Plan, ok bool, err error) {
	if b.plan == nil {
		return Plan{}, false, nil
	}
	p, err = b.plan(ctx, env, from, to)
	return p, err != nil || len(p.Points) > 0 || len(p.Commands) > 0, err
}
