// Package loop has what closed loops share: a measurement that they may act on, a set-point that may change by itself, and
// an actuator that is driven on a lease, so that it falls down its ladder when the loop stops renewing.
package loop

import (
	"context"
	"errors"
	"fmt"
	"time"

	"hypha/internal/function"
	"hypha/internal/measure"
	"hypha/internal/option"
	"hypha/internal/output"
)

// Setpoint are the options of a set-point: fixed, or of a method.
type Setpoint struct {
	Setpoint *float64 `json:"setpoint" title:"Set-point" help:"In the unit of the measurement"`
	Method   int64    `json:"method" title:"Method" help:"A set-point that changes with time, instead of a fixed one" format:"method" min:"0" advanced:"true"`
}

// Check sees that there is exactly one.
func (s Setpoint) Check() error {
	if s.Setpoint == nil && s.Method == 0 {
		return option.Errors{{Field: "setpoint", Message: "is required, or a method that gives one"}}
	}
	return nil
}

// At is the set-point now.
func (s Setpoint) At(env function.Env, now time.Time) (float64, error) {
	if s.Method != 0 {
		v, _, err := env.SetpointOf(s.Method, now)
		if err != nil {
			return 0, &function.Trouble{Reason: "the method gives no set-point: " + err.Error()}
		}
		return v, nil
	}
	return *s.Setpoint, nil
}

// Use names the method, if there is one.
func (s Setpoint) Use() []function.MethodUse {
	if s.Method == 0 {
		return nil
	}
	return []function.MethodUse{{Field: "method", ID: s.Method}}
}

// Measured is the channel that a loop regulates.
type Measured struct {
	Env    function.Env
	ID     measure.ChannelID
	MaxAge time.Duration // 0: as long as the channel is not stale
	name   string
	unit   measure.Unit
}

// Name is what people call the channel.
func (m *Measured) Name() string {
	if m.name == "" {
		ch, ok := m.Env.Lookup().ChannelOf(m.ID)
		if !ok {
			return fmt.Sprintf("channel %d", m.ID)
		}
		m.name, m.unit = ch.Name, ch.Unit
	}
	return m.name
}

// Read returns the measurement, or a Trouble that says why there is none to act on. Its words stay the same as long as the
// reason does: the journal tells each once.
func (m *Measured) Read() (function.Measurement, error) {
	v := m.Env.Latest(m.ID)
	switch {
	case v.Usable(m.MaxAge):
		return v, nil
	case !v.Has:
		return v, &function.Trouble{Reason: m.Name() + " has no reading yet"}
	case v.Q.Usable():
		return v, &function.Trouble{Reason: fmt.Sprintf("the last reading of %s is older than %v", m.Name(), m.MaxAge)}
	case v.Q == measure.Stale:
		return v, &function.Trouble{Reason: m.Name() + " is silent"}
	default:
		return v, &function.Trouble{Reason: fmt.Sprintf("the reading of %s is %s", m.Name(), v.Q)}
	}
}

// Wait is how long after a reading the measurement is too old, so that a loop that only waits for readings notices their
// absence; 0: never by itself.
func (m *Measured) Wait(v function.Measurement) time.Duration {
	if m.MaxAge <= 0 {
		return 0
	}
	return m.MaxAge - v.Age + time.Millisecond
}

// Link is the measurement as the first cause of a command.
func (m *Measured) Link(v function.Measurement) function.Link {
	name := m.Name()
	return function.Link{
		What: "reading", Ref: fmt.Sprintf("channel/%d", m.ID), Text: fmt.Sprintf("%s was %s %s", name, number(v.V), m.unit), T: v.T, Value: &v.V,
	}
}

// number writes a value as people read it.
func number(v float64) string { return fmt.Sprintf("%.4g", v) }

// Actuator is a channel of an output that a loop drives.
type Actuator struct {
	Env      function.Env
	Target   function.Target
	Lease    time.Duration
	Priority int

	last    output.Level
	renewAt time.Time
	held    bool // there is something to release
}

// Drive sends a level with its reasons. The same level again is sent only when a third of the lease is over. What comes back
// is what the channel really does, for the loop to track.
func (a *Actuator) Drive(ctx context.Context, now time.Time, l output.Level, reason string, chain ...function.Link) (function.Driven, error) {
	if a.held && l.Equal(a.last) && now.Before(a.renewAt) {
		if actual, ok := a.Env.Actual(a.Target); ok && actual.Equal(l) {
			return function.Driven{By: a.Env.Ref(), Level: actual}, nil
		}
	}
	d, err := a.Env.Drive(ctx, a.Target, function.Command{
		Command: output.Command{Level: l, Lease: a.Lease}, Reason: reason, Chain: chain, Priority: a.Priority,
	})
	if err != nil {
		return d, Refused(err)
	}
	a.last, a.renewAt, a.held = l, now.Add(a.Lease/3), true
	return d, nil
}

// Renew is when the actuator must be driven again at the latest.
func (a *Actuator) Renew() time.Time {
	if !a.held {
		return time.Time{}
	}
	return a.renewAt
}

// Release gives the channel up: it falls down its ladder.
func (a *Actuator) Release(reason string) {
	if a.held {
		a.held = false
		a.Env.Release(a.Target, reason)
	}
}

// Refused makes a Trouble of an error of Drive: the loop goes on and tries again, and people see why nothing happens.
func Refused(err error) error {
	if limits, ok := errors.AsType[option.Errors](err); ok {
		return &function.Trouble{Reason: "the output refuses: " + limits.Error()}
	}
	return &function.Trouble{Reason: "the output cannot be driven: " + err.Error()}
}

// Pulse switches an on/off channel on for a part of a window, from its beginning. The output itself ends it.
func (a *Actuator) Pulse(ctx context.Context, now time.Time, on, window time.Duration, reason string, chain ...function.Link) (function.Driven, error) {
	c := output.Command{Level: output.Level{On: new(on > 0)}, Lease: max(a.Lease, 2*window)}
	if on > 0 && on < window {
		c.Duration = on
	}
	d, err := a.Env.Drive(ctx, a.Target, function.Command{Command: c, Reason: reason, Chain: chain, Priority: a.Priority})
	if err != nil {
		return d, Refused(err)
	}
	a.last, a.renewAt, a.held = c.Level, now.Add(window), true
	return d, nil
}

// Dose gives a volume in ml.
func (a *Actuator) Dose(ctx context.Context, ml float64, reason string, chain ...function.Link) (function.Driven, error) {
	d, err := a.Env.Drive(ctx, a.Target, function.Command{
		Command: output.Command{Level: output.Level{VolumeML: &ml}}, Reason: reason, Chain: chain, Priority: a.Priority,
	})
	if err != nil {
		return d, Refused(err)
	}
	return d, nil
}
