package output

import (
	"fmt"

	"hypha/internal/option"
)

// Guard is what else an output channel keeps by itself. Nil fields have their default.
type Guard struct {
	// OverrideS is how long, in seconds, a person's command without an end holds on a channel that functions claim.
	OverrideS *float64 `json:"override_s,omitempty"`
	// StartDelayS is how long, in seconds from the start of the program, the channel is not switched on: after a power cut
	// not everything draws its inrush current at once.
	StartDelayS float64 `json:"start_delay_s,omitempty"`
	// OnRestart says what becomes of a timed command that was under way when the program ended: "finish" or "safe", the
	// default. A dose is never repeated.
	OnRestart string `json:"on_restart,omitempty" enums:"finish,safe"`
}

// Check tells whether the guard makes sense for a channel of type t; field is the path that errors carry.
func (g Guard) Check(t ChannelType, field string) error {
	var errs option.Errors
	bad := func(name, format string, args ...any) {
		errs = append(errs, option.FieldError{Field: join(field, name), Message: fmt.Sprintf(format, args...)})
	}
	if g.OverrideS != nil && !(*g.OverrideS >= 1 && *g.OverrideS <= 30*24*3600) {
		bad("override_s", "must be 1 s to 30 days: a manual override always has an end")
	}
	if !(g.StartDelayS >= 0 && g.StartDelayS <= 24*3600) {
		bad("start_delay_s", "must be 0 s to a day")
	}
	switch g.OnRestart {
	case "", "safe":
	case "finish":
		if t == Volume {
			bad("on_restart", "must be safe: a dose that was interrupted is never repeated")
		}
	default:
		bad("on_restart", "must be finish or safe")
	}
	if len(errs) == 0 {
		return nil
	}
	return errs
}
