package output

import (
	"fmt"

	"hypha/internal/option"
)

// Guard is what else an output channel keeps by itself. Nil fields have their default.
type Guard struct {
	// OverrideS is how long, in seconds, a person's command without an end holds on a channel that functions claim.
	OverrideS *float64 `json:"override_s,omitempty"`
}

// Check tells whether the guard makes sense for a channel of type t; field is the path that errors carry.
func (g Guard) Check(_ ChannelType, field string) error {
	var errs option.Errors
	bad := func(name, format string, args ...any) {
		errs = append(errs, option.FieldError{Field: join(field, name), Message: fmt.Sprintf(format, args...)})
	}
	if g.OverrideS != nil && !(*g.OverrideS >= 1 && *g.OverrideS <= 30*24*3600) {
		bad("override_s", "must be 1 s to 30 days: a manual override always has an end")
	}
	if len(errs) == 0 {
		return nil
	}
	return errs
}
