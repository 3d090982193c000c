package hysteresis

import (
	"context"
	"fmt"
	"time"

	"hypha/internal/function"
	"hypha/internal/functions/loop"
	"hypha/internal/measure"
	"hypha/internal/option"
	"hypha/internal/output"
)

// Options of the kind hysteresis.
type Options struct {
	Channel measure.ChannelID `json:"channel" required:"true" title:"Measurement" format:"channel" min:"1"`
	loop.Setpoint
	Band      float64          `json:"band" required:"true" title:"Band" help:"Full width around the set-point, in the unit of the measurement" min:"0"`
	Direction string           `json:"direction" title:"Effect of the output" enum:"raise,lower,both" enum_titles:"raises,lowers,two outputs" default:"raise"`
	Output    function.Target  `json:"output" required:"true" title:"Output"`
	Lowering  *function.Target `json:"lower_output" title:"Output that lowers" when:"direction=both"`
	Gap       float64          `json:"gap" title:"Distance of the two set-points" help:"Heating aims half of it below the set-point, cooling half of it above" min:"0" default:"0" when:"direction=both"`
	DutyOn    float64          `json:"duty_on" title:"Duty when on" help:"Of PWM outputs" min:"0" max:"100" default:"100" unit:"%" advanced:"true"`
	DutyOff   float64          `json:"duty_off" title:"Duty when off" help:"Of PWM outputs" min:"0" max:"100" default:"0" unit:"%" advanced:"true"`
	DutyKeep  *float64         `json:"duty_between" title:"Duty inside the band" help:"Of PWM outputs; else the last one stays" min:"0" max:"100" unit:"%" advanced:"true"`
	MinOn     float64          `json:"min_on_s" title:"Shortest on-time" min:"0" max:"86400" default:"0" unit:"s"`
	MinOff    float64          `json:"min_off_s" title:"Shortest off-time" help:"Compressors need 180 to 300 s" min:"0" max:"86400" default:"0" unit:"s"`
	From      string           `json:"active_from" title:"Active from" help:"Time of day; outside of these hours the output is off" placeholder:"06:00" pattern:"^$|^([01][0-9]|2[0-3]):[0-5][0-9]$" advanced:"true"`
	To        string           `json:"active_to" title:"Active until" placeholder:"22:00" pattern:"^$|^([01][0-9]|2[0-3]):[0-5][0-9]$" advanced:"true"`
	MaxAge    float64          `json:"max_age_s" title:"Longest age of the measurement" help:"0: as long as its channel is not stale" min:"0" max:"86400" default:"0" unit:"s"`
	Lease     float64          `json:"lease_s" title:"Lease" help:"If the function stops renewing, its output falls down its ladder after this time" min:"1" max:"3600" default:"60" unit:"s" advanced:"true"`
	Priority  int              `json:"priority" title:"Priority" help:"Among functions that want the same output; the higher wins" min:"-100" max:"100" default:"0" advanced:"true"`
}

// Validate sees that the options fit each other.
func (o Options) Validate() error {
	var bad option.Errors
	if o.Direction == "both" {
		switch {
		case o.Lowering == nil:
			bad = append(bad, option.FieldError{Field: "lower_output", Message: "is required when both directions are regulated"})
		case *o.Lowering == o.Output:
			bad = append(bad, option.FieldError{Field: "lower_output", Message: "must be another one than output"})
		case o.Gap <= o.Band:
			bad = append(bad, option.FieldError{Field: "gap", Message: "must be above the band: else both would be on at once"})
		}
	}
	if (o.From == "") != (o.To == "") {
		bad = append(bad, option.FieldError{Field: "active_to", Message: "and active_from go together"})
	}
	if err := o.Setpoint.Check(); err != nil {
		return append(bad, option.FieldError{Field: "setpoint", Message: "is required, or a method that gives one"})
	}
	if bad != nil {
		return bad
	}
	return nil
}

// Kind returns the kind hysteresis.
func Kind() function.Kind {
	return function.Define(function.Spec[Options]{
		ID: "hysteresis", Name: "Hysteresis", Icon: "thermometer", Tags: []string{"regulate"},
		Description: "Switches an output on beyond one edge of a band and off beyond the other: heaters, humidifiers, fans, compressors.",
		Formula:     "raise: on when y < r - band/2, off when y > r + band/2, else unchanged; lower: mirrored. A change waits until the state has lasted min_on_s or min_off_s",
		Source:      "on/off control with hysteresis; Åström & Hägglund, PID Controllers (1995), section 1.1",
		Example:     `{"name": "Humidity", "kind": "hysteresis", "options": {"channel": 2, "setpoint": 65, "band": 4, "direction": "raise", "output": {"output": 3}}}`,
		PeriodOf:    func(o Options) time.Duration { return seconds(o.Lease) / 3 },
		Uses: func(o Options) function.Uses {
			u := function.Uses{
				Methods:  o.Setpoint.Use(),
				Channels: []function.ChannelUse{{Field: "channel", ID: o.Channel, Watch: true}},
				Outputs:  []function.OutputUse{{Field: "output", Target: o.Output, Types: types()}},
			}
			if o.Direction == "both" && o.Lowering != nil {
				u.Outputs = append(u.Outputs, function.OutputUse{Field: "lower_output", Target: *o.Lowering, Types: types()})
			}
			return u
		},
		Open: func(_ context.Context, o Options, env function.Env) (function.Logic, error) { return open(o, env), nil },
	})
}

