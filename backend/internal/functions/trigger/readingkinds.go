package trigger

import (
	"hypha/internal/function"
	"hypha/internal/measure"
)

// EdgeOptions of trigger_edge.
type EdgeOptions struct {
	Channel   measure.ChannelID `json:"channel" required:"true" title:"Measurement" format:"channel" min:"1"`
	Edge      string            `json:"edge" title:"Edge" enum:"rising,falling,both" default:"rising"`
	Threshold float64           `json:"threshold" required:"true" title:"Line" help:"In the unit of the measurement"`
	MaxAge    float64           `json:"max_age_s" title:"Longest age of the measurement" help:"0: as long as its channel is not stale" min:"0" max:"86400" default:"0" unit:"s" advanced:"true"`
	Common
}

func edgeKind() function.Kind {
	return define(function.Spec[EdgeOptions]{
		ID: "trigger_edge", Name: "Trigger: edge",
		Description: "Does actions when a measurement passes a line, upwards, downwards or both.",
		Formula:     "rising: y < threshold before, y > threshold now; falling: mirrored. The first reading after a start only tells on which side it is",
		Example:     `{"name": "Door", "kind": "trigger_edge", "options": {"channel": 4, "edge": "rising", "threshold": 0.5, "actions": [{"kind": "note", "options": {"note": "The door was opened"}}]}}`,
	}, func(o EdgeOptions) function.Uses { return watches("channel", o.Channel) },
		func(o EdgeOptions, env function.Env) (condition, error) {
			return &edge{o: o, y: watch(env, o.Channel, o.MaxAge)}, nil
		})
}

// ThresholdOptions of trigger_threshold.
type ThresholdOptions struct {
	Channel    measure.ChannelID `json:"channel" required:"true" title:"Measurement" format:"channel" min:"1"`
	Above      *float64          `json:"above" title:"Above"`
	Below      *float64          `json:"below" title:"Below"`
	Hysteresis float64           `json:"hysteresis" title:"Hysteresis" help:"How far it must come back before it can fire again" min:"0" default:"0"`
	For        float64           `json:"for_s" title:"For" min:"0" max:"864000" default:"0" unit:"s"`
	MaxAge     float64           `json:"max_age_s" title:"Longest age of the measurement" help:"0: as long as its channel is not stale" min:"0" max:"86400" default:"0" unit:"s"`
	Common
}

// Validate checks the limits.
func (o ThresholdOptions) Validate() error {
	if bad := checkBand(o.Above, o.Below, o.Hysteresis); bad != nil {
		return bad
	}
	return nil
}

func thresholdKind() function.Kind {
	return define(function.Spec[ThresholdOptions]{
		ID: "trigger_threshold", Name: "Trigger: threshold",
		Description: "Does actions once when a measurement has been above or below a limit for a time.",
		Formula:     "fires when y > above or y < below for for_s without a break; then not again before y <= above - hysteresis and y >= below + hysteresis",
		Example:     `{"name": "Too warm", "kind": "trigger_threshold", "options": {"channel": 1, "above": 30, "hysteresis": 1, "for_s": 60, "actions": [{"kind": "output_on", "options": {"output": {"output": 2}, "duration_s": 600}}, {"kind": "notify", "options": {"text": "{channel} is {value} {unit}", "severity": "warning"}}]}}`,
	}, func(o ThresholdOptions) function.Uses { return watches("channel", o.Channel) },
		func(o ThresholdOptions, env function.Env) (condition, error) {
			return &threshold{y: watch(env, o.Channel, o.MaxAge), band: beyond{o.Above, o.Below, o.Hysteresis}, holds: seconds(o.For)}, nil
		})
}

// MissingOptions of trigger_missing.
type MissingOptions struct {
	Channel measure.ChannelID `json:"channel" required:"true" title:"Measurement" format:"channel" min:"1"`
	After   float64           `json:"after_s" required:"true" title:"After" help:"Without a good reading" min:"1" max:"8640000" unit:"s"`
	Common
}

func missingKind() function.Kind {
	return define(function.Spec[MissingOptions]{
		ID: "trigger_missing", Name: "Trigger: missing data",
		Description: "Does actions once when a measurement has had no good reading for a time.",
		Formula:     "fires when the last good or substituted reading is after_s old; without any, after_s after the start; then not again before there is one",
		Example:     `{"name": "Probe lost", "kind": "trigger_missing", "options": {"channel": 1, "after_s": 300, "actions": [{"kind": "disable", "options": {"ref": "function/2"}}, {"kind": "notify", "options": {"text": "{reason}", "severity": "critical"}}]}}`,
	}, func(o MissingOptions) function.Uses { return watches("channel", o.Channel) },
		func(o MissingOptions, env function.Env) (condition, error) {
			return &missing{env: env, y: watch(env, o.Channel, 0), after: seconds(o.After)}, nil
		})
}

func watches(field string, ids ...measure.ChannelID) (u function.Uses) {
	for _, id := range ids {
		u.Channels = append(u.Channels, function.ChannelUse{Field: field, ID: id, Watch: true})
	}
	return u
}
