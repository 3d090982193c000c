package action

import (
	"fmt"
	"time"

	"hypha/internal/function"
	"hypha/internal/option"
	"hypha/internal/output"
)

// Timing says how long a command holds.
type Timing struct {
	Duration float64 `json:"duration_s" title:"For" help:"0: until something else is commanded" min:"0" max:"864000" default:"0" unit:"s"`
	Lease    float64 `json:"lease_s" title:"Lease" help:"The output falls down its ladder after this time; 0: when the function ends or loses what it acts on" min:"0" max:"864000" default:"0" unit:"s" advanced:"true"`
}

// On switches an on/off channel on.
type On struct {
	Output function.Target `json:"output" required:"true" title:"Output"`
	Timing
}

// Off switches a channel off, a PWM channel to 0 %.
type Off struct {
	Output function.Target `json:"output" required:"true" title:"Output"`
}

// Duty sets the duty of a PWM channel.
type Duty struct {
	Output function.Target `json:"output" required:"true" title:"Output"`
	Duty   float64         `json:"duty" required:"true" title:"Duty" min:"0" max:"100" unit:"%"`
	Timing
}

// Value sets a channel that takes values.
type Value struct {
	Output function.Target `json:"output" required:"true" title:"Output"`
	Value  float64         `json:"value" required:"true" title:"Value"`
	Timing
}

// Volume gives a dose.
type Volume struct {
	Output function.Target `json:"output" required:"true" title:"Output"`
	Volume float64         `json:"volume_ml" required:"true" title:"Volume" min:"0.001" max:"1000000" unit:"ml"`
}

// Ramp moves the duty of a PWM channel evenly from one value to another. The next action waits until it has arrived.
type Ramp struct {
	Output function.Target `json:"output" required:"true" title:"Output"`
	From   float64         `json:"from" required:"true" title:"From" min:"0" max:"100" unit:"%"`
	To     float64         `json:"to" required:"true" title:"To" min:"0" max:"100" unit:"%"`
	Over   float64         `json:"over_s" required:"true" title:"Within" help:"A restart of the program ends the ramp; it is not gone on with" min:"1" max:"86400" unit:"s"`
	Step   float64         `json:"step_s" title:"Time between two steps" min:"0.1" max:"600" default:"1" unit:"s" advanced:"true"`
}

// Validate sees that the steps fit into the ramp.
func (a *Ramp) Validate() error {
	if a.Step > a.Over {
		return option.Errors{{Field: "step_s", Message: "must not be longer than over_s"}}
	}
	return nil
}

func (a *On) do(o *occasion) (time.Time, error) {
	return o.drive(a.Output, output.Level{On: new(true)}, a.Timing)
}
func (a *On) uses(at string) function.Uses { return drives(at, a.Output, output.OnOff) }
func (a *On) words() string                { return "switch " + target(a.Output) + " on" + a.Timing.words() }

func (a *Off) do(o *occasion) (time.Time, error) {
	return o.drive(a.Output, output.Level{On: new(false)}, Timing{})
}

func (a *Off) uses(at string) function.Uses { return drives(at, a.Output, output.OnOff, output.PWM) }
func (a *Off) words() string                { return "switch " + target(a.Output) + " off" }

func (a *Duty) do(o *occasion) (time.Time, error) {
	return o.drive(a.Output, output.Level{Duty: &a.Duty}, a.Timing)
}
func (a *Duty) uses(at string) function.Uses { return drives(at, a.Output, output.PWM) }
func (a *Duty) words() string {
	return fmt.Sprintf("set %s to %g %%%s", target(a.Output), a.Duty, a.Timing.words())
}

func (a *Value) do(o *occasion) (time.Time, error) {
	return o.drive(a.Output, output.Level{Value: &a.Value}, a.Timing)
}
func (a *Value) uses(at string) function.Uses { return drives(at, a.Output, output.Value) }
func (a *Value) words() string {
	return fmt.Sprintf("set %s to %g%s", target(a.Output), a.Value, a.Timing.words())
}

func (a *Volume) do(o *occasion) (time.Time, error) {
	return o.drive(a.Output, output.Level{VolumeML: &a.Volume}, Timing{})
}
func (a *Volume) uses(at string) function.Uses { return drives(at, a.Output, output.Volume) }
func (a *Volume) words() string {
	return fmt.Sprintf("give %g ml by %s", a.Volume, target(a.Output))
}

func (a *Ramp) do(o *occasion) (time.Time, error) {
	done := min(1, o.now.Sub(o.began).Seconds()/a.Over)
	duty := a.From + (a.To-a.From)*done
	t := Timing{Lease: 3*a.Step + 10} // a ramp that is not gone on with must not stay where it is
	if done == 1 {
		duty, t.Lease = a.To, 0
	}
	if _, err := o.drive(a.Output, output.Level{Duty: &duty}, t); err != nil || done == 1 {
		return time.Time{}, err
	}
	end := o.began.Add(seconds(a.Over))
	if next := o.now.Add(seconds(a.Step)); next.Before(end) {
		return next, nil
	}
	return end, nil
}
func (a *Ramp) uses(at string) function.Uses { return drives(at, a.Output, output.PWM) }
func (a *Ramp) words() string {
	return fmt.Sprintf("ramp %s from %g to %g %% in %v", target(a.Output), a.From, a.To, seconds(a.Over))
}

// drive commands a channel once, and remembers when the command has no end of its own.
func (o *occasion) drive(t function.Target, l output.Level, timing Timing) (time.Time, error) {
	c := function.Command{
		Command:  output.Command{Level: l, Duration: seconds(timing.Duration), Lease: seconds(timing.Lease)},
		Reason:   o.cause.Reason,
		Chain:    append(append([]function.Link{}, o.cause.Chain...), function.Link{What: "rule", Ref: o.env.Ref(), Text: o.words, T: o.now}),
		Priority: o.priority,
		Anew:     o.first(),
	}
	d, err := o.env.Drive(o.ctx, t, c)
	if err != nil {
		return time.Time{}, err
	}
	if l.VolumeML == nil {
		o.held[t] = timing.Duration == 0
	}
	if d.Outranked {
		o.outcome = d.By + " drives it: the command waits"
	}
	return time.Time{}, nil
}

func drives(at string, t function.Target, types ...output.ChannelType) function.Uses {
	return function.Uses{Outputs: []function.OutputUse{{Field: at + ".output", Target: t, Types: types}}}
}

// target names a channel of an output for people.
func target(t function.Target) string {
	if t.Channel == 0 {
		return fmt.Sprintf("output %d", t.Output)
	}
	return fmt.Sprintf("output %d, channel %d,", t.Output, t.Channel)
}

func (t Timing) words() string {
	if t.Duration == 0 {
		return ""
	}
	return fmt.Sprintf(" for %v", seconds(t.Duration))
}
