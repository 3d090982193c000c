// Package pidloop has the function kind pid: a control loop around the law of package pid, with its set-point, its
// measurement, its outputs, and the experiment that finds its gains.
package pidloop

import (
	"fmt"
	"time"

	"hypha/internal/function"
	"hypha/internal/functions/loop"
	"hypha/internal/measure"
	"hypha/internal/option"
	"hypha/internal/output"
	"hypha/internal/pid"
)

// Options of the kind pid.
type Options struct {
	Channel measure.ChannelID `json:"channel" required:"true" title:"Measurement" format:"channel" min:"1"`
	loop.Setpoint
	Ramp      float64 `json:"ramp_per_min" title:"Ramp" help:"How fast the set-point may move, in the unit of the measurement per minute; 0: at once" min:"0" default:"0" advanced:"true"`
	Direction string  `json:"direction" title:"Effect of the output" enum:"raise,lower,both" enum_titles:"raises,lowers,two outputs" default:"raise"`

	Form string  `json:"form" title:"Gains as" enum:"parallel,mycodo" enum_titles:"parallel (Kp; Ki per second; Kd in seconds),those of Mycodo (per period)" default:"parallel" advanced:"true" help:"Mycodo sums and subtracts errors once a period, without their time: with its period set here its gains mean the same"`
	Kp   float64 `json:"kp" required:"true" title:"Kp" help:"Output per unit of the error" min:"0"`
	Ki   float64 `json:"ki" title:"Ki" help:"Per second: Kp / Ti. 0: no integral" min:"0" default:"0"`
	Kd   float64 `json:"kd" title:"Kd" help:"In seconds: Kp · Td. 0: no derivative" min:"0" default:"0"`

	Weight  float64 `json:"setpoint_weight" title:"Set-point weight" help:"Share of a step of the set-point that the proportional term sees: less overshoot with less" min:"0" max:"1" default:"1" advanced:"true"`
	FilterN float64 `json:"derivative_filter" title:"Derivative filter N" help:"10 on clean signals, 3 on noisy or coarse ones" min:"1" max:"100" default:"10" advanced:"true"`
	Filter  float64 `json:"filter_s" title:"Measurement filter" help:"Time constant; 0: none" min:"0" max:"86400" default:"0" unit:"s" advanced:"true"`
	Tt      float64 `json:"tracking_s" title:"Tracking time" help:"Of the anti-windup; 0: from Ti and Td" min:"0" max:"604800" default:"0" unit:"s" advanced:"true"`
	Dead    float64 `json:"dead_band" title:"Dead band" help:"Error up to which the output rests" min:"0" default:"0" advanced:"true"`
	Bias    float64 `json:"bias" title:"Bias" help:"Output at no error, when there is no integral" default:"0" advanced:"true"`
	Rate    float64 `json:"rate_per_s" title:"Fastest change of the output" help:"Per second; 0: as fast as it likes" min:"0" default:"0" advanced:"true"`

	Feed       measure.ChannelID `json:"feed_forward" title:"Feed-forward" help:"A channel that is known to disturb; its effect is added before the limits" format:"channel" min:"0" default:"0" advanced:"true"`
	FeedGain   float64           `json:"feed_forward_gain" title:"Gain of the feed-forward" default:"0" advanced:"true"`
	FeedZero   float64           `json:"feed_forward_zero" title:"Value without effect" default:"0" advanced:"true"`
	ScheduleBy string            `json:"schedule_by" title:"Gains change with" enum:"measurement,setpoint" default:"measurement" advanced:"true"`
	Schedule   []Row             `json:"schedule" title:"Gain schedule" max_items:"32" advanced:"true"`

	Period float64 `json:"period_s" title:"Period" help:"0: whenever the measurement arrives" min:"0" max:"86400" default:"0" unit:"s"`
	MaxAge float64 `json:"max_age_s" title:"Longest age of the measurement" help:"0: as long as its channel is not stale" min:"0" max:"86400" default:"0" unit:"s"`
	Hold   float64 `json:"hold_s" title:"Hold without a measurement" help:"So long the output stays as it is; then it falls down its ladder" min:"0" max:"3600" default:"15" unit:"s"`

	Mode       string           `json:"mode" title:"Output as" enum:"duty,time_proportional,value,volume,setpoint" enum_titles:"duty,pulses of an on/off output,value,volume,set-point of another PID" default:"duty"`
	Raising    *function.Target `json:"raise" title:"Output that raises" when:"direction=raise|both"`
	Lowering   *function.Target `json:"lower" title:"Output that lowers" when:"direction=lower|both"`
	Inner      int64            `json:"inner" title:"Inner PID" help:"Whose set-point this one leads" format:"function" min:"0" default:"0" when:"mode=setpoint"`
	OutMin     *float64         `json:"out_min" title:"Lowest output" help:"Else 0; with two outputs the negative of the highest"`
	OutMax     *float64         `json:"out_max" title:"Highest output" help:"Else 100"`
	Window     float64          `json:"window_s" title:"Window" help:"Of the pulses; at most a tenth of Ti. Contacts wear: 10 times the shortest pulse at least" min:"1" max:"86400" default:"60" unit:"s" when:"mode=time_proportional"`
	Resolution float64          `json:"resolution_s" title:"Resolution of pulses" min:"0" max:"60" default:"0.1" unit:"s" when:"mode=time_proportional" advanced:"true"`
	MinOn      float64          `json:"min_on_s" title:"Shortest pulse" min:"0" max:"3600" default:"1" unit:"s" when:"mode=time_proportional"`
	MinOff     float64          `json:"min_off_s" title:"Shortest pause" min:"0" max:"3600" default:"1" unit:"s" when:"mode=time_proportional"`
	MinDose    float64          `json:"min_volume_ml" title:"Smallest dose" help:"Less is saved up" min:"0" max:"100000" default:"0.1" unit:"ml" when:"mode=volume"`

	CoolRatio float64 `json:"lower_gain" title:"Strength of the lowering output" help:"Effect of 1 % of it, beside 1 % of the raising one" min:"0.001" max:"1000" default:"1" when:"direction=both" advanced:"true"`
	CoolDead  float64 `json:"lower_dead_band" title:"Both off up to" min:"0" default:"0" when:"direction=both" advanced:"true"`
	CoolDwell float64 `json:"dwell_s" title:"Pause before the direction changes" min:"0" max:"86400" default:"0" unit:"s" when:"direction=both" advanced:"true"`

	EffectWithin float64 `json:"effect_within_s" title:"Effect must show within" help:"With the output at its limit; 0: not watched" min:"0" max:"604800" default:"0" unit:"s"`
	EffectLeast  float64 `json:"effect_change" title:"Least effect" help:"Change of the measurement in the right direction" min:"0" default:"0"`

	Record   float64 `json:"record_s" title:"Record terms every" help:"Set-point, terms and output as channels" min:"0.1" max:"3600" default:"10" unit:"s" advanced:"true"`
	Lease    float64 `json:"lease_s" title:"Lease" help:"If the function stops renewing, its outputs fall down their ladder after this time" min:"1" max:"3600" default:"60" unit:"s" advanced:"true"`
	Priority int     `json:"priority" title:"Priority" help:"Among functions that want the same output; the higher wins" min:"-100" max:"100" default:"0" advanced:"true"`
}

