package pidloop

import (
	"context"
	"time"

	"hypha/internal/function"
)

// Kind returns the kind pid.
func Kind() function.Kind {
	return function.Define(function.Spec[Options]{
		ID: "pid", Name: "PID", Icon: "sliders-horizontal", Tags: []string{"regulate"},
		Description: "Holds a measurement at its set-point with an output that can do more or less: heaters, valves, fans, dosing pumps; through pulses also what can only be on or off.",
		Formula:     "u = K[(b r - y) + 1/Ti ∫(r - y)dt - Td dy/dt], K = kp, Ti = kp/ki, Td = kd/kp; the derivative acts on the measurement through a filter of Td/N; the integral is led by what the output really does (back-calculation)",
		Source:      "Åström & Hägglund, Advanced PID Control (ISA 2006), chapters 3 and 6",
		Example:     `{"name": "Heat the tent", "kind": "pid", "options": {"channel": 1, "setpoint": 24, "kp": 12, "ki": 0.02, "direction": "raise", "raise": {"output": 1}, "mode": "duty", "period_s": 10}}`,
		PeriodOf:    Options.period,
		Uses:        Options.uses,
		ChannelsOf:  Options.channels,
		Open: func(_ context.Context, o Options, env function.Env) (function.Logic, error) {
			return open(o, env)
		},
	})
}

// stored is what a loop keeps over a restart.
type stored struct {
	At    time.Time `json:"at"`
	Law   lawState  `json:"law"`
	Hold  bool      `json:"hold,omitempty"`
	Pause bool      `json:"pause,omitempty"`
	Carry float64   `json:"carry,omitempty"` // s of pulses, or ml, that are owed
	// SetpointNow is where the ramp stands.
	SetpointNow *float64 `json:"setpoint_now,omitempty"`
	Before      *tuned   `json:"before,omitempty"`
}
