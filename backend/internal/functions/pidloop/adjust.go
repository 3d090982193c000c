package pidloop

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"time"

	"hypha/internal/function"
	"hypha/internal/option"
)

// change is what PATCH /functions/{id}/pid may change.
type change struct {
	Setpoint *float64        `json:"setpoint"`
	Method   *int64          `json:"method"` // begins anew; 0: the fixed set-point
	Hold     *bool           `json:"hold"`
	Pause    *bool           `json:"pause"`
	Manual   json.RawMessage `json:"manual"` // a number, or null: automatic again
	Kp       *float64        `json:"kp"`
	Ki       *float64        `json:"ki"`
	Kd       *float64        `json:"kd"`
}

// Adjust changes set-point, gains and mode without a jump of the output.
func (l *logic) Adjust(ctx context.Context, now time.Time, raw json.RawMessage) (json.RawMessage, error) {
	var c change
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(&c); err != nil {
		return nil, option.Errors{{Field: "", Message: "cannot be read: " + err.Error()}}
	}
	after := l.o
	options := false
	for _, one := range []struct {
		given *float64
		into  *float64
	}{{c.Kp, &after.Kp}, {c.Ki, &after.Ki}, {c.Kd, &after.Kd}} {
		if one.given != nil {
			*one.into, options = *one.given, true
		}
	}
	if c.Setpoint != nil {
		if math.IsNaN(*c.Setpoint) || math.IsInf(*c.Setpoint, 0) {
			return nil, option.Errors{{Field: "setpoint", Message: "must be a finite number"}}
		}
		after.Setpoint.Setpoint, after.Method, options = c.Setpoint, 0, true
	}
	if c.Method != nil {
		after.Method, options = *c.Method, true
		if *c.Method != 0 {
			if _, _, err := l.env.SetpointOf(*c.Method, now); err != nil {
				return nil, option.Errors{{Field: "method", Message: err.Error()}}
			}
			l.env.BeginMethod(*c.Method, now)
		}
	}
	if err := after.Validate(); err != nil {
		return nil, err
	}
	manual, err := l.manual(c.Manual)
	if err != nil {
		return nil, err
	}
	if l.tuning.running() && (options || manual != nil || c.Hold != nil) {
		return nil, option.Errors{{Field: "", Message: "an experiment is under way: abort it first"}}
	}
	if c.Kp != nil || c.Ki != nil || c.Kd != nil {
		if err := l.law.SetGains(after.gains(after.Kp, after.Ki, after.Kd)); err != nil {
			return nil, renamed(err)
		}
	}
	l.o = after
	l.apply(c, manual)
	l.save(ctx, now)
	if !options {
		return nil, nil
	}
	return json.Marshal(l.o)
}

// manual reads the wish for manual: nil none, an empty slice automatic, else the output.
func (l *logic) manual(raw json.RawMessage) ([]float64, error) {
	if raw == nil {
		return nil, nil
	}
	if string(raw) == "null" {
		return []float64{}, nil
	}
	var u float64
	if err := json.Unmarshal(raw, &u); err != nil {
		return nil, option.Errors{{Field: "manual", Message: "must be a number, or null for automatic"}}
	}
	c := l.o.law()
	if !(u >= c.OutMin && u <= c.OutMax) {
		return nil, option.Errors{{Field: "manual", Message: fmt.Sprintf("must be between the limits of the output, %g and %g", c.OutMin, c.OutMax)}}
	}
	return []float64{u}, nil
}

// apply changes the mode.
func (l *logic) apply(c change, manual []float64) {
	switch {
	case manual == nil:
	case len(manual) == 0:
		l.law.Auto()
		l.hold = false
	default:
		_ = l.law.Manual(manual[0]) // its limits were looked at before
		l.hold = false
	}
	if c.Hold != nil && *c.Hold != l.hold {
		l.hold = *c.Hold
		if l.hold {
			u := 0.0
			if l.shown.Output != nil {
				u = *l.shown.Output
			}
			_ = l.law.Manual(u) // it is what the law itself gave
		} else {
			l.law.Auto()
		}
	}
	if c.Pause != nil && *c.Pause != l.pause {
		l.pause = *c.Pause
		if l.pause {
			l.law.Freeze()
			l.drive.release(l.env.Name() + " was paused")
		} else {
			l.stepped = time.Time{}
			l.watch.Reset()
			if u, ok := l.drive.actual(); ok {
				l.law.StartSmoothly(u)
			}
		}
	}
}

// Command takes the orders of a PID.
func (l *logic) Command(ctx context.Context, now time.Time, order string, args json.RawMessage) (any, error) {
	switch order {
	case "reset":
		l.law.Reset()
		if u, ok := l.drive.actual(); ok {
			l.law.StartSmoothly(u)
		}
		l.ramp = nil
		return map[string]any{}, nil
	case "lead":
		return l.led(now, args)
	case "autotune", "autotune-abort", "autotune-apply", "autotune-restore":
		return l.tune(ctx, now, order, args)
	}
	return nil, function.ErrUnknownOrder
}

// led takes the set-point of an outer loop, and tells it what it can follow.
func (l *logic) led(now time.Time, args json.RawMessage) (any, error) {
	var a struct {
		Setpoint float64 `json:"setpoint"`
		LeaseS   float64 `json:"lease_s"`
		By       string  `json:"by"`
	}
	if err := json.Unmarshal(args, &a); err != nil {
		return nil, fmt.Errorf("read the set-point: %w", err)
	}
	l.lead = lead{by: a.By, value: a.Setpoint, until: now.Add(seconds(a.LeaseS))}
	c := l.o.law()
	answer := function.LeadAnswer{DrivenBy: l.shown.DrivenBy}
	switch {
	case l.pause || l.hold || l.law.InManual() || l.tuning.running():
		answer.DrivenBy = l.env.Ref()
		answer.BlockedUp, answer.BlockedDown = true, true
	case l.shown.Output != nil && l.shown.Saturated:
		high, low := *l.shown.Output >= c.OutMax, *l.shown.Output <= c.OutMin
		if l.o.Direction == "lower" {
			high, low = low, high
		}
		answer.BlockedUp, answer.BlockedDown = high, low
	}
	return answer, nil
}
