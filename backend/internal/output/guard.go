package output

import (
	"fmt"
	"math"

	"hypha/internal/option"
)

// Guard is what else an output channel keeps by itself. Nil fields have their default.
type Guard struct {
	// OverrideS is how long, in seconds, a person's command without an end holds on a channel that functions claim.
	OverrideS *float64 `json:"override_s,omitempty"`
	// StartDelayS is how long, in seconds from the start of the program, the channel is not switched on: after a power cut
	// not everything draws its inrush current at once.
	StartDelayS float64 `json:"start_delay_s,omitempty"`
	// Ladder is what the channel does when nobody drives it any more, step by step; without it, it is safe at once.
	Ladder []Step `json:"ladder,omitempty"`
	// Feedback proves that commands take effect.
	Feedback *Feedback `json:"feedback,omitempty"`
	// PowerW is what the channel draws when fully on, in watt, for its energy.
	PowerW float64 `json:"power_w,omitempty"`
	// Maintenance reminds of service.
	Maintenance *Maintenance `json:"maintenance,omitempty"`
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
	if !(g.PowerW >= 0 && g.PowerW <= 1e6) {
		bad("power_w", "must be 0 (unknown) to 1000000 W")
	}
	if m := g.Maintenance; m != nil {
		if m.Hours == nil && m.Cycles == nil {
			bad("maintenance", "needs hours or cycles")
		}
		for name, v := range map[string]*float64{"hours": m.Hours, "cycles": m.Cycles} {
			if v != nil && !(*v > 0 && *v <= 1e9) {
				bad("maintenance."+name, "must be above 0")
			}
		}
	}
	g.checkFeedback(bad)
	g.checkLadder(t, bad)
	if len(errs) == 0 {
		return nil
	}
	return errs
}

func (g Guard) checkFeedback(bad func(name, format string, args ...any)) {
	fb := g.Feedback
	if fb == nil {
		return
	}
	if fb.Channel <= 0 {
		bad("feedback.channel", "is required: the id of the channel that shows the effect")
	}
	if fb.OnAbove == nil && fb.OffBelow == nil {
		bad("feedback.on_above", "is required, or off_below: what the channel shows")
	}
	for name, v := range map[string]*float64{"on_above": fb.OnAbove, "off_below": fb.OffBelow} {
		if v != nil && (math.IsNaN(*v) || math.IsInf(*v, 0)) {
			bad("feedback."+name, "must be a finite number")
		}
	}
	if !(fb.WithinS >= 1 && fb.WithinS <= 24*3600) {
		bad("feedback.within_s", "must be 1 s to a day")
	}
	if faultWords(fb.Kind, noEffect) == "" {
		bad("feedback.kind", "must be current, flow, level or switch")
	}
}

// maxSteps bounds a ladder.
const maxSteps = 8

func (g Guard) checkLadder(t ChannelType, bad func(name, format string, args ...any)) {
	if len(g.Ladder) > maxSteps {
		bad("ladder", "must have at most %d steps", maxSteps)
	}
	before := 0.0
	for n, s := range g.Ladder {
		at := fmt.Sprintf("ladder[%d]", n)
		if !(s.AfterS >= before && s.AfterS <= 7*24*3600) {
			bad(at+".after_s", "must be %g s, that of the step before, to 7 days", before)
		}
		before = max(before, s.AfterS)
		switch s.Step {
		case stepSafe:
			if n < len(g.Ladder)-1 {
				bad(at+".step", "must be the last: nothing comes after safe")
			}
		case stepBackup:
			if s.Output <= 0 {
				bad(at+".output", "is required: the id of the output that takes over")
			}
			if s.Channel < 0 {
				bad(at+".channel", "must be 0 or more")
			}
		case stepLimp:
			s.checkLimp(t, at, bad)
		default:
			bad(at+".step", "must be backup, limp or safe")
		}
	}
}

func (s Step) checkLimp(t ChannelType, at string, bad func(name, format string, args ...any)) {
	if t != OnOff && t != PWM {
		bad(at+".step", "does not fit a channel of type %s: what it delivers cannot be learned, and doses are never guessed", t)
	}
	percent := func(name string, v float64) {
		if !(v >= 0 && v <= 100) {
			bad(at+"."+name, "must be 0 to 100 %%")
		}
	}
	percent("cap_low", s.CapLow)
	if s.CapHigh != nil {
		percent("cap_high", *s.CapHigh)
		if s.CapLow > *s.CapHigh {
			bad(at+".cap_low", "must not be above cap_high")
		}
	}
	if s.MaxH != nil && !(*s.MaxH > 0 && *s.MaxH <= 14*24) {
		bad(at+".max_h", "must be above 0 h and at most 14 days")
	}
	if s.Outdoor < 0 {
		bad(at+".outdoor", "must be the id of a channel")
	}
}