// Row is one row of a gain schedule.
type Row struct {
	At float64 `json:"at" required:"true" title:"At"`
	Kp float64 `json:"kp" required:"true" title:"Kp" min:"0"`
	Ki float64 `json:"ki" title:"Ki" min:"0" default:"0"`
	Kd float64 `json:"kd" title:"Kd" min:"0" default:"0"`
}

// Validate sees that the options fit each other.
func (o Options) Validate() error {
	var bad option.Errors
	add := func(field, message string) { bad = append(bad, option.FieldError{Field: field, Message: message}) }
	if o.Setpoint.Check() != nil {
		add("setpoint", "is required, or a method that gives one")
	}
	up, down := o.Direction != "lower", o.Direction != "raise"
	switch {
	case o.Mode == "setpoint":
		if o.Inner == 0 {
			add("inner", "is required: the PID whose set-point this one leads")
		}
		if o.OutMin == nil || o.OutMax == nil {
			add("out_max", "and out_min are required: the range of the inner set-point")
		}
		if o.Direction == "both" {
			add("direction", "must be raise or lower for an outer loop")
		}
	case up && o.Raising == nil:
		add("raise", "is required: the output that raises the measurement")
	case down && o.Lowering == nil:
		add("lower", "is required: the output that lowers the measurement")
	case o.Direction == "both" && *o.Raising == *o.Lowering:
		add("lower", "must be another output than raise")
	}
	if o.Form == "mycodo" && o.Period <= 0 {
		add("period_s", "is required for gains of Mycodo: they are per period")
	}
	if o.Mode == "volume" && o.Period <= 0 {
		add("period_s", "is required in this mode: the time between two doses")
	}
	if o.Mode == "value" && (o.OutMin == nil || o.OutMax == nil) {
		add("out_max", "and out_min are required in this mode: the range of the value")
	}
	if o.Mode == "value" && o.Direction == "both" {
		add("direction", "must be raise or lower in this mode")
	}
	if (o.Mode == "duty" || o.Mode == "time_proportional") && (o.limit(o.OutMin, 0) < -100 || o.limit(o.OutMax, 100) > 100) {
		add("out_max", "must be at most 100 %, and out_min at least -100 %")
	}
	if o.EffectWithin > 0 && o.EffectLeast == 0 {
		add("effect_change", "is required where an effect must show")
	}
	if bad != nil {
		return bad
	}
	if err := renamed(o.law().Check()); err != nil {
		return err
	}
	if o.Mode == "time_proportional" {
		return o.pulses().Check()
	}
	return nil
}