func types() []output.ChannelType { return []output.ChannelType{output.OnOff, output.PWM} }

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

// side is one output with its switch.
type side struct {
	Switch
	actuator loop.Actuator
	offset   float64 // of its set-point
	verb     string
}

type logic struct {
	o     Options
	env   function.Env
	y     loop.Measured
	sides []*side
	shown map[string]any
}

func open(o Options, env function.Env) *logic {
	l := &logic{o: o, env: env, y: loop.Measured{Env: env, ID: o.Channel, MaxAge: seconds(o.MaxAge)}}
	add := func(t function.Target, lower bool, offset float64) {
		verb := "raises"
		if lower {
			verb = "lowers"
		}
		l.sides = append(l.sides, &side{
			Switch:   Switch{Band: o.Band, Lower: lower, MinOn: seconds(o.MinOn), MinOff: seconds(o.MinOff)},
			actuator: loop.Actuator{Env: env, Target: t, Lease: seconds(o.Lease), Priority: o.Priority},
			offset:   offset, verb: verb,
		})
	}
	switch o.Direction {
	case "both":
		add(o.Output, false, -o.Gap/2)
		add(*o.Lowering, true, o.Gap/2)
	default:
		add(o.Output, o.Direction == "lower", 0)
	}
	return l
}

// Step decides and drives.
func (l *logic) Step(ctx context.Context, m function.Moment) (time.Time, error) {
	y, err := l.y.Read()
	if err != nil {
		for _, s := range l.sides {
			s.actuator.Release(err.Error())
		}
		l.shown = map[string]any{"state": "no measurement"}
		return time.Time{}, err
	}
	r, err := l.o.Setpoint.At(l.env, m.Now)
	if err != nil {
		for _, s := range l.sides {
			s.actuator.Release(err.Error())
		}
		l.shown = map[string]any{"state": "no set-point"}
		return time.Time{}, err
	}
	l.shown = map[string]any{"setpoint": r, "measurement": y.V, "state": "regulating"}
	active := l.hours(m.Now)
	if !active {
		l.shown["state"] = "outside its hours"
	}
	next := time.Time{}
	if wait := l.y.Wait(y); wait > 0 {
		next = m.Now.Add(wait)
	}
	var trouble error
	for _, s := range l.sides {
		level, reason := l.decide(s, m.Now, r, y, active)
		d, err := s.actuator.Drive(ctx, m.Now, level, reason, l.y.Link(y), function.Link{What: "function", Ref: l.env.Ref(), Text: reason, T: m.Now})
		if err != nil {
			trouble = err
			continue
		}
		l.shown[s.verb] = level.String()
		if d.Outranked {
			l.shown["driven_by"] = d.By
		}
	}
	return next, trouble
}

// decide is the level that one side wants, and why.
func (l *logic) decide(s *side, now time.Time, r float64, y function.Measurement, active bool) (output.Level, string) {
	r += s.offset
	on, kept := s.Decide(now, r, y.V)
	inside := y.V >= r-s.Band/2 && y.V <= r+s.Band/2
	edge := fmt.Sprintf("%.4g is inside the band of %.4g around %.4g", y.V, s.Band, r)
	switch {
	case !active:
		return l.level(s, false, false), fmt.Sprintf("it is outside the hours %s to %s", l.o.From, l.o.To)
	case kept:
		return l.level(s, on, false), "the shortest on- or off-time is not over"
	case !inside:
		word := "above"
		if y.V < r {
			word = "below"
		}
		edge = fmt.Sprintf("%.4g is %s the band of %.4g around %.4g", y.V, word, s.Band, r)
	}
	return l.level(s, on, inside), edge
}

// level is on or off in the words of the output.
func (l *logic) level(s *side, on, inside bool) output.Level {
	if l.pwm(s) {
		duty := l.o.DutyOff
		switch {
		case inside && l.o.DutyKeep != nil:
			duty = *l.o.DutyKeep
		case on:
			duty = l.o.DutyOn
		}
		return output.Level{Duty: &duty}
	}
	return output.Level{On: &on}
}

// pwm tells whether a side's output takes a duty.
func (l *logic) pwm(s *side) bool { return l.env.TypeOf(s.actuator.Target) == output.PWM }

// hours tells whether it is one of the hours in which the function regulates. Hours over midnight are two pieces.
func (l *logic) hours(now time.Time) bool {
	if l.o.From == "" {
		return true
	}
	place, _ := l.env.Place()
	clock := now.In(place.Zone).Format("15:04")
	if l.o.From <= l.o.To {
		return clock >= l.o.From && clock < l.o.To
	}
	return clock >= l.o.From || clock < l.o.To
}

// Aim is the set-point that it holds now.
func (l *logic) Aim() (float64, bool) {
	r, ok := l.shown["setpoint"].(float64)
	return r, ok
}

// State shows what it regulates and what it decided.
func (l *logic) State() any { return l.shown }