// renamed puts the names of options on the faults of the law.
func renamed(err error) error {
	bad, ok := err.(option.Errors) //nolint:errorlint // Check returns nothing else
	if !ok {
		return err
	}
	names := map[string]string{
		"k": "kp", "ti_s": "ki", "td_s": "kd", "b": "setpoint_weight", "n": "derivative_filter", "tt_s": "tracking_s",
		"cool_ratio": "lower_gain", "cool_dead_band": "lower_dead_band", "cool_dwell_s": "dwell_s",
	}
	for n := range bad {
		if name, ok := names[bad[n].Field]; ok {
			bad[n].Field = name
		}
	}
	return bad
}

func (o Options) limit(v *float64, usual float64) float64 {
	if v != nil {
		return *v
	}
	return usual
}

// gains are those of the parallel form as the law wants them.
func (o Options) gains(kp, ki, kd float64) pid.Gains {
	if o.Form == "mycodo" && o.Period > 0 {
		ki, kd = ki/o.Period, kd*o.Period
	}
	g := pid.FromParallel(kp, ki, kd)
	g.B, g.N, g.Tt = o.Weight, o.FilterN, o.Tt
	if !g.Integral() {
		g.B = 1 // nothing would make up for the missing part
	}
	return g
}

// law is the configuration of the law.
func (o Options) law() pid.Config {
	high := o.limit(o.OutMax, 100)
	low := 0.0
	if o.Direction == "both" {
		low = -high
	}
	c := pid.Config{
		Gains: o.gains(o.Kp, o.Ki, o.Kd), OutMin: o.limit(o.OutMin, low), OutMax: high, RatePerS: o.Rate, Bias: o.Bias, DeadBand: o.Dead,
		Filter: o.Filter, Lower: o.Direction == "lower", ScheduleBy: pid.Variable(o.ScheduleBy),
	}
	if o.Direction == "both" {
		c.CoolRatio, c.CoolDeadBand, c.CoolDwell = o.CoolRatio, o.CoolDead, o.CoolDwell
	}
	for _, r := range o.Schedule {
		g := o.gains(r.Kp, r.Ki, r.Kd)
		c.Schedule = append(c.Schedule, pid.Point{At: r.At, K: g.K, Ti: g.Ti, Td: g.Td})
	}
	return c
}

func (o Options) pulses() pid.Proportion {
	return pid.Proportion{Window: o.Window, Resolution: o.Resolution, MinOn: o.MinOn, MinOff: o.MinOff}
}

// types are the types of output channels that a mode can drive.
func (o Options) types() []output.ChannelType {
	switch o.Mode {
	case "time_proportional":
		return []output.ChannelType{output.OnOff}
	case "value":
		return []output.ChannelType{output.Value}
	case "volume":
		return []output.ChannelType{output.Volume}
	default:
		return []output.ChannelType{output.PWM}
	}
}

func (o Options) uses() function.Uses {
	u := function.Uses{Channels: []function.ChannelUse{{Field: "channel", ID: o.Channel, Watch: true}}}
	u.Methods = o.Setpoint.Use()
	if o.Feed != 0 {
		u.Channels = append(u.Channels, function.ChannelUse{Field: "feed_forward", ID: o.Feed})
	}
	if o.Mode == "setpoint" {
		u.Functions = []function.FunctionUse{{Field: "inner", ID: o.Inner}}
		return u
	}
	if o.Direction != "lower" && o.Raising != nil {
		u.Outputs = append(u.Outputs, function.OutputUse{Field: "raise", Target: *o.Raising, Types: o.types()})
	}
	if o.Direction != "raise" && o.Lowering != nil {
		u.Outputs = append(u.Outputs, function.OutputUse{Field: "lower", Target: *o.Lowering, Types: o.types()})
	}
	return u
}

// period is how often the loop steps by itself: its own period, or often enough to renew its leases.
func (o Options) period() time.Duration {
	if o.Period > 0 {
		return seconds(o.Period)
	}
	return seconds(o.Lease) / 3
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

// The channels of a PID, by index.
const (
	chSetpoint = iota
	chError
	chP
	chI
	chD
	chOutput
)

// channels are the terms of the loop, in the unit of the measurement and of the output.
func (o Options) channels(l function.Lookup) ([]function.Channel, error) {
	ch, ok := l.ChannelOf(o.Channel)
	if !ok {
		return nil, option.Errors{{Field: "channel", Message: fmt.Sprintf("there is no channel %d", o.Channel)}}
	}
	silence := 3*max(seconds(o.Record), o.period()) + 10*time.Second
	number := func(name string) function.Channel {
		return function.Channel{Name: name, Quantity: measure.Number, Unit: measure.Unitless, Expected: silence}
	}
	out := number("output")
	if o.Mode == "duty" || o.Mode == "time_proportional" {
		out.Quantity, out.Unit = measure.Percentage, measure.Percent
	}
	return []function.Channel{
		{Name: "setpoint", Quantity: ch.Quantity, Unit: ch.Unit, Expected: silence},
		number("error"), number("p"), number("i"), number("d"), out,
	}, nil
}
